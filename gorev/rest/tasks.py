"""Routes on tasks (``rest-api.md`` §4.1 to §4.7)."""

from __future__ import annotations

from typing import Annotated

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain import values
from gorev.domain.errors import MissingParameter, ParentNotFound, TaskNotFound
from gorev.domain.query import Sort, TaskQuery
from gorev.domain.task import Branch, NewTask, TaskChange, TaskView
from gorev.domain.values import Priority, Status
from gorev.locale import text
from gorev.rest import templates
from gorev.rest.call import Call
from gorev.rest.reply import Reply, enveloped
from gorev.wire import kinds
from gorev.wire.encode import Encoder, Object
from gorev.wire.kinds import (
    DueDate,
    Flag,
    Offset,
    PriorityToken,
    PriorityTokens,
    QuickToken,
    SortToken,
    StatusToken,
    StatusTokens,
    Tags,
    Text,
)
from gorev.wire.vocabulary import TASK, TASK_QUERY, Vocabulary

PageLimit = Annotated[int, Meta(ge=1, le=1000)]


class TaskListQuery(msgspec.Struct, kw_only=True):
    """Query of a list of tasks."""

    statuses: StatusTokens | UnsetType = UNSET
    priorities: PriorityTokens | UnsetType = UNSET
    project_id: Text | None = None
    tag: Text | None = None
    all_projects: Flag = False
    quick: QuickToken | UnsetType = UNSET
    sort: SortToken | UnsetType = UNSET
    search: Text | None = None
    parent_id: Text | None = None
    nested: Flag = False
    limit: PageLimit = 50
    offset: Offset = 0

    def meant(self) -> TaskQuery:
        """The query under its domain names."""
        return TaskQuery(
            statuses=() if self.statuses is UNSET else tuple(map(kinds.status, self.statuses)),
            priorities=() if self.priorities is UNSET else tuple(map(kinds.priority, self.priorities)),
            project_id=self.project_id,
            tag=self.tag,
            all_projects=self.all_projects,
            quick=None if self.quick is UNSET else kinds.quick_filter(self.quick),
            sort=Sort.CREATED_DESC if self.sort is UNSET else kinds.sort(self.sort),
            search=self.search,
            parent_id=None if self.parent_id == "root" else self.parent_id,
            roots_only=self.parent_id == "root",
            limit=self.limit,
            offset=self.offset,
        )


class TaskBody(msgspec.Struct, kw_only=True):
    """Writable fields of a task; null or an empty string clears where something can be cleared."""

    title: Text | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    status: StatusToken | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    project_id: Text | UnsetType | None = UNSET
    parent_id: Text | UnsetType | None = UNSET
    due_date: DueDate | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET

    def new(self) -> NewTask:
        """A task to be made.

        @raise MissingParameter: it has no title.
        """
        if self.title is UNSET:
            raise MissingParameter(field="title")
        return NewTask(
            title=self.title,
            description="" if self.description is UNSET else self.description,
            status=Status.PENDING if self.status is UNSET else kinds.status(self.status),
            priority=Priority.MEDIUM if self.priority is UNSET else kinds.priority(self.priority),
            project_id=values.UNSET if self.project_id is UNSET else self.project_id or None,
            parent_id=None if self.parent_id is UNSET else self.parent_id or None,
            due_date=None if self.due_date is UNSET else kinds.due_date(self.due_date),
            tags=() if self.tags is UNSET else tuple(self.tags),
        )

    def change(self) -> TaskChange:
        """A change to a task."""
        return TaskChange(
            title=values.UNSET if self.title is UNSET else self.title,
            description=values.UNSET if self.description is UNSET else self.description,
            status=values.UNSET if self.status is UNSET else kinds.status(self.status),
            priority=values.UNSET if self.priority is UNSET else kinds.priority(self.priority),
            project_id=values.UNSET if self.project_id is UNSET else self.project_id or None,
            parent_id=values.UNSET if self.parent_id is UNSET else self.parent_id or None,
            due_date=values.UNSET if self.due_date is UNSET else kinds.due_date(self.due_date),
            tags=values.UNSET if self.tags is UNSET else tuple(self.tags),
        )


