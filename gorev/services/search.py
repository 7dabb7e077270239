"""Searching: by text and filters, by a sentence, and what was searched for before (``behaviours.md`` §1 to §3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Final

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.errors import MissingParameter, NothingGiven
from gorev.domain.search.alternatives import alternatives
from gorev.domain.search.days import Relative
from gorev.domain.search.filters import Filters, Selection, instants, selection, several
from gorev.domain.search.natural import Intent, understood
from gorev.domain.search.request import (
    DEFAULT_RESULTS,
    HistoryRow,
    Hit,
    SearchOutcome,
    SearchRequest,
    SearchSort,
)
from gorev.domain.search.words import ALL_FIELDS, Atom, Field, TextQuery, plain
from gorev.services import hits
from gorev.services.fuzzy import Closeness, Resemblance, Vocabulary
from gorev.services.store import Answer, Store
from gorev.storage import projects, search_history, search_index, tags
from gorev.storage.search_ranking import Order
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import Condition, all_of, condition
from gorev.storage.transaction import Transaction

# Where the terms of a sentence are looked for.
_SENTENCE_FIELDS: Final = ALL_FIELDS - {Field.PROJECT}
_NAMES_SUGGESTED: Final = 4
_NAME_CLOSENESS: Final = Closeness(0.5)


@attrs.frozen
class _Results:
    """What was found: how many in all, the best of them, and whether some merely resemble."""

    hits: tuple[Hit, ...]
    total: int
    used_fuzzy: bool = False


class SearchOperations:
    """The searches in one workspace.

    Each is noted in the history once it has its answer, which does not wait for that. The note is no change of an
    entity: it has neither event nor ``seq``.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._vocabulary = Vocabulary()

    def search(self, request: SearchRequest) -> Deferred[Answer[SearchOutcome]]:
        """The tasks that match a text, filters, or both.

        @raise NothingGiven: neither is given.
        @raise InvalidDate: a date expression is none.
        @raise AmbiguousId: several ids begin with one that was given.
        """
        if not request.query.strip() and not request.filters.selects:
            raise NothingGiven(fields=["query", "filters"])

        def work(cursor: Cursor) -> SearchOutcome:
            wanted = selection(
                request.filters, self._store.today(), midnight, include_completed=request.include_completed
            )
            where = condition(cursor, wanted, self._store.today())
            results = self._found(cursor, request, where)
            return _outcome(cursor, results, request.text, request.filters)

        return Deferred.fromCoroutine(self._noted(request.query, work, request.filters))

    def natural(self, query: str, limit: int = DEFAULT_RESULTS) -> Deferred[Answer[SearchOutcome]]:
        """The tasks that a sentence in Turkish or English asks for.

        @raise MissingParameter: the sentence is blank.
        """
        if not query.strip():
            raise MissingParameter(field="query")

        def work(cursor: Cursor) -> SearchOutcome:
            today = self._store.today()
            names = [view.project.name for view in projects.every(cursor)]
            intent = understood(query, today, names)
            text = TextQuery(words=tuple(map(Atom, intent.terms)), whole=" ".join(intent.terms), all_words=True)
            results = self._of_intent(cursor, intent, text, limit, today)
            return attrs.evolve(_outcome(cursor, results, text, intent.filters), intent=intent)

        return Deferred.fromCoroutine(self._understood(query, work))

    async def _understood(self, query: str, work: Callable[[Cursor], SearchOutcome]) -> Answer[SearchOutcome]:
        await self._store.database.settle()  # a sentence may ask for what was looked at
        return await self._noted(query, work)

    async def history(self, limit: int) -> Answer[list[HistoryRow]]:
        """The searches made last, newest first, those just made included."""
        await self._store.database.settle()
        since = self._store.now() - search_history.KEPT_FOR
        return await self._store.read(lambda cursor: search_history.newest(cursor, limit, since))

    async def _noted(
        self,
        query: str,
        work: Callable[[Cursor], SearchOutcome],
        filters: Filters | None = None,
    ) -> Answer[SearchOutcome]:
        begun = time.perf_counter()
        answer = await self._store.read(work)
        outcome = attrs.evolve(answer.value, elapsed_ms=(time.perf_counter() - begun) * 1000)
        used = filters or (outcome.intent.filters if outcome.intent else Filters())

        def note(transaction: Transaction, now: datetime) -> None:
            search_history.add(transaction.cursor, query, used, outcome.total, outcome.elapsed_ms, now)

        self._store.note(note)
        return Answer(outcome, answer.seq)

    def _found(self, cursor: Cursor, request: SearchRequest, where: Condition) -> _Results:
        """Text first, then what merely resembles it; or what the filters alone select."""
        order = Order(request.sort, request.descending, request.limit)
        text, fields = request.text, request.fields
        if not text.asks:
            found, total = search_index.of_filters(cursor, text, fields, where, order)
            return _Results(hits.of_filters(cursor, found), total)
        found, total = search_index.of_text(cursor, text, fields, where, order)
        matching = hits.of_text(cursor, found, text, fields)
        resemblance = Resemblance.of(text, request.threshold)
        # A quoted phrase must occur as it is, which nothing does that merely resembles it.
        if not request.fuzzy or text.phrases or not resemblance.words or total >= request.limit / 2:
            return _Results(matching, total)
        where = all_of([where, search_index.without(cursor, text, fields)])
        known = [each.task_id for each in found]
        alike, more = resemblance.found(cursor, self._vocabulary, fields, where, order, known)
        resembling = hits.of_resemblance(cursor, alike, resemblance, fields)
        together = hits.ordered((*matching, *resembling), request)[: request.limit]
        return _Results(together, total + more, bool(resembling))

    def _of_intent(self, cursor: Cursor, intent: Intent, text: TextQuery, limit: int, today: date) -> _Results:
        """What a sentence asks for: finished tasks are not left out, since none of its rules says so."""
        where = condition(cursor, _intended(intent, today), today)
        if intent.newest is not None:
            limit = min(limit, intent.newest)
        request = SearchRequest(
            text=text,
            fuzzy=False,
            limit=limit,
            sort=SearchSort.RELEVANCE if intent.newest is None else SearchSort.CREATED,
            include_completed=True,
            fields=_SENTENCE_FIELDS,
        )
        results = self._found(cursor, request, where)
        if not results.total and text.asks and not search_index.occurs(cursor, text.atoms, _SENTENCE_FIELDS):
            lenient = attrs.evolve(request, text=attrs.evolve(text, all_words=False), fuzzy=True, fields=ALL_FIELDS)
            results = self._found(cursor, lenient, where)
        if intent.newest is not None:
            return attrs.evolve(results, total=min(results.total, intent.newest))
        return results


