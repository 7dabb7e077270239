"""What happened: one event per committed change of one entity (``websocket.md`` §3, rules E1 to E5)."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TypeAlias

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
    TEMPLATE_CHANGED = "template_changed"
    WORKSPACE_SYNC = "workspace_sync"


@attrs.frozen(kw_only=True)
class TemplatesAdded:
    """What an initialisation of the templates came to: how many were ``created``."""

    created: int


Entity: TypeAlias = TaskView | ProjectView | TemplatesAdded


@attrs.frozen(kw_only=True)
class Event:
    """One change. ``seq`` rises by one per workspace, without gaps (rule R3).

    ``before`` is absent for what was created, ``after`` for what was deleted, both for a sync. ``changed`` names the
    fields that an update changed. A sync with ``first_seq`` is told in place of the events from that one to its own.
    """

    seq: int
    time: datetime
    actor: Actor
    kind: EventKind
    entity_id: str | None = None
    before: Entity | None = None
    after: Entity | None = None
    changed: tuple[str, ...] = ()
    first_seq: int | None = None

    @property
    def rev(self) -> int | None:
        """The revision of the entity after the change (of a deleted one: its last)."""
        match self.after or self.before:
            case TaskView(task=task):
                return task.rev
            case ProjectView(project=project):
                return project.rev
        return None


@attrs.frozen(kw_only=True)
class Progress:
    """How far a long operation is: ``done`` of ``total`` steps."""

    operation: str
    operation_id: str
    done: int
    total: int
