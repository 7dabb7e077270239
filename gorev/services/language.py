"""The language of those who name none."""

from __future__ import annotations

import attrs


@attrs.define
class DefaultLanguage:
    """``tr`` or ``en``: what the settings say, until a user chooses otherwise for this run (``rest-api.md`` §4.13)."""

    code: str
