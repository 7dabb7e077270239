"""What an assistant works on in a workspace, and what was done there lately (``data-model.md`` §13)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from gorev.domain.project import ProjectView
from gorev.domain.task import Prerequisite, TaskView

RECENT_LIMIT: Final = 10


class Action(enum.Enum):
    """The kinds of interaction. Those of a task go when it is deleted, so that only documents and databases of earlier
    programs hold the last one.
    """

    VIEWED = "viewed"
    CREATED = "created"
    UPDATED = "updated"
    COMPLETED = "completed"
    SET_ACTIVE = "set_active"
    BULK_OPERATION = "bulk_operation"
    FILE_CHANGE = "file_change"
    DELETED = "deleted"


@attrs.frozen(kw_only=True)
class Interaction:
    """Something that was done with a task, as an assistant's memory."""

    task_id: str
    action: Action
    context: Mapping[str, Any]
    session_id: str | None
    time: datetime


@attrs.frozen(kw_only=True)
class ContextRecord:
    """The context of a workspace with everything that was done in it; recent tasks newest first."""

    active_task_id: str | None
    recent_tasks: tuple[str, ...]
    session_data: Mapping[str, Any]
    updated_at: datetime | None
    interactions: tuple[Interaction, ...] = ()


@attrs.frozen(kw_only=True)
class Activated:
    """The outcome of making a task the active one.

    ``waiting_for`` are the open prerequisites that kept it pending, ``cancelled`` those that did not, being cancelled.
    """

    view: TaskView
    waiting_for: tuple[Prerequisite, ...] = ()
    cancelled: tuple[Prerequisite, ...] = ()


@attrs.frozen(kw_only=True)
class ContextSummary:
    """Where the work stands. ``counts`` are of interactions among the last 50: created, updated, completed."""

    active_task: TaskView | None
    recent_tasks: tuple[TaskView, ...]
    working_project: ProjectView | None
    created: int
    updated: int
    completed: int
    next_priorities: tuple[TaskView, ...]
    blockers: tuple[TaskView, ...]
