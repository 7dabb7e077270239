"""Tasks: rows in, rows out. The number of statements never depends on the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from gorev.domain.task import Task, TaskView
from gorev.domain.text import folded
from gorev.domain.values import Priority, Status
from gorev.storage import known_rows, links, tags
from gorev.storage.encoding import day, day_text, instant, instant_text, packed
from gorev.storage.known_rows import KnowingConnection
from gorev.storage.sqlite import Cursor

COLUMNS: Final = """
    tasks.id, tasks.title, tasks.description, tasks.status, tasks.priority, tasks.project_id, tasks.parent_id,
    tasks.due_date, tasks.created_at, tasks.updated_at, tasks.rev,
    (SELECT name FROM projects WHERE projects.id = tasks.project_id),
    (SELECT count(*) FROM links WHERE target_id = tasks.id AND kind = 'blocks'),
    (SELECT count(*) FROM links JOIN tasks AS source ON source.id = links.source_id
        WHERE links.target_id = tasks.id AND links.kind = 'blocks' AND source.status <> 'completed'),
    (SELECT count(*) FROM links WHERE source_id = tasks.id AND kind = 'blocks'),
    (SELECT count(*) FROM tasks AS child WHERE child.parent_id = tasks.id)
"""

_BY_IDS: Final = f"SELECT {COLUMNS} FROM tasks WHERE tasks.id IN (SELECT value FROM json_each(?))"

_LINES: Final = """
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM tasks WHERE id IN (SELECT value FROM json_each(?))
        UNION SELECT tasks.id, tasks.parent_id FROM up JOIN tasks ON tasks.id = up.parent_id
    )
    SELECT id, parent_id FROM up
"""

_ANCESTORS: Final = """
    WITH RECURSIVE up (id, parent_id, distance) AS (
        SELECT id, parent_id, 0 FROM tasks WHERE id = ?
        UNION ALL SELECT tasks.id, tasks.parent_id, up.distance + 1 FROM up JOIN tasks ON tasks.id = up.parent_id
    )
    SELECT id FROM up WHERE distance > 0 ORDER BY distance
"""

DOWN: Final = """
    WITH RECURSIVE down (id) AS (
        SELECT id FROM tasks WHERE parent_id IN (SELECT value FROM json_each(?))
        UNION ALL SELECT tasks.id FROM tasks JOIN down ON tasks.parent_id = down.id
    )
