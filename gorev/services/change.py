"""How a task is made and changed inside a transaction: the one way, whichever operation asks for it."""

from __future__ import annotations

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
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


def touch(transaction: Transaction, now: datetime, view: TaskView) -> None:
    """Store the task one revision later, because something that belongs to it has changed."""
    tasks.update(transaction.cursor, rules.revised(view.task, now), ())


def announce_update(
    transaction: Transaction,
    now: datetime,
    actor: Actor,
    before: TaskView,
    changed: tuple[str, ...],
    after: TaskView | None = None,
    action: Action | None = None,
) -> TaskView:
    """Append the event that the task, once ``before``, is now ``after``, or else as stored; yields what it is."""
    after = after or require_task(transaction.cursor, before.task.id)
    events.append(
        transaction,
        time=now,
        actor=actor,
        kind=EventKind.TASK_UPDATED,
        before=before,
        after=after,
        changed=changed,
        action=action,
    )
    return after


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
    events.append(transaction, time=now, actor=actor, kind=EventKind.TASK_CREATED, after=view, action=Action.CREATED)
    return view


def change_task(
    transaction: Transaction,
    now: datetime,
    actor: Actor,
    view: TaskView,
    change: TaskChange,
    *,
    unless_blocked: bool = True,
    unless_parts_open: bool = True,
    action: Action | None = None,
) -> TaskChanged:
    """Change a task as `TaskOperations.change` says.

    Bulk operations may pass over rule S2 (``unless_blocked``) and S3 (``unless_parts_open``), and name the ``action``
    that is kept as an interaction.
    """
    cursor = transaction.cursor
    before = view.task
    values = {
        name: value
        for name in ("title", "description", "status", "priority", "due_date")
        if not isinstance(value := getattr(change, name), Unset)
    }
    if change.tags is not UNSET:
        wanted = tags.ensure(cursor, change.tags)
        if {tag.id for tag in wanted} != {tag.id for tag in before.tags}:
            values["tags"] = wanted
    values |= _place(cursor, before, change)
    prerequisites: list[Prerequisite] = []
    if isinstance(change.status, Status):
        if unless_blocked and rules.needs_prerequisites(before.status, change.status):
            prerequisites = links.prerequisites(cursor, before.id)
        completing = unless_parts_open and change.status is Status.COMPLETED
        rules.check_status(
            before.status,
            change.status,
            prerequisites,
            tasks.open_descendants(cursor, before.id) if completing else 0,
        )
    after, changed = rules.changed(before, **values)
    if not changed:
        return TaskChanged(view=view, before=before, changed=())
    stored = rules.revised(after, now)
    tasks.update(cursor, stored, changed, interacted_at=now)
    moved = tasks.descendants(cursor, [before.id]) if "project_id" in changed else []
    completed = "status" in changed and after.status is Status.COMPLETED
    is_in_place = "project_id" not in changed and "parent_id" not in changed
    now_shown = announce_update(
        transaction,
        now,
        actor,
        view,
        changed,
        rules.shown(view, stored) if is_in_place else None,
        action or (Action.COMPLETED if completed else Action.UPDATED),
    )
    for below in tasks.by_ids(cursor, moved):
        tasks.update(
            cursor,
            rules.revised(attrs.evolve(below.task, project_id=after.project_id), now),
            ("project_id",),
        )
        announce_update(transaction, now, actor, below, ("project_id",))
    return TaskChanged(
        view=now_shown,
        before=before,
        changed=changed,
        cancelled=tuple(each for each in prerequisites if each.status is Status.CANCELLED),
    )


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