async def listed(call: Call) -> Reply:
    """A page of tasks: flat in family A (nested with ``agac``), flat with nested roots in family B."""
    query = call.query(TaskListQuery, TASK_QUERY)
    return await _page(call, query)


async def of_project(call: Call) -> Reply:
    """A page of one project's tasks."""
    query = call.query(TaskListQuery, TASK_QUERY)
    query.project_id = call.path["id"]
    return await _page(call, query)


async def _page(call: Call, query: TaskListQuery) -> Reply:
    operations = (await call.workspace()).tasks
    both = call.words is Vocabulary.ENGLISH
    if query.nested and not both:
        answer = await operations.trees(query.meant())
        rows = call.encoder.branches(answer.value.rows)
    else:
        answer = await operations.page(query.meant(), with_subtrees=both)
        rows = [_row(call.encoder, branch, nested=both) for branch in answer.value.rows]
    return enveloped(rows, seq=answer.seq, total=answer.value.total)


def _row(encoder: Encoder, branch: Branch, *, nested: bool) -> Object:
    is_root = branch.view.task.parent_id is None
    return encoder.branch(branch) if nested and is_root else encoder.task(branch.view)


async def created(call: Call) -> Reply:
    """Make a task; a body that names a template, of that."""
    if templates.is_meant(call):
        return await templates.task_created(call)
    new = call.body(TaskBody, TASK).new()
    answer = await (await call.workspace()).tasks.create(call.actor, new, call.once)
    return _one(call, answer.value, answer.seq, 201, text(call.language, "Task created."))


async def subtask_created(call: Call) -> Reply:
    """Make a task below another one."""
    new = attrs.evolve(call.body(TaskBody, TASK).new(), parent_id=call.path["id"], project_id=values.UNSET)
    operations = (await call.workspace()).tasks
    try:
        answer = await operations.create(call.actor, new, call.once)
    except ParentNotFound as error:
        # The path names the parent, so to this caller it is the task that is missing.
        raise TaskNotFound(**error.details) from None
    return _one(call, answer.value, answer.seq, 201, text(call.language, "Task created."))


async def shown(call: Call) -> Reply:
    """One task with its subtree and links."""
    answer = await (await call.workspace()).tasks.get(call.path["id"])
    return enveloped(call.encoder.detail(answer.value), seq=answer.seq, rev=answer.value.view.task.rev)


async def changed(call: Call) -> Reply:
    """Change a task."""
    change = call.body(TaskBody, TASK).change()
    answer = await (await call.workspace()).tasks.change(call.actor, call.path["id"], change, call.rev)
    return _one(call, answer.value.view, answer.seq, 200, text(call.language, "Task updated."))


async def moved(call: Call) -> Reply:
    """Put a task under another one, or make it a root."""
    body = call.body(TaskBody, TASK)
    if body.parent_id is UNSET:
        raise MissingParameter(field="new_parent_id")
    change = TaskChange(parent_id=body.parent_id or None)
    answer = await (await call.workspace()).tasks.change(call.actor, call.path["id"], change, call.rev)
    return _one(call, answer.value.view, answer.seq, 200, text(call.language, "Task moved."))


async def deleted(call: Call) -> Reply:
    """Delete a task without subtasks."""
    answer = await (await call.workspace()).tasks.delete(call.actor, call.path["id"], call.rev)
    body = {"success": True, "message": text(call.language, "Task deleted.")}
    return Reply(body=body, seq=answer.seq)


async def children(call: Call) -> Reply:
    """A task's direct subtasks."""
    answer = await (await call.workspace()).tasks.children(call.path["id"])
    rows = [call.encoder.task(view) for view in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows))


async def hierarchy(call: Call) -> Reply:
    """A task among its ancestors and descendants."""
    answer = await (await call.workspace()).tasks.hierarchy(call.path["id"])
    return enveloped(call.encoder.hierarchy(answer.value), seq=answer.seq)


def _one(call: Call, view: TaskView, seq: int, status: int, message: str) -> Reply:
    return enveloped(call.encoder.task(view), seq=seq, status=status, rev=view.task.rev, message=message)
