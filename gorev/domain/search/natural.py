"""Sentences as queries, in Turkish and English (``behaviours.md`` §3).

The rules are tried in the order of the specification; what a rule recognises is taken out of the sentence, and what
remains, stop words aside, are terms. Read-only by nature: a verb is reported, never obeyed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeVar

import attrs

from gorev.domain.query import QuickFilter
from gorev.domain.search import days, phrases
from gorev.domain.search.days import DayRange, Relative
from gorev.domain.search.filters import NO_FILTERS, Filters
from gorev.domain.search.phrases import Expression, IntentAction, Recency
from gorev.domain.search.words import tokens
from gorev.domain.text import caseless, folded

T = TypeVar("T")

_NAME_WORDS: Final = 6
_DAYS_LIMIT: Final = 36_500
# Stands where something was recognised: no phrase reaches across it.
_GAP: Final = "|"

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_UUID: Final = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f-])")
_NUMBERED: Final = re.compile(r"(?<!\S)#([0-9a-f][0-9a-f-]{0,35})(?![\w-])")
_QUOTED: Final = re.compile(r'"([^"|]*)"')
_KEYED: Final = re.compile(
    r"(?<![^\W_])(?P<key>etiket|tag|proje|project):"
    r'(?P<values>(?:"[^"|]*"|[^\s",|]+)(?:,(?:"[^"|]*"|[^\s",|]+))*)'
)
_VALUE: Final = re.compile(r'"([^"]*)"|([^",]+)')
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
_NAME_WORD: Final = re.compile(r"[^\W_](?:[^\s|]*[^\W_])?")
_ISO: Final = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])", re.ASCII)
_IN_DAYS: Final = re.compile(
    r"(?<![^\W_])(?:(?:önümüzdeki |onumuzdeki )?(\d{1,5})\s+g[üu]n\s+i[çc]inde(?:ki(?:ler)?)?"
    r"|(?:within|in)(?: the)?(?: next)?\s+(\d{1,5})\s+days?)(?![^\W_])"
)


@attrs.frozen(kw_only=True)
class Intent:
    """What a sentence asks for.

    ``filters`` are those that could be written as such; ``blocked`` tasks, the ``newest`` so many and those ``touched``
    today come on top. ``time`` is the range that was named, ``relative`` its word or the number of days;
    ``bare_today`` says that the sentence was "today" alone. ``ids`` are beginnings of ids, ``titles`` must stand in the
    title. ``confidence`` is from 0 to 1.
    """

    action: IntentAction = IntentAction.LIST
    filters: Filters = NO_FILTERS
    blocked: bool = False
    newest: int | None = None
    touched: bool = False
    bare_today: bool = False
    time: DayRange | None = None
    relative: Relative | int | None = None
    terms: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    confidence: float = 0.0

    @property
    def references(self) -> tuple[str, ...]:
        """Everything that names particular tasks."""
        return (*self.ids, *self.titles)


class _Sentence:
    """What is still unread of a query, without regard to case."""

    def __init__(self, query: str) -> None:
        self.rest = caseless(unicodedata.normalize("NFC", query.translate(_QUOTES))).replace(_GAP, " ")

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Every match, taken out."""
        found = list(pattern.finditer(self.rest))
        if found:
            self.rest = pattern.sub(f" {_GAP} ", self.rest)
        return found

    def take_any(self, phrases_: Expression) -> bool:
        """Whether any of the phrases is there; all of them are taken out."""
        rest = phrases_.replaced(f" {_GAP} ", self.rest)
        taken = rest != self.rest
        self.rest = rest
        return taken

    def take_first(self, rules: Iterable[tuple[T, Expression]]) -> T | None:
        """What the first rule that matches anywhere stands for."""
        return next((meaning for meaning, expression in rules if self.take_any(expression)), None)

    def take_all(self, rules: Iterable[tuple[T, Expression]]) -> list[T]:
        """What the rules that match stand for."""
        return [meaning for meaning, expression in rules if self.take_any(expression)]


