"""Filter profiles: searches that are kept under a name (``data-model.md`` §12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

from gorev.domain import text
from gorev.domain.search import words
from gorev.domain.search.filters import Filters
from gorev.domain.values import UNSET, Priority, Status, Unset


@attrs.frozen(kw_only=True)
class Profile:
    """One profile as it is stored. ``is_default`` ones came with the program and cannot be deleted."""

    id: int
    name: str
    description: str
    filters: Filters
    search_query: str
    is_default: bool
    use_count: int
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime


@attrs.frozen(kw_only=True)
class ProfileDraft:
    """What a caller wants kept; what is unset stays, or is empty in a new profile."""

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    filters: Filters | Unset = UNSET
    search_query: str | Unset = UNSET
    is_default: bool | Unset = UNSET

    def checked(self) -> ProfileDraft:
        """The same with trimmed texts.

        @raise InvalidValue: a text breaks a limit.
        """
        return attrs.evolve(
            self,
            name=self.name if isinstance(self.name, Unset) else text.line("name", self.name, text.NAME_LIMIT),
            description=(
                self.description if isinstance(self.description, Unset) else text.description(self.description)
            ),
            search_query=(
                self.search_query
                if isinstance(self.search_query, Unset)
                else words.checked(self.search_query, "search_query")
            ),
        )

    @property
    def searches(self) -> bool:
        """Whether it says what to search for."""
        by_text = not isinstance(self.search_query, Unset) and self.search_query != ""
        return by_text or (not isinstance(self.filters, Unset) and self.filters.selects)


# By language: name and description, then the filters of each.
SHIPPED: Final[tuple[tuple[Mapping[str, tuple[str, str]], Filters], ...]] = (
    (
        {"tr": ("Yüksek Öncelik", "Yüksek öncelikli görevler"), "en": ("High Priority", "Tasks of high priority")},
        Filters(priorities=Priority.HIGH),
    ),
    (
        {"tr": ("Devam Ediyor", "Üzerinde çalışılan görevler"), "en": ("In Progress", "Tasks being worked on")},
        Filters(statuses=Status.IN_PROGRESS),
    ),
    (
        {"tr": ("Bekleyen", "Başlanmamış görevler"), "en": ("Pending", "Tasks not yet started")},
        Filters(statuses=Status.PENDING),
    ),
    (
        {
            "tr": ("Acil Görevler", "Başlanmamış, yüksek öncelikli görevler"),
            "en": ("Urgent Tasks", "Tasks of high priority, not yet started"),
        },
        Filters(statuses=Status.PENDING, priorities=Priority.HIGH),
    ),
)
