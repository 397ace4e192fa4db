"""
Spam and toxicity in places they never saw: heads fitted anew without a source, or a language.

Builds the questions and measures the answers; `left_out` fits. The meaning space and the word lists
stay those of the finished model: they were made from texts without their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from moderation.training.encode import Encoded
from moderation.training.fit import targets
from moderation.training.left_out import Question, answer
from moderation.training.outcomes import Outcome, outcome
from moderation.training.rows import Row, Split, split_of

__all__ = ["SPAM_LANGUAGES", "measure_elsewhere"]

SPAM_LANGUAGES = ("ru", "ar", "fa")
"""Languages that spam is measured in without having learned from any row of theirs."""

_TOXIC_LANGUAGES = ("de", "pt", "ar", "zh", "fa", "ru", "es")
_VIDEOS = "youtube_spam_"
_VIDEO_GOALS = (("ROC-AUC", "video_auc"), ("F1", "video_f1"), ("caught", "video_caught"))
_FOLDS = 5
_FOLDED = {
    "sms_spam_uci": ("spam", "MCC", "sms_mcc"),
    "davidson_tweets": ("toxicity", "ROC-AUC", "davidson_auc"),
}
# Sets that others publish five-fold figures of: the head, the number and the goal.

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Questions whose answers are measured together, and the numbers to give of each place."""

    work: str
    questions: tuple[Question, ...]
    numbers: tuple[tuple[str, str | None], ...]
    # The language that was left out, to be named with each place.
    language: str | None = None
    # Whether our own corpus counts for the goals as other sources do.
    ours_count: bool = True


