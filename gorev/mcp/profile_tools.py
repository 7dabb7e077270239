"""The tool on filter profiles (``mcp-tools.md`` §4.4)."""

from __future__ import annotations

from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain import values
from gorev.domain.errors import AsSpelt, InvalidValue, MissingParameter, NothingGiven
from gorev.domain.profiles import Profile, ProfileDraft
from gorev.locale import counts
from gorev.mcp import markdown
from gorev.mcp.budget import DEFAULT_BUDGET, clipped, fitting, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.search_tools import OUTPUT, found
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Flag, Key, Object, ProfileAction, ProfileId, Text
from gorev.wire.search import filters, profile, profile_request, read_filters
from gorev.wire.vocabulary import PROFILE_TOOL

_SHOWN_CHARACTERS: Final = 200
_DESCRIPTION_CHARACTERS: Final = 2_000
_FILTERS_BYTES: Final = 10_000  # a profile is told whole when it is loaded


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
        name, number = AsSpelt("name"), AsSpelt("profile_id")
        raise MissingParameter(field=name) if given.action == "save" else NothingGiven(fields=[name, number])
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
    if given.filters is not UNSET and size(given.filters) > _FILTERS_BYTES:
        raise InvalidValue(field="filters", value="…", allowed="at most {limit} characters", limit=_FILTERS_BYTES)
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
    spent = max(size(told.text), size(told.structured))
    outcome = (await call.workspace.search.search(request)).value
    results = found(call, request.query, outcome, DEFAULT_BUDGET - spent)
    return ToolOutcome(text=f"{told.text}\n\n{results.text}", structured={**told.structured, **results.structured})


async def _list(call: ToolCall, given: ProfileArguments) -> ToolOutcome:
    every = (await call.workspace.profiles.every(defaults_only=given.defaults_only)).value
    rows, lines = fitting(every, DEFAULT_BUDGET, lambda each: _row(call, each), lambda each: _line(call, each))
    structured: dict[str, Any] = {"profiller": rows}
    left = len(every) - len(rows)
    if left:
        structured["kalan"] = left
        lines.append(call.say("{left} more are not shown: load one by its name.", left=left))
    heading = f"# {call.say('Filter profiles')} ({len(every)})"
    return ToolOutcome(text="\n".join([heading, "", *lines]), structured=structured)


def _told(call: ToolCall, said: str, kept: Profile) -> ToolOutcome:
    kept = attrs.evolve(kept, description=clipped(kept.description, _DESCRIPTION_CHARACTERS))
    lines = [said, _line(call, kept)]
    if kept.description:
        lines.append(kept.description)
    return ToolOutcome(text="\n".join(lines), structured={"profil": profile(kept, call.encoder)})


def _row(call: ToolCall, each: Profile) -> Object:
    """A profile as the list has it: its filters only if they are few."""
    row = profile(attrs.evolve(each, description=clipped(each.description, _SHOWN_CHARACTERS)), call.encoder)
    if size(row["filters"]) > 2 * _SHOWN_CHARACTERS:
        del row["filters"]
    return row


def _line(call: ToolCall, each: Profile) -> str:
    parts = [f"- {markdown.one_line(each.name)} (ID: {each.id})"]
    if each.is_default:
        parts.append(call.say("shipped with Gorev"))
    if each.filters.selects:
        parts.append(clipped(encode.json(filters(each.filters, WORDS)).decode(), 2 * _SHOWN_CHARACTERS))
    if each.search_query:
        query = clipped(markdown.one_line(each.search_query), _SHOWN_CHARACTERS)
        parts.append(call.say("Query: {query}", query=query))
    parts.append(call.say("used {times}", times=counts.times(each.use_count)))
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
            **{name: type_ for name, type_ in OUTPUT.items() if name != "intent"},
        },
        hints={"apply": "load: also search", "filters": "as in gorev_search", "profile_id": "instead of name"},
        reads=frozenset({"list"}),
        idempotent=False,
        errors=("missing_parameter", "profile_not_found", "default_profile"),
    ),
)
