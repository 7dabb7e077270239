"""What a handler gives back, and the shapes it becomes on the wire (``rest-api.md`` §1 and §2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from gorev.domain.errors import GorevError
from gorev.wire import encode, errors
from gorev.wire.encode import Encoder


@attrs.frozen(kw_only=True)
class Reply:
    """An answer. ``seq`` becomes ``X-Gorev-Seq``; ``rev`` with it the ``ETag`` of a single entity (rules R2 and R3).

    A body that is bytes is sent as it is. ``headers`` come beside, or in place of, those that every answer has.
    A ``lasting`` one follows from the address and the workspace's data alone: not from the time, nor from who asks.
    """

    body: Mapping[str, Any] | bytes
    status: int = 200
    seq: int | None = None
    rev: int | None = None
    tag: str | None = None
    lasting: bool = False
    headers: Mapping[str, str] = attrs.Factory(dict)

    @property
    def etag(self) -> str | None:
        """The entity tag, quoted."""
        return self.tag if self.rev is None else f'"{self.rev}-{self.seq}"'

    def encoded(self) -> bytes:
        """The body."""
        return self.body if isinstance(self.body, bytes) else encode.json(self.body)


@attrs.frozen
class Encoded:
    """A reply with all that is sent of it, ready to be sent to anyone who asks the same."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    etag: bytes | None
    body: bytes

    @cached_property
    def head(self) -> bytes:
        """The header lines that describe it, each with its end; a value is one line, whatever is in it."""
        lines = (*self.headers, (b"Content-Length", b"%d" % len(self.body)))
        return b"".join(b"%s: %s\r\n" % (name, b" ".join(value.splitlines())) for name, value in lines)

    def is_known(self, if_none_match: Sequence[bytes]) -> bool:
        """Whether the caller has it already."""
        return self.etag is not None and bool(if_none_match) and self.etag in b",".join(if_none_match)


def encoded(reply: Reply) -> Encoded:
    """What is sent of a reply, the length of the body not yet among it."""
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", **reply.headers}
    if reply.seq is not None:
        headers["X-Gorev-Seq"] = str(reply.seq)
    etag = reply.etag
    if etag is not None:
        headers["ETag"] = etag
    return Encoded(
        reply.status,
        tuple((name.encode(), value.encode()) for name, value in headers.items()),
        None if etag is None else etag.encode(),
        reply.encoded(),
    )


def enveloped(
    data: object,
    *,
    seq: int,
    status: int = 200,
    rev: int | None = None,
    total: int | None = None,
    message: str | None = None,
    lasting: bool = False,
) -> Reply:
    """An answer in the success envelope."""
    body: dict[str, Any] = {"success": True, "data": data}
    if total is not None:
        body["total"] = total
    if message is not None:
        body["message"] = message
    return Reply(body=body, status=status, seq=seq, rev=rev, lasting=lasting)


RETRY_AFTER_SECONDS: Final = "1"

STATUS: Final[Mapping[str, int]] = {
    "unauthorized": 401,
    "forbidden_origin": 403,
    "task_not_found": 404,
    "project_not_found": 404,
    "template_not_found": 404,
    "parent_not_found": 404,
    "dependency_not_found": 404,
    "profile_not_found": 404,
    "watch_not_found": 404,
    "workspace_not_found": 404,
    "file_not_found": 404,
    "ide_not_found": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "dependency_incomplete": 409,
    "subtasks_incomplete": 409,
    "has_subtasks": 409,
    "cycle_detected": 409,
    "self_dependency": 409,
    "duplicate_dependency": 409,
    "project_mismatch": 409,
    "has_tasks": 409,
    "default_profile": 409,
    "idempotency_mismatch": 409,
    "cancelled": 409,
    "conflict": 409,
    "resync": 410,
    "stale_revision": 412,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "upgrade_required": 426,
    "internal_error": 500,
    "io_error": 500,
    "download_failed": 502,
    "not_ready": 503,
    "shutting_down": 503,
    "busy": 503,
    "workspace_unavailable": 503,
}


def refused(error: GorevError, language: str, encoder: Encoder, spelt: Mapping[str, str]) -> Reply:
    """The error shape; a code that is not in the table is a client's mistake, 400."""
    message = errors.message(error, language, encoder.words, spelt)
    body: dict[str, Any] = {"success": False, "error": message, "message": message, "code": error.code}
    details = errors.details(error, language, encoder, spelt)
    if details:
        body["details"] = details
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if error.code == "busy" else {}
    return Reply(body=body, status=STATUS.get(error.code, 400), seq=error.seq, headers=headers)
