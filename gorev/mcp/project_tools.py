"""The tools on projects (``mcp-tools.md`` §3.8 to §3.10 and §4.1)."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain.errors import MissingParameter
from gorev.domain.project import ProjectView
from gorev.domain.query import TaskQuery
from gorev.domain.task import Branch
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET, PAGE, brief_project, cut_project, fitting, size, tell_cut
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import OF_PROJECT, WORDS, Tool, ToolCall
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Key, Offset, Rev, Text
from gorev.wire.names import STATUS_SYMBOL, status_name
from gorev.wire.vocabulary import PROJECT_TOOL

Limit = Annotated[int, Meta(ge=1, le=200)]
ActiveAction = Literal["set", "get", "clear"]


class NoArguments(msgspec.Struct, kw_only=True):
    """Arguments of a tool that takes none."""


class ListArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``proje_listele``."""

    limit: Limit | UnsetType = UNSET
    offset: Offset = 0


async def list_projects(call: ToolCall, given: ListArguments) -> ToolOutcome:
    """All projects, newest first, as many as the budget lets through."""
    views = (await call.workspace.projects.every()).value
    limit = PAGE if given.limit is UNSET else given.limit
    rows, lines = fitting(
        map(brief_project, views[given.offset : given.offset + limit]),
        DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET,
        call.encoder.project,
        lambda view: f"\n{markdown.project(view, call.language)}",
    )
    structured: dict[str, Any] = {"projeler": rows}
    if not views:
        return ToolOutcome(text=call.say("There are no projects."), structured=structured)
    if not rows:
        return ToolOutcome(text=call.say("Nothing more: there are {total}.", total=len(views)), structured=structured)
    after = given.offset + len(rows)
    if after < len(views):
        structured |= {"toplam": len(views), "kalan": len(views) - after}
        more = call.say("{left} more: call again with offset {offset}.", left=len(views) - after, offset=after)
        lines.append(f"\n{more}")
    heading = f"# {call.say('Projects')} ({given.offset + 1}–{after} / {len(views)})"
    return ToolOutcome(text="\n".join([heading, *lines]), structured=structured)


class CreateArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``proje_olustur``."""

    name: Text
    definition: Text = ""
    idempotency_key: Key | UnsetType = UNSET


async def create_project(call: ToolCall, given: CreateArguments) -> ToolOutcome:
    """Make a project."""
    view = (await call.workspace.projects.create(call.actor, given.name, given.definition, call.once)).value
    said = [call.say("Project created."), markdown.one_line(view.project.name), f"ID: {view.project.id}"]
    return _told(call, view, said)


def _told(call: ToolCall, view: ProjectView, lines: list[str], *, in_full: bool = False) -> ToolOutcome:
    """What is said, and the project as far as the budget lets it through, also in words if that is wished for."""
    shown, cut = cut_project(call.encoder, view)
    structured = {"proje": call.encoder.project(shown)}
    if in_full:
        lines = [*lines, markdown.project(shown, call.language)]
    lines = [*lines, *tell_cut(call.language, structured, cut, f"gorev://proje/{view.project.id}")]
    return ToolOutcome(text="\n".join(lines), structured=structured)


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
    shown = None if page.project is None else call.encoder.project(brief_project(page.project))
    statuses = [branch.view.task.status for branch in page.rows]
    begins = {
        branch.view.task.id
        for branch, before in zip(page.rows, [None, *statuses], strict=False)
        if branch.view.task.status is not before
    }

    def written(branch: Branch) -> str:
        status, line = branch.view.task.status, markdown.row_in_project(branch.view, call.language)
        if branch.view.task.id not in begins:
            return line
        return f"\n## {STATUS_SYMBOL[status]} {status_name(status, call.language)}\n{line}"

    rows, lines = fitting(
        page.rows,
        (DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET) - size(shown),
        lambda branch: call.encoder.brief(branch.view),
        written,
    )
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
    if rows:
        heading = f"# {name} ({given.offset + 1}–{after} / {page.total})"
        lines = [heading, *markdown.legend(call.language), *lines]
    elif page.total:
        lines = [f"# {name}", call.say("Nothing more: there are {total}.", total=page.total)]
    else:
        lines = [call.say("There are no such tasks in the project {project}.", project=name)]
    return ToolOutcome(text="\n".join(lines), structured=structured)


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
        return _told(call, view, [call.say("This project is active now.")], in_full=True)
    if given.action == "clear":
        await operations.deactivate(call.actor, call.once)
        return ToolOutcome(text=call.say("No project is active."), structured={"proje": None})
    active = (await operations.active()).value.project
    if active is None:
        return ToolOutcome(text=call.say("No project is active."), structured={"proje": None})
    return _told(call, active, [], in_full=True)


TOOLS: Final = (
    Tool(
        name="proje_listele",
        title="List projects",
        description="All projects with their task counts.",
        arguments=ListArguments,
        names=PROJECT_TOOL,
        handler=list_projects,
        output={"projeler": "array", "toplam": "integer", "kalan": "integer"},
        read_only=True,
    ),
    Tool(
        name="proje_olustur",
        title="Create a project",
        description="Makes a project.",
        arguments=CreateArguments,
        names=PROJECT_TOOL,
        handler=create_project,
        output={"proje": "object", "kesilen": "object"},
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
        errors=OF_PROJECT,
    ),
    Tool(
        name="aktif_proje",
        title="Active project",
        description="Sets, gets or clears the project that new tasks and lists take when none is named.",
        arguments=ActiveArguments,
        names=PROJECT_TOOL,
        handler=active_project,
        output={"proje": "object|null", "kesilen": "object"},
        hints={"project_id": "for set"},
        reads=frozenset({"get"}),
        errors=("missing_parameter", *OF_PROJECT),
    ),
)
