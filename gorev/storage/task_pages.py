"""Pages of tasks: a query turned into SQL.

A page costs the same whatever the number of tasks. Either they are gone through in the order that is asked for until
enough match: by creation each status and priority in an index of its own, all of them merged. Or, where that would pass
by too many, those that match are looked up and sorted. Which is cheaper is told by how many match, and that, for most
queries, by counts that are kept. Every statement names its index, as SQLite does not know how many rows there are of a
sort.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Final

import attrs

from gorev.domain.query import Sort, TaskQuery
from gorev.domain.task import TaskView
from gorev.domain.text import caseless, folded
from gorev.domain.values import Priority, Status
from gorev.storage import tasks
from gorev.storage.encoding import day_text
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import ALWAYS, Condition, all_of

_ORDER: Final = {
    Sort.CREATED_DESC: ("created_at DESC", "id"),
    Sort.CREATED_ASC: ("created_at", "id"),
    Sort.DUE_ASC: ("is_undated", "due_date", "id"),
    Sort.DUE_DESC: ("is_undated", "due_date DESC", "id"),
    Sort.PRIORITY_ASC: ("priority_rank", "id"),
    Sort.PRIORITY_DESC: ("priority_rank DESC", "id"),
}
_STATUS_RANK: Final = {Status.IN_PROGRESS: 1, Status.PENDING: 2, Status.COMPLETED: 3, Status.CANCELLED: 4}
_PRIORITY_RANK: Final = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}
_CREATED: Final = (Sort.CREATED_DESC, Sort.CREATED_ASC)
_DUE: Final = (Sort.DUE_ASC, Sort.DUE_DESC)

_OF_TAG: Final = "SELECT task_id FROM task_tags JOIN tags ON tags.id = task_tags.tag_id WHERE name_caseless = ?"
_CONTAINS: Final = """(instr({0}.title_folded, ?) OR instr({0}.description_folded, ?) OR EXISTS (
    SELECT 1 FROM task_tags JOIN tags ON tags.id = task_tags.tag_id
    WHERE task_id = {0}.id AND instr(name_folded, ?)))"""
_HAS_TAG: Final = """EXISTS (
    SELECT 1 FROM task_tags WHERE task_id = {0}.id AND tag_id = (SELECT id FROM tags WHERE name_caseless = ?))"""


def select(
    cursor: Cursor, query: TaskQuery, today: date, *, grouped_by_status: bool = False
) -> tuple[list[TaskView], int]:
    """The tasks of one page, and how many match in all."""
    found, total = ids(cursor, query, today, grouped_by_status=grouped_by_status)
    return tasks.by_ids(cursor, found), total


def select_roots(cursor: Cursor, query: TaskQuery, today: date) -> tuple[list[TaskView], int]:
    """As `select`, for trees: a match whose parent matches too is shown under it, so only the topmost are paged."""
    if not _narrows(query):
        # A subtask is of its parent's project, so only roots have no match above them.
        return select(cursor, attrs.evolve(query, roots_only=True), today)
    found, total = _Listing(query, today, topmost=True).page(cursor)
    return tasks.by_ids(cursor, found), total


def ids(cursor: Cursor, query: TaskQuery, today: date, *, grouped_by_status: bool = False) -> tuple[list[str], int]:
    """As `select`, without reading the tasks."""
    return _Listing(query, today, grouped=grouped_by_status).page(cursor)


def _narrows(query: TaskQuery) -> bool:
    """Whether a condition holds for some tasks of a tree and not for others."""
    return bool(query.statuses or query.priorities or query.tag or query.quick or query.search or query.parent_id)


@attrs.frozen
class _Listing:
    """A query, of whose matches perhaps only those are listed whose parents do not match (``topmost``), perhaps
    ``grouped`` by status.
    """

    query: TaskQuery
    today: date
    topmost: bool = attrs.field(default=False, kw_only=True)
    grouped: bool = attrs.field(default=False, kw_only=True)

    def page(self, cursor: Cursor) -> tuple[list[str], int]:
        """Ids of the tasks of the page, and how many match."""
        query = self.query
        total = self._total(cursor)
        reach = query.offset + query.limit
        if total <= query.offset or not query.limit:
            return [], total
        passed = min(reach, total) * self._gone_through(cursor) / total
        # The only order of groups that an index has is the one by creation.
        if passed <= total and (query.sort in _CREATED or not self.grouped):
            chosen = self._in_order()
        else:
            chosen = self._looked_up()
        found = cursor.execute(
            f"SELECT id FROM ({chosen.sql} ORDER BY {', '.join(self._order)} LIMIT ? OFFSET ?)",
            (*chosen.values, query.limit, query.offset),
        )
        return [id_ for (id_,) in found], total

    def _in_order(self) -> Condition:
        """Selections to be merged, each in the order of an index."""
        query = self.query
        if query.sort in _CREATED and query.roots_only and query.project_id is None and not _narrows(query):
            return self._part("tasks_by_parent", query, "tasks.parent_id IS NULL")
        if query.sort in _CREATED:
            index = "tasks_by_sort" if query.project_id is None else "tasks_by_project_and_sort"
            parts = [
                self._part(
                    index,
                    attrs.evolve(query, statuses=(status,), priorities=(priority,)),
                    f"tasks.status_rank = {rank}",
                )
                for (status, rank), priority in product(_STATUS_RANK.items(), query.priorities or tuple(Priority))
                if status in (query.statuses or tuple(Status))
            ]
        elif query.sort in _DUE:
            parts = [
                self._part("tasks_by_due_date", query, "tasks.is_undated = 0"),
                # SQLite needs to be told that all of these are due on the same day.
                self._part("tasks_by_due_date", query, "tasks.is_undated = 1 AND tasks.due_date IS NULL"),
            ]
        else:
            parts = [
                self._part(
                    "tasks_by_priority",
                    attrs.evolve(query, priorities=()),
                    f"tasks.priority_rank = {_PRIORITY_RANK[each]}",
                )
                for each in query.priorities or tuple(Priority)
            ]
        sql = " UNION ALL ".join(part.sql for part in parts)
        return Condition(sql, tuple(value for part in parts for value in part.values))

    def _part(self, index: str, query: TaskQuery, same: str) -> Condition:
        """The tasks of an index that are the ``same`` in its first columns."""
        asked = self._condition(query)
        sql = f"SELECT {self._columns} FROM tasks INDEXED BY {index} WHERE {same} AND {asked.sql}"
        return Condition(sql, asked.values)

    def _looked_up(self) -> Condition:
        """One selection, of no order."""
        source, asked = self._narrowest()
        sql = f"SELECT {self._columns} FROM {source.sql} WHERE {asked.sql}"
        return Condition(sql, (*source.values, *asked.values))

    @property
    def _order(self) -> tuple[str, ...]:
        return (*(("status_rank",) if self.grouped else ()), *_ORDER[self.query.sort])

    @property
    def _columns(self) -> str:
        """A task's id, and what it is ordered by."""
        return ", ".join(f"tasks.{name} AS {name}" for name in (each.removesuffix(" DESC") for each in self._order))

    def _condition(self, query: TaskQuery) -> Condition:
        asked = _asked(query, self.today, "tasks")
        if not self.topmost:
            return asked
        above = _asked(self.query, self.today, "parent")
        sql = f"NOT EXISTS (SELECT 1 FROM tasks AS parent WHERE parent.id = tasks.parent_id AND {above.sql})"
        return all_of([asked, Condition(sql, above.values)])

    def _narrowest(self) -> tuple[Condition, Condition]:
        """Where those that match are looked up, and what is asked there."""
        query = self.query
        if query.tag is not None and query.parent_id is None:
            tagged = Condition(
                f"({_OF_TAG}) AS tagged CROSS JOIN tasks ON tasks.id = tagged.task_id", (_tag(query.tag),)
            )
            # A parent that matches must have the tag as well.
            return tagged, self._condition(query if self.topmost else attrs.evolve(query, tag=None))
        if query.parent_id is not None:
            index = "INDEXED BY tasks_by_parent"
        elif query.quick is not None:
            index = "INDEXED BY tasks_open_by_due_date"
        elif query.project_id is not None:
            index = "INDEXED BY tasks_by_project_and_sort"
        elif query.statuses or query.priorities:
            index = "INDEXED BY tasks_by_sort"
            query = attrs.evolve(query, statuses=query.statuses or tuple(Status))
        else:
            index = "INDEXED BY tasks_by_parent" if query.roots_only else "NOT INDEXED"
        return Condition(f"tasks {index}"), self._condition(query)

    def _gone_through(self, cursor: Cursor) -> int:
        """How many tasks there are to go through in order."""
        query = self.query
        if query.sort in _CREATED:
            return _counted(cursor, query)
        return _counted(cursor, TaskQuery(priorities=() if query.sort in _DUE else query.priorities))

    def _total(self, cursor: Cursor) -> int:
        """How many tasks match: from the counts that are kept, where nothing is asked but what they count by."""
        query = self.query
        tagged, further = query.tag is not None, query.quick is not None or query.search or query.parent_id is not None
        sorted_ = query.statuses or query.priorities or query.project_id is not None
        if not tagged and not further:
            total = _counted(cursor, query)
            if query.roots_only:
                return total - _counted_below(cursor, query, alike=False)
            return total - _counted_below(cursor, query, alike=True) if self.topmost else total
        if tagged and not (further or sorted_ or query.roots_only or self.topmost):
            return _number(cursor, "count(*)", Condition(f"({_OF_TAG})", (_tag(query.tag or ""),)))
        source, asked = self._narrowest()
        return _number(
            cursor, "count(*)", Condition(f"{source.sql} WHERE {asked.sql}", (*source.values, *asked.values))
        )


