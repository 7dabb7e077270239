"""Domain errors in the caller's words: a message in its language, details in its vocabulary (``rest-api.md`` §2, §8).

The messages are English text keys; their Turkish stands in the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gorev.domain.errors import GorevError, NothingGiven, UnknownField
from gorev.domain.identifiers import SHORTEST_PREFIX
from gorev.domain.project import ProjectView
from gorev.domain.task import Prerequisite, TaskView
from gorev.domain.template import Example
from gorev.domain.values import Status
from gorev.locale import text
from gorev.wire import remarks
from gorev.wire.encode import Encoder, field_name, json
from gorev.wire.vocabulary import STATUS, TEMPLATE_TOOL, Vocabulary, understood

MESSAGES: Final[Mapping[str, str]] = {
    "bad_request": "The request cannot be read: {reason}.",
    "missing_parameter": "{field} is required.",
    "unknown_field": "There is no parameter {field}. There is: {allowed}.",
    "unknown_field_of_none": "There is no parameter {field}; none is taken here.",
    "missing_parameter_of": "{field} is required, one of {allowed}.",
    "nothing_given": "Give at least one of {fields}.",
    "missing_fields": "These fields are required: {fields}. Example: {example}",
    "invalid_value": "{field} cannot be {value}. Allowed: {allowed}.",
    "invalid_status": "{field} cannot be {value}. Allowed: {allowed}.",
    "invalid_priority": "{field} cannot be {value}. Allowed: {allowed}.",
    "invalid_date": "{field} cannot be {value}. Allowed: {allowed}.",
    "conflicting_alias": "{keys} mean the same field but have different values.",
    "ambiguous_id": "More than one id begins with {id}: {matches}.",
    "no_active_project": (
        "Name a project (proje_id), since none is active: proje_listele tells which there are, proje_olustur makes one."
    ),
    "confirmation_required": "Nothing was deleted: {field} must be true.",
    "task_not_found": "There is no task with the id {id}.",
    "project_not_found": "There is no project with the id {id}.",
    "parent_not_found": "There is no task with the id {id} that could be the parent.",
    "task_not_found_short": (
        "There is no task with the id {id}; of an id at least the first {least} characters are needed."
    ),
    "project_not_found_short": (
        "There is no project with the id {id}; of an id at least the first {least} characters are needed."
    ),
    "parent_not_found_short": (
        "There is no task with the id {id} that could be the parent; of an id at least the first {least} characters are"
        " needed."
    ),
    "template_not_found": "There is no template with the id or alias {id}.",
    "profile_not_found": "There is no filter profile {profile}.",
    "default_profile": "The filter profile {name} came with Gorev and cannot be deleted.",
    "conflict": "The name {name} is taken.",
    "dependency_not_found": "There is no such dependency.",
    "dependency_incomplete": "First these must be finished: {open}.",
    "subtasks_incomplete": "First the subtasks must be finished; still open: {count}.",
    "has_subtasks": "The task has subtasks ({count}), so it was not deleted.",
    "has_tasks": "The project has tasks ({count}), so it was not deleted.",
    "cycle_detected": "That would be a circle: {path}.",
    "self_dependency": "A task cannot depend on itself.",
    "duplicate_dependency": "There is a link of this kind between these tasks already.",
    "project_mismatch": "Parent and subtask must belong to the same project.",
    "stale_revision": "It has been changed meanwhile; here is how it is now.",
    "idempotency_mismatch": "The idempotency key {key} was used with another request.",
    "not_found": "{tool} is gone: use {instead}.",
    "no_such_tool": "There is no tool {tool}.",
    "no_such_method": "There is no method {method}.",
    "workspace_not_found": "There is no workspace with the id {id}.",
    "workspace_required": (
        "Which workspace? Start the assistant in a project folder, or give the bridge --workspace or GOREV_WORKSPACE."
    ),
    "busy": "The database is busy. Try again in a moment.",
    "shutting_down": "Gorev is stopping.",
    "unauthorized": "Not authorised.",
    "invalid_value_of_rows": (
        "{field} has a value that is not allowed in rows {ids} ({count} in all). Allowed: {allowed}."
    ),
    "invalid_format": "The document cannot be read: {reason}.",
    "invalid_reference": "{field} names what is nowhere, or makes a circle, in rows {ids} ({count} in all).",
    "watch_not_found": "There is no such file watch.",
    "ide_not_found": "Not found on this machine: {ide}.",
    "download_failed": "{ide} could not fetch the extension {extension}: {reason}.",
    "path_not_allowed": "{path} may not be used: {reason}.",
    "file_not_found": "There is no file {path}.",
    "io_error": "{path} cannot be read or written: {system}.",
    "cancelled": "The operation was cancelled; nothing was changed.",
    "resync": "These changes are no longer kept. Read everything anew.",
    "operation_taken": "An operation with the id {operation_id} is under way.",
    "operation_not_found": "No operation with the id {operation_id} is under way.",
}

# Of a text that the caller gave.
_ECHO_CHARACTERS: Final = 500
# Of a circle, in a message.
_PATH_SHOWN: Final = 20

# Errors whose `reason` is a text key.
_REASONED: Final = frozenset({"download_failed", "invalid_format", "path_not_allowed"})

UNAVAILABLE: Final[Mapping[str, str]] = {
    "corrupt": "The workspace's database is damaged. It was left as it is.",
    "too_new": "The workspace's database was written by a newer Gorev. It was left as it is.",
    "original": (
        "The workspace's database was written by a release of the earlier Gorev program that is unknown here. "
        "It was left as it is."
    ),
    "foreign": "The workspace's database file belongs to another program. It was left as it is.",
    "read_only": "The workspace's database cannot be written.",
    "disk_full": "The disk is full. Nothing was changed.",
    "replaced": "Another database was put in the place of the workspace's. It is being opened; try again.",
    "io": "The workspace's database cannot be read or written.",
}


def message(error: GorevError, language: str, words: Vocabulary, spelt: Mapping[str, str] | None = None) -> str:
    """What the caller is told; ``spelt`` says how it spelt the fields it gave."""
    code = "unknown_field" if isinstance(error, UnknownField) else error.code
    return sentence(code, error.details, language, words, spelt)


def sentence(
    code: str,
    details: Mapping[str, object],
    language: str,
    words: Vocabulary,
    spelt: Mapping[str, str] | None = None,
) -> str:
    """As `message`, for an error that was kept by its code and details."""
    if code == "workspace_unavailable":
        said = text(language, UNAVAILABLE.get(str(details.get("reason")), UNAVAILABLE["io"]))
        return f"{said} ({details['path']})" if "path" in details else said
    key = MESSAGES[_variant(code, details)]
    if code in _REASONED:
        details = {**details, "reason": text(language, str(details.get("reason")))}
    if details.get("field") == "status":
        details = {name: _in_tokens(value) for name, value in details.items()}
    shown = {name: _shown(name, value, language, details) for name, value in details.items()}
    if "field" in details:
        shown["field"] = _field(details["field"], words, spelt)
    if _variant(code, details) == "nothing_given":
        shown["fields"] = ", ".join(_fields(details["fields"], words))
    shown["least"] = SHORTEST_PREFIX
    if isinstance(example := details.get("example"), Example):
        shown["example"] = json(_call(example, words)).decode()
    return text(language, key, **shown)


def _variant(code: str, details: Mapping[str, object]) -> str:
    """The text of a code, which may depend on what is known."""
    if code == "missing_parameter" and "fields" in details:
        return "nothing_given"
    if code == "missing_parameter" and details.get("allowed"):
        return "missing_parameter_of"
    if f"{code}_short" in MESSAGES and len(str(details.get("id", "")).strip()) < SHORTEST_PREFIX:
        return f"{code}_short"
    if code == "unknown_field" and not details.get("allowed"):
        return "unknown_field_of_none"
    if code == "invalid_value" and "ids" in details:
        return "invalid_value_of_rows"
    if code == "not_found" and "method" in details:
        return "no_such_method"
    if code == "not_found" and "tool" in details and "instead" not in details:
        return "no_such_tool"
    if "operation_id" in details:
        return {"not_found": "operation_not_found", "conflict": "operation_taken"}[code]
    return code


def details(
    error: GorevError, language: str, encoder: Encoder, spelt: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The structured details, empty where an error has none to give."""
    encoded: dict[str, Any] = {}
    given = error.details
    if given.get("field") == "status":
        given = {name: _in_tokens(value) for name, value in given.items()}
    for name, value in given.items():
        match value:
            case TaskView() | ProjectView():
                encoded[name] = encoder.entity(value)
            case Example():
                encoded[name] = _call(value, encoder.words)
            case list() if name == "open":
                encoded[name] = [encoder.prerequisite(each) for each in value if isinstance(each, Prerequisite)]
            case str() if name == "field":
                encoded[name] = _field(value, encoder.words, spelt)
            case list() if name == "fields" and isinstance(error, NothingGiven):
                encoded[name] = _fields(value, encoder.words)
            case str() if name == "allowed":
                encoded[name] = text(language, value, **_numbers(given))
            case None if name == "allowed":
                continue
            case str() if name == "reason" and error.code in _REASONED:
                encoded[name] = text(language, value)
            case _:
                encoded[name] = _echo(value)
    return encoded


