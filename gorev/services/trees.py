"""Trees of tasks, read whole or as far as somebody wants to see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import attrs

from gorev.domain.query import Part
from gorev.domain.task import Branch, TaskView
from gorev.domain.values import Status
from gorev.storage import task_trees, tasks
from gorev.storage.sqlite import Cursor


@attrs.frozen(kw_only=True)
class Below:
    """What is below a task: the part that was asked for, and the status of all of it.

    If ``unread`` are missing below the first of ``children``, it is the only one.
    """

    children: tuple[Branch, ...] = ()
    unread: int = 0
    by_status: dict[Status, int] = attrs.Factory(dict)


def below(cursor: Cursor, view: TaskView, part: Part | None) -> Below:
    """What is below this task; all of it unless only a ``part`` is wanted."""
    if not view.subtask_count:
        return Below()
    task_id = view.task.id
    if part is None:
        children, _ = grown(cursor, tasks.by_ids(cursor, task_trees.children(cursor, task_id)))
        return Below(children=children, by_status=_counted(children))
    ids = task_trees.children(cursor, task_id, min(part.limit, part.most), part.offset)
    children, unread = grown(cursor, tasks.by_ids(cursor, ids), part.most)
    return Below(children=children, unread=unread, by_status=task_trees.statuses(cursor, task_id))


def grown(cursor: Cursor, views: Sequence[TaskView], most: int | None = None) -> tuple[tuple[Branch, ...], int]:
    """These tasks with everything below them, by a fixed number of statements.

    Those whose trees go beyond ``most`` tasks in all are left out with what follows them, unless it is the first: of
    that tree there is a part, and the second value says how many are missing there.
    """
    parents = [view.task.id for view in views if view.subtask_count]
    nodes = task_trees.preorder(cursor, parents, most) if parents else []
    known = {view.task.id: view for view in tasks.by_ids(cursor, [id_ for id_, above in nodes if above is not None])}
    below: dict[str, list[Branch]] = {}
    cut: str | None = None
    after_cut = 0
    for id_, above in reversed(nodes):  # so that every child is ready before its parent, however deep the tree
        if above is not None:
            branch = Branch(view=known[id_], children=tuple(reversed(below.pop(id_, ()))))
            below.setdefault(above, []).append(branch)
            after_cut += cut is None
        else:
            cut = cut or id_
    if len(nodes) != most:
        cut = None
    branches: list[Branch] = []
    for view in views:
        is_cut = view.task.id == cut
        if is_cut and branches:
            break
        branches.append(Branch(view=view, children=tuple(reversed(below.get(view.task.id, ())))))
        if is_cut:
            return tuple(branches), task_trees.number(cursor, view.task.id) - after_cut
    return tuple(branches), 0


def _counted(branches: Iterable[Branch]) -> Counter[Status]:
    """How many in these trees have each status."""
    counts: Counter[Status] = Counter()
    waiting = list(branches)
    for branch in waiting:
        waiting.extend(branch.children)
        counts[branch.view.task.status] += 1
    return counts
