"""The contract between the line wire and the daemon that hosts it (``lifecycle.md`` §7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs
import msgspec

from gorev.domain.errors import BadRequest


class HelloClient(msgspec.Struct, frozen=True, kw_only=True):
    """The assistant's process, as its bridge sees it."""

    pid: int | None = None
    ppid: int | None = None
    cwd: str | None = None
    name: str | None = None


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """What a bridge says first. All may be missing and more may come: bridges and daemons of other versions meet."""

    workspace: str | None = None
    client: HelloClient = HelloClient()
    lang: str | None = None
    bridge_version: str | None = None
    workspace_id: str | None = None
    workspace_name: str | None = None
    token: str | None = None
    drains: bool = False  # told that the daemon ends, it sends what it has begun to send and ends its side


def read_hello(params: Mapping[str, Any]) -> Hello:
    """The hello that a notification's ``params`` are.

    :raises BadRequest: a field is of the wrong kind.
    """
    try:
        return msgspec.convert(params, Hello)
    except msgspec.ValidationError as problem:
        raise BadRequest(reason=str(problem)) from None


@attrs.frozen(kw_only=True)
class Attachment:
    """What a connection was given: ``workspace`` goes to the tools as it is, ``description`` to the bridge.

    Both are None for a caller whose workspace cannot be told; the tools then say how to name one.
    """

    workspace: Any
    description: Mapping[str, str] | None


class Host(Protocol):
    """The daemon, as a connection needs it. ``session`` is the connection's UUID."""

    def language(self, asked: str | None) -> str:
        """The language to answer in, given the one asked for, if any."""

    async def attach(self, hello: Hello | None) -> Attachment:
        """Find and open the caller's workspace; without a hello the default one.

        May be asked again by the same connection. Cancelled when the connection is lost meanwhile.

        :raises GorevError: it cannot be had; the bridge is refused with that code.
        """

    async def current(self, workspace: Any) -> Any:
        """An attached workspace as it is now: one that nobody used for a while was closed and is opened anew.

        :raises GorevError: it can no longer be had.
        """

    def connected(self, session: str, client: str) -> int:
        """A client, of this name or ``"unknown"``, is served from now on; the number of clients now connected."""

    def disconnected(self, session: str) -> int:
        """That client is gone; the number of clients still connected."""

    async def handover(self, version: str) -> bool:
        """A newer program, of ``version``, asks the daemon to drain and end; whether it will."""
