"""The route of the summary (``rest-api.md`` §4.11)."""

from __future__ import annotations

from typing import Final

from gorev.rest.call import Call
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import GET, Area, Route, one
from gorev.wire import shapes


async def shown(call: Call) -> Reply:
    """The workspace at a glance."""
    answer = await (await call.workspace()).summary.get(call.language)
    return enveloped(call.encoder.summary(answer.value), seq=answer.seq)


ROUTES: Final = (
    Route(
        name="summary",
        area=Area.SYSTEM,
        summary="The workspace at a glance",
        methods=GET,
        family_a=("/ozet",),
        family_b=("/summary",),
        handler=shown,
        answer=one(shapes.SUMMARY_SHAPE),
        hot=True,
    ),
)
