"""Routes of searching (``rest-api.md`` §4.12)."""

from __future__ import annotations

from typing import Final

import msgspec

from gorev.domain.search.request import DEFAULT_RESULTS
from gorev.domain.search.words import QUERY_LIMIT
from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import GET, POST, Area, Route, several
from gorev.wire import json_schema, search, shapes
from gorev.wire.json_schema import Either, Many
from gorev.wire.kinds import HistoryLimit, SearchMode
from gorev.wire.vocabulary import FILTERS, SEARCH_TOOL


class SearchBody(search.SearchArguments, kw_only=True):
    """The arguments of ``gorev_search``, of which the mode may be left out."""

    mode: SearchMode = "advanced"


class HistoryQuery(msgspec.Struct, kw_only=True):
    """How much of the history is asked for."""

    limit: HistoryLimit = search.HISTORY_ROWS


# behaviours.md §1; the words are understood in Turkish and English.
_DATES: Final = json_schema.noted(
    {
        "anyOf": [
            {"type": "string", "format": "date"},
            {"type": "string", "pattern": r"^(>=|<=)?[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"},
            {"type": "string", "enum": ["today", "tomorrow", "yesterday", "this_week", "next_week", "this_month"]},
        ]
    },
    "a date, from..to, >= or <= a date, or a word such as this_week",
)
_DAY: Final = {"type": "string", "format": "date"}
FILTERS_IN_BODY: Final = Fields(
    search.FilterFields,
    FILTERS,
    rules={
        "tags": {"anyOf": [{"type": "array", "items": json_schema.TEXT}, json_schema.TEXT]},
        **dict.fromkeys(("due", "created"), _DATES),
        **dict.fromkeys(("created_after", "created_before", "due_after", "due_before"), _DAY),
    },
    blanks=True,
)
SEARCH: Final = Fields(
    SearchBody,
    SEARCH_TOOL,
    rules={"query": {"maxLength": QUERY_LIMIT}},
    at_least=(
        {"query": {"type": "string", "pattern": "[A-Za-z0-9]"}},
        {"filters": {"type": "object", "minProperties": 1}},
        {"mode": {"const": "history"}},
    ),
    nested={"filters": FILTERS_IN_BODY},
)
HISTORY: Final = Fields(HistoryQuery, SEARCH_TOOL)


async def searched(call: Call) -> Reply:
    """Search by text and filters, or by a sentence."""
    given = call.body(SEARCH)
    if given.mode == "history":
        return await _history(call, given.results or search.HISTORY_ROWS)
    request = None if given.mode == "nlp" else given.request(call.words)
    sentence, limit = given.text, given.results or DEFAULT_RESULTS
    operations = (await call.workspace()).search
    answer = await (operations.natural(sentence, limit) if request is None else operations.search(request))
    hits = [search.hit(each, call.words, call.rows.task) for each in answer.value.hits]
    return enveloped(search.response(answer.value, call.encoder, hits), seq=answer.seq, total=answer.value.total)


async def history(call: Call) -> Reply:
    """The searches made last."""
    return await _history(call, call.query(HISTORY).limit)


async def _history(call: Call, limit: int) -> Reply:
    answer = await (await call.workspace()).search.history(limit)
    rows = [search.history_row(row, call.encoder) for row in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows))


ROUTES: Final = (
    Route(
        name="search",
        area=Area.SEARCH,
        summary="Search by text and filters, or by a sentence",
        methods=POST,
        family_a=("/search",),
        family_b=("/search",),
        handler=searched,
        bodies=(SEARCH,),
        answer=route.enveloped(
            {
                "data": Either(shapes.SEARCH_SHAPE, Many(shapes.HISTORY_SHAPE)),
                "total": json_schema.COUNT,
            }
        ),
        errors=("missing_parameter", "ambiguous_id", "invalid_status", "invalid_priority", "invalid_date"),
        hot=True,
    ),
    Route(
        name="search_history",
        area=Area.SEARCH,
        summary="The searches made last",
        methods=GET,
        family_a=("/search/history",),
        family_b=("/search/history",),
        handler=history,
        query=HISTORY,
        answer=several(shapes.HISTORY_SHAPE),
    ),
)
