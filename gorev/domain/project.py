"""A project: a named set of tasks (``data-model.md`` §5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from gorev.domain import text
from gorev.domain.values import UNSET, Unset


@attrs.frozen(kw_only=True)
class Project:
    """One project as it is stored."""

    id: str
    name: str
    definition: str
    created_at: datetime
    updated_at: datetime
    rev: int


@attrs.frozen(kw_only=True)
class ProjectView:
    """A project with its task counts, subtasks included, and whether it is the workspace's active one."""

    project: Project
    is_active: bool
    task_count: int = 0
    completed_count: int = 0
    in_progress_count: int = 0
    pending_count: int = 0
    cancelled_count: int = 0


@attrs.frozen(kw_only=True)
class ProjectChange:
    """What a caller wants changed; what is unset stays."""

    name: str | Unset = UNSET
    definition: str | Unset = UNSET


def name(value: str) -> str:
    """A project's name.

    @raise InvalidValue: if it is blank, too long or not clean.
    """
    return text.line("name", value, text.NAME_LIMIT)


def definition(value: str) -> str:
    """A project's description.

    @raise InvalidValue: if it is too long or not clean.
    """
    return text.description(value, "definition")


def revised(project: Project, now: datetime) -> Project:
    """The project one revision later."""
    return attrs.evolve(
        project, updated_at=max(now, project.updated_at + timedelta(microseconds=1)), rev=project.rev + 1
    )
