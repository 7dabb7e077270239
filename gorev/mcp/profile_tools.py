"""The tool on filter profiles (``mcp-tools.md`` §4.4)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain import values
from gorev.domain.errors import AsSpelt, MissingParameter
from gorev.domain.profiles import Profile, ProfileDraft
from gorev.mcp import markdown
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.search_tools import found
from gorev.mcp.task_tools import DEFAULT_BUDGET
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Flag, Key, Object, ProfileAction, ProfileId, Text
from gorev.wire.search import filters, profile, profile_request, read_filters
from gorev.wire.vocabulary import PROFILE_TOOL


class ProfileArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_filter_profile``."""

    action: ProfileAction
    name: Text | UnsetType = UNSET
    profile_id: ProfileId | UnsetType = UNSET
    filters: Object | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    search_query: Text | UnsetType = UNSET
    is_default: Flag | UnsetType = UNSET
    defaults_only: Flag = False
    apply: Flag = False
    idempotency_key: Key | UnsetType = UNSET


async def profiles(call: ToolCall, given: ProfileArguments) -> ToolOutcome:
    """Keep a search under a name, use it, list what is kept, or delete one."""
    if given.action != "list" and given.name is UNSET and given.profile_id is UNSET:
        raise MissingParameter(field=AsSpelt(PROFILE_TOOL.out(WORDS)["name"]))
    match given.action:
        case "save":
            return await _save(call, given)
        case "load":
            return await _load(call, given)
        case "list":
            return await _list(call, given)
        case "delete":
            gone = await call.workspace.profiles.delete(or_absent(given.profile_id), or_absent(given.name), call.once)
            return _told(call, call.say("Filter profile deleted."), gone.value)


async def _save(call: ToolCall, given: ProfileArguments) -> ToolOutcome:
    draft = ProfileDraft(
        name=values.UNSET if given.name is UNSET else given.name,
        description=values.UNSET if given.description is UNSET else given.description,
        filters=values.UNSET if given.filters is UNSET else read_filters(given.filters, WORDS),
        search_query=values.UNSET if given.search_query is UNSET else given.search_query,
        is_default=values.UNSET if given.is_default is UNSET else given.is_default,
    )
    saved = await call.workspace.profiles.save(draft, or_absent(given.profile_id), call.once)
    return _told(call, call.say("Filter profile saved."), saved.value)


async def _load(call: ToolCall, given: ProfileArguments) -> ToolOutcome:
    loaded = await call.workspace.profiles.load(or_absent(given.profile_id), or_absent(given.name), call.once)
    told = _told(call, call.say("Filter profile loaded."), loaded.value)
    if not given.apply:
        return told
    request = profile_request(loaded.value, WORDS)
    spent = max(len(told.text.encode()), len(encode.json(told.structured)))
    outcome = (await call.workspace.search.search(request)).value
    results = found(call, request.query, outcome, DEFAULT_BUDGET - spent)
    return ToolOutcome(text=f"{told.text}\n\n{results.text}", structured={**told.structured, **results.structured})


async def _list(call: ToolCall, given: ProfileArguments) -> ToolOutcome:
    every = (await call.workspace.profiles.every(defaults_only=given.defaults_only)).value
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    spent_rows = spent_lines = 0
    for each in every:
        encoded, line = profile(each, call.encoder), _line(call, each)
        spent_rows += len(encode.json(encoded)) + 1
        spent_lines += len(line.encode()) + 1
        if rows and max(spent_rows, spent_lines) > DEFAULT_BUDGET:
            break
        rows.append(encoded)
        lines.append(line)
    structured: dict[str, Any] = {"profiller": rows}
    left = len(every) - len(rows)
    if left:
        structured["kalan"] = left
        lines.append(call.say("{left} more are not shown: load one by its name.", left=left))
    heading = f"# {call.say('Filter profiles')} ({len(every)})"
    return ToolOutcome(text="\n".join([heading, "", *lines]), structured=structured)


def _told(call: ToolCall, said: str, kept: Profile) -> ToolOutcome:
    lines = [said, _line(call, kept)]
    if kept.description:
        lines.append(markdown.one_line(kept.description)[:500])
    return ToolOutcome(text="\n".join(lines), structured={"profil": profile(kept, call.encoder)})


def _line(call: ToolCall, each: Profile) -> str:
    parts = [f"- {markdown.one_line(each.name)} (ID: {each.id})"]
    if each.is_default:
        parts.append(call.say("shipped with Gorev"))
    if each.filters.selects:
        parts.append(encode.json(filters(each.filters, WORDS)).decode()[:500])
    if each.search_query:
        parts.append(call.say("Query: {query}", query=markdown.one_line(each.search_query)[:200]))
    parts.append(call.say("used {count} times", count=each.use_count))
    return " | ".join(parts)


TOOLS: Final = (
    Tool(
        name="gorev_filter_profile",
        title="Filter profiles",
        description="Keeps searches under a name: saves, loads (and runs), lists or deletes one.",
        arguments=ProfileArguments,
        names=PROFILE_TOOL,
        handler=profiles,
        output={
            "profil": "object",
            "profiller": "array",
            "results": "array",
            "total_count": "integer",
            "kalan": "integer",
        },
        hints={"apply": "load: also search", "filters": "as in gorev_search", "profile_id": "instead of name"},
        reads=frozenset({"list"}),
        idempotent=False,
    ),
)
