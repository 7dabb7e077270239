"""The error codes: where each is declared, the HTTP status it bears, and what its caller is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docs.from_code.markup import code, plain, section, table
from docs.from_code.routes import routes
from docs.from_code.tools import LISTED
from gorev import guard
from gorev.domain.errors import GorevError
from gorev.mcp.tools import UNLISTED
from gorev.rest.reply import STATUS
from gorev.wire.errors import MESSAGES, UNAVAILABLE

# What is answered before, or beside, any operation; their texts stand where they are sent.
_BESIDE: Final = {
    **{each.code: each.message for each in (guard.FOREIGN, guard.UNAUTHORIZED, guard.NOT_JSON, guard.TOO_LARGE)},
    "method_not_allowed": "The address is there, but not for this method. The header Allow names those that are.",
    "upgrade_required": "This address is for WebSocket clients.",
    "internal_error": "Something went wrong inside Gorev; its log tells more. It is a bug.",
    "not_ready": "The default workspace is not open yet, or cannot be opened.",
    "workspace_unavailable": "The workspace's database cannot be used; the reasons are listed below.",
    "not_found": "There is nothing of this name or at this address. A tool that is gone says what to use instead.",
}


def every_code() -> list[str]:
    """All codes, in alphabetical order."""
    of_tools = {each for tool in (*LISTED, *UNLISTED) for each in tool.codes()}
    of_routes = {each for route in routes() for each in route.codes()}
    return sorted({*STATUS, *of_tools, *of_routes, *_of_domain(GorevError)})


def _of_domain(error: type[GorevError]) -> Iterator[str]:
    for kind in error.__subclasses__():
        yield kind.code
        yield from _of_domain(kind)


def lines() -> Iterator[str]:
    """A row for each code."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield "   :widths: 26 10 64"
    yield ""
    yield from ("   * - Code", "     - HTTP", "     - What the caller is told")
    for each in every_code():
        yield f"   * - .. _error-{each}:"
        yield ""
        yield f"       {code(each)}"
        yield f"     - {STATUS.get(each, 400)}"
        yield f"     - {plain(_BESIDE.get(each) or MESSAGES[each])}"
    yield ""
    yield from section("When a workspace is unavailable", "-", "workspace-unavailable")
    yield from table(
        ("Reason", "What the caller is told"),
        ((code(reason), plain(told)) for reason, told in UNAVAILABLE.items()),
        (20, 80),
    )
