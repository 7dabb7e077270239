"""Events as frames, in the two formats of ``websocket.md`` §2."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

from gorev.domain.event import Event, EventKind, Progress, TemplatesAdded
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.wire.encode import Encoder, Object, field_name, instant
from gorev.wire.vocabulary import PROJECT, TASK, Vocabulary

# Rule E5: an operation with more events than this is told as one.
FOLD_ABOVE: Final = 500


class Format(enum.Enum):
    """The shape of a connection's frames."""

    SIMPLE = "simple"
    CHANGE = "change"

    @property
    def words(self) -> Vocabulary:
        """The vocabulary that the format speaks."""
        return Vocabulary.TURKISH if self is Format.SIMPLE else Vocabulary.ENGLISH


_SIMPLE_TYPE: Final = {
    EventKind.TASK_CREATED: "created",
    EventKind.TASK_UPDATED: "updated",
    EventKind.TASK_DELETED: "deleted",
}


def frames(events: list[Event], workspace_id: str, format_: Format) -> list[Object]:
    """What a connection is sent for the events of one operation."""
    if len(events) > FOLD_ABOVE:
        last = events[-1]
        return [_sync(last, workspace_id, format_) | {"first_seq": events[0].seq}]
    return [frame(event, workspace_id, format_) for event in events]


def frame(event: Event, workspace_id: str, format_: Format) -> Object:
    """One event."""
    entity = event.after or event.before
    if entity is None:
        folded = {} if event.first_seq is None else {"first_seq": event.first_seq}
        return _sync(event, workspace_id, format_) | folded
    if isinstance(entity, TemplatesAdded):
        return _templates(event, entity, workspace_id, format_)
    if format_ is Format.SIMPLE:
        body = _simple_head(event, entity)
    else:
        type_, action = event.kind.value.split("_")
        body = {"type": event.kind.value, "entity_id": event.entity_id, "entity_type": type_, "action": action}
    body["data"] = _data(event, entity, workspace_id, format_.words)
    if event.kind in (EventKind.TASK_UPDATED, EventKind.PROJECT_UPDATED):
        body["changed_fields"] = [field_name(each, format_.words) for each in event.changed]
    return body | _tail(event, workspace_id, format_) | {"rev": event.rev}


def progress(step: Progress, workspace_id: str, format_: Format, now: datetime) -> Object:
    """How far a long operation is."""
    return {
        "type": "progress",
        "workspace_id": workspace_id,
        "timestamp": instant(now) if format_ is Format.SIMPLE else int(now.timestamp()),
        "data": {
            "operation": step.operation,
            "operation_id": step.operation_id,
            "done": step.done,
            "total": step.total,
        },
    }


def removed(workspace_id: str, format_: Format, now: datetime) -> Object:
    """That a user removed the workspace from the daemon: clients reload, and find that it is gone."""
    head: Object = {"type": "workspace_sync"}
    if format_ is Format.CHANGE:
        head["action"] = "sync"
    return head | {
        "data": {"reason": "workspace_removed"},
        "workspace_id": workspace_id,
        "timestamp": instant(now) if format_ is Format.SIMPLE else int(now.timestamp()),
    }


def _simple_head(event: Event, entity: TaskView | ProjectView) -> Object:
    type_ = _SIMPLE_TYPE.get(event.kind, event.kind.value)
    if isinstance(entity, TaskView):
        return {"type": type_, "task_id": event.entity_id, "project_id": entity.task.project_id or ""}
    return {"type": type_, "project_id": event.entity_id}


def _data(event: Event, entity: TaskView | ProjectView, workspace_id: str, words: Vocabulary) -> Object:
    if event.kind is EventKind.TASK_DELETED and isinstance(entity, TaskView):
        names = TASK.out(words)
        stub: Object = {names["id"]: entity.task.id, names["title"]: entity.task.title}
        if entity.task.project_id is not None:
            stub[names["project_id"]] = entity.task.project_id
        return stub
    if event.kind is EventKind.PROJECT_DELETED and isinstance(entity, ProjectView):
        names = PROJECT.out(words)
        return {names["id"]: entity.project.id, names["name"]: entity.project.name}
    return Encoder(words, workspace_id).entity(entity)


def _sync(event: Event, workspace_id: str, format_: Format) -> Object:
    head: Object = {"type": "workspace_sync"}
    if format_ is Format.CHANGE:
        head["action"] = "sync"
    return head | {"data": {}} | _tail(event, workspace_id, format_)


def _templates(event: Event, added: TemplatesAdded, workspace_id: str, format_: Format) -> Object:
    head: Object = {"type": event.kind.value}
    if format_ is Format.CHANGE:
        head |= {"entity_type": "template", "action": "changed"}
    return head | {"data": {"created": added.created}} | _tail(event, workspace_id, format_)


def _tail(event: Event, workspace_id: str, format_: Format) -> Object:
    return {
        "workspace_id": workspace_id,
        "timestamp": instant(event.time) if format_ is Format.SIMPLE else int(event.time.timestamp()),
        "seq": event.seq,
        "actor": {"client": event.actor.client, "type": event.actor.kind.value},
    }
