"""How a task is made and changed inside a transaction: the one way, whichever operation asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from gorev.domain import task as rules
from gorev.domain.context import Action
from gorev.domain.errors import CycleDetected, ProjectMismatch
from gorev.domain.event import EventKind
from gorev.domain.identifiers import new_id
from gorev.domain.task import NewTask, Prerequisite, Task, TaskChange, TaskView
from gorev.domain.values import UNSET, Actor, Status, Unset
from gorev.domain.views import TaskChanged
from gorev.services.lookup import require_parent, require_project, require_task
from gorev.storage import events, links, projects, tags, tasks
from gorev.storage.events import Entry
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


@attrs.frozen(kw_only=True)
class Decision:
    """What becomes of a task by a change that the rules allow; ``changed`` is empty if nothing does.

    ``cancelled`` are the prerequisites that did not hold it back, being cancelled.
    """

    before: TaskView
    task: Task
    changed: tuple[str, ...]
    action: Action
    cancelled: tuple[Prerequisite, ...] = ()

    @property
    def is_in_place(self) -> bool:
        """Whether it shows in no other task but those that it is linked with."""
        return "project_id" not in self.changed and "parent_id" not in self.changed


def touch(transaction: Transaction, now: datetime, view: TaskView) -> None:
    """Store the task one revision later, because something that belongs to it has changed."""
    tasks.update(transaction.cursor, rules.revised(view.task, now), ())


def announce_update(
    transaction: Transaction, now: datetime, actor: Actor, before: TaskView, changed: tuple[str, ...]
) -> None:
    """Append the event that the task, once ``before``, is now as stored."""
    after = require_task(transaction.cursor, before.task.id)
    events.append(
        transaction, time=now, actor=actor, kind=EventKind.TASK_UPDATED, before=before, after=after, changed=changed
    )


def delete_task(transaction: Transaction, now: datetime, actor: Actor, view: TaskView) -> None:
    """Delete a task without subtasks. The tasks it was linked with change too, since their links go with it."""
    cursor = transaction.cursor
    task_id = view.task.id
    ends = dict.fromkeys(end for link in view.links or () for end in (link.source_id, link.target_id) if end != task_id)
    others = [require_task(cursor, end) for end in ends]
    tasks.delete(cursor, task_id)
    events.append(transaction, time=now, actor=actor, kind=EventKind.TASK_DELETED, before=view)
    for other in others:
        touch(transaction, now, other)
        announce_update(transaction, now, actor, other, ("links",))


def create_task(transaction: Transaction, now: datetime, actor: Actor, new: NewTask) -> TaskView:
    """Make a task of a checked `NewTask` as `TaskOperations.create` says."""
    cursor = transaction.cursor
    parent = None if new.parent_id is None else require_parent(cursor, new.parent_id)
    project_id, project_name = _project_of(cursor, new, parent)
    task = Task(
        id=new_id(),
        title=new.title,
        description=new.description,
        status=new.status,
        priority=new.priority,
        project_id=project_id,
        parent_id=None if parent is None else parent.task.id,
        due_date=new.due_date,
        tags=tags.ensure(cursor, new.tags),
        created_at=now,
        updated_at=now,
        rev=1,
    )
    tasks.insert(cursor, task, interacted_at=now)
    view = TaskView(
        task=task,
        project_name=project_name,
        level=0 if parent is None else parent.level + 1,
        dependency_count=0,
        uncompleted_dependency_count=0,
        dependent_count=0,
        subtask_count=0,
        links=(),
    )
    created = Entry(kind=EventKind.TASK_CREATED, after=view, action=Action.CREATED)
    events.append_many(transaction, now, actor, [created])
    return view


def change_task(
    transaction: Transaction, now: datetime, actor: Actor, view: TaskView, change: TaskChange
) -> TaskChanged:
    """Change a task as `TaskOperations.change` says."""
    decision = decide(transaction.cursor, now, view, change)
    (shown,) = carry_out(transaction, now, actor, [decision]) if decision.changed else [view]
    return TaskChanged(view=shown, before=view.task, changed=decision.changed, cancelled=decision.cancelled)


def decide(
    cursor: Cursor,
    now: datetime,
    view: TaskView,
    change: TaskChange,
    *,
    unless_blocked: bool = True,
    unless_parts_open: bool = True,
    action: Action | None = None,
) -> Decision:
    """What a change comes to. Nothing is stored but tags that are new, and these not if the change is refused.

    Bulk operations may pass over rule S2 (``unless_blocked``) and S3 (``unless_parts_open``), and name the ``action``
    that is kept as an interaction.
    """
    before = view.task
    values = {
        name: value
        for name in ("title", "description", "status", "priority", "due_date")
        if not isinstance(value := getattr(change, name), Unset)
    }
    values |= _place(cursor, before, change)
    prerequisites: list[Prerequisite] = []
    if isinstance(change.status, Status):
        if unless_blocked and view.dependency_count and rules.needs_prerequisites(before.status, change.status):
            prerequisites = links.prerequisites(cursor, before.id)
        completing = unless_parts_open and change.status is Status.COMPLETED and view.subtask_count > 0
        rules.check_status(
            before.status,
            change.status,
            prerequisites,
            tasks.open_descendants(cursor, before.id) if completing else 0,
        )
    if change.tags is not UNSET:
        wanted = tags.ensure(cursor, change.tags)
        if {tag.id for tag in wanted} != {tag.id for tag in before.tags}:
            values["tags"] = wanted
    after, changed = rules.changed(before, **values)
    completed = "status" in changed and after.status is Status.COMPLETED
    return Decision(
        before=view,
        task=rules.revised(after, now),
        changed=changed,
        action=action or (Action.COMPLETED if completed else Action.UPDATED),
        cancelled=tuple(each for each in prerequisites if each.status is Status.CANCELLED) if changed else (),
    )


def carry_out(transaction: Transaction, now: datetime, actor: Actor, decisions: Sequence[Decision]) -> list[TaskView]:
    """Store what was decided, with the events that tell of it; yields the tasks as they are then.

    No decision may have been made without regard to another one. One that is not in place takes the subtree along, and
    stands alone.
    """
    cursor = transaction.cursor
    tasks.update_many(cursor, [(each.task, each.changed) for each in decisions], now)
    shown = [
        rules.shown(each.before, each.task) if each.is_in_place else require_task(cursor, each.task.id)
        for each in decisions
    ]
    entries = [
        Entry(kind=EventKind.TASK_UPDATED, before=each.before, after=after, changed=each.changed, action=each.action)
        for each, after in zip(decisions, shown, strict=True)
    ]
    events.append_many(transaction, now, actor, entries)
    for each in decisions:
        if "project_id" in each.changed:
            _take_along(transaction, now, actor, each.task)
    return shown


def _take_along(transaction: Transaction, now: datetime, actor: Actor, task: Task) -> None:
    """Put everything below a task into its project."""
    cursor = transaction.cursor
    below = tasks.by_ids(cursor, tasks.descendants(cursor, [task.id]))
    changed = ("project_id",)
    moved = [rules.revised(attrs.evolve(view.task, project_id=task.project_id), now) for view in below]
    tasks.update_many(cursor, [(each, changed) for each in moved])
    after = tasks.with_links(cursor, [each.id for each in moved])
    entries = [
        Entry(kind=EventKind.TASK_UPDATED, before=view, after=after[view.task.id], changed=changed) for view in below
    ]
    if entries:
        events.append_many(transaction, now, actor, entries)


def _place(cursor: Cursor, task: Task, change: TaskChange) -> dict[str, str | None]:
    """Project and parent that the change leads to, checked (``data-model.md`` §9)."""
    project_id, parent_id = task.project_id, task.parent_id
    if change.project_id is not UNSET:
        project_id = None if change.project_id is None else require_project(cursor, change.project_id).project.id
        if project_id != task.project_id:
            parent_id = None
    if change.parent_id is not UNSET:
        parent_id = None
        if change.parent_id is not None:
            parent = require_parent(cursor, change.parent_id).task
            rules.check_parent(task.id, project_id, parent, tasks.ancestors(cursor, parent.id))
            linked = links.into_lineage(cursor, task.id, parent.id)
            if linked:
                raise CycleDetected(path=list(linked))
            parent_id = parent.id
    return {"project_id": project_id, "parent_id": parent_id}


def _project_of(cursor: Cursor, new: NewTask, parent: TaskView | None) -> tuple[str | None, str | None]:
    """Id and name of the project that a new task belongs to."""
    project_id, name = None, None
    if isinstance(new.project_id, str):
        project = require_project(cursor, new.project_id).project
        project_id, name = project.id, project.name
    elif parent is not None:
        return parent.task.project_id, parent.project_name
    elif new.project_id is UNSET and (active := projects.active_id(cursor)) is not None:
        project_id, name = active, projects.name(cursor, active)
    if parent is not None and project_id != parent.task.project_id:
        raise ProjectMismatch(project=project_id, parent_project=parent.task.project_id)
    return project_id, name
