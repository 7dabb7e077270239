"""Found tasks as hits: how each was found, and in which of its fields (``data-model.md`` §15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from gorev.domain.search import words
from gorev.domain.search.request import Hit, MatchType, SearchRequest, SearchSort
from gorev.domain.search.words import Field, TextQuery, plain
from gorev.domain.task import TaskView
from gorev.domain.values import Priority
from gorev.services.fuzzy import Resemblance
from gorev.storage import search_index, tasks
from gorev.storage.search_ranking import Found
from gorev.storage.sqlite import Cursor

# A description up to here is looked through word by word, which takes 50 microseconds; of a longer one the index knows.
SHORT_DESCRIPTION: Final = 5_000

# Titles and short descriptions are found again and again.
_plain: Final = lru_cache(maxsize=4096)(plain)

_PRIORITIES: Final = list(Priority)


def of_filters(cursor: Cursor, found: Sequence[Found]) -> tuple[Hit, ...]:
    """Tasks that filters selected."""
    return _made(cursor, found, lambda view, each: Hit(view=view, score=each.score, match=MatchType.FILTER))


def of_text(cursor: Cursor, found: Sequence[Found], text: TextQuery, searched: frozenset[Field]) -> tuple[Hit, ...]:
    """Tasks that a text matches."""
    pattern = words.pattern(text.atoms)
    described: set[int] = set()

    def matches(view: TaskView, each: Found, field: Field) -> bool:
        match field:
            case Field.TITLE:
                return pattern.search(_plain(view.task.title)) is not None
            case Field.DESCRIPTION if len(view.task.description) > SHORT_DESCRIPTION:
                return each.number in described
            case Field.DESCRIPTION:
                return pattern.search(_plain(view.task.description)) is not None
            case Field.TAGS:
                return any(pattern.search(_plain(tag.name)) for tag in view.task.tags)
            case Field.PROJECT:
                return pattern.search(_plain(view.project_name or "")) is not None

    def hit(view: TaskView, each: Found) -> Hit:
        matched = tuple(field for field in Field if field in searched and matches(view, each, field))
        return Hit(view=view, score=each.score, match=MatchType.EXACT if each.whole else MatchType.FTS, fields=matched)

    views = {view.task.id: view for view in tasks.by_ids(cursor, [each.task_id for each in found])}
    long = [each.number for each in found if len(views[each.task_id].task.description) > SHORT_DESCRIPTION]
    if long and Field.DESCRIPTION in searched:
        described = search_index.described_by(cursor, text.atoms, long)
    return tuple(hit(views[each.task_id], each) for each in found)


def of_resemblance(
    cursor: Cursor, found: Sequence[Found], resemblance: Resemblance, searched: frozenset[Field]
) -> tuple[Hit, ...]:
    """Tasks that resemble a query."""

    def hit(view: TaskView, each: Found) -> Hit:
        long = len(view.task.description) > SHORT_DESCRIPTION
        closeness, matched = resemblance.fields(view, searched - {Field.DESCRIPTION} if long else searched)
        if closeness < each.score and long:
            matched = (*matched, Field.DESCRIPTION)
        return Hit(view=view, score=max(closeness, each.score), match=MatchType.FUZZY, fields=matched)

    return _made(cursor, found, hit)


def ordered(hits: Sequence[Hit], request: SearchRequest) -> tuple[Hit, ...]:
    """Hits of text and of resemblance together, in the order that the index gives to each of them."""
    by_id = sorted(hits, key=lambda hit: hit.view.task.id)
    newest = sorted(by_id, key=lambda hit: hit.view.task.updated_at, reverse=True)
    down = request.descending
    match request.sort:
        case SearchSort.RELEVANCE:
            scored = sorted(newest, key=lambda hit: hit.score, reverse=down)
            return tuple(sorted(scored, key=lambda hit: hit.match is MatchType.FUZZY))
        case SearchSort.CREATED:
            return tuple(sorted(newest, key=lambda hit: hit.view.task.created_at, reverse=down))
        case SearchSort.UPDATED:
            return tuple(sorted(by_id, key=lambda hit: hit.view.task.updated_at, reverse=down))
        case SearchSort.PRIORITY:
            return tuple(sorted(newest, key=lambda hit: _PRIORITIES.index(hit.view.task.priority), reverse=down))
        case SearchSort.DUE:
            dated = sorted(newest, key=lambda hit: hit.view.task.due_date or date.max, reverse=down)
            return tuple(sorted(dated, key=lambda hit: hit.view.task.due_date is None))


def _made(cursor: Cursor, found: Sequence[Found], hit: Callable[[TaskView, Found], Hit]) -> tuple[Hit, ...]:
    by_id = {each.task_id: each for each in found}
    return tuple(hit(view, by_id[view.task.id]) for view in tasks.by_ids(cursor, list(by_id)))
