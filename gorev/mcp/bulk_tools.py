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
from gorev.domain.errors import ConflictingAlias, GorevError, MissingParameter, NothingGiven
from gorev.domain.task import TaskChange
from gorev.locale import counts
from gorev.mcp.budget import ASKED_BUDGET, beginning, clipped, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import OF_TASK, WORDS, Tool, ToolCall
from gorev.services.store import Answer
from gorev.wire import errors, kinds, remarks
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

_TARGET_CHARACTERS: Final = 200
_MARK_BYTES: Final = 6  # of "- ✅ " before an id, and the line's end


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
    """Change each task in its own way; what is wrong with one task's fields fails that task alone."""
    begun = time.perf_counter()
    changes: dict[str, TaskChange] = {}
    refused: dict[str, Failed] = {}
    unknown: dict[str, None] = {}
    for update in given.updates:
        id_ = update.get("id")
        if not isinstance(id_, str):
            raise MissingParameter(field="updates[].id")
        fields = {key: value for key, value in update.items() if key != "id"}
        try:
            decoded = decode(BulkData, BULK_DATA, fields, WORDS)
            change = decoded.value.change().checked()
        except GorevError as error:
            refused[id_] = Failed.by(id_, error)
            continue
        unknown |= dict.fromkeys(decoded.unknown)
        changes[id_] = _both(changes.get(id_, TaskChange()), change)
    pairs = [(id_, change) for id_, change in changes.items() if id_ not in refused]
    outcome = (await call.workspace.bulk.update(call.actor, pairs, dry_run=given.dry_run, once=call.once)).value
    outcome = attrs.evolve(outcome, failed=(*refused.values(), *outcome.failed))
    return _told(call, "update", outcome, tuple(unknown), (time.perf_counter() - begun) * 1000)


def _both(first: TaskChange, second: TaskChange) -> TaskChange:
    """Two changes of one task as one; where both say something, the second counts."""
    said = {each.name: getattr(second, each.name) for each in attrs.fields(TaskChange) if _is_set(second, each.name)}
    return attrs.evolve(first, **said)


def _target(given: BulkArguments, data: BulkData) -> str:
    """What was to be done, in the wire's words."""
    match given.operation:
        case "transition":
            return f"transition → {data.status}"
        case "tag":
            tags = ", ".join(data.tags) if isinstance(data.tags, list) else ""
            return clipped(f"tag {data.how or TagChange.ADD.value}: {tags}", _TARGET_CHARACTERS)
        case "update":
            names = BULK_DATA.out(WORDS)
            changed = [names[each.name] for each in attrs.fields(TaskChange) if _is_set(data.change(), each.name)]
            return f"update: {', '.join(changed)}"


def _is_set(change: TaskChange, field: str) -> bool:
    return getattr(change, field) is not values.UNSET


async def bulk(call: ToolCall, given: BulkArguments) -> ToolOutcome:
    """Change many tasks, each on its own."""
    begun = time.perf_counter()
    decoded = decode(BulkData, BULK_DATA, {} if given.data is UNSET else given.data, WORDS)
    data = _merged(given, decoded.value)
    outcome = (await _run(call, given, data)).value
    took_ms = (time.perf_counter() - begun) * 1000
    return _told(call, _target(given, data), outcome, decoded.unknown, took_ms)


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
                raise NothingGiven(fields=[each.name for each in attrs.fields(TaskChange) if each.name != "parent_id"])
            pairs = [(id_, change) for id_ in given.ids]
            return operations.update(call.actor, pairs, dry_run=dry_run, once=call.once)


def _told(
    call: ToolCall, operation: str, outcome: BulkOutcome, unknown: tuple[str, ...], took_ms: float
) -> ToolOutcome:
    """What came of it, as far as the budget lets it through; failures above all, which the caller has to see to."""
    failed = [_failure(call, each) for each in outcome.failed]
    warnings: list[dict[str, str]] = []
    if unknown:
        keys = clipped(", ".join(unknown), _TARGET_CHARACTERS)
        warnings.append({"message": call.say("Ignored, because they are not known: {keys}.", keys=keys)})
    for task_id, prerequisites in outcome.cancelled:
        warnings.append({"task_id": task_id, "message": remarks.cancelled(prerequisites, call.language) or ""})
    warnings += [{"task_id": task_id, "message": _note(call, note)} for task_id, note in outcome.noted]
    shown_failed = beginning(failed, ASKED_BUDGET // 2, size)
    room = ASKED_BUDGET - sum(size(each) + 1 for each in shown_failed)
    shown_warnings = beginning(warnings, room // 2, size)
    room -= sum(size(each) + 1 for each in shown_warnings)
    successful = list(beginning(outcome.successful, room, lambda id_: size(id_) + _MARK_BYTES))
    structured: dict[str, Any] = {
        "total_processed": outcome.total,
        "successful": successful,
        "failed": list(shown_failed),
        "warnings": list(shown_warnings),
        "execution_time_ms": round(took_ms, 2),
        "dry_run": outcome.dry_run,
    }
    lines = [
        call.say(
            "{operation}: {tasks}, {successful} changed, {failed} failed, {warnings} ({ms:.0f} ms)",
            operation=operation,
            tasks=counts.tasks(outcome.total),
            successful=len(outcome.successful),
            failed=len(failed),
            warnings=counts.warnings(len(warnings)),
            ms=took_ms,
        )
    ]
    if outcome.dry_run:
        lines.append(call.say("Dry run: nothing was changed."))
    lines += [f"- ✅ {task_id}" for task_id in successful]
    lines += [f"- ❌ {each['task_id']}: {each['error']}" for each in shown_failed]
    lines += [" ".join(filter(None, ("- ⚠️", each.get("task_id"), each["message"]))) for each in shown_warnings]
    left = {
        "successful": len(outcome.successful) - len(successful),
        "failed": len(failed) - len(shown_failed),
        "warnings": len(warnings) - len(shown_warnings),
    }
    if any(left.values()):
        structured["kalan"] = {name: count for name, count in left.items() if count}
        cuts = ", ".join(f"{name} +{count}" for name, count in structured["kalan"].items())
        lines.append(call.say("Not shown: {cuts}. Fewer ids at once are told in full.", cuts=cuts))
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _failure(call: ToolCall, failed: Failed) -> dict[str, Any]:
    told = {
        "task_id": clipped(failed.task_id, _TARGET_CHARACTERS),
        "error": errors.sentence(failed.code, failed.details, call.language, WORDS),
        "code": failed.code,
    }
    if "field" in failed.details:
        told["field"] = field_name(failed.details["field"], WORDS)
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
            "kalan": "object",
        },
        hints={
            "data": "durum; tags and operation; or the fields to update",
            "force": "transition: pass over all rules",
        },
        idempotent=False,
        errors=("missing_parameter", *OF_TASK, "project_not_found", "dependency_incomplete", "subtasks_incomplete"),
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
        errors=("missing_parameter", *OF_TASK, "project_not_found", "dependency_incomplete", "subtasks_incomplete"),
    ),
)
