"""
The model in use, and how another takes its place while the service runs.

Swaps whole objects: a request sees the old model or the new one, never a mixture.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from moderation.classifiers.bundle import current_version, read_bundle
from moderation.classifiers.model import Model
from moderation.errors import ModelError
from moderation.watcher import Watcher

__all__ = ["LiveModel"]

_log = logging.getLogger(__name__)


class LiveModel:
    """
    Follows ``models/current``; a class because watching needs a place to swap.

    A bundle that does not verify is refused, said so in `refused`, and the old model stays.
    """

    def __init__(self, models_dir: Path, *, interval_seconds: float = 1.0) -> None:
        """
        Load the live model.

        Args:
            models_dir: where bundles live.
            interval_seconds: pause between two looks at ``current``.

        Raises:
            BundleMissing: nothing is live.
            BundleRefused: the live bundle does not verify.
        """
        self._models_dir = models_dir
        self._model: Model = read_bundle(models_dir, current_version(models_dir))
        self._refused_version: str | None = None
        self._lock = threading.Lock()
        self._watcher = Watcher("live-model", self.refresh, pause_seconds=interval_seconds)
        self.refused: str | None = None

    @property
    def model(self) -> Model:
        """The model in use now; take it once for a request, a moment later it may be another."""
        return self._model

    def start(self) -> None:
        """Begin watching ``current`` in a daemon thread."""
        self._watcher.start()

    def stop(self) -> None:
        """Stop watching; safe to call twice."""
        self._watcher.stop()

    def refresh(self) -> bool:
        """
        Look at ``current`` now.

        Returns:
            True when another model took over. False when nothing changed or the new bundle was
            refused, which `refused` then explains.
        """
        with self._lock:
            try:
                version = current_version(self._models_dir)
                if version == self._model.version:
                    self.refused = self._refused_version = None
                    return False
                if version == self._refused_version:
                    # Verified once and refused; its digest is not read again every second.
                    return False
                model = read_bundle(self._models_dir, version)
            except ModelError as error:
                self.refused = error.message
                self._refused_version = error.version
                _log.error("model refused", extra={"why": error.message})
                return False
            previous, self._model = self._model.version, model
            self.refused = self._refused_version = None
            _log.info("model swapped", extra={"model": version, "previous": previous})
            return True
