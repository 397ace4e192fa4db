"""
Loads the shared fixtures of `tests/fixtures/`, one plugin a file.

Holds no fixture itself. The files are loaded by path, so that it makes no difference where pytest
is started: `tests` is no package.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register every file of `tests/fixtures/` as a plugin."""
    for path in sorted((Path(__file__).parent / "fixtures").glob("*.py")):
        name = f"moderation_fixtures_{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        config.pluginmanager.register(module, name)
