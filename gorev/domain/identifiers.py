"""Identifiers (``data-model.md`` §3)."""

from __future__ import annotations

import uuid


def new_id() -> str:
    """A fresh UUID v4, in lower case with hyphens."""
    return str(uuid.uuid4())
