"""The Klein application made of the table of routes, and the one place where errors become answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final, cast

import attrs
from klein import Klein
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.web.http import Request
from twisted.web.resource import Resource
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gorev.domain.errors import GorevError, ShuttingDown
from gorev.locale import text
from gorev.rest.call import Call
from gorev.rest.reply import Reply, refused
from gorev.rest.route import Route
from gorev.services.language import DefaultLanguage
from gorev.services.workspaces import Workspaces
from gorev.wire.vocabulary import Vocabulary

# A parameter of a path, and what it may hold.
_PARAMETER: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")


@attrs.define(eq=False)
class Api:
    """Everything under ``/api``. ``watch`` is given each request's Deferred, so that a stop can wait for it.

    ``observe`` is told of each answer: the route's name, ``ok`` or the code of the error, and the seconds it took.
    """

    workspaces: Workspaces
    routes: tuple[Route, ...]
    language: DefaultLanguage
    stopping: Callable[[], bool]
    watch: Callable[[Deferred[Any]], Deferred[Any]]
    observe: Callable[[str, str, float], None]
    _log = Logger()

    def resource(self) -> Resource:
        """The resource to stand at ``/api``."""
        app = Klein()
        for route in self.routes:
            for path, words in route.paths():
                pattern = _PARAMETER.sub(lambda found: f"<{found[2] or 'string'}:{found[1]}>", path)
                endpoint = f"{'-'.join(route.methods)} {path}"
                app.route(pattern, methods=list(route.methods), endpoint=endpoint)(self._endpoint(route, words))
        app.handle_errors(HTTPException)(cast("Any", self._not_routed))
        return app.resource()

    def _endpoint(self, route: Route, words: Vocabulary) -> Callable[..., Deferred[bytes]]:
        def endpoint(request: Request, **path: str) -> Deferred[bytes]:
            call = Call(request, words, self.language.code, self.workspaces, path, route.takes)
            return self.watch(Deferred.fromCoroutine(self._answered(route, call)))

        return endpoint

    async def _answered(self, route: Route, call: Call) -> bytes:
        begun, outcome = time.perf_counter(), "ok"
        try:
            if self.stopping() and not route.answers_while_stopping:
                raise ShuttingDown
            reply = await route.handler(call)
        except GorevError as error:
            outcome = error.code
            reply = refused(error, call.language, call.encoder, call.spelt)
        except CancelledError:
            raise
        except Exception:
            self._log.failure("{method} {path} failed", method=call.request.method, path=call.request.path)
            message = text(call.language, "Something went wrong inside Gorev; its log tells more.")
            outcome = "internal_error"
            reply = failed(500, outcome, message)
        self.observe(route.name, outcome, time.perf_counter() - begun)
        return _written(call.request, reply)

    def _not_routed(self, request: Request, failure: Any) -> bytes:
        error: HTTPException = failure.value
        language = Call(request, Vocabulary.TURKISH, self.language.code, self.workspaces, {}).language
        if isinstance(error, MethodNotAllowed):
            allowed = ", ".join(sorted({*(error.valid_methods or ()), "OPTIONS"}))
            request.setHeader("Allow", allowed)
            message = text(language, "This method is not allowed here. Allowed: {allowed}.", allowed=allowed)
            return _written(request, failed(405, "method_not_allowed", message))
        message = text(language, "There is nothing at this address.")
        return _written(request, failed(404, "not_found", message))


def failed(status: int, code: str, message: str) -> Reply:
    """An error that is not of the domain."""
    return Reply(body={"success": False, "error": message, "message": message, "code": code}, status=status)


def _written(request: Request, reply: Reply) -> bytes:
    request.setResponseCode(reply.status)
    request.setHeader("Content-Type", "application/json; charset=utf-8")
    request.setHeader("Cache-Control", "no-store")
    for name, value in reply.headers.items():
        request.setHeader(name, value)
    if reply.seq is not None:
        request.setHeader("X-Gorev-Seq", str(reply.seq))
    if reply.etag is not None:
        request.setHeader("ETag", reply.etag)
        wanted = request.requestHeaders.getRawHeaders(b"if-none-match", [])
        if request.method in (b"GET", b"HEAD") and reply.etag.encode() in b",".join(wanted):
            request.setResponseCode(304)
            return b""
    body = reply.encoded()
    request.setHeader("Content-Length", str(len(body)))
    return body
