"""Who a connection's client is, and what it is given (``lifecycle.md`` §7). No I/O.

A bridge's first message is ``notifications/gorev/hello``; it is answered by ``notifications/gorev/welcome`` or
``notifications/gorev/refused``. A refused connection stays open: each of its requests is answered -32603 with the
refusal's message. A connection that begins otherwise is a plain MCP client of the default workspace, which is opened by
the first call of a tool. ``notifications/gorev/handover`` asks the daemon to end in favour of a newer one; one that
stays says ``notifications/gorev/handover_declined``.

A daemon that ends says ``notifications/gorev/shutting_down`` to each bridge that promised, with ``drains`` in its
hello, to send nothing more then and to end its side of the connection. So both know of every request whether it was
received: what was is answered before the daemon hangs up, what was not goes to the next daemon.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final

import attrs
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import GorevError, Unauthorized
from gorev.mcp import jsonrpc
from gorev.mcp.host import Attachment, Hello, Host, read_hello
from gorev.mcp.jsonrpc import Answer, Batch, Incoming, Invalid, Notification, Object, Request
from gorev.mcp.outlet import Outlet
from gorev.mcp.registry import Registry
from gorev.mcp.session import Session
from gorev.turns import Turns

HELLO: Final = "notifications/gorev/hello"
WELCOME: Final = "notifications/gorev/welcome"
REFUSED: Final = "notifications/gorev/refused"
SHUTTING_DOWN: Final = "notifications/gorev/shutting_down"
HANDOVER: Final = "notifications/gorev/handover"
DECLINED: Final = "notifications/gorev/handover_declined"


@attrs.frozen(kw_only=True)
class Service:
    """What every connection is served with.

    ``render`` puts an error into words of a language. ``instance`` is the random id of this daemon process. ``token``
    is what a hello must carry where the socket does not tell the peer's user; elsewhere it is None. Requests have their
    ``turns``.
    """

    host: Host
    registry: Registry
    clock: IReactorTime
    render: Callable[[GorevError, str], str]
    version: str
    instance: str
    token: str | None = attrs.field(default=None, repr=False)
    turns: Turns = attrs.field(default=attrs.Factory(lambda self: Turns(self.clock), takes_self=True), repr=False)


class Reception:
    """Receives one client: ``identity`` is the connection's UUID, ``send`` writes a message to it.

    ``outlet`` is to be paused while the client does not read.
    """

    log = Logger()

    def __init__(self, service: Service, identity: str, send: Callable[[bytes], None]) -> None:
        self._service = service
        self._host = service.host
        self._identity = identity
        self._send = send
        self.outlet = Outlet(send)
        self._trusted = service.token is None
        self._attaching: Deferred[None] | None = None
        self._session: Session | None = None
        self._refusal: str | None = None
        self._drains = False
        self._ending = False
        self._closed = False

    @property
    def attaching(self) -> bool:
        """Whether a hello is being answered; until then nothing else may be handled."""
        return self._attaching is not None

    def handle(self, incoming: Incoming) -> Deferred[Answer | None]:
        """As `Session.handle`; for a hello it fires when the client is welcome or refused."""
        if isinstance(incoming, Notification) and incoming.method == HELLO:
            return self._greet(incoming.params)
        if isinstance(incoming, Notification) and incoming.method == HANDOVER:
            self._hand_over(incoming.params)
            return succeed(None)
        if self._session is None and self._refusal is None:
            self._open_plain()
        return self._session.handle(incoming) if self._session else succeed(self._refused(incoming))

    def end_listens(self) -> None:
        """Nothing more is told to the client: answer what it listens with."""
        if self._session is not None:
            self._session.end_listens()

    def announce_end(self) -> bool:
        """Tell a bridge that the daemon ends; whether it will end its side, once it has sent what it began to send."""
        if self._drains:
            self._ending = True
            self._tell_end()
        return self._drains

    def close(self) -> None:
        """The client is gone: cancel all that is done for it."""
        self._closed = True
        if self._attaching is not None:
            self._attaching.cancel()
        if self._session is not None:
            self._session.close()
            count = self._host.disconnected(self._identity)
            self.log.info("MCP client {client} disconnected, {count} now", client=self._identity, count=count)

    def _greet(self, params: Object) -> Deferred[Answer | None]:
        if self._session is not None or self._refusal is not None:
            return succeed(None)
        try:
            hello = read_hello(params)
        except GorevError as error:
            self._refuse(error, None)
            return succeed(None)
        if not self._trusted and not self._has_token(hello):
            self._refuse(Unauthorized(), hello.lang)
            return succeed(None)
        self._trusted = True
        self._drains = hello.drains
        self._attaching = Deferred.fromCoroutine(self._attach(hello))
        return self._attaching.addErrback(self._attach_failed).addCallback(self._attach_ended)

    def _has_token(self, hello: Hello) -> bool:
        expected, given = self._service.token or "", hello.token or ""
        return hmac.compare_digest(expected.encode(), given.encode())

    async def _attach(self, hello: Hello) -> None:
        try:
            attachment = await self._host.attach(hello)
        except GorevError as error:
            self._refuse(error, hello.lang)
            return
        if self._closed:
            return

        async def workspace() -> Any:
            return await self._host.current(attachment.workspace)

        self._open(hello, workspace)
        welcome = {
            "instance": self._service.instance,
            "version": self._service.version,
            "workspace": attachment.description,
            "repeatable": self._service.registry.tools.repeatable(),
        }
        self._send(jsonrpc.notification(WELCOME, welcome))

    def _attach_failed(self, failure: Failure) -> None:
        if self._closed and failure.check(CancelledError):
            return
        self.log.failure("MCP client {client} could not be attached", failure, client=self._identity)
        self._refuse_with("internal_error", "Internal error")

    def _attach_ended(self, _: None) -> None:
        self._attaching = None
        self._tell_end()

    def _tell_end(self) -> None:
        if self._ending and self._attaching is None and not self._closed:
            self._send(jsonrpc.notification(SHUTTING_DOWN, {}))

    def _open_plain(self) -> None:
        if not self._trusted:
            self._refuse(Unauthorized(), None)
            return
        attachment: Attachment | None = None

        async def workspace() -> Any:
            nonlocal attachment
            if attachment is None:
                attachment = await self._host.attach(None)
            return await self._host.current(attachment.workspace)

        self._open(Hello(), workspace)

    def _open(self, hello: Hello, workspace: Callable[[], Awaitable[Any]]) -> None:
        name = jsonrpc.brief(hello.client.name or "unknown")
        self._session = Session(
            registry=self._service.registry,
            version=self._service.version,
            language=self._host.language(hello.lang),
            identity=self._identity,
            workspace=workspace,
            clock=self._service.clock,
            outlet=self.outlet,
            client=name,
        )
        count = self._host.connected(self._identity, name)
        self.log.info(
            "MCP client {client} ({name}) connected, {count} now",
            client=self._identity,
            name=name,
            count=count,
        )

    def _refuse(self, error: GorevError, asked_language: str | None) -> None:
        self._refuse_with(error.code, self._service.render(error, self._host.language(asked_language)))

    def _refuse_with(self, code: str, text: str) -> None:
        self._refusal = text
        self.log.warn("MCP client {client} refused: {code}", client=self._identity, code=code)
        self._send(jsonrpc.notification(REFUSED, {"code": code, "message": text}))

    def _refused(self, incoming: Incoming) -> Answer | None:
        text = self._refusal or ""
        if isinstance(incoming, Request):
            return jsonrpc.failure(incoming.id, jsonrpc.INTERNAL_ERROR, text)
        if isinstance(incoming, Invalid | Batch):
            return jsonrpc.failure(None, jsonrpc.INTERNAL_ERROR, text)
        return None

    def _hand_over(self, params: Object) -> None:
        version = params.get("version")
        if self._trusted and isinstance(version, str):
            asked = Deferred.fromCoroutine(self._host.handover(version))
            asked.addCallback(self._tell_if_declined)
            asked.addErrback(lambda failure: self.log.failure("a handover failed", failure))

    def _tell_if_declined(self, makes_room: bool) -> None:
        if not (makes_room or self._closed):
            self._send(jsonrpc.notification(DECLINED, {"version": self._service.version}))
