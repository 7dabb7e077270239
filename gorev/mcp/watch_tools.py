"""The tool on watched files (``mcp-tools.md`` §4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import MissingParameter, NothingGiven
from gorev.domain.watches import Watch, WatchState
from gorev.locale import counts
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import OF_TASK, WORDS, Tool, ToolCall
from gorev.wire import encode
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Key, Offset, Text, WatchAction, WatchId
from gorev.wire.vocabulary import WATCH_TOOL

_STATE_TEXT: Final = {
    WatchState.IDLE: "Nothing is watched in any workspace.",
    WatchState.WATCHING: "Watching works.",
    WatchState.DEGRADED: "The system lets no more folders be watched, so some changes go unnoticed.",
    WatchState.UNAVAILABLE: "The system does not let files be watched; the log says why.",
}


class WatchArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_file_watch``."""

    action: WatchAction
    file_path: Text | UnsetType = UNSET
    task_id: Text | UnsetType = UNSET
    watch_id: WatchId | UnsetType = UNSET
    offset: Offset | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def file_watch(call: ToolCall, given: WatchArguments) -> ToolOutcome:
    """Watch a file for a task, end that, or tell what is watched."""
    match given.action:
        case "add":
            return await _add(call, given)
        case "remove":
            return await _remove(call, given)
        case "list":
            return await _list(call, given)
        case "stats":
            return await _stats(call)


async def _add(call: ToolCall, given: WatchArguments) -> ToolOutcome:
    names = WATCH_TOOL.out(WORDS)
    if given.file_path is UNSET:
        raise MissingParameter(field=names["file_path"])
    if given.task_id is UNSET:
        raise MissingParameter(field=names["task_id"])
    watch = (await call.workspace.watches.add(given.task_id, given.file_path, call.once)).value
    return _told(call, call.say("This is watched:"), [watch])


async def _remove(call: ToolCall, given: WatchArguments) -> ToolOutcome:
    if given.file_path is UNSET and given.watch_id is UNSET:
        raise NothingGiven(fields=[WATCH_TOOL.out(WORDS)[name] for name in ("file_path", "watch_id")])
    removed = await call.workspace.watches.remove(
        path=or_absent(given.file_path),
        task_id=or_absent(given.task_id),
        watch_id=or_absent(given.watch_id),
        once=call.once,
    )
    return _told(call, call.say("This is not watched any more:"), removed.value.watches)


async def _list(call: ToolCall, given: WatchArguments) -> ToolOutcome:
    operations = call.workspace.watches
    reading = operations.every() if given.task_id is UNSET else operations.of_task(given.task_id)
    watches = (await reading).value.watches
    if not watches:
        return ToolOutcome(text=call.say("No file is watched."), structured={"izlemeler": [], "toplam": 0})
    asked = given.offset is not UNSET
    offset = given.offset if isinstance(given.offset, int) else 0
    heading = f"# {call.say('Watched files')} ({len(watches)})"
    return _told(call, heading, watches[offset:], offset, ASKED_BUDGET if asked else DEFAULT_BUDGET)


def _told(
    call: ToolCall, heading: str, watches: Sequence[Watch], offset: int = 0, budget: int = DEFAULT_BUDGET
) -> ToolOutcome:
    """As many watches as the budget lets through."""
    rows: list[dict[str, Any]] = []
    lines = [heading]
    spent = 0
    for watch in watches:
        (row,) = call.encoder.watches([watch])
        line = f"{markdown.watch(watch)} | ID:{watch.task_id}"
        spent += max(len(encode.json(row)), len(line.encode())) + 1
        if rows and spent > budget:
            break
        rows.append(row)
        lines.append(line)
    left = len(watches) - len(rows)
    structured: dict[str, Any] = {"izlemeler": rows, "toplam": offset + len(watches)}
    if left:
        structured["kalan"] = left
        after = offset + len(rows)
        lines.append(call.say("{left} more: call again with offset {offset}.", left=left, offset=after))
    return ToolOutcome(text="\n".join(lines), structured=structured)


async def _stats(call: ToolCall) -> ToolOutcome:
    operations = call.workspace.watches
    statistics = operations.statistics()
    encoded = call.encoder.watch_statistics(statistics, allows_outside=operations.allows_outside)
    lines = [
        call.say(
            "{watches} of {paths} for {tasks}.",
            watches=counts.watches(statistics.watches),
            paths=counts.paths(statistics.paths),
            tasks=counts.tasks(statistics.tasks),
        ),
        call.say(
            "Events seen: {events}; changes recorded: {changes}; too many at once and lost: {dropped}.",
            events=statistics.events,
            changes=statistics.changes,
            dropped=statistics.dropped,
        ),
        call.say(_STATE_TEXT[statistics.state]),
        *(
            f"- {key}: {', '.join(value) if isinstance(value, list) else encode.json(value).decode()}"
            for key, value in encoded["configuration"].items()
        ),
    ]
    return ToolOutcome(text="\n".join(lines), structured={"istatistik": encoded})


TOOLS: Final = (
    Tool(
        name="gorev_file_watch",
        title="Watch files",
        description=(
            "Watches a file, folder or pattern such as src/*.py for a task: changes are recorded and start a pending"
            " task."
        ),
        arguments=WatchArguments,
        names=WATCH_TOOL,
        handler=file_watch,
        output={"izlemeler": "array", "toplam": "integer", "kalan": "integer", "istatistik": "object"},
        hints={"file_path": "for add and remove; relative to the workspace", "task_id": "for add; a filter elsewhere"},
        reads=frozenset({"list", "stats"}),
        errors=("missing_parameter", *OF_TASK, "watch_not_found", "path_not_allowed"),
    ),
)
