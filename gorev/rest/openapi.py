"""The OpenAPI 3.1 document, made of the very definitions that route and check requests.

Both families are in it, each with its own vocabulary. ``x-also`` lists further spellings that are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gorev import __version__
from gorev.locale import LANGUAGES, text
from gorev.rest.fields import Fields
from gorev.rest.reply import STATUS
from gorev.rest.route import GET, Answer, Area, Route
from gorev.wire import accepted, json_schema, shapes
from gorev.wire.decode import field_kinds
from gorev.wire.json_schema import Schema, noted
from gorev.wire.vocabulary import Vocabulary

_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")

ABOUT: Final = (
    "Tasks and projects of this computer's workspaces. Paths below /api/v1 speak English names, the others Turkish"
    " ones; every spelling is understood everywhere (x-also). Values of enumerations are the same in both.",
    "Requests name their workspace in a header, by id or folder; without one they mean the default workspace.",
    "Every task and project has a rev, which grows with its own changes, and answers with an ETag. A write with"
    " If-Match is refused with 412 if somebody else was faster; the answer holds what there is now.",
    "Every change has a seq, which rises by one in its workspace. X-Gorev-Seq tells which one an answer knows of; what"
    " came since is at /api/olaylar and /api/v1/events, and live on the WebSocket /ws.",
    "An error has a code for programs and a message for people, in the language of Accept-Language.",
)


def _header(name: str, about: str, **schema: Any) -> Schema:
    """A request header; ``about`` is a text key."""
    return {"name": name, "in": "header", "schema": {"type": "string", **schema}, "description": about}


# By the name under which the document keeps them.
_HEADERS: Final[Mapping[str, Schema]] = {
    "WorkspaceId": _header(
        "X-Workspace-Id", "the workspace, by its id; without any of these headers it is the default one"
    ),
    "WorkspacePath": _header("X-Workspace-Path", "the workspace, by its folder; may be URL-encoded"),
    "WorkspaceName": _header("X-Workspace-Name", "what a workspace that is new shall be called; may be URL-encoded"),
    "AcceptLanguage": _header("Accept-Language", "tr or en, the first one counts", examples=list(LANGUAGES)),
    "Client": _header("X-Gorev-Client", "the client's name, told with its changes"),
    "IfMatch": _header(
        "If-Match",
        "write only if the revision is still this one",
        format="entity-tag",
        pattern='^"[0-9]{1,18}(-[0-9]{1,18})?"$',
        examples=['"3-41"'],
    ),
    "IfNoneMatch": _header("If-None-Match", "answer 304 if the tag is still this one", examples=['"3-41"']),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "the same key within 24 hours yields the first answer and changes nothing",
        minLength=1,
        maxLength=255,
        pattern="^[!-~]+$",
    ),
}
# What is under these is no schema.
_VALUES: Final = frozenset({"examples", "enum", "const", "default", "x-also"})
_WITH_ID: Final = (
    (shapes.TASK_SHAPE, ("get_task", "change_task", "delete_task", "create_subtask", "get_hierarchy")),
    (shapes.PROJECT_SHAPE, ("get_project", "change_project", "delete_project", "list_tasks_of_project")),
)
_OF_WORKSPACE: Final = ("WorkspaceId", "WorkspacePath", "WorkspaceName", "Client")

_SEQ_HEADER: Final = noted({"schema": json_schema.SEQ}, "the number of the last change that the answer knows of")
_TAG_HEADER: Final = noted({"schema": {"type": "string", "pattern": '^"[0-9]+-[0-9]+"$'}}, "revision and seq")

_ERROR: Final[Schema] = {
    "type": "object",
    "properties": {
        "success": {"type": "boolean", "const": False},
        "error": {"type": "string"},
        "message": noted(json_schema.TEXT, "what is wrong, in the caller's language"),
        "code": noted(json_schema.TEXT, "what is wrong, for programs"),
        "details": noted(json_schema.ANY_OBJECT, "what belongs to the code"),
    },
    "required": ["success", "error", "message", "code"],
    "additionalProperties": False,
    "examples": [
        {
            "success": False,
            "error": "…",
            "message": "…",
            "code": "missing_fields",
            "details": {"fields": ["baslik", "modul"]},
        },
        {
            "success": False,
            "error": "…",
            "message": "…",
            "code": "dependency_incomplete",
            "details": {"open": [{"id": "A", "baslik": "First", "durum": "beklemede"}]},
        },
    ],
}


def document(routes: Iterable[Route], language: str) -> Schema:
    """The document, its prose in a language."""
    routes = list(routes)
    paths: dict[str, Schema] = {}
    refusals = _Refusals()
    for route in routes:
        for words, described in _described(route):
            first, *_ = described
            for position, path in enumerate(described):
                for method in route.methods:
                    operation = _operation(route, words, language, method, position, first)
                    operation["responses"] = _good(route, words) | refusals.of(route)
                    paths.setdefault(_PARAMETER.sub(r"{\1}", f"/api{path}"), {})[method.lower()] = operation
    components: Schema = {
        "schemas": {"Error": _ERROR} | _shapes(routes),
        "parameters": dict(_HEADERS),
        "responses": refusals.kept,
        "securitySchemes": {"token": noted({"type": "http", "scheme": "bearer"}, "where a token is required")},
        "headers": {"Seq": _SEQ_HEADER, "Tag": _TAG_HEADER},
    }
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Gorev",
            "version": __version__,
            "description": "\n\n".join(text(language, paragraph) for paragraph in ABOUT),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "tags": [{"name": text(language, area.value)} for area in Area],
        "paths": dict(sorted(paths.items())),
        "components": components,
    }
    translated = _translated(whole, language)
    return translated if isinstance(translated, dict) else {}


def _described(route: Route) -> list[tuple[Vocabulary, list[str]]]:
    families = (
        (Vocabulary.TURKISH, list(route.family_a)),
        (Vocabulary.ENGLISH, [f"/v1{path}" for path in route.family_b]),
    )
    return [(words, paths) for words, paths in families if paths]


def _operation(route: Route, words: Vocabulary, language: str, method: str, position: int, first: str) -> Schema:
    name = route.name if words is Vocabulary.ENGLISH else f"{route.name}_tr"
    name = name if method == route.methods[0] else f"{method.lower()}_{name}"
    operation: Schema = {
        "operationId": f"{name}_{position + 1}" if position else name,
        "summary": route.summary,
        "tags": [text(language, route.area.value)],
        "parameters": _parameters(route, words, method),
    }
    notes = []
    if route.detail is not None:
        operation["x-detail"] = text(language, route.detail)
        notes.append(operation["x-detail"])
    if position or method != route.methods[0]:
        other = f"{route.methods[0]} /api{first}"
        notes.append(text(language, "The same as {other}.", other=other))
    if notes:
        operation["description"] = " ".join(notes)
    if route.bodies or route.free_body is not None:
        operation["requestBody"] = _body(route, words)
    return operation


def _parameters(route: Route, words: Vocabulary, method: str) -> list[Schema]:
    path = next(iter((*route.family_a, *route.family_b)))
    parameters: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _PARAMETER.findall(path)
    ]
    if route.query is not None:
        parameters += _query(route.query, words)
    headers = ["AcceptLanguage"]
    if route.of_workspace:
        headers += _OF_WORKSPACE
        parameters.append({"name": "workspace_id", "in": "query", "schema": {"type": "string"}})
    if route.revised:
        headers.append("IfMatch")
    if route.answer.tagged and method == "GET":
        headers.append("IfNoneMatch")
    if route.repeatable:
        headers.append("IdempotencyKey")
    return parameters + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _query(fields: Fields[Any], words: Vocabulary) -> list[Schema]:
    struct: type[msgspec.Struct] = fields.declared
    declared = {field.name: field for field in msgspec.structs.fields(struct)}
    parameters = []
    for name, (kind, _) in field_kinds(struct).items():
        if name in fields.without:
            continue
        needed = declared[name].required or name in fields.demanded
        schema = accepted.of_parameter(kind, needed=needed)
        if (default := accepted.default_of(declared[name])) is not None:
            schema["default"] = default
        parameter: Schema = {"name": fields.names.out(words)[name], "in": "query", "schema": schema}
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        if needed:
            parameter["required"] = True
        if name in fields.hints:
            parameter["description"] = fields.hints[name]
        if also := fields.names.others(name, words):
            parameter["x-also"] = list(also)
        parameters.append(parameter)
    return parameters


def _body(route: Route, words: Vocabulary) -> Schema:
    schemas = [_body_schema(fields, words) for fields in route.bodies] or [dict(route.free_body or {})]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    needed = bool(route.bodies) and all("required" in each or "anyOf" in each for each in schemas)
    return {"content": {"application/json": {"schema": schema}}} | ({"required": True} if needed else {})


def _body_schema(fields: Fields[Any], words: Vocabulary) -> Schema:
    schema = accepted.of_struct(
        fields.declared,
        fields.names,
        words,
        rules=fields.rules,
        demanded=fields.demanded,
        without=fields.without,
        blanks=fields.blanks,
    )
    for name, inner in fields.nested.items():
        described = _body_schema(inner, words) | {"additionalProperties": False}
        key = fields.names.out(words)[name]
        options = schema["properties"][key].get("anyOf", [{"type": "object"}])
        schema["properties"][key]["anyOf"] = [described if each == {"type": "object"} else each for each in options]
    if fields.at_least:
        out = fields.names.out(words)
        schema["anyOf"] = [
            {
                "properties": {out[name]: dict(rule) for name, rule in together.items()},
                "required": [out[name] for name in together],
            }
            for together in fields.at_least
        ]
    for name, hint in fields.hints.items():
        key = fields.names.out(words)[name]
        if key in schema["properties"]:
            schema["properties"][key]["description"] = hint
    return schema


class _Refusals:
    """The error answers, each set of codes kept once."""

    def __init__(self) -> None:
        self.kept: Schema = {}
        self._names: dict[tuple[str, ...], str] = {}

    def of(self, route: Route) -> Schema:
        """The error answers of a route by their status."""
        by_status: dict[int, list[str]] = {}
        for code in route.codes():
            by_status.setdefault(STATUS.get(code, 400), []).append(code)
        return {
            str(status): {"$ref": f"#/components/responses/{self._named(status, tuple(sorted(codes)))}"}
            for status, codes in sorted(by_status.items())
        }

    def _named(self, status: int, codes: tuple[str, ...]) -> str:
        if codes not in self._names:
            alike = sum(name.startswith(f"Refused{status}") for name in self.kept)
            self._names[codes] = f"Refused{status}_{alike + 1}" if alike else f"Refused{status}"
            only = {"properties": {"code": {"enum": list(codes)}}}
            schema = {"allOf": [{"$ref": "#/components/schemas/Error"}, only]}
            self.kept[self._names[codes]] = {
                "description": ", ".join(codes),
                "content": {"application/json": {"schema": schema}},
            }
        return self._names[codes]


def _good(route: Route, words: Vocabulary) -> Schema:
    answer = route.answer
    headers: Schema = {}
    if route.of_workspace and answer.dated:
        headers["X-Gorev-Seq"] = {"$ref": "#/components/headers/Seq"}
    if answer.tagged:
        headers["ETag"] = {"$ref": "#/components/headers/Tag"}
    good: Schema = {"description": route.summary, "content": {answer.media_type: {"schema": _answer(answer, words)}}}
    if headers:
        good["headers"] = headers
    if links := _links(route, words):
        good["links"] = links
    responses: Schema = {str(status): good for status in (answer.status, *answer.also)}
    if answer.tagged and route.methods == GET:
        responses["304"] = noted({}, "nothing has changed")
    return responses


def _links(route: Route, words: Vocabulary) -> Schema:
    """What can be done with a thing that was just made."""
    made = route.answer.members.get("data") if route.answer.status == 201 else None
    suffix = "" if words is Vocabulary.ENGLISH else "_tr"
    return {
        name: {"operationId": f"{name}{suffix}", "parameters": {"id": "$response.body#/data/id"}}
        for shape, names in _WITH_ID
        if made is shape
        for name in names
    }


def _answer(answer: Answer, words: Vocabulary) -> Schema:
    if answer.media_type != "application/json":
        return {"type": "string"}
    members = answer.of(words)
    return {
        "type": "object",
        "properties": {name: json_schema.schema(kind, words) for name, kind in members.items()},
        "required": [name for name in members if name not in answer.optional],
        **({} if answer.open else {"additionalProperties": False}),
    }


def _shapes(routes: list[Route]) -> Schema:
    schemas: Schema = {}
    for words in Vocabulary:
        kinds = [kind for route in routes if _speaks(route, words) for kind in route.answer.of(words).values()]
        for shape in json_schema.with_parts(kinds):
            schemas[shape.name(words)] = shape.schema(words)
    return dict(sorted(schemas.items()))


def _speaks(route: Route, words: Vocabulary) -> bool:
    return bool(route.family_b if words is Vocabulary.ENGLISH else route.family_a)


def _translated(part: Any, language: str) -> Any:
    """The same with every summary and description, which are text keys, in a language."""
    if isinstance(part, list):
        return [_translated(each, language) for each in part]
    if not isinstance(part, dict):
        return part
    translated = {}
    for name, value in part.items():
        if name in ("summary", "description") and isinstance(value, str):
            translated[name] = text(language, value)
        else:
            translated[name] = value if name in _VALUES else _translated(value, language)
    return translated
