"""What the headers of ``/mcp`` mean (``mcp-protocol.md`` §4), without a connection."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.web.http_headers import Headers

from gorev.mcp import http_headers
from gorev.mcp.http_headers import Accepted, accepted, check_modern, is_legacy
from gorev.mcp.jsonrpc import INVALID_PARAMS, Fault, Request
from tests.mcp.http_wire import META, MODERN


def headers(**values: str | list[str]) -> Headers:
    """Headers by names with underscores."""
    return Headers(
        {name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in values.items()}
    )


def encoded(text: str) -> str:
    """As a client writes what is no visible ASCII."""
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def call(name: Any, meta: Any = META) -> Request:
    """A modern call of a tool."""
    return Request(1, "tools/call", {"name": name, "_meta": meta})


def refused(given: Headers, request: Request) -> int:
    """The code that such headers are refused with."""
    with pytest.raises(Fault) as caught:
        check_modern(given, request)
    return caught.value.code


@pytest.mark.parametrize(
    ("given", "legacy"),
    [
        (headers(), True),
        *((headers(MCP_Protocol_Version=version), True) for version in ("2024-11-05", "2025-03-26", "2025-11-25")),
        *((headers(MCP_Protocol_Version=version), False) for version in (MODERN, "2099-01-01", "", "latest")),
        (headers(MCP_Protocol_Version=["2025-11-25", "2025-11-25"]), False),
    ],
)
def test_only_one_revision_with_sessions_or_none_at_all_is_legacy(given: Headers, legacy: bool) -> None:
    assert is_legacy(given) is legacy


@pytest.mark.parametrize(
    ("accept", "json", "events"),
    [
        ("application/json, text/event-stream", True, True),
        ("*/*", True, True),
        ("application/*,text/*", True, True),
        ("APPLICATION/JSON;q=0.5", True, False),
        ("text/event-stream", False, True),
        ("text/html, application/xhtml+xml", False, False),
        ("application/json;q=0, text/event-stream", False, True),
        ("application/json; q = 0.0, */*;q=0", False, False),
        ("", False, False),
    ],
)
def test_accept_is_read_with_its_ranges_and_weights(accept: str, json: bool, events: bool) -> None:
    assert accepted(headers(Accept=accept)) == Accepted(json=json, events=events)


def test_a_client_that_says_nothing_accepts_everything_and_several_headers_are_one() -> None:
    assert accepted(headers()) == Accepted(json=True, events=True)
    assert accepted(headers(Accept=["application/json", "text/event-stream"])) == Accepted(json=True, events=True)


@given(st.text(min_size=1))
def test_any_name_agrees_with_its_encoded_header(name: str) -> None:
    given = headers(MCP_Protocol_Version=MODERN, Mcp_Method="tools/call", Mcp_Name=encoded(name))
    check_modern(given, call(name))


@pytest.mark.parametrize(
    "name",
    [
        "other",
        "NOW",
        "",
        "now now",
        "=?base64?bm93",  # not closed: taken as it stands
        "=?base64?bm9?=",  # no whole base64
        "=?base64?bm93=?=",
        "=?base64?bm9-?=",
        "=?base64?/w==?=",  # no UTF-8
    ],
)
def test_a_name_that_differs_is_refused(name: str) -> None:
    given = headers(MCP_Protocol_Version=MODERN, Mcp_Method="tools/call", Mcp_Name=name)
    assert refused(given, call("now")) == http_headers.HEADER_MISMATCH


def test_base64_with_bits_left_over_is_refused_though_it_decodes_to_the_name() -> None:
    sloppy = encoded("n").replace("bg==", "bh==")
    given = headers(MCP_Protocol_Version=MODERN, Mcp_Method="tools/call", Mcp_Name=sloppy)
    assert refused(given, call("n")) == http_headers.HEADER_MISMATCH


@pytest.mark.parametrize("missing", ["MCP_Protocol_Version", "Mcp_Method", "Mcp_Name"])
@pytest.mark.parametrize("twice", [False, True])
def test_each_header_must_be_there_exactly_once(missing: str, twice: bool) -> None:
    given: dict[str, Any] = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": "now"}
    value = given.pop(missing)
    if twice:
        given[missing] = [value, value]
    assert refused(headers(**given), call("now")) == http_headers.HEADER_MISMATCH


def test_the_names_of_the_three_methods_are_compared_and_no_others() -> None:
    for method, parameter in (("prompts/get", "name"), ("resources/read", "uri")):
        given = headers(MCP_Protocol_Version=MODERN, Mcp_Method=method, Mcp_Name="other")
        assert refused(given, Request(1, method, {parameter: "x", "_meta": META})) == http_headers.HEADER_MISMATCH
    given = headers(MCP_Protocol_Version=MODERN, Mcp_Method="tools/list", Mcp_Name="other")
    check_modern(given, Request(1, "tools/list", {"name": "x", "_meta": META}))


def test_a_call_without_a_name_is_left_to_the_method_that_misses_it() -> None:
    check_modern(headers(MCP_Protocol_Version=MODERN, Mcp_Method="tools/call"), call(None))


@pytest.mark.parametrize("name", [1, True, ["now"], {"now": 1}])
def test_a_name_that_is_no_text_agrees_with_no_header(name: Any) -> None:
    given = headers(MCP_Protocol_Version=MODERN, Mcp_Method="tools/call", Mcp_Name=str(name))
    assert refused(given, call(name)) == http_headers.HEADER_MISMATCH


@pytest.mark.parametrize("missing", list(META)[:2])
@pytest.mark.parametrize("value", [None, 1, []])
def test_a_body_without_its_envelope_is_refused_before_headers_are_compared(missing: str, value: Any) -> None:
    assert refused(headers(), call("now", {**META, missing: value})) == INVALID_PARAMS
    assert refused(headers(), call("now", {key: META[key] for key in META if key != missing})) == INVALID_PARAMS
    assert refused(headers(), call("now", value)) == INVALID_PARAMS
