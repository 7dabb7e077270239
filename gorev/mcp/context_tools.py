"""The tool on the context of a workspace (``mcp-tools.md`` §4.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain.errors import MissingParameter
from gorev.domain.task import TaskView
from gorev.mcp import markdown
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire.kinds import ContextAction, Key, Text
from gorev.wire.vocabulary import CONTEXT_TOOL

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
    structured: dict[str, Any] = {"gorev": call.encoder.task(done.view)}
    if done.waiting_for:
        titles = ", ".join(markdown.one_line(each.title) for each in done.waiting_for)
        warning = call.say("It stays pending, because these are not finished: {titles}.", titles=titles)
        lines.append(f"⚠️ {warning}")
        structured["uyari"] = warning
    return ToolOutcome(text="\n".join(lines), structured=structured)


async def _get_active(call: ToolCall) -> ToolOutcome:
    view = (await call.workspace.context.active()).value.view
    if view is None:
        return ToolOutcome(text=call.say("No task is active."), structured={"gorev": None})
    return ToolOutcome(text=markdown.row(view, call.language), structured={"gorev": call.encoder.task(view)})


async def _recent(call: ToolCall, limit: int) -> ToolOutcome:
    views = (await call.workspace.context.recent(limit)).value
    heading = f"# {call.say('Recent tasks')} ({len(views)})"
    return ToolOutcome(
        text="\n".join([heading, "", *_rows(views, call)]),
        structured={"gorevler": [call.encoder.brief(view) for view in views]},
    )


async def _summary(call: ToolCall) -> ToolOutcome:
    summary = (await call.workspace.context.summary()).value
    encoder = call.encoder
    structured = {
        "active_task": None if summary.active_task is None else encoder.brief(summary.active_task),
        "recent_tasks": [encoder.brief(view) for view in summary.recent_tasks],
        "working_project": None if summary.working_project is None else encoder.project(summary.working_project),
        "session_summary": {
            "created": summary.created,
            "updated": summary.updated,
            "completed": summary.completed,
        },
        "next_priorities": [encoder.brief(view) for view in summary.next_priorities],
        "blockers": [encoder.brief(view) for view in summary.blockers],
    }
    lines: list[str] = []
    sections = (
        (call.say("Active task"), [] if summary.active_task is None else [summary.active_task]),
        (call.say("Recent tasks"), summary.recent_tasks),
        (call.say("Next priorities"), summary.next_priorities),
        (call.say("Blocked tasks"), summary.blockers),
    )
    for heading, views in sections:
        lines += [f"## {heading}", *(_rows(views, call) or ["–"]), ""]
    if summary.working_project is not None:
        lines += [markdown.project(summary.working_project, call.language), ""]
    lines.append(
        call.say(
            "Lately: {created} created, {updated} updated, {completed} completed.",
            created=summary.created,
            updated=summary.updated,
            completed=summary.completed,
        )
    )
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _rows(views: Sequence[TaskView], call: ToolCall) -> list[str]:
    return [markdown.row(view, call.language) for view in views]


TOOLS: Final = (
    Tool(
        name="gorev_context",
        title="Working context",
        description="Sets or shows the task being worked on, the recent ones, or a summary of where the work stands.",
        arguments=ContextArguments,
        names=CONTEXT_TOOL,
        handler=context,
        output={"gorev": "object|null", "gorevler": "array", "active_task": "object|null", "uyari": "string"},
        hints={"task_id": "for set_active"},
        reads=frozenset({"get_active", "recent", "summary"}),
    ),
)
