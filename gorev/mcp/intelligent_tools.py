"""The tool that makes a task with what its words tell (``mcp-tools.md`` §5.5)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain import values
from gorev.domain.judgement import STEPS_MADE
from gorev.domain.task import NewTask
from gorev.locale import decimal, percent, plural
from gorev.mcp import markdown
from gorev.mcp.budget import DEFAULT_BUDGET, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_answers import TASK_OUTPUT, told
from gorev.mcp.toolbox import Tool, ToolCall
from gorev.services.advice import Fulfilled, Wish
from gorev.wire.kinds import Flag, Key, Text
from gorev.wire.names import priority_name
from gorev.wire.vocabulary import INTELLIGENT_TOOL, PRIORITY

ALIKE_WRITTEN: Final = 3
WORDS_WRITTEN: Final = 8


class IntelligentArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_intelligent_create``."""

    title: Text
    description: Text = ""
    auto_split: Flag = False
    estimate_time: Flag = False
    smart_priority: Flag = False
    suggest_template: Flag = False
    project_id: Text | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def create(call: ToolCall, given: IntelligentArguments) -> ToolOutcome:
    """Make a task, with subtasks if they are wished for, and tell what was found out."""
    wish = Wish(
        task=NewTask(
            title=given.title,
            description=given.description,
            project_id=values.UNSET if given.project_id is UNSET else given.project_id or values.UNSET,
        ),
        divide=given.auto_split,
        estimate=given.estimate_time,
        judge_priority=given.smart_priority,
        recommend_template=given.suggest_template,
    )
    made = (await call.workspace.advice.create(call.actor, wish, call.language, call.once)).value
    similar: list[dict[str, Any]] = [
        {
            "task": call.encoder.brief(each.view),
            "similarity": each.similarity,
            "shared_words": list(each.shared[:WORDS_WRITTEN]),
        }
        for each in made.alike
    ]
    structured = {
        "alt_gorevler": [call.encoder.brief(view) for view in made.subtasks],
        "suggested_priority": PRIORITY[made.view.task.priority],
        "estimated_hours": made.estimate.hours if made.estimate else None,
        "recommended_template": made.template.alias if made.template else None,
        "similar_tasks": similar,
        "confidence": _confidence(made),
    }
    while similar and size(structured) > 3 * DEFAULT_BUDGET // 4:
        similar.pop()
    return told(call, made.view, _written(call, made), **structured)


def _confidence(made: Fulfilled) -> dict[str, float]:
    """How sure each finding is; 0 of what was not asked for or not found."""
    return {
        "priority": made.priority.confidence if made.priority else 0.0,
        "time": made.estimate.confidence if made.estimate else 0.0,
        "template": made.template.confidence if made.template else 0.0,
        "subtask": len(made.subtasks) / made.steps_found if made.steps_found else 0.0,
    }


def _written(call: ToolCall, made: Fulfilled) -> list[str]:
    task, sure = made.view.task, _confidence(made)
    lines = [
        call.say("Task created."),
        markdown.one_line(task.title),
        f"ID: {task.id}",
        f"{call.say('Priority')}: {priority_name(task.priority, call.language)}"
        + (_percent(sure["priority"], call.language) if made.priority else ""),
    ]
    if made.estimate:
        hours = call.say("Estimated hours: {hours}", hours=decimal(call.language, made.estimate.hours, 1))
        lines.append(hours + _percent(sure["time"], call.language))
    if task.project_id:
        lines.append(
            f"{call.say('Project')}: {markdown.one_line(made.view.project_name or '')} (ID: {task.project_id})"
        )
    if made.template:
        advice = call.say("A template would fit: {alias}", alias=made.template.alias)
        lines.append(advice + _percent(sure["template"], call.language))
    if made.subtasks:
        lines += ["", f"## {call.say('Subtasks')}{_percent(sure['subtask'], call.language)}"]
        lines += [markdown.row(view, call.language) for view in made.subtasks]
        left = made.steps_found - len(made.subtasks)
        if left:
            lines.append(
                plural(
                    call.language,
                    "{count} more step was found; at most {most} become subtasks.",
                    "{count} more steps were found; at most {most} become subtasks.",
                    left,
                    most=STEPS_MADE,
                )
            )
    if made.alike:
        lines += ["", f"## {call.say('Similar tasks')}"]
        for each in made.alike[:ALIKE_WRITTEN]:
            shared = ", ".join(each.shared[:WORDS_WRITTEN])
            lines.append(
                f"{markdown.row(each.view, call.language)} | {shared}{_percent(each.similarity, call.language)}"
            )
    return lines


def _percent(confidence: float, language: str) -> str:
    return f" ({percent(language, confidence * 100)})"


TOOLS: Final = (
    Tool(
        name="gorev_intelligent_create",
        title="Create a task with help",
        description="Makes a task and finds out what its words tell: priority, hours, a template, steps as subtasks.",
        arguments=IntelligentArguments,
        names=INTELLIGENT_TOOL,
        handler=create,
        output={
            **TASK_OUTPUT,
            "alt_gorevler": "array",
            "suggested_priority": "string",
            "estimated_hours": "number|null",
            "recommended_template": "string|null",
            "similar_tasks": "array",
            "confidence": "object",
        },
        hints={"auto_split": "listed steps become subtasks", "project_id": "default: the active project"},
        idempotent=False,
        errors=("project_not_found", "ambiguous_id"),
    ),
)
