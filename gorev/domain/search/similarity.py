"""Which texts of a task are compared with a query that may be misspelt (``behaviours.md`` §1, fuzzy complement)."""

from __future__ import annotations

from collections.abc import Iterator

from gorev.domain.search.words import Field, plain, tokens
from gorev.domain.task import TaskView


def compared(view: TaskView, words: int) -> Iterator[tuple[Field, list[str]]]:
    """The texts of a task by field: title, its words, runs of so many of them; tags; the words of the description."""
    yield Field.TITLE, title_texts(view.task.title, words)
    yield Field.TAGS, [plain(tag.name) for tag in view.task.tags]
    yield Field.DESCRIPTION, list(dict.fromkeys(tokens(view.task.description)))


def title_texts(title: str, words: int) -> list[str]:
    """The whole title, its words, and runs of so many of its words."""
    parts = tokens(title)
    runs = [" ".join(parts[first : first + words]) for first in range(len(parts) - words + 1)] if words > 1 else []
    return list(dict.fromkeys([plain(title), *parts, *runs]))
