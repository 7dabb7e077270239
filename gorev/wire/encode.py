"""Domain values as JSON-ready objects, in one vocabulary or the other (rule N2).

Optional fields that are empty are left out, the counters never (``data-model.md`` §4). Trees are built without
recursion, since a task may be as deep as its user likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import attrs
import msgspec

from gorev.domain.project import ProjectView
from gorev.domain.task import Branch, Link, Prerequisite, TaskView
from gorev.domain.values import LinkKind, Priority, Status, Tag
from gorev.domain.views import Hierarchy, TaskDetail
from gorev.wire import vocabulary
from gorev.wire.vocabulary import HIERARCHY, LINK, LINK_KIND, PRIORITY, PROJECT, STATUS, TAG, TASK, Vocabulary

Object = dict[str, Any]

_encoder: Final = msgspec.json.Encoder()


def json(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return _encoder.encode(value)


def instant(value: datetime) -> str:
    """RFC 3339 in UTC; a whole second without a fraction."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def due_date(value: date) -> str:
    """A calendar date as the midnight UTC that begins it (``data-model.md`` §3)."""
    return f"{value.isoformat()}T00:00:00Z"


def token(value: Status | Priority | LinkKind) -> str:
    """The wire's word for an enum value."""
    match value:
        case Status():
            return STATUS[value]
        case Priority():
            return PRIORITY[value]
        case LinkKind():
            return LINK_KIND[value]


def tag(value: Tag, words: Vocabulary) -> Object:
    """A tag."""
    names = TAG.out(words)
    return {names["id"]: value.id, names["name"]: value.name}


_NOT_IN_ROWS: Final = (
    "description",
    "created_at",
    "updated_at",
    "workspace_id",
    "project_id",
    "has_subtasks",
    "links",
    "rev",
)


@attrs.frozen
class Encoder:
    """Encodes the entities of one workspace for one surface."""

    words: Vocabulary
    workspace_id: str

    def task(self, view: TaskView) -> Object:
        """A task without what is below it."""
        names = TASK.out(self.words)
        task = view.task
        encoded: Object = {
            names["id"]: task.id,
            names["title"]: task.title,
            names["description"]: task.description,
            names["status"]: STATUS[task.status],
            names["priority"]: PRIORITY[task.priority],
        }
        if task.project_id is not None:
            encoded[names["project_id"]] = task.project_id
            encoded[names["project_name"]] = view.project_name
        if task.parent_id is not None:
            encoded[names["parent_id"]] = task.parent_id
        encoded[names["created_at"]] = instant(task.created_at)
        encoded[names["updated_at"]] = instant(task.updated_at)
        if task.due_date is not None:
            encoded[names["due_date"]] = due_date(task.due_date)
        if task.tags:
            encoded[names["tags"]] = [tag(each, self.words) for each in task.tags]
        encoded[names["level"]] = view.level
        encoded[names["dependency_count"]] = view.dependency_count
        encoded[names["uncompleted_dependency_count"]] = view.uncompleted_dependency_count
        encoded[names["dependent_count"]] = view.dependent_count
        encoded[names["has_subtasks"]] = view.subtask_count > 0
        encoded[names["subtask_count"]] = view.subtask_count
        if view.links is not None:
            encoded[names["links"]] = self.links(view.links)
        encoded[names["rev"]] = task.rev
        encoded[names["workspace_id"]] = self.workspace_id
        return encoded

    def brief(self, view: TaskView) -> Object:
        """A task as a row for an assistant, which pays for every word: what tells tasks apart, and the counters."""
        names = TASK.out(self.words)
        left_out = (
            "description",
            "created_at",
            "updated_at",
            "workspace_id",
            "project_id",
            "has_subtasks",
            "links",
            "rev",
        )
        encoded = self.task(view)
        for name in left_out:
            encoded.pop(names[name], None)
        if view.task.tags:
            encoded[names["tags"]] = [each.name for each in view.task.tags]
        return encoded

    def branch(self, root: Branch) -> Object:
        """A task with its whole subtree nested; ``[]`` where nothing is below."""
        (encoded,) = self.branches([root])
        return encoded

    def branches(self, roots: Iterable[Branch]) -> list[Object]:
        """Several trees."""
        below = TASK.out(self.words)["subtasks"]
        encoded: list[Object] = []
        waiting = [(root, encoded) for root in reversed(list(roots))]
        while waiting:
            branch, siblings = waiting.pop()
            task = self.task(branch.view)
            siblings.append(task)
            task[below] = []
            waiting.extend((child, task[below]) for child in reversed(branch.children))
        return encoded

    def detail(self, detail: TaskDetail) -> Object:
        """A task with its subtree."""
        return self.branch(Branch(view=detail.view, children=detail.children))

    def links(self, links: Sequence[Link]) -> list[Object]:
        """Links with titles and states of both ends."""
        names = LINK.out(self.words)
        return [
            {
                names["id"]: link.id,
                names["source_id"]: link.source_id,
                names["target_id"]: link.target_id,
                names["kind"]: LINK_KIND[link.kind],
                names["source_title"]: link.source_title,
                names["source_status"]: STATUS[link.source_status],
                names["target_title"]: link.target_title,
                names["target_status"]: STATUS[link.target_status],
            }
            for link in links
        ]

    def project(self, view: ProjectView) -> Object:
        """A project with its counts."""
        names = PROJECT.out(self.words)
        project = view.project
        return {
            names["id"]: project.id,
            names["name"]: project.name,
            names["definition"]: project.definition,
            names["created_at"]: instant(project.created_at),
            names["updated_at"]: instant(project.updated_at),
            names["task_count"]: view.task_count,
            names["completed_count"]: view.completed_count,
            names["in_progress_count"]: view.in_progress_count,
            names["pending_count"]: view.pending_count,
            names["cancelled_count"]: view.cancelled_count,
            names["is_active"]: view.is_active,
            names["rev"]: project.rev,
            names["workspace_id"]: self.workspace_id,
        }

    def hierarchy(self, hierarchy: Hierarchy) -> Object:
        """A task among its ancestors and descendants (``data-model.md`` §9)."""
        names = HIERARCHY.out(self.words)
        count = hierarchy.by_status.get
        return {
            names["task"]: self.task(hierarchy.view),
            names["ancestors"]: [self.task(view) for view in hierarchy.ancestors],
            names["children"]: self.branches(hierarchy.children),
            names["total"]: hierarchy.total,
            names["completed"]: count(Status.COMPLETED, 0),
            names["in_progress"]: count(Status.IN_PROGRESS, 0),
            names["pending"]: count(Status.PENDING, 0),
            names["cancelled"]: count(Status.CANCELLED, 0),
            names["progress"]: round(hierarchy.progress, 1),
        }

    def prerequisite(self, each: Prerequisite) -> Object:
        """An unfinished task that another one waits for."""
        names = TASK.out(self.words)
        return {names["id"]: each.id, names["title"]: each.title, names["status"]: STATUS[each.status]}

    def entity(self, value: TaskView | ProjectView) -> Object:
        """A task or a project."""
        return self.task(value) if isinstance(value, TaskView) else self.project(value)


def field_name(domain_name: str, words: Vocabulary) -> str:
    """How a surface calls a field of a task or project."""
    names = TASK.out(words).get(domain_name) or PROJECT.out(words).get(domain_name)
    return names or vocabulary.TASK_QUERY.out(words).get(domain_name, domain_name)
