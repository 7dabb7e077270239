"""The shapes of what the wire emits: one description per entity, under both vocabularies.

`encode` writes these objects; tests hold each against the other.
"""

from __future__ import annotations

from typing import Final

from gorev.domain.event import EventKind
from gorev.domain.values import ActorKind
from gorev.wire.json_schema import (
    ANY_OBJECT,
    COUNT,
    FLAG,
    ID,
    INSTANT,
    MILLISECONDS,
    PERCENT,
    REV,
    TEXT,
    UNIX_SECONDS,
    Kind,
    Many,
    Maybe,
    Schema,
    Shape,
)
from gorev.wire.vocabulary import (
    FIELD,
    FIELD_KIND,
    HIERARCHY,
    LINK,
    LINK_KIND,
    PRIORITY,
    PROJECT,
    STATUS,
    SUMMARY,
    TAG,
    TASK,
    TEMPLATE,
)

_STATUS: Final[Schema] = {"type": "string", "enum": list(STATUS.values())}
_PRIORITY: Final[Schema] = {"type": "string", "enum": list(PRIORITY.values())}

TAG_SHAPE: Final = Shape(turkish="Etiket", english="Tag", names=TAG, members={"id": ID, "name": TEXT})

LINK_SHAPE: Final = Shape(
    turkish="Baglanti",
    english="Link",
    names=LINK,
    members={
        "id": ID,
        "source_id": ID,
        "target_id": ID,
        "kind": {"type": "string", "enum": list(LINK_KIND.values())},
        "source_title": TEXT,
        "source_status": _STATUS,
        "target_title": TEXT,
        "target_status": _STATUS,
    },
)

_TASK_MEMBERS: Final[dict[str, Kind]] = {
    "id": ID,
    "title": TEXT,
    "description": TEXT,
    "status": _STATUS,
    "priority": _PRIORITY,
    "project_id": ID,
    "project_name": TEXT,
    "parent_id": ID,
    "created_at": INSTANT,
    "updated_at": INSTANT,
    "due_date": INSTANT,
    "tags": Many(TAG_SHAPE),
    "level": COUNT,
    "dependency_count": COUNT,
    "uncompleted_dependency_count": COUNT,
    "dependent_count": COUNT,
    "has_subtasks": FLAG,
    "subtask_count": COUNT,
    "links": Many(LINK_SHAPE),
    "rev": REV,
    "workspace_id": TEXT,
}

TASK_SHAPE: Final = Shape(
    turkish="Gorev",
    english="Task",
    names=TASK,
    members=_TASK_MEMBERS,
    optional=frozenset({"project_id", "project_name", "parent_id", "due_date", "tags", "links", "subtasks"}),
    example={
        "id": "0b1c2d3e-4f50-4a61-8b72-9c83d0e1f2a3",
        "title": "Demo",
        "description": "",
        "status": "beklemede",
        "priority": "orta",
        "project_id": "5d1f0a52-6f0e-4c8b-9a55-0d7c1b2a3e4f",
        "project_name": "P",
        "created_at": "2025-10-06T10:30:00Z",
        "updated_at": "2025-10-06T10:30:00Z",
        "due_date": "2025-12-31T00:00:00Z",
        "tags": [{"id": "7a0e1b2c-3d4e-4f50-8a61-7b72c83d9e0f", "name": "api"}],
        "level": 0,
        "dependency_count": 0,
        "uncompleted_dependency_count": 0,
        "dependent_count": 0,
        "has_subtasks": False,
        "subtask_count": 0,
        "rev": 1,
        "workspace_id": "0123456789abcdef",
    },
)
_TASK_MEMBERS["subtasks"] = Many(TASK_SHAPE)

PROJECT_SHAPE: Final = Shape(
    turkish="Proje",
    english="Project",
    names=PROJECT,
    members={
        "id": ID,
        "name": TEXT,
        "definition": TEXT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "task_count": COUNT,
        "completed_count": COUNT,
        "in_progress_count": COUNT,
        "pending_count": COUNT,
        "cancelled_count": COUNT,
        "is_active": FLAG,
        "rev": REV,
        "workspace_id": TEXT,
    },
)

FIELD_SHAPE: Final = Shape(
    turkish="SablonAlani",
    english="TemplateField",
    names=FIELD,
    members={
        "name": TEXT,
        "kind": {"type": "string", "enum": list(FIELD_KIND.values())},
        "required": FLAG,
        "default": TEXT,
        "options": Many(TEXT),
        "description": TEXT,
    },
    optional=frozenset({"options", "description"}),
)

TEMPLATE_SHAPE: Final = Shape(
    turkish="Sablon",
    english="Template",
    names=TEMPLATE,
    members={
        "id": ID,
        "name": TEXT,
        "alias": TEXT,
        "definition": TEXT,
        "default_title": TEXT,
        "description_template": TEXT,
        "fields": Many(FIELD_SHAPE),
        "sample_values": Maybe({"type": "object", "additionalProperties": TEXT}),
        "category": TEXT,
        "active": FLAG,
        "language": {"type": "string", "enum": ["tr", "en"]},
        "base_id": TEXT,
    },
    optional=frozenset({"alias", "base_id"}),
)

HIERARCHY_SHAPE: Final = Shape(
    turkish="Hiyerarsi",
    english="Hierarchy",
    names=HIERARCHY,
    members={
        "task": TASK_SHAPE,
        "ancestors": Many(TASK_SHAPE),
        "children": Many(TASK_SHAPE),
        "total": COUNT,
        "completed": COUNT,
        "in_progress": COUNT,
        "pending": COUNT,
        "cancelled": COUNT,
        "progress": PERCENT,
    },
)


