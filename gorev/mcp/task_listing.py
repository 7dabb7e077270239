"""The tool that lists tasks (``mcp-tools.md`` §3.1)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.query import Sort, TaskQuery
from gorev.domain.views import TaskPage
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET, PAGE, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_trees import Limit, fitting, most
from gorev.mcp.toolbox import OF_PROJECT, Tool, ToolCall
from gorev.wire import kinds
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Flag, Offset, PriorityToken, QuickToken, SortToken, StatusToken, Text
from gorev.wire.vocabulary import LIST_TOOL


class ListArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_listele``."""

    status: StatusToken | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    all_projects: Flag = False
    project_id: Text | UnsetType = UNSET
    sort: SortToken | UnsetType = UNSET
    quick: QuickToken | UnsetType = UNSET
    tag: Text | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET
    offset: Offset = 0


async def list_tasks(call: ToolCall, given: ListArguments) -> ToolOutcome:
    """Roots by page, each with its subtree, as many as the budget lets through."""
    limit = PAGE if given.limit is UNSET else given.limit
    query = TaskQuery(
        statuses=() if given.status is UNSET else (kinds.status(given.status),),
        priorities=() if given.priority is UNSET else (kinds.priority(given.priority),),
        project_id=or_absent(given.project_id),
        all_projects=given.all_projects,
        tag=or_absent(given.tag),
        quick=None if given.quick is UNSET else kinds.quick_filter(given.quick),
        sort=Sort.CREATED_DESC if given.sort is UNSET else kinds.sort(given.sort),
        limit=limit,
        offset=given.offset,
    )
    whole = DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET
    page = (await call.workspace.tasks.trees(query, most(whole))).value
    active = (await call.workspace.projects.active()).value.project
    named = [size(each.project.name) for each in (page.project, active) if each is not None]
    budget = whole - max(named, default=0)
    rows, lines, cut = fitting(call, page.rows, page.unread, budget, with_project=page.project is None)
    after = given.offset + len(rows)
    structured: dict[str, Any] = {
        "gorevler": rows,
        "toplam": page.total,
        "limit": limit,
        "offset": given.offset,
        "aktif_proje": None if active is None else {"id": active.project.id, "isim": active.project.name},
    }
    notes = [*cut]
    if after < page.total:
        structured["kalan"] = page.total - after
        notes.append(call.say("{left} more: call again with offset {offset}.", left=page.total - after, offset=after))
    heading = _heading(call, page, given.offset, len(rows))
    if not rows:
        return ToolOutcome(text=heading, structured=structured)
    legend = markdown.legend(call.language)
    return ToolOutcome(text="\n".join([heading, *legend, "", *lines, *notes]), structured=structured)


def _heading(call: ToolCall, page: TaskPage, offset: int, shown: int) -> str:
    project = None if page.project is None else markdown.one_line(page.project.project.name)
    if not page.total:
        if project is None:
            return call.say("There are no such tasks.")
        return call.say("There are no such tasks in the project {project}.", project=project)
    if not shown:
        return call.say("Nothing more: there are {total}.", total=page.total)
    place = f"{offset + 1}–{offset + shown} / {page.total}"
    return f"# {call.say('Tasks')} ({place})" + (f" — {project}" if project else "")


LISTING: Final = Tool(
    name="gorev_listele",
    title="List tasks",
    description="Lists and filters tasks as a tree. Without a project: the active one, else all.",
    arguments=ListArguments,
    names=LIST_TOOL,
    handler=list_tasks,
    output={
        "gorevler": "array",
        "toplam": "integer",
        "limit": "integer",
        "offset": "integer",
        "aktif_proje": "object|null",
        "kalan": "integer",
    },
    hints={"quick": "acil: due within 7 days; gecmis: overdue", "tag": "a tag's name"},
    read_only=True,
    errors=OF_PROJECT,
)
