"""The editors that Gorev's extension can be installed into, and the settings for that (``lifecycle.md`` §5.6)."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from gorev.domain.errors import GorevError, InvalidValue

DEFAULT_EXTENSION: Final = "mehmetsenol.gorev-vscode"

_EXTENSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9._-]*")
_DURATION_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_UNIT: Final = {
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_NUMBER: Final = re.compile(r"\d+")


class Ide(enum.Enum):
    """The editors."""

    VSCODE = "vscode"
    CURSOR = "cursor"
    WINDSURF = "windsurf"


@attrs.frozen(kw_only=True)
class FoundIde:
    """An editor that is installed. Paths are absolute; nobody looked whether the last two exist."""

    ide: Ide
    name: str
    executable: str
    config_path: str
    extensions_path: str
    version: str | None = None


@attrs.frozen(kw_only=True)
class IdeStatus:
    """How the extension is installed in an editor; ``problem`` is what the editor said instead of telling."""

    found: FoundIde
    installed: str | None
    has_update: bool = False
    problem: str | None = None


@attrs.frozen(kw_only=True)
class ExtensionStatus:
    """The extension in every editor, and its newest version that any of them has."""

    extension: str
    latest: str | None
    ides: tuple[IdeStatus, ...]


class Done(enum.Enum):
    """What became of the extension in an editor."""

    INSTALLED = "installed"
    WAS_INSTALLED = "was_installed"
    UPDATED = "updated"
    UP_TO_DATE = "up_to_date"
    REMOVED = "removed"
    NOT_INSTALLED = "not_installed"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class ExtensionResult:
    """The outcome of an action on one editor; a failed one bears its ``error`` or, without one, the ``reason``."""

    ide: Ide
    name: str
    extension: str
    done: Done
    success: bool
    version: str | None = None
    error: GorevError | None = None
    reason: str | None = None


@attrs.frozen(kw_only=True)
class IdeSettings:
    """The user's settings, all with defaults."""

    auto_install: bool = False
    auto_update: bool = False
    disable_prompts: bool = False
    check_interval: str = "24h"
    supported_ides: tuple[Ide, ...] = tuple(Ide)
    extension_id: str = DEFAULT_EXTENSION
    last_update_check: datetime | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> tuple[IdeSettings, list[str]]:
        """The settings of a file, and the keys whose values are no good and stay at their default."""
        settings, refused = cls(), []
        for key in KEYS:
            if values.get(key) is not None:
                try:
                    settings = settings.changed(key, values[key])
                except InvalidValue:
                    refused.append(key)
        return settings, refused

    def changed(self, key: str, value: Any) -> IdeSettings:
        """The same with another value, which may be the text of a command line.

        @raise InvalidValue: there is no such setting, or it cannot have this value.
        """
        if key not in KEYS:
            raise InvalidValue(field="key", value=key, allowed=list(KEYS))
        reader = _READERS.get(key, _flag)
        return attrs.evolve(self, **{key: reader(key, value)})

    def stored(self) -> dict[str, Any]:
        """The settings as a file has them."""
        return {
            **attrs.asdict(self),
            "supported_ides": [ide.value for ide in self.supported_ides],
            "last_update_check": None if self.last_update_check is None else self.last_update_check.isoformat(),
        }


KEYS: Final = tuple(attribute.name for attribute in attrs.fields(IdeSettings))


def extension_id(field: str, value: object) -> str:
    """A text that can be an extension's id, and nothing else on a command line.

    @raise InvalidValue: it cannot.
    """
    if not isinstance(value, str) or _EXTENSION.fullmatch(value) is None:
        raise InvalidValue(field=field, value=_shown(value), allowed="publisher.name")
    return value


def duration(field: str, value: object) -> timedelta:
    """A length of time such as ``24h`` or ``1h30m``.

    @raise InvalidValue: it is none, or nothing.
    """
    text = value if isinstance(value, str) else ""
    parts = _DURATION_PART.findall(text)
    total = sum((float(number) * _UNIT[unit] for number, unit in parts), timedelta())
    if "".join(number + unit for number, unit in parts) != text or not total:
        raise InvalidValue(field=field, value=_shown(value), allowed="a length of time such as 24h or 1h30m")
    return total


def newest(versions: list[str]) -> str | None:
    """The highest of some versions."""
    return max(versions, key=_order, default=None)


def is_newer(version: str, other: str) -> bool:
    """Whether the first version is higher than the second."""
    return _order(version) > _order(other)


def _order(version: str) -> tuple[list[int], bool, str]:
    """What versions are sorted by: numbers, then releases after their previews (semver.org, 11)."""
    release, _, preview = version.partition("-")
    return [int(number) for number in _NUMBER.findall(release)], not preview, preview


def _flag(field: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in ("true", "false"):
        raise InvalidValue(field=field, value=_shown(value), allowed="true or false")
    return word == "true"


def _interval(field: str, value: object) -> str:
    duration(field, value)
    return str(value)


def _ides(field: str, value: object) -> tuple[Ide, ...]:
    given = value.split(",") if isinstance(value, str) else value
    known = {ide.value: ide for ide in Ide}
    names = [name.strip() if isinstance(name, str) else "" for name in given] if isinstance(given, list) else [""]
    if not all(name in known for name in names):
        raise InvalidValue(field=field, value=_shown(value), allowed=list(known))
    return tuple(dict.fromkeys(known[name] for name in names))


def _instant(field: str, value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InvalidValue(field=field, value=_shown(value), allowed="a time as RFC 3339 writes it")
    return instant if instant.year > 1 else None  # the original's way to say never


def _shown(value: object) -> str:
    return str(value)[:60]


_READERS: Final[Mapping[str, Any]] = {
    "check_interval": _interval,
    "supported_ides": _ides,
    "extension_id": extension_id,
    "last_update_check": _instant,
}
