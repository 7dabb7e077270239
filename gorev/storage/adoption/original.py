"""What a database of the original program looks like, in every shape from its first release to v0.17.

Migrations 1 to 10, up to v0.16.3, have Turkish columns; number 11 renames them, 12 and 13 add some. A column is known
by either name, so a file in which number 11 was interrupted is understood as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from gorev.domain.errors import WorkspaceUnavailable
from gorev.storage.sqlite import Connection

NEWEST_MIGRATION: Final = 13

_Columns = Mapping[str, tuple[str, ...]]


def _same(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


_INSTANTS: Final = {"created_at": ("olusturma_tarih", "created_at"), "updated_at": ("guncelleme_tarih", "updated_at")}

# Our names of the columns, and each one's names there.
TABLES: Final[Mapping[str, _Columns]] = {
    "gorevler": {
        "id": ("id",),
        "title": ("baslik", "title"),
        "description": ("aciklama", "description"),
        "status": ("durum", "status"),
        "priority": ("oncelik", "priority"),
        "project_id": ("proje_id", "project_id"),
        "due_date": ("son_tarih", "due_date"),
        **_INSTANTS,
        **_same("parent_id", "last_ai_interaction", "estimated_hours", "actual_hours", "workspace_id"),
    },
    "projeler": {
        "id": ("id",),
        "name": ("isim", "name"),
        "definition": ("tanim", "definition"),
        **_INSTANTS,
        **_same("workspace_id"),
    },
    "baglantilar": {
        "id": ("id",),
        "source_id": ("kaynak_id", "source_id"),
        "target_id": ("hedef_id", "target_id"),
        "kind": ("baglanti_tip", "connection_type"),
        **_same("workspace_id"),
    },
    "aktif_proje": {"id": ("id",), "project_id": ("proje_id", "project_id"), **_same("workspace_id")},
    "etiketler": {"id": ("id",), "name": ("isim", "name"), **_same("workspace_id")},
    "gorev_etiketleri": {"task_id": ("gorev_id", "task_id"), "tag_id": ("etiket_id", "tag_id")},
    "gorev_templateleri": {
        "id": ("id",),
        "name": ("isim", "name"),
        "definition": ("tanim", "definition"),
        "default_title": ("varsayilan_baslik", "default_title"),
        "description_template": ("aciklama_template", "description_template"),
        "fields": ("alanlar", "fields"),
        "sample_values": ("ornek_degerler", "sample_values"),
        "category": ("kategori", "category"),
        "active": ("aktif", "active"),
        **_INSTANTS,
        **_same("alias", "language_code", "base_template_id", "workspace_id"),
    },
    "ai_context": _same("id", "active_task_id", "recent_tasks", "session_data", "last_updated", "workspace_id"),
    "ai_interactions": {
        "task_id": ("gorev_id", "task_id"),
        **_same("id", "action_type", "context", "timestamp", "workspace_id"),
    },
    "filter_profiles": _same(
        "id",
        "name",
        "description",
        "filters",
        "search_query",
        "is_default",
        "use_count",
        "last_used_at",
        "created_at",
        "updated_at",
        "workspace_id",
    ),
    "search_history": _same(
        "id", "query", "filters", "result_count", "execution_time_ms", "created_at", "workspace_id"
    ),
    "task_file_paths": _same("id", "task_id", "file_path", "created_at", "updated_at"),
    "file_watcher_config": _same(
        "id",
        "enabled",
        "watched_extensions",
        "ignore_patterns",
        "auto_update_status",
        "debounce_duration_ms",
        "max_file_size_bytes",
        "created_at",
        "updated_at",
    ),
}

# There from the first migration on; the other tables came later.
_FIRST_TABLES: Final = {"gorevler", "projeler", "baglantilar", "aktif_proje"}
# Added by later migrations to tables that were there.
_LATER_COLUMNS: Final = {
    "due_date",
    "parent_id",
    "last_ai_interaction",
    "estimated_hours",
    "actual_hours",
    "alias",
    "language_code",
    "base_template_id",
    "workspace_id",
}

# Made from the rest, and made anew by us: its full-text index and what it searches otherwise, SQLite's own statistics.
_SEARCH_INDEX: Final = "gorevler_fts"
_DERIVED: Final = {_SEARCH_INDEX, "gorevler_search", "schema_migrations"}


@attrs.frozen
class Original:
    """The tables that a file has, and the name of each known column in them; ``migration`` is the newest applied."""

    tables: Mapping[str, Mapping[str, str]]
    migration: int


def recognise(connection: Connection) -> Original | None:
    """How the file is the original program's; nothing if it is not.

    @raise WorkspaceUnavailable: it is, but of a release that we do not know, so that we could not keep all of it.
    """
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "gorevler" not in names:
        return None
    unknown = sorted(name for name in names if name not in TABLES and not _is_derived(name, names))
    missing = sorted(_FIRST_TABLES - names)
    tables: dict[str, Mapping[str, str]] = {}
    for name in TABLES:
        if name in names:
            present = [column for _, column, *_ in connection.execute(f"PRAGMA table_xinfo({name})")]
            tables[name] = {
                field: column for field, spelt in TABLES[name].items() for column in spelt if column in present
            }
            unknown += [f"{name}.{column}" for column in present if column not in tables[name].values()]
            missing += [
                f"{name}.{field}" for field in TABLES[name] if field not in tables[name] and field not in _LATER_COLUMNS
            ]
    migration = _newest_migration(connection) if "schema_migrations" in names else 0
    if unknown or missing or migration > NEWEST_MIGRATION:
        raise WorkspaceUnavailable(reason="original", migration=migration, unknown=unknown, missing=missing)
    return Original(tables, migration)


def _is_derived(name: str, names: set[str]) -> bool:
    if name.startswith("sqlite_") or name in _DERIVED:
        return True
    return _SEARCH_INDEX in names and name.startswith(f"{_SEARCH_INDEX}_")


def _newest_migration(connection: Connection) -> int:
    (newest,) = connection.execute("SELECT max(CAST(version AS INTEGER)) FROM schema_migrations").fetchone()
    return newest or 0
