"""New tasks of an import with their surroundings, told from the plan: reading each back would double the work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gorev.domain.importing.plan import Plan
from gorev.domain.task import Task, TaskView
from gorev.domain.values import LinkKind, Status


def outside(plan: Plan) -> list[str]:
    """The tasks, not of the plan's making, that its new tasks have to do with: parents, and ends of links."""
    ends = (end for _, link in plan.links for end in (link.source_id, link.target_id))
    parents = (task.parent_id for task in plan.tasks.values())
    return list(dict.fromkeys(each for each in (*parents, *ends) if each is not None and each not in plan.tasks))


def new_views(plan: Plan, around: Mapping[str, TaskView], project_names: Mapping[str, str]) -> Iterator[TaskView]:
    """The new tasks in the plan's order; ``around`` are those of `outside`, as they are when everything is stored."""
    surroundings = _Surroundings(plan, around)
    levels: dict[str, int] = {}
    for id_, task in plan.tasks.items():
        above = task.parent_id
        if above is None:
            levels[id_] = 0
        else:
            levels[id_] = 1 + (levels[above] if above in levels else around[above].level)
        yield surroundings.view(task, levels[id_], project_names)


class _Surroundings:
    def __init__(self, plan: Plan, around: Mapping[str, TaskView]) -> None:
        moved = (change.values.get("parent_id") for change in plan.task_changes.values())
        self._subtasks = Counter(task.parent_id for task in plan.tasks.values())
        self._subtasks.update(moved)
        blocking = [link for _, link in plan.links if link.kind is LinkKind.BLOCKS]
        self._dependencies = Counter(link.target_id for link in blocking)
        self._dependents = Counter(link.source_id for link in blocking)
        self._unfinished = Counter(
            link.target_id
            for link in blocking
            if (plan.tasks.get(link.source_id) or around[link.source_id].task).status is not Status.COMPLETED
        )

    def view(self, task: Task, level: int, project_names: Mapping[str, str]) -> TaskView:
        id_ = task.id
        return TaskView(
            task=task,
            project_name=None if task.project_id is None else project_names[task.project_id],
            level=level,
            dependency_count=self._dependencies[id_],
            uncompleted_dependency_count=self._unfinished[id_],
            dependent_count=self._dependents[id_],
            subtask_count=self._subtasks[id_],
        )


def batched(views: Iterator[TaskView], size: int) -> Iterator[Sequence[TaskView]]:
    """The views, ``size`` at a time."""
    batch: list[TaskView] = []
    for view in views:
        batch.append(view)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
