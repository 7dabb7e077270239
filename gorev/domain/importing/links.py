"""What a document says between tasks: links, and the context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from gorev.domain.context import ContextRecord, Interaction
from gorev.domain.forest import Lineage, on_circles
from gorev.domain.importing.document import Caution, Incoming, IncomingLink, Warned
from gorev.domain.importing.draft import Draft
from gorev.domain.importing.tasks import Tasks
from gorev.domain.values import LinkKind


def place_links(draft: Draft, incoming: Sequence[IncomingLink], tasks: Tasks) -> None:
    """Settle the links, and whether all of them together, with where tasks will stand, make sense."""
    existing, plan = draft.existing, draft.plan
    taken = {id_ for id_, *_ in existing.links}
    joined = {(*sorted((source, target)), kind) for _, source, target, kind in existing.links}
    rows: dict[tuple[str, str], str] = {}
    for each in incoming:
        source, target = tasks.end(each.link.source_id), tasks.end(each.link.target_id)
        if source is None or target is None or source == target:
            draft.problems.reference("dependencies", each.row)
            continue
        pair = (*sorted((source, target)), each.link.kind)
        if pair in joined:
            continue
        joined.add(pair)
        rows[source, target] = each.row
        link = attrs.evolve(each.link, source_id=source, target_id=target)
        plan.links.append((draft.free_id(each.key, taken), link))
    moved = any("parent_id" in change.values for change in plan.task_changes.values())
    if rows or (moved and joined):
        _check(draft, rows, Lineage(tasks.every_parent()), moved=moved)


def _check(draft: Draft, rows: Mapping[tuple[str, str], str], lineage: Lineage, *, moved: bool) -> None:
    old = [(source, target, kind) for _, source, target, kind in draft.existing.links]
    new = [(link.source_id, link.target_id, link.kind) for _, link in draft.plan.links]
    blocking = [(source, target) for source, target, kind in (*old, *new) if kind is LinkKind.BLOCKS]
    circular = on_circles(blocking) if rows else set()
    for source, target, kind in new:
        circle = kind is LinkKind.BLOCKS and source in circular and target in circular
        if circle or lineage.joins(source, target):
            draft.problems.reference("dependencies", rows[source, target])
    for source, target, _ in old if moved else ():
        if lineage.joins(source, target):
            draft.problems.reference("parent_id", source)


def place_context(draft: Draft, incoming: Incoming, tasks: Tasks) -> None:
    """Settle the context; what it says of tasks that there are not is left out."""
    interactions: list[Interaction] = []
    for each in incoming.interactions:
        task_id = tasks.end(each.task_key)
        if task_id is None or each.action is None:
            draft.plan.warnings.append(Warned(Caution.INTERACTION_LEFT_OUT, each.row))
            continue
        interactions.append(
            Interaction(
                task_id=task_id, action=each.action, context=each.context, session_id=each.session_id, time=each.time
            )
        )
    said = incoming.context
    if said is None and not interactions:
        return
    recent = [] if said is None else [tasks.end(key) for key in said.recent_keys]
    draft.plan.context = ContextRecord(
        active_task_id=None if said is None or said.active_task_key is None else tasks.end(said.active_task_key),
        recent_tasks=tuple(dict.fromkeys(each for each in recent if each is not None)),
        session_data={} if said is None else said.session_data,
        updated_at=None if said is None else said.updated_at,
        interactions=tuple(interactions),
    )