def _counts(*names: str) -> Schema:
    return {
        "type": "object",
        "properties": dict.fromkeys(names, COUNT),
        "required": list(names),
        "additionalProperties": False,
    }


SUMMARY_SHAPE: Final = Shape(
    turkish="Ozet",
    english="Summary",
    names=SUMMARY,
    members={
        **dict.fromkeys(("total_projects", "total_tasks"), COUNT),
        **dict.fromkeys(("pending", "in_progress", "completed", "cancelled", "high", "medium", "low"), COUNT),
        "total_templates": COUNT,
        "active_project": Maybe(PROJECT_SHAPE),
        "status_counts": _counts("pending", "in_progress", "completed", "cancelled"),
        "priority_counts": _counts("high", "medium", "low"),
        "due_date_summary": _counts("overdue", "due_today", "due_this_week"),
        "completion_rate": PERCENT,
        "high_priority_tasks": Many(TASK_SHAPE),
        "overdue_tasks": Many(TASK_SHAPE),
        "blocked_tasks": Many(TASK_SHAPE),
        "recent_tasks": Many(TASK_SHAPE),
        **dict.fromkeys(("projects", "tasks", "templates"), COUNT),
    },
)

HIT_SHAPE: Final = Shape(
    turkish="AramaSonucu",
    english="SearchHit",
    members={
        "task": TASK_SHAPE,
        "relevance_score": {"type": "number"},
        "match_type": {"type": "string", "enum": ["exact", "fts", "fuzzy", "filter"]},
        "matched_fields": Many(TEXT),
    },
)

SEARCH_SHAPE: Final = Shape(
    turkish="AramaYaniti",
    english="SearchResponse",
    members={
        "results": Many(HIT_SHAPE),
        "total_count": COUNT,
        "query_time_ms": MILLISECONDS,
        "used_fuzzy": FLAG,
        "suggestions": Many(TEXT),
        "intent": ANY_OBJECT,
    },
    optional=frozenset({"intent"}),
)

HISTORY_SHAPE: Final = Shape(
    turkish="AramaGecmisi",
    english="SearchHistoryRow",
    members={
        "id": {"type": "integer", "minimum": 1},
        "query": TEXT,
        "filters": ANY_OBJECT,
        "result_count": COUNT,
        "execution_time_ms": MILLISECONDS,
        "created_at": INSTANT,
    },
)

WORKSPACE_SHAPE: Final = Shape(
    turkish="CalismaAlani",
    english="Workspace",
    members={
        "id": ID,
        "name": TEXT,
        "path": TEXT,
        "last_accessed": INSTANT,
        "created_at": INSTANT,
        "database_path": TEXT,
        "task_count": COUNT,
    },
    optional=frozenset({"database_path", "task_count"}),
)

ACTOR_SHAPE: Final = Shape(
    turkish="Yapan",
    english="Actor",
    members={"client": TEXT, "type": {"type": "string", "enum": [kind.value for kind in ActorKind]}},
)

SIMPLE_EVENT_SHAPE: Final = Shape(
    turkish="Olay",
    english="SimpleEvent",
    members={
        "type": {
            "type": "string",
            "enum": [
                "created",
                "updated",
                "deleted",
                *(kind.value for kind in EventKind if not kind.value.startswith("task_")),
            ],
        },
        "task_id": ID,
        "project_id": TEXT,
        "data": ANY_OBJECT,
        "changed_fields": Many(TEXT),
        "workspace_id": ID,
        "timestamp": INSTANT,
        "seq": REV,
        "rev": Maybe(REV),
        "actor": ACTOR_SHAPE,
    },
    optional=frozenset({"task_id", "project_id", "changed_fields", "rev"}),
)

CHANGE_EVENT_SHAPE: Final = Shape(
    turkish="Degisiklik",
    english="ChangeEvent",
    members={
        "type": {"type": "string", "enum": [kind.value for kind in EventKind]},
        "entity_id": ID,
        "entity_type": {"type": "string", "enum": ["task", "project", "template"]},
        "action": {"type": "string", "enum": ["created", "updated", "deleted", "changed", "sync"]},
        "data": ANY_OBJECT,
        "changed_fields": Many(TEXT),
        "workspace_id": ID,
        "timestamp": UNIX_SECONDS,
        "seq": REV,
        "rev": Maybe(REV),
        "actor": ACTOR_SHAPE,
    },
    optional=frozenset({"entity_id", "entity_type", "changed_fields", "rev"}),
)

EXPORT_COUNTS: Final = _counts("tasks", "projects", "tags", "templates", "dependencies")

CONFLICT_SHAPE: Final = Shape(
    turkish="Cakisma",
    english="ImportConflict",
    members={
        "type": {"type": "string", "enum": ["project", "task", "template"]},
        "existing": ANY_OBJECT,
        "incoming": ANY_OBJECT,
        "resolution": {"type": "string", "enum": ["skip", "overwrite", "prompt", "merge"]},
        "new_value": Maybe(ANY_OBJECT),
    },
)

IMPORT_SHAPE: Final = Shape(
    turkish="IceAktarmaSonucu",
    english="ImportResult",
    members={
        "imported_count": COUNT,
        "skipped_count": COUNT,
        "success": FLAG,
        "dry_run": FLAG,
        "imported_tasks": COUNT,
        "imported_projects": COUNT,
        "imported_tags": COUNT,
        "imported_templates": COUNT,
        "imported_dependencies": COUNT,
        "skipped": COUNT,
        "errors": Many(TEXT),
        "conflicts": Many(CONFLICT_SHAPE),
        "warnings": Many(TEXT),
        "id_map": {"type": "object", "additionalProperties": TEXT},
    },
)
