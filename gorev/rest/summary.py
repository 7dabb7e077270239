"""The route of the summary (``rest-api.md`` §4.11)."""

from __future__ import annotations

from gorev.rest.call import Call
from gorev.rest.reply import Reply, enveloped


async def shown(call: Call) -> Reply:
    """The workspace at a glance."""
    answer = await (await call.workspace()).summary.get(call.language)
    return enveloped(call.encoder.summary(answer.value), seq=answer.seq)
