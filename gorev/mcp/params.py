"""What the params of requests say, checked (``mcp-protocol.md`` §1.2, §1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from gorev.mcp.jsonrpc import INVALID_PARAMS, Fault, Object
from gorev.mcp.registry import Listing, UnknownCursor
from gorev.mcp.subscriptions import MAX_SUBSCRIPTIONS, URI_LIMIT

_LISTENABLE: Final[Mapping[str, Listing]] = {
    "toolsListChanged": Listing.TOOLS,
    "promptsListChanged": Listing.PROMPTS,
    "resourcesListChanged": Listing.RESOURCES,
}


def required(params: Object, name: str) -> str:
    """A parameter that must be text.

    :raises Fault: it is not.
    """
    value = params.get(name)
    if not isinstance(value, str):
        raise Fault(INVALID_PARAMS, f"params.{name} must be a string")
    return value


def texts(value: object, name: str) -> Mapping[str, str]:
    """An object of texts that may be missing; ``name`` is what it is called in an error.

    :raises Fault: it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise Fault(INVALID_PARAMS, f"{name} must be an object of strings")
    return value


def cursor(params: Object) -> str | None:
    """Where a list shall go on; None is its beginning, for which an empty cursor stands too.

    :raises Fault: it is no text.
    """
    given = params.get("cursor")
    if not isinstance(given, str | None):
        raise Fault(INVALID_PARAMS, "params.cursor must be a string")
    return given or None


def only_page(params: Object) -> None:
    """Refuse every cursor but the empty one: of a list on one page no other was ever given out.

    :raises UnknownCursor, Fault: there is another.
    """
    if cursor(params) is not None:
        raise UnknownCursor


@attrs.frozen(kw_only=True)
class Typed:
    """What is to be completed: ``value`` was typed for the argument ``name`` of the prompt or template ``of``."""

    is_prompt: bool
    of: str
    name: str
    value: str
    given: Mapping[str, str]


def typed(params: Object) -> Typed:
    """What ``completion/complete`` asks for.

    :raises Fault: it cannot be read.
    """
    reference, argument, context = (params.get(key) for key in ("ref", "argument", "context"))
    if not isinstance(reference, dict) or not isinstance(argument, dict) or not isinstance(context, dict | None):
        raise Fault(INVALID_PARAMS, "params.ref, params.argument and params.context must be objects")
    match reference:
        case {"type": "ref/prompt", "name": str(of)} | {"type": "ref/resource", "uri": str(of)}:
            pass
        case _:
            raise Fault(INVALID_PARAMS, "params.ref must be a ref/prompt with a name or a ref/resource with a uri")
    name, value = argument.get("name"), argument.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        raise Fault(INVALID_PARAMS, "params.argument needs name and value, both strings")
    given = texts((context or {}).get("arguments"), "params.context.arguments")
    return Typed(is_prompt=reference["type"] == "ref/prompt", of=of, name=name, value=value, given=given)


@attrs.frozen(kw_only=True)
class Wishes:
    """What a listen asks for."""

    listings: frozenset[Listing]
    uris: Sequence[str]

    def granted(self, canonical: Mapping[str, str]) -> Object:
        """What it gets, in the words of the request: of the resources those that have a canonical URI."""
        answer: Object = {key: True for key, listing in _LISTENABLE.items() if listing in self.listings}
        return answer | {"resourceSubscriptions": list(canonical)} if self.uris else answer


def wishes(params: Object) -> Wishes:
    """What ``subscriptions/listen`` asks for; of too many resources the first.

    :raises Fault: it cannot be read.
    """
    given = params.get("notifications")
    if not isinstance(given, dict):
        raise Fault(INVALID_PARAMS, "params.notifications must be an object")
    uris = given.get("resourceSubscriptions")
    if uris is None:
        uris = []
    if not isinstance(uris, list) or not all(isinstance(each, str) for each in uris):
        raise Fault(INVALID_PARAMS, "params.notifications.resourceSubscriptions must be a list of strings")
    listings = set()
    for key, listing in _LISTENABLE.items():
        if not isinstance(given.get(key), bool | None):
            raise Fault(INVALID_PARAMS, f"params.notifications.{key} must be a boolean")
        if given.get(key):
            listings.add(listing)
    short = [uri for uri in dict.fromkeys(uris) if len(uri) <= URI_LIMIT]
    return Wishes(listings=frozenset(listings), uris=short[:MAX_SUBSCRIPTIONS])
