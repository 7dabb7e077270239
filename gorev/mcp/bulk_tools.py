"""The tool that changes many tasks at once (``mcp-tools.md`` §4.3)."""

from __future__ import annotations

import time
from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET, UnsetType
from twisted.internet.defer import Deferred

from gorev.domain import values
from gorev.domain.bulk import BulkOutcome, Failed, Note, TagChange
from gorev.domain.errors import ConflictingAlias, MissingParameter
from gorev.domain.task import TaskChange
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.services.store import Answer
from gorev.wire import errors, kinds
from gorev.wire.decode import decode
from gorev.wire.encode import field_name
from gorev.wire.kinds import (
    BulkKind,
    DueDate,
    Flag,
    Ids,
    Key,
    Object,
    PriorityToken,
    StatusToken,
    Tags,
    TagWord,
    Text,
    Updates,
)
from gorev.wire.vocabulary import BATCH_TOOL, BULK_DATA, BULK_TOOL


class BulkData(msgspec.Struct, kw_only=True):
    """What is to be done with each task."""

    status: StatusToken | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    title: Text | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    due_date: DueDate | UnsetType | None = UNSET
    project_id: Text | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    how: TagWord | UnsetType = UNSET
    force: Flag | UnsetType = UNSET
    check_dependencies: Flag | UnsetType = UNSET
    dry_run: Flag | UnsetType = UNSET

    def change(self) -> TaskChange:
        """The change of an update."""
        return TaskChange(
            title=values.UNSET if self.title is UNSET else self.title,
            description=values.UNSET if self.description is UNSET else self.description,
            status=values.UNSET if self.status is UNSET else kinds.status(self.status),
            priority=values.UNSET if self.priority is UNSET else kinds.priority(self.priority),
            project_id=values.UNSET if self.project_id is UNSET else self.project_id or None,
            due_date=values.UNSET if self.due_date is UNSET else kinds.due_date(self.due_date),
            tags=values.UNSET if self.tags is UNSET else tuple(self.tags),
        )


class BulkArguments(BulkData, kw_only=True):
    """Arguments of ``gorev_bulk``; the keys of ``data`` may stand beside it."""

    operation: BulkKind
    ids: Ids
    data: Object | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


class BatchArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_batch_update``: an id and fields, for each task."""

    updates: Updates
    dry_run: Flag = False
    idempotency_key: Key | UnsetType = UNSET


async def batch_update(call: ToolCall, given: BatchArguments) -> ToolOutcome:
    """Change each task in its own way."""
    begun = time.perf_counter()
    pairs: list[tuple[str, TaskChange]] = []
    unknown: dict[str, None] = {}
    for update in given.updates:
        id_ = update.get("id")
        if not isinstance(id_, str):
            raise MissingParameter(field="updates[].id")
        fields = {key: value for key, value in update.items() if key != "id"}
        decoded = decode(BulkData, BULK_DATA, fields, WORDS)
        unknown |= dict.fromkeys(decoded.unknown)
        pairs.append((id_, decoded.value.change()))
    outcome = (await call.workspace.bulk.update(call.actor, pairs, dry_run=given.dry_run, once=call.once)).value
    return _told(call, "update", outcome, tuple(unknown), (time.perf_counter() - begun) * 1000)


async def bulk(call: ToolCall, given: BulkArguments) -> ToolOutcome:
    """Change many tasks, each on its own."""
    begun = time.perf_counter()
    decoded = decode(BulkData, BULK_DATA, {} if given.data is UNSET else given.data, WORDS)
    data = _merged(given, decoded.value)
    outcome = (await _run(call, given, data)).value
    return _told(call, given.operation, outcome, decoded.unknown, (time.perf_counter() - begun) * 1000)


def _merged(given: BulkArguments, data: BulkData) -> BulkData:
    """``data`` with what stands beside it.

    @raise ConflictingAlias: one field is given in both places, differently.
    """
    merged: dict[str, Any] = {}
    for name in BulkData.__struct_fields__:
        inside, beside = getattr(data, name), getattr(given, name)
        if inside is not UNSET and beside is not UNSET and inside != beside:
            spelt = BULK_DATA.out(WORDS)[name]
            raise ConflictingAlias(keys=[f"data.{spelt}", BULK_TOOL.out(WORDS)[name]])
        merged[name] = beside if inside is UNSET else inside
    return BulkData(**merged)


def _run(call: ToolCall, given: BulkArguments, data: BulkData) -> Deferred[Answer[BulkOutcome]]:
    operations = call.workspace.bulk
    dry_run = data.dry_run is True
    match given.operation:
        case "transition":
            if data.status is UNSET:
                raise MissingParameter(field="status")
            return operations.transition(
                call.actor,
                given.ids,
                kinds.status(data.status),
                force=data.force is True,
                check_dependencies=data.check_dependencies is not False,
                dry_run=dry_run,
                once=call.once,
            )
        case "tag":
            if data.tags is UNSET or not data.tags:
                raise MissingParameter(field="tags")
            how = TagChange.ADD if data.how is UNSET else TagChange(data.how)
            return operations.tag(call.actor, given.ids, data.tags, how, dry_run=dry_run, once=call.once)
        case "update":
            change = data.change()
            if change == TaskChange():
                fields = [field_name(each.name, WORDS) for each in attrs.fields(TaskChange) if each.name != "parent_id"]
                raise MissingParameter(field="data", allowed=fields)
            pairs = [(id_, change) for id_ in given.ids]
            return operations.update(call.actor, pairs, dry_run=dry_run, once=call.once)


def _told(
    call: ToolCall, operation: str, outcome: BulkOutcome, unknown: tuple[str, ...], took_ms: float
) -> ToolOutcome:
    failed = [_failure(call, each) for each in outcome.failed]
    warnings = [{"task_id": task_id, "message": _note(call, note)} for task_id, note in outcome.noted]
    if unknown:
        ignored = call.say("Ignored, because they are not known: {keys}.", keys=", ".join(unknown))
        warnings.append({"message": ignored})
    structured = {
        "total_processed": outcome.total,
        "successful": list(outcome.successful),
        "failed": failed,
        "warnings": warnings,
        "execution_time_ms": round(took_ms, 2),
        "dry_run": outcome.dry_run,
    }
    lines = [
        call.say(
            "{operation}: {total} tasks, {successful} changed, {failed} failed, {warnings} warnings ({ms:.0f} ms)",
            operation=operation,
            total=outcome.total,
            successful=len(outcome.successful),
            failed=len(failed),
            warnings=len(warnings),
            ms=took_ms,
        )
    ]
    if outcome.dry_run:
        lines.append(call.say("Dry run: nothing was changed."))
    lines += [f"- ✅ {task_id}" for task_id in outcome.successful]
    lines += [f"- ❌ {each['task_id']}: {each['error']}" for each in failed]
    lines += [f"- ⚠️ {each.get('task_id', '')} {each['message']}" for each in warnings]
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _failure(call: ToolCall, failed: Failed) -> dict[str, Any]:
    told = {
        "task_id": failed.task_id,
        "error": errors.sentence(failed.code, failed.details, call.language, WORDS),
        "code": failed.code,
    }
    if "field" in failed.details:
        told["field"] = field_name(str(failed.details["field"]), WORDS)
    return told


def _note(call: ToolCall, note: Note) -> str:
    match note:
        case Note.SAME_STATUS:
            return call.say("It has this status already.")
        case Note.SAME_TAGS:
            return call.say("Its tags are so already.")
        case Note.NOTHING_CHANGED:
            return call.say("Nothing to change.")
        case Note.WOULD_CHANGE:
            return call.say("It would be changed.")


TOOLS: Final = (
    Tool(
        name="gorev_bulk",
        title="Change many tasks",
        description="Changes status, tags or fields of up to 500 tasks at once; each succeeds or fails on its own.",
        arguments=BulkArguments,
        names=BULK_TOOL,
        handler=bulk,
        output={
            "total_processed": "integer",
            "successful": "array",
            "failed": "array",
            "warnings": "array",
            "execution_time_ms": "number",
            "dry_run": "boolean",
        },
        hints={
            "data": "durum; tags and operation; or the fields to update",
            "force": "transition: pass over all rules",
        },
        idempotent=False,
    ),
)

UNLISTED: Final = (
    Tool(
        name="gorev_batch_update",
        title="Change many tasks",
        description="Changes status, tags or fields of up to 500 tasks at once; each succeeds or fails on its own.",
        arguments=BatchArguments,
        names=BATCH_TOOL,
        handler=batch_update,
        output={},
    ),
)
