"""The two route families: their paths and the names they emit, as ``rest-api.md`` and ``data-model.md`` list them."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from tests.support.workspace_client import WorkspaceClient


@attrs.frozen(kw_only=True)
class Family:
    """Paths, with ``{id}`` where one belongs, and names of fields."""

    tasks: str
    new_task: str
    task: str
    subtasks: str
    parent: str
    hierarchy: str
    projects: str
    new_project: str
    project: str
    project_tasks: str
    activate: tuple[str, str]
    active_project: str
    title: str
    description: str
    status: str
    priority: str
    project_name: str
    due_date: str
    tags: str
    tag_name: str
    children: str
    level: str
    created_at: str
    updated_at: str
    counters: tuple[str, str, str]
    name: str
    definition: str
    counts: tuple[str, str, str, str, str]

    @property
    def task_fields(self) -> set[str]:
        """The fields that a task always has."""
        return {
            "id",
            self.title,
            self.description,
            self.status,
            self.priority,
            self.created_at,
            self.updated_at,
            self.level,
            *self.counters,
            "has_subtasks",
            "subtask_count",
            "rev",
            "workspace_id",
        }

    @property
    def single_task_fields(self) -> set[str]:
        """The fields of a task that is answered alone, which has its links."""
        return self.task_fields | {"bagimliliklar"}

    @property
    def project_fields(self) -> set[str]:
        """The fields that a project has."""
        return {
            "id",
            self.name,
            self.definition,
            self.created_at,
            self.updated_at,
            *self.counts,
            "is_active",
            "rev",
            "workspace_id",
        }


TURKISH: Final = Family(
    tasks="/api/gorevler",
    new_task="/api/gorev",
    task="/api/gorev/{id}",
    subtasks="/api/gorev/{id}/altgorev",
    parent="/api/gorev/{id}/ust",
    hierarchy="/api/gorev/{id}/hiyerarsi",
    projects="/api/projeler",
    new_project="/api/proje",
    project="/api/proje/{id}",
    project_tasks="/api/proje/{id}/gorevler",
    activate=("POST", "/api/proje/{id}/aktif"),
    active_project="/api/aktif-proje",
    title="baslik",
    description="aciklama",
    status="durum",
    priority="oncelik",
    project_name="proje_adi",
    due_date="son_tarih",
    tags="etiketler",
    tag_name="isim",
    children="alt_gorevler",
    level="seviye",
    created_at="olusturma_tarihi",
    updated_at="guncelleme_tarihi",
    counters=("bagimli_gorev_sayisi", "tamamlanmamis_bagimlilik_sayisi", "bu_goreve_bagimli_sayisi"),
    name="isim",
    definition="tanim",
    counts=("gorev_sayisi", "tamamlanan_sayisi", "devam_eden_sayisi", "bekleyen_sayisi", "iptal_sayisi"),
)

ENGLISH: Final = Family(
    tasks="/api/v1/tasks",
    new_task="/api/v1/tasks",
    task="/api/v1/tasks/{id}",
    subtasks="/api/v1/tasks/{id}/subtasks",
    parent="/api/v1/tasks/{id}/parent",
    hierarchy="/api/v1/tasks/{id}/hierarchy",
    projects="/api/v1/projects",
    new_project="/api/v1/projects",
    project="/api/v1/projects/{id}",
    project_tasks="/api/v1/projects/{id}/tasks",
    activate=("PUT", "/api/v1/projects/{id}/activate"),
    active_project="/api/v1/active-project",
    title="title",
    description="description",
    status="status",
    priority="priority",
    project_name="proje_name",
    due_date="due_date",
    tags="tags",
    tag_name="name",
    children="subtasks",
    level="level",
    created_at="created_at",
    updated_at="updated_at",
    counters=("dependency_count", "uncompleted_dependency_count", "dependent_on_this_count"),
    name="name",
    definition="definition",
    counts=("task_count", "completed_count", "in_progress_count", "pending_count", "cancelled_count"),
)

both_families: Final = pytest.mark.parametrize("family", [pytest.param(TURKISH, id="A"), pytest.param(ENGLISH, id="B")])

UNKNOWN_ID: Final = "00000000-0000-4000-8000-000000000000"


def refused(
    client: WorkspaceClient,
    method: str,
    path: str,
    body: Any = None,
    *,
    status: int,
    code: str,
    headers: dict[str, str] | None = None,
) -> Any:
    """The details of an error answer, which must be of this status and code and told in both languages."""
    told = []
    details: Any = None
    for language in ("tr", "en"):
        response = client.request(method, path, body, {**(headers or {}), "Accept-Language": language})
        assert response.status == status, response.content
        answer = response.json
        assert answer["success"] is False
        assert answer["code"] == code
        assert answer["error"] == answer["message"]
        assert answer.keys() <= {"success", "error", "message", "code", "details"}
        told.append(answer["message"])
        details = answer.get("details", {})
    assert all(told)
    assert told[0] != told[1]
    return details
