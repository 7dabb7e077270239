"""The kinds of value a parameter may be, each read in one place: what is accepted, and what it becomes.

A parameter is declared as a field of a `msgspec.Struct` whose annotation is one of these kinds. The declaration yields
the advertised JSON Schema; `read` does the check and the decoding, after rewriting the aliases that rule N4 and
``mcp-tools.md`` §1 let in.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from gorev.domain.errors import GorevError, InvalidDate, InvalidPriority, InvalidStatus, InvalidValue
from gorev.domain.links import Relation
from gorev.domain.query import QuickFilter, Sort
from gorev.domain.text import folded
from gorev.domain.values import Priority, Status
from gorev.wire.vocabulary import PRIORITY, QUICK_FILTER, RELATION, SORT, STATUS, understood

# Spelt out for mypy and for the schema; a test holds them against the vocabulary.
StatusToken = Literal["beklemede", "devam_ediyor", "tamamlandi", "iptal"]
PriorityToken = Literal["dusuk", "orta", "yuksek"]
SortToken = Literal["son_tarih_asc", "son_tarih_desc", "oncelik_asc", "oncelik_desc", "olusturma_asc", "olusturma_desc"]
QuickToken = Literal["acil", "gecmis", "bugun", "bu_hafta"]
StatusTokens = list[StatusToken]
PriorityTokens = list[PriorityToken]
RelationToken = Literal[
    "depends_on",
    "blocked_by",
    "onceki",
    "blocks",
    "blocker",
    "engelliyor",
    "bagimli",
    "iliskili",
    "related",
    "related_to",
]
ContextAction = Literal["set_active", "get_active", "recent", "summary"]
BulkKind = Literal["transition", "tag", "update"]
TagWord = Literal["add", "remove", "replace"]
Ids = Annotated[list[str], Meta(min_length=1, max_length=500)]
Object = dict[str, Any]
Updates = Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=500)]
HierarchyAction = Literal["create_subtask", "change_parent", "show"]
Text = str
Flag = bool
Rev = Annotated[int, Meta(ge=1)]
Offset = Annotated[int, Meta(ge=0)]
Tags = list[str]
DueDate = Annotated[str, Meta(description="YYYY-MM-DD")]
Key = Annotated[str, Meta(min_length=1, max_length=255)]

E = TypeVar("E", bound=enum.Enum)

_YES: Final = frozenset({"true", "yes", "evet", "1"})
_NO: Final = frozenset({"false", "no", "hayır", "hayir", "0"})
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}")
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?")


def status(token: str) -> Status:
    """The status of a token that was read."""
    return _meant(STATUS, token)


def priority(token: str) -> Priority:
    """The priority of a token that was read."""
    return _meant(PRIORITY, token)


def relation(token: str) -> Relation:
    """The relation of a token that was read (rule D1)."""
    return next(relation for relation, words in RELATION.items() if token in words)


def quick_filter(token: str) -> QuickFilter:
    """The quick filter of a token that was read."""
    return _meant(QUICK_FILTER, token)


def sort(token: str) -> Sort:
    """The order of a token that was read."""
    return _meant(SORT, token)


def due_date(text: str | None) -> date | None:
    """The calendar date of a text that was read; nothing if it clears."""
    return date.fromisoformat(text) if text else None


def read(field: str, kind: Any, given: object) -> Any:
    """``given`` as a value of ``kind``; ``field`` is the name an error bears.

    @raise InvalidValue: it is none.
    """
    try:
        return msgspec.convert(_rewriter(kind)(given), kind)
    except msgspec.ValidationError:
        refusal, allowed, details = _refusal(kind)
        raise refusal(field=field, value=_shown(given), allowed=allowed, **details) from None


def tokens(kind: Any) -> list[str] | None:
    """The values of a kind that has few."""
    return list(kind.__args__) if getattr(kind, "__origin__", None) is Literal else None


def _meant(table: Mapping[E, str], token: str) -> E:
    value = understood(table, token)
    if value is None:
        raise ValueError(token)
    return value


def _rewriter(kind: Any) -> Callable[[object], object]:
    if getattr(kind, "__origin__", None) is int:
        return _number
    return _REWRITE.get(kind, _as_it_is)


def _as_it_is(given: object) -> object:
    return given


def _token_of(table: Mapping[Any, str]) -> Callable[[object], object]:
    def rewrite(given: object) -> object:
        meant = understood(table, given) if isinstance(given, str) else None
        return given if meant is None else table[meant]

    return rewrite


def _listed(rewrite: Callable[[object], object]) -> Callable[[object], object]:
    def rewrite_all(given: object) -> object:
        values = given.split(",") if isinstance(given, str) else given
        return [rewrite(each) for each in values] if isinstance(values, list) else values

    return rewrite_all


def _flag(given: object) -> object:
    if given in (0, 1) and isinstance(given, int):
        return bool(given)
    word = given.strip().lower() if isinstance(given, str) else None
    return word in _YES if word in _YES | _NO else given


def _number(given: object) -> object:
    return int(given) if isinstance(given, str) and _NUMBER.fullmatch(given.strip()) else given


def _tag_names(given: object) -> object:
    if isinstance(given, str):
        return [name for name in given.split(",") if name.strip()]
    if isinstance(given, list):
        return [_tag_name(each) for each in given]
    return given


def _tag_name(given: object) -> object:
    # Clients send back the tag objects they were given.
    return given.get("isim", given.get("name")) if isinstance(given, dict) else given


def _due_date(given: object) -> object:
    if not isinstance(given, str) or not given.strip():
        return "" if isinstance(given, str) else given
    matched = _DAY.fullmatch(given.strip())
    try:
        return date.fromisoformat(matched[1]).isoformat() if matched else None
    except ValueError:
        return None


_REWRITE: Final[dict[Any, Callable[[object], object]]] = {
    StatusToken: _token_of(STATUS),
    PriorityToken: _token_of(PRIORITY),
    RelationToken: lambda given: folded(given.strip()) if isinstance(given, str) else given,
    SortToken: _token_of(SORT),
    QuickToken: _token_of(QUICK_FILTER),
    Flag: _flag,
    StatusTokens: _listed(_token_of(STATUS)),
    PriorityTokens: _listed(_token_of(PRIORITY)),
    Tags: _tag_names,
    DueDate: _due_date,
}

_RANGE: Final = "a whole number from {least} to {most}"

_REFUSAL: Final[dict[Any, tuple[type[GorevError], str]]] = {
    DueDate: (InvalidDate, "a date that exists, as YYYY-MM-DD"),
    Tags: (InvalidValue, "a list of names, or names separated by commas"),
    Flag: (InvalidValue, "true or false"),
    Text: (InvalidValue, "text"),
    Rev: (InvalidValue, "a whole number from 1"),
    Offset: (InvalidValue, "a whole number from 0"),
    Key: (InvalidValue, "1 to 255 characters"),
    Ids: (InvalidValue, "a list of 1 to 500 ids"),
    Object: (InvalidValue, "an object"),
    Updates: (InvalidValue, "a list of 1 to 500 objects"),
}


def _refusal(kind: Any) -> tuple[type[GorevError], object, dict[str, object]]:
    if getattr(kind, "__origin__", None) is list and kind is not Tags:
        (kind,) = kind.__args__
    listed = tokens(kind)
    if listed is not None:
        by_kind = {StatusToken: InvalidStatus, PriorityToken: InvalidPriority}
        return by_kind.get(kind, InvalidValue), listed, {}
    if kind in _REFUSAL:
        return *_REFUSAL[kind], {}
    for meta in getattr(kind, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.ge is not None and meta.le is not None:
            return InvalidValue, _RANGE, {"least": meta.ge, "most": meta.le}
    return InvalidValue, "text", {}


def _shown(given: object) -> object:
    """The refused value, short enough for an error."""
    if isinstance(given, str):
        clean = given.encode("utf-8", "replace").decode().replace("\0", "\\0")
        return clean if len(clean) <= 60 else f"{clean[:60]}…"
    return given if given is None or isinstance(given, bool | int | float) else type(given).__name__
