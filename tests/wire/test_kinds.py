"""Each kind of value: what is accepted, what it becomes, what is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from gorev.domain.errors import (
    ConflictingAlias,
    GorevError,
    InvalidDate,
    InvalidPriority,
    InvalidStatus,
    InvalidValue,
)
from gorev.wire import kinds
from gorev.wire.kinds import (
    DueDate,
    Flag,
    Key,
    Offset,
    PriorityToken,
    QuickToken,
    Rev,
    SortToken,
    StatusToken,
    StatusTokens,
    Tags,
    Text,
)

Limit = Annotated[int, Meta(ge=1, le=200)]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("kind", "given_value", "read"),
    [
        (StatusToken, "Tamamlandı", "tamamlandi"),
        (StatusToken, "in-progress", "devam_ediyor"),
        (PriorityToken, "YÜKSEK", "yuksek"),
        (SortToken, "created_at_desc", "olusturma_desc"),
        (QuickToken, "This_Week", "bu_hafta"),
        (StatusTokens, "pending,iptal", ["beklemede", "iptal"]),
        (StatusTokens, "pending, DONE ", ["beklemede", "tamamlandi"]),
        (StatusTokens, ["open"], ["beklemede"]),
        (Limit, 200, 200),
        (Limit, "1", 1),
        (Limit, " 50 ", 50),
        (Offset, "0", 0),
        (Rev, "7", 7),
        *((Flag, yes, True) for yes in (True, 1, "1", "true", "True", "evet", "EVET", "yes", "YES", " evet ")),
        *((Flag, no, False) for no in (False, 0, "0", "false", "hayır", "HAYIR", "Hayır", "no", "No")),
        (Tags, ["api", " web "], ["api", " web "]),
        (Tags, "api,web", ["api", "web"]),
        (Tags, "", []),
        (Tags, [], []),
        (Tags, [{"id": "tag-1", "isim": "api"}, {"name": "web"}, "new"], ["api", "web", "new"]),
        (Tags, [{"isim": "api", "name": "api"}], ["api"]),
        (DueDate, "2025-12-31", "2025-12-31"),
        (DueDate, " 2024-02-29 ", "2024-02-29"),
        (DueDate, "", ""),
        (DueDate, "  ", ""),
        (Text, " as it is ", " as it is "),
        (Text, "", ""),
        (Key, "x" * 255, "x" * 255),
    ],
)
def test_a_value_is_read(kind: Any, given_value: object, read: object) -> None:
    assert kinds.read("field", kind, given_value) == read


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-12-31T00:00:00Z", date(2025, 12, 31)),
        ("2025-12-31T23:59:59-11:00", date(2025, 12, 31)),
        ("2025-12-31T00:00:00+14:00", date(2025, 12, 31)),
        ("2025-12-31T23:59:59.999999999Z", date(2025, 12, 31)),
        ("2025-12-31 10:30:00+03:00", date(2025, 12, 31)),
        ("2025-12-31t10:30:00z", date(2025, 12, 31)),
        ("2025-12-31T10:30", date(2025, 12, 31)),
        ("2024-02-29T10:30:00Z", date(2024, 2, 29)),
    ],
)
def test_an_instant_is_cut_to_its_date_as_written(written: str, day: date) -> None:
    """A due date is a calendar date, never shifted by a time zone."""
    assert kinds.due_date(kinds.read("son_tarih", DueDate, written)) == day


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-30",
        "2025-02-29",
        "2025-13-01",
        "2025-00-10",
        "2025-1-1",
        "20251231",
        "31.12.2025",
        "2025-W01-1",
        "0000-01-01",
        "2025-02-30T10:30:00Z",
        "2025-12-31T",
        "2025-12-31T25:00:00Z",
        "2025-12-31T10:30:00Z and more",
        "2025-12-31T10:30 tomorrow",
        "2025-12-31x",
        "٢٠٢٥-١٢-٣١",
        "tomorrow",
        "null",
        20251231,
        1.5,
        True,
        ["2025-12-31"],
    ],
)
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(InvalidDate) as refusal:
        kinds.read("son_tarih", DueDate, written)
    assert refusal.value.details["field"] == "son_tarih"


REFUSED: list[tuple[Any, type[GorevError], list[object]]] = [
    (StatusToken, InvalidStatus, ["bekle", "", 1, ["beklemede"]]),
    (StatusTokens, InvalidStatus, ["beklemede,x", ["beklemede", 5]]),
    (PriorityToken, InvalidPriority, ["kritik", "beklemede"]),
    (SortToken, InvalidValue, ["title"]),
    (QuickToken, InvalidValue, ["yarin"]),
    (Limit, InvalidValue, [0, 201, -1, "0", "many", "", "1.5", 1.5, True, [1], "1e2"]),
    (Offset, InvalidValue, [-1, "-1", 10**30, "9" * 30]),
    (Rev, InvalidValue, [0, "x", "1-2"]),
    (Flag, InvalidValue, ["", "maybe", "2", 2, 1.0, [], {}, "truee"]),
    (
        Tags,
        InvalidValue,
        [5, True, {"isim": "api"}, [5], [None], [{}], [["api"]], ["a\0"], "a,\0", [{"isim": "\ud800"}]],
    ),
    (Text, InvalidValue, [5, True, 1.5, ["a"], {}, "a\0b", "a\ud800b"]),
    (Key, InvalidValue, ["", "x" * 256, 5, "a\0b", "a\ud800b"]),
]


@pytest.mark.parametrize(
    ("kind", "refusal", "given_value"), [(kind, refusal, each) for kind, refusal, bad in REFUSED for each in bad]
)
def test_what_is_none_of_a_kind_is_refused(kind: Any, refusal: type[GorevError], given_value: object) -> None:
    with pytest.raises(refusal) as told:
        kinds.read("alan", kind, given_value)
    assert told.value.details["field"] == "alan"
    assert told.value.details["allowed"]


@pytest.mark.parametrize(
    ("kind", "given_value", "shown"),
    [
        (StatusTokens, ["beklemede", "x"], '["beklemede", "x"]'),
        (StatusTokens, ["x"] * 11, "[…] (11)"),
        (Text, {"isim": "ş"}, '{"isim": "ş"}'),
        (Text, {str(number): 1 for number in range(11)}, "{…} (11)"),
        (Text, ["x" * 100], '["' + "x" * 58 + "…"),
        (Text, ["\ud800"], '["?"]'),
        (Text, [], "[]"),
    ],
)
def test_a_refused_list_or_object_is_shown_as_far_as_it_is_short(kind: Any, given_value: object, shown: str) -> None:
    with pytest.raises(InvalidValue) as told:
        kinds.read("alan", kind, given_value)
    assert told.value.details["value"] == shown


def test_a_tag_object_with_two_names_is_refused() -> None:
    """Rule N3."""
    with pytest.raises(ConflictingAlias) as refusal:
        kinds.read("etiketler", Tags, [{"isim": "api", "name": "web"}])
    assert refusal.value.details["keys"] == ["isim", "name"]


@given(
    st.sampled_from(
        [StatusToken, StatusTokens, PriorityToken, SortToken, Limit, Offset, Flag, Tags, DueDate, Text, Key]
    ),
    anything,
)
def test_any_value_is_read_or_refused_with_an_answer_that_can_be_written(kind: Any, value: object) -> None:
    try:
        read = kinds.read("alan", kind, value)
    except GorevError as refusal:
        msgspec.json.encode(dict(refusal.details))
    else:
        msgspec.json.encode(read)
