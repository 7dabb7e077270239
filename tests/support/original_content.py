"""What a well-used database of the original holds: nothing broken, every table in use, every spelling of a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from tests.support.original_database import OriginalDatabase, Shape, new_uuid

BEGIN: Final = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
STATUSES: Final = ("beklemede", "devam_ediyor", "tamamlandi", "iptal")
PRIORITIES: Final = ("dusuk", "orta", "yuksek")
TAGS: Final = ("bug", "özellik", "İstanbul", "api", "arayüz", "belge")
PROJECTS: Final = ("Mobil uygulama", "Sunucu", "Belgeler")
# Of five tasks, the first is the parent of the others, which so are in its project.
FAMILY: Final = 5
_ISTANBUL: Final = timezone(timedelta(hours=3))


def task_id(number: int) -> str:
    return new_uuid(1_000_000 + number)


def project_id(number: int) -> str:
    return new_uuid(2_000_000 + number)


def tag_id(number: int) -> str:
    return new_uuid(3_000_000 + number)


def made_at(number: int) -> datetime:
    """When a task was made."""
    return BEGIN + timedelta(minutes=number)


def written(instant: datetime, number: int) -> str:
    """An instant in one of the forms that the original and its SQL write."""
    there = instant.astimezone(_ISTANBUL)
    return (
        f"{there:%Y-%m-%d %H:%M:%S}.123456789 +0300 +03 m=+12.345678901",
        instant.isoformat().replace("+00:00", "Z"),
        f"{instant:%Y-%m-%d %H:%M:%S}",
        f"{instant:%Y-%m-%d %H:%M:%S}.5 +0000 UTC",
        there.isoformat(),
    )[number % 5]


def fill(database: OriginalDatabase, tasks: int) -> None:
    """Fill an empty file with as many tasks and what belongs to them."""
    database.insert_many(
        "projeler",
        [
            {
                "id": project_id(number),
                "name": name,
                "definition": f"{name} projesi",
                "created_at": written(BEGIN, number),
                "updated_at": written(BEGIN, number),
            }
            for number, name in enumerate(PROJECTS)
        ],
    )
    database.insert("aktif_proje", id=1, project_id=project_id(1))
    database.insert_many("gorevler", _tasks(tasks))
    database.insert_many("etiketler", [{"id": tag_id(number), "name": name} for number, name in enumerate(TAGS)])
    database.insert_many(
        "gorev_etiketleri",
        [
            {"task_id": task_id(number), "tag_id": tag_id((number + more) % len(TAGS))}
            for number in range(tasks)
            for more in (0, 1)
        ],
    )
    # Each family's second child waits for its first.
    database.insert_many(
        "baglantilar",
        [
            {
                "id": new_uuid(4_000_000 + number),
                "source_id": task_id(number),
                "target_id": task_id(number + 1),
                "kind": "onceki",
            }
            for number in range(1, tasks - 1, FAMILY)
        ],
    )
    _fill_context(database, tasks)
    _fill_searches(database)
    database.insert(
        "task_file_paths", task_id=task_id(1), file_path="/home/user/project/main.go", created_at=written(BEGIN, 2)
    )
    _fill_templates(database)


def _tasks(tasks: int) -> Iterator[dict[str, Any]]:
    for number in range(tasks):
        family = number // FAMILY
        yield {
            "id": task_id(number),
            "title": f"Görev {number}: giriş ekranı",
            "description": f"Açıklama {number}. " * 12,
            "status": STATUSES[number % 4],
            "priority": PRIORITIES[number % 3],
            "project_id": project_id(family % len(PROJECTS)),
            "parent_id": None if number % FAMILY == 0 else task_id(family * FAMILY),
            "created_at": written(made_at(number), number),
            "updated_at": written(made_at(number + 5), number + 1),
            "due_date": ("2025-12-31 00:00:00 +0000 UTC", "2026-01-15", None)[number % 3],
            "last_ai_interaction": written(made_at(number), 0) if number % 2 else None,
            "estimated_hours": 3 if number % 4 == 0 else None,
            "actual_hours": None,
        }


def _fill_context(database: OriginalDatabase, tasks: int) -> None:
    active, recent = database.columns("ai_context")["active_task_id"], json.dumps([task_id(2), task_id(1)])
    database.execute(
        f"UPDATE ai_context SET {active} = ?, recent_tasks = ?, session_data = ?", task_id(2), recent, '{"tema":"koyu"}'
    )
    database.insert_many(
        "ai_interactions",
        [
            {
                "task_id": task_id(number),
                "action_type": ("viewed", "created", "updated", "completed")[number % 4],
                "context": json.dumps({"from": "beklemede"}) if number % 2 else "",
                "timestamp": written(made_at(number), number),
            }
            for number in range(min(tasks, 5_000))
        ],
    )


def _fill_searches(database: OriginalDatabase) -> None:
    database.insert(
        "filter_profiles",
        name="Benim",
        description="",
        filters=json.dumps({"tags": ["api"], "enable_fuzzy": True, "fuzzy_threshold": 0.7}),
        search_query="giriş",
        use_count=7,
        last_used_at=written(BEGIN, 0),
        created_at=written(BEGIN, 0),
    )
    database.insert(
        "search_history", query="giriş", filters="", result_count=3, execution_time_ms=12, created_at=written(BEGIN, 0)
    )


def _fill_templates(database: OriginalDatabase) -> None:
    turkish = database.shape is Shape.V16
    keys = (
        ("isim", "tip", "zorunlu", "varsayilan", "secenekler")
        if turkish
        else ("name", "type", "required", "default", "options")
    )
    fields = [
        ("baslik" if turkish else "title", "text", True, "", None),
        ("ortam", "select", True, "test", ["test", "canlı"]),
    ]
    for number, (name, alias) in enumerate({"Bug Raporu": "bug", "Toplantı": "toplanti"}.items()):
        database.insert(
            "gorev_templateleri",
            id=new_uuid(5_000_000 + number),
            name=name,
            definition="Kullanıcının değiştirdiği",
            default_title="🐛 {{baslik}} {{ortam}}",
            description_template="## Ortam\n{{ortam}}",
            fields=json.dumps([dict(zip(keys, field, strict=True)) for field in fields]),
            sample_values='{"ortam":"test"}',
            category="Teknik",
            active=1,
            alias=alias,
        )
