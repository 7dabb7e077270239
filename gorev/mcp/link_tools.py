"""The tool on dependencies (``mcp-tools.md`` §3.11)."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import InvalidValue, MissingParameter, NothingGiven, TaskNotFound
from gorev.domain.links import Relation
from gorev.mcp import markdown
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import OF_TASK, WORDS, Tool, ToolCall
from gorev.wire import kinds
from gorev.wire.kinds import Key, RelationToken, Text
from gorev.wire.vocabulary import LINK_KIND, LINK_TOOL

_PAIRS: Final = (("task_id", "prerequisite_id"), ("source_id", "target_id"))


class LinkArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_bagimlilik_ekle``: one pair of ids."""

    task_id: Text | UnsetType = UNSET
    prerequisite_id: Text | UnsetType = UNSET
    source_id: Text | UnsetType = UNSET
    target_id: Text | UnsetType = UNSET
    relation: RelationToken = "depends_on"
    idempotency_key: Key | UnsetType = UNSET


async def add_link(call: ToolCall, given: LinkArguments) -> ToolOutcome:
    """Link two tasks."""
    source, relation, target = _said(given)
    try:
        link = (await call.workspace.links.add(call.actor, source, relation, target, call.once)).value
    except TaskNotFound as error:
        raise _in_callers_words(error, given) from None
    (encoded,) = call.encoder.links([link])
    lines = [
        call.say("Dependency added."),
        call.say("Dependent: {title} (ID: {id})", title=markdown.one_line(link.target_title), id=link.target_id),
        call.say("Prerequisite: {title} (ID: {id})", title=markdown.one_line(link.source_title), id=link.source_id),
        call.say("Type: {type}", type=LINK_KIND[link.kind]),
        f"ID: {link.id}",
    ]
    return ToolOutcome(text="\n".join(lines), structured={"baglanti": encoded})


def _said(given: LinkArguments) -> tuple[str, Relation, str]:
    """Source, relation and target; named by rule D2 the task waits, whichever blocking word was used."""
    relation = kinds.relation(given.relation)
    names = LINK_TOOL.out(WORDS)
    pairs = [pair for pair in _PAIRS if any(getattr(given, name) is not UNSET for name in pair)]
    told = [" + ".join(names[name] for name in pair) for pair in _PAIRS]
    if not pairs:
        raise NothingGiven(fields=told)
    if len(pairs) > 1:
        value = getattr(given, pairs[1][0])
        raise InvalidValue(field=pairs[1][0], value="" if value is UNSET else value, allowed="one pair, not both")
    ((first, second),) = pairs
    one, other = getattr(given, first), getattr(given, second)
    if one is UNSET or other is UNSET:
        raise MissingParameter(field=names[first if one is UNSET else second])
    if first == "task_id" and relation is Relation.BLOCKS:
        relation = Relation.WAITS_FOR
    return one, relation, other


def _in_callers_words(error: TaskNotFound, given: LinkArguments) -> TaskNotFound:
    """The same, naming the parameter that was used."""
    field = {"source_id": "task_id", "target_id": "prerequisite_id"} if given.source_id is UNSET else {}
    name = str(error.details.get("field"))
    return TaskNotFound(**{**error.details, "field": field.get(name, name)})


TOOLS: Final = (
    Tool(
        name="gorev_bagimlilik_ekle",
        title="Add a dependency",
        description="Links two tasks: gorev_id waits for bagli_gorev_id, or kaynak_id and hedef_id with a type.",
        arguments=LinkArguments,
        names=LINK_TOOL,
        handler=add_link,
        output={"baglanti": "object"},
        idempotent=False,
        errors=("missing_parameter", *OF_TASK, "self_dependency", "duplicate_dependency", "cycle_detected"),
    ),
)
