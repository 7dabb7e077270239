"""JSON Schema of objects that have their names in two vocabularies.

A member of a `Shape` is a schema, another shape, `Many` of one, `Maybe` one, or `Either` of several; a key that may be
left out is `optional` (``data-model.md`` §4, presence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs

from gorev.wire.vocabulary import Names, Vocabulary

Schema: TypeAlias = dict[str, Any]


@attrs.frozen
class Many:
    """An array."""

    of: Kind


@attrs.frozen
class Maybe:
    """A value or null."""

    of: Kind


@attrs.frozen(init=False)
class Either:
    """One of several kinds."""

    of: tuple[Kind, ...]

    def __init__(self, *of: Kind) -> None:
        self.__attrs_init__(of)


@attrs.frozen(eq=False, kw_only=True)
class Shape:
    """An object: its name in a document in Turkish and in English, its members by their names inside.

    Without ``names`` the keys are the same on every surface.
    """

    turkish: str
    english: str
    members: Mapping[str, Kind]
    names: Names | None = None
    optional: frozenset[str] = frozenset()
    example: Mapping[str, Any] | None = None

    def name(self, words: Vocabulary) -> str:
        """What a document calls it."""
        return self.turkish if words is Vocabulary.TURKISH else self.english

    def key(self, member: str, words: Vocabulary) -> str:
        """What a member is called."""
        return member if self.names is None else self.names.out(words)[member]

    def schema(self, words: Vocabulary) -> Schema:
        """The object, other shapes being referred to."""
        described: Schema = {
            "type": "object",
            "properties": {self.key(name, words): schema(kind, words) for name, kind in self.members.items()},
            "required": [self.key(name, words) for name in self.members if name not in self.optional],
            "additionalProperties": False,
        }
        if self.example is not None:
            described["examples"] = [_spelt(self.example, self, words)]
        return described

    def parts(self) -> Iterator[Shape]:
        """The shapes that it refers to."""
        for kind in self.members.values():
            yield from _shapes_in(kind)


Kind: TypeAlias = Schema | Shape | Many | Maybe | Either


def schema(kind: Kind, words: Vocabulary) -> Schema:
    """A kind as JSON Schema, shapes being referred to."""
    match kind:
        case Shape():
            return {"$ref": f"#/components/schemas/{kind.name(words)}"}
        case Many():
            return {"type": "array", "items": schema(kind.of, words)}
        case Maybe():
            return {"anyOf": [schema(kind.of, words), {"type": "null"}]}
        case Either():
            return {"anyOf": [schema(each, words) for each in kind.of]}
    return kind


def with_parts(kinds: list[Kind]) -> list[Shape]:
    """The shapes in these kinds, and those that they refer to, each once."""
    found: dict[int, Shape] = {}
    waiting = [shape for kind in kinds for shape in _shapes_in(kind)]
    while waiting:
        shape = waiting.pop(0)
        if id(shape) not in found:
            found[id(shape)] = shape
            waiting.extend(shape.parts())
    return list(found.values())


def _shapes_in(kind: Kind) -> Iterator[Shape]:
    match kind:
        case Shape():
            yield kind
        case Many() | Maybe():
            yield from _shapes_in(kind.of)
        case Either():
            for each in kind.of:
                yield from _shapes_in(each)


def _spelt(example: Mapping[str, Any], shape: Shape, words: Vocabulary) -> Schema:
    return {
        shape.key(name, words): _spelt_value(value, shape.members.get(name), words) for name, value in example.items()
    }


def _spelt_value(value: Any, kind: Kind | None, words: Vocabulary) -> Any:
    shape = None if kind is None else next(_shapes_in(kind), None)
    if shape is None:
        return value
    if isinstance(value, list):
        return [_spelt(each, shape, words) for each in value]
    return _spelt(value, shape, words)


def noted(schema: Schema, note: str) -> Schema:
    """A schema with a note for its reader, a text key."""
    return {**schema, "description": note}


TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
ID: Final[Schema] = {"type": "string", "minLength": 1}
REV: Final[Schema] = {"type": "integer", "minimum": 1}
SEQ: Final[Schema] = {"type": "integer", "minimum": 0}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
UNIX_SECONDS: Final[Schema] = noted({"type": "integer"}, "seconds since 1970")
PERCENT: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 100}
MILLISECONDS: Final[Schema] = {"type": "number", "minimum": 0}
ANY_OBJECT: Final[Schema] = {"type": "object"}
