"""What JSON Schema can say of texts beyond being texts (``data-model.md`` §3); the domain judges them itself."""

from __future__ import annotations

from typing import Any, Final

from gorev.domain.text import DESCRIPTION_LIMIT, NAME_LIMIT, TITLE_LIMIT

Rule = dict[str, Any]

# Neither SQLite nor a C string can carry a NUL.
CLEAN: Final = r"^[^\u0000]*$"
# As clean, and not blank.
FILLED: Final = r"^[^\u0000]*[^\s\u0000-\u001f\u0085\ufeff][^\u0000]*$"

TITLE: Final[Rule] = {"minLength": 1, "maxLength": TITLE_LIMIT, "pattern": FILLED}
DESCRIPTION: Final[Rule] = {"maxLength": DESCRIPTION_LIMIT, "pattern": CLEAN}
NAME: Final[Rule] = {"minLength": 1, "maxLength": NAME_LIMIT, "pattern": FILLED}
DEFINITION: Final[Rule] = DESCRIPTION
