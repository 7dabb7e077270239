"""What can be done with the links between tasks."""

from __future__ import annotations

from datetime import datetime

import attrs
from twisted.internet.defer import Deferred

from gorev.domain import links as rules
from gorev.domain.errors import DependencyNotFound, TaskNotFound
from gorev.domain.identifiers import new_id
from gorev.domain.links import NewLink, Relation
from gorev.domain.task import Link, check_revision
from gorev.domain.values import Actor
from gorev.services.change import announce_update, touch
from gorev.services.lookup import require_task
from gorev.services.store import Answer, Once, Store
from gorev.storage import links, tasks
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


@attrs.frozen(kw_only=True)
class ExpectedRevision:
    """The revision that a task must have for a write that changes it among others."""

    task_id: str
    rev: int


class LinkOperations:
    """The operations on the links of one workspace. Ids of tasks may be unique prefixes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_task(self, task_id: str) -> Deferred[Answer[tuple[Link, ...]]]:
        """Every link that touches a task, oldest first.

        @raise TaskNotFound, AmbiguousId: see `require_task`.
        """
        return self._store.read(lambda cursor: require_task(cursor, task_id).links or ())

    def add(
        self,
        actor: Actor,
        source: str,
        relation: Relation,
        target: str,
        once: Once | None = None,
        expected: ExpectedRevision | None = None,
    ) -> Deferred[Answer[Link]]:
        """Link two tasks as "source *relation* target" says; both change.

        @raise TaskNotFound, AmbiguousId: a task does not exist; its ``field`` is ``source_id`` or ``target_id``.
        @raise SelfDependency, DuplicateDependency, CycleDetected: see `check_new`.
        @raise StaleRevision: the revision that is expected of a task is out of date.
        """

        def work(transaction: Transaction, now: datetime) -> Link:
            cursor = transaction.cursor
            if expected is not None:
                view = require_task(cursor, expected.task_id)
                check_revision(expected.rev, view.task.rev, view)
            ends = (require_task(cursor, source, "source_id"), require_task(cursor, target, "target_id"))
            new = NewLink.said(ends[0].task.id, relation, ends[1].task.id)
            rules.check_new(
                new,
                existing=[link.kind for link in links.between(cursor, new.source_id, new.target_id)],
                lineage=_lineage(cursor, new.source_id, new.target_id),
                blocked=links.blocked_from(cursor, new.target_id),
            )
            link_id = new_id()
            links.insert(cursor, link_id, new, now)
            for end in ends:
                touch(transaction, now, end)
            for end in ends:
                announce_update(transaction, now, actor, end, ("links",))
            return _require_link(cursor, link_id)

        return self._store.write(work, Link, once)

    def remove(self, actor: Actor, link_id: str) -> Deferred[Answer[Link]]:
        """Remove a link by its id; both its tasks change.

        @raise DependencyNotFound: there is none.
        """
        return self._store.write(
            lambda transaction, now: _remove(transaction, now, actor, _require_link(transaction.cursor, link_id)), Link
        )

    def remove_between(self, actor: Actor, task_id: str, other: str, rev: int | None = None) -> Deferred[Answer[Link]]:
        """Remove the link between two tasks, stored whichever way; ``other`` may also be the link's own id.

        A blocking link goes before one that only relates them.

        @raise TaskNotFound, AmbiguousId: the first task does not exist.
        @raise DependencyNotFound: nothing joins them.
        @raise StaleRevision: ``rev`` is not that of the first task.
        """

        def work(transaction: Transaction, now: datetime) -> Link:
            cursor = transaction.cursor
            view = require_task(cursor, task_id)
            check_revision(rev, view.task.rev, view)
            task = view.task
            link = links.one(cursor, other)
            if link is None:
                try:
                    joined = links.between(cursor, task.id, require_task(cursor, other).task.id)
                except TaskNotFound:
                    joined = []
                link = next(iter(sorted(joined, key=lambda each: each.kind.value)), None)
            if link is None or task.id not in (link.source_id, link.target_id):
                raise DependencyNotFound(id=other)
            return _remove(transaction, now, actor, link)

        return self._store.write(work, Link)


def _remove(transaction: Transaction, now: datetime, actor: Actor, link: Link) -> Link:
    ends = [require_task(transaction.cursor, end) for end in (link.source_id, link.target_id)]
    links.delete(transaction.cursor, link.id)
    for end in ends:
        touch(transaction, now, end)
    for end in ends:
        announce_update(transaction, now, actor, end, ("links",))
    return link


def _require_link(cursor: Cursor, link_id: str) -> Link:
    link = links.one(cursor, link_id)
    if link is None:
        raise DependencyNotFound(id=link_id)
    return link


def _lineage(cursor: Cursor, one: str, other: str) -> list[str]:
    """The way from one of two tasks up to the other, where that is its ancestor; else empty."""
    for below, above in ((one, other), (other, one)):
        up = [below, *tasks.ancestors(cursor, below)]
        if above in up[1:]:
            return up[: up.index(above) + 1]
    return []