def measure_elsewhere(
    rows: Sequence[Row],
    encoded: Encoded,
    *,
    learned: int,
    seed: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> list[Outcome]:
    """
    Fit spam and toxicity without each source, and without whole languages, and measure them there.

    Args:
        rows: what there is to learn from, then rows of sets for measuring only.
        encoded: the same rows.
        learned: how many of the rows may be learned from: the first so many.
        seed: of the bootstrap.
        say: told about progress.

    Returns:
        In the order of a reader's interest; nothing of a source that is not here.
    """
    bench = _Bench(rows, learned)
    trials = [*_spam(bench), *_toxicity(bench)]
    questions = [question for trial in trials for question in trial.questions]
    say(f"fitting spam and toxicity {len(questions)} times, each without a part …")
    answers = iter(answer(questions, rows, encoded))
    found = []
    for trial in trials:
        said = np.concatenate([next(answers) for _ in trial.questions])
        asked = np.concatenate([question.asked for question in trial.questions])
        found += _measured(bench, trial, asked, said, seed)
    return found


class _Bench:
    """The rows as arrays, to choose from."""

    def __init__(self, rows: Sequence[Row], learned: int) -> None:
        self.sources = np.array([row.source for row in rows], dtype=np.str_)
        self.languages = np.array([row.language for row in rows], dtype=np.str_)
        numbers: dict[tuple[str, str], int] = {}
        # Numbers, not names: a group may be named by a whole text.
        self.groups = np.array(
            [numbers.setdefault((row.source, row.group), len(numbers)) for row in rows]
        ).astype(np.str_)
        self.learnable = np.arange(len(rows)) < learned
        self.held_back = np.array([split_of(row) is Split.TEST for row in rows], np.bool_)
        self.wanted = {head: _given(rows, head) for head in ("spam", "toxicity")}

    def labelled(self, head: str) -> Bool:
        """Tell which rows were labelled for a head one by one."""
        return ~np.isnan(self.wanted[head])

    def names(self, head: str) -> list[str]:
        """
        List the sources to learn a head from that can be measured on.

        One of a single class, such as a list of phrases of spam, shows nothing of false alarms.
        """
        here = self.labelled(head) & self.learnable
        classes = [self.sources[here & (self.wanted[head] == value)] for value in (0, 1)]
        return [str(name) for name in np.intersect1d(*classes)]

    def without(self, head: str, out: Bool, asked: Bool) -> Question:
        """
        Ask about some rows of a head that knows nothing of what is left out.

        As for the shipped model, the test split of what remains is not learned from.
        """
        known = self.learnable & ~out & ~self.held_back
        return Question(head, np.flatnonzero(known), np.flatnonzero(asked & self.labelled(head)))

    def source_out(self, head: str, source: str) -> Question:
        """Ask about a source of a head that knows none of its rows."""
        here = self.sources == source
        return self.without(head, here, here)

    def folds(self, head: str, source: str, *, alone: bool) -> tuple[Question, ...]:
        """Ask about a source in five parts, of a head that knows the four others, by group."""
        here = np.flatnonzero((self.sources == source) & self.labelled(head) & self.learnable)
        others = self.learnable & ~self.held_back & (self.sources != source)
        questions = []
        for known, asked in GroupKFold(_FOLDS).split(here, groups=self.groups[here]):
            more = np.empty(0, np.int64) if alone else np.flatnonzero(others)
            questions.append(Question(head, np.concatenate((here[known], more)), here[asked]))
        return tuple(questions)


def _given(rows: Sequence[Row], head: str) -> npt.NDArray[np.float32]:
    wanted = targets(rows, head)
    # What a set's nature assumes is never measured on.
    wanted[[head in row.assumed for row in rows]] = np.nan
    return wanted


def _spam(bench: _Bench) -> list[_Trial]:
    trials = []
    for name in bench.names("spam"):
        question = bench.source_out("spam", name)
        video = name.startswith(_VIDEOS)
        work = "spam, a video left out" if video else "spam, a source left out"
        numbers = tuple((metric, goal if video else None) for metric, goal in _VIDEO_GOALS)
        trials.append(_Trial(work, (question,), numbers))
    # Videos first.
    trials.sort(key=lambda trial: trial.work, reverse=True)
    trials += _in_folds(bench, "spam")
    for language in SPAM_LANGUAGES:
        question = _without_language(bench, "spam", language)
        work = f"spam, {language} left out"
        auc = (("ROC-AUC", "spam_language_auc"),)
        trials.append(_Trial(work, (question,), auc, language, ours_count=False))
    return [trial for trial in trials if all(len(q.asked) for q in trial.questions)]


def _toxicity(bench: _Bench) -> list[_Trial]:
    trials = _in_folds(bench, "toxicity")
    for name in bench.names("toxicity"):
        question = bench.source_out("toxicity", name)
        trials.append(_Trial("toxicity, a source left out", (question,), (("ROC-AUC", None),)))
    for language in _TOXIC_LANGUAGES:
        question = _without_language(bench, "toxicity", language)
        auc = (("ROC-AUC", "toxicity_language_auc"),)
        trials.append(_Trial(f"toxicity, {language} left out", (question,), auc, language))
    return [trial for trial in trials if all(len(q.asked) for q in trial.questions)]


def _in_folds(bench: _Bench, head: str) -> list[_Trial]:
    trials = []
    for source, (of, metric, goal) in _FOLDED.items():
        if of != head or source not in bench.names(head):
            continue
        folds = bench.folds(head, source, alone=False)
        alone = bench.folds(head, source, alone=True)
        # Both count: others fit on that set alone, and what is shipped is fitted on all of them.
        for name, questions in (("all sources", folds), ("that set alone", alone)):
            work = f"{head}, in {_FOLDS} parts, {name}"
            trials.append(_Trial(work, questions, ((metric, goal),)))
    return trials


def _without_language(bench: _Bench, head: str, language: str) -> Question:
    here = bench.languages == language
    # A set that says of no row which of its many languages it is in may hold this one.
    mixed = np.char.str_len(bench.languages) > len("und")
    return bench.without(head, here | mixed, here)


def _measured(
    bench: _Bench, trial: _Trial, asked: Int64, said: npt.NDArray[np.float64], seed: int
) -> list[Outcome]:
    head = trial.questions[0].head
    found = []
    for source in np.unique(bench.sources[asked]):
        part = bench.sources[asked] == source
        rows = asked[part]
        wanted = bench.wanted[head][rows].astype(np.float64)
        for metric, goal in trial.numbers:
            counts = trial.ours_count or source != "corpus"
            place = str(source) if trial.language is None else f"{source}, {trial.language}"
            found.append(
                outcome(
                    trial.work,
                    place,
                    metric,
                    wanted,
                    said[part],
                    bench.groups[rows],
                    seed=seed,
                    goal=goal if counts else None,
                )
            )
    return found
