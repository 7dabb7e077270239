"""The routes that describe all others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

import attrs
import msgspec
from twisted.internet.threads import deferToThread

from gorev.rest import docs_page
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.openapi import document
from gorev.rest.reply import Reply
from gorev.rest.route import GET, Answer, Area, Route
from gorev.wire import encode
from gorev.wire.kinds import LanguageToken
from gorev.wire.vocabulary import PAGE


class PageQuery(msgspec.Struct, kw_only=True):
    """In which language, instead of the reader's."""

    language: LanguageToken | None = None


PAGE_QUERY: Final = Fields(PageQuery, PAGE, hints={"language": "instead of Accept-Language"})


@attrs.define
class DocumentRoutes:
    """Makes the document when it is first asked for in a language, and keeps it."""

    described: tuple[Route, ...]
    _documents: dict[str, bytes] = attrs.Factory(dict)
    _pages: dict[str, bytes] = attrs.Factory(dict)

    async def openapi(self, call: Call) -> Reply:
        """The OpenAPI document."""
        if call.language not in self._documents:
            self._documents[call.language] = await deferToThread(self._document, call.language)
        return _kept(self._documents[call.language], _VARIES)

    async def docs(self, call: Call) -> Reply:
        """The same for readers."""
        language = call.query(PAGE_QUERY).language or call.language
        if language not in self._pages:
            self._pages[language] = await deferToThread(self._page, language)
        return _kept(self._pages[language], {**_VARIES, **docs_page.HEADERS})

    def _document(self, language: str) -> bytes:
        return encode.json(document((*self.described, *self.routes()), language))

    def _page(self, language: str) -> bytes:
        return docs_page.page(document((*self.described, *self.routes()), language), language).encode()

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
            Route(
                name="docs",
                area=Area.SYSTEM,
                summary="This page",
                methods=GET,
                family_a=("/docs",),
                handler=self.docs,
                query=PAGE_QUERY,
                answer=Answer(members={}, media_type="text/html"),
                of_workspace=False,
            ),
        )


def _kept(content: bytes, headers: Mapping[str, str]) -> Reply:
    return Reply(body=content, tag=f'"{hashlib.sha256(content).hexdigest()[:32]}"', headers=headers)


_VARIES: Final = {"Vary": "Accept-Language"}
