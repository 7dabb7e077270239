"""Steps that every change of a task ends with."""

from __future__ import annotations

from datetime import datetime

from gorev.domain.event import EventKind
from gorev.domain.task import TaskView, revised
from gorev.domain.values import Actor
from gorev.services.lookup import require_task
from gorev.storage import events, tasks
from gorev.storage.database import Transaction


def touch(transaction: Transaction, now: datetime, view: TaskView) -> None:
    """Store the task one revision later, because something that belongs to it has changed."""
    tasks.update(transaction.cursor, revised(view.task, now), with_tags=False)


def announce_update(
    transaction: Transaction, now: datetime, actor: Actor, before: TaskView, changed: tuple[str, ...]
) -> None:
    """Append the event that the task, once ``before``, is now as stored."""
    events.append(
        transaction,
        time=now,
        actor=actor,
        kind=EventKind.TASK_UPDATED,
        before=before,
        after=require_task(transaction.cursor, before.task.id),
        changed=changed,
    )