"""
_DESCENDANTS: Final = DOWN + "SELECT tasks.id FROM tasks JOIN down USING (id) ORDER BY tasks.created_at, tasks.id"
_OPEN_DESCENDANTS: Final = (
    DOWN + "SELECT count(*) FROM tasks JOIN down USING (id) WHERE tasks.status IN ('pending', 'in_progress')"
)

_INSERT: Final = """
    INSERT INTO tasks (id, title, description, title_folded, description_folded, status, priority, project_id,
        parent_id, due_date, created_at, updated_at, rev, last_interaction_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

# Columns by the fields that they hold. A statement that names a column writes every index over it anew.
_COLUMNS_OF: Final = {
    "title": ("title", "title_folded"),
    "description": ("description", "description_folded"),
    "status": ("status",),
    "priority": ("priority",),
    "project_id": ("project_id",),
    "parent_id": ("parent_id",),
    "due_date": ("due_date",),
}
_IN_ANY_CASE: Final = ("updated_at", "rev")
_VALUE_OF: Final[Mapping[str, Callable[[Task], object]]] = {
    "title": lambda task: task.title,
    "title_folded": lambda task: folded(task.title),
    "description": lambda task: task.description,
    "description_folded": lambda task: folded(task.description),
    "status": lambda task: task.status.value,
    "priority": lambda task: task.priority.value,
    "project_id": lambda task: task.project_id,
    "parent_id": lambda task: task.parent_id,
    "due_date": lambda task: day_text(task.due_date),
    "updated_at": lambda task: instant_text(task.updated_at),
    "rev": lambda task: task.rev,
}


def number(cursor: Cursor) -> int:
    """How many tasks there are."""
    (found,) = cursor.execute("SELECT coalesce(sum(number), 0) FROM task_counts").fetchone()
    return int(found)


def one(cursor: Cursor, task_id: str) -> TaskView | None:
    """A task by its whole id, with its links."""
    for view in by_ids(cursor, [task_id]):
        return attrs.evolve(view, links=links.of_task(cursor, task_id))
    return None


def with_links(cursor: Cursor, ids: Sequence[str]) -> dict[str, TaskView]:
    """Tasks by their whole ids, as `one` yields them."""
    linked = links.of_tasks(cursor, ids)
    return {view.task.id: attrs.evolve(view, links=linked[view.task.id]) for view in by_ids(cursor, ids)}


def by_ids(cursor: Cursor, ids: Sequence[str], levels: Mapping[str, int] | None = None) -> list[TaskView]:
    """The tasks of these ids, in the order of the ids; unknown ones are left out. Three statements, however many.

    ``levels`` spares the look upwards to a caller that has been there. On a `KnowingConnection` only those are read
    that are not known.
    """
    if not ids:
        return []
    connection = cursor.connection
    if levels is None and len(ids) <= known_rows.LIMIT and isinstance(connection, KnowingConnection):
        return connection.known.views(ids, lambda missing: _read(cursor, missing, None))
    return _read(cursor, ids, levels)


def _read(cursor: Cursor, ids: Sequence[str], levels: Mapping[str, int] | None) -> list[TaskView]:
    wanted = packed(list(ids))
    rows = cursor.execute(_BY_IDS, (wanted,)).fetchall()
    return _views(cursor, rows, wanted, ids, levels)


def _views(
    cursor: Cursor,
    rows: list[tuple[Any, ...]],
    ids_json: str,
    order: Iterable[str],
    levels: Mapping[str, int] | None,
) -> list[TaskView]:
    if levels is None:
        no_parents = all(row[6] is None for row in rows)
        levels = {} if no_parents else _levels(dict(cursor.execute(_LINES, (ids_json,)).fetchall()))
    tags_of = tags.of_tasks(cursor, ids_json)
    views = {row[0]: _view(row, tags_of.get(row[0], ()), levels.get(row[0], 0)) for row in rows}
    return [views[each] for each in order if each in views]


def _view(row: tuple[Any, ...], task_tags: tuple[Any, ...], level: int) -> TaskView:
    id_, title, description, status, priority, project_id, parent_id, due, created, updated, rev = row[:11]
    project_name, dependencies, uncompleted, dependents, subtasks = row[11:]
    return TaskView(
        task=Task(
            id=id_,
            title=title,
            description=description,
            status=Status(status),
            priority=Priority(priority),
            project_id=project_id,
            parent_id=parent_id,
            due_date=day(due),
            tags=task_tags,
            created_at=instant(created),
            updated_at=instant(updated),
            rev=rev,
        ),
        project_name=project_name,
        level=level,
        dependency_count=dependencies,
        uncompleted_dependency_count=uncompleted,
        dependent_count=dependents,
        subtask_count=subtasks,
    )


def _levels(parent_of: Mapping[str, str | None]) -> dict[str, int]:
    """Each task's depth. Every task is looked at once: SQL would count anew from each one up to its root."""
    levels: dict[str, int] = {}
    for task_id in parent_of:
        line: list[str] = []
        above: str | None = task_id
        while above is not None and above not in levels:
            line.append(above)
            above = parent_of[above]
        level = -1 if above is None else levels[above]
        for each in reversed(line):
            level += 1
            levels[each] = level
    return levels


def ancestors(cursor: Cursor, task_id: str) -> list[str]:
    """Ids of the task's ancestors, nearest first."""
    return [each for (each,) in cursor.execute(_ANCESTORS, (task_id,))]


def descendants(cursor: Cursor, task_ids: Sequence[str]) -> list[str]:
    """Ids of everything below these tasks, by creation time."""
    return [each for (each,) in cursor.execute(_DESCENDANTS, (packed(list(task_ids)),))]


def open_descendants(cursor: Cursor, task_id: str) -> int:
    """How many tasks below this one are open."""
    (count,) = cursor.execute(_OPEN_DESCENDANTS, (packed([task_id]),)).fetchone()
    return int(count)


def insert(cursor: Cursor, task: Task, interacted_at: datetime | None = None) -> None:
    """Store a new task with its tags, and when somebody had to do with it."""
    cursor.execute(_INSERT, _values(task, interacted_at))
    if task.tags:
        tags.assign_new(cursor, {task.id: task.tags})


def insert_many(cursor: Cursor, new: Sequence[Task]) -> None:
    """Store new tasks with their tags, parents before children."""
    cursor.executemany(_INSERT, map(_values, new))
    tags.assign_new(cursor, {task.id: task.tags for task in new})


def _values(task: Task, interacted_at: datetime | None = None) -> tuple[Any, ...]:
    return (
        task.id,
        task.title,
        task.description,
        folded(task.title),
        folded(task.description),
        task.status.value,
        task.priority.value,
        task.project_id,
        task.parent_id,
        day_text(task.due_date),
        instant_text(task.created_at),
        instant_text(task.updated_at),
        task.rev,
        None if interacted_at is None else instant_text(interacted_at),
    )


def update(cursor: Cursor, task: Task, changed: Collection[str], interacted_at: datetime | None = None) -> None:
    """As `update_many`, of one task."""
    update_many(cursor, [(task, tuple(changed))], interacted_at)


def update_many(
    cursor: Cursor, updates: Iterable[tuple[Task, tuple[str, ...]]], interacted_at: datetime | None = None
) -> None:
    """Store tasks, each with the names of the fields that are other ones than before, and their times and revisions.

    ``interacted_at`` is when somebody had to do with them, if it is not just something beside them that has changed.
    Those of which the same fields have changed take one statement: the search index is written out after each.
    """
    alike: dict[tuple[str, ...], list[Task]] = {}
    for task, changed in updates:
        alike.setdefault(changed, []).append(task)
    for changed, alike_tasks in alike.items():
        columns = [column for field, its in _COLUMNS_OF.items() if field in changed for column in its]
        columns += _IN_ANY_CASE
        rows = [[*(_VALUE_OF[column](task) for column in columns), task.id] for task in alike_tasks]
        if len(rows) == 1:
            assigned = [f"{column} = ?" for column in columns]
            source, is_one = "", "tasks.id = ?"
            values = rows[0]
        else:
            assigned = [f"{column} = json_extract(new.value, '$[{place}]')" for place, column in enumerate(columns)]
            source, is_one = "FROM json_each(?) AS new", f"tasks.id = json_extract(new.value, '$[{len(columns)}]')"
            values = [packed(rows)]
        if interacted_at is not None:  # at least as late as before, whatever the clock says
            assigned.insert(0, "last_interaction_at = max(coalesce(last_interaction_at, ''), ?)")
            values.insert(0, instant_text(interacted_at))
        cursor.execute(f"UPDATE tasks SET {', '.join(assigned)} {source} WHERE {is_one}", values)
        if "tags" in changed:
            tags.assign(cursor, {task.id: task.tags for task in alike_tasks})


def delete(cursor: Cursor, task_id: str) -> None:
    """Remove a task without subtasks, with its links, tag assignments, watches and interactions."""
    cursor.execute("DELETE FROM tasks WHERE id = ?", (task_id,))
