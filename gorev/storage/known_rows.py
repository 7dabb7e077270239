"""Tasks that were read before and are still what they were.

Most tasks of a page are those of the page before, and to read one costs ten times what finding its id does. What
changed meanwhile is told by the event log, in the very snapshot that is being read: so whatever is kept is exactly what
reading it would give. A change of a task may show in others, which are read anew as well: its parent counts subtasks,
the tasks it is linked with count links and what they wait for, those below it have its level. A change that shows in
all, such as that of a project's name, drops all. What other programs change is in the log within a second (see
`ForeignCommits`); until then a task may be told as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from gorev.domain.event import EventKind
from gorev.domain.task import TaskView

Read: TypeAlias = Callable[[Sequence[str]], list[TaskView]]

# About 2 KB each.
LIMIT: Final = 2_000
# A task with more than this many letters is read each time.
LETTERS: Final = 8_000
# Changes since the last read beyond which it is cheaper to begin anew.
CHANGES: Final = 200
# What is told of them beyond which it is as well; to read it takes 1 ms.
TOLD_LETTERS: Final = 250_000

_SINCE: Final = "SELECT time, kind, entity_id, before, after, changed FROM events WHERE seq >= ? ORDER BY seq LIMIT ?"
# A file that is put back to an earlier state comes to the same numbers again, at other times.
_LAST: Final = "SELECT last_seq, (SELECT time FROM events WHERE seq = last_seq) FROM workspace"

_OF_TASKS: Final = {each.value for each in (EventKind.TASK_CREATED, EventKind.TASK_UPDATED, EventKind.TASK_DELETED)}
# They show in no task.
_OF_OTHERS: Final = {EventKind.PROJECT_CREATED.value, EventKind.TEMPLATE_CHANGED.value}


class _Link(msgspec.Struct):
    source_id: str
    target_id: str


class _Task(msgspec.Struct):
    parent_id: str | None


class _Seen(msgspec.Struct):
    """What an event's entity tells of other tasks."""

    task: _Task
    subtask_count: int
    links: list[_Link] | None = None


_decoder: Final = msgspec.json.Decoder(_Seen)


class KnownRows:
    """Tasks without their links, by id, as one connection sees them."""

    def __init__(self) -> None:
        self._views: dict[str, TaskView] = {}
        self._last: tuple[int, str | None] = (0, None)

    def catch_up(self, cursor: sqlite3.Cursor) -> None:
        """Forget what has changed by the snapshot that is now being read."""
        last = cursor.execute(_LAST).fetchone()
        if last == self._last:
            return
        if self._views and not self._has_heeded(cursor, last[0]):
            self._views.clear()
        self._last = last

    def views(self, ids: Sequence[str], read: Read) -> list[TaskView]:
        """These tasks in this order, without those that are not there; ``read`` is for those that are not known."""
        known = self._views
        missing = [id_ for id_ in ids if id_ not in known]
        if not missing:
            return [known[id_] for id_ in ids]
        fresh = {view.task.id: view for view in read(missing)}
        found = [view for id_ in ids if (view := known.get(id_) or fresh.get(id_)) is not None]
        if len(known) + len(fresh) > LIMIT:
            known.clear()
        if len(fresh) <= LIMIT:
            known.update((id_, view) for id_, view in fresh.items() if len(view.task.description) <= LETTERS)
        return found

    def _has_heeded(self, cursor: sqlite3.Cursor, until: int) -> bool:
        """Forget what was changed since the last read; false if that is all, or nobody knows."""
        seq, time = self._last
        if until - seq > CHANGES:
            return False
        rows = cursor.execute(_SINCE, (seq, CHANGES + 1))
        known = rows.fetchone()
        if known is None or known[0] != time:
            return False
        letters = 0
        for row in rows:
            letters += sum(len(each) for each in row[3:5] if each is not None)
            if letters > TOLD_LETTERS or not self._heed(row):
                return False
            seq += 1
        return seq == until  # or some are no longer kept, or never were

    def _heed(self, row: tuple[Any, ...]) -> bool:
        """Forget what a change shows in; false if that is all."""
        _, kind, entity_id, before, after, changed = row
        if kind not in _OF_TASKS:
            return kind in _OF_OTHERS
        self._views.pop(entity_id, None)
        told = list(_seen(before, after))
        if all(seen.links is None for seen in told):  # an import does not tell them
            return False
        for seen in told:
            if seen.subtask_count and '"parent_id"' in changed:
                return False
            if seen.task.parent_id is not None:
                self._views.pop(seen.task.parent_id, None)
            for link in seen.links or ():
                self._views.pop(link.source_id, None)
                self._views.pop(link.target_id, None)
        return True


def _seen(*written: str | None) -> Iterator[_Seen]:
    return (_decoder.decode(each) for each in written if each is not None)


class KnowingConnection(sqlite3.Connection):
    """A connection that reads, with what it knows; every snapshot of it begins with `KnownRows.catch_up`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.known = KnownRows()
