"""The file with the settings for editors, ``~/.gorev/ide-config.json`` (``lifecycle.md`` §5.6). For threads."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from twisted.logger import Logger

from gorev.domain.ides import IdeSettings
from gorev.small_file import content


class IdeSettingsFile:
    """The file itself; what is missing or unusable in it has its default."""

    _log = Logger()

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> IdeSettings:
        """The settings; what cannot be used is logged."""
        settings, refused = IdeSettings.of(self._values())
        for key in refused:
            self._log.warn("{key} in {path} is not usable and ignored", key=key, path=str(self._path))
        return settings

    def write(self, settings: IdeSettings) -> None:
        """Replace the settings; keys of others in the file stay.

        @raise OSError: it cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w", encoding="utf-8") as file:
            json.dump(self._values() | settings.stored(), file, indent=2, ensure_ascii=False)
        fresh.replace(self._path)

    def _values(self) -> dict[str, Any]:
        try:
            values = json.loads(content(self._path))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            self._log.warn("cannot read {path}, using the defaults: {error}", path=str(self._path), error=error)
            return {}
        return values if isinstance(values, dict) else {}
