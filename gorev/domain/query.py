"""Which tasks a caller wants to see, and in which order (``rest-api.md`` §4.1, ``behaviours.md`` §11)."""

from __future__ import annotations

import enum
from datetime import date, timedelta

import attrs

from gorev.domain.values import Priority, Status


class Sort(enum.Enum):
    """The order of a list. Undated tasks come last in both directions; ties go by id."""

    CREATED_DESC = "created_at_desc"
    CREATED_ASC = "created_at_asc"
    DUE_ASC = "due_date_asc"
    DUE_DESC = "due_date_desc"
    PRIORITY_ASC = "priority_asc"
    PRIORITY_DESC = "priority_desc"


class QuickFilter(enum.Enum):
    """Named due-date ranges over open tasks."""

    URGENT = "urgent"
    OVERDUE = "overdue"
    TODAY = "today"
    THIS_WEEK = "this_week"

    def due_range(self, today: date) -> tuple[date | None, date]:
        """First and last due date that belong to it; no first means any earlier one."""
        match self:
            case QuickFilter.URGENT:
                return today, today + timedelta(days=6)
            case QuickFilter.OVERDUE:
                return None, today - timedelta(days=1)
            case QuickFilter.TODAY:
                return today, today
            case QuickFilter.THIS_WEEK:
                return today, today + timedelta(days=6 - today.weekday())


@attrs.frozen(kw_only=True)
class Part:
    """How much of what is below a task is wanted: of its own subtasks up to ``limit`` from ``offset`` on, in the order
    of their creation, and of these with everything below them about ``most`` tasks.
    """

    most: int
    limit: int
    offset: int = 0


@attrs.frozen(kw_only=True)
class TaskQuery:
    """A page of tasks. ``project_id`` unset (``None``) means the active project unless ``all_projects``.

    ``parent_id``: children of that task; ``roots_only``: tasks without a parent. Lists mean "any of"; all conditions
    hold at once. ``search`` is a substring of title, description or a tag, folded.
    """

    statuses: tuple[Status, ...] = ()
    priorities: tuple[Priority, ...] = ()
    project_id: str | None = None
    all_projects: bool = False
    tag: str | None = None
    quick: QuickFilter | None = None
    search: str | None = None
    parent_id: str | None = None
    roots_only: bool = False
    sort: Sort = Sort.CREATED_DESC
    limit: int = 50
    offset: int = 0
