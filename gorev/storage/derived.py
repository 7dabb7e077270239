"""What is derived from tasks, made at once for many of them: indexes, the search index, and the counts of each sort.

Triggers keep both in step, row by row (migrations 2 to 4, and 7). For many new rows that is most of the work: FTS5
writes its index out at the end of every statement, so that rows one by one cost it eight times what they cost together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import attrs

from gorev.storage.sqlite import Cursor


@attrs.frozen(kw_only=True)
class _Derived:
    """Something derived: the triggers that keep it, and what they come to for all tasks above a number."""

    triggers: tuple[str, str]
    clear: str
    add: str


_ALL: Final = (
    _Derived(
        triggers=("tasks_index", "tasks_unindex"),
        clear="INSERT INTO task_text (task_text) VALUES ('delete-all')",
        add="""INSERT INTO task_text (rowid, title_folded, description_folded)
            SELECT number, title_folded, description_folded FROM tasks WHERE number > ?""",
    ),
    _Derived(
        triggers=("tasks_count", "tasks_uncount"),
        clear="DELETE FROM task_counts",
        add="""INSERT INTO task_counts (project_id, status, priority, number)
            SELECT coalesce(project_id, ''), status, priority, count(*) FROM tasks WHERE number > ? GROUP BY 1, 2, 3
            ON CONFLICT (project_id, status, priority) DO UPDATE SET number = number + excluded.number""",
    ),
    _Derived(
        triggers=("subtasks_count", "subtasks_uncount"),
        clear="DELETE FROM subtask_counts",
        add="""INSERT INTO subtask_counts (project_id, status, priority, parent_status, parent_priority, number)
            SELECT
                coalesce(child.project_id, ''), child.status, child.priority, parent.status, parent.priority, count(*)
            FROM tasks AS child JOIN tasks AS parent ON parent.id = child.parent_id
            WHERE child.number > ? GROUP BY 1, 2, 3, 4, 5
            ON CONFLICT (project_id, status, priority, parent_status, parent_priority)
            DO UPDATE SET number = number + excluded.number""",
    ),
    _Derived(
        triggers=("tasks_due", "tasks_not_due"),
        clear="DELETE FROM due_counts",
        add="""INSERT INTO due_counts (due_date, number)
            SELECT due_date, count(*) FROM tasks WHERE number > ? AND is_open AND due_date IS NOT NULL GROUP BY 1
            ON CONFLICT (due_date) DO UPDATE SET number = number + excluded.number""",
    ),
    _Derived(
        triggers=("tasks_sort", "tasks_unsort"),
        clear="DELETE FROM task_sorts",
        add="""INSERT INTO task_sorts (number, status, priority)
            SELECT number, status, priority FROM tasks WHERE number > ? ORDER BY number""",
    ),
)


@contextmanager
def postponed(cursor: Cursor, *, emptied: bool) -> Iterator[None]:
    """Derive nothing from the tasks made inside until the end, then everything.

    With ``emptied`` all tasks that there were are deleted inside, otherwise none is. The triggers are away meanwhile,
    for this transaction only, and come back with it if it fails.
    """
    (last,) = cursor.execute("SELECT coalesce(max(number), 0) FROM tasks").fetchone()
    names = {name for each in _ALL for name in each.triggers}
    triggers = {
        name: statement
        for name, statement in cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        if name in names
    }
    if triggers.keys() != names:
        raise LookupError(f"no triggers {names - triggers.keys()}")
    for name in names:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for each in _ALL:
        if emptied:
            cursor.execute(each.clear)
        cursor.execute(each.add, (0 if emptied else last,))
    for statement in triggers.values():
        cursor.execute(statement)


@contextmanager
def indexes_later(cursor: Cursor) -> Iterator[None]:
    """Take the indexes away for a while and make them anew from all rows at once. Those that keep rows unique stay.

    For a transaction in which all rows are new and references are not checked, as each would be looked up in a whole
    table. It saves a seventh of the time.
    """
    indexes = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'")
    statements = indexes.fetchall()
    for name, _ in statements:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, statement in statements:
        cursor.execute(statement)
