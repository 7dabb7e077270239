"""The tool that searches (``mcp-tools.md`` §4.8)."""

from __future__ import annotations

from typing import Any, Final

from gorev.domain.search.filters import NO_FILTERS
from gorev.domain.search.request import DEFAULT_RESULTS, HistoryRow, Hit, SearchOutcome
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET, clipped, fitting, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode
from gorev.wire.names import PRIORITY_SYMBOL, STATUS_SYMBOL
from gorev.wire.search import HISTORY_ROWS, SearchArguments, filters, history_row, hit, response
from gorev.wire.vocabulary import PRIORITY, SEARCH_TOOL, STATUS

_DESCRIPTION_SHOWN: Final = 100
_QUERY_SHOWN: Final = 200
_UNDERSTOOD_SHOWN: Final = 400


async def search(call: ToolCall, given: SearchArguments) -> ToolOutcome:
    """By text and filters, by a sentence, or what was searched for before."""
    if given.mode == "history":
        return await _history(call, given)
    budget = DEFAULT_BUDGET if given.results is None else ASKED_BUDGET
    if given.mode == "nlp":
        answer = await call.workspace.search.natural(given.text, given.results or DEFAULT_RESULTS)
        return found(call, given.text, answer.value, budget)
    request = given.request(WORDS)
    return found(call, request.query, (await call.workspace.search.search(request)).value, budget)


def found(call: ToolCall, query: str, outcome: SearchOutcome, budget: int) -> ToolOutcome:
    """What a search found, as much as the budget lets through."""
    empty = response(outcome, call.encoder, [])
    head = _head(call, query, outcome)
    spent = max(size(empty), sum(size(line) + 1 for line in head))
    line = _row if outcome.intent is None else _described_row
    rows, lines = fitting(
        outcome.hits,
        budget - spent,
        lambda each: hit(each, call.encoder.words, call.encoder.brief),
        lambda each: line(call, each),
    )
    structured = response(outcome, call.encoder, rows)
    left = outcome.total - len(rows)
    if left and outcome.hits:
        structured["kalan"] = left
        lines.append(call.say("{left} more: ask for more with max_results, or narrow the search.", left=left))
    return ToolOutcome(text="\n".join([*head, *lines]), structured=structured)


def _head(call: ToolCall, query: str, outcome: SearchOutcome) -> list[str]:
    shown = markdown.one_line(query)[:_QUERY_SHOWN] or "–"
    facts = [
        call.say("Query: {query}", query=shown),
        call.say("{count} found", count=outcome.total),
        f"{outcome.elapsed_ms:.1f} ms",
    ]
    if outcome.used_fuzzy:
        facts.append(call.say("with similar spellings"))
    lines = [f"# {call.say('Search')}", " · ".join(facts)]
    if outcome.intent is not None:
        intent = response(outcome, call.encoder, [])["intent"]
        understood = {key: intent[key] for key in ("filters", "time_range", "terms", "references") if intent[key]}
        told = clipped(encode.json(understood).decode(), _UNDERSTOOD_SHOWN)
        lines.append(call.say("Understood: {what}", what=told))
    lines.append("")
    if not outcome.hits:
        lines.append(call.say("Nothing found."))
        if outcome.suggestions:
            lines.append(call.say("Try instead: {words}", words=", ".join(outcome.suggestions)))
    return lines


def _row(call: ToolCall, each: Hit) -> str:
    task = each.view.task
    facts = f"{each.score:.2f}, {STATUS[task.status]}, {PRIORITY[task.priority]}"
    return f"- {STATUS_SYMBOL[task.status]} {markdown.one_line(task.title)} ({facts}) | ID:{task.id}"


def _described_row(call: ToolCall, each: Hit) -> str:
    task = each.view.task
    symbols = f"{STATUS_SYMBOL[task.status]} {PRIORITY_SYMBOL[task.priority]}"
    parts = [f"- {symbols} {markdown.one_line(task.title)}"]
    description = markdown.one_line(task.description[: 2 * _DESCRIPTION_SHOWN])
    if description:
        parts.append(description[:_DESCRIPTION_SHOWN])
    if each.view.project_name:
        parts.append(f"📁 {markdown.one_line(each.view.project_name)}")
    parts += markdown.tags(each.view)
    if task.due_date:
        parts.append(f"📅 {task.due_date.isoformat()}")
    return " | ".join([*parts, f"ID:{task.id}"])


async def _history(call: ToolCall, given: SearchArguments) -> ToolOutcome:
    rows = (await call.workspace.search.history(given.results or HISTORY_ROWS)).value
    budget = DEFAULT_BUDGET if given.results is None else ASKED_BUDGET
    encoded, lines = fitting(
        rows, budget, lambda row: history_row(row, call.encoder), lambda row: _history_line(call, row)
    )
    structured: dict[str, Any] = {"gecmis": encoded}
    left = len(rows) - len(encoded)
    if left:
        structured["kalan"] = left
        lines.append(call.say("{left} more, older: ask for them with limit.", left=left))
    heading = f"# {call.say('Searches made')} ({len(encoded)})"
    return ToolOutcome(text="\n".join([heading, "", *(lines or [call.say("Nothing found.")])]), structured=structured)


def _history_line(call: ToolCall, row: HistoryRow) -> str:
    parts = [f"- {row.created_at.isoformat(timespec='seconds')}", markdown.one_line(row.query)[:_QUERY_SHOWN] or "–"]
    if row.filters != NO_FILTERS:
        parts.append(encode.json(filters(row.filters, WORDS)).decode()[:_QUERY_SHOWN])
    parts += [call.say("{count} found", count=row.result_count), f"{row.elapsed_ms:.1f} ms"]
    return " | ".join(parts)


OUTPUT: Final = {
    "results": "array",
    "total_count": "integer",
    "query_time_ms": "number",
    "used_fuzzy": "boolean",
    "suggestions": "array",
    "intent": "object",
    "kalan": "integer",
}

TOOLS: Final = (
    Tool(
        name="gorev_search",
        title="Search tasks",
        description=(
            'Finds tasks: advanced by words, "phrases", -exclusions and key:value filters, nlp by a sentence in'
            " Turkish or English; history lists earlier searches."
        ),
        arguments=SearchArguments,
        names=SEARCH_TOOL,
        handler=search,
        output={**OUTPUT, "gecmis": "array"},
        hints={
            "filters": "durum, oncelik, proje_id, etiket, son_tarih, olusturma, parent_id, filtre: a value or a list",
            "fuzzy": "also similar spellings",
            "include_completed": "finished tasks as well",
            "limit": "for history",
        },
        read_only=True,
        errors=("missing_parameter",),
    ),
)