def _rules(table: Iterable[tuple[T, Iterable[str], Iterable[str]]]) -> tuple[tuple[T, Expression], ...]:
    return tuple((meaning, Expression(turkish, english)) for meaning, turkish, english in table)


_STATUSES: Final = _rules(phrases.STATUSES)
_PRIORITIES: Final = _rules(phrases.PRIORITIES)
_URGENCIES: Final = _rules(phrases.URGENCIES)
_BLOCKED: Final = _rules(phrases.BLOCKED)
_RECENCIES: Final = _rules(phrases.RECENCIES)
_DATES: Final = _rules(phrases.DATES)
_CREATION: Final = _rules(phrases.CREATION)
_DUE: Final = _rules(phrases.DUE)
_PROJECT: Final = Expression(phrases.PROJECT[0][1], phrases.PROJECT[0][2])
_STOP_STEMS: Final = Expression(phrases.STOP_STEMS[0][1], phrases.STOP_STEMS[0][2])
_ACTIONS: Final = {folded(word): action for action, words in phrases.ACTIONS for word in words}
_STOP_WORDS: Final = frozenset(map(folded, phrases.STOP_WORDS))


def understood(query: str, today: date, project_names: Sequence[str]) -> Intent:
    """What a sentence asks for today, in a workspace with these projects."""
    sentence = _Sentence(query)
    spelt = _spellings(query)
    named: dict[str, list[str]] = {"etiket": [], "tag": [], "proje": [], "project": []}
    for match in sentence.take(_KEYED):
        named[match["key"]] += [quoted or bare for quoted, bare in _VALUE.findall(match["values"])]
    ids = [match[0] for match in sentence.take(_UUID)] + [match[1] for match in sentence.take(_NUMBERED)]
    titles = [match[1].strip() for match in sentence.take(_QUOTED)]
    action = _action(sentence.rest)

    projects = [*named["proje"], *named["project"], *_projects(sentence, project_names, known=True)]
    statuses = dict.fromkeys(status for group in sentence.take_all(_STATUSES) for status in group)
    priorities = sentence.take_all(_PRIORITIES)
    quick: list[QuickFilter] = sentence.take_all(_URGENCIES)
    blocked = bool(sentence.take_all(_BLOCKED))
    recency = sentence.take_first(_RECENCIES)
    tags = [*named["etiket"], *named["tag"]]
    projects += _projects(sentence, project_names, known=False)
    time, relative = _time(sentence, today)
    of_creation = bool(sentence.take_all(_CREATION)) and time is not None
    if time is not None:
        sentence.take_all(_DUE)

    expression = None if time is None else _expression(time)
    filters = Filters(
        statuses=_one_or_more(statuses),
        priorities=_one_or_more(priorities),
        quick=_one_or_more(quick),
        tags=_one_or_more(dict.fromkeys(tags)),
        projects=_one_or_more(dict.fromkeys(projects)),
        created=expression if of_creation else None,
        due=None if of_creation else expression,
    )
    intent = Intent(
        action=action or IntentAction.LIST,
        filters=filters,
        blocked=blocked,
        newest=recency.value if isinstance(recency, Recency) and isinstance(recency.value, int) else None,
        touched=recency is Recency.TOUCHED_TODAY,
        time=time,
        relative=relative,
        terms=tuple(dict.fromkeys(spelt.get(term, term) for term in _terms(sentence.rest))),
        ids=tuple(dict.fromkeys(ids)),
        titles=tuple(dict.fromkeys(spelt.get(title, title) for title in titles if title)),
    )
    alone = Intent(action=intent.action, filters=Filters(due=filters.due), time=time, relative=relative)
    return attrs.evolve(
        intent,
        bare_today=relative is Relative.TODAY and not of_creation and intent == alone,
        confidence=_confidence(intent, acts=action is not None),
    )


