"""Links between tasks: what they mean, and when one may be made (``data-model.md`` §7)."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence

import attrs

from gorev.domain.errors import CycleDetected, DuplicateDependency, SelfDependency
from gorev.domain.values import LinkKind


class Relation(enum.Enum):
    """The verb of "source *verb* target" as a caller says it (rule D1)."""

    BLOCKS = "blocks"
    WAITS_FOR = "waits_for"
    RELATES_TO = "relates_to"


@attrs.frozen(kw_only=True)
class NewLink:
    """A link to be made, in the stored direction: a blocking ``source_id`` must finish before ``target_id``."""

    source_id: str
    target_id: str
    kind: LinkKind

    @classmethod
    def said(cls, source_id: str, relation: Relation, target_id: str) -> NewLink:
        """The link that a caller's sentence means."""
        if relation is Relation.WAITS_FOR:
            return cls(source_id=target_id, target_id=source_id, kind=LinkKind.BLOCKS)
        kind = LinkKind.RELATED if relation is Relation.RELATES_TO else LinkKind.BLOCKS
        return cls(source_id=source_id, target_id=target_id, kind=kind)


def check_new(
    link: NewLink,
    *,
    existing: Collection[LinkKind],
    lineage: Sequence[str],
    blocked: Mapping[str, Sequence[str]],
) -> None:
    """May the link be made?

    ``existing`` are the kinds of links that join the two tasks already, in either direction. ``lineage`` is the way
    from one task up to the other where that is its ancestor, else empty. ``blocked`` maps tasks to those that wait for
    them directly, as far as they can be reached from the link's target.

    @raise SelfDependency: it joins a task with itself.
    @raise DuplicateDependency: there is one of its kind.
    @raise CycleDetected: the tasks are ancestor and descendant, or a circle of waiting tasks would close.
    """
    if link.source_id == link.target_id:
        raise SelfDependency(id=link.source_id)
    if link.kind in existing:
        raise DuplicateDependency(source=link.source_id, target=link.target_id)
    if lineage:
        raise CycleDetected(path=list(lineage))
    if link.kind is LinkKind.BLOCKS:
        back = way(blocked, link.target_id, link.source_id)
        if back:
            raise CycleDetected(path=[link.source_id, *back])


def way(edges: Mapping[str, Sequence[str]], start: str, end: str) -> list[str]:
    """A shortest way from ``start`` to ``end`` along ``edges``, both included; empty if there is none."""
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    for node in waiting:
        if node == end:
            steps = []
            step: str | None = node
            while step is not None:
                steps.append(step)
                step = came_from[step]
            return steps[::-1]
        for following in edges.get(node, ()):
            if following not in came_from:
                came_from[following] = node
                waiting.append(following)
    return []
