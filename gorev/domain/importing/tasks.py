"""Tasks of a document, held against those of the workspace: which is which, and where each will stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from gorev.domain.forest import circle_above, parents_first
from gorev.domain.identifiers import is_id
from gorev.domain.importing.document import Caution, Entity, Incoming, IncomingTask, Warned
from gorev.domain.importing.draft import Draft, said
from gorev.domain.importing.labels import Projects, Tags
from gorev.domain.importing.plan import Change, Present, Resolution
from gorev.domain.task import Task
from gorev.domain.values import UNSET, Priority, Status, Tag, Unset

CHECK_EVERY: Final = 500


class Tasks:
    """Which task of the workspace each of the document's is, or will be. ``check`` is called now and then."""

    def __init__(
        self, draft: Draft, incoming: Incoming, projects: Projects, tags: Tags, check: Callable[[], None]
    ) -> None:
        self._draft = draft
        self._incoming = incoming
        self._projects = projects
        self._tags = tags
        self._check = check
        self._ids: list[str] = []
        self._places: dict[str, int] = {}
        # The project and the parent of every task that the plan moves or makes.
        self._project_of: dict[str, str | None] = {}
        self._parent_of: dict[str, str | None] = {}

    def end(self, key: str) -> str | None:
        """The task that the document calls so, or that the workspace does."""
        place = self._places.get(key)
        if place is not None:
            return self._ids[place] or None
        return key if key in self._draft.existing.tasks else None

    def place(self) -> None:
        """Settle which task each of the document's is, or will be, parents before children."""
        tasks, problems = self._incoming.tasks, self._draft.problems
        self._ids = [""] * len(tasks)
        for place, task in enumerate(tasks):
            if task.key is not None and self._places.setdefault(task.key, place) != place:
                problems.value("id", task.row, "ids that occur once")
        order, circles = parents_first([self._parent_place(task) for task in tasks])
        for place in circles:
            problems.reference("parent_id", tasks[place].row)
        extra = self._assigned()
        same = self._by_place_and_title()
        for number, place in enumerate(order):
            if number % CHECK_EVERY == 0:
                self._check()
            task = tasks[place]
            parent_id = self._parent(task)
            project_id = self._project_for(task, parent_id)
            match = task.key if task.key in self._draft.existing.tasks else None
            if match is None and (parent_id is None or parent_id in self._draft.existing.tasks):
                waiting = same.get((task.title, project_id, parent_id))
                match = waiting.pop(0) if waiting else None
            if match is None:
                self._ids[place] = self._new_task(task, place, parent_id, project_id, extra.get(place, ()))
            else:
                self._ids[place] = match
                self._meet(task, match, parent_id, project_id, extra.get(place, ()))
            self._draft.map(task.key, self._ids[place])
        if not circles:
            self._carry_projects_down()
            moved = [id_ for id_, change in self._draft.plan.task_changes.items() if "parent_id" in change.values]
            circle = circle_above(self.every_parent(), moved) if moved else []
            for id_ in circle:
                problems.reference("parent_id", id_)

    def _parent_place(self, task: IncomingTask) -> int | None:
        if not isinstance(task.parent_key, str):
            return None
        place = self._places.get(task.parent_key)
        if place is None and task.parent_key not in self._draft.existing.tasks:
            self._draft.problems.reference("parent_id", task.row)
        return place

    def _assigned(self) -> dict[int, list[str]]:
        """Names of tags that the document assigns apart from the tasks."""
        found: dict[int, list[str]] = {}
        for task_key, tag_key in self._incoming.tagged:
            place, name = self._places.get(task_key), self._tags.name_of(tag_key)
            if place is None or name is None:
                self._draft.problems.reference("task_tags", task_key if is_id(task_key) else tag_key)
            else:
                found.setdefault(place, []).append(name)
        return found

    def _by_place_and_title(self) -> dict[tuple[str, str | None, str | None], list[str]]:
        """Existing tasks that no row has by its id, by title, project and parent."""
        found: dict[tuple[str, str | None, str | None], list[str]] = {}
        for id_, present in self._draft.existing.tasks.items():
            if id_ not in self._places:
                found.setdefault((present.title, present.project_id, present.parent_id), []).append(id_)
        return found

    def _parent(self, task: IncomingTask) -> str | None:
        if not isinstance(task.parent_key, str):
            return None
        place = self._places.get(task.parent_key)
        return task.parent_key if place is None else self._ids[place]

    def _project_for(self, task: IncomingTask, parent_id: str | None) -> str | None:
        """The project of a task that is new: its parent's, else its own, else the one for tasks that have none."""
        own = self._own_project(task)
        if parent_id is None:
            return own or self._draft.terms.project_id
        of_parent = self._project_now(parent_id)
        if own is not None and own != of_parent:
            self._draft.plan.warnings.append(Warned(Caution.PROJECT_OF_PARENT, task.row))
        return of_parent

    def _own_project(self, task: IncomingTask) -> str | None:
        if isinstance(task.project_key, str):
            known = self._projects.of_key(task.project_key)
            if known is None:
                self._draft.problems.reference("project_id", task.row)
            return known
        if isinstance(task.project_key, Unset) and task.project_name is not None:
            return self._projects.of_name(task.row, task.project_name)
        return None

    def _project_now(self, task_id: str) -> str | None:
        if task_id in self._project_of:
            return self._project_of[task_id]
        present = self._draft.existing.tasks.get(task_id)
        return None if present is None else present.project_id

    def _new_task(
        self, incoming: IncomingTask, place: int, parent_id: str | None, project_id: str | None, extra: Sequence[str]
    ) -> str:
        id_ = self._draft.own_id(incoming.row, incoming.key)
        created = incoming.created_at or self._draft.moment()
        self._project_of[id_] = project_id
        self._parent_of[id_] = parent_id
        self._draft.plan.imported_tasks += 1
        self._draft.plan.tasks[id_] = Task(
            id=id_,
            title=incoming.title,
            description="" if isinstance(incoming.description, Unset) else incoming.description,
            status=Status.PENDING if isinstance(incoming.status, Unset) else incoming.status,
            priority=Priority.MEDIUM if isinstance(incoming.priority, Unset) else incoming.priority,
            project_id=project_id,
            parent_id=parent_id,
            due_date=None if isinstance(incoming.due_date, Unset) else incoming.due_date,
            tags=self._tags_of(incoming, extra),
            created_at=created,
            updated_at=max(created, incoming.updated_at or created),
            rev=self._draft.rev_of(id_),
        )
        return id_

    def _tags_of(self, incoming: IncomingTask, extra: Sequence[str]) -> tuple[Tag, ...]:
        names = () if isinstance(incoming.tags, Unset) else incoming.tags
        if not extra:
            return tuple(map(self._tags.named, names))
        return tuple({tag.id: tag for tag in map(self._tags.named, (*names, *extra))}.values())

    def _meet(
        self, incoming: IncomingTask, id_: str, parent_id: str | None, project_id: str | None, extra: Sequence[str]
    ) -> None:
        """A task of the document that the workspace has."""
        present = self._draft.existing.tasks[id_]
        if not self._draft.conflict(Entity.TASK, id_, present.title, incoming.key, incoming.title):
            return
        self._draft.plan.imported_tasks += 1
        values: dict[str, Any] = said(
            {
                "description": incoming.description,
                "due_date": incoming.due_date,
                "tags": UNSET if isinstance(incoming.tags, Unset) and not extra else self._tags_of(incoming, extra),
            }
        )
        if self._draft.terms.resolution is Resolution.MERGE:
            if present.project_id is None and present.parent_id is None and parent_id is None and project_id:
                values["project_id"] = self._project_of[id_] = project_id
        else:
            values |= said({"title": incoming.title, "status": incoming.status, "priority": incoming.priority})
            values |= self._new_place(incoming, id_, present, parent_id, project_id)
        self._draft.plan.task_changes[id_] = Change(id_, values)

    def _new_place(
        self, incoming: IncomingTask, id_: str, present: Present, parent_id: str | None, project_id: str | None
    ) -> dict[str, str | None]:
        place: dict[str, str | None] = {}
        stays = isinstance(incoming.parent_key, Unset)
        if not stays:
            self._parent_of[id_] = parent_id
            if parent_id != present.parent_id:
                place["parent_id"] = parent_id
        below = present.parent_id if stays else parent_id
        if below is not None:
            project_id = self._project_now(below)
        elif isinstance(incoming.project_key, Unset) and incoming.project_name is None:
            project_id = present.project_id
        self._project_of[id_] = project_id
        if project_id != present.project_id:
            place["project_id"] = project_id
        return place

    def _carry_projects_down(self) -> None:
        """What is below a task whose project changes goes along (``data-model.md`` §9)."""
        changing = [id_ for id_, change in self._draft.plan.task_changes.items() if "project_id" in change.values]
        if not changing:
            return
        children: dict[str, list[str]] = {}
        for id_, parent in self.every_parent().items():
            if parent is not None:
                children.setdefault(parent, []).append(id_)
        while changing:
            above = changing.pop()
            project_id = self._project_now(above)
            for id_ in children.get(above, ()):
                if self._project_now(id_) == project_id:
                    continue
                self._project_of[id_] = project_id
                if id_ in self._draft.plan.tasks:
                    self._draft.plan.tasks[id_] = attrs.evolve(self._draft.plan.tasks[id_], project_id=project_id)
                else:
                    change = self._draft.plan.task_changes.setdefault(id_, Change(id_, {}))
                    change.values["project_id"] = project_id
                changing.append(id_)

    def every_parent(self) -> dict[str, str | None]:
        """The parent of every task there will be."""
        return {id_: present.parent_id for id_, present in self._draft.existing.tasks.items()} | self._parent_of
