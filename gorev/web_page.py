"""The web page: the files of the build, held in memory, with the history fallback of ``rest-api.md`` §6."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from typing import Final, cast

import attrs
from twisted.web.resource import Resource
from twisted.web.server import Request

BUILD: Final = Path(__file__).parent / "page"
INDEX: Final = "index.html"

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_MISSING: Final = (
    b"<!doctype html><meta charset=utf-8><title>Gorev</title><h1>Gorev</h1>"
    b"<p>The web page is not part of this installation. The API is at <a href=/api/health>/api</a>.</p>"
)


@attrs.frozen
class File:
    """One file of the build."""

    content: bytes
    media_type: str
    etag: str
    cache: str


def read(folder: Path) -> dict[str, File]:
    """Every file below ``folder`` by its path in the address; empty if there is no build. Blocks."""
    return {
        path.relative_to(folder).as_posix(): _file(path, path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _file(path: Path, name: str) -> File:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(
        content=content,
        media_type=f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        # Names under assets/ hold a hash of their content.
        cache="public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache",
    )


class Page(Resource):
    """Serves a file of the build where there is one, else the page itself, whose own router knows the address."""

    isLeaf = True

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._files: dict[str, File] = {}

    def load(self) -> None:
        """Read the build into memory. Blocks; for the time before the reactor runs."""
        self._files = read(self._folder)

    def render_GET(self, request: Request) -> bytes:
        """A file, the page, or 404 for a path that climbs."""
        segments = [
            each.decode("utf-8", "replace")
            for each in (*cast("list[bytes]", request.prepath), *cast("list[bytes]", request.postpath))
        ]
        if any(each in ("..", ".") or "\\" in each or "/" in each for each in segments):
            request.setResponseCode(404)
            return b""
        file = self._files.get("/".join(segments)) or self._files.get(INDEX)
        request.setHeader("Content-Security-Policy", _POLICY)
        request.setHeader("X-Content-Type-Options", "nosniff")
        request.setHeader("Referrer-Policy", "no-referrer")
        if file is None:
            request.setHeader("Content-Type", "text/html; charset=utf-8")
            return _MISSING
        request.setHeader("Content-Type", file.media_type)
        request.setHeader("Cache-Control", file.cache)
        request.setHeader("ETag", file.etag)
        if file.etag.encode() in b",".join(request.requestHeaders.getRawHeaders(b"if-none-match", [])):
            request.setResponseCode(304)
            return b""
        return file.content
