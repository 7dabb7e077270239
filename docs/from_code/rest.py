"""The routes, from the definitions that route and check requests and from the OpenAPI document made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from docs.from_code import schemas
from docs.from_code.markup import code, codes, error, link, paragraph, plain, section, table
from docs.from_code.routes import openapi, routes
from gorev.locale import text
from gorev.rest.openapi import ABOUT
from gorev.rest.route import Area, Route
from gorev.wire.vocabulary import Vocabulary

Operation = Mapping[str, Any]

_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")


def lines() -> Iterator[str]:
    """What is true of all routes, then a section for each, by area."""
    for each in ABOUT:
        yield from paragraph(plain(text("en", each)))
    yield from section("Headers of requests", "-", "rest-headers")
    yield from table(
        ("Header", "Meaning"),
        ((code(each["name"]), plain(each["description"])) for each in openapi()["components"]["parameters"].values()),
        (30, 70),
    )
    for area in Area:
        of_area = [route for route in routes() if route.area is area]
        yield from section(plain(area.value), "-", f"rest-{area.name.lower()}")
        for route in of_area:
            yield from _route(route)


def shown(path: str) -> str:
    """A path below ``/api`` as a client writes it."""
    return "/api" + _PARAMETER.sub(r"{\1}", path)


def _route(route: Route) -> Iterator[str]:
    english, turkish = _operation(route, Vocabulary.ENGLISH), _operation(route, Vocabulary.TURKISH)
    main = english or turkish
    if main is None:
        raise LookupError(route.name)
    other = turkish if english is not None else None
    yield from section(plain(main["summary"]), "~", f"route-{route.name}")
    both = len({words for _, words in route.paths()}) > 1
    for path, words in route.paths():
        place = code(f"{' | '.join(route.methods)} {shown(path)}")
        yield f"* {place} ({words.value.capitalize()} names)" if both else f"* {place}"
    yield ""
    if note := main.get("x-detail"):
        yield from paragraph(plain(note))
    yield from _query(main, other)
    yield from _bodies(main, other)
    yield from _headers(main)
    yield from _answers(main, other)
    yield from paragraph(f"*Errors:* {', '.join(error(each) for each in sorted(route.codes()))}.")


def _operation(route: Route, words: Vocabulary) -> Operation | None:
    """What the document says of a route in one of the families, if it is in that."""
    paths = openapi()["paths"]
    for path, vocabulary in route.paths():
        if vocabulary is words and shown(path) in paths:
            operation: Operation = paths[shown(path)][route.methods[0].lower()]
            return operation
    return None


def _query(main: Operation, other: Operation | None) -> Iterator[str]:
    given, theirs = _own_parameters(main), _own_parameters(other or {})
    rows = []
    for position, each in enumerate(given):
        names = [each["name"], *([theirs[position]["name"]] if position < len(theirs) else []), *each.get("x-also", ())]
        note = "in the path" if each["in"] == "path" else schemas.hint(each)
        rows.append((*_names(names), *_value(each["schema"], note, needed=each.get("required", False))))
    yield from table(("Parameter", "Also", "Value", "Default", "Note"), rows, (18, 22, 30, 12, 18))


def _own_parameters(operation: Operation) -> list[Mapping[str, Any]]:
    return [each for each in operation.get("parameters", ()) if "$ref" not in each]


def _bodies(main: Operation, other: Operation | None) -> Iterator[str]:
    theirs = _alternatives(other or {})
    for position, schema in enumerate(_alternatives(main)):
        names = list(theirs[position].get("properties", {})) if position < len(theirs) else []
        yield from paragraph("*Body:*" if position == 0 else "*or:*")
        yield from table(("Member", "Also", "Value", "Default", "Note"), _members(schema, names), (18, 22, 30, 12, 18))
        if not schema.get("properties"):
            yield from paragraph(schemas.told(schema).capitalize() + ".")


def _members(schema: Mapping[str, Any], names: list[str]) -> Iterator[tuple[str, ...]]:
    for position, (name, member) in enumerate(schema.get("properties", {}).items()):
        spelt = [name, *([names[position]] if position < len(names) else []), *member.get("x-also", ())]
        needed = name in schema.get("required", ())
        yield (*_names(spelt), *_value(member, schemas.hint(member), needed=needed))


def _alternatives(operation: Operation) -> list[Mapping[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return []
    return schema["anyOf"] if "anyOf" in schema and "properties" not in schema else [schema]


def _names(names: list[str]) -> tuple[str, str]:
    first, *others = dict.fromkeys(names)
    return code(first), codes(others)


def _value(schema: Mapping[str, Any], hint: str, *, needed: bool) -> tuple[str, str, str]:
    return schemas.told(schema), "**required**" if needed else schemas.default(schema), hint


def _headers(main: Operation) -> Iterator[str]:
    kept = openapi()["components"]["parameters"]
    names = [kept[each["$ref"].rpartition("/")[2]]["name"] for each in main["parameters"] if "$ref" in each]
    if names:
        yield from paragraph(f"{link('rest-headers', 'Headers')}: {codes(names)}.")


def _answers(main: Operation, other: Operation | None) -> Iterator[str]:
    for status, response in main["responses"].items():
        if not status.startswith(("2", "3")):
            continue
        content = next(iter(response.get("content", {}).items()), None)
        if content is None:
            yield from paragraph(f"*Answer* {status}: {plain(response['description'])}.")
            continue
        media_type, described = content
        members = [_answer_members(described["schema"])]
        if other is not None and media_type == "application/json":
            theirs = _answer_members(other["responses"][status]["content"][media_type]["schema"])
            members += [theirs] if theirs != members[0] else []
        told = " or ".join(members) if media_type == "application/json" else code(media_type)
        yield from paragraph(f"*Answer* {status}: {told}.")


def _answer_members(schema: Mapping[str, Any]) -> str:
    members = schema.get("properties", {})
    needed = schema.get("required", ())
    told = (
        f"{code(name)}{'' if name in needed else ' (optional)'}: {schemas.told(member)}"
        for name, member in members.items()
        if name != "success"
    )
    return "; ".join(told) or "an object"
