"""What of a workspace is exported, and in which order (``behaviours.md`` §8.1)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

import attrs

from gorev.domain.context import ContextRecord
from gorev.domain.errors import InvalidDate
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.template import Template
from gorev.domain.values import LinkKind, Status, Tag


class Format(enum.Enum):
    """The kinds of file; only the first two can be read back."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


@attrs.frozen(kw_only=True)
class Selection:
    """Which part of a workspace. ``projects`` are ids, none meaning all; ``tags`` are names, any of which will do.

    A plain date stands for that whole day in the daemon's time zone, both ends included.
    """

    projects: tuple[str, ...] = ()
    status: Status | None = None
    tags: tuple[str, ...] = ()
    created_from: date | datetime | None = None
    created_to: date | datetime | None = None
    completed: bool = True
    subtasks: bool = True
    dependencies: bool = True
    templates: bool = False
    context: bool = False

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The first instant of creation that belongs to it, and the first one after that does not.

        @raise InvalidDate: it ends before it begins.
        """
        begin = None if self.created_from is None else _instant(self.created_from)
        end = None
        if isinstance(self.created_to, datetime):
            end = self.created_to + timedelta(microseconds=1)
        elif self.created_to is not None:
            end = _instant(self.created_to + timedelta(days=1))
        if begin is not None and end is not None and begin >= end:
            raise InvalidDate(
                field="date_range", value=str(self.created_from), allowed="a range that ends after it begins"
            )
        return begin, end


def _instant(given: date) -> datetime:
    return given if isinstance(given, datetime) else datetime.combine(given, time()).astimezone(UTC)


@attrs.frozen(kw_only=True)
class Counts:
    """How much of each kind."""

    tasks: int = 0
    projects: int = 0
    tags: int = 0
    templates: int = 0
    dependencies: int = 0


@attrs.frozen(kw_only=True)
class ExportedLink:
    """A link whose ends are both exported."""

    id: str
    source_id: str
    target_id: str
    kind: LinkKind


@attrs.frozen
class Outline:
    """The ids of all exported tasks, each after its parent, and how deep each stands among them."""

    ids: Sequence[str]
    depths: Sequence[int]


def outline(rows: Iterable[tuple[str, str | None, str | None]], projects: Sequence[str]) -> Outline:
    """The order of tasks: project by project, those without one last, children below their parents.

    ``rows`` are id, parent and project of each task, oldest first. One whose parent is not among them is a root.
    """
    place: dict[str, tuple[str | None, str | None]] = {id_: (parent, project) for id_, parent, project in rows}
    roots: dict[str | None, list[str]] = {project: [] for project in (*projects, None)}
    children: dict[str, list[str]] = {}
    for id_, (parent, project) in place.items():
        if parent in place:
            children.setdefault(parent, []).append(id_)
        else:
            roots[project].append(id_)
    ids: list[str] = []
    depths: list[int] = []
    waiting = [(root, 0) for each in reversed(roots.values()) for root in reversed(each)]
    while waiting:
        id_, depth = waiting.pop()
        ids.append(id_)
        depths.append(depth)
        waiting.extend((child, depth + 1) for child in reversed(children.get(id_, ())))
    return Outline(ids, depths)


def placed(view: TaskView) -> TaskView:
    """The task, its level being the one in an outline: a root there has no parent."""
    if view.level or view.task.parent_id is None:
        return view
    return attrs.evolve(view, task=attrs.evolve(view.task, parent_id=None))


@attrs.frozen(kw_only=True)
class Document:
    """A format: what writes it piece by piece, how its files' names end, and how such a file begins."""

    write: Callable[[Export], Iterator[bytes]]
    extensions: Sequence[str]
    is_own: Callable[[bytes], bool]


@attrs.frozen(kw_only=True)
class Export:
    """A part of a workspace while it is being read, in batches so that its size does not matter.

    The iterators read as they go, on the thread that has the snapshot; each can be gone through once. ``tasks`` are in
    the order of the outline, ``task_tags`` are task id and tag id. ``context`` is absent unless it was asked for.
    """

    time: datetime
    schema_version: int
    exported_by: str
    description: str
    counts: Counts
    projects: Sequence[ProjectView]
    tags: Sequence[Tag]
    tasks: Iterator[Sequence[TaskView]]
    task_tags: Iterator[Sequence[tuple[str, str]]]
    links: Iterator[Sequence[ExportedLink]]
    templates: Sequence[Template] | None = None
    context: ContextRecord | None = None
