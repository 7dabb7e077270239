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
from gorev.domain.values import UNSET, Actor, Status
from gorev.services.change import Decision, carry_out, decide
from gorev.services.lookup import find_tasks, require_task
from gorev.services.store import Answer, Once, Store
from gorev.storage.transaction import Transaction

# How one task shall be changed; a note says why it is left as it is.
Step = Callable[[TaskView], TaskChange | Note]


@attrs.frozen(kw_only=True)
class _Terms:
    """Which rules are passed over, and what is noted of a task that turns out to be what it shall be."""

    if_same: Note
    unless_blocked: bool = True
    unless_parts_open: bool = True
    deepest_first: bool = False


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

        def step(view: TaskView) -> TaskChange | Note:
            if view.task.status is status:
                return Note.SAME_STATUS
            if not force and status not in TRANSITIONS[view.task.status]:
                raise InvalidValue(field="status", value=status, allowed=sorted_transitions(view.task.status))
            return TaskChange(status=status)

        terms = _Terms(
            if_same=Note.SAME_STATUS,
            unless_blocked=check_dependencies and not force,
            unless_parts_open=not force,
            deepest_first=status is Status.COMPLETED,
        )
        return self._each(actor, ids, lambda _: step, terms, dry_run, once)

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

        def step(view: TaskView) -> TaskChange | Note:
            held = [tag.name for tag in view.task.tags]
            match how:
                case TagChange.ADD:
                    tags = text.tag_names([*held, *wanted])
                case TagChange.REMOVE:
                    tags = tuple(name for name in held if caseless(name) not in keys)
                case TagChange.REPLACE:
                    tags = wanted
            return TaskChange(tags=tags)

        return self._each(actor, ids, lambda _: step, _Terms(if_same=Note.SAME_TAGS), dry_run, once)

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

        terms = _Terms(
            if_same=Note.NOTHING_CHANGED,
            deepest_first=any(change.status is Status.COMPLETED for change in wanted.values()),
        )
        return self._each(actor, list(wanted), lambda given: lambda view: wanted[given], terms, dry_run, once)

    def _each(
        self,
        actor: Actor,
        ids: Sequence[str],
        step_for: Callable[[str], Step],
        terms: _Terms,
        dry_run: bool,
        once: Once | None,
    ) -> Deferred[Answer[BulkOutcome]]:
        def work(transaction: Transaction, now: datetime) -> BulkOutcome:
            if not dry_run:
                return _Doing(transaction, now, actor, terms).do(ids, step_for)
            with transaction.rehearsal():
                outcome = _Doing(transaction, now, actor, terms).do(ids, step_for)
            would = tuple((task_id, Note.WOULD_CHANGE) for task_id in outcome.successful)
            return attrs.evolve(outcome, successful=(), noted=(*would, *outcome.noted), dry_run=True)

        return self._store.write(work, BulkOutcome, once)


@attrs.define
class _Doing:
    """One call under way. What is decided of a task is written together with what is decided of the next ones, until
    a decision hangs on it.
    """

    _transaction: Transaction
    _now: datetime
    _actor: Actor
    _terms: _Terms
    _unwritten: list[Decision] = attrs.Factory(list)
    _changed: set[str] = attrs.Factory(set)
    _is_moved: bool = False

    def do(self, ids: Sequence[str], step_for: Callable[[str], Step]) -> BulkOutcome:
        """Change the tasks one after the other, each or not."""
        successful: list[str] = []
        failed: list[Failed] = []
        noted: list[tuple[str, Note]] = []
        cancelled: list[tuple[str, tuple[Prerequisite, ...]]] = []
        found: dict[str, tuple[str, TaskView]] = {}
        for given, task in find_tasks(self._transaction.cursor, ids).items():
            if isinstance(task, GorevError):
                failed.append(Failed.by(given, task))
            else:
                found.setdefault(task.task.id, (given, task))
        order = sorted(found, key=lambda each: -found[each][1].level) if self._terms.deepest_first else list(found)
        for task_id in order:
            given, view = found[task_id]
            try:
                decision = self._decided(view, step_for(given))
            except GorevError as error:
                failed.append(Failed.by(task_id, error))
                continue
            if isinstance(decision, Note):
                noted.append((task_id, decision))
                continue
            successful.append(task_id)
            if decision.cancelled:
                cancelled.append((task_id, decision.cancelled))
        self._write()
        return BulkOutcome(
            successful=tuple(successful),
            failed=tuple(failed),
            noted=tuple(noted),
            dry_run=False,
            cancelled=tuple(cancelled),
        )

    def _decided(self, view: TaskView, step: Step) -> Decision | Note:
        if self._may_show_in(view):
            self._write()
            view = require_task(self._transaction.cursor, view.task.id)
        change = step(view)
        if isinstance(change, Note):
            return change
        moves = change.project_id is not UNSET or change.parent_id is not UNSET
        if moves or (change.status is Status.COMPLETED and view.subtask_count):
            self._write()
        decision = decide(
            self._transaction.cursor,
            self._now,
            view,
            change,
            unless_blocked=self._terms.unless_blocked,
            unless_parts_open=self._terms.unless_parts_open,
            action=Action.BULK_OPERATION,
        )
        if not decision.changed:
            return self._terms.if_same
        self._unwritten.append(decision)
        self._changed.add(view.task.id)
        if not decision.is_in_place:
            self._is_moved = True
            self._write()
        return decision

    def _may_show_in(self, view: TaskView) -> bool:
        """Whether a task that was read before must be read again: it is linked with a changed one, or one was moved."""
        ends = (end for link in view.links or () for end in (link.source_id, link.target_id))
        return self._is_moved or not self._changed.isdisjoint(ends)

    def _write(self) -> None:
        unwritten, self._unwritten = self._unwritten, []
        if unwritten:
            carry_out(self._transaction, self._now, self._actor, unwritten)


def sorted_transitions(current: Status) -> list[Status]:
    """Where a task may go from here, in the order of the enum."""
    return [status for status in Status if status in TRANSITIONS[current]]
