"""How alike two tasks are, by the words they share (``behaviours.md`` §4)."""

from __future__ import annotations

import re
from typing import Final

import attrs

from gorev.domain.task import TaskView
from gorev.domain.text import folded

# Of a longer description only so much counts, so that one comparison is as cheap as another.
DESCRIPTION_COMPARED: Final = 2_000

_SEPARATOR: Final = re.compile(r"[\s,.;:!?]+")
_STOP_WORDS: Final = frozenset(
    map(folded, ("ve", "ile", "için", "bir", "bu", "şu", "the", "and", "or", "but", "in", "on", "at"))
)
_SHORTEST: Final = 3


@attrs.frozen(kw_only=True)
class Alike:
    """A task that resembles a text, how much (0 to 1), and the keywords that they share."""

    view: TaskView
    similarity: float
    shared: tuple[str, ...]


def keywords(text: str) -> frozenset[str]:
    """The words that tell what a text is about, folded."""
    return folded_keywords(folded(text))


def folded_keywords(text: str) -> frozenset[str]:
    """As `keywords`, for a text that is folded already."""
    return frozenset(word for word in _SEPARATOR.split(text) if len(word) >= _SHORTEST and word not in _STOP_WORDS)


def task_keywords(title: str, description: str) -> frozenset[str]:
    """The keywords of a task, of its description's beginning only."""
    return keywords(f"{title} {description[:DESCRIPTION_COMPARED]}")


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index: keywords in both, divided by keywords in either; 0 where there are none."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0
