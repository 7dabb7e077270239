"""Domain values as JSON-ready objects, in one vocabulary or the other (rule N2).

Optional fields that are empty are left out, the counters never (``data-model.md`` §4). Trees are built without
recursion, since a task may be as deep as its user likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

import attrs
import msgspec

from gorev.domain.errors import AsSpelt
from gorev.domain.project import ProjectView
from gorev.domain.summary import Summary
from gorev.domain.task import Branch, Link, Prerequisite, TaskView
from gorev.domain.template import Field, FieldKind, Template
from gorev.domain.values import LinkKind, Priority, Status, Tag
from gorev.domain.views import Hierarchy, TaskDetail
from gorev.domain.watches import DEBOUNCE_MS, EXTENSIONS, IGNORED, SIZE_LIMIT, Watch, WatchStatistics
from gorev.wire import vocabulary
from gorev.wire.vocabulary import (
    FIELD,
    FIELD_KIND,
    HIERARCHY,
    LINK,
    LINK_KIND,
    PRIORITY,
    PROJECT,
    ROW,
    STATUS,
    SUMMARY,
    TAG,
    TASK,
    TEMPLATE,
    WATCH,
    WATCH_CONFIGURATION,
    WATCH_STATISTICS,
    Vocabulary,
)

Object = dict[str, Any]

_encoder: Final = msgspec.json.Encoder()


def json(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    try:
        return _encoder.encode(value)
    except RecursionError:
        return b"".join(_pieces(value))


def _pieces(value: object) -> Iterator[bytes]:
    """The same without recursion, and much slower: for a tree that is deeper than a stack."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case bytes() as piece:
                yield piece
            case dict() as members:
                yield b"{"
                waiting.append(b"}")
                for number, (key, member) in reversed(list(enumerate(members.items()))):
                    waiting += (member, b"," * (number > 0) + _encoder.encode(key) + b":")
            case list() as items:
                yield b"["
                waiting.append(b"]")
                for number, item in reversed(list(enumerate(items))):
                    waiting += (item, b"," * (number > 0))
            case plain:
                yield _encoder.encode(plain)


def canonical(value: object) -> bytes:
    """JSON in which equal objects are equal, however their keys were ordered."""
    return msgspec.json.encode(value, order="sorted")


