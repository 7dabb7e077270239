"""Identifiers (``data-model.md`` §3)."""

from __future__ import annotations

import re
import uuid
from typing import Final

# data-model.md §3: the least that names a task or project.
SHORTEST_PREFIX: Final = 8

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A fresh UUID v4, in lower case with hyphens."""
    return str(uuid.uuid4())


def is_id(value: str) -> bool:
    """Whether this has the form of an id of ours."""
    return _ID.fullmatch(value) is not None
