"""Routes on dependencies (``rest-api.md`` §4.8)."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import MissingParameter
from gorev.domain.links import Relation
from gorev.locale import text
from gorev.rest.call import Call
from gorev.rest.reply import Reply, enveloped
from gorev.wire import kinds
from gorev.wire.kinds import RelationToken, Text
from gorev.wire.vocabulary import LINK, LINK_TOOL


class LinkBody(msgspec.Struct, kw_only=True):
    """A link: "source *relation* target", or a task and the one it waits for (rules D1 and D2)."""

    source_id: Text | UnsetType = UNSET
    target_id: Text | UnsetType = UNSET
    relation: RelationToken = "onceki"
    task_id: Text | UnsetType = UNSET
    prerequisite_id: Text | UnsetType = UNSET

    def said(self, target_id: str | None = None) -> tuple[str, Relation, str]:
        """Source, relation and target; ``target_id`` is the task that the path names.

        @raise MissingParameter: an end is not named.
        """
        relation = kinds.relation(self.relation)
        if isinstance(self.task_id, str) and isinstance(self.prerequisite_id, str):
            waits = relation if relation is Relation.RELATES_TO else Relation.WAITS_FOR
            return self.task_id, waits, self.prerequisite_id
        if self.source_id is UNSET:
            raise MissingParameter(field="source_id")
        target = target_id or self.target_id
        if not isinstance(target, str):
            raise MissingParameter(field="target_id")
        return self.source_id, relation, target


class Ends(msgspec.Struct, kw_only=True):
    """Query that names a link by its ends."""

    source_id: Text | None = None
    target_id: Text | None = None


async def listed(call: Call) -> Reply:
    """A task's links, both directions."""
    answer = await (await call.workspace()).links.of_task(call.path["id"])
    return enveloped(call.encoder.links(answer.value), seq=answer.seq, total=len(answer.value))


async def created(call: Call) -> Reply:
    """Link two tasks named in the body."""
    return await _created(call, *call.body(LinkBody, LINK_TOOL).said())


async def created_for_task(call: Call) -> Reply:
    """Link a task of the body to the task of the path, which is the target."""
    return await _created(call, *call.body(LinkBody, LINK_TOOL).said(call.path["id"]))


async def _created(call: Call, source: str, relation: Relation, target: str) -> Reply:
    answer = await (await call.workspace()).links.add(call.actor, source, relation, target, call.once)
    (encoded,) = call.encoder.links([answer.value])
    return enveloped(encoded, seq=answer.seq, status=201, message=text(call.language, "Dependency added."))


async def deleted(call: Call) -> Reply:
    """Remove a link by its id."""
    return _deleted(call, (await (await call.workspace()).links.remove(call.actor, call.path["id"])).seq)


async def deleted_between(call: Call) -> Reply:
    """Remove the link between two tasks named in the query."""
    ends = call.query(Ends, LINK)
    for name in ("source_id", "target_id"):
        if getattr(ends, name) is None:
            raise MissingParameter(field=name)
    operations = (await call.workspace()).links
    return _deleted(call, (await operations.remove_between(call.actor, ends.source_id or "", ends.target_id or "")).seq)


async def deleted_of_task(call: Call) -> Reply:
    """Remove the link between the task of the path and another one, or the link of that id."""
    operations = (await call.workspace()).links
    answer = await operations.remove_between(call.actor, call.path["id"], call.path["other"])
    return _deleted(call, answer.seq)


def _deleted(call: Call, seq: int) -> Reply:
    return Reply(body={"success": True, "message": text(call.language, "Dependency removed.")}, seq=seq)
