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
from gorev.domain.search.days import Relative
from gorev.domain.template import FieldKind
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

    def others(self, field: str, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Further spellings of a field, beside the one that this vocabulary emits."""
        emitted = self.out(vocabulary)[field]
        return tuple(spelling for spelling, name in self._spellings.items() if name == field and spelling != emitted)

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

# A task as one row of a short list, which counts what it leaves out.
ROW: Final = TASK.but(Name("tag_count", "etiket_sayisi", "tag_count"))

PROJECT: Final = Names(
    *_same("id", "workspace_id", "rev"),
    Name("name", "isim", "name"),
    Name("definition", "tanim", "definition", ("description",)),
    Name("created_at", "olusturma_tarihi", "created_at", ("olusturma_tarih", "olusturma_zamani")),
    Name("updated_at", "guncelleme_tarihi", "updated_at", ("guncelleme_tarih", "guncelleme_zamani")),
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

EVENT_QUERY: Final = Names(*_same("since", "limit"))
CLIENT: Final = Names(*_same("client_id", "client_type", "workspace_id", "ttl_seconds"))
LANGUAGE: Final = Names(*_same("language"))
PAGE: Final = Names(Name("language", "lang", "lang"))
WORKSPACE: Final = Names(*_same("path", "name", "workspace_id"))

TEMPLATE: Final = Names(
    *_same("id", "alias"),
    Name("name", "isim", "name"),
    Name("definition", "tanim", "definition"),
    Name("default_title", "varsayilan_baslik", "default_title"),
    Name("description_template", "aciklama_template", "description_template"),
    Name("fields", "alanlar", "fields"),
    Name("sample_values", "ornek_degerler", "sample_values"),
    Name("category", "kategori", "category"),
    Name("active", "aktif", "active"),
    Name("language", "language_code", "language_code"),
    Name("base_id", "base_template_id", "base_template_id"),
)

FIELD: Final = Names(
    Name("name", "isim", "name"),
    Name("kind", "tip", "type"),
    Name("required", "zorunlu", "required"),
    Name("default", "varsayilan", "default"),
    Name("options", "secenekler", "options"),
    Name("description", "aciklama", "description"),
)

TEMPLATE_QUERY: Final = Names(Name("category", "kategori", "category"), Name("language", "lang", "lang"))

SUMMARY: Final = Names(
    *_same("total_templates", "active_project", "status_counts", "priority_counts", "due_date_summary"),
    *_same("completion_rate", "high_priority_tasks", "overdue_tasks", "blocked_tasks", "recent_tasks"),
    *_same("projects", "tasks", "templates"),
    Name("total_projects", "toplam_proje", "total_projects"),
    Name("total_tasks", "toplam_gorev", "total_tasks"),
    Name("pending", "beklemede_gorev", "pending_tasks"),
    Name("in_progress", "devam_eden_gorev", "in_progress_tasks"),
    Name("completed", "tamamlanan_gorev", "completed_tasks"),
    Name("cancelled", "iptal_gorev", "cancelled_tasks"),
    Name("high", "yuksek_oncelik", "high_priority_tasks_count"),
    Name("medium", "orta_oncelik", "medium_priority_tasks_count"),
    Name("low", "dusuk_oncelik", "low_priority_tasks_count"),
)

# behaviours.md §1, with what a filter profile keeps beside them (data-model.md §12).
FILTERS: Final = Names(
    Name("statuses", "durum", "status"),
    Name("priorities", "oncelik", "priority"),
    Name("projects", "proje_id", "project_ids", ("proje", "project", "project_id")),
    Name("tags", "etiket", "tags", ("tag", "etiketler")),
    Name("due", "son_tarih", "due_date", ("due",)),
    Name("created", "olusturma", "created"),
    Name("created_after", "created_after", "created_after", ("olusturulma_baslangic",)),
    Name("created_before", "created_before", "created_before", ("olusturulma_bitis",)),
    Name("due_after", "due_after", "due_after", ("son_tarih_baslangic",)),
    Name("due_before", "due_before", "due_before", ("son_tarih_bitis",)),
    Name("parents", "parent_id", "parent_id", ("ust",)),
    Name("quick", "filtre", "filter"),
    Name("fuzzy", "enable_fuzzy", "enable_fuzzy", ("use_fuzzy_search",)),
    *_same("fuzzy_threshold"),
)
# What a sentence can ask for beyond filters.
INTENT: Final = Names(
    Name("blocked", "engellenen", "blocked"),
    Name("newest", "son", "newest"),
    Name("touched", "bugun_calisilan", "worked_on_today"),
)

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
TEMPLATE_TOOL: Final = Names(
    *_KEYS,
    Name("template_id", "template_id", "template_id", ("template_alias", "alias", "sablon")),
    Name("values", "degerler", "values"),
    Name("project_id", "proje_id", "project_id"),
    Name("category", "kategori", "category"),
)
SUGGESTION_TOOL: Final = Names(*_same("context", "limit", "types"))
INTELLIGENT_TOOL: Final = TASK.but(
    *_same("auto_split", "estimate_time", "smart_priority", "suggest_template", "idempotency_key")
)
BATCH_TOOL: Final = Names(*_same("updates", "dry_run", "idempotency_key"))
WATCH: Final = Names(
    *_same("id", "active", "created_at", "updated_at"),
    Name("task_id", "task_id", "task_id", ("gorev_id",)),
    Name("path", "file_path", "file_path"),
)
WATCH_STATISTICS: Final = Names(
    *_same("state", "configuration"),
    Name("watches", "watch_count", "watch_count"),
    Name("paths", "watched_paths", "watched_paths"),
    Name("tasks", "watched_tasks", "watched_tasks"),
    Name("events", "events_seen", "events_seen"),
    Name("changes", "changes_recorded", "changes_recorded"),
    Name("dropped", "events_dropped", "events_dropped"),
)
WATCH_CONFIGURATION: Final = Names(
    *_same("debounce_ms", "auto_update_status", "allow_external_watches"),
    Name("extensions", "watched_extensions", "watched_extensions"),
    Name("ignored", "ignore_patterns", "ignore_patterns"),
    Name("size_limit", "max_file_size", "max_file_size"),
)
WATCH_TOOL: Final = Names(
    *_KEYS,
    *_same("watch_id"),
    Name("file_path", "file_path", "file_path", ("path", "dosya_yolu")),
    Name("task_id", "task_id", "task_id", ("gorev_id",)),
)
FOUND_IDE: Final = Names(
    *_same("name", "config_path", "extensions_path", "version"),
    Name("ide", "type", "type"),
    Name("executable", "executable_path", "executable_path"),
)
IDE_TOOL: Final = Names(*_same("action", "extension_id"), Name("ide", "ide", "ide", ("ide_type",)))
SEARCH_TOOL: Final = Names(
    *_same("filters", "fuzzy_threshold", "max_results", "limit", "include_completed"),
    Name("mode", "mode", "mode", ("action",)),
    Name("query", "query", "query", ("arama_metni",)),
    Name("fuzzy", "use_fuzzy_search", "use_fuzzy_search", ("enable_fuzzy",)),
    Name("sort", "sort_by", "sort_by"),
    Name("direction", "sort_direction", "sort_direction"),
    Name("fields", "search_fields", "search_fields"),
)
PROFILE_TOOL: Final = Names(
    *_same("action", "idempotency_key", "filters", "search_query", "is_default", "defaults_only", "apply"),
    Name("name", "name", "name", ("profile_name", "isim")),
    Name("profile_id", "profile_id", "profile_id", ("id",)),
    Name("description", "description", "description", ("aciklama",)),
)
LINK_TOOL: Final = LINK.but(
    *_KEYS,
    Name("relation", "baglanti_tipi", "connection_type", ("baglanti_tip",)),
    Name("task_id", "gorev_id", "gorev_id"),
    Name("prerequisite_id", "bagli_gorev_id", "bagli_gorev_id"),
)

# Parts of an export document, which has one vocabulary, and the tools that write and read it.
DOCUMENT: Final = Names(
    *_same("version", "metadata", "task_tags", "templates"),
    Name("projects", "projects", "projects", ("projeler",)),
    Name("tasks", "tasks", "tasks", ("gorevler",)),
    Name("tags", "tags", "tags", ("etiketler",)),
    Name("links", "dependencies", "dependencies", ("baglantilar", "bagimliliklar")),
    Name("context", "ai_context", "ai_context"),
)
TASK_TAG: Final = Names(
    Name("task_id", "task_id", "task_id", ("gorev_id",)), Name("tag_id", "tag_id", "tag_id", ("etiket_id",))
)
CONTEXT: Final = Names(
    *_same("active_task_id", "recent_tasks", "session_data"), Name("updated_at", "last_updated", "last_updated")
)
INTERACTION: Final = Names(
    *_same("context", "session_id"),
    Name("task_id", "gorev_id", "task_id"),
    Name("action", "action_type", "action_type"),
    Name("time", "timestamp", "timestamp"),
)
EXPORT_TOOL: Final = Names(
    *_same("format", "include_completed", "include_dependencies", "include_templates", "include_ai_context"),
    *_same("include_subtasks", "project_filter", "tag_filter", "date_range", "operation_id"),
    Name("output_path", "output_path", "output_path", ("path", "file_path")),
    Name("project_id", "proje_id", "project_id"),
    Name("status", "durum", "status"),
)
IMPORT_TOOL: Final = Names(
    *_same("data", "format", "import_mode", "conflict_resolution", "preserve_ids", "dry_run", "project_mapping"),
    *_same("operation_id", "idempotency_key"),
    Name("file_path", "file_path", "file_path", ("path",)),
    Name("project_id", "proje_id", "project_id"),
)

STATUS: Final[Mapping[Status, str]] = {
    Status.PENDING: "beklemede",
    Status.IN_PROGRESS: "devam_ediyor",
    Status.COMPLETED: "tamamlandi",
    Status.CANCELLED: "iptal",
}
PRIORITY: Final[Mapping[Priority, str]] = {Priority.LOW: "dusuk", Priority.MEDIUM: "orta", Priority.HIGH: "yuksek"}
LINK_KIND: Final[Mapping[LinkKind, str]] = {LinkKind.BLOCKS: "onceki", LinkKind.RELATED: "iliskili"}
FIELD_KIND: Final[Mapping[FieldKind, str]] = {kind: kind.value for kind in FieldKind}
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
RELATIVE: Final[Mapping[Relative, str]] = {
    Relative.TODAY: "bugun",
    Relative.TOMORROW: "yarin",
    Relative.YESTERDAY: "dun",
    Relative.THIS_WEEK: "bu_hafta",
    Relative.NEXT_WEEK: "gelecek_hafta",
    Relative.LAST_WEEK: "gecen_hafta",
    Relative.THIS_MONTH: "bu_ay",
    Relative.NEXT_MONTH: "gelecek_ay",
    Relative.LAST_MONTH: "gecen_ay",
    Relative.OVERDUE: "gecikmis",
    Relative.UPCOMING: "yaklasan",
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
    "metin": FieldKind.TEXT,
    "textarea": FieldKind.TEXT,
    "markdown": FieldKind.TEXT,
    "multiselect": FieldKind.TEXT,
    "checkbox": FieldKind.TEXT,
    "email": FieldKind.TEXT,
    "url": FieldKind.TEXT,
    "secim": FieldKind.SELECT,
    "tarih": FieldKind.DATE,
    "sayi": FieldKind.NUMBER,
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


def also_understood(tokens: Mapping[E, str]) -> list[str]:
    """Words beside the tokens that `understood` knows."""
    values = [value.value for value in tokens if value.value not in tokens.values()]
    return [*values, *(word for word, value in _ALSO.items() if value in tokens)]
