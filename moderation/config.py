"""
One frozen `Config`, read once: built-in defaults, then a TOML file, then MODERATION_* variables.

Reads settings only; opens no store and loads no model.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from moderation.errors import ConfigError

__all__ = ["Config", "read_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """
    Every setting of the service. `docs/operating.md` explains each one.

    Attributes:
        host: address to listen on.
        port: 0..65535; 0 lets the system choose.
        workers: server processes.
        threads: request threads in each worker.
        database_url: SQLAlchemy URL; SQLite file under `var_dir` by default.
        var_dir: everything this installation writes, except models.
        models_dir: bundles and `current`.
        corpus_dir: our own labelled corpus and `sources.toml`.
        data_dir: folder of public data sets for training, or None: train without them.
        evaluate_dir: folder of public data sets for measuring only, or None: those in `data_dir`.
        policy: TOML file merged over the shipped policy, or None.
        admin_key: accepted as an all-scope key once the store has it, or None.
        max_body_bytes: larger requests get 413.
        max_text_chars: longer comments get 422; one limit for every adapter.
        max_article_chars: longer article bodies are cut for analysis, never refused.
        max_batch_items: comments in one batch.
        default_per_minute: rate limit of keys made without one; 0 is none.
        private_hosts: hosts on private networks that may be called all the same, with commas
            between; every other outgoing request to a private address is refused.
        coral: TOML file that names the sites whose Coral calls us, or None: none does.
        public_url: address sites and reviewers see, for links; None: from the request.
        trusted_proxies: proxies in front whose X-Forwarded headers are believed; 0 is none.
        perspective_languages: ``measured`` or ``any``: which the Perspective adapter scores.
        log_level: DEBUG, INFO, WARNING or ERROR.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4
    database_url: str = ""
    var_dir: Path = Path("var")
    models_dir: Path = Path("models")
    corpus_dir: Path = Path("training_data")
    data_dir: Path | None = None
    evaluate_dir: Path | None = None
    policy: Path | None = None
    admin_key: str | None = None
    max_body_bytes: int = 8 * 1024 * 1024
    max_text_chars: int = 100_000
    max_article_chars: int = 200_000
    max_batch_items: int = 10_000
    default_per_minute: int = 0
    private_hosts: str = ""
    coral: Path | None = None
    public_url: str | None = None
    trusted_proxies: int = 0
    perspective_languages: str = "measured"
    log_level: str = "INFO"

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """The hosts of `private_hosts`, lower case."""
        return frozenset(name.strip().lower() for name in self.private_hosts.split(",")) - {""}

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{(self.var_dir / 'moderation.sqlite').absolute()}"

    def address(self, port: int | None = None) -> str:
        """
        Give the address to show people, without a slash at its end.

        Args:
            port: listened on in truth, when the system chose it; the setting otherwise.
        """
        # Whoever listens everywhere is reached on this machine by its own name.
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        here = f"http://{host}:{self.port if port is None else port}"
        return (self.public_url or here).rstrip("/")


def read_config(
    environ: Mapping[str, str] | None = None, path: Path | None = None, **overrides: object
) -> Config:
    """
    Read the settings, later sources over earlier ones: defaults, file, environment, overrides.

    Args:
        environ: defaults to ``os.environ``.
        path: TOML file; defaults to ``$MODERATION_CONFIG``, else ``moderation.toml`` if it exists.
        overrides: from the command line; None values are ignored.

    Raises:
        ConfigError: an unknown key, a value of the wrong kind, an unreadable file; `field` says.
    """
    environ = os.environ if environ is None else environ
    named = path or (Path(environ["MODERATION_CONFIG"]) if "MODERATION_CONFIG" in environ else None)
    values: dict[str, object] = {}
    source = named or Path("moderation.toml")
    if named is not None or source.exists():
        values.update(_read_file(source))
    for field in fields(Config):
        name = f"MODERATION_{field.name.upper()}"
        # An empty variable counts as not set: shells and unit files cannot unset one easily.
        if environ.get(name):
            values[field.name] = _convert(field.name, environ[name], name)
    values.update({key: value for key, value in overrides.items() if value is not None})
    return _validate(replace(Config(), **values))  # type: ignore[arg-type]


def _read_file(path: Path) -> dict[str, object]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", field=str(path)) from error
    return {key: _convert(key, value, f"{path}: {key}") for key, value in content.items()}


_PATHS = {"var_dir", "models_dir", "corpus_dir", "data_dir", "evaluate_dir", "policy", "coral"}
_DEFAULTS: dict[str, object] = {f.name: f.default for f in fields(Config)}


def _convert(key: str, value: object, shown: str) -> object:
    if key not in _DEFAULTS:
        raise ConfigError("is not a setting; docs/operating.md lists them", field=shown)
    if isinstance(_DEFAULTS[key], int):
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ConfigError("must be a whole number", field=shown)
        try:
            return int(value)
        except ValueError:
            raise ConfigError("must be a whole number", field=shown) from None
    if not isinstance(value, str):
        raise ConfigError("must be text", field=shown)
    return Path(value) if key in _PATHS else value


def _validate(config: Config) -> Config:
    if not 0 <= config.port <= 65535:
        raise ConfigError("must be between 0 and 65535", field="port")
    for name in (
        "workers",
        "threads",
        "max_body_bytes",
        "max_text_chars",
        "max_article_chars",
        "max_batch_items",
    ):
        if getattr(config, name) < 1:
            raise ConfigError("must be at least 1", field=name)
    if config.default_per_minute < 0:
        raise ConfigError("must be 0 (no limit) or more", field="default_per_minute")
    if config.trusted_proxies < 0:
        raise ConfigError("must be 0 (none) or more", field="trusted_proxies")
    if config.perspective_languages not in {"measured", "any"}:
        raise ConfigError("must be measured or any", field="perspective_languages")
    if config.log_level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ConfigError("must be DEBUG, INFO, WARNING or ERROR", field="log_level")
    return config
