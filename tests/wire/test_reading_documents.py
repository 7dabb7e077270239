"""Documents to import, in all their forms."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.context import Action
from gorev.domain.errors import ConflictingAlias, InvalidFormat, InvalidValue
from gorev.domain.exporting import Format
from gorev.domain.importing.document import Caution, Incoming
from gorev.domain.values import UNSET, LinkKind, Priority, Status
from gorev.wire import imports

ID = "0b1c2d3e-4f50-4a61-8b72-9c83d0e1f2a3"


def read(data: object) -> Incoming:
    return imports.read_data(data, None)


def read_csv(text: str) -> Incoming:
    return imports.read_file(io.BytesIO(text.encode()), Format.CSV)


@pytest.mark.parametrize(
    "data",
    [
        {"tasks": [{"title": "a"}]},
        {"gorevler": [{"baslik": "a"}]},
        [{"baslik": "a"}],
        '{"tasks": [{"title": "a"}]}',
        '\ufeff [{"title": "a"}]',
        {"version": "v0.11.1", "tasks": [{"baslik": "a"}], "metadata": {}, "whatever": [1, {"a": 2}]},
        "Title\na\n",
        "ignored,BASLIK\nx,a",
    ],
)
def test_every_form_yields_the_task(data: object) -> None:
    (task,) = read(data).tasks
    assert task.title == "a"


@pytest.mark.parametrize("names", ["turkish", "english"])
def test_a_task_is_read_under_either_vocabulary_with_the_aliases_of_values(names: str) -> None:
    turkish = {
        "id": ID.upper(),
        "baslik": " Demo ",
        "aciklama": "text",
        "durum": "tamamlandı",
        "oncelik": "YÜKSEK",
        "proje_id": "7",
        "parent_id": 12,
        "son_tarih": "2025-12-31T23:00:00+03:00",
        "etiketler": [{"id": "x", "isim": "api"}, "API", "web"],
        "olusturma_tarih": "2025-10-06T10:30:00+03:00",
        "guncelleme_zamani": "2025-10-06 10:30:00",
    }
    english = {
        "id": ID,
        "title": "Demo",
        "description": "text",
        "status": "done",
        "priority": "high",
        "project_id": "7",
        "parent_id": "12",
        "due_date": "2025-12-31",
        "tags": "api, web",
        "created_at": "2025-10-06T07:30:00Z",
        "updated_at": "2025-10-06T10:30:00Z",
    }
    (task,) = read([turkish if names == "turkish" else english]).tasks
    assert (task.key, task.row, task.title, task.description) == (ID, ID, "Demo", "text")
    assert (task.status, task.priority) == (Status.COMPLETED, Priority.HIGH)
    assert (task.project_key, task.parent_key) == ("7", "12")
    assert (task.due_date, task.tags) == (date(2025, 12, 31), ("api", "web"))
    assert task.created_at == datetime(2025, 10, 6, 7, 30, tzinfo=UTC)
    assert task.updated_at == datetime(2025, 10, 6, 10, 30, tzinfo=UTC)


def test_what_is_missing_is_empty_in_a_full_document_and_unsaid_in_a_short_one() -> None:
    (full,) = read({"version": "1.0", "tasks": [{"title": "a"}]}).tasks
    (short,) = read([{"title": "a"}]).tasks
    assert (full.description, full.due_date, full.tags, full.parent_key, full.project_key) == ("", None, (), None, None)
    unsaid = (short.description, short.due_date, short.tags, short.parent_key, short.project_key)
    assert all(value is UNSET for value in unsaid)
    assert full.status is short.status is UNSET


def test_the_other_parts_of_a_full_document_are_read() -> None:
    incoming = read(
        {
            "version": "1.0",
            "projects": [{"id": "p", "isim": "P", "tanim": "d", "is_active": True}],
            "tags": [{"id": "t", "name": "api"}],
            "tasks": [{"id": "a", "title": "a", "etiketler": ["api"]}, {"id": "b", "title": "b"}],
            "task_tags": [{"task_id": "a", "tag_id": "t"}, {"gorev_id": "b", "etiket_id": "t"}],
            "dependencies": [
                {"kaynak_id": "a", "hedef_id": "b", "baglanti_tip": "onceki"},
                {"source_id": "a", "target_id": "b", "connection_type": "depends_on"},
                {"source_id": "a", "target_id": "b", "connection_type": "related"},
            ],
            "templates": [
                {
                    "id": "m",
                    "isim": "M",
                    "alias": "m",
                    "language_code": "en",
                    "alanlar": '[{"isim": "x", "tip": "textarea"}]',
                }
            ],
            "ai_context": {
                "context": {"active_task_id": "a", "recent_tasks": ["b", "a"], "session_data": {"n": 1}},
                "interactions": [
                    {"gorev_id": "a", "action_type": "viewed", "context": '{"k": 1}', "timestamp": "2025-01-01"}
                ],
            },
        }
    )
    (project,) = incoming.projects
    assert (project.key, project.name, project.definition, project.is_active) == ("p", "P", "d", True)
    assert incoming.tagged == [("b", "t")]
    assert [(each.link.source_id, each.link.target_id, each.link.kind) for each in incoming.links] == [
        ("a", "b", LinkKind.BLOCKS),
        ("b", "a", LinkKind.BLOCKS),
        ("a", "b", LinkKind.RELATED),
    ]
    (template,) = incoming.templates
    assert (template.template.alias, template.template.language) == ("m", "en")
    assert [(field.name, field.kind.value) for field in template.template.fields] == [("x", "text")]
    assert incoming.context is not None
    assert (incoming.context.active_task_key, incoming.context.recent_keys) == ("a", ("b", "a"))
    (interaction,) = incoming.interactions
    assert (interaction.action, interaction.context) == (Action.VIEWED, {"k": 1})


@pytest.mark.parametrize("action", Action)
def test_every_kind_of_interaction_is_understood(action: Action) -> None:
    rows = [{"task_id": "a", "action_type": action.value, "timestamp": "2025-01-01"}]
    assert [each.action for each in read({"version": "1", "ai_context": rows}).interactions] == [action]


def test_interactions_alone_are_a_context_too() -> None:
    incoming = read({"version": "1", "ai_context": [{"task_id": "a", "action_type": "odd", "timestamp": "2025-01-01"}]})
    assert incoming.context is None
    assert [each.action for each in incoming.interactions] == [None]


def test_texts_over_the_limits_are_kept_with_a_warning() -> None:
    incoming = read([{"title": "x" * 501, "description": "y" * 100_001, "project_name": "z" * 201}])
    (task,) = incoming.tasks
    assert (len(task.title), len(str(task.description)), len(task.project_name or "")) == (501, 100_001, 201)
    assert {each.caution for each in incoming.warnings} == {
        Caution.LONG_TITLE,
        Caution.LONG_DESCRIPTION,
        Caution.LONG_NAME,
    }


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"title": " "}, "title"),
        ({}, "title"),
        ({"title": "a\0"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"title": ["a"]}, "title"),
        ({"title": "a", "status": "secret"}, "status"),
        ({"title": "a", "oncelik": 3}, "priority"),
        ({"title": "a", "due_date": "2025-02-30"}, "due_date"),
        ({"title": "a", "created_at": "secret"}, "created_at"),
        ({"title": "a", "tags": ["a,b"]}, "tags"),
        ({"title": "a", "tags": 7}, "tags"),
        ({"title": "a", "id": []}, "id"),
        ("secret", "data"),
    ],
)
def test_what_a_row_must_not_hold_is_refused_with_the_row_and_without_a_quotation(row: Any, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read([{"title": "fine"}, row])
    assert (refused.value.details["field"], refused.value.details["ids"]) == (field, ["#2"])
    assert refused.value.details.keys() <= {"field", "count", "ids", "allowed", "limit"}
    assert "secret" not in str(refused.value.details)


@pytest.mark.parametrize(
    "row",
    [
        {"title": "a", "baslik": "b"},
        {"title": "a", "durum": "pending", "status": "done"},
        {"title": "a", "tags": [{"isim": "api", "name": "web"}]},
    ],
)
def test_two_spellings_that_disagree_are_refused(row: Any) -> None:
    with pytest.raises(ConflictingAlias):
        read([row])


def test_two_spellings_that_mean_the_same_are_one() -> None:
    row = {"title": "a", "durum": "beklemede", "status": "pending", "oncelik": "high", "priority": "yüksek"}
    dates = {"son_tarih": "2031-05-06", "due_date": "2031-05-06T00:00:00Z"}
    (task,) = read([row | dates]).tasks
    assert (task.status, task.priority, task.due_date) == (Status.PENDING, Priority.HIGH, date(2031, 5, 6))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "it has neither tasks nor projects"),
        ({"version": "1.0"}, "it has neither tasks nor projects"),
        ({"projects": []}, "it does not say its version"),
        ({"version": "", "tasks": []}, "it does not say its version"),
        ({"version": "2.0", "tasks": []}, "it was written by a newer Gorev"),
        ({"tasks": {}}, "a part of it is no list"),
        (7, "it is neither an object nor a list nor text"),
        ('{"tasks": [', "it is not JSON"),
        ("[] x", "it is not JSON"),
        ("secret", "it has no column Title"),
        ("", "it has no column Title"),
        ("Title,baslik\na,b", "two of its columns mean the same"),
        ('Title\n"a" b', "it is not CSV as RFC 4180 describes it"),
    ],
)
def test_what_is_no_document_is_refused_without_a_quotation(data: object, reason: str) -> None:
    with pytest.raises(InvalidFormat) as refused:
        read(data)
    assert refused.value.details == {"reason": reason}


@pytest.mark.parametrize("format_", [Format.JSON, Format.CSV])
def test_a_file_that_is_not_utf8_is_refused(format_: Format) -> None:
    with pytest.raises(InvalidFormat) as refused:
        imports.read_file(io.BytesIO(b"Title\n\xff\xfe\n"), format_)
    assert refused.value.details["reason"] == "it is not UTF-8 text"


def test_columns_are_found_by_name_and_empty_cells_clear() -> None:
    text = "ParentID,x,Title,Tags,Project,DueDate,ID\r\n,1,a,,,,7\r\n7,2,b,x;y,P,2025-12-31,8\r\n\r\n"
    first, second = read_csv("\ufeff" + text).tasks
    assert (first.parent_key, first.tags, first.project_key, first.due_date) == (None, (), None, None)
    assert first.description is UNSET
    assert (second.parent_key, second.tags, second.project_name) == ("7", ("x", "y"), "P")
    assert (second.due_date, second.key, second.row) == (date(2025, 12, 31), "8", "#2")


@pytest.mark.parametrize(
    ("cell", "title"),
    [("'=1+1", "=1+1"), ("'-a", "-a"), ("''=x", "'=x"), ("'a", "'a"), ("=1", "=1"), ('"a\r\nb ""c"""', 'a\r\nb "c"')],
)
def test_the_mark_before_a_formula_is_taken_away_again(cell: str, title: str) -> None:
    (task,) = read_csv(f"Title\r\n{cell}\r\n").tasks
    assert task.title == title


@given(st.text())
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    for form in (None, Format.JSON, Format.CSV):
        try:
            imports.read_data(text, form)
        except (InvalidFormat, InvalidValue, ConflictingAlias):
            continue


leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["1.0", "a", ID])
)
parts = ["version", "tasks", "projects", "tags", "task_tags", "dependencies", "templates", "ai_context"]
fields = ["context", "interactions", "id", "title", "isim", "alanlar", "task_id", "tag_id", "kaynak_id", "hedef_id"]
keys = st.sampled_from([*parts, *fields])
shapes = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4))


@given(shapes)
def test_any_shape_at_all_is_read_or_refused_alike_parsed_or_not(shape: Any) -> None:
    outcomes = []
    for data in (shape, json.dumps(shape)):
        try:
            outcomes.append(imports.read_data(data, Format.JSON))
        except (InvalidFormat, InvalidValue, ConflictingAlias) as refused:
            outcomes.append((type(refused), refused.details))  # type: ignore[arg-type]
    if isinstance(shape, dict | list) and "NaN" not in json.dumps(shape) and "Infinity" not in json.dumps(shape):
        assert outcomes[0] == outcomes[1] or isinstance(outcomes[0], Incoming)
