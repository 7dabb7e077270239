"""The URIs of resources, and blocks that point to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gorev.mcp import markdown
from gorev.mcp.jsonrpc import Object
from gorev.wire.vocabulary import PROJECT as PROJECT_NAMES
from gorev.wire.vocabulary import TASK as TASK_NAMES
from gorev.wire.vocabulary import Vocabulary

SUMMARY: Final = "gorev://ozet"
TASK: Final = "gorev://gorev/"
PROJECT: Final = "gorev://proje/"
MARKDOWN: Final = "text/markdown"
NAME_LIMIT: Final = 100  # characters

# The keys of a tool's struct that hold one task or one project, and what such an object calls its title.
_SINGLE: Final = (
    ("gorev", TASK, TASK_NAMES.out(Vocabulary.TURKISH)["title"]),
    ("proje", PROJECT, PROJECT_NAMES.out(Vocabulary.TURKISH)["name"]),
)


def task_uri(id_: str) -> str:
    """The URI of a task."""
    return TASK + id_


def project_uri(id_: str) -> str:
    """The URI of a project."""
    return PROJECT + id_


def short(name: str) -> str:
    """A title as the name of a resource: one line, not too long."""
    line = markdown.one_line(name)
    return line if len(line) <= NAME_LIMIT else f"{line[: NAME_LIMIT - 1]}…"


def links(structured: Mapping[str, Any]) -> tuple[Object, ...]:
    """Links to the one task and the one project that a tool's struct is about."""
    found = []
    for key, prefix, title in _SINGLE:
        entity = structured.get(key)
        if isinstance(entity, Mapping) and "id" in entity:
            found.append(
                {
                    "type": "resource_link",
                    "uri": prefix + entity["id"],
                    "name": short(entity.get(title) or entity["id"]),
                    "mimeType": MARKDOWN,
                }
            )
    return tuple(found)
