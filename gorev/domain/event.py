"""What happened: one event per committed change of one entity (``websocket.md`` §3, rules E1 to E5)."""

from __future__ import annotations

import enum
from datetime import datetime

import attrs

from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import Actor


class EventKind(enum.Enum):
    """The kinds of change that clients are told of."""

    TASK_CREATED = "task_created"
    TASK_UPDATED = "task_updated"
    TASK_DELETED = "task_deleted"
    PROJECT_CREATED = "project_created"
    PROJECT_UPDATED = "project_updated"
    PROJECT_DELETED = "project_deleted"
    WORKSPACE_SYNC = "workspace_sync"


@attrs.frozen(kw_only=True)
class Event:
    """One change. ``seq`` rises by one per workspace, without gaps (rule R3).

    ``before`` is absent for what was created, ``after`` for what was deleted, both for a sync. ``changed`` names the
    fields that an update changed.
    """

    seq: int
    time: datetime
    actor: Actor
    kind: EventKind
    entity_id: str | None = None
    before: TaskView | ProjectView | None = None
    after: TaskView | ProjectView | None = None
    changed: tuple[str, ...] = ()

    @property
    def rev(self) -> int | None:
        """The revision of the entity after the change (of a deleted one: its last)."""
        match self.after or self.before:
            case TaskView(task=task):
                return task.rev
            case ProjectView(project=project):
                return project.rev
        return None
