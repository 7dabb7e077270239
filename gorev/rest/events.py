"""The route of what has changed since (``rest-api.md`` rule R3)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from twisted.internet.threads import deferToThread

from gorev.domain.errors import Resync
from gorev.domain.event import Event
from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply
from gorev.rest.route import GET, Area, Route
from gorev.wire import encode, json_schema, shapes
from gorev.wire.events import Format, frame
from gorev.wire.json_schema import Many
from gorev.wire.kinds import Seq
from gorev.wire.vocabulary import EVENT_QUERY, Vocabulary

# More than these are written on a thread, some at a time, so that nobody waits for them.
_AT_ONCE: Final = 50

EventLimit = Annotated[int, Meta(ge=1, le=5_000)]


class EventQuery(msgspec.Struct, kw_only=True):
    """Which events."""

    since: Seq
    limit: EventLimit = 500


EVENTS: Final = Fields(EventQuery, EVENT_QUERY, hints={"since": "the seq of the last change that is known"})


async def listed(call: Call) -> Reply:
    """The events after some ``seq``, in order."""
    query = call.query(EVENTS)
    workspace = await call.workspace()
    answer = await workspace.replay(query.since, query.limit)
    replay = answer.value
    if not replay.oldest - 1 <= query.since <= replay.current:
        error = Resync(oldest=replay.oldest, current=replay.current)
        error.seq = answer.seq
        raise error
    last = replay.events[-1].seq if replay.events else query.since
    format_ = Format.CHANGE if call.words is Vocabulary.ENGLISH else Format.SIMPLE
    written: Any
    if len(replay.events) <= _AT_ONCE:
        written = _written(replay.events, workspace.id, format_)
    else:
        written = await deferToThread(_written, replay.events, workspace.id, format_)
    body = {"success": True, "data": msgspec.Raw(written), "seq": last, "more": last < replay.current}
    return Reply(body=body, seq=answer.seq)


def _written(events: list[Event], workspace_id: str, format_: Format) -> bytes:
    parts = []
    for begin in range(0, len(events), _AT_ONCE):
        batch = [frame(event, workspace_id, format_) for event in events[begin : begin + _AT_ONCE]]
        parts.append(encode.json(batch)[1:-1])
    return b"[" + b",".join(parts) + b"]"


def _members(shape: json_schema.Shape) -> dict[str, json_schema.Kind]:
    return {
        "success": {"type": "boolean", "const": True},
        "data": Many(shape),
        "seq": json_schema.SEQ,
        "more": json_schema.FLAG,
    }


ROUTES: Final = (
    Route(
        name="list_events",
        area=Area.EVENTS,
        summary="What has changed since",
        detail="Events in order, one per task or project; seq is the last one given, from which to go on.",
        methods=GET,
        family_a=("/olaylar",),
        family_b=("/events",),
        handler=listed,
        query=EVENTS,
        answer=route.Answer(members=_members(shapes.SIMPLE_EVENT_SHAPE), english=_members(shapes.CHANGE_EVENT_SHAPE)),
        errors=("missing_parameter", "resync"),
    ),
)