def _echo(value: object) -> object:
    """What the caller gave, of a long text the beginning."""
    if isinstance(value, list):
        return [_echo(each) for each in value]
    if not isinstance(value, str) or len(value) <= _ECHO_CHARACTERS:
        return value
    return f"{value[:_ECHO_CHARACTERS]}…"


def _call(example: Example, words: Vocabulary) -> dict[str, Any]:
    """Arguments that would make a task of a template."""
    names = TEMPLATE_TOOL.out(words)
    return {names["template_id"]: example.template, names["values"]: example.values}


def _field(name: object, words: Vocabulary, spelt: Mapping[str, str] | None) -> str:
    given = name if isinstance(name, str) else str(name)
    return str(_echo((spelt or {}).get(given) or field_name(given, words)))


def _fields(names: object, words: Vocabulary) -> list[str]:
    return [field_name(name, words) for name in names] if isinstance(names, list) else []


def _in_tokens(value: object) -> object:
    """Statuses, which the domain names in English, as the wire's tokens."""
    if isinstance(value, list | tuple):
        return [_in_tokens(each) for each in value]
    word = value.value if isinstance(value, Status) else value
    meant = understood(STATUS, word) if isinstance(word, str) else None
    return value if meant is None else STATUS[meant]


def _numbers(given: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if isinstance(value, int)}


def _shown(name: str, value: object, language: str, all_details: Mapping[str, object]) -> object:
    match value:
        case str() if name == "allowed":
            return text(language, value, **_numbers(all_details))
        case list() if name == "open":
            return remarks.titles([each if isinstance(each, str) else each.title for each in value])
        case list() if name == "path":
            return " → ".join(value if len(value) <= _PATH_SHOWN else [*value[: _PATH_SHOWN - 1], "…", value[-1]])
        case list():
            return ", ".join(str(_echo(each)) for each in value)
        case str() if name == "value":
            return f"“{_echo(value)}”"
    return _echo(value)
