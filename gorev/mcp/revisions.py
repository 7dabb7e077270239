"""What differs between the revisions of MCP (``mcp-protocol.md`` §1.1, §1.2, §1.5).

The four *legacy* revisions begin with ``initialize``; the *modern* one has no handshake, each request says in
``params._meta`` what it speaks. Revisions are dates, so they compare as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gorev.mcp import jsonrpc
from gorev.mcp.jsonrpc import Fault, Object
from gorev.mcp.registry import ToolOutcome

LEGACY: Final = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
NEWEST_LEGACY: Final = LEGACY[-1]
BATCHING: Final = "2025-03-26"  # the only revision with JSON-RPC batches
MODERN: Final = ("2026-07-28",)

PREFIX: Final = "io.modelcontextprotocol/"
VERSION_KEY: Final = PREFIX + "protocolVersion"
CAPABILITIES_KEY: Final = PREFIX + "clientCapabilities"
CLIENT_KEY: Final = PREFIX + "clientInfo"
SERVER_KEY: Final = PREFIX + "serverInfo"
SUBSCRIPTION_KEY: Final = PREFIX + "subscriptionId"

RESOURCE_NOT_FOUND: Final = -32002  # legacy only; the modern revision says -32602

_SINCE: Final = {
    "title": "2025-06-18",
    "outputSchema": "2025-06-18",
    "structuredContent": "2025-06-18",
    "_meta": "2025-06-18",
    "icons": "2025-11-25",
}
_TOOL_ANNOTATIONS: Final = "2025-03-26"
_COMPLETIONS: Final = "2025-03-26"
_PROGRESS_MESSAGE: Final = "2025-03-26"
_AUDIO: Final = "2025-03-26"
_RESOURCE_LINK: Final = "2025-06-18"

_CAPABILITIES: Final = {
    "tools": {"listChanged": True},
    "resources": {"subscribe": True, "listChanged": True},
    "prompts": {"listChanged": True},
    "completions": {},
}


def negotiate(asked: object) -> str:
    """The revision that ``initialize`` agrees on: the asked one if it is a legacy one, else the newest of those."""
    return asked if isinstance(asked, str) and asked in LEGACY else NEWEST_LEGACY


def check_envelope(meta: Mapping[str, Any]) -> str:
    """The revision a modern request names in its ``_meta``.

    :raises Fault: -32602 if a required key is missing or of the wrong kind, -32022 if the revision is not served.
    """
    version = meta.get(VERSION_KEY)
    if not isinstance(version, str) or not isinstance(meta.get(CAPABILITIES_KEY), dict):
        raise missing_envelope()
    if version not in MODERN:
        data = {"supported": list(MODERN), "requested": jsonrpc.brief(version)}
        raise Fault(jsonrpc.UNSUPPORTED_VERSION, "Unsupported protocol version", data)
    return version


def missing_envelope() -> Fault:
    """What a request without handshake lacks. Not -32022: that code alone stops clients from falling back (§1.4)."""
    return Fault(jsonrpc.INVALID_PARAMS, f"params._meta needs {VERSION_KEY} (string) and {CAPABILITIES_KEY} (object)")


def client_name(info: object) -> str | None:
    """The name in a ``clientInfo``, whatever shape that has."""
    name = info.get("name") if isinstance(info, dict) else None
    return jsonrpc.brief(name) if isinstance(name, str) and name else None


def is_modern(revision: str) -> bool:
    """Whether it is one without a handshake."""
    return revision in MODERN


def capabilities(revision: str) -> Object:
    """What is offered, as far as ``revision`` has a name for it."""
    return {key: value for key, value in _CAPABILITIES.items() if key != "completions" or revision >= _COMPLETIONS}


def sieve(fields: Mapping[str, Any], revision: str) -> Object:
    """``fields`` of an entry or a result without what ``revision`` does not know (§1.5.13)."""
    return {key: value for key, value in fields.items() if _SINCE.get(key, "") <= revision}


def tool(entry: Mapping[str, Any], revision: str) -> Object:
    """A ``tools/list`` entry of ``revision``. Other entries had annotations from the beginning."""
    known = sieve(entry, revision)
    if revision < _TOOL_ANNOTATIONS:
        known.pop("annotations", None)
    return known


def prompt(entry: Mapping[str, Any], revision: str) -> Object:
    """A ``prompts/list`` entry of ``revision``."""
    known = sieve(entry, revision)
    if "arguments" in known:
        known["arguments"] = [sieve(argument, revision) for argument in known["arguments"]]
    return known


def tool_result(outcome: ToolOutcome, revision: str) -> Object:
    """The ``CallToolResult`` of ``revision``."""
    content = [block(each, revision) for each in outcome.blocks]
    if outcome.text or not content:
        content.insert(0, {"type": "text", "text": outcome.text})
    result: Object = {"content": content, "isError": outcome.is_error}
    if outcome.structured:
        result["structuredContent"] = dict(outcome.structured)
    return sieve(result, revision)


def block(content: Mapping[str, Any], revision: str) -> Object:
    """A content block of ``revision``; a kind that it does not know becomes text, since clients choke on those."""
    kind = content["type"]
    if kind == "audio" and revision < _AUDIO:
        return {"type": "text", "text": f"[{content['mimeType']}]"}
    if kind == "resource_link" and revision < _RESOURCE_LINK:
        return {"type": "text", "text": f"{content.get('title') or content['name']}: {content['uri']}"}
    known = sieve(content, revision)
    if kind == "resource":
        known["resource"] = sieve(known["resource"], revision)
    return known


def progress(params: Object, revision: str) -> Object:
    """The params of ``notifications/progress`` in ``revision``."""
    if revision < _PROGRESS_MESSAGE:
        params.pop("message", None)
    return params


def complete(result: Object, server: Object, ttl_ms: int | None) -> Object:
    """A modern result: ``result`` with its type, the server's name, and cache hints if ``ttl_ms`` is given.

    The scope is always private, because texts are in the caller's language (§1.2).
    """
    result |= {"resultType": "complete", "_meta": {SERVER_KEY: server, **result.get("_meta", {})}}
    if ttl_ms is not None:
        result |= {"ttlMs": ttl_ms, "cacheScope": "private"}
    return result
