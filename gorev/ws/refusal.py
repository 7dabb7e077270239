"""Why a handshake fails, in the shape in which every route answers errors (``rest-api.md`` §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import attrs

from gorev.domain.errors import GorevError, ShuttingDown
from gorev.locale import text
from gorev.wire import encode, errors
from gorev.wire.encode import Encoder
from gorev.wire.vocabulary import Vocabulary


@attrs.frozen
class Refusal:
    """An HTTP answer in place of an upgrade."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = attrs.Factory(dict)

    @classmethod
    def of(cls, error: GorevError, language: str) -> Refusal:
        """What is wrong with the wish, or that the daemon stops."""
        status = 503 if isinstance(error, ShuttingDown) else 400
        body = _body(error.code, errors.message(error, language, Vocabulary.ENGLISH))
        details = errors.details(error, language, Encoder(Vocabulary.ENGLISH, ""))
        return cls(status, body | ({"details": details} if details else {}))

    @classmethod
    def of_too_many(cls, limit: int, language: str) -> Refusal:
        """There are as many connections as may be."""
        message = text(language, "There are already {limit} WebSocket connections. Try again later.", limit=limit)
        return cls(503, _body("busy", message), {"Retry-After": "5"})

    @classmethod
    def of_handshake(cls, status: int, reason: str) -> Refusal:
        """What Autobahn, in English, finds wrong with the handshake itself."""
        code = "upgrade_required" if status == HTTPStatus.UPGRADE_REQUIRED else "bad_request"
        return cls(status, _body(code, reason))

    def response(self, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """The whole answer, with further ``headers``; the connection is to be closed after it."""
        content = encode.json(self.body)
        fields = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
            "Connection": "close",
            **self.headers,
            **dict(headers),
        }
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *(f"{k}: {v}" for k, v in fields.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def _body(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "error": message, "message": message, "code": code}
