"""Resources: the workspace at a glance, its projects and its tasks (``mcp-tools.md`` §1).

They are Markdown in the caller's language. The list has the summary, every project and the open tasks; the others are
found by the templates.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from gorev.domain.errors import ProjectNotFound, TaskNotFound, WorkspaceRequired
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import Actor, ActorKind
from gorev.locale import counts, text
from gorev.mcp import markdown
from gorev.mcp.addresses import MARKDOWN, PROJECT, SUMMARY, TASK, project_uri, short, task_uri
from gorev.mcp.budget import ASKED_BUDGET
from gorev.mcp.jsonrpc import Object
from gorev.mcp.project_tools import NoArguments, TasksArguments, project_tasks
from gorev.mcp.registry import (
    COMPLETIONS_SHOWN,
    CallContext,
    Completion,
    ResourcePage,
    UnknownCursor,
    UnknownResource,
)
from gorev.mcp.summary_tools import show_summary
from gorev.mcp.task_trees import part, subtasks
from gorev.mcp.toolbox import ToolCall
from gorev.services.catalogue import Place, Section
from gorev.services.workspace import Workspace
from gorev.wire.names import priority_name, status_name

PAGE: Final = 50  # entries, about 10 KB

_VARIABLE: Final = "id"
_TASK_TEMPLATE: Final = TASK + "{id}"
_PROJECT_TEMPLATE: Final = PROJECT + "{id}"
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)


def tool_call(context: CallContext) -> ToolCall:
    """The context as the tools know it.

    @raise WorkspaceRequired: there is no workspace.
    """
    if context.workspace is None:
        raise WorkspaceRequired
    return ToolCall(
        workspace=context.workspace,
        actor=Actor(client=context.client[:100], kind=ActorKind.MCP, session=context.session),
        language=context.language,
        once=None,
    )


class WorkspaceResources:
    """The `registry.Resources` of a workspace."""

    async def page(self, cursor: str | None, context: CallContext) -> ResourcePage:
        """The summary first, then `PAGE` entries a page."""
        call = tool_call(context)
        page = (await call.workspace.catalogue.page(None if cursor is None else _place(cursor), PAGE)).value
        entries = [] if cursor is not None else [_summary_entry(call)]
        entries += (_project_entry(call, view) for view in page.projects)
        entries += (_task_entry(call, view) for view in page.tasks)
        return ResourcePage(entries=entries, next_cursor=None if page.end is None else _cursor(page.end))

    def templates(self, language: str) -> list[Object]:
        """Of tasks and of projects."""
        return [
            {
                "uriTemplate": _TASK_TEMPLATE,
                "name": "gorev",
                "title": text(language, "Task"),
                "description": text(language, "One task in full: description, dependencies, subtasks."),
                "mimeType": MARKDOWN,
            },
            {
                "uriTemplate": _PROJECT_TEMPLATE,
                "name": "proje",
                "title": text(language, "Project"),
                "description": text(language, "A project and its tasks, those in progress first."),
                "mimeType": MARKDOWN,
            },
        ]

    async def read(self, uri: str, context: CallContext) -> Sequence[Object]:
        """One Markdown document."""
        call = tool_call(context)
        try:
            said = await self._document(uri, call)
        except (TaskNotFound, ProjectNotFound):
            raise UnknownResource(uri) from None
        return [{"uri": uri, "mimeType": MARKDOWN, "text": said}]

    async def identify(self, uri: str, context: CallContext) -> str:
        """The URI with the whole id."""
        workspace = tool_call(context).workspace
        try:
            if uri == SUMMARY:
                return uri
            if task_id := _after(TASK, uri):
                return task_uri((await workspace.tasks.get(task_id)).value.view.task.id)
            if project_id := _after(PROJECT, uri):
                return project_uri((await workspace.projects.get(project_id)).value.project.id)
        except (TaskNotFound, ProjectNotFound):
            pass
        raise UnknownResource(uri)

    async def complete(
        self, template: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        """Ids by what was typed of the title or name."""
        if template not in (_TASK_TEMPLATE, _PROJECT_TEMPLATE):
            raise UnknownResource(template)
        if argument != _VARIABLE:
            return Completion()
        if template == _TASK_TEMPLATE:
            return await task_ids(value, context)
        return await project_ids(value, context)

    async def _document(self, uri: str, call: ToolCall) -> str:
        if uri == SUMMARY:
            return (await show_summary(call, NoArguments())).text
        if task_id := _after(TASK, uri):
            return await task_document(call, task_id)
        if project_id := _after(PROJECT, uri):
            view = (await call.workspace.projects.get(project_id)).value
            tasks = await project_tasks(call, TasksArguments(project_id=view.project.id))
            return f"{markdown.project(view, call.language)}\n\n{tasks.text}"
        raise UnknownResource(uri)


async def task_document(call: ToolCall, task_id: str) -> str:
    """A task with all that is said of it, and of its subtasks as many as a long answer may have.

    @raise TaskNotFound, AmbiguousId: there is none, or several.
    """
    detail = (await call.workspace.tasks.get(task_id, part(ASKED_BUDGET))).value
    _, lines, _ = subtasks(call, detail, ASKED_BUDGET)
    return "\n".join(
        [
            markdown.task(detail.view, call.language, call.workspace.today()),
            *markdown.blocked(detail.view, call.language),
            *markdown.subtasks_heading(detail, call.language),
            *lines,
            *markdown.ending(detail, call.language),
        ]
    )


async def task_ids(typed: str, context: CallContext) -> Completion:
    """Ids of tasks by what was typed of their title or id."""
    workspace: Workspace = tool_call(context).workspace
    found = (await workspace.catalogue.suggest_tasks(typed, COMPLETIONS_SHOWN)).value
    return Completion(values=found.ids, total=found.total)


async def project_ids(typed: str, context: CallContext) -> Completion:
    """Ids of projects by what was typed of their name or id."""
    workspace: Workspace = tool_call(context).workspace
    found = (await workspace.catalogue.suggest_projects(typed, COMPLETIONS_SHOWN)).value
    return Completion(values=found.ids, total=found.total)


def _summary_entry(call: ToolCall) -> Object:
    description = call.say("The workspace at a glance: counts, due dates, and the tasks that ask for attention.")
    return {
        "uri": SUMMARY,
        "name": call.say("Summary"),
        "description": f"{description} ({call.workspace.name})",
        "mimeType": MARKDOWN,
    }


def _project_entry(call: ToolCall, view: ProjectView) -> Object:
    entry = {"uri": project_uri(view.project.id), "name": short(view.project.name), "mimeType": MARKDOWN}
    tasks = call.say("Project, {tasks}", tasks=counts.tasks(view.task_count))
    return entry | {"description": tasks}


def _task_entry(call: ToolCall, view: TaskView) -> Object:
    task = view.task
    parts = [status_name(task.status, call.language), priority_name(task.priority, call.language)]
    if task.due_date is not None:
        parts.append(task.due_date.isoformat())
    entry = {"uri": task_uri(task.id), "name": short(task.title), "mimeType": MARKDOWN}
    return entry | {"description": " · ".join(parts)}


def _after(prefix: str, uri: str) -> str | None:
    """The id in a URI, None if it is of another kind or none at all."""
    rest = uri.removeprefix(prefix)
    return rest if rest != uri and _ID.fullmatch(rest) else None


def _cursor(place: Place) -> str:
    written = msgspec.json.encode([place.section.value, place.created, place.id])
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def _place(cursor: str) -> Place:
    """The place that `_cursor` wrote.

    @raise UnknownCursor: it did not.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        section, created, id_ = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[Section, str, str])
    except (UnicodeEncodeError, binascii.Error, msgspec.MsgspecError):
        raise UnknownCursor from None
    place = Place(section, created, id_)
    if not _INSTANT.fullmatch(created) or not _ID.fullmatch(id_) or _cursor(place) != cursor:
        raise UnknownCursor
    return place