def _confidence(intent: Intent, *, acts: bool) -> float:
    dated = attrs.evolve(intent.filters, due=None, created=None)
    filtered = dated != NO_FILTERS or intent.blocked or intent.newest is not None or intent.touched
    tenths = 4 * acts + 3 * (intent.time is not None) + 3 * filtered + 2 * bool(intent.references)
    return min(10, tenths) / 10


def _action(rest: str) -> IntentAction | None:
    found = {_ACTIONS[word] for word in tokens(rest) if word in _ACTIONS}
    return next((action for action, _ in phrases.ACTIONS if action in found), None)


def _projects(sentence: _Sentence, names: Sequence[str], *, known: bool) -> list[str]:
    """Names before "projesi" and "project": the longest that a project has, or where none is known the one word."""
    wanted = {" ".join(tokens(name)) for name in names}
    found = []
    unread = len(sentence.rest)
    for marker in reversed(list(_PROJECT.places(sentence.rest))):
        if marker.end > unread:  # it was part of a name
            continue
        before = sentence.rest[: marker.start].rpartition(_GAP)[2]
        begins = [each.start() for each in _NAME_WORD.finditer(before)][-_NAME_WORDS:]
        candidates = [before[begin:] for begin in begins if " ".join(tokens(before[begin:])) in wanted]
        if not known and begins and folded(before[begins[-1] :].strip()) not in _STOP_WORDS:
            candidates = [before[begins[-1] :]]
        if candidates or not known:
            name = candidates[0] if candidates else ""
            found += [_EDGES.sub("", " ".join(name.split()))] if name else []
            unread = marker.start - len(name)
            sentence.rest = f"{sentence.rest[:unread]} {_GAP} {sentence.rest[marker.end :]}"
    return found[::-1]


def _time(sentence: _Sentence, today: date) -> tuple[DayRange | None, Relative | int | None]:
    """The range that the sentence names, and its word if it is one; several make one that holds them all."""
    ranges: list[tuple[DayRange, Relative | int | None]] = []
    for match in sentence.take(_IN_DAYS):
        count = min(int(match[1] or match[2]), _DAYS_LIMIT)
        ranges.append((days.within(today, count), count))
    for relative in sentence.take_all(_DATES):
        ranges.append((relative.on(today), relative))
    for match in list(_ISO.finditer(sentence.rest)):
        try:
            day = date.fromisoformat(match[0])
        except ValueError:
            continue
        ranges.append((DayRange(day, day), None))
        sentence.rest = sentence.rest.replace(match[0], f" {_GAP} ")
    if not ranges:
        return None, None
    firsts = [each.first for each, _ in ranges if each.first]
    lasts = [each.last for each, _ in ranges if each.last]
    return DayRange(min(firsts), max(lasts)), ranges[0][1] if len(ranges) == 1 else None


def _terms(rest: str) -> tuple[str, ...]:
    words = [word for part in _STOP_STEMS.replaced(" ", rest).split() for word in part.split(_GAP)]
    kept = (_EDGES.sub("", word) for word in words)
    return tuple(word for word in kept if word and folded(word) not in _STOP_WORDS and folded(word) not in _ACTIONS)


def _spellings(query: str) -> dict[str, str]:
    """How the query spells its words and quotations, by what they are without regard to case."""
    written = unicodedata.normalize("NFC", query.translate(_QUOTES))
    parts = [*(_EDGES.sub("", word) for word in written.split()), *_QUOTED.findall(written)]
    return {caseless(part.strip()): part.strip() for part in parts}


def _expression(range_: DayRange) -> str:
    if range_.first == range_.last:
        return f"{range_.first}"
    return f"{range_.first}..{range_.last}"


def _one_or_more(values: Iterable[T]) -> T | tuple[T, ...] | None:
    found = tuple(values)
    return found[0] if len(found) == 1 else found or None
