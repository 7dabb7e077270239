"""The tool that suggests what to do next (``mcp-tools.md`` §5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain.suggestion import Reason, Suggestion, SuggestionKind
from gorev.domain.values import Status
from gorev.locale import counts, percent
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode
from gorev.wire.kinds import SuggestionTokens, Text
from gorev.wire.vocabulary import STATUS, SUGGESTION_TOOL, TASK

Limit = Annotated[int, Meta(ge=1, le=100)]

DEFAULT_LIMIT: Final = 10
TITLE_SHOWN: Final = 120


class SuggestionArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_suggestions``."""

    context: Text = ""
    limit: Limit | UnsetType = UNSET
    types: SuggestionTokens | UnsetType = UNSET


async def suggest(call: ToolCall, given: SuggestionArguments) -> ToolOutcome:
    """The most pressing suggestions, as many as the budget lets through."""
    kinds = tuple(SuggestionKind) if given.types is UNSET else tuple(map(SuggestionKind, given.types))
    limit = DEFAULT_LIMIT if given.limit is UNSET else given.limit
    budget = DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET
    found = (await call.workspace.advice.suggest(call.language, given.context, limit, kinds)).value
    shown = list(found.shown)
    while True:
        items = [_item(call, each) for each in shown]
        structured: dict[str, Any] = {"suggestions": items, "total_count": found.total}
        lines = _written(call, shown, items, found.total)
        left = found.total - len(shown)
        if left:
            structured["kalan"] = left
            lines.append(call.say("{left} more: ask for more with limit, or name types.", left=left))
        text = "\n".join(lines)
        if len(shown) <= 1 or max(len(encode.json(structured)), len(text.encode())) <= budget:
            return ToolOutcome(text=text, structured=structured)
        shown.pop()


def _item(call: ToolCall, suggestion: Suggestion) -> dict[str, Any]:
    title, description = _said(call, suggestion)
    return {
        "type": suggestion.rule.kind.value,
        "priority": suggestion.rule.level.value,
        "title": title,
        "description": description,
        "action": _action(suggestion),
        "context": _context(suggestion),
        "confidence": suggestion.confidence,
        "task_id": suggestion.view.task.id if suggestion.view else None,
    }


def _said(call: ToolCall, suggestion: Suggestion) -> tuple[str, str]:
    """Title and description in the caller's language."""
    name = _name(suggestion)
    number = int(suggestion.number or 0)
    match suggestion.reason:
        case Reason.OVERDUE:
            return call.say("Overdue: {title}", title=name), markdown.overdue(number, call.language)
        case Reason.DUE_SOON:
            left = markdown.left(number, call.language) if number else call.say("due today")
            return call.say("Due soon: {title}", title=name), left
        case Reason.STARTABLE:
            why = call.say("Its priority is high, and it waits for nothing.")
            return call.say("Start: {title}", title=name), why
        case Reason.LINGERING:
            since = "" if suggestion.view is None else suggestion.view.task.updated_at.date().isoformat()
            why = call.say("It is in progress and has not changed since {date}.", date=since)
            return call.say("Finish: {title}", title=name), why
        case Reason.SIMILAR:
            why = call.say("It is completed, and it is about: {words}.", words=", ".join(suggestion.shared))
            return call.say("Similar: {title}", title=name), why
        case Reason.FITTING_TEMPLATE:
            why = call.say("Its words occur {times} in the tasks changed last.", times=counts.times(number))
            return call.say("Template: {title}", title=name), why


def _name(suggestion: Suggestion) -> str:
    name = suggestion.template.name if suggestion.template else ""
    if suggestion.view is not None:
        name = markdown.one_line(suggestion.view.task.title)
    return name if len(name) <= TITLE_SHOWN else f"{name[:TITLE_SHOWN]}…"


def _action(suggestion: Suggestion) -> str:
    """The call that would follow the suggestion."""
    if suggestion.view is None:
        return "template_listele"
    task_id, names = suggestion.view.task.id, TASK.out(WORDS)
    match suggestion.reason:
        case Reason.STARTABLE | Reason.DUE_SOON:
            return f"gorev_guncelle id='{task_id}' {names['status']}='{STATUS[Status.IN_PROGRESS]}'"
        case Reason.LINGERING:
            return f"gorev_guncelle id='{task_id}' {names['status']}='{STATUS[Status.COMPLETED]}'"
    return f"gorev_detay id='{task_id}'"


def _context(suggestion: Suggestion) -> dict[str, Any]:
    match suggestion.reason:
        case Reason.OVERDUE:
            return {"days_overdue": int(suggestion.number or 0)}
        case Reason.DUE_SOON:
            return {"days_left": int(suggestion.number or 0)}
        case Reason.SIMILAR:
            return {"similarity": suggestion.number, "shared_words": list(suggestion.shared)}
        case Reason.FITTING_TEMPLATE if suggestion.template is not None:
            template = suggestion.template
            return {"template_id": template.id, "alias": template.alias, "count": int(suggestion.number or 0)}
    return {}


def _written(call: ToolCall, shown: Sequence[Suggestion], items: Sequence[dict[str, Any]], total: int) -> list[str]:
    if not shown:
        return [call.say("There is nothing to suggest.")]
    headings = {
        SuggestionKind.DEADLINE_RISK: call.say("Deadlines at risk"),
        SuggestionKind.NEXT_ACTION: call.say("Next actions"),
        SuggestionKind.SIMILAR_TASK: call.say("Similar tasks"),
        SuggestionKind.TEMPLATE: call.say("Templates that fit"),
    }
    lines = [f"# {call.say('Suggestions')} ({len(shown)} / {total})"]
    for kind in SuggestionKind:
        of_kind = [item for item in items if item["type"] == kind.value]
        if of_kind:
            lines += ["", f"## {headings[kind]}"]
        for item in of_kind:
            related = item["task_id"] or item["context"]["template_id"]
            lines.append(f"- **{item['title']}** — {item['description']}")
            lines.append(f"  `{item['action']}` | {percent(call.language, item['confidence'] * 100)} | ID:{related}")
    return lines


TOOLS: Final = (
    Tool(
        name="gorev_suggestions",
        title="Suggestions",
        description="Suggests what to do next: deadlines at risk, next actions, similar finished tasks, templates.",
        arguments=SuggestionArguments,
        names=SUGGESTION_TOOL,
        handler=suggest,
        output={"suggestions": "array", "total_count": "integer", "kalan": "integer"},
        hints={"context": "text that tasks are compared with, beside the active task", "limit": "default: 10"},
        read_only=True,
    ),
)
