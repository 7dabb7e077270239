"""Arguments and bodies as they come in (rules N3 and N4)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from gorev.domain.errors import ConflictingAlias, GorevError, InvalidStatus, InvalidValue, MissingParameter
from gorev.domain.task import TaskView
from gorev.domain.text import title
from gorev.wire import encode, kinds
from gorev.wire.decode import decode, or_absent
from gorev.wire.encode import Encoder
from gorev.wire.kinds import DueDate, Flag, PriorityToken, StatusToken, Tags, Text
from gorev.wire.vocabulary import TASK, TASK_TOOL, Vocabulary
from tests.support.any_entity import task_views

TURKISH, ENGLISH = Vocabulary

SPELLINGS = {
    "title": ["baslik", "title"],
    "status": ["durum", "status", "yeni_durum", "new_status"],
    "due_date": ["son_tarih", "due_date"],
    "parent_id": ["parent_id", "ust_gorev_id", "ust_id", "yeni_parent_id", "new_parent_id"],
    "project_id": ["proje_id", "project_id"],
}


class Body(msgspec.Struct, kw_only=True):
    """What a caller may write of a task."""

    title: Text
    description: Text = ""
    status: StatusToken | UnsetType = UNSET
    priority: PriorityToken = "orta"
    project_id: Text | UnsetType | None = UNSET
    parent_id: Text | UnsetType | None = UNSET
    due_date: DueDate | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET


class Deletion(msgspec.Struct, kw_only=True):
    """What a caller may say to a deleting tool."""

    id: Text
    confirm: Flag


def read(given_object: dict[str, object], words: Vocabulary = TURKISH) -> Body:
    return decode(Body, TASK, given_object, words).value


@pytest.mark.parametrize(("field", "spelling"), [(field, each) for field, all_ in SPELLINGS.items() for each in all_])
@pytest.mark.parametrize("words", Vocabulary)
def test_every_spelling_is_accepted_on_every_surface(field: str, spelling: str, words: Vocabulary) -> None:
    value = {"status": "iptal", "due_date": "2025-12-31"}.get(field, "x")
    decoded = decode(Body, TASK, {"title": "x", spelling: value}, words)
    assert getattr(decoded.value, field) == value
    assert decoded.spelt[field] == spelling


def test_values_may_be_spelt_either_way_too() -> None:
    body = read({"baslik": "Demo", "durum": "in-progress", "oncelik": "HIGH", "etiketler": "api,web"})
    assert (body.status, body.priority, body.tags) == ("devam_ediyor", "yuksek", ["api", "web"])


def test_what_is_absent_has_its_default() -> None:
    assert read({"baslik": "Demo"}) == Body(title="Demo")
    assert or_absent(read({"baslik": "Demo"}).status) is None
    assert or_absent(read({"baslik": "Demo", "durum": "iptal"}).status) == "iptal"


def test_null_clears_what_can_be_cleared_and_is_absent_otherwise() -> None:
    body = read({"baslik": "Demo", "proje_id": None, "son_tarih": None, "durum": None, "aciklama": None})
    assert (body.project_id, body.due_date, body.status, body.description) == (None, None, UNSET, "")


@pytest.mark.parametrize(
    "keys", [("baslik", "title"), ("durum", "new_status"), ("ust_id", "yeni_parent_id"), ("proje_id", "project_id")]
)
def test_spellings_that_disagree_are_both_named(keys: tuple[str, str]) -> None:
    given_object: dict[str, object] = {"baslik": "Demo", keys[0]: "one", keys[1]: "other"}
    with pytest.raises(ConflictingAlias) as refusal:
        read(given_object)
    assert refusal.value.details["keys"] == list(keys)


def test_spellings_that_agree_are_one() -> None:
    assert read({"baslik": "Demo", "title": "Demo", "durum": "iptal", "status": "iptal"}).title == "Demo"


@pytest.mark.parametrize(
    ("pair", "field", "meant"),
    [
        ({"durum": "beklemede", "status": "pending"}, "status", "beklemede"),
        ({"status": "IN-PROGRESS", "new_status": "devam_ediyor"}, "status", "devam_ediyor"),
        ({"oncelik": "yüksek", "priority": "high"}, "priority", "yuksek"),
        ({"son_tarih": "2031-05-06", "due_date": "2031-05-06T00:00:00Z"}, "due_date", "2031-05-06"),
        ({"son_tarih": "", "due_date": None}, "due_date", None),
        ({"parent_id": None, "new_parent_id": ""}, "parent_id", ""),
        ({"etiketler": "api, web", "tags": ["api", {"isim": " web"}]}, "tags", ["api", " web"]),
        ({"durum": None, "status": "done"}, "status", "tamamlandi"),
        ({"status": "done", "durum": None}, "status", "tamamlandi"),
    ],
)
def test_spellings_of_field_and_value_that_mean_the_same_are_one(
    pair: dict[str, object], field: str, meant: object
) -> None:
    """Rule N3 is about values, and rule N4 says which spellings of a value are one."""
    assert getattr(read({"baslik": "Demo"} | pair), field) == meant


@pytest.mark.parametrize(
    "pair",
    [
        {"durum": "beklemede", "status": "done"},
        {"durum": "beklemede", "status": "nonsense"},
        {"son_tarih": "2031-05-06", "due_date": "2031-05-07"},
        {"son_tarih": "2025-02-30", "due_date": "2025-02-31"},
    ],
)
def test_spellings_of_which_one_means_nothing_or_something_else_disagree(pair: dict[str, object]) -> None:
    with pytest.raises(ConflictingAlias) as refusal:
        read({"baslik": "Demo"} | pair)
    assert refusal.value.details["keys"] == list(pair)


def test_to_clear_and_to_set_is_a_disagreement() -> None:
    with pytest.raises(ConflictingAlias):
        read({"baslik": "Demo", "parent_id": None, "new_parent_id": "x"})


@pytest.mark.parametrize(("words", "name"), [(TURKISH, "baslik"), (ENGLISH, "title")])
@pytest.mark.parametrize("given_object", [{}, {"durum": "iptal"}])
def test_what_is_missing_is_named_as_the_surface_calls_it(
    given_object: dict[str, object], words: Vocabulary, name: str
) -> None:
    with pytest.raises(MissingParameter) as refusal:
        read(given_object, words)
    assert refusal.value.details["field"] == name


def test_a_null_in_a_required_place_is_missing_and_named_as_the_caller_spelt_it() -> None:
    with pytest.raises(MissingParameter) as refusal:
        read({"title": None}, TURKISH)
    assert refusal.value.details["field"] == "title"


@pytest.mark.parametrize("spelling", SPELLINGS["status"])
def test_a_wrong_value_is_named_as_the_caller_spelt_it(spelling: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        read({"baslik": "Demo", spelling: "bekle"})
    assert refusal.value.details["field"] == spelling
    assert refusal.value.details["value"] == "bekle"
    assert refusal.value.details["allowed"] == ["beklemede", "devam_ediyor", "tamamlandi", "iptal"]


def test_unknown_keys_are_ignored_and_told() -> None:
    """In REST bodies."""
    decoded = decode(Body, TASK, {"baslik": "Demo", "renk": "mavi", "seviye": 3, "id": "x"}, TURKISH)
    assert decoded.value == Body(title="Demo")
    assert decoded.unknown == ("renk", "seviye", "id")


@pytest.mark.parametrize(
    ("key", "nearest"),
    [("onayla", ["onay"]), ("confrm", ["onay"]), ("gorev", ["id"]), ("xyz", ["id", "onay"])],
)
def test_an_unknown_argument_is_refused_with_the_nearest_known_name(key: str, nearest: list[str]) -> None:
    """As tool arguments."""
    with pytest.raises(InvalidValue) as refusal:
        decode(Deletion, TASK_TOOL, {"id": "x", "onay": "evet", key: 1}, TURKISH, refuse_unknown=True)
    assert refusal.value.details["field"] == key
    assert refusal.value.details["allowed"] == nearest


def test_a_field_that_this_call_does_not_take_is_unknown() -> None:
    with pytest.raises(InvalidValue):
        decode(Deletion, TASK_TOOL, {"id": "x", "onay": True, "baslik": "x"}, TURKISH, refuse_unknown=True)


@given(st.sampled_from(Vocabulary), task_views)
def test_what_was_encoded_can_be_sent_back(words: Vocabulary, view: TaskView) -> None:
    """In either vocabulary, with any text in it."""
    sent = msgspec.json.decode(encode.json(Encoder(words, "w").task(view)))
    body = read(sent, words)
    task = view.task
    assert (body.title, body.description) == (task.title, task.description)
    assert isinstance(body.status, str)
    assert (kinds.status(body.status), kinds.priority(body.priority)) == (task.status, task.priority)
    assert (or_absent(body.project_id), or_absent(body.parent_id)) == (task.project_id, task.parent_id)
    assert kinds.due_date(or_absent(body.due_date)) == task.due_date
    assert (or_absent(body.tags) or []) == [tag.name for tag in task.tags]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
keys = st.sampled_from(sorted(TASK.spellings())) | st.text(st.characters(exclude_categories=()), max_size=8)


@given(st.dictionaries(keys, anything, max_size=6), st.sampled_from(Vocabulary), st.booleans())
def test_any_object_is_read_or_refused(given_object: dict[str, Any], words: Vocabulary, refuse_unknown: bool) -> None:
    try:
        decoded = decode(Body, TASK, given_object, words, refuse_unknown=refuse_unknown)
    except GorevError:
        return
    assert not (refuse_unknown and decoded.unknown)
    assert set(decoded.unknown) <= set(given_object)
    assert encode.json(msgspec.to_builtins(decoded.value))


def test_an_argument_is_judged_by_its_kind_only() -> None:
    """Whether a title is blank is a rule of the domain."""
    assert read({"baslik": "  "}).title == "  "
    with pytest.raises(InvalidValue):
        title("  ")
