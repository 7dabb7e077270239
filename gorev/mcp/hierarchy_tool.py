"""The tool on subtasks: makes one, moves one, shows them (``mcp-tools.md`` §4.2)."""

from __future__ import annotations

from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import ConflictingAlias, MissingParameter, NothingGiven
from gorev.domain.task import NewTask, TaskChange
from gorev.domain.values import Priority
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET, PAGE, beginning, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_answers import TASK_OUTPUT, told
from gorev.mcp.task_trees import Limit, part, subtasks
from gorev.mcp.toolbox import OF_TASK, WORDS, Tool, ToolCall
from gorev.wire import kinds
from gorev.wire.decode import or_absent
from gorev.wire.kinds import DueDate, HierarchyAction, Key, Offset, PriorityToken, Rev, Tags, Text
from gorev.wire.vocabulary import HIERARCHY, HIERARCHY_TOOL


class HierarchyArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_hierarchy``."""

    action: HierarchyAction
    parent_id: Text | UnsetType | None = UNSET
    task_id: Text | UnsetType = UNSET
    new_parent_id: Text | UnsetType | None = UNSET
    title: Text | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    due_date: DueDate | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET
    offset: Offset = 0
    rev: Rev | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def hierarchy(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    """Subtasks: make one, move one, show them."""
    match given.action:
        case "create_subtask":
            return await _create_subtask(call, given)
        case "change_parent":
            return await _change_parent(call, given)
        case "show":
            return await _show_hierarchy(call, given)


async def _create_subtask(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    parent = given.parent_id or given.task_id
    if not isinstance(parent, str):
        raise MissingParameter(field="parent_id")
    _refuse_two(parent_id=given.parent_id, task_id=given.task_id)
    if given.title is UNSET:
        raise MissingParameter(field="title")
    new = NewTask(
        title=given.title,
        description="" if given.description is UNSET else given.description,
        priority=Priority.MEDIUM if given.priority is UNSET else kinds.priority(given.priority),
        parent_id=parent,
        due_date=None if given.due_date is UNSET else kinds.due_date(given.due_date),
        tags=() if given.tags is UNSET else tuple(given.tags),
    )
    view = (await call.workspace.tasks.create(call.actor, new, call.once)).value
    return told(call, view, [call.say("Subtask created."), markdown.one_line(view.task.title), f"ID: {view.task.id}"])


async def _change_parent(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    if given.task_id is UNSET:
        raise MissingParameter(field=HIERARCHY_TOOL.out(WORDS)["task_id"])
    _refuse_two(new_parent_id=given.new_parent_id, parent_id=given.parent_id)
    parent = given.parent_id if given.new_parent_id is UNSET else given.new_parent_id
    change = TaskChange(parent_id=parent if isinstance(parent, str) and parent else None)
    rev = or_absent(given.rev)
    changed = (await call.workspace.tasks.change(call.actor, given.task_id, change, rev, call.once)).value
    task = changed.view.task
    place = (
        call.say("It is a root task now.")
        if task.parent_id is None
        else call.say("Its parent is {parent} now.", parent=task.parent_id)
    )
    return told(call, changed.view, [markdown.one_line(task.title), f"ID: {task.id}", place])


def _refuse_two(**given: str | UnsetType | None) -> None:
    """Do nothing unless the parent is named under two names, differently.

    @raise ConflictingAlias: it is (rule N3).
    """
    if not any(each is UNSET for each in given.values()) and len({each or "" for each in given.values()}) > 1:
        raise ConflictingAlias(keys=[HIERARCHY_TOOL.out(WORDS)[name] for name in given])


async def _show_hierarchy(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    target = given.task_id or given.parent_id
    if not isinstance(target, str):
        raise NothingGiven(fields=[HIERARCHY_TOOL.out(WORDS)[name] for name in ("task_id", "parent_id")])
    budget = DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET
    wanted = part(budget, PAGE if given.limit is UNSET else given.limit, given.offset)
    shown = (await call.workspace.tasks.hierarchy(target, wanted)).value
    names = HIERARCHY.out(WORDS)
    above = beginning(shown.ancestors, budget // 3, lambda view: size(call.encoder.brief(view))) or shown.ancestors[:1]
    missing = len(shown.ancestors) - len(above)
    structured: dict[str, Any] = call.encoder.hierarchy(attrs.evolve(shown, ancestors=(), children=()))
    structured[names["task"]] = call.encoder.brief(shown.view)
    structured[names["ancestors"]] = [call.encoder.brief(view) for view in above]
    head = [markdown.hierarchy(attrs.evolve(shown, ancestors=tuple(above)), call.language)]
    if missing:
        structured["kesilen"] = {names["ancestors"]: missing}
        head.append(
            call.say("{count} more above: show the one named first, {id}.", count=missing, id=above[-1].task.id)
        )
    rows, lines, left = subtasks(call, shown, budget - max(sum(map(size, head)), size(structured)), given.offset)
    structured[names["children"]] = rows
    if left:
        structured["kalan"] = left
    legend = markdown.legend(call.language) if rows else []
    return ToolOutcome(text="\n".join([*head, *legend, "", *lines]), structured=structured)


SUBTASKS: Final = Tool(
    name="gorev_hierarchy",
    title="Subtasks",
    description="Makes a subtask, moves a task elsewhere in the tree, or shows a task's ancestors and subtasks.",
    arguments=HierarchyArguments,
    names=HIERARCHY_TOOL,
    handler=hierarchy,
    output={
        **TASK_OUTPUT,
        "ust_gorevler": "array",
        "alt_gorevler": "array",
        "toplam_alt_gorev": "integer",
        "tamamlanan_alt": "integer",
        "devam_eden_alt": "integer",
        "beklemede_alt": "integer",
        "iptal_alt": "integer",
        "ilerleme_yuzdesi": "number",
        "kalan": "integer",
    },
    hints={
        "new_parent_id": "empty: make it a root task",
        "parent_id": "for create_subtask",
        "task_id": "for the others",
        "limit": "for show",
    },
    reads=frozenset({"show"}),
    idempotent=False,
    errors=("missing_parameter", *OF_TASK, "parent_not_found", "project_mismatch", "cycle_detected"),
)
