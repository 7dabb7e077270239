"""Pages of tasks: a query turned into SQL."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs

from gorev.domain.query import Sort, TaskQuery
from gorev.domain.task import TaskView
from gorev.domain.text import caseless, folded
from gorev.storage import tasks
from gorev.storage.encoding import day_text, packed
from gorev.storage.sqlite import Cursor

_PRIORITY_RANK: Final = "CASE priority WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END"

_ORDER: Final = {
    Sort.CREATED_DESC: "created_at DESC, id",
    Sort.CREATED_ASC: "created_at, id",
    Sort.DUE_ASC: "due_date IS NULL, due_date, id",
    Sort.DUE_DESC: "due_date IS NULL, due_date DESC, id",
    Sort.PRIORITY_ASC: f"{_PRIORITY_RANK}, id",
    Sort.PRIORITY_DESC: f"{_PRIORITY_RANK} DESC, id",
}

# What does not narrow a query further than `task_counts` can tell.
_COUNTED: Final[dict[str, Any]] = {
    "statuses": (),
    "priorities": (),
    "project_id": None,
    "all_projects": False,
    "sort": Sort.CREATED_DESC,
    "limit": 0,
    "offset": 0,
}

_GROUPED: Final = """CASE status WHEN 'in_progress' THEN 1 WHEN 'pending' THEN 2 WHEN 'completed' THEN 3 ELSE 4 END"""


def select(
    cursor: Cursor, query: TaskQuery, today: date, *, grouped_by_status: bool = False
) -> tuple[list[TaskView], int]:
    """The tasks of one page, and how many match in all."""
    where, values = _conditions(query, today)
    total = _total(cursor, query, where, values)
    order = _ORDER[query.sort]
    if grouped_by_status:
        order = f"{_GROUPED}, {order}"
    page = cursor.execute(
        f"SELECT id FROM tasks WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?", (*values, query.limit, query.offset)
    )
    return tasks.by_ids(cursor, [each for (each,) in page]), total


def _total(cursor: Cursor, query: TaskQuery, where: str, values: tuple[Any, ...]) -> int:
    """How many tasks match: from the counts that are kept, where the query asks of nothing but what they count by."""
    if attrs.evolve(query, **_COUNTED) != TaskQuery(**_COUNTED):
        (total,) = cursor.execute(f"SELECT count(*) FROM tasks WHERE {where}", values).fetchone()
    else:
        counted, parameters = _conditions(query, date.min, table="task_counts")
        total = cursor.execute(
            f"SELECT coalesce(sum(number), 0) FROM task_counts WHERE {counted}", parameters
        ).fetchone()[0]
    return int(total)


def select_roots(cursor: Cursor, query: TaskQuery, today: date) -> tuple[list[TaskView], int]:
    """As `select`, for trees: a match whose parent matches too is shown under it, so only the topmost are paged."""
    if not _narrows(query):
        # A subtask is of its parent's project, so only roots have no match above them.
        return select(cursor, attrs.evolve(query, roots_only=True), today)
    where, values = _conditions(query, today)
    above, _ = _conditions(query, today, table="parent")
    topmost = f"""FROM tasks WHERE {where} AND NOT EXISTS (
        SELECT 1 FROM tasks AS parent WHERE parent.id = tasks.parent_id AND {above})"""
    (total,) = cursor.execute(f"SELECT count(*) {topmost}", (*values, *values)).fetchone()
    page = cursor.execute(
        f"SELECT tasks.id {topmost} ORDER BY {_ORDER[query.sort]} LIMIT ? OFFSET ?",
        (*values, *values, query.limit, query.offset),
    )
    return tasks.by_ids(cursor, [each for (each,) in page]), total


def _narrows(query: TaskQuery) -> bool:
    """Whether a condition holds for some tasks of a tree and not for others."""
    return bool(query.statuses or query.priorities or query.tag or query.quick or query.search or query.parent_id)


def _conditions(query: TaskQuery, today: date, table: str = "tasks") -> tuple[str, tuple[Any, ...]]:
    """What the query asks of a row of ``table``, and the values for its question marks."""
    conditions = ["1"]
    values: list[Any] = []

    def add(condition: str, *parameters: object) -> None:
        conditions.append(condition)
        values.extend(parameters)

    if query.statuses:
        add(f"{table}.status IN (SELECT value FROM json_each(?))", packed(query.statuses))
    if query.priorities:
        add(f"{table}.priority IN (SELECT value FROM json_each(?))", packed(query.priorities))
    if query.project_id is not None:
        add(f"{table}.project_id = ?", query.project_id)
    if query.parent_id is not None:
        add(f"{table}.parent_id = ?", query.parent_id)
    if query.roots_only:
        add(f"{table}.parent_id IS NULL")
    if query.tag is not None:
        add(
            f"{table}.id IN (SELECT task_id FROM task_tags JOIN tags ON tags.id = task_tags.tag_id"
            " WHERE name_caseless = ?)",
            caseless(query.tag.strip()),
        )
    if query.quick is not None:
        first, last = query.quick.due_range(today)
        add(f"{table}.is_open AND {table}.due_date <= ?", day_text(last))
        if first is not None:
            add(f"{table}.due_date >= ?", day_text(first))
    if query.search:
        wanted = folded(query.search)
        add(
            f"(instr({table}.title_folded, ?) OR instr({table}.description_folded, ?) OR {table}.id IN"
            " (SELECT task_id FROM task_tags JOIN tags ON tags.id = task_tags.tag_id WHERE instr(name_folded, ?)))",
            wanted,
            wanted,
            wanted,
        )
    return " AND ".join(conditions), tuple(values)
