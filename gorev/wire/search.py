"""Searches and filter profiles as they come in and go out (``data-model.md`` §12 and §15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import AsSpelt, ConflictingAlias, InvalidDate
from gorev.domain.profiles import Profile
from gorev.domain.search import query_string, words
from gorev.domain.search.filters import Filters, check
from gorev.domain.search.natural import Intent
from gorev.domain.search.request import (
    DEFAULT_RESULTS,
    DEFAULT_THRESHOLD,
    HistoryRow,
    Hit,
    SearchOutcome,
    SearchRequest,
    SearchSort,
)
from gorev.domain.search.words import ALL_FIELDS, Field
from gorev.domain.task import TaskView
from gorev.domain.text import folded
from gorev.wire import kinds
from gorev.wire.decode import decode, or_absent
from gorev.wire.encode import Encoder, Object, instant
from gorev.wire.kinds import (
    Direction,
    FieldTokens,
    Flag,
    PriorityTokens,
    QuickTokens,
    Results,
    SearchMode,
    SearchSortToken,
    StatusTokens,
    Tags,
    Text,
    Texts,
    Threshold,
)
from gorev.wire.kinds import Object as Fields
from gorev.wire.vocabulary import FILTERS, INTENT, PRIORITY, QUICK_FILTER, RELATIVE, STATUS, TASK, Vocabulary

HISTORY_ROWS: Final = 20

# What a query string cannot say: how to search is no filter.
_NO_FILTERS: Final = frozenset({"fuzzy", "fuzzy_threshold"})
_SINGLE: Final = frozenset({"created_after", "created_before", "due_after", "due_before"})


class FilterFields(msgspec.Struct, kw_only=True):
    """The keys of a filters object."""

    statuses: StatusTokens | UnsetType = UNSET
    priorities: PriorityTokens | UnsetType = UNSET
    projects: Texts | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    due: Texts | UnsetType = UNSET
    created: Texts | UnsetType = UNSET
    created_after: Text | UnsetType = UNSET
    created_before: Text | UnsetType = UNSET
    due_after: Text | UnsetType = UNSET
    due_before: Text | UnsetType = UNSET
    parents: Texts | UnsetType = UNSET
    quick: QuickTokens | UnsetType = UNSET
    fuzzy: Flag | UnsetType = UNSET
    fuzzy_threshold: Threshold | UnsetType = UNSET


class SearchArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_search``; ``limit`` is another word for ``max_results`` where that has a meaning."""

    mode: SearchMode
    query: Text | UnsetType = UNSET
    filters: Fields | UnsetType = UNSET
    fuzzy: Flag | UnsetType = UNSET
    fuzzy_threshold: Threshold | UnsetType = UNSET
    max_results: Results | UnsetType = UNSET
    sort: SearchSortToken = "relevance"
    direction: Direction | UnsetType = UNSET
    include_completed: Flag = False
    fields: FieldTokens | UnsetType = UNSET
    limit: Results | UnsetType = UNSET

    @property
    def text(self) -> str:
        """The query, trimmed; empty if there is none.

        @raise InvalidValue: it is too long.
        """
        return words.checked(or_absent(self.query) or "")

    @property
    def results(self) -> int | None:
        """How many results are asked for, if it is said.

        @raise ConflictingAlias: it is said twice, differently.
        """
        one, other = or_absent(self.max_results), or_absent(self.limit)
        if one is not None and other is not None and one != other:
            raise ConflictingAlias(keys=["max_results", "limit"])
        return one or other

    def request(self, vocabulary: Vocabulary) -> SearchRequest:
        """The search of mode ``advanced``: what the query string says, and what is said beside it, which wins.

        @raise InvalidValue, InvalidDate, ConflictingAlias: a filter is unknown or has no such value.
        """
        parsed = query_string.parse(self.text, is_filter)
        filters = _of_query(parsed, vocabulary).overlaid(read_filters(or_absent(self.filters) or {}, vocabulary))
        sort = SearchSort(self.sort)
        descending = sort is not SearchSort.DUE if self.direction is UNSET else self.direction == "desc"
        fields = ALL_FIELDS if self.fields is UNSET else frozenset(map(_field, self.fields)) or ALL_FIELDS
        return SearchRequest(
            query=self.text,
            text=parsed.text,
            filters=attrs.evolve(filters, fuzzy=None, fuzzy_threshold=None),
            fuzzy=_first(or_absent(self.fuzzy), filters.fuzzy, True),
            threshold=_first(or_absent(self.fuzzy_threshold), filters.fuzzy_threshold, DEFAULT_THRESHOLD),
            limit=self.results or DEFAULT_RESULTS,
            sort=sort,
            descending=descending,
            include_completed=self.include_completed,
            fields=fields,
        )


def profile_request(profile: Profile, vocabulary: Vocabulary) -> SearchRequest:
    """The search that a profile stands for.

    @raise InvalidValue, InvalidDate: its query string has a filter without a value of its kind.
    """
    encoded = filters(profile.filters, vocabulary)
    return SearchArguments(mode="advanced", query=profile.search_query, filters=encoded).request(vocabulary)


def is_filter(key: str) -> bool:
    """Whether a query string may filter by this key, however it is written."""
    name = FILTERS.inside(folded(key))
    return name is not None and name not in _NO_FILTERS


