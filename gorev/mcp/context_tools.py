"""The tool on the context of a workspace (``mcp-tools.md`` §4.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain.context import ContextSummary
from gorev.domain.errors import MissingParameter
from gorev.domain.task import TaskView
from gorev.mcp import markdown
from gorev.mcp.budget import DEFAULT_BUDGET, brief_project, fitting, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_answers import told
from gorev.mcp.toolbox import OF_TASK, WORDS, Tool, ToolCall
from gorev.wire import remarks
from gorev.wire.kinds import ContextAction, Key, Text
from gorev.wire.vocabulary import CONTEXT_TOOL

# Of each list in a summary, as the operation yields them (data-model.md §13).
SUMMARY_TASKS: Final = 5

RecentLimit = Annotated[int, Meta(ge=1, le=10)]


class ContextArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_context``."""

    action: ContextAction
    task_id: Text | UnsetType = UNSET
    limit: RecentLimit = 5
    idempotency_key: Key | UnsetType = UNSET


async def context(call: ToolCall, given: ContextArguments) -> ToolOutcome:
    """The active task, the recent ones, or where the work stands."""
    match given.action:
        case "set_active":
            return await _set_active(call, given)
        case "get_active":
            return await _get_active(call)
        case "recent":
            return await _recent(call, given.limit)
        case "summary":
            return await _summary(call)


async def _set_active(call: ToolCall, given: ContextArguments) -> ToolOutcome:
    if given.task_id is UNSET:
        raise MissingParameter(field=CONTEXT_TOOL.out(WORDS)["task_id"])
    done = (await call.workspace.context.set_active(call.actor, given.task_id, call.once)).value
    lines = [call.say("This task is active now."), markdown.row(done.view, call.language)]
    warning = remarks.cancelled(done.cancelled, call.language)
    if done.waiting_for:
        titles = remarks.titles([each.title for each in done.waiting_for])
        warning = call.say("It stays pending, because these are not finished: {titles}.", titles=titles)
    if warning is None:
        return told(call, done.view, lines)
    return told(call, done.view, [*lines, f"⚠️ {warning}"], uyari=warning)


async def _get_active(call: ToolCall) -> ToolOutcome:
    view = (await call.workspace.context.active()).value.view
    if view is None:
        return ToolOutcome(text=call.say("No task is active."), structured={"gorev": None})
    return told(call, view, [f"# {call.say('Active task')}", markdown.row(view, call.language)])


async def _recent(call: ToolCall, limit: int) -> ToolOutcome:
    views = (await call.workspace.context.recent(limit)).value
    if not views:
        return ToolOutcome(text=call.say("No task was used yet."), structured={"gorevler": []})
    rows, lines = fitting(
        views, DEFAULT_BUDGET, call.encoder.brief, lambda view: markdown.row(view, call.language, with_project=True)
    )
    structured: dict[str, Any] = {"gorevler": rows}
    left = len(views) - len(rows)
    if left:
        structured["kalan"] = left
        lines.append(call.say("{left} more: gorev_listele shows all tasks.", left=left))
    heading = f"# {call.say('Recent tasks')} ({len(rows)} / {len(views)})"
    return ToolOutcome(text="\n".join([heading, *markdown.legend(call.language), "", *lines]), structured=structured)


async def _summary(call: ToolCall) -> ToolOutcome:
    """Where the work stands, with as many tasks of each list as the budget lets through."""
    summary = (await call.workspace.context.summary()).value
    for shown in range(SUMMARY_TASKS, -1, -1):
        cut = attrs.evolve(
            summary,
            recent_tasks=summary.recent_tasks[:shown],
            next_priorities=summary.next_priorities[:shown],
            blockers=summary.blockers[:shown],
        )
        structured, lines = _told_summary(call, cut)
        if cut != summary:
            note = call.say("Only the first {count} of each list: gorev_listele shows more.", count=shown)
            structured["aciklama"] = note
            lines += ["", note]
        text = "\n".join(lines)
        if max(size(structured), size(text)) <= DEFAULT_BUDGET:
            break
    return ToolOutcome(text=text, structured=structured)


def _told_summary(call: ToolCall, summary: ContextSummary) -> tuple[dict[str, Any], list[str]]:
    encoder = call.encoder
    project = None if summary.working_project is None else brief_project(summary.working_project)
    structured = {
        "active_task": None if summary.active_task is None else encoder.brief(summary.active_task),
        "recent_tasks": [encoder.brief(view) for view in summary.recent_tasks],
        "working_project": None if project is None else encoder.project(project),
        "session_summary": {
            "created": summary.created,
            "updated": summary.updated,
            "completed": summary.completed,
        },
        "next_priorities": [encoder.brief(view) for view in summary.next_priorities],
        "blockers": [encoder.brief(view) for view in summary.blockers],
    }
    lines = [*markdown.legend(call.language), ""] if summary.active_task or summary.recent_tasks else []
    sections = (
        (call.say("Active task"), [] if summary.active_task is None else [summary.active_task]),
        (call.say("Recent tasks"), summary.recent_tasks),
        (call.say("Next priorities"), summary.next_priorities),
        (call.say("Blocked tasks"), summary.blockers),
    )
    for heading, views in sections:
        lines += [f"## {heading}", *(_rows(views, call) or ["–"]), ""]
    if project is not None:
        lines += [markdown.project(project, call.language), ""]
    lines.append(
        call.say(
            "Lately: {created} created, {updated} updated, {completed} completed.",
            created=summary.created,
            updated=summary.updated,
            completed=summary.completed,
        )
    )
    return structured, lines


def _rows(views: Sequence[TaskView], call: ToolCall) -> list[str]:
    return [markdown.row(view, call.language, with_project=True) for view in views]


TOOLS: Final = (
    Tool(
        name="gorev_context",
        title="Working context",
        description="Sets or shows the task being worked on, the recent ones, or a summary of where the work stands.",
        arguments=ContextArguments,
        names=CONTEXT_TOOL,
        handler=context,
        output={
            "gorev": "object|null",
            "uyari": "string",
            "kesilen": "object",
            "gorevler": "array",
            "kalan": "integer",
            "active_task": "object|null",
            "recent_tasks": "array",
            "working_project": "object|null",
            "session_summary": "object",
            "next_priorities": "array",
            "blockers": "array",
            "aciklama": "string",
        },
        hints={"task_id": "for set_active"},
        reads=frozenset({"get_active", "recent", "summary"}),
        errors=("missing_parameter", *OF_TASK),
    ),
)
