"""The words of the original's columns, in every spelling that its releases and their clients wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from gorev.domain.links import Relation
from gorev.domain.query import QuickFilter
from gorev.domain.template import FieldKind
from gorev.domain.text import folded
from gorev.domain.values import Priority, Status

T = TypeVar("T")

STATUS: Final[Mapping[str, Status]] = {
    "beklemede": Status.PENDING,
    "pending": Status.PENDING,
    "open": Status.PENDING,
    "todo": Status.PENDING,
    "devam_ediyor": Status.IN_PROGRESS,
    "in_progress": Status.IN_PROGRESS,
    "tamamlandi": Status.COMPLETED,
    "completed": Status.COMPLETED,
    "done": Status.COMPLETED,
    "iptal": Status.CANCELLED,
    "cancelled": Status.CANCELLED,
    "canceled": Status.CANCELLED,
}

PRIORITY: Final[Mapping[str, Priority]] = {
    "dusuk": Priority.LOW,
    "low": Priority.LOW,
    "orta": Priority.MEDIUM,
    "medium": Priority.MEDIUM,
    "yuksek": Priority.HIGH,
    "high": Priority.HIGH,
}

# Rule D1: a stored link is the sentence "source word target".
RELATION: Final[Mapping[str, Relation]] = {
    "onceki": Relation.BLOCKS,
    "blocks": Relation.BLOCKS,
    "blocker": Relation.BLOCKS,
    "engelliyor": Relation.BLOCKS,
    "bagimli": Relation.BLOCKS,
    "depends_on": Relation.WAITS_FOR,
    "blocked_by": Relation.WAITS_FOR,
    "iliskili": Relation.RELATES_TO,
    "related": Relation.RELATES_TO,
    "related_to": Relation.RELATES_TO,
}

FIELD_KIND: Final[Mapping[str, FieldKind]] = {
    "text": FieldKind.TEXT,
    "metin": FieldKind.TEXT,
    "textarea": FieldKind.TEXT,
    "markdown": FieldKind.TEXT,
    "multiselect": FieldKind.TEXT,
    "checkbox": FieldKind.TEXT,
    "email": FieldKind.TEXT,
    "url": FieldKind.TEXT,
    "select": FieldKind.SELECT,
    "secim": FieldKind.SELECT,
    "date": FieldKind.DATE,
    "tarih": FieldKind.DATE,
    "number": FieldKind.NUMBER,
    "sayi": FieldKind.NUMBER,
}

QUICK: Final[Mapping[str, QuickFilter]] = {
    "acil": QuickFilter.URGENT,
    "urgent": QuickFilter.URGENT,
    "gecmis": QuickFilter.OVERDUE,
    "overdue": QuickFilter.OVERDUE,
    "bugun": QuickFilter.TODAY,
    "today": QuickFilter.TODAY,
    "bu_hafta": QuickFilter.THIS_WEEK,
    "this_week": QuickFilter.THIS_WEEK,
}


def meaning(words: Mapping[str, T], given: str) -> T | None:
    """What a word means, however it is accented or capitalised; nothing if it is none of them."""
    return words.get(given) or words.get(folded(given.strip()).replace(" ", "_").replace("-", "_"))
