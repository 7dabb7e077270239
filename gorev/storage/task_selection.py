"""Which tasks a selection is about, as conditions on rows of ``tasks``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import attrs

from gorev.domain.query import QuickFilter
from gorev.domain.search.days import UNDATED, DayRange, Undated
from gorev.domain.search.filters import ROOT, Instants, Selection
from gorev.domain.text import folded
from gorev.domain.values import Priority, Status
from gorev.storage.encoding import day_text, instant_text, packed
from gorev.storage.identifiers import resolve
from gorev.storage.sqlite import Cursor

# As the indexes of open tasks have it.
_OPEN: Final = "tasks.is_open"
_BLOCKED: Final = "tasks.blocked AND tasks.is_open"
_TAGGED: Final = """tasks.id IN (
    SELECT task_id FROM task_tags JOIN tags ON tags.id = task_tags.tag_id
    WHERE tags.name_folded IN (SELECT value FROM json_each(?)))"""
_TOUCHED: Final = """tasks.id IN (
    SELECT task_id FROM interactions WHERE created_at >= ? AND created_at < ?
    UNION ALL SELECT task_id FROM new_interactions WHERE created_at >= ? AND created_at < ?)"""


@attrs.frozen
class Condition:
    """SQL that is true of some tasks, with the values of its question marks.

    With ``by_sort`` it names no columns of ``tasks`` but number, status and priority, which ``task_sorts`` has as well.
    """

    sql: str
    values: tuple[Any, ...] = ()
    by_sort: bool = False


ALWAYS: Final = Condition("1", by_sort=True)
NEVER: Final = Condition("0", by_sort=True)


def all_of(conditions: Iterable[Condition]) -> Condition:
    """All of them hold."""
    return _joined(" AND ", conditions, ALWAYS)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """One of them holds."""
    return _joined(" OR ", conditions, NEVER)


def condition(cursor: Cursor, wanted: Selection, today: date) -> Condition:
    """What a selection asks of a task. Projects and parents that do not exist have no tasks.

    @raise AmbiguousId: several ids begin with one that was given.
    """
    asked: list[Condition] = []
    if wanted.statuses:
        asked.append(_among("tasks.status", wanted.statuses))
    if wanted.priorities:
        asked.append(_among("tasks.priority", wanted.priorities))
    if wanted.projects:
        ids = [id_ for each in wanted.projects for id_ in _projects(cursor, each)]
        asked.append(Condition("tasks.project_id IN (SELECT value FROM json_each(?))", (packed(ids),)))
    if wanted.tags:
        asked.append(Condition(_TAGGED, (packed([folded(each.strip()) for each in wanted.tags]),)))
    if wanted.due:
        asked.append(any_of(_due(each) for each in wanted.due))
    if wanted.due_between is not None:
        asked.append(_due(wanted.due_between))
    if wanted.created:
        asked.append(any_of(_created(each) for each in wanted.created))
    if wanted.created_between is not None:
        asked.append(_created(wanted.created_between))
    if wanted.parents:
        asked.append(any_of(_parent(cursor, each) for each in wanted.parents))
    if wanted.quick:
        asked.append(any_of(_quick(each, today) for each in wanted.quick))
    if wanted.blocked:
        asked.append(Condition(_BLOCKED))
    if wanted.touched is not None:
        asked.append(_touched(wanted.touched))
    if wanted.due_or_touched is not None:
        day, time = wanted.due_or_touched
        asked.append(any_of([_due(DayRange(day, day)), _touched(time)]))
    if wanted.ids:
        asked.append(any_of(Condition("(tasks.id >= ? AND tasks.id < ?)", (each, f"{each}~")) for each in wanted.ids))
    asked += (Condition("instr(tasks.title_folded, ?)", (folded(each),)) for each in wanted.titles)
    return all_of(asked)


def _among(column: str, values: Iterable[Status | Priority]) -> Condition:
    listed = ", ".join(f"'{value.value}'" for value in values)
    return Condition(f"{column} IN ({listed})", by_sort=True)


def _joined(word: str, conditions: Iterable[Condition], none: Condition) -> Condition:
    given = list(conditions)
    if not given:
        return none
    sql = word.join(f"({each.sql})" for each in given)
    values = tuple(value for each in given for value in each.values)
    return Condition(sql, values, by_sort=all(each.by_sort for each in given))


def _projects(cursor: Cursor, given: str) -> list[str]:
    """The projects of a name, else the one of an id or the beginning of one."""
    rows = cursor.execute("SELECT id FROM projects WHERE name_folded = ?", (folded(given.strip()),))
    named = [id_ for (id_,) in rows]
    if named:
        return named
    resolved = resolve(cursor, "projects", given)
    return [] if resolved is None else [resolved]


def _parent(cursor: Cursor, given: str) -> Condition:
    if folded(given.strip()) == ROOT:
        return Condition("tasks.parent_id IS NULL")
    parent = resolve(cursor, "tasks", given)
    return NEVER if parent is None else Condition("tasks.parent_id = ?", (parent,))


def _due(wanted: DayRange | Undated) -> Condition:
    if wanted is UNDATED:
        return Condition("tasks.is_undated AND tasks.due_date IS NULL")
    asked = [Condition(_OPEN if wanted.open_only else "tasks.is_undated = 0")]
    if wanted.first is not None:
        asked.append(Condition("tasks.due_date >= ?", (day_text(wanted.first),)))
    if wanted.last is not None:
        asked.append(Condition("tasks.due_date <= ?", (day_text(wanted.last),)))
    return all_of(asked)


def _quick(wanted: QuickFilter, today: date) -> Condition:
    first, last = wanted.due_range(today)
    return _due(DayRange(first, last, open_only=True))


def _created(wanted: Instants) -> Condition:
    asked = []
    if wanted.first is not None:
        asked.append(Condition("tasks.created_at >= ?", (instant_text(wanted.first),)))
    if wanted.end is not None:
        asked.append(Condition("tasks.created_at < ?", (instant_text(wanted.end),)))
    return all_of(asked)


def _touched(time: Instants) -> Condition:
    first = "" if time.first is None else instant_text(time.first)
    end = "~" if time.end is None else instant_text(time.end)
    return Condition(_TOUCHED, (first, end) * 2)
