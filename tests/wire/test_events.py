"""Events as frames of both formats (``websocket.md`` §2 to §4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.event import Event, EventKind
from gorev.domain.project import Project, ProjectView
from gorev.domain.task import Task, TaskView
from gorev.domain.values import Actor, ActorKind, Priority, Status
from gorev.wire import encode
from gorev.wire.events import Format, frame, frames
from gorev.wire.vocabulary import TASK, Vocabulary
from tests.support.any_entity import actors, instants, project_views, task_views
from tests.wire.shapes import doubled, translated

TIME = datetime(2025, 10, 6, 10, 30, tzinfo=UTC)
WORKSPACE = "0123456789abcdef"
ACTOR = Actor(client="cursor", kind=ActorKind.MCP, session="never told")

TASK_VIEW = TaskView(
    task=Task(
        id="7f",
        title="Demo",
        description="",
        status=Status.IN_PROGRESS,
        priority=Priority.MEDIUM,
        project_id="a1",
        parent_id=None,
        due_date=None,
        tags=(),
        created_at=TIME,
        updated_at=TIME,
        rev=4,
    ),
    project_name="P",
    level=0,
    dependency_count=0,
    uncompleted_dependency_count=0,
    dependent_count=0,
    subtask_count=0,
)
PROJECT_VIEW = ProjectView(
    project=Project(id="a1", name="P", definition="", created_at=TIME, updated_at=TIME, rev=2), is_active=True
)


def event(kind: EventKind, **values: Any) -> Event:
    return Event(seq=118, time=TIME, actor=ACTOR, kind=kind, **values)


UPDATED = event(EventKind.TASK_UPDATED, entity_id="7f", before=TASK_VIEW, after=TASK_VIEW, changed=("status",))


def without_data(given_frame: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given_frame.items() if key != "data"}


def test_an_update_in_the_simple_format_is_that_of_the_contract() -> None:
    told = frame(UPDATED, WORKSPACE, Format.SIMPLE)
    assert without_data(told) == {
        "type": "updated",
        "task_id": "7f",
        "project_id": "a1",
        "timestamp": "2025-10-06T10:30:00Z",
        "changed_fields": ["durum"],
        "workspace_id": WORKSPACE,
        "seq": 118,
        "rev": 4,
        "actor": {"client": "cursor", "type": "mcp"},
    }
    assert told["data"].items() >= {"id": "7f", "baslik": "Demo", "durum": "devam_ediyor"}.items()


def test_an_update_in_the_change_format_is_that_of_the_contract() -> None:
    told = frame(UPDATED, WORKSPACE, Format.CHANGE)
    assert without_data(told) == {
        "type": "task_updated",
        "workspace_id": WORKSPACE,
        "entity_id": "7f",
        "entity_type": "task",
        "action": "updated",
        "changed_fields": ["status"],
        "timestamp": 1759746600,
        "seq": 118,
        "rev": 4,
        "actor": {"client": "cursor", "type": "mcp"},
    }
    assert told["data"].items() >= {"id": "7f", "title": "Demo", "status": "devam_ediyor"}.items()


@pytest.mark.parametrize(
    ("kind", "type_", "entity_type", "action"),
    [
        (EventKind.TASK_CREATED, "created", "task", "created"),
        (EventKind.TASK_UPDATED, "updated", "task", "updated"),
        (EventKind.TASK_DELETED, "deleted", "task", "deleted"),
        (EventKind.PROJECT_CREATED, "project_created", "project", "created"),
        (EventKind.PROJECT_UPDATED, "project_updated", "project", "updated"),
        (EventKind.PROJECT_DELETED, "project_deleted", "project", "deleted"),
    ],
)
def test_each_kind_has_its_type_in_both_formats(kind: EventKind, type_: str, entity_type: str, action: str) -> None:
    entity = TASK_VIEW if entity_type == "task" else PROJECT_VIEW
    before, after = (entity, None) if action == "deleted" else (None, entity)
    told = event(kind, entity_id="7f", before=before, after=after)
    assert frame(told, WORKSPACE, Format.SIMPLE)["type"] == type_
    change = frame(told, WORKSPACE, Format.CHANGE)
    assert (change["type"], change["entity_type"], change["action"], change["entity_id"]) == (
        kind.value,
        entity_type,
        action,
        "7f",
    )
    assert ("changed_fields" in change) is (action == "updated")


def test_a_deleted_task_is_a_stub() -> None:
    deleted = event(EventKind.TASK_DELETED, entity_id="7f", before=TASK_VIEW)
    assert frame(deleted, WORKSPACE, Format.SIMPLE)["data"] == {"id": "7f", "baslik": "Demo", "proje_id": "a1"}
    assert frame(deleted, WORKSPACE, Format.CHANGE)["data"] == {"id": "7f", "title": "Demo", "proje_id": "a1"}
    assert frame(deleted, WORKSPACE, Format.SIMPLE)["project_id"] == "a1"
    assert frame(deleted, WORKSPACE, Format.SIMPLE)["rev"] == 4


def test_a_task_of_no_project_says_so_with_an_empty_id() -> None:
    view = attrs.evolve(TASK_VIEW, task=attrs.evolve(TASK_VIEW.task, project_id=None), project_name=None)
    told = event(EventKind.TASK_CREATED, entity_id="7f", after=view)
    assert frame(told, WORKSPACE, Format.SIMPLE)["project_id"] == ""


def test_a_project_event_names_the_project() -> None:
    told = event(
        EventKind.PROJECT_UPDATED,
        entity_id="a1",
        before=PROJECT_VIEW,
        after=PROJECT_VIEW,
        changed=("is_active", "name"),
    )
    simple, change = (frame(told, WORKSPACE, each) for each in (Format.SIMPLE, Format.CHANGE))
    assert (simple["project_id"], simple["changed_fields"]) == ("a1", ["is_active", "isim"])
    assert (change["entity_id"], change["changed_fields"]) == ("a1", ["is_active", "name"])
    assert (simple["data"]["isim"], change["data"]["name"], change["rev"]) == ("P", "P", 2)
    assert "task_id" not in simple


def test_a_sync_names_no_entity() -> None:
    sync = event(EventKind.WORKSPACE_SYNC)
    assert frame(sync, WORKSPACE, Format.SIMPLE) == {
        "type": "workspace_sync",
        "data": {},
        "timestamp": "2025-10-06T10:30:00Z",
        "workspace_id": WORKSPACE,
        "seq": 118,
        "actor": {"client": "cursor", "type": "mcp"},
    }
    assert frame(sync, WORKSPACE, Format.CHANGE) == {
        "type": "workspace_sync",
        "action": "sync",
        "data": {},
        "timestamp": 1759746600,
        "workspace_id": WORKSPACE,
        "seq": 118,
        "actor": {"client": "cursor", "type": "mcp"},
    }


@pytest.mark.parametrize("format_", Format)
def test_500_events_of_one_operation_are_told_one_by_one(format_: Format) -> None:
    events = [attrs.evolve(UPDATED, seq=seq) for seq in range(1, 501)]
    told = frames(events, WORKSPACE, format_)
    assert [each["seq"] for each in told] == list(range(1, 501))
    assert "first_seq" not in told[0]


@pytest.mark.parametrize("format_", Format)
def test_more_than_500_events_of_one_operation_are_told_as_one_sync(format_: Format) -> None:
    """Rule E5: it covers them all and is of none of them."""
    events = [attrs.evolve(UPDATED, seq=seq) for seq in range(11, 512)]
    (told,) = frames(events, WORKSPACE, format_)
    sync = frame(attrs.evolve(event(EventKind.WORKSPACE_SYNC), seq=511), WORKSPACE, format_)
    assert told == sync | {"first_seq": 11}


def test_no_events_are_no_frames() -> None:
    assert frames([], WORKSPACE, Format.SIMPLE) == []


tasks = st.sampled_from([EventKind.TASK_CREATED, EventKind.TASK_UPDATED])
projects = st.sampled_from([EventKind.PROJECT_CREATED, EventKind.PROJECT_UPDATED])


@given(
    st.tuples(tasks, task_views) | st.tuples(projects, project_views),
    actors,
    instants,
    st.lists(st.sampled_from(["title", "status", "tags", "project_id", "due_date"]), max_size=3),
)
def test_both_formats_tell_the_same(
    told: tuple[EventKind, TaskView | ProjectView], actor: Actor, time: datetime, changed: list[str]
) -> None:
    kind, view = told
    given_event = Event(seq=7, time=time, actor=actor, kind=kind, entity_id="x", after=view, changed=tuple(changed))
    simple, change = (frame(given_event, WORKSPACE, each) for each in (Format.SIMPLE, Format.CHANGE))
    common = ("seq", "rev", "actor", "workspace_id")
    assert {key: simple[key] for key in common} == {key: change[key] for key in common}
    assert datetime.fromisoformat(simple["timestamp"]).timestamp() // 1 == change["timestamp"]
    if isinstance(view, TaskView):
        assert translated(simple["data"], TASK, Vocabulary.ENGLISH) == change["data"]
        fields = [TASK.inside(each) for each in simple.get("changed_fields", [])]
        assert fields == [TASK.inside(each) for each in change.get("changed_fields", [])]
    assert doubled(simple["data"]) == doubled(change["data"]) == []
    assert encode.json([simple, change])
