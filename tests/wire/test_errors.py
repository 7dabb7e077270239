"""Errors in the caller's language and vocabulary (``rest-api.md`` §2 and §8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from gorev.domain import errors as domain
from gorev.domain.errors import GorevError
from gorev.domain.task import Prerequisite
from gorev.domain.template import Example
from gorev.domain.values import Status
from gorev.wire import encode, errors
from gorev.wire.encode import Encoder
from gorev.wire.vocabulary import Vocabulary
from tests.wire.test_encode import VIEW

TURKISH, ENGLISH = Vocabulary
LANGUAGES: Final = ("tr", "en")
ID: Final = "0b1c2d3e"

# The only list of codes is that of the contract.
CODES: Final = frozenset(
    [
        "bad_request",
        "missing_parameter",
        "missing_fields",
        "invalid_value",
        "invalid_status",
        "invalid_priority",
        "invalid_date",
        "invalid_format",
        "invalid_reference",
        "conflicting_alias",
        "ambiguous_id",
        "no_active_project",
        "confirmation_required",
        "path_not_allowed",
        "workspace_required",
        "unauthorized",
        "forbidden_origin",
        "task_not_found",
        "project_not_found",
        "template_not_found",
        "parent_not_found",
        "dependency_not_found",
        "profile_not_found",
        "watch_not_found",
        "workspace_not_found",
        "file_not_found",
        "ide_not_found",
        "not_found",
        "method_not_allowed",
        "payload_too_large",
        "unsupported_media_type",
        "dependency_incomplete",
        "subtasks_incomplete",
        "has_subtasks",
        "cycle_detected",
        "self_dependency",
        "duplicate_dependency",
        "project_mismatch",
        "has_tasks",
        "default_profile",
        "idempotency_mismatch",
        "cancelled",
        "conflict",
        "resync",
        "stale_revision",
        "upgrade_required",
        "internal_error",
        "io_error",
        "download_failed",
        "not_ready",
        "shutting_down",
        "busy",
        "workspace_unavailable",
    ]
)

# Details that errors are raised with; a text uses those that it needs.
ANYTHING: Final[Mapping[str, object]] = {
    "field": "title",
    "value": "x",
    "allowed": ["a", "b"],
    "fields": ["modul"],
    "example": Example(template="bug", values={"modul": "x"}),
    "keys": ["baslik", "title"],
    "id": ID,
    "matches": [f"{ID}-1", f"{ID}-2"],
    "open": [Prerequisite(id=ID, title="First", status=Status.PENDING)],
    "count": 3,
    "path": ["a", "b", "a"],
    "key": "k",
    "tool": "gorev_olustur",
    "instead": "templateden_gorev_olustur",
    "reason": "it belongs to Gorev itself",
    "system": "No space left on device",
    "name": "Acil",
    "profile": "Acil",
    "ide": "vscode",
    "extension": "gorev.vsix",
    "ids": ["a"],
    "limit": 5,
}
OF_AN_OPERATION: Final = (domain.OperationTaken, domain.OperationNotFound)


def every_error(of: type[GorevError] = GorevError) -> Iterator[type[GorevError]]:
    for each in of.__subclasses__():
        yield each
        yield from every_error(each)


def raised(error: type[GorevError]) -> GorevError:
    if error in OF_AN_OPERATION:
        return error(operation_id="export-1")
    if "ids" not in (error.__doc__ or ""):
        return error(**{name: value for name, value in ANYTHING.items() if name != "ids"})
    return error(**ANYTHING)


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: error.__name__)
def test_every_code_is_one_of_the_contract(error: type[GorevError]) -> None:
    assert error.code in CODES


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: error.__name__)
def test_every_error_is_told_in_both_languages(error: type[GorevError]) -> None:
    said = [errors.message(raised(error), language, TURKISH) for language in LANGUAGES]
    assert said[0] != said[1]
    for sentence in said:
        assert sentence.strip()
        assert not {"{", "}"} & set(sentence.replace('{"template_id":"bug","degerler":{"modul":"x"}}', ""))


@pytest.mark.parametrize(
    ("error", "english", "turkish"),
    [
        (domain.TaskNotFound(id=ID), ID, ID),
        (domain.SubtasksIncomplete(count=3), "3", "3"),
        (domain.DependencyIncomplete(open=ANYTHING["open"]), "First", "First"),
        (domain.AmbiguousId(id=ID, matches=["a", "b"]), "a, b", "a, b"),
        (domain.CycleDetected(path=["a", "b", "a"]), "a → b → a", "a → b → a"),
        (domain.InvalidStatus(field="status", value="x", allowed=["beklemede", "iptal"]), "status", "durum"),
        (domain.InvalidValue(field="title", value="", allowed="text that is not blank"), "title", "baslik"),
        (domain.MissingParameter(field="title", allowed=None), "title", "baslik"),
        (domain.ConflictingAlias(keys=["baslik", "title"]), "baslik, title", "baslik, title"),
        (domain.IdempotencyMismatch(key="k-1"), "k-1", "k-1"),
    ],
    ids=lambda each: each.code if isinstance(each, GorevError) else None,
)
def test_a_message_tells_what_the_caller_can_act_on(error: GorevError, english: str, turkish: str) -> None:
    assert english in errors.message(error, "en", ENGLISH)
    assert turkish in errors.message(error, "tr", TURKISH)


def test_the_language_does_not_depend_on_the_vocabulary() -> None:
    error = domain.MissingParameter(field="title", allowed=None)
    assert errors.message(error, "en", TURKISH) == "baslik is required."
    assert "title" in errors.message(error, "tr", ENGLISH)


def test_a_field_is_named_as_the_caller_spelt_it() -> None:
    error = domain.InvalidStatus(field="status", value="x", allowed=["beklemede"])
    spelt = {"status": "new_status"}
    assert errors.message(error, "en", TURKISH, spelt).startswith("new_status ")
    assert errors.details(error, "en", Encoder(TURKISH, "w"), spelt)["field"] == "new_status"
    assert errors.details(error, "en", Encoder(TURKISH, "w"))["field"] == "durum"
    assert errors.details(error, "en", Encoder(ENGLISH, "w"))["field"] == "status"


@pytest.mark.parametrize(
    ("error", "details"),
    [
        (
            domain.InvalidPriority(field="priority", value="x", allowed=["dusuk", "orta", "yuksek"]),
            {"field": "oncelik", "value": "x", "allowed": ["dusuk", "orta", "yuksek"]},
        ),
        (
            domain.InvalidDate(field="due_date", value="x", allowed="a date that exists, as YYYY-MM-DD"),
            {"field": "son_tarih", "value": "x", "allowed": "a date that exists, as YYYY-MM-DD"},
        ),
        (
            domain.DependencyIncomplete(open=ANYTHING["open"]),
            {"open": [{"id": ID, "baslik": "First", "durum": "beklemede"}]},
        ),
        (domain.SubtasksIncomplete(count=3), {"count": 3}),
        (domain.HasSubtasks(count=3), {"count": 3}),
        (domain.HasTasks(count=3), {"count": 3}),
        (domain.AmbiguousId(id=ID, matches=["a", "b"]), {"matches": ["a", "b"]}),
        (domain.CycleDetected(path=["a", "b", "a"]), {"path": ["a", "b", "a"]}),
        (domain.ConflictingAlias(keys=["baslik", "title"]), {"keys": ["baslik", "title"]}),
        (domain.WorkspaceUnavailable(reason="too_new"), {"reason": "too_new"}),
    ],
    ids=lambda each: each.code if isinstance(each, GorevError) else None,
)
def test_details_are_those_of_the_contract(error: GorevError, details: dict[str, Any]) -> None:
    """``rest-api.md`` §8."""
    told = errors.details(error, "en", Encoder(TURKISH, "w"))
    assert {key: told.get(key) for key in details} == details
    assert encode.json(told)


@pytest.mark.parametrize("words", Vocabulary)
def test_a_stale_write_is_shown_the_entity_in_its_own_vocabulary(words: Vocabulary) -> None:
    encoder = Encoder(words, "w")
    told = errors.details(domain.StaleRevision(current=VIEW), "en", encoder)
    assert told == {"current": encoder.task(VIEW)}


def test_what_is_allowed_is_said_in_the_language_of_the_caller() -> None:
    error = domain.InvalidValue(field="title", value="xxx…", allowed="at most {limit} characters", limit=500)
    said = [errors.details(error, language, Encoder(TURKISH, "w"))["allowed"] for language in LANGUAGES]
    assert said[1] == "at most 500 characters"
    assert "500" in said[0] != said[1]
    assert said[0] in errors.message(error, "tr", TURKISH)


def test_each_reason_why_a_workspace_is_unavailable_is_told() -> None:
    reasons = ["corrupt", "too_new", "original", "foreign", "read_only", "disk_full", "replaced", "io"]
    for language in LANGUAGES:
        said = [errors.message(domain.WorkspaceUnavailable(reason=each), language, TURKISH) for each in reasons]
        assert len(set(said)) == len(reasons)
    unknown = errors.message(domain.WorkspaceUnavailable(reason="new"), "en", TURKISH)
    assert unknown == errors.message(domain.WorkspaceUnavailable(reason="io"), "en", TURKISH)


@pytest.mark.parametrize("text", ["{field}", "{", "%s", "{0.__class__}", "“”", "\u202e", "İ"])
def test_what_a_caller_wrote_is_repeated_as_it_is(text: str) -> None:
    for error in (
        domain.TaskNotFound(id=text),
        domain.InvalidValue(field="title", value=text, allowed=[text]),
        domain.DependencyIncomplete(open=[Prerequisite(id=ID, title=text, status=Status.PENDING)]),
    ):
        for language in LANGUAGES:
            assert text in errors.message(error, language, TURKISH)