def read_filters(given: Mapping[str, object], vocabulary: Vocabulary) -> Filters:
    """A filters object; blank values ask for nothing.

    @raise InvalidValue: a key is unknown, or a value not of its kind.
    @raise InvalidDate: a date expression is none.
    @raise ConflictingAlias: two spellings of one key disagree.
    """
    said = {key: value for key, value in given.items() if value not in ("", [], None) or FILTERS.inside(key) is None}
    decoded = decode(FilterFields, FILTERS, said, vocabulary, refuse_unknown=True)
    values: dict[str, Any] = {}
    for name, spelling in decoded.spelt.items():
        value = getattr(decoded.value, name)
        meanings = [_MEANING.get(name, _itself)(each) for each in value] if isinstance(value, list) else value
        if isinstance(meanings, list):
            # A value is told back as it was given: alone, or in a list.
            meanings = tuple(meanings) if len(meanings) != 1 or isinstance(said[spelling], list) else meanings[0]
        values[name] = meanings
    read = Filters(**values)
    try:
        check(read)
    except InvalidDate as refused:
        spelling = decoded.spelt[str(refused.details["field"])]
        raise InvalidDate(**{**refused.details, "field": AsSpelt(spelling)}) from None
    return read


def filters(value: Filters, vocabulary: Vocabulary) -> Object:
    """Filters as an object, those that are not given left out."""
    names = FILTERS.out(vocabulary)
    given = attrs.asdict(value, recurse=False)
    return {names[name]: _token(each) for name, each in given.items() if each is not None}


def response(outcome: SearchOutcome, encoder: Encoder, shown: list[Object]) -> Object:
    """A search response with the hits of ``shown``, already encoded."""
    encoded: Object = {
        "results": shown,
        "total_count": outcome.total,
        "query_time_ms": round(outcome.elapsed_ms, 3),
        "used_fuzzy": outcome.used_fuzzy,
        "suggestions": list(outcome.suggestions),
    }
    if outcome.intent is not None:
        encoded["intent"] = _intent(outcome.intent, encoder.words)
    return encoded


def hit(value: Hit, words: Vocabulary, task: Callable[[TaskView], Any]) -> Object:
    """One result; ``task`` encodes what was found."""
    names = TASK.out(words)
    return {
        "task": task(value.view),
        "relevance_score": round(value.score, 6),
        "match_type": value.match.value,
        "matched_fields": [names[field.value] for field in value.fields],
    }


def history_row(row: HistoryRow, encoder: Encoder) -> Object:
    """A search that was made."""
    return {
        "id": row.id,
        "query": row.query,
        "filters": filters(row.filters, encoder.words),
        "result_count": row.result_count,
        "execution_time_ms": round(row.elapsed_ms, 3),
        "created_at": instant(row.created_at),
    }


def profile(value: Profile, encoder: Encoder) -> Object:
    """A filter profile."""
    return {
        "id": value.id,
        "name": value.name,
        "description": value.description,
        "filters": filters(value.filters, encoder.words),
        "search_query": value.search_query,
        "is_default": value.is_default,
        "use_count": value.use_count,
        "last_used_at": None if value.last_used_at is None else instant(value.last_used_at),
        "created_at": instant(value.created_at),
        "updated_at": instant(value.updated_at),
    }


def _of_query(parsed: query_string.Query, vocabulary: Vocabulary) -> Filters:
    """The filters of a query string: one that is repeated asks for any of its values, or its last if it has but one."""
    said: dict[str, list[str]] = {}
    spelt: dict[str, str] = {}
    for key, values in parsed.filters:
        name = FILTERS.inside(folded(key)) or key
        said.setdefault(name, []).extend(values)
        spelt.setdefault(name, folded(key))
    return read_filters(
        {
            spelt[name]: values[-1] if name in _SINGLE or len(values) == 1 else list(dict.fromkeys(values))
            for name, values in said.items()
        },
        vocabulary,
    )


def _intent(intent: Intent, vocabulary: Vocabulary) -> Object:
    names = INTENT.out(vocabulary)
    further = {"blocked": intent.blocked, "newest": intent.newest, "touched": intent.touched}
    time = None
    if intent.time is not None:
        relative = intent.relative
        time = {
            "start": None if intent.time.first is None else intent.time.first.isoformat(),
            "end": None if intent.time.last is None else intent.time.last.isoformat(),
            "relative": f"{relative}_gun" if isinstance(relative, int) else RELATIVE[relative] if relative else None,
        }
    return {
        "action": intent.action.value,
        "filters": filters(intent.filters, vocabulary) | {names[name]: each for name, each in further.items() if each},
        "time_range": time,
        "terms": list(intent.terms),
        "references": list(intent.references),
        "confidence": intent.confidence,
    }


def _field(token: str) -> Field:
    return Field(TASK.inside(token))


def _first(*given: Any) -> Any:
    return next(each for each in given if each is not None)


def _itself(token: str) -> str:
    return token


_MEANING: Final[Mapping[str, Any]] = {
    "statuses": kinds.status,
    "priorities": kinds.priority,
    "quick": kinds.quick_filter,
}
_TOKENS: Final[Mapping[Any, str]] = {**STATUS, **PRIORITY, **QUICK_FILTER}


def _token(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_token(each) for each in value]
    return _TOKENS.get(value, value) if not isinstance(value, str | float | bool) else value
