"""Routes on tasks (``rest-api.md`` §4.1 to §4.7)."""

from __future__ import annotations

from typing import Annotated, Final

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
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import DELETE, GET, OF_PROJECT, OF_TASK, POST, PUT, Area, Route, one, said, several
from gorev.wire import kinds, remarks, shapes
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
from gorev.wire.limits import DESCRIPTION, TITLE
from gorev.wire.rows import Rows
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


class Parent(msgspec.Struct, kw_only=True):
    """Where a task goes."""

    parent_id: Text | UnsetType | None = UNSET


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


_QUERY_HINTS: Final = {
    "statuses": "one or more, separated by commas",
    "priorities": "one or more, separated by commas",
    "all_projects": "of all projects, even if one is active",
    "quick": "open tasks by their due date",
    "search": "a part of title, description or a tag",
    "parent_id": "direct subtasks of a task; root for tasks without a parent",
    "nested": "only roots, with their subtasks nested (family A)",
    "sort": "newest first by default",
}
_RULES: Final = {"title": TITLE, "description": DESCRIPTION}
TASK_LIST: Final = Fields(TaskListQuery, TASK_QUERY, hints=_QUERY_HINTS)
PROJECT_TASK_LIST: Final = Fields(
    TaskListQuery, TASK_QUERY, hints=_QUERY_HINTS, without=frozenset({"project_id", "all_projects"})
)
NEW_TASK: Final = Fields(TaskBody, TASK, rules=_RULES, demanded=frozenset({"title"}))
NEW_SUBTASK: Final = Fields(
    TaskBody, TASK, rules=_RULES, demanded=frozenset({"title"}), without=frozenset({"parent_id", "project_id"})
)
TASK_CHANGE: Final = Fields(
    TaskBody, TASK, rules=_RULES, hints={"parent_id": "moves the task", "due_date": "null or an empty text clears it"}
)
NEW_PARENT: Final = Fields(
    Parent,
    TASK,
    hints={"parent_id": "null or an empty text makes it a root"},
    demanded=frozenset({"parent_id"}),
)


async def listed(call: Call) -> Reply:
    """A page of tasks: flat in family A (nested with ``agac``), flat with nested roots in family B."""
    return await _page(call, call.query(TASK_LIST))


async def of_project(call: Call) -> Reply:
    """A page of one project's tasks."""
    query = call.query(PROJECT_TASK_LIST)
    query.project_id = call.path["id"]
    return await _page(call, query)


async def _page(call: Call, query: TaskListQuery) -> Reply:
    operations = (await call.workspace()).tasks
    both = call.words is Vocabulary.ENGLISH
    if query.nested and not both:
        answer = await operations.trees(query.meant())
        rows = call.rows.branches(answer.value.rows)
    else:
        answer = await operations.page(query.meant(), with_subtrees=both)
        encoded = call.rows
        rows = [_row(encoded, branch, nested=both) for branch in answer.value.rows]
    # Which tasks are urgent depends on the day.
    return enveloped(rows, seq=answer.seq, total=answer.value.total, lasting=query.quick is UNSET)


def _row(rows: Rows, branch: Branch, *, nested: bool) -> msgspec.Raw:
    is_root = branch.view.task.parent_id is None
    return rows.branch(branch) if nested and is_root else rows.task(branch.view)


async def created(call: Call) -> Reply:
    """Make a task; a body that names a template, of that."""
    if templates.is_meant(call):
        return await templates.task_created(call)
    new = call.body(NEW_TASK).new()
    answer = await (await call.workspace()).tasks.create(call.actor, new, call.once)
    return _one(call, answer.value, answer.seq, 201, text(call.language, "Task created."))


async def subtask_created(call: Call) -> Reply:
    """Make a task below another one."""
    new = attrs.evolve(call.body(NEW_SUBTASK).new(), parent_id=call.path["id"], project_id=values.UNSET)
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
    return enveloped(
        call.encoder.detail(answer.value, call.rows), seq=answer.seq, rev=answer.value.view.task.rev, lasting=True
    )


async def changed(call: Call) -> Reply:
    """Change a task."""
    change = call.body(TASK_CHANGE).change()
    answer = await (await call.workspace()).tasks.change(call.actor, call.path["id"], change, call.rev)
    said = [text(call.language, "Task updated."), remarks.cancelled(answer.value.cancelled, call.language)]
    return _one(call, answer.value.view, answer.seq, 200, " ".join(filter(None, said)))


async def moved(call: Call) -> Reply:
    """Put a task under another one, or make it a root."""
    body = call.body(NEW_PARENT)
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
    rows = [call.rows.task(view) for view in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows), lasting=True)


async def hierarchy(call: Call) -> Reply:
    """A task among its ancestors and descendants."""
    answer = await (await call.workspace()).tasks.hierarchy(call.path["id"])
    hierarchy = answer.value
    return enveloped(
        call.encoder.hierarchy(hierarchy, call.rows), seq=answer.seq, rev=hierarchy.view.task.rev, lasting=True
    )


