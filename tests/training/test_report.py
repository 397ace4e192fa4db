"""The report that is read in a diff."""

from __future__ import annotations

from moderation.training.report import report
from tests.classifiers.random_model import make_card

DATA = (
    {
        "name": "corpus",
        "kind": "corpus",
        "licence": "CC BY 4.0",
        "sha256": "ab" * 32,
        "rows": {"fit": 1200, "calibrate": 30, "test": 40},
    },
    {
        "name": "labels",
        "kind": "labels",
        "licence": "this site's own",
        "sha256": None,
        "rows": {"fit": 3, "calibrate": 0, "test": 1},
    },
)
CHANGE = {
    "auc_change": -0.01,
    "auc_low": -0.02,
    "auc_high": 0.003,
    "brier_change": 0.0,
    "brier_low": -0.001,
    "brier_high": 0.001,
}


def test_it_says_what_was_learned_from_and_how_well() -> None:
    """Sources with licence, rows and digest; the table as measured; seed and versions."""
    text = report(make_card(data=DATA, seed=7), "spam 0.971")
    assert "20260301-1" in text
    assert "seed 7" in text
    assert "scikit-learn" in text
    assert "spam 0.971" in text
    assert "| corpus | CC BY 4.0 | 1,200 | 30 | 40 | abababababab |" in text
    assert "| labels | this site's own | 3 | 0 | 1 | – |" in text
    assert "Against" not in text


def test_it_says_how_it_compares_and_why_it_was_parked() -> None:
    """Every head that could be compared has a row; one that could not has none."""
    changes = {"spam": CHANGE, "toxicity": {}}
    live = {"parent": "20260228-1", "comparison": changes}
    text = report(make_card(**live), "")
    assert "Against 20260228-1" in text
    assert "| spam | -0.0100 | -0.0200 to +0.0030 |" in text
    assert "| toxicity |" not in text
    assert text.rstrip().endswith("Promoted.")
    parked = report(make_card(**live, parked_because="spam is worse"), "")
    assert parked.rstrip().endswith("Parked: spam is worse.")
