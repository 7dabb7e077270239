"""JSON Schema in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from docs.from_code.markup import code, codes, link, plain

Schema = Mapping[str, Any]

_NOTHING: Final = ({"type": "null"}, {"const": ""})
_FORMATS: Final = {"date": "date", "date-time": "instant", "uuid": "id", "entity-tag": "entity tag"}


def told(schema: Schema) -> str:
    """What a value of this schema is, as markup."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return link(f"shape-{name}", name)
    if "anyOf" in schema and "type" not in schema:
        return _one_of(schema["anyOf"])
    if "allOf" in schema:
        return told(schema["allOf"][0])
    if "enum" in schema:
        return codes(_word(each) for each in schema["enum"])
    if "const" in schema:
        return code(_word(schema["const"]))
    return _plain_kind(schema)


def default(schema: Schema) -> str:
    """The default as markup, empty if there is none to tell."""
    given = schema.get("default")
    return "" if given in (None, "") else code(_word(given))


def _one_of(options: list[Schema]) -> str:
    """The alternatives; nothing at all goes without saying where a value is optional."""
    kept = [each for each in options if each not in _NOTHING]
    typed = [each for each in kept if each.get("type") in ("boolean", "integer", "number")]
    return " or ".join(dict.fromkeys(told(each) for each in typed or kept))


def _plain_kind(schema: Schema) -> str:
    match schema.get("type"):
        case "string":
            kind = _FORMATS.get(schema.get("format", ""), "text")
            return f"{kind}, up to {schema['maxLength']:,} characters" if "maxLength" in schema else kind
        case "boolean":
            return "true or false"
        case "integer" | "number" as number:
            return _number("whole number" if number == "integer" else "number", schema)
        case "array":
            items = told(schema.get("items", {}))
            most = f", up to {schema['maxItems']:,}" if "maxItems" in schema else ""
            return f"list of {items}{most}" if items != "anything" else f"list{most}"
        case "object":
            names = schema.get("properties", {})
            return f"object of {codes(names)}" if names else "object"
        case list() as kinds:
            return " or ".join(told({**schema, "type": kind}) for kind in kinds)
    return "anything"


def _number(kind: str, schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{kind} from {low:,} to {high:,}"
    return kind if low is None else f"{kind} from {low:,}"


def _word(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def hint(member: Schema) -> str:
    """What a description says, as markup."""
    return plain(member.get("description", ""))
