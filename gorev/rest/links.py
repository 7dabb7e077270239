"""Routes on dependencies (``rest-api.md`` §4.8)."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import MissingParameter
from gorev.domain.links import Relation
from gorev.locale import text
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import DELETE, GET, OF_TASK, POST, Area, Route, one, said, several
from gorev.services.links import ExpectedRevision
from gorev.wire import json_schema, kinds, shapes
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

    source_id: Text
    target_id: Text


_HINTS: Final = {
    "relation": "read as: source relation target",
    "task_id": "the task that waits",
    "prerequisite_id": "the task that it waits for",
}
LINK_BODY: Final = Fields(
    LinkBody,
    LINK_TOOL,
    hints=_HINTS,
    at_least=(
        {"source_id": json_schema.TEXT, "target_id": json_schema.ID},
        {"task_id": json_schema.TEXT, "prerequisite_id": json_schema.TEXT},
    ),
)
LINK_OF_TASK_BODY: Final = Fields(
    LinkBody,
    LINK_TOOL,
    hints=_HINTS,
    demanded=frozenset({"source_id"}),
    without=frozenset({"target_id", "task_id", "prerequisite_id"}),
)
ENDS: Final = Fields(Ends, LINK)


async def listed(call: Call) -> Reply:
    """A task's links, both directions."""
    answer = await (await call.workspace()).links.of_task(call.path["id"])
    return enveloped(call.encoder.links(answer.value), seq=answer.seq, total=len(answer.value))


async def created(call: Call) -> Reply:
    """Link two tasks named in the body."""
    return await _created(call, *call.body(LINK_BODY).said())


async def created_for_task(call: Call) -> Reply:
    """Link a task of the body to the task of the path, which is the target."""
    said_of_task = call.body(LINK_OF_TASK_BODY).said(call.path["id"])
    return await _created(call, *said_of_task, revised=call.path["id"])


async def _created(call: Call, source: str, relation: Relation, target: str, revised: str | None = None) -> Reply:
    """``revised`` is the task that the path names, whose revision ``If-Match`` is about."""
    links = (await call.workspace()).links
    expected = None if revised is None or call.rev is None else ExpectedRevision(task_id=revised, rev=call.rev)
    answer = await links.add(call.actor, source, relation, target, call.once, expected)
    (encoded,) = call.encoder.links([answer.value])
    return enveloped(encoded, seq=answer.seq, status=201, message=text(call.language, "Dependency added."))


async def deleted(call: Call) -> Reply:
    """Remove a link by its id."""
    return _deleted(call, (await (await call.workspace()).links.remove(call.actor, call.path["id"])).seq)


async def deleted_between(call: Call) -> Reply:
    """Remove the link between two tasks named in the query."""
    ends = call.query(ENDS)
    operations = (await call.workspace()).links
    return _deleted(call, (await operations.remove_between(call.actor, ends.source_id, ends.target_id)).seq)


async def deleted_of_task(call: Call) -> Reply:
    """Remove the link between the task of the path and another one, or the link of that id."""
    operations = (await call.workspace()).links
    answer = await operations.remove_between(call.actor, call.path["id"], call.path["other"], call.rev)
    return _deleted(call, answer.seq)


def _deleted(call: Call, seq: int) -> Reply:
    return Reply(body={"success": True, "message": text(call.language, "Dependency removed.")}, seq=seq)


_REFUSED: Final = (*OF_TASK, "missing_parameter", "self_dependency", "duplicate_dependency", "cycle_detected")

ROUTES: Final = (
    Route(
        name="list_dependencies",
        area=Area.DEPENDENCIES,
        summary="Links of a task",
        detail="Both directions; source must finish before target.",
        methods=GET,
        family_a=("/gorev/{id}/baglantilar",),
        family_b=("/tasks/{id}/dependencies",),
        handler=listed,
        answer=several(shapes.LINK_SHAPE),
        errors=OF_TASK,
    ),
    Route(
        name="create_dependency_of_task",
        area=Area.DEPENDENCIES,
        summary="Link a task to another one",
        detail="The task of the path is the target: by default it waits for the source.",
        methods=POST,
        family_b=("/tasks/{id}/dependencies",),
        handler=created_for_task,
        bodies=(LINK_OF_TASK_BODY,),
        answer=one(shapes.LINK_SHAPE, 201),
        errors=_REFUSED,
        revised=True,
        repeatable=True,
    ),
    Route(
        name="delete_dependency_of_task",
        area=Area.DEPENDENCIES,
        summary="Remove the link between two tasks",
        detail="The last part is the other task, or the link itself.",
        methods=DELETE,
        family_b=("/tasks/{id}/dependencies/{other}",),
        handler=deleted_of_task,
        answer=said(),
        errors=(*OF_TASK, "dependency_not_found"),
        revised=True,
    ),
    Route(
        name="create_dependency",
        area=Area.DEPENDENCIES,
        summary="Link two tasks",
        methods=POST,
        family_a=("/baglanti",),
        handler=created,
        bodies=(LINK_BODY,),
        answer=one(shapes.LINK_SHAPE, 201),
        errors=_REFUSED,
        repeatable=True,
    ),
    Route(
        name="delete_dependency",
        area=Area.DEPENDENCIES,
        summary="Remove a link",
        methods=DELETE,
        family_a=("/baglanti/{id}",),
        handler=deleted,
        answer=said(),
        errors=("dependency_not_found",),
    ),
    Route(
        name="delete_dependency_between",
        area=Area.DEPENDENCIES,
        summary="Remove the link between two tasks",
        methods=DELETE,
        family_a=("/baglanti",),
        handler=deleted_between,
        query=ENDS,
        answer=said(),
        errors=(*OF_TASK, "missing_parameter", "dependency_not_found"),
    ),
)
