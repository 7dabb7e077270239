"""A search as it is asked for, and what it yields (``behaviours.md`` §1, ``data-model.md`` §15)."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

import attrs

from gorev.domain.search.filters import NO_FILTERS, Filters
from gorev.domain.search.natural import Intent
from gorev.domain.search.words import ALL_FIELDS, NO_TEXT, Field, TextQuery
from gorev.domain.task import TaskView

DEFAULT_RESULTS: Final = 50
DEFAULT_THRESHOLD: Final = 0.6

# What a score is multiplied with where the title contains the whole query, or the task is of that kind.
WHOLE_IN_TITLE: Final = 1.5
HIGH_PRIORITY: Final = 1.2
IN_PROGRESS: Final = 1.3
FILTER_SCORE: Final = 1.0


class SearchSort(enum.Enum):
    """What results are ordered by; ties go by latest change, then id."""

    RELEVANCE = "relevance"
    CREATED = "created"
    UPDATED = "updated"
    DUE = "due_date"
    PRIORITY = "priority"


class MatchType(enum.Enum):
    """How a task was found: the title contains the whole query, the index has it, it resembles, or filters chose it."""

    EXACT = "exact"
    FTS = "fts"
    FUZZY = "fuzzy"
    FILTER = "filter"


@attrs.frozen(kw_only=True)
class SearchRequest:
    """What is asked for. ``query`` is as it was typed; ``text`` and ``filters`` are what it came to.

    A ``threshold`` up to 1 is the least similarity of a fuzzy match, a greater one the most edits.
    """

    query: str = ""
    text: TextQuery = NO_TEXT
    filters: Filters = NO_FILTERS
    fuzzy: bool = True
    threshold: float = DEFAULT_THRESHOLD
    limit: int = DEFAULT_RESULTS
    sort: SearchSort = SearchSort.RELEVANCE
    descending: bool = True
    include_completed: bool = False
    fields: frozenset[Field] = ALL_FIELDS


@attrs.frozen(kw_only=True)
class Hit:
    """A task that was found; ``fields`` are those that matched."""

    view: TaskView
    score: float
    match: MatchType
    fields: tuple[Field, ...] = ()


@attrs.frozen(kw_only=True)
class SearchOutcome:
    """The best hits, and how many there are in all. ``intent`` is how a sentence was understood."""

    hits: tuple[Hit, ...]
    total: int
    elapsed_ms: float
    used_fuzzy: bool = False
    suggestions: tuple[str, ...] = ()
    intent: Intent | None = None


@attrs.frozen(kw_only=True)
class HistoryRow:
    """A search that was made."""

    id: int
    query: str
    filters: Filters
    result_count: int
    elapsed_ms: float
    created_at: datetime
