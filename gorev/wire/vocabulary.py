"""The two vocabularies of the wire (``data-model.md`` §1 to §5, rules N1 to N4).

Each surface emits one of them; every spelling is accepted everywhere. Values of enums are always the Turkish tokens.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, TypeVar

import attrs

from gorev.domain.links import Relation
from gorev.domain.query import QuickFilter, Sort
from gorev.domain.text import folded
from gorev.domain.values import LinkKind, Priority, Status


class Vocabulary(enum.Enum):
    """Which spelling a surface emits."""

    TURKISH = "turkish"
    ENGLISH = "english"


@attrs.frozen
class Name:
    """One field: its name inside, its two names outside, and further ones that are understood but never emitted."""

    domain: str
    turkish: str
    english: str
    also: tuple[str, ...] = ()


def _same(*names: str) -> tuple[Name, ...]:
    return tuple(Name(name, name, name) for name in names)


@attrs.frozen(init=False)
class Names:
    """The fields of one kind of object."""

    turkish: Mapping[str, str]
    english: Mapping[str, str]
    _spellings: Mapping[str, str]
    _names: tuple[Name, ...]

    def __init__(self, *names: Name) -> None:
        spellings = {spelling: name.domain for name in names for spelling in (name.turkish, name.english, *name.also)}
        self.__attrs_init__(
            {name.domain: name.turkish for name in names},
            {name.domain: name.english for name in names},
            spellings,
            names,
        )

    def but(self, *names: Name) -> Names:
        """The same with further names, which win over those that share a field or a spelling with them."""
        replaced = {name.domain for name in names}
        return Names(*(name for name in self._names if name.domain not in replaced), *names)

    def out(self, vocabulary: Vocabulary) -> Mapping[str, str]:
        """Names inside → names as this vocabulary emits them."""
        return self.turkish if vocabulary is Vocabulary.TURKISH else self.english

    def inside(self, spelling: str) -> str | None:
        """The field that a spelling means."""
        return self._spellings.get(spelling)

    def spellings(self) -> frozenset[str]:
        """Everything that is understood."""
        return frozenset(self._spellings)


TASK: Final = Names(
    *_same("id", "workspace_id", "rev", "has_subtasks", "subtask_count"),
    Name("title", "baslik", "title"),
    Name("description", "aciklama", "description"),
    Name("status", "durum", "status", ("yeni_durum", "new_status")),
    Name("priority", "oncelik", "priority"),
    Name("project_id", "proje_id", "proje_id", ("project_id",)),
    Name("project_name", "proje_adi", "proje_name", ("project_name", "proje_isim")),
    Name("parent_id", "parent_id", "parent_id", ("ust_gorev_id", "ust_id", "yeni_parent_id", "new_parent_id")),
    Name("created_at", "olusturma_tarihi", "created_at", ("olusturma_tarih", "olusturma_zamani")),
    Name("updated_at", "guncelleme_tarihi", "updated_at", ("guncelleme_tarih", "guncelleme_zamani")),
    Name("due_date", "son_tarih", "due_date"),
    Name("tags", "etiketler", "tags"),
    Name("subtasks", "alt_gorevler", "subtasks"),
    Name("level", "seviye", "level"),
    Name("dependency_count", "bagimli_gorev_sayisi", "dependency_count"),
    Name("uncompleted_dependency_count", "tamamlanmamis_bagimlilik_sayisi", "uncompleted_dependency_count"),
    Name("dependent_count", "bu_goreve_bagimli_sayisi", "dependent_on_this_count"),
    Name("links", "bagimliliklar", "bagimliliklar", ("dependencies",)),
)

PROJECT: Final = Names(
    *_same("id", "workspace_id", "rev"),
    Name("name", "isim", "name"),
    Name("definition", "tanim", "definition", ("description",)),
    Name("created_at", "olusturma_tarihi", "created_at"),
    Name("updated_at", "guncelleme_tarihi", "updated_at"),
    Name("task_count", "gorev_sayisi", "task_count"),
    Name("completed_count", "tamamlanan_sayisi", "completed_count"),
    Name("in_progress_count", "devam_eden_sayisi", "in_progress_count"),
    Name("pending_count", "bekleyen_sayisi", "pending_count"),
    Name("cancelled_count", "iptal_sayisi", "cancelled_count"),
    Name("is_active", "is_active", "is_active", ("aktif",)),
)

TAG: Final = Names(Name("id", "id", "id"), Name("name", "isim", "name"))

LINK: Final = Names(
    Name("id", "id", "id"),
    Name("source_id", "kaynak_id", "source_id"),
    Name("target_id", "hedef_id", "target_id"),
    Name("kind", "baglanti_tip", "connection_type", ("baglanti_tipi",)),
    Name("source_title", "kaynak_baslik", "source_title"),
    Name("source_status", "kaynak_durum", "source_status"),
    Name("target_title", "hedef_baslik", "target_title"),
    Name("target_status", "hedef_durum", "target_status"),
)

HIERARCHY: Final = Names(
    Name("task", "gorev", "task"),
    Name("ancestors", "ust_gorevler", "parent_tasks"),
    Name("children", "alt_gorevler", "subtasks"),
    Name("total", "toplam_alt_gorev", "total_subtasks"),
    Name("completed", "tamamlanan_alt", "completed_subtasks", ("tamamlanan_alt_gorev",)),
    Name("in_progress", "devam_eden_alt", "in_progress_subtasks"),
    Name("pending", "beklemede_alt", "pending_subtasks"),
    Name("cancelled", "iptal_alt", "cancelled_subtasks"),
    Name("progress", "ilerleme_yuzdesi", "progress_percentage"),
)

TASK_QUERY: Final = Names(
    *_same("limit", "offset", "parent_id"),
    Name("statuses", "durum", "status"),
    Name("priorities", "oncelik", "priority"),
    Name("project_id", "proje_id", "project_id"),
    Name("tag", "etiket", "tag"),
    Name("all_projects", "tum_projeler", "all_projects"),
    Name("quick", "filtre", "filter"),
    Name("sort", "sirala", "sort", ("order_by",)),
    Name("search", "arama", "search", ("q",)),
    Name("nested", "agac", "agac"),
)

WORKSPACE: Final = Names(*_same("path", "name", "workspace_id"))

# Arguments of the tools of `mcp-tools.md`: fields of an entity, with the names that a tool adds.
_KEYS: Final = _same("action", "idempotency_key", "limit", "offset")
TASK_TOOL: Final = TASK.but(*_KEYS, Name("id", "id", "id", ("task_id", "gorev_id")), Name("confirm", "onay", "confirm"))
LIST_TOOL: Final = TASK_QUERY.but(Name("status", "durum", "status"), Name("priority", "oncelik", "priority"))
PROJECT_TOOL: Final = PROJECT.but(*_KEYS, Name("project_id", "proje_id", "project_id"))
HIERARCHY_TOOL: Final = TASK.but(
    *_KEYS,
    Name("parent_id", "parent_id", "parent_id", ("ust_gorev_id",)),
    Name("new_parent_id", "yeni_parent_id", "new_parent_id"),
    Name("task_id", "gorev_id", "task_id", ("id",)),
)

CONTEXT_TOOL: Final = Names(*_KEYS, Name("task_id", "gorev_id", "task_id", ("id",)))
BULK_DATA: Final = TASK.but(
    *_same("force", "check_dependencies", "dry_run"), Name("how", "operation", "operation", ("tag_operation",))
)
BULK_TOOL: Final = TASK.but(
    *_same("operation", "data", "force", "check_dependencies", "dry_run", "idempotency_key"),
    Name("ids", "ids", "task_ids"),
    Name("how", "tag_operation", "tag_operation"),
)
BATCH_TOOL: Final = Names(*_same("updates", "dry_run", "idempotency_key"))
LINK_TOOL: Final = LINK.but(
    *_KEYS,
    Name("relation", "baglanti_tipi", "connection_type", ("baglanti_tip",)),
    Name("task_id", "gorev_id", "gorev_id"),
    Name("prerequisite_id", "bagli_gorev_id", "bagli_gorev_id"),
)

STATUS: Final[Mapping[Status, str]] = {
    Status.PENDING: "beklemede",
    Status.IN_PROGRESS: "devam_ediyor",
    Status.COMPLETED: "tamamlandi",
    Status.CANCELLED: "iptal",
}
PRIORITY: Final[Mapping[Priority, str]] = {Priority.LOW: "dusuk", Priority.MEDIUM: "orta", Priority.HIGH: "yuksek"}
LINK_KIND: Final[Mapping[LinkKind, str]] = {LinkKind.BLOCKS: "onceki", LinkKind.RELATED: "iliskili"}
RELATION: Final[Mapping[Relation, tuple[str, ...]]] = {
    Relation.BLOCKS: ("onceki", "blocks", "blocker", "engelliyor", "bagimli"),
    Relation.WAITS_FOR: ("depends_on", "blocked_by"),
    Relation.RELATES_TO: ("iliskili", "related", "related_to"),
}
QUICK_FILTER: Final[Mapping[QuickFilter, str]] = {
    QuickFilter.URGENT: "acil",
    QuickFilter.OVERDUE: "gecmis",
    QuickFilter.TODAY: "bugun",
    QuickFilter.THIS_WEEK: "bu_hafta",
}
SORT: Final[Mapping[Sort, str]] = {
    Sort.DUE_ASC: "son_tarih_asc",
    Sort.DUE_DESC: "son_tarih_desc",
    Sort.PRIORITY_ASC: "oncelik_asc",
    Sort.PRIORITY_DESC: "oncelik_desc",
    Sort.CREATED_ASC: "olusturma_asc",
    Sort.CREATED_DESC: "olusturma_desc",
}

_ALSO: Final[Mapping[str, enum.Enum]] = {
    "open": Status.PENDING,
    "todo": Status.PENDING,
    "in-progress": Status.IN_PROGRESS,
    "done": Status.COMPLETED,
    "canceled": Status.CANCELLED,
}

E = TypeVar("E", bound=enum.Enum)


def understood(tokens: Mapping[E, str], given: str) -> E | None:
    """The value that a token or one of its aliases means, without regard to case or Turkish diacritics."""
    wanted = folded(given.strip())
    for value, token in tokens.items():
        if wanted in (token, value.value):
            return value
    also = _ALSO.get(wanted)
    return also if also in tokens else None  # type: ignore[return-value]  # it is one of the tokens' keys
