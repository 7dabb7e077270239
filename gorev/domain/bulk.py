"""Changes of many tasks at once: which transitions are allowed, and what came of each task (``behaviours.md`` §5)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Final

import attrs

from gorev.domain.errors import GorevError
from gorev.domain.task import Prerequisite
from gorev.domain.values import Status

IDS_LIMIT: Final = 500

TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.IN_PROGRESS, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.PENDING, Status.COMPLETED, Status.CANCELLED}),
    Status.COMPLETED: frozenset({Status.IN_PROGRESS}),
    Status.CANCELLED: frozenset({Status.PENDING}),
}


class TagChange(enum.Enum):
    """What a bulk operation does with the tags of each task."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


class Note(enum.Enum):
    """Why a task was left as it is, though nothing was wrong with it; or what a dry run would have done."""

    SAME_STATUS = "same_status"
    SAME_TAGS = "same_tags"
    NOTHING_CHANGED = "nothing_changed"
    WOULD_CHANGE = "would_change"


@attrs.frozen(kw_only=True)
class Failed:
    """A task that could not be changed, with the error's code and its details, tasks in them by their titles.

    ``task_id`` is as the caller gave it where no such task exists.
    """

    task_id: str
    code: str
    details: dict[str, Any]

    @classmethod
    def by(cls, task_id: str, error: GorevError) -> Failed:
        """The failure that an error means for a task."""
        return cls(
            task_id=task_id, code=error.code, details={name: _plain(each) for name, each in error.details.items()}
        )


def _plain(detail: object) -> object:
    match detail:
        case Prerequisite():
            return detail.title
        case enum.Enum():
            return detail.value
        case list() | tuple():
            return [_plain(each) for each in detail]
    return detail


@attrs.frozen(kw_only=True)
class BulkOutcome:
    """What came of each task, in the order in which they were tried.

    ``cancelled`` are, of tasks that were changed, the prerequisites that did not hold them back, being cancelled.
    """

    successful: tuple[str, ...]
    failed: tuple[Failed, ...]
    noted: tuple[tuple[str, Note], ...]
    dry_run: bool
    cancelled: tuple[tuple[str, tuple[Prerequisite, ...]], ...] = ()

    @property
    def total(self) -> int:
        """How many tasks were tried."""
        return len(self.successful) + len(self.failed) + len(self.noted)
