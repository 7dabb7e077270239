"""What a peer wants to hear of, and how it is told (``mcp-protocol.md`` §1.1, §1.2, §2.5).

Each thing is told at once and then again after `REST_SECONDS` at the earliest, or `LIST_REST_SECONDS` for a list.
What changes meanwhile, or while the peer does not read, is remembered by its name alone, so that a slow peer costs no
memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from gorev.mcp import jsonrpc
from gorev.mcp.jsonrpc import INVALID_PARAMS, Fault, Object
from gorev.mcp.outlet import Outlet
from gorev.mcp.registry import Change, Changes, Listing

REST_SECONDS: Final = 0.04  # a change is to be heard of within 50 ms, the second of two as well
LIST_REST_SECONDS: Final = 1.0  # who hears of it fetches the whole list
MAX_SUBSCRIPTIONS: Final = 1000  # resources of one stream
URI_LIMIT: Final = 2048  # characters of one of them


class Feed:
    """Tells one stream what it wants to hear of; ``meta`` goes along with each notification."""

    def __init__(self, clock: IReactorTime, outlet: Outlet, meta: Object | None = None) -> None:
        self._clock = clock
        self._outlet = outlet
        self._meta = meta
        self._listings: set[Listing] = set()
        self._canonical: dict[str, str] = {}  # of each URI, as the peer spells it
        self._spelt: dict[str, dict[str, None]] = {}  # and the other way round
        self._resting: dict[str | Listing, IDelayedCall] = {}
        self._due: dict[str | Listing, None] = {}  # what changed while it rested or nobody read, in that order

    def want_list(self, listing: Listing) -> None:
        """Tell when this list changes."""
        self._listings.add(listing)

    def want(self, uri: str, canonical: str) -> None:
        """Tell when this resource changes, by the URI as the peer spells it.

        :raises Fault: there are too many.
        """
        if uri not in self._canonical and len(self._canonical) >= MAX_SUBSCRIPTIONS:
            raise Fault(INVALID_PARAMS, f"At most {MAX_SUBSCRIPTIONS} resources can be subscribed to")
        self.leave(uri)
        self._canonical[uri] = canonical
        self._spelt.setdefault(canonical, {})[uri] = None

    def leave(self, uri: str) -> None:
        """Tell of this resource no more."""
        canonical = self._canonical.pop(uri, None)
        if canonical is not None:
            spellings = self._spelt[canonical]
            del spellings[uri]
            if not spellings:
                del self._spelt[canonical]
            self._due.pop(uri, None)

    def heard(self, change: Change) -> None:
        """Pass on what is wanted of a change."""
        for listing in change.listings & self._listings:
            self._tell(listing)
        if change.all_resources:
            for uri in list(self._canonical):
                self._tell(uri)
        elif self._spelt:
            for canonical in change.uris & self._spelt.keys():
                for uri in list(self._spelt[canonical]):
                    self._tell(uri)

    def end(self) -> None:
        """Tell nothing more."""
        self._listings.clear()
        self._canonical.clear()
        self._spelt.clear()
        self._due.clear()
        self._outlet.forget(self._go_on)
        for rest in self._resting.values():
            rest.cancel()
        self._resting.clear()

    def _tell(self, what: str | Listing) -> None:
        if what in self._resting:
            self._due[what] = None
        elif self._outlet.paused:
            self._due[what] = None
            self._outlet.forget(self._go_on)
            self._outlet.when_resumed(self._go_on)
        else:
            seconds = LIST_REST_SECONDS if isinstance(what, Listing) else REST_SECONDS
            self._resting[what] = self._clock.callLater(seconds, self._rested, what)
            self._outlet.send(self._notification(what))

    def _rested(self, what: str | Listing) -> None:
        del self._resting[what]
        self._tell_if_due(what)

    def _go_on(self) -> None:
        for what in list(self._due):
            if what not in self._resting:
                self._tell_if_due(what)

    def _tell_if_due(self, what: str | Listing) -> None:
        if what in self._due:
            del self._due[what]
            self._tell(what)

    def _notification(self, what: str | Listing) -> bytes:
        params: Object = {} if self._meta is None else {"_meta": self._meta}
        if isinstance(what, Listing):
            return jsonrpc.notification(f"notifications/{what.value}/list_changed", params)
        return jsonrpc.notification("notifications/resources/updated", params | {"uri": what})


class LegacySubscriptions:
    """What a legacy peer hears of on its one stream: resources it subscribed to, and lists it has asked for.

    A list that it never asked for cannot be out of date for it.
    """

    def __init__(self, clock: IReactorTime, outlet: Outlet, changes: Changes) -> None:
        self._changes = changes
        self._feed = Feed(clock, outlet)
        self._workspace: Any = None
        self._stop: Callable[[], None] | None = None

    def subscribe(self, uri: str, canonical: str, workspace: Any) -> None:
        """Tell of a resource of this workspace.

        :raises Fault: there are too many.
        """
        self._feed.want(uri, canonical)
        self._watch(workspace)

    def unsubscribe(self, uri: str) -> None:
        """Tell of it no more."""
        self._feed.leave(uri)

    def listed(self, listing: Listing, workspace: Any = None) -> None:
        """Tell of changes of a list that was just given."""
        self._feed.want_list(listing)
        self._watch(workspace)

    def end(self) -> None:
        """Tell of nothing any more, until something new is wanted."""
        self._feed.end()
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _watch(self, workspace: Any) -> None:
        """Listen to the one workspace of this peer, or as long as it is not known to what concerns all."""
        if self._stop is None or (self._workspace is None and workspace is not None):
            if self._stop is not None:
                self._stop()
            self._workspace = workspace
            self._stop = self._changes.watch(workspace, self._feed.heard)
