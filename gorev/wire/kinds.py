"""The kinds of value a parameter may be, each read in one place: what is accepted, and what it becomes.

A parameter is declared as a field of a `msgspec.Struct` whose annotation is one of these kinds. The declaration yields
the advertised JSON Schema; `read` does the check and the decoding, after rewriting the aliases that rule N4 and
``mcp-tools.md`` §1 let in.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from gorev.domain.dates import calendar_date
from gorev.domain.errors import ConflictingAlias, GorevError, InvalidDate, InvalidPriority, InvalidStatus, InvalidValue
from gorev.domain.links import Relation
from gorev.domain.query import QuickFilter, Sort
from gorev.domain.text import clean, folded
from gorev.domain.values import Priority, Status
from gorev.wire.vocabulary import PRIORITY, QUICK_FILTER, RELATION, SORT, STATUS, TAG, TASK, understood

# Spelt out for mypy and for the schema; a test holds them against the vocabulary.
StatusToken = Literal["beklemede", "devam_ediyor", "tamamlandi", "iptal"]
PriorityToken = Literal["dusuk", "orta", "yuksek"]
SortToken = Literal["son_tarih_asc", "son_tarih_desc", "oncelik_asc", "oncelik_desc", "olusturma_asc", "olusturma_desc"]
QuickToken = Literal["acil", "gecmis", "bugun", "bu_hafta"]
SuggestionToken = Literal["deadline_risk", "next_action", "similar_task", "template"]
SuggestionTokens = list[SuggestionToken]
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
WatchAction = Literal["add", "remove", "list", "stats"]
WatchId = Annotated[int, Meta(ge=1, le=9_007_199_254_740_991)]
IdeAction = Literal["detect", "install", "uninstall", "status", "update"]
IdeToken = Literal["vscode", "cursor", "windsurf", "all"]
SearchMode = Literal["nlp", "advanced", "history"]
SearchSortToken = Literal["relevance", "created", "updated", "due_date", "priority"]
Direction = Literal["asc", "desc"]
FieldToken = Literal["baslik", "aciklama", "etiketler", "proje_adi"]
FieldTokens = list[FieldToken]
QuickTokens = list[QuickToken]
ProfileAction = Literal["save", "load", "list", "delete"]
ProfileId = Annotated[int, Meta(ge=1, le=9_007_199_254_740_991)]
Results = Annotated[int, Meta(ge=1, le=200)]
HistoryLimit = Annotated[int, Meta(ge=1, le=1000)]
Threshold = Annotated[float, Meta(ge=0, le=1000)]
Texts = Annotated[list[str], Meta(max_length=100)]
HierarchyAction = Literal["create_subtask", "change_parent", "show"]
LanguageToken = Literal["tr", "en"]
ExportFormat = Literal["json", "csv", "markdown"]
ImportFormat = Literal["json", "csv"]
ImportMode = Literal["merge", "replace"]
ConflictToken = Literal["skip", "overwrite", "prompt", "merge"]
Text = str
Flag = bool
Rev = Annotated[int, Meta(ge=1)]
Seq = Annotated[int, Meta(ge=0, le=999_999_999_999_999)]
Offset = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Tags = list[str]
DueDate = Annotated[str, Meta(description="YYYY-MM-DD")]
Key = Annotated[str, Meta(min_length=1, max_length=255)]

E = TypeVar("E", bound=enum.Enum)

_YES: Final = frozenset({"true", "yes", "evet", "1"})
_NO: Final = frozenset({"false", "no", "hayır", "hayir", "0"})
_LOCALE: Final = re.compile(r"([A-Za-z]{2})(?:[-_.].*)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}")
_DECIMAL: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
# Actions of gorev_filter_profile as they may also be called (mcp-tools.md §4.4).
_PROFILE_ACTIONS: Final = {"create": "save", "update": "save", "get": "load"}


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


def texts(given: Mapping[str, Any]) -> dict[str, str]:
    """The values of an object that was read, each as text; what is null is left out."""
    return {name: _as_text(value) for name, value in given.items() if value is not None}


def due_date(text: str | None) -> date | None:
    """The calendar date of a text that was read; nothing if it clears."""
    return date.fromisoformat(text) if text else None


def read(field: str, kind: Any, given: object) -> Any:
    """``given`` as a value of ``kind``; ``field`` is the name an error bears.

    @raise InvalidValue: it is none.
    """
    try:
        value = msgspec.convert(_rewriter(kind)(given), kind)
    except msgspec.ValidationError:
        refusal, allowed, details = _refusal(kind)
        raise refusal(field=field, value=_shown(given), allowed=allowed, **details) from None
    if kind is not Any:
        for text in _texts(value):
            clean(field, text)
    return value


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, keys included."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as items:
                waiting.extend(items)
            case dict() as members:
                waiting.extend(members)
                waiting.extend(members.values())


def schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of what is accepted as this kind, but for the aliases of ``mcp-tools.md`` §1."""
    if kind is Any:
        return {"anyOf": [{"type": "object"}, {"type": "array"}, {"type": "string"}]}
    listed = tokens(kind)
    if listed is not None:
        # In the order of the declaration, and typed: some clients take no untyped enum.
        return {"type": "string", "enum": listed}
    made = msgspec.json.schema(kind)
    if "enum" in made.get("items", {}):
        made["items"] = schema(kind.__args__[0])
    return {"anyOf": [made, {"type": "string"}]} if kind in _ALSO_TEXT else made


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


