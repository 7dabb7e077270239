"""What a route takes in its query string or body: a struct, and how the outside spells its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs
import msgspec

from gorev.wire.vocabulary import Names

S = TypeVar("S", bound=msgspec.Struct)


@attrs.frozen(eq=False)
class Fields(Generic[S]):
    """The same declaration checks a request and describes it.

    ``hints`` are English text keys by field, for those whose name does not say it all; ``rules`` what JSON Schema can
    say beyond the kind of a field and is checked further inside; ``demanded`` fields are missed by the handler itself;
    the fields of one of ``at_least`` must be given, as their schemas say; ``nested`` describes objects in which no
    unknown key is allowed; ``without`` are not described. With ``blanks`` an empty text is as good as nothing.
    """

    declared: type[S]
    names: Names
    hints: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    rules: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, kw_only=True)
    demanded: frozenset[str] = attrs.field(default=frozenset(), kw_only=True)
    at_least: Sequence[Mapping[str, Mapping[str, Any]]] = attrs.field(default=(), kw_only=True)
    nested: Mapping[str, Fields[Any]] = attrs.field(factory=dict, kw_only=True)
    blanks: bool = attrs.field(default=False, kw_only=True)
    without: frozenset[str] = attrs.field(default=frozenset(), kw_only=True)
