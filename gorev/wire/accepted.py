"""What a parameter accepts, as JSON Schema, from the same kinds by which it is read (`kinds`).

Beside the plain form a few others are let in (``mcp-tools.md`` §1): numbers as text, many words for yes and no, lists
as text with commas. The schema names the ones that a client may count on. ``x-also`` lists further words that are
understood and never emitted (rule N4).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Meta

from gorev.domain.text import NAME_LIMIT
from gorev.wire import kinds
from gorev.wire.decode import field_kinds
from gorev.wire.json_schema import Schema
from gorev.wire.kinds import (
    DueDate,
    Flag,
    Key,
    Object,
    PriorityToken,
    QuickToken,
    SortToken,
    StatusToken,
    Tags,
    Text,
    Texts,
    Threshold,
)
from gorev.wire.limits import CLEAN
from gorev.wire.vocabulary import PRIORITY, QUICK_FILTER, SORT, STATUS, TAG, Names, Vocabulary, also_understood

_TABLES: Final[Mapping[Any, Mapping[Any, str]]] = {
    StatusToken: STATUS,
    PriorityToken: PRIORITY,
    QuickToken: QUICK_FILTER,
    SortToken: SORT,
}
_NO_COMMA: Final = r"^[^\u0000,]*[^\s\u0000-\u001f\u0085\ufeff,][^\u0000,]*$"
_YES_OR_NO: Final[Schema] = {"enum": ["true", "false", "yes", "no", "evet", "hayır", "1", "0", 1, 0]}
_NULL: Final[Schema] = {"type": "null"}


def of_struct(
    declared: type[msgspec.Struct],
    names: Names,
    words: Vocabulary,
    *,
    rules: Mapping[str, Mapping[str, Any]],
    demanded: frozenset[str],
    without: frozenset[str],
    blanks: bool,
) -> Schema:
    """The JSON object that is read as ``declared``; unknown keys are allowed (rule N3).

    ``rules`` say more of a field, ``demanded`` ones are missed by the handler, ``without`` are not described. With
    ``blanks`` an empty text is as good as nothing.
    """
    properties: Schema = {}
    required: list[str] = []
    fields = {field.name: field for field in msgspec.structs.fields(declared)}
    for name, (kind, clears) in field_kinds(declared).items():
        if name in without:
            continue
        key, field = names.out(words)[name], fields[name]
        schema = {**of_kind(kind, words), **rules.get(name, {})}
        needed = field.required or name in demanded
        if needed:
            required.append(key)
        if clears or not needed:
            schema = _either(schema, _NULL, *([{"const": ""}] if blanks else []))
        if (default := default_of(field)) is not None:
            schema["default"] = default
        if also := names.others(name, words):
            schema["x-also"] = list(also)
        properties[key] = schema
    described: Schema = {"type": "object", "properties": properties}
    return described | {"required": required} if required else described


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """What holds if the field is left out, where that can be written down."""
    return field.default if isinstance(field.default, str | int | float | bool) else None


def of_kind(kind: Any, words: Vocabulary) -> Schema:
    """What a member of a JSON object may be."""
    if kind == Flag:
        return _either({"type": "boolean"}, _YES_OR_NO)
    if kind == Tags:
        return _tags(words)
    if kind == Texts:
        return _either(_text(), {"type": "array", "items": _text(), "maxItems": 100})
    if kind == DueDate:
        return _either({"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}, {"const": ""})
    if kind == Threshold:
        return _either({"type": "number", "minimum": 0, "maximum": 1000}, _digits(r"^[0-9]{1,3}(\.[0-9]{1,9})?$"))
    if kind == Object:
        return {"type": "object"}
    if getattr(kind, "__origin__", None) is int:
        return _either(_integer(kind), _digits(_numeral(kind)))
    if getattr(kind, "__origin__", None) is list:
        (item,) = kind.__args__
        return _either(_scalar(item), {"type": "array", "items": _scalar(item)})
    return _scalar(kind)


def of_parameter(kind: Any, *, needed: bool) -> Schema:
    """What a parameter of a query string may be, as OpenAPI writes it: lists are told by commas; empty is absent."""
    schema = _parameter(kind)
    if not needed:
        return schema if kind == Text or schema.get("type") == "array" else _either(schema, {"const": ""})
    return schema | {"minLength": 1} if kind == Text else schema


def _parameter(kind: Any) -> Schema:
    if kind == Flag:
        return _either({"type": "boolean"}, {"enum": ["yes", "no", "1", "0"]})
    if getattr(kind, "__origin__", None) is int:
        return _integer(kind)
    if getattr(kind, "__origin__", None) is list:
        (item,) = kind.__args__
        return {"type": "array", "items": _scalar(item)}
    return _scalar(kind)


def _scalar(kind: Any) -> Schema:
    tokens = kinds.tokens(kind)
    if tokens is not None:
        schema: Schema = {"type": "string", "enum": tokens}
        table: Mapping[enum.Enum, str] = _TABLES.get(kind, {})
        return schema | {"x-also": also_understood(table)} if table else schema
    if kind == Text:
        return _text()
    if kind == Key:
        return {"type": "string", "minLength": 1, "maxLength": 255, "pattern": CLEAN}
    return {}


def _text() -> Schema:
    return {"type": "string", "pattern": CLEAN}


def _integer(kind: Any) -> Schema:
    least, most = _range(kind)
    schema: Schema = {"type": "integer", "minimum": least}
    return schema if most is None else schema | {"maximum": most}


def _range(kind: Any) -> tuple[int, int | None]:
    (meta,) = (each for each in kind.__metadata__ if isinstance(each, Meta))
    return int(meta.ge or 0), None if meta.le is None else int(meta.le)


def _numeral(kind: Any) -> str:
    """Texts of digits that are certainly in range."""
    least, most = _range(kind)
    digits = 17 if most is None else max(len(str(most)) - 1, 1)
    positive = f"[1-9][0-9]{{0,{digits - 1}}}"
    return f"^({'0|' if least == 0 else ''}{positive})$"


def _digits(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _tags(words: Vocabulary) -> Schema:
    name = {"type": "string", "minLength": 1, "maxLength": NAME_LIMIT, "pattern": _NO_COMMA}
    key = TAG.out(words)["name"]
    item = _either(name, {"type": "object", "properties": {key: name}, "required": [key]})
    listed = {"type": "string", "maxLength": NAME_LIMIT, "pattern": CLEAN}
    return _either({"type": "array", "items": item}, listed)


def _either(*schemas: Schema) -> Schema:
    options = [option for schema in schemas for option in schema.get("anyOf", [schema])]
    return {"anyOf": options}
