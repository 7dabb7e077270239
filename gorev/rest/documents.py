"""The routes that describe all others."""

from __future__ import annotations

import hashlib
from typing import Final

import attrs
from twisted.internet.threads import deferToThread

from gorev.rest.call import Call
from gorev.rest.openapi import document
from gorev.rest.reply import Reply
from gorev.rest.route import GET, Answer, Area, Route
from gorev.wire import encode


@attrs.define
class DocumentRoutes:
    """Makes the document when it is first asked for in a language, and keeps it."""

    described: tuple[Route, ...]
    _written: dict[str, bytes] = attrs.Factory(dict)

    async def openapi(self, call: Call) -> Reply:
        """The OpenAPI document."""
        if call.language not in self._written:
            self._written[call.language] = await deferToThread(self._write, call.language)
        return _kept(self._written[call.language])

    def _write(self, language: str) -> bytes:
        return encode.json(document((*self.described, *self.routes()), language))

    def routes(self) -> tuple[Route, ...]:
        """The routes."""
        return (
            Route(
                name="openapi",
                area=Area.SYSTEM,
                summary="This document",
                methods=GET,
                family_a=("/openapi.json",),
                handler=self.openapi,
                answer=Answer(members={}, open=True),
                of_workspace=False,
            ),
        )


def _kept(content: bytes) -> Reply:
    return Reply(body=content, tag=f'"{hashlib.sha256(content).hexdigest()[:32]}"', headers=_VARIES)


_VARIES: Final = {"Vary": "Accept-Language"}
