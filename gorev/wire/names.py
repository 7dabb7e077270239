"""What people call a status or a priority (``behaviours.md`` §9), and the signs that stand for them."""

from __future__ import annotations

from typing import Final

from gorev.domain.values import Priority, Status
from gorev.locale import text

STATUS_SYMBOL: Final = {
    Status.PENDING: "⏳",
    Status.IN_PROGRESS: "🔄",
    Status.COMPLETED: "✅",
    Status.CANCELLED: "❌",
}
PRIORITY_SYMBOL: Final = {Priority.HIGH: "🔴", Priority.MEDIUM: "🟡", Priority.LOW: "🟢"}

_STATUS_NAME: Final = {
    Status.PENDING: "Pending",
    Status.IN_PROGRESS: "In Progress",
    Status.COMPLETED: "Completed",
    Status.CANCELLED: "Cancelled",
}
_PRIORITY_NAME: Final = {Priority.HIGH: "High", Priority.MEDIUM: "Medium", Priority.LOW: "Low"}


def status_name(status: Status, language: str) -> str:
    """A status as people call it."""
    return text(language, _STATUS_NAME[status])


def priority_name(priority: Priority, language: str) -> str:
    """A priority as people call it."""
    return text(language, _PRIORITY_NAME[priority])