def _one(call: Call, view: TaskView, seq: int, status: int, message: str) -> Reply:
    return enveloped(call.encoder.task(view), seq=seq, status=status, rev=view.task.rev, message=message)


_TASK: Final = one(shapes.TASK_SHAPE, tagged=True)
_MADE: Final = one(shapes.TASK_SHAPE, 201, tagged=True)
_STATUS_RULES: Final = ("invalid_status", "dependency_incomplete", "subtasks_incomplete")
_WRITTEN: Final = ("invalid_priority", "invalid_date", *_STATUS_RULES)

ROUTES: Final = (
    Route(
        name="list_tasks",
        area=Area.TASKS,
        summary="A page of tasks",
        detail="Those of the named project; else of all if that is asked for; else of the active one; else of all.",
        methods=GET,
        family_a=("/gorevler", "/gorev"),
        family_b=("/tasks",),
        handler=listed,
        query=TASK_LIST,
        answer=several(shapes.TASK_SHAPE),
        errors=("invalid_status", "invalid_priority", *OF_TASK, *OF_PROJECT),
        hot=True,
    ),
    Route(
        name="create_task",
        area=Area.TASKS,
        summary="Make a task",
        detail="Directly, or of a template if the body names one.",
        methods=POST,
        family_a=("/gorev", "/gorevler"),
        family_b=("/tasks",),
        handler=created,
        bodies=(NEW_TASK, templates.TEMPLATE_TASK),
        answer=_MADE,
        errors=(
            "missing_parameter",
            *_WRITTEN,
            "parent_not_found",
            "project_mismatch",
            *OF_PROJECT,
            *templates.REFUSED,
        ),
        repeatable=True,
        hot=True,
    ),
    Route(
        name="get_task",
        area=Area.TASKS,
        summary="A task with its subtasks and links",
        methods=GET,
        family_a=("/gorev/{id}",),
        family_b=("/tasks/{id}",),
        handler=shown,
        answer=_TASK,
        errors=OF_TASK,
        hot=True,
    ),
    Route(
        name="change_task",
        area=Area.TASKS,
        summary="Change a task",
        detail="What is left out stays as it is. All or nothing.",
        methods=PUT,
        family_a=("/gorev/{id}",),
        family_b=("/tasks/{id}",),
        handler=changed,
        bodies=(TASK_CHANGE,),
        answer=_TASK,
        errors=(*OF_TASK, *_WRITTEN, "parent_not_found", "project_mismatch", "cycle_detected", "project_not_found"),
        revised=True,
        hot=True,
    ),
    Route(
        name="delete_task",
        area=Area.TASKS,
        summary="Delete a task that has no subtasks",
        methods=DELETE,
        family_a=("/gorev/{id}",),
        family_b=("/tasks/{id}",),
        handler=deleted,
        answer=said(),
        errors=(*OF_TASK, "has_subtasks"),
        revised=True,
    ),
    Route(
        name="list_subtasks",
        area=Area.TASKS,
        summary="Direct subtasks of a task",
        methods=GET,
        family_a=("/gorev/{id}/altgorev",),
        family_b=("/tasks/{id}/subtasks",),
        handler=children,
        answer=several(shapes.TASK_SHAPE),
        errors=OF_TASK,
        hot=True,
    ),
    Route(
        name="create_subtask",
        area=Area.TASKS,
        summary="Make a subtask",
        methods=POST,
        family_a=("/gorev/{id}/altgorev",),
        family_b=("/tasks/{id}/subtasks",),
        handler=subtask_created,
        bodies=(NEW_SUBTASK,),
        answer=_MADE,
        errors=("missing_parameter", *OF_TASK, *_WRITTEN),
        repeatable=True,
    ),
    Route(
        name="move_task",
        area=Area.TASKS,
        summary="Put a task under another one",
        methods=PUT,
        family_a=("/gorev/{id}/ust",),
        family_b=("/tasks/{id}/parent",),
        handler=moved,
        bodies=(NEW_PARENT,),
        answer=_TASK,
        errors=(*OF_TASK, "missing_parameter", "parent_not_found", "cycle_detected", "project_mismatch"),
        revised=True,
    ),
    Route(
        name="get_hierarchy",
        area=Area.TASKS,
        summary="A task among its ancestors and descendants",
        methods=GET,
        family_a=("/gorev/{id}/hiyerarsi",),
        family_b=("/tasks/{id}/hierarchy",),
        handler=hierarchy,
        answer=one(shapes.HIERARCHY_SHAPE, tagged=True),
        errors=OF_TASK,
        hot=True,
    ),
    Route(
        name="list_tasks_of_project",
        area=Area.PROJECTS,
        summary="A page of a project's tasks",
        methods=GET,
        family_a=("/proje/{id}/gorevler",),
        family_b=("/projects/{id}/tasks",),
        handler=of_project,
        query=PROJECT_TASK_LIST,
        answer=several(shapes.TASK_SHAPE),
        errors=("invalid_status", "invalid_priority", *OF_TASK, *OF_PROJECT),
        hot=True,
    ),
)