def midnight(day: date) -> datetime:
    """The instant at which a day begins in the daemon's time zone."""
    try:
        return datetime.combine(day, clock_time()).astimezone().astimezone(UTC)
    except (OverflowError, ValueError):  # at the ends of the calendar
        return datetime.combine(day, clock_time(), UTC)


def _intended(intent: Intent, today: date) -> Selection:
    filters = attrs.evolve(intent.filters, due=None) if intent.bare_today else intent.filters
    this_day = instants(Relative.TODAY.on(today), midnight)
    return attrs.evolve(
        selection(filters, today, midnight, include_completed=True),
        blocked=intent.blocked,
        touched=this_day if intent.touched else None,
        due_or_touched=(today, this_day) if intent.bare_today else None,
        ids=intent.ids,
        titles=intent.titles,
    )


def _outcome(cursor: Cursor, results: _Results, text: TextQuery, filters: Filters) -> SearchOutcome:
    return SearchOutcome(
        hits=results.hits,
        total=results.total,
        elapsed_ms=0.0,
        used_fuzzy=results.used_fuzzy,
        suggestions=() if results.total else _suggestions(cursor, text.whole, filters),
    )


def _suggestions(cursor: Cursor, text: str, filters: Filters) -> tuple[str, ...]:
    """What else to look for; names are compared with the text, its words, and the names that are filtered by."""
    named = [*several(filters.tags), *several(filters.projects)]
    compared = dict.fromkeys(plain(each) for each in (text, *text.split(), *named) if each)
    names = [tag.name for tag in tags.every(cursor)] + [view.project.name for view in projects.every(cursor)]
    spelt = {plain(name): name for name in reversed(names)}
    close: dict[str, float] = {}
    for each in compared:
        for name, similarity in _NAME_CLOSENESS.among(each, list(spelt)).items():
            close[name] = max(similarity, close.get(name, 0.0))
    nearest = sorted(close, key=lambda name: (-close[name], name))[:_NAMES_SUGGESTED]
    return alternatives(text, [spelt[name] for name in nearest])