def _number(cursor: Cursor, what: str, source: Condition) -> int:
    (number,) = cursor.execute(f"SELECT {what} FROM {source.sql}", source.values).fetchone()
    return int(number)


def _counted(cursor: Cursor, query: TaskQuery) -> int:
    """How many tasks there are of the query's statuses, priorities and project."""
    scope = _scope(query, "task_counts")
    return _number(cursor, "coalesce(sum(number), 0)", Condition(f"task_counts WHERE {scope.sql}", scope.values))


def _counted_below(cursor: Cursor, query: TaskQuery, *, alike: bool) -> int:
    """How many of them are subtasks, perhaps only of parents whose status and priority are among those as well."""
    scope = [_scope(query, "subtask_counts")]
    if alike:
        scope += [_among("parent_status", query.statuses), _among("parent_priority", query.priorities)]
    asked = all_of(scope)
    return _number(cursor, "coalesce(sum(number), 0)", Condition(f"subtask_counts WHERE {asked.sql}", asked.values))


def _scope(query: TaskQuery, table: str) -> Condition:
    scope = [_among(f"{table}.status", query.statuses), _among(f"{table}.priority", query.priorities)]
    if query.project_id is not None:
        scope.append(Condition(f"{table}.project_id = ?", (query.project_id,)))
    return all_of(scope)