def instant(value: datetime) -> str:
    """RFC 3339 in UTC; a whole second without a fraction."""
    text = (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()
    return text[:-6] + "Z"  # in place of +00:00


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


_TAGS_IN_ROWS: Final = 10
_TAG_CHARACTERS_IN_ROWS: Final = 200


class Trees(Protocol):
    """Encodes tasks with what is below them."""

    def task(self, view: TaskView) -> Any:
        """A task without what is below it."""

    def branches(self, roots: Iterable[Branch]) -> list[Any]:
        """Several trees."""


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
        """A task as a row for an assistant, which pays for every word: what tells tasks apart, and the counters.

        Of many or long tags it has the first ones, and how many there are.
        """
        names = ROW.out(self.words)
        task = view.task
        encoded: Object = {
            names["id"]: task.id,
            names["title"]: task.title,
            names["status"]: STATUS[task.status],
            names["priority"]: PRIORITY[task.priority],
        }
        if task.project_id is not None:
            encoded[names["project_name"]] = view.project_name
        if task.parent_id is not None:
            encoded[names["parent_id"]] = task.parent_id
        if task.due_date is not None:
            encoded[names["due_date"]] = due_date(task.due_date)
        encoded[names["level"]] = view.level
        encoded[names["dependency_count"]] = view.dependency_count
        encoded[names["uncompleted_dependency_count"]] = view.uncompleted_dependency_count
        encoded[names["dependent_count"]] = view.dependent_count
        encoded[names["subtask_count"]] = view.subtask_count
        if view.task.tags:
            shown = [each.name for each in view.task.tags][:_TAGS_IN_ROWS]
            while len(shown) > 1 and sum(map(len, shown)) > _TAG_CHARACTERS_IN_ROWS:
                shown.pop()
            encoded[names["tags"]] = shown
            if len(shown) < len(view.task.tags):
                encoded[names["tag_count"]] = len(view.task.tags)
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

    def detail(self, detail: TaskDetail, rows: Trees | None = None) -> Object:
        """A task with its subtree; ``rows`` encodes what is below it, if not this."""
        encoded = self.task(detail.view)
        encoded[TASK.out(self.words)["subtasks"]] = (rows or self).branches(detail.children)
        return encoded

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

    def template(self, template: Template) -> Object:
        """A template with its fields."""
        names = TEMPLATE.out(self.words)
        encoded: Object = {names["id"]: template.id, names["name"]: template.name}
        if template.alias is not None:
            encoded[names["alias"]] = template.alias
        encoded[names["definition"]] = template.definition
        encoded[names["default_title"]] = template.default_title
        encoded[names["description_template"]] = template.description_template
        encoded[names["fields"]] = [self._field(field) for field in template.fields]
        encoded[names["sample_values"]] = template.sample_values
        encoded[names["category"]] = template.category
        encoded[names["active"]] = template.active
        encoded[names["language"]] = template.language
        if template.base_id is not None:
            encoded[names["base_id"]] = template.base_id
        return encoded

    def _field(self, field: Field) -> Object:
        names = FIELD.out(self.words)
        encoded: Object = {
            names["name"]: field.name,
            names["kind"]: FIELD_KIND[field.kind],
            names["required"]: field.required,
            names["default"]: field.default,
        }
        if field.kind is FieldKind.SELECT:
            encoded[names["options"]] = list(field.options)
        if field.description:
            encoded[names["description"]] = field.description
        return encoded

    def summary(self, summary: Summary, row: Callable[[TaskView], Object] | None = None) -> Object:
        """A summary of the workspace; ``row`` encodes a task of its lists, in full if nothing else is said."""
        names = SUMMARY.out(self.words)
        statuses = {each.value: summary.by_status.get(each, 0) for each in Status}
        priorities = {each.value: summary.by_priority.get(each, 0) for each in reversed(Priority)}
        encode = row or self.task
        return {
            names["total_projects"]: summary.project_count,
            names["total_tasks"]: summary.task_count,
            **{names[status]: number for status, number in statuses.items()},
            **{names[priority]: number for priority, number in priorities.items()},
            names["total_templates"]: summary.template_count,
            names["active_project"]: None if summary.active_project is None else self.project(summary.active_project),
            names["status_counts"]: statuses,
            names["priority_counts"]: priorities,
            names["due_date_summary"]: {
                "overdue": summary.overdue_count,
                "due_today": summary.due_today_count,
                "due_this_week": summary.due_this_week_count,
            },
            names["completion_rate"]: summary.completion_rate,
            names["high_priority_tasks"]: [encode(view) for view in summary.high_priority],
            names["overdue_tasks"]: [encode(view) for view in summary.overdue],
            names["blocked_tasks"]: [encode(view) for view in summary.blocked],
            names["recent_tasks"]: [encode(view) for view in summary.recent],
            names["projects"]: summary.project_count,
            names["tasks"]: summary.task_count,
            names["templates"]: summary.template_count,
        }

    def hierarchy(self, hierarchy: Hierarchy, rows: Trees | None = None) -> Object:
        """A task among its ancestors and descendants (``data-model.md`` §9); ``rows`` encodes those, if not this."""
        names = HIERARCHY.out(self.words)
        count = hierarchy.by_status.get
        return {
            names["task"]: self.task(hierarchy.view),
            names["ancestors"]: [(rows or self).task(view) for view in hierarchy.ancestors],
            names["children"]: (rows or self).branches(hierarchy.children),
            names["total"]: hierarchy.total,
            names["completed"]: count(Status.COMPLETED, 0),
            names["in_progress"]: count(Status.IN_PROGRESS, 0),
            names["pending"]: count(Status.PENDING, 0),
            names["cancelled"]: count(Status.CANCELLED, 0),
            names["progress"]: round(hierarchy.progress, 1),
        }

    def watches(self, watches: Iterable[Watch]) -> list[Object]:
        """File watches."""
        names = WATCH.out(self.words)
        return [
            {
                names["id"]: watch.id,
                names["task_id"]: watch.task_id,
                names["path"]: watch.path,
                names["active"]: watch.active,
                names["created_at"]: instant(watch.created_at),
                names["updated_at"]: instant(watch.updated_at),
            }
            for watch in watches
        ]

    def watch_statistics(self, statistics: WatchStatistics, *, allows_outside: bool) -> Object:
        """What is watched, with the watcher's configuration."""
        names, keys = WATCH_STATISTICS.out(self.words), WATCH_CONFIGURATION.out(self.words)
        return {
            names["watches"]: statistics.watches,
            names["paths"]: statistics.paths,
            names["tasks"]: statistics.tasks,
            names["events"]: statistics.events,
            names["changes"]: statistics.changes,
            names["dropped"]: statistics.dropped,
            names["state"]: statistics.state.value,
            names["configuration"]: {
                keys["extensions"]: list(EXTENSIONS),
                keys["ignored"]: list(IGNORED),
                keys["debounce_ms"]: DEBOUNCE_MS,
                keys["auto_update_status"]: True,
                keys["size_limit"]: SIZE_LIMIT,
                keys["allow_external_watches"]: allows_outside,
            },
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
    if isinstance(domain_name, AsSpelt):
        return str(domain_name)
    names = TASK.out(words).get(domain_name) or PROJECT.out(words).get(domain_name)
    return names or vocabulary.TASK_QUERY.out(words).get(domain_name, domain_name)
