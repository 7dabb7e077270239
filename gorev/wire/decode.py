"""Arguments and bodies as they come in, turned into declared structs (rules N3 and N4).

A declaration is a `msgspec.Struct` with fields named as inside; `Names` says how the outside spells them. Whatever is
wrong is named as the caller spelt it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import attrs
import msgspec
from msgspec import UnsetType

from gorev.domain.errors import AsSpelt, ConflictingAlias, MissingParameter, UnknownField
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

    @raise ConflictingAlias: two spellings of one field disagree.
    @raise MissingParameter: a required field is absent or null.
    @raise InvalidValue: a value is of the wrong kind, or a key is unknown and such are refused.
    """
    fields = field_kinds(declared)
    found: dict[str, object] = {}
    spelt: dict[str, str] = {}
    unknown: list[str] = []
    for key, value in given.items():
        name = names.inside(key)
        if name not in fields:
            unknown.append(key)
        elif name in found and found[name] != value:
            raise ConflictingAlias(keys=[spelt[name], key])
        else:
            found[name], spelt[name] = value, key
    if unknown and refuse_unknown:
        known = sorted(names.out(words)[name] for name in fields)
        close = difflib.get_close_matches(unknown[0], sorted(names.spellings()), 1)
        nearest = [names.out(words)[name] for each in close if (name := names.inside(each)) in fields]
        raise UnknownField(field=AsSpelt(unknown[0]), value=unknown[0], allowed=nearest or known)
    values: dict[str, object] = {}
    for name, (kind, clears) in fields.items():
        value = found.get(name)
        if value is None and name in found and clears:
            values[name] = None
        elif value is not None:
            values[name] = kinds.read(AsSpelt(spelt[name]), kind, value)
    for field in msgspec.structs.fields(declared):
        if (
            field.name not in values
            and field.default is msgspec.NODEFAULT
            and field.default_factory is msgspec.NODEFAULT
        ):
            kind, _ = fields[field.name]
            name = spelt.get(field.name) or names.out(words)[field.name]
            raise MissingParameter(field=AsSpelt(name), allowed=kinds.tokens(kind))
    return Decoded(declared(**values), spelt, tuple(unknown))


@cache
def field_kinds(declared: type[msgspec.Struct]) -> dict[str, tuple[Any, bool]]:
    """Each field's kind, and whether null is a value of it."""
    fields = {}
    for name, hint in get_type_hints(declared, include_extras=True).items():
        options = [each for each in get_args(hint) if each not in (UnsetType, type(None))]
        is_union = type(None) in get_args(hint) or UnsetType in get_args(hint)
        fields[name] = (options[0] if is_union else hint, type(None) in get_args(hint))
    return fields


def or_absent(value: T | UnsetType) -> T | None:
    """``None`` for what was not given."""
    return None if isinstance(value, UnsetType) else value
