"""Entities as both vocabularies show them (rules N1, N2, N4)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.project import Project, ProjectView
from gorev.domain.task import Branch, Link, Task, TaskView
from gorev.domain.values import LinkKind, Priority, Status, Tag
from gorev.domain.views import Hierarchy, TaskDetail
from gorev.wire import encode
from gorev.wire.encode import Encoder
from gorev.wire.vocabulary import HIERARCHY, PROJECT, TASK, Vocabulary
from tests.support.any_entity import counts, project_views, task_views
from tests.wire.shapes import doubled, translated

ID = "0b1c2d3e-4f50-4a61-8b72-9c83d0e1f2a3"
TIME = datetime(2025, 10, 6, 10, 30, tzinfo=UTC)
TURKISH, ENGLISH = (Encoder(words, "0123456789abcdef") for words in Vocabulary)

VIEW = TaskView(
    task=Task(
        id=ID,
        title="Demo",
        description="",
        status=Status.PENDING,
        priority=Priority.MEDIUM,
        project_id="5d",
        parent_id=None,
        due_date=date(2025, 12, 31),
        tags=(Tag(id="7a", name="api"),),
        created_at=TIME,
        updated_at=TIME,
        rev=1,
    ),
    project_name="P",
    level=0,
    dependency_count=0,
    uncompleted_dependency_count=0,
    dependent_count=0,
    subtask_count=0,
)

branches = st.recursive(
    st.builds(Branch, view=task_views),
    lambda inner: st.builds(Branch, view=task_views, children=st.lists(inner, max_size=3).map(tuple)),
    max_leaves=4,
)
statuses = st.dictionaries(st.sampled_from(Status), counts)
details = st.builds(TaskDetail, view=task_views, children=st.lists(branches, max_size=2).map(tuple), by_status=statuses)
hierarchies = st.builds(
    Hierarchy,
    view=task_views,
    ancestors=st.lists(task_views, max_size=2).map(tuple),
    children=st.lists(branches, max_size=2).map(tuple),
    by_status=statuses,
)


def test_a_task_of_the_turkish_family_is_that_of_the_contract() -> None:
    """``rest-api.md`` §8."""
    assert TURKISH.task(VIEW) == {
        "id": ID,
        "baslik": "Demo",
        "aciklama": "",
        "durum": "beklemede",
        "oncelik": "orta",
        "proje_id": "5d",
        "proje_adi": "P",
        "olusturma_tarihi": "2025-10-06T10:30:00Z",
        "guncelleme_tarihi": "2025-10-06T10:30:00Z",
        "son_tarih": "2025-12-31T00:00:00Z",
        "etiketler": [{"id": "7a", "isim": "api"}],
        "seviye": 0,
        "bagimli_gorev_sayisi": 0,
        "tamamlanmamis_bagimlilik_sayisi": 0,
        "bu_goreve_bagimli_sayisi": 0,
        "has_subtasks": False,
        "subtask_count": 0,
        "rev": 1,
        "workspace_id": "0123456789abcdef",
    }


def test_a_task_of_the_english_family_is_that_of_the_contract() -> None:
    """``rest-api.md`` §8."""
    assert ENGLISH.branch(Branch(view=VIEW)) == {
        "id": ID,
        "title": "Demo",
        "description": "",
        "status": "beklemede",
        "priority": "orta",
        "proje_id": "5d",
        "proje_name": "P",
        "created_at": "2025-10-06T10:30:00Z",
        "updated_at": "2025-10-06T10:30:00Z",
        "due_date": "2025-12-31T00:00:00Z",
        "tags": [{"id": "7a", "name": "api"}],
        "level": 0,
        "dependency_count": 0,
        "uncompleted_dependency_count": 0,
        "dependent_on_this_count": 0,
        "subtasks": [],
        "has_subtasks": False,
        "subtask_count": 0,
        "rev": 1,
        "workspace_id": "0123456789abcdef",
    }


def test_what_a_task_has_not_is_left_out_but_for_the_counters() -> None:
    bare = attrs.evolve(VIEW, task=attrs.evolve(VIEW.task, project_id=None, due_date=None, tags=()), project_name=None)
    left_out = TURKISH.task(VIEW).keys() - TURKISH.task(bare).keys()
    assert left_out == {"proje_id", "proje_adi", "son_tarih", "etiketler"}
    assert None not in TURKISH.task(bare).values()


def test_a_subtask_names_its_parent_and_the_number_of_its_own() -> None:
    view = attrs.evolve(VIEW, task=attrs.evolve(VIEW.task, parent_id="p"), level=3, subtask_count=2)
    encoded = ENGLISH.task(view)
    assert (encoded["parent_id"], encoded["level"], encoded["has_subtasks"], encoded["subtask_count"]) == (
        "p",
        3,
        True,
        2,
    )


def test_links_are_shown_with_titles_and_states_where_they_were_read() -> None:
    link = Link(
        id="l",
        source_id="s",
        target_id=ID,
        kind=LinkKind.RELATED,
        source_title="First",
        source_status=Status.COMPLETED,
        target_title="Demo",
        target_status=Status.IN_PROGRESS,
    )
    assert ENGLISH.task(attrs.evolve(VIEW, links=(link,)))["bagimliliklar"] == [
        {
            "id": "l",
            "source_id": "s",
            "target_id": ID,
            "connection_type": "iliskili",
            "source_title": "First",
            "source_status": "tamamlandi",
            "target_title": "Demo",
            "target_status": "devam_ediyor",
        }
    ]
    assert TURKISH.task(attrs.evolve(VIEW, links=()))["bagimliliklar"] == []
    assert "bagimliliklar" not in TURKISH.task(VIEW)


def test_a_project_shows_its_counts_and_whether_it_is_active() -> None:
    project = Project(id="p", name="P", definition="", created_at=TIME, updated_at=TIME, rev=2)
    view = ProjectView(
        project=project,
        is_active=False,
        task_count=10,
        completed_count=1,
        in_progress_count=2,
        pending_count=3,
        cancelled_count=4,
    )
    assert TURKISH.project(view) == {
        "id": "p",
        "isim": "P",
        "tanim": "",
        "olusturma_tarihi": "2025-10-06T10:30:00Z",
        "guncelleme_tarihi": "2025-10-06T10:30:00Z",
        "gorev_sayisi": 10,
        "tamamlanan_sayisi": 1,
        "devam_eden_sayisi": 2,
        "bekleyen_sayisi": 3,
        "iptal_sayisi": 4,
        "is_active": False,
        "rev": 2,
        "workspace_id": "0123456789abcdef",
    }


def test_a_hierarchy_shows_how_far_it_is() -> None:
    by_status = {Status.COMPLETED: 1, Status.PENDING: 2}
    hierarchy = Hierarchy(view=VIEW, ancestors=(VIEW,), children=(Branch(view=VIEW),), by_status=by_status)
    encoded = ENGLISH.hierarchy(hierarchy)
    numbers = {key: value for key, value in encoded.items() if isinstance(value, int | float)}
    assert numbers == {
        "total_subtasks": 3,
        "completed_subtasks": 1,
        "in_progress_subtasks": 0,
        "pending_subtasks": 2,
        "cancelled_subtasks": 0,
        "progress_percentage": 33.3,
    }
    assert (encoded["task"]["id"], len(encoded["parent_tasks"]), len(encoded["subtasks"])) == (ID, 1, 1)


@given(details)
def test_a_task_says_the_same_in_both_vocabularies(detail: TaskDetail) -> None:
    turkish, english = TURKISH.detail(detail), ENGLISH.detail(detail)
    assert translated(turkish, TASK, Vocabulary.ENGLISH) == english
    assert translated(english, TASK, Vocabulary.TURKISH) == turkish
    assert doubled(turkish) == doubled(english) == []


@given(hierarchies)
def test_a_hierarchy_says_the_same_in_both_vocabularies(hierarchy: Hierarchy) -> None:
    turkish, english = TURKISH.hierarchy(hierarchy), ENGLISH.hierarchy(hierarchy)
    assert translated(turkish, HIERARCHY, Vocabulary.ENGLISH) == english
    assert translated(english, HIERARCHY, Vocabulary.TURKISH) == turkish
    assert doubled(turkish) == doubled(english) == []


@given(project_views)
def test_a_project_says_the_same_in_both_vocabularies(view: ProjectView) -> None:
    turkish, english = TURKISH.project(view), ENGLISH.project(view)
    assert translated(turkish, PROJECT, Vocabulary.ENGLISH) == english
    assert translated(english, PROJECT, Vocabulary.TURKISH) == turkish
    assert doubled(turkish) == doubled(english) == []


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("priority", Priority)
def test_values_are_the_turkish_tokens_in_both(status: Status, priority: Priority) -> None:
    view = attrs.evolve(VIEW, task=attrs.evolve(VIEW.task, status=status, priority=priority))
    turkish, english = TURKISH.task(view), ENGLISH.task(view)
    assert turkish["durum"] == english["status"] in ("beklemede", "devam_ediyor", "tamamlandi", "iptal")
    assert turkish["oncelik"] == english["priority"] in ("dusuk", "orta", "yuksek")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (TIME, "2025-10-06T10:30:00Z"),
        (TIME.replace(microsecond=1), "2025-10-06T10:30:00.000001Z"),
        (TIME.astimezone(timezone(timedelta(hours=3))), "2025-10-06T10:30:00Z"),
    ],
)
def test_an_instant_is_utc_and_has_a_fraction_only_where_it_needs_one(value: datetime, text: str) -> None:
    assert encode.instant(value) == text


@given(st.dates())
def test_a_due_date_is_the_midnight_utc_of_its_day(day: date) -> None:
    assert encode.due_date(day) == f"{day.isoformat()}T00:00:00Z"


@given(details)
def test_json_is_utf_8_that_any_reader_understands(detail: TaskDetail) -> None:
    encoded = TURKISH.detail(detail)
    assert json.loads(encode.json(encoded).decode()) == encoded


@pytest.mark.parametrize("depth", [300, 5_000])
def test_a_tree_may_be_deeper_than_a_stack(depth: int) -> None:
    """Depth is unlimited (``data-model.md`` §9)."""
    branch = Branch(view=VIEW)
    for _ in range(depth):
        branch = Branch(view=VIEW, children=(branch, Branch(view=VIEW)))
    encoded = ENGLISH.branch(branch)
    written = encode.json({"data": [encoded], "total": 1})
    levels = 0
    while encoded["subtasks"]:
        encoded, levels = encoded["subtasks"][0], levels + 1
    assert levels == depth
    task = msgspec.json.encode(ENGLISH.branch(Branch(view=VIEW)))
    assert written.count(task) == depth + 1
    assert len(written) == len(b'{"data":[],"total":1}') + (2 * depth + 1) * len(task) + depth
    assert written.endswith(b']}],"total":1}')


def test_what_cannot_be_json_is_an_error() -> None:
    deep: Any = object()
    for _ in range(3_000):
        deep = [deep]
    with pytest.raises(TypeError):
        encode.json(deep)
