"""What schemathesis must know beside the document: formats of ours, and which folders it may have."""

from __future__ import annotations

import os
from typing import Any, Final

import schemathesis
from hypothesis import strategies

# Any existing folder would become a workspace; it shall have this one only.
FOLDER: Final = os.environ.get("FUZZED_FOLDER", "")

schemathesis.openapi.format("entity-tag", strategies.from_regex(r'\A"[0-9]{1,18}(-[0-9]{1,18})?"\Z'))


@schemathesis.hook
def map_headers(context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """Requests are for the default workspace."""
    return _without(headers, "x-workspace-id", "x-workspace-path")


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """As the headers."""
    return _without(query, "workspace_id")


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """A folder that exists is replaced by the one that may be had."""
    path = body.get("path") if isinstance(body, dict) else None
    if isinstance(path, str) and "\0" not in path and os.path.isdir(path):  # noqa: PTH112  # anything may come
        return body | {"path": FOLDER}
    return body


def _without(values: dict[str, Any] | None, *names: str) -> dict[str, Any] | None:
    return values and {name: value for name, value in values.items() if name.lower() not in names}