def _language(given: str) -> str:
    """The first two letters of a locale tag such as ``en-GB`` or ``tr_TR.UTF-8``; other words as they are."""
    tag = _LOCALE.fullmatch(given)
    return given if tag is None else tag[1].lower()


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
    if isinstance(given, float) and given.is_integer():
        return int(given)  # JSON does not tell 2.0 from 2
    return int(given) if isinstance(given, str) and _NUMBER.fullmatch(given.strip()) else given


def _decimal(given: object) -> object:
    return float(given) if isinstance(given, str) and _DECIMAL.fullmatch(given.strip()) else given


def _several(given: object) -> object:
    return [given] if isinstance(given, str) else given


def _field_token(given: object) -> object:
    name = TASK.inside(folded(given.strip())) if isinstance(given, str) else None
    return TASK.turkish[name] if name else given


def _tag_names(given: object) -> object:
    if isinstance(given, str):
        return [name for name in given.split(",") if name.strip()]
    if isinstance(given, list):
        return [_tag_name(each) for each in given]
    return given


def _as_text(given: object) -> str:
    match given:
        case str():
            return given
        case bool():
            return "true" if given else "false"
        case list():
            return ", ".join(_as_text(_tag_name(each)) for each in given if each is not None)
        case dict():
            return msgspec.json.encode(given).decode()
    return str(given)


def _tag_name(given: object) -> object:
    if not isinstance(given, dict):
        return given
    # Clients send back the tag objects they were given.
    spelt = [name for name in given if TAG.inside(name) == "name"]
    if len({str(given[name]) for name in spelt}) > 1:
        raise ConflictingAlias(keys=spelt)
    return given[spelt[0]] if spelt else None


def _due_date(given: object) -> object:
    if not isinstance(given, str) or not given.strip():
        return "" if isinstance(given, str) else given
    day = calendar_date(given)
    return None if day is None else day.isoformat()


_REWRITE: Final[dict[Any, Callable[[object], object]]] = {
    StatusToken: _token_of(STATUS),
    PriorityToken: _token_of(PRIORITY),
    # The one alias of an action (mcp-tools.md §4.2).
    HierarchyAction: lambda given: "change_parent" if given == "move" else given,
    RelationToken: lambda given: folded(given.strip()) if isinstance(given, str) else given,
    SortToken: _token_of(SORT),
    QuickToken: _token_of(QUICK_FILTER),
    LanguageToken: lambda given: _language(given.strip()) if isinstance(given, str) else given,
    ExportFormat: lambda given: (
        {"md": "markdown"}.get(given.lower(), given.lower()) if isinstance(given, str) else given
    ),
    ImportFormat: lambda given: given.lower() if isinstance(given, str) else given,
    Flag: _flag,
    StatusTokens: _listed(_token_of(STATUS)),
    PriorityTokens: _listed(_token_of(PRIORITY)),
    SuggestionTokens: _listed(lambda given: given.strip().lower() if isinstance(given, str) else given),
    QuickTokens: _listed(_token_of(QUICK_FILTER)),
    FieldTokens: _listed(_field_token),
    ProfileAction: lambda given: _PROFILE_ACTIONS.get(given, given) if isinstance(given, str) else given,
    Texts: _several,
    Threshold: _decimal,
    Tags: _tag_names,
    DueDate: _due_date,
}

# Lists that may also be given as one text, with commas.
_ALSO_TEXT: Final = (Tags, FieldTokens, SuggestionTokens)

# Of a refused value, in an error.
_SHOWN_CHARACTERS: Final = 60
_SHOWN_ITEMS: Final = 10

_RANGE: Final = "a whole number from {least} to {most}"

_REFUSAL: Final[dict[Any, tuple[type[GorevError], str]]] = {
    DueDate: (InvalidDate, "a date that exists, as YYYY-MM-DD"),
    Tags: (InvalidValue, "a list of names, or names separated by commas"),
    Flag: (InvalidValue, "true or false"),
    Text: (InvalidValue, "text"),
    Rev: (InvalidValue, "a whole number from 1"),
    Key: (InvalidValue, "1 to 255 characters"),
    Ids: (InvalidValue, "a list of 1 to 500 ids"),
    Object: (InvalidValue, "an object"),
    Texts: (InvalidValue, "text, or a list of texts"),
    Threshold: (InvalidValue, "a number from 0 to 1, or a greater one as a number of edits"),
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


def _as_json(given: list[Any] | dict[str, Any]) -> str:
    """What was given, or only how much of it if it is long or deep."""
    if len(given) <= _SHOWN_ITEMS:
        with suppress(RecursionError):
            return json.dumps(given, ensure_ascii=False)
    return f"[…] ({len(given)})" if isinstance(given, list) else f"{{…}} ({len(given)})"


def _shown(given: object) -> object:
    """The refused value, short enough for an error."""
    if isinstance(given, list | dict):
        given = _as_json(given)
    if isinstance(given, str):
        clean = given.encode("utf-8", "replace").decode().replace("\0", "\\0")
        return clean if len(clean) <= _SHOWN_CHARACTERS else f"{clean[:_SHOWN_CHARACTERS]}…"
    return given if given is None or isinstance(given, bool | int | float) else type(given).__name__