def _asked(query: TaskQuery, today: date, table: str) -> Condition:
    """What the query asks of a row of ``table``."""
    asked = [_scope(query, table)]
    if query.parent_id is not None:
        asked.append(Condition(f"{table}.parent_id = ?", (query.parent_id,)))
    if query.roots_only:
        asked.append(Condition(f"{table}.parent_id IS NULL"))
    if query.tag is not None:
        asked.append(Condition(_HAS_TAG.format(table), (_tag(query.tag),)))
    if query.quick is not None:
        first, last = query.quick.due_range(today)
        asked.append(Condition(f"{table}.is_open AND {table}.due_date <= ?", (day_text(last),)))
        if first is not None:
            asked.append(Condition(f"{table}.due_date >= ?", (day_text(first),)))
    if query.search:
        asked.append(Condition(_CONTAINS.format(table), (folded(query.search),) * 3))
    return all_of(asked)


def _tag(name: str) -> str:
    return caseless(name.strip())


def _among(column: str, values: tuple[Status, ...] | tuple[Priority, ...]) -> Condition:
    if not values:
        return ALWAYS
    if len(values) == 1:
        return Condition(f"{column} = '{values[0].value}'")
    listed = ", ".join(f"'{each.value}'" for each in values)
    return Condition(f"{column} IN ({listed})")
