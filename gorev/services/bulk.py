"""Changes of many tasks at once: each task on its own, all in one transaction (``behaviours.md`` §5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs
from twisted.internet.defer import Deferred

from gorev.domain import text
from gorev.domain.bulk import TRANSITIONS, BulkOutcome, Failed, Note, TagChange
from gorev.domain.context import Action
from gorev.domain.errors import GorevError, InvalidValue
from gorev.domain.task import Prerequisite, TaskChange, TaskView
from gorev.domain.text import caseless
from gorev.domain.values import Actor, Status
from gorev.domain.views import TaskChanged
from gorev.services.change import change_task
from gorev.services.lookup import find_tasks, require_task
from gorev.services.store import Answer, Once, Store
from gorev.storage.transaction import Transaction

# What is done with one task; a note says why nothing was.
Step = Callable[[Transaction, datetime, TaskView], TaskChanged | Note]


class BulkOperations:
    """The bulk operations on the tasks of one workspace. A task that fails does not undo the others."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def transition(
        self,
        actor: Actor,
        ids: Sequence[str],
        status: Status,
        *,
        force: bool = False,
        check_dependencies: bool = True,
        dry_run: bool = False,
        once: Once | None = None,
    ) -> Deferred[Answer[BulkOutcome]]:
        """Take tasks to a status along the allowed transitions; ``force`` passes over these and rules S2 and S3.

        Subtasks come before their parents, so that a tree can be completed as a whole.
        """

        def step(transaction: Transaction, now: datetime, view: TaskView) -> TaskChanged | Note:
            if view.task.status is status:
                return Note.SAME_STATUS
            if not force and status not in TRANSITIONS[view.task.status]:
                raise InvalidValue(field="status", value=status, allowed=sorted_transitions(view.task.status))
            return change_task(
                transaction,
                now,
                actor,
                view,
                TaskChange(status=status),
                unless_blocked=check_dependencies and not force,
                unless_parts_open=not force,
                action=Action.BULK_OPERATION,
            )

        return self._each(ids, lambda _: step, dry_run, once, deepest_first=status is Status.COMPLETED)

    def tag(
        self,
        actor: Actor,
        ids: Sequence[str],
        names: Sequence[str],
        how: TagChange,
        *,
        dry_run: bool = False,
        once: Once | None = None,
    ) -> Deferred[Answer[BulkOutcome]]:
        """Add tags, remove them, or make them the whole set.

        @raise InvalidValue: a name is blank or breaks a limit.
        """
        wanted = text.tag_names(names)
        keys = {caseless(name) for name in wanted}

        def step(transaction: Transaction, now: datetime, view: TaskView) -> TaskChanged | Note:
            held = [tag.name for tag in view.task.tags]
            match how:
                case TagChange.ADD:
                    tags = text.tag_names([*held, *wanted])
                case TagChange.REMOVE:
                    tags = tuple(name for name in held if caseless(name) not in keys)
                case TagChange.REPLACE:
                    tags = wanted
            change = TaskChange(tags=tags)
            done = change_task(transaction, now, actor, view, change, action=Action.BULK_OPERATION)
            return done if done.changed else Note.SAME_TAGS

        return self._each(ids, lambda _: step, dry_run, once)

    def update(
        self,
        actor: Actor,
        changes: Sequence[tuple[str, TaskChange]],
        *,
        dry_run: bool = False,
        once: Once | None = None,
    ) -> Deferred[Answer[BulkOutcome]]:
        """Change each task as a single change would.

        @raise InvalidValue: a text breaks a limit.
        """
        wanted = {given: change.checked() for given, change in changes}

        def step_for(given: str) -> Step:
            def step(transaction: Transaction, now: datetime, view: TaskView) -> TaskChanged | Note:
                done = change_task(transaction, now, actor, view, wanted[given], action=Action.BULK_OPERATION)
                return done if done.changed else Note.NOTHING_CHANGED

            return step

        deepest_first = any(change.status is Status.COMPLETED for change in wanted.values())
        return self._each(list(wanted), step_for, dry_run, once, deepest_first=deepest_first)

    def _each(
        self,
        ids: Sequence[str],
        step_for: Callable[[str], Step],
        dry_run: bool,
        once: Once | None,
        *,
        deepest_first: bool = False,
    ) -> Deferred[Answer[BulkOutcome]]:
        def work(transaction: Transaction, now: datetime) -> BulkOutcome:
            if not dry_run:
                return _done(transaction, now, ids, step_for, deepest_first=deepest_first)
            with transaction.rehearsal():
                outcome = _done(transaction, now, ids, step_for, deepest_first=deepest_first)
            would = tuple((task_id, Note.WOULD_CHANGE) for task_id in outcome.successful)
            return attrs.evolve(outcome, successful=(), noted=(*would, *outcome.noted), dry_run=True)

        return self._store.write(work, BulkOutcome, once)


@attrs.define
class _Changed:
    """What the earlier tasks of a call were changed by, as far as later ones may show it."""

    _ids: set[str] = attrs.Factory(set)
    _is_moved: bool = False

    def add(self, change: TaskChanged) -> None:
        self._ids.add(change.view.task.id)
        self._is_moved = self._is_moved or "project_id" in change.changed or "parent_id" in change.changed

    def may_show_in(self, view: TaskView) -> bool:
        """Whether a task that was read before must be read again: it is linked with one, or one was moved."""
        ends = (end for link in view.links or () for end in (link.source_id, link.target_id))
        return self._is_moved or not self._ids.isdisjoint(ends)


def _done(
    transaction: Transaction,
    now: datetime,
    ids: Sequence[str],
    step_for: Callable[[str], Step],
    *,
    deepest_first: bool,
) -> BulkOutcome:
    successful: list[str] = []
    failed: list[Failed] = []
    noted: list[tuple[str, Note]] = []
    cancelled: list[tuple[str, tuple[Prerequisite, ...]]] = []
    found: dict[str, tuple[str, TaskView]] = {}
    for given, task in find_tasks(transaction.cursor, ids).items():
        if isinstance(task, GorevError):
            failed.append(Failed.by(given, task))
        else:
            found.setdefault(task.task.id, (given, task))
    order = sorted(found, key=lambda each: -found[each][1].level) if deepest_first else list(found)
    changed = _Changed()
    for task_id in order:
        given, view = found[task_id]
        try:
            with transaction.attempt():
                if changed.may_show_in(view):
                    view = require_task(transaction.cursor, task_id)
                done = step_for(given)(transaction, now, view)
        except GorevError as error:
            failed.append(Failed.by(task_id, error))
        else:
            if isinstance(done, Note):
                noted.append((task_id, done))
                continue
            successful.append(task_id)
            changed.add(done)
            if done.cancelled:
                cancelled.append((task_id, done.cancelled))
    return BulkOutcome(
        successful=tuple(successful),
        failed=tuple(failed),
        noted=tuple(noted),
        dry_run=False,
        cancelled=tuple(cancelled),
    )


def sorted_transitions(current: Status) -> list[Status]:
    """Where a task may go from here, in the order of the enum."""
    return [status for status in Status if status in TRANSITIONS[current]]
