"""Arguments and bodies as they come in, turned into declared structs (rules N3 and N4).

A declaration is a `msgspec.Struct` with fields named as inside; `Names` says how the outside spells them. Whatever is
wrong is named as the caller spelt it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import attrs
import msgspec
from msgspec import UnsetType

from gorev.domain.errors import AsSpelt, ConflictingAlias, GorevError, MissingParameter, UnknownField
from gorev.wire import kinds
from gorev.wire.vocabulary import Names, Vocabulary

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")


@attrs.frozen
class Decoded(Generic[S]):
    """A struct that was read, how its fields were spelt, and keys that mean nothing here."""

    value: S
    spelt: Mapping[str, str]
    unknown: tuple[str, ...]


def decode(
    declared: type[S], names: Names, given: Mapping[str, object], words: Vocabulary, *, refuse_unknown: bool = False
) -> Decoded[S]:
    """Read ``given`` as ``declared``. A null is taken as absent, except where the field says that it clears.

    @raise ConflictingAlias: two spellings of one field mean different values.
    @raise MissingParameter: a required field is absent or null.
    @raise InvalidValue: a value is of the wrong kind, or a key is unknown and such are refused.
    """
    fields = field_kinds(declared)
    keys_of: dict[str, list[str]] = {}
    unknown: list[str] = []
    for key in given:
        name = names.inside(key)
        if name in fields:
            keys_of.setdefault(name, []).append(key)
        else:
            unknown.append(key)
    if unknown and refuse_unknown:
        known = sorted(names.out(words)[name] for name in fields)
        close = difflib.get_close_matches(unknown[0], sorted(names.spellings()), 1)
        nearest = [names.out(words)[name] for each in close if (name := names.inside(each)) in fields]
        raise UnknownField(field=AsSpelt(unknown[0]), value=unknown[0], allowed=nearest or known)
    values: dict[str, object] = {}
    spelt: dict[str, str] = {}
    for name, (kind, clears) in fields.items():
        if name not in keys_of:
            continue
        key = spelt[name] = _agreed(kind, clears, keys_of[name], given)
        value = given[key]
        if value is None and clears:
            values[name] = None
        elif value is not None:
            values[name] = kinds.read(AsSpelt(key), kind, value)
    for required in _required(declared):
        if required not in values:
            kind, _ = fields[required]
            name = spelt.get(required) or names.out(words)[required]
            raise MissingParameter(field=AsSpelt(name), allowed=kinds.tokens(kind))
    return Decoded(declared(**values), spelt, tuple(unknown))


def _agreed(kind: Any, clears: bool, keys: Sequence[str], given: Mapping[str, object]) -> str:
    """The one of a field's spellings that counts, the last: the others say the same, or a null that says nothing.

    @raise ConflictingAlias: they do not.
    """
    first, *others = [key for key in keys if clears or given[key] is not None] or keys
    for other in others:
        if given[other] != given[first] and not _means_the_same(kind, given[first], given[other]):
            raise ConflictingAlias(keys=[first, other])
    return others[-1] if others else first


def _means_the_same(kind: Any, one: object, other: object) -> bool:
    """Whether two values that look different are read as one; whatever is empty clears."""
    try:
        read = [None if each is None else kinds.read("", kind, each) or None for each in (one, other)]
    except GorevError:
        return False
    return bool(read[0] == read[1])


@cache
def field_kinds(declared: type[msgspec.Struct]) -> dict[str, tuple[Any, bool]]:
    """Each field's kind, and whether null is a value of it."""
    fields = {}
    for name, hint in get_type_hints(declared, include_extras=True).items():
        options = [each for each in get_args(hint) if each not in (UnsetType, type(None))]
        is_union = type(None) in get_args(hint) or UnsetType in get_args(hint)
        fields[name] = (options[0] if is_union else hint, type(None) in get_args(hint))
    return fields


@cache
def _required(declared: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that have no default."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(declared)
        if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
    )


def or_absent(value: T | UnsetType) -> T | None:
    """``None`` for what was not given."""
    return None if isinstance(value, UnsetType) else value
