"""``config.toml``: which keys there are, what each may hold, and what holds without it (``lifecycle.md`` §6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from gorev.daemon.errors import (
    BrokenConfiguration,
    InvalidChoice,
    InvalidKind,
    InvalidNumber,
    InvalidOrigin,
    InvalidPort,
)
from gorev.locale import LANGUAGES
from gorev.small_file import content

LOG_LEVELS: Final = ("debug", "info", "warn", "error")
DURABILITIES: Final = ("full", "normal")
DEFAULT_PORT: Final = 5082
_LARGEST_FILE_BYTES: Final = 1024 * 1024

# Given the name to complain by and the value; raises a `StartError`.
Check = Callable[[str, Any], None]


@attrs.frozen
class Key:
    """One setting. ``flag`` and ``variable`` are what comes before it; ``meaning`` is an English text key.

    A ``default`` of None means that there is none: something else decides.
    """

    name: str
    default: Any
    check: Check
    meaning: str
    variable: str | None = None
    flag: str | None = None


def check_port(name: str, value: Any) -> None:
    """Let a port pass, 0 being any free one. Raises `InvalidPort`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 65535:
        raise InvalidPort(name=name, value=value)


def check_text(name: str, value: Any) -> None:
    """Let a text pass. Raises `InvalidKind`."""
    if not isinstance(value, str):
        raise InvalidKind(name=name, example='"localhost"')


def check_flag(name: str, value: Any) -> None:
    """Let true and false pass. Raises `InvalidKind`."""
    if not isinstance(value, bool):
        raise InvalidKind(name=name, example="true")


def choice(*choices: str) -> Check:
    """Lets one of ``choices`` pass, else raises `InvalidKind` or `InvalidChoice`."""

    def check(name: str, value: Any) -> None:
        check_text(name, value)
        if value not in choices:
            raise InvalidChoice(name=name, choices=", ".join(choices), value=value)

    return check


def number(low: int, high: int) -> Check:
    """Lets a whole number from ``low`` to ``high`` pass, else raises `InvalidNumber`."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InvalidNumber(name=name, low=low, high=high, value=value)

    return check


def check_origins(name: str, value: Any) -> None:
    """Let a list of web origins, such as ``http://localhost:5173``, pass. Raises `InvalidKind`, `InvalidOrigin`."""
    if not isinstance(value, list) or not all(isinstance(origin, str) for origin in value):
        raise InvalidKind(name=name, example='["http://localhost:5173"]')
    for origin in value:
        if not _is_origin(origin):
            raise InvalidOrigin(name=name, value=origin)


def _is_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return False
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts.scheme in ("http", "https") and bool(host) and origin == f"{parts.scheme}://{host}{port}"


KEYS: Final = {
    key.name: key
    for key in (
        Key("port", DEFAULT_PORT, check_port, "HTTP port, 0 for any free one", "GOREV_API_PORT", "--api-port"),
        Key("host", "localhost", check_text, "address to listen on", None, "--host"),
        Key("require_token", False, check_flag, "whether HTTP clients must show the token; always with another host"),
        Key("tls_certificate", None, check_text, "certificate of the other host, a PEM file, its chain below it"),
        Key("tls_key", None, check_text, "private key of the certificate, a PEM file"),
        Key("default_workspace", None, check_text, "folder of requests that name no workspace", None, "--workspace"),
        Key("language", None, choice(*LANGUAGES), "language of those who name none", "GOREV_LANG", "--lang"),
        Key("log_level", "info", choice(*LOG_LEVELS), "the least level that is logged", "GOREV_LOG_LEVEL", "--debug"),
        Key("export_directory", None, check_text, "one more folder where exports may be written"),
        Key("allow_external_watches", False, check_flag, "whether files outside a workspace may be watched"),
        Key("allowed_origins", [], check_origins, "other web pages that may use the API, for development"),
        Key("durability", "full", choice(*DURABILITIES), "full survives loss of power, normal only of the process"),
        Key("reader_connections", 2, number(1, 8), "connections that read, for each open workspace"),
        Key("workspace_idle_minutes", 15, number(0, 10_080), "minutes until an unused workspace is closed, 0: never"),
        Key("event_retention_count", 100_000, number(1_000, 10_000_000), "changes kept for those who resume"),
        Key("event_retention_days", 30, number(1, 3_650), "days that changes are kept for"),
        Key("max_websockets", 2_000, number(1, 100_000), "WebSocket connections at once"),
    )
}


@attrs.frozen(kw_only=True)
class Configuration:
    """The keys that are set, their values checked."""

    values: Mapping[str, Any] = attrs.Factory(dict)
    warnings: tuple[str, ...] = ()

    def get(self, name: str) -> Any:
        """The value of a key, None if it is not set."""
        return self.values.get(name)

    @classmethod
    def read(cls, file: Path) -> Configuration:
        """The contents of ``file``; none if there is no such file.

        Raises `BrokenConfiguration`, or its kinds that say which key is wrong.
        """
        try:
            written = content(file, _LARGEST_FILE_BYTES).decode("utf-8")
            import tomllib  # after the reading: there is seldom a file

            found = tomllib.loads(written)
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            raise BrokenConfiguration(file=file, reason=error) from error
        for name, key in KEYS.items():
            if name in found:
                key.check(f"{name} ({file})", found[name])
        return cls(
            values={name: value for name, value in found.items() if name in KEYS},
            warnings=tuple(f"{file}: unknown key {name} is ignored" for name in found if name not in KEYS),
        )


def port_of(variable: str) -> int | str:
    """The port that an environment variable's text names; the text itself if it is no number in ASCII digits."""
    return int(variable) if re.fullmatch("[0-9]{1,5}", variable) else variable
