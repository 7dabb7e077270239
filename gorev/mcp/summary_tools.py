"""The tool on the whole workspace (``mcp-tools.md`` §5.1)."""

from __future__ import annotations

from typing import Any, Final

import attrs

from gorev.domain.summary import DAYS_AHEAD, TASKS_SHOWN, Summary
from gorev.domain.task import TaskView
from gorev.domain.values import Priority, Status
from gorev.locale import counts, percent
from gorev.mcp import markdown
from gorev.mcp.budget import DEFAULT_BUDGET, brief_project, size
from gorev.mcp.project_tools import NoArguments
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire.names import PRIORITY_SYMBOL, STATUS_SYMBOL, priority_name, status_name
from gorev.wire.vocabulary import PROJECT_TOOL, SUMMARY, TASK

_ROW: Final = ("id", "title", "status", "priority", "due_date", "project_name")


async def show_summary(call: ToolCall, given: NoArguments) -> ToolOutcome:
    """Numbers, and as many tasks of each list as the budget lets through."""
    summary = (await call.workspace.summary.get(call.language)).value
    if summary.active_project is not None:
        summary = attrs.evolve(summary, active_project=brief_project(summary.active_project))
    for shown in range(TASKS_SHOWN, -1, -1):
        cut = _cut(summary, shown)
        structured = call.encoder.summary(cut, lambda view: _row(call, view))
        lines = _written(call, cut)
        if cut != summary:
            note = call.say("Only the first {count} of each list: gorev_listele shows more.", count=shown)
            structured["aciklama"] = note
            lines += ["", note]
        text = "\n".join(lines)
        if max(size(structured), size(text)) <= DEFAULT_BUDGET:
            break
    return ToolOutcome(text=text, structured=structured)


def _cut(summary: Summary, count: int) -> Summary:
    return attrs.evolve(
        summary,
        high_priority=summary.high_priority[:count],
        overdue=summary.overdue[:count],
        blocked=summary.blocked[:count],
        recent=summary.recent[:count],
    )


def _row(call: ToolCall, view: TaskView) -> dict[str, Any]:
    names = TASK.out(WORDS)
    row = call.encoder.brief(view)
    return {names[name]: row[names[name]] for name in _ROW if names[name] in row}


def _written(call: ToolCall, summary: Summary) -> list[str]:
    project = summary.active_project
    statuses = ", ".join(
        f"{STATUS_SYMBOL[each]} {status_name(each, call.language)} {summary.by_status.get(each, 0)}" for each in Status
    )
    priorities = ", ".join(
        f"{PRIORITY_SYMBOL[each]} {priority_name(each, call.language)} {summary.by_priority.get(each, 0)}"
        for each in reversed(Priority)
    )
    due = call.say(
        "{overdue} overdue, {today} today, {ahead} in the next {days} days",
        overdue=summary.overdue_count,
        today=summary.due_today_count,
        ahead=summary.due_this_week_count,
        days=DAYS_AHEAD,
    )
    lines = [
        f"# {call.say('Summary')}",
        "",
        markdown.project(project, call.language) if project else call.say("No project is active."),
        "",
        ", ".join(
            each.said(call.language)
            for each in (
                counts.projects(summary.project_count),
                counts.tasks(summary.task_count),
                counts.templates(summary.template_count),
            )
        ),
        f"- {call.say('Status')}: {statuses}",
        f"- {call.say('Priority')}: {priorities}",
        f"- {call.say('Completion rate')}: {percent(call.language, summary.completion_rate, 1)}",
        f"- {call.say('Due')}: {due}",
    ]
    sections = (
        (call.say("High priority"), summary.high_priority),
        (call.say("Overdue"), summary.overdue),
        (call.say("Blocked tasks"), summary.blocked),
        (call.say("Recent tasks"), summary.recent),
    )
    for heading, views in sections:
        if views:
            rows = [markdown.row(view, call.language, with_project=True) for view in views]
            lines += ["", f"## {heading}", *rows]
    return lines


_OTHER: Final = {
    "active_project": "object|null",
    "completion_rate": "number",
    **dict.fromkeys(("status_counts", "priority_counts", "due_date_summary"), "object"),
    **dict.fromkeys(("high_priority_tasks", "overdue_tasks", "blocked_tasks", "recent_tasks"), "array"),
}
_OUTPUT: Final = {name: _OTHER.get(name, "integer") for name in SUMMARY.out(WORDS).values()} | {"aciklama": "string"}

TOOLS: Final = (
    Tool(
        name="ozet_goster",
        title="Summary",
        description="The workspace at a glance: counts, due dates, and the tasks that ask for attention.",
        arguments=NoArguments,
        names=PROJECT_TOOL,
        handler=show_summary,
        output=_OUTPUT,
        read_only=True,
    ),
)
