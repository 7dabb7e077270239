"""The tools on projects (``mcp-tools.md`` §3.8 to §3.10 and §4.1)."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain.errors import MissingParameter
from gorev.domain.query import TaskQuery
from gorev.domain.task import Branch
from gorev.mcp import markdown
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_tools import ASKED_BUDGET, DEFAULT_BUDGET, PAGE
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Key, Offset, Rev, Text
from gorev.wire.vocabulary import PROJECT_TOOL

Limit = Annotated[int, Meta(ge=1, le=200)]
ActiveAction = Literal["set", "get", "clear"]


class NoArguments(msgspec.Struct, kw_only=True):
    """Arguments of a tool that takes none."""


async def list_projects(call: ToolCall, given: NoArguments) -> ToolOutcome:
    """All projects, as many as the budget lets through."""
    views = (await call.workspace.projects.every()).value
    encoded: list[dict[str, Any]] = []
    lines: list[str] = []
    spent_rows = spent_lines = 0
    for view in views:
        encoded.append(call.encoder.project(view))
        lines.append(markdown.project(view, call.language))
        spent_rows += len(encode.json(encoded[-1])) + 1
        spent_lines += len(lines[-1].encode()) + 2
        if max(spent_rows, spent_lines) > DEFAULT_BUDGET and len(encoded) > 1:
            encoded.pop()
            lines.pop()
            break
    structured: dict[str, Any] = {"projeler": encoded}
    if not views:
        return ToolOutcome(text=call.say("There are no projects."), structured=structured)
    left = len(views) - len(encoded)
    if left:
        structured["kalan"] = left
        lines.append(call.say("{left} older projects are not shown.", left=left))
    return ToolOutcome(text="\n\n".join([f"# {call.say('Projects')} ({len(views)})", *lines]), structured=structured)


class CreateArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``proje_olustur``."""

    name: Text
    definition: Text = ""
    idempotency_key: Key | UnsetType = UNSET


async def create_project(call: ToolCall, given: CreateArguments) -> ToolOutcome:
    """Make a project."""
    view = (await call.workspace.projects.create(call.actor, given.name, given.definition, call.once)).value
    said = f"{call.say('Project created.')}\n{markdown.one_line(view.project.name)}\nID: {view.project.id}"
    return ToolOutcome(text=said, structured={"proje": call.encoder.project(view)})


class TasksArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``proje_gorevleri``."""

    project_id: Text
    limit: Limit | UnsetType = UNSET
    offset: Offset = 0


async def project_tasks(call: ToolCall, given: TasksArguments) -> ToolOutcome:
    """A project's tasks by status, as many as the budget lets through."""
    limit = PAGE if given.limit is UNSET else given.limit
    query = TaskQuery(project_id=given.project_id, limit=limit, offset=given.offset)
    page = (await call.workspace.tasks.of_project(query)).value
    shown = None if page.project is None else call.encoder.project(page.project)
    budget = (DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET) - len(encode.json(shown))
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    spent_rows = spent_lines = 0
    heading = None
    for branch in page.rows:
        row, line = call.encoder.brief(branch.view), _line(branch, call.language)
        status = branch.view.task.status
        if status is not heading:
            line = f"\n## {markdown.SYMBOL[status]} {markdown.status_name(status, call.language)}\n{line}"
        spent_rows += len(encode.json(row)) + 1
        spent_lines += len(line.encode()) + 1
        if rows and max(spent_rows, spent_lines) > budget:
            break
        heading = status
        rows.append(row)
        lines.append(line)
    structured: dict[str, Any] = {
        "proje": shown,
        "gorevler": rows,
        "toplam": page.total,
        "limit": limit,
        "offset": given.offset,
    }
    after = given.offset + len(rows)
    if after < page.total:
        structured["kalan"] = page.total - after
        more = call.say("{left} more: call again with offset {offset}.", left=page.total - after, offset=after)
        lines.append(f"\n{more}")
    name = "" if page.project is None else markdown.one_line(page.project.project.name)
    return ToolOutcome(text="\n".join([f"# {name} ({len(rows)} / {page.total})", *lines]), structured=structured)


def _line(branch: Branch, language: str) -> str:
    description = markdown.one_line(branch.view.task.description)
    short = description if len(description) <= 50 else f"{description[:47]}..."
    return markdown.row(branch.view, language) + (f" — {short}" if short else "")


class ActiveArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``aktif_proje``."""

    action: ActiveAction
    project_id: Text | UnsetType = UNSET
    rev: Rev | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def active_project(call: ToolCall, given: ActiveArguments) -> ToolOutcome:
    """Set, get or clear the active project."""
    operations = call.workspace.projects
    if given.action == "set":
        if given.project_id is UNSET:
            raise MissingParameter(field=PROJECT_TOOL.out(WORDS)["project_id"])
        view = (await operations.activate(call.actor, given.project_id, or_absent(given.rev), call.once)).value
        said = f"{call.say('This project is active now.')}\n{markdown.project(view, call.language)}"
        return ToolOutcome(text=said, structured={"proje": call.encoder.project(view)})
    if given.action == "clear":
        await operations.deactivate(call.actor, call.once)
        return ToolOutcome(text=call.say("No project is active."), structured={"proje": None})
    active = (await operations.active()).value.project
    if active is None:
        return ToolOutcome(text=call.say("No project is active."), structured={"proje": None})
    return ToolOutcome(text=markdown.project(active, call.language), structured={"proje": call.encoder.project(active)})


TOOLS: Final = (
    Tool(
        name="proje_listele",
        title="List projects",
        description="All projects with their task counts.",
        arguments=NoArguments,
        names=PROJECT_TOOL,
        handler=list_projects,
        output={"projeler": "array", "kalan": "integer"},
        read_only=True,
    ),
    Tool(
        name="proje_olustur",
        title="Create a project",
        description="Makes a project.",
        arguments=CreateArguments,
        names=PROJECT_TOOL,
        handler=create_project,
        output={"proje": "object"},
        idempotent=False,
    ),
    Tool(
        name="proje_gorevleri",
        title="Tasks of a project",
        description="A project's tasks, those in progress first.",
        arguments=TasksArguments,
        names=PROJECT_TOOL,
        handler=project_tasks,
        output={
            "proje": "object|null",
            "gorevler": "array",
            "toplam": "integer",
            "limit": "integer",
            "offset": "integer",
            "kalan": "integer",
        },
        read_only=True,
    ),
    Tool(
        name="aktif_proje",
        title="Active project",
        description="Sets, gets or clears the project that new tasks and lists take when none is named.",
        arguments=ActiveArguments,
        names=PROJECT_TOOL,
        handler=active_project,
        output={"proje": "object|null"},
        hints={"project_id": "for set"},
        reads=frozenset({"get"}),
    ),
)
