"""Routes of searching (``rest-api.md`` §4.12)."""

from __future__ import annotations

import msgspec

from gorev.domain.search.request import DEFAULT_RESULTS
from gorev.rest.call import Call
from gorev.rest.reply import Reply, enveloped
from gorev.wire import search
from gorev.wire.kinds import HistoryLimit, SearchMode
from gorev.wire.vocabulary import SEARCH_TOOL


class SearchBody(search.SearchArguments, kw_only=True):
    """The arguments of ``gorev_search``, of which the mode may be left out."""

    mode: SearchMode = "advanced"


class HistoryQuery(msgspec.Struct, kw_only=True):
    """How much of the history is asked for."""

    limit: HistoryLimit = search.HISTORY_ROWS


async def searched(call: Call) -> Reply:
    """Search by text and filters, or by a sentence."""
    given = call.body(SearchBody, SEARCH_TOOL)
    if given.mode == "history":
        return await _history(call, given.results or search.HISTORY_ROWS)
    request = None if given.mode == "nlp" else given.request(call.words)
    sentence, limit = given.text, given.results or DEFAULT_RESULTS
    operations = (await call.workspace()).search
    answer = await (operations.natural(sentence, limit) if request is None else operations.search(request))
    return enveloped(search.response(answer.value, call.encoder), seq=answer.seq, total=answer.value.total)


async def history(call: Call) -> Reply:
    """The searches made last."""
    return await _history(call, call.query(HistoryQuery, SEARCH_TOOL).limit)


async def _history(call: Call, limit: int) -> Reply:
    answer = await (await call.workspace()).search.history(limit)
    rows = [search.history_row(row, call.encoder) for row in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows))
