"""The Klein application made of the table of routes, and the one place where errors become answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

import attrs
from klein import Klein
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.web.http import Request
from twisted.web.resource import Resource
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gorev.coroutines import begun
from gorev.domain.errors import GorevError, ShuttingDown
from gorev.locale import text
from gorev.rest.call import Call, workspace_at_hand
from gorev.rest.hot import Endpoint, HotPaths
from gorev.rest.reply import Encoded, Reply, encoded, refused
from gorev.rest.route import GET, Route
from gorev.services.language import DefaultLanguage
from gorev.services.workspaces import Workspaces
from gorev.wire.rows import EncodedTasks
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
    hot: HotPaths = attrs.field(factory=HotPaths, init=False)
    _encoded_tasks: EncodedTasks = attrs.field(factory=EncodedTasks, init=False)
    _log = Logger()

    def resource(self) -> Resource:
        """The resource to stand at ``/api``; `hot` is filled with it."""
        app = Klein()
        for route in self.routes:
            for path, words in route.paths():
                pattern = _PARAMETER.sub(lambda found: f"<{found[2] or 'string'}:{found[1]}>", path)
                name = f"{'-'.join(route.methods)} {path}"
                answer = self._answer(route, words)
                app.route(pattern, methods=list(route.methods), endpoint=name)(_rendered(answer))
                self.hot.add(route, path, answer, partial(self._kept, route))
        app.handle_errors(HTTPException)(cast("Any", self._not_routed))
        return app.resource()

    def _answer(self, route: Route, words: Vocabulary) -> Endpoint:
        def answer(request: Request, **path: str) -> Deferred[Encoded] | Encoded:
            call = Call(request, words, self.language.code, self.workspaces, path, route.takes, self._encoded_tasks)
            answer = begun(self._answered(route, call))
            return self.watch(answer) if isinstance(answer, Deferred) else answer

        return answer

    def _kept(self, route: Route, request: Request) -> Encoded | None:
        """The answer to a request for something that was read before and is the same now."""
        if not _may_last(route) or self.stopping():
            return None
        started = time.perf_counter()
        workspace = workspace_at_hand(request, self.workspaces)
        if workspace is None:
            return None
        answer, _ = workspace.kept.find(request.uri)
        if answer is not None:
            self.observe(route.name, "ok", time.perf_counter() - started)
        return cast("Encoded | None", answer)

    async def _answered(self, route: Route, call: Call) -> Encoded:
        started, outcome = time.perf_counter(), "ok"
        workspace, as_of = None, None
        try:
            if self.stopping() and not route.answers_while_stopping:
                raise ShuttingDown
            if route.hot and _may_last(route):
                workspace = workspace_at_hand(call.request, self.workspaces)
                as_of = None if workspace is None else workspace.kept.find(call.request.uri)[1]
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
        self.observe(route.name, outcome, time.perf_counter() - started)
        answer = encoded(reply)
        if reply.lasting and workspace is not None:
            workspace.kept.keep(call.request.uri, answer, len(answer.body), as_of)
        return answer

    def _not_routed(self, request: Request, failure: Any) -> bytes:
        error: HTTPException = failure.value
        language = Call(request, Vocabulary.TURKISH, self.language.code, self.workspaces, {}).language
        if isinstance(error, MethodNotAllowed):
            allowed = ", ".join(sorted({*(error.valid_methods or ()), "OPTIONS"}))
            request.setHeader("Allow", allowed)
            message = text(language, "This method is not allowed here. Allowed: {allowed}.", allowed=allowed)
            return written(request, encoded(failed(405, "method_not_allowed", message)))
        message = text(language, "There is nothing at this address.")
        return written(request, encoded(failed(404, "not_found", message)))


def failed(status: int, code: str, message: str) -> Reply:
    """An error that is not of the domain."""
    return Reply(body={"success": False, "error": message, "message": message, "code": code}, status=status)


def _may_last(route: Route) -> bool:
    return route.of_workspace and route.methods is GET


def _rendered(answer: Endpoint) -> Callable[..., Deferred[bytes] | bytes]:
    """The same for Klein, which wants the body and has the head set."""

    def endpoint(request: Request, **path: str) -> Deferred[bytes] | bytes:
        found = answer(request, **path)
        if isinstance(found, Deferred):
            return found.addCallback(lambda encoded: written(request, encoded))
        return written(request, found)

    return endpoint


def written(request: Request, answer: Encoded) -> bytes:
    """The body of an answer whose head is set in ``request``; nothing of one that the caller has already."""
    request.setResponseCode(answer.status)
    for name, value in answer.headers:
        request.setHeader(name, value)
    if request.method in (b"GET", b"HEAD") and answer.is_known(
        request.requestHeaders.getRawHeaders(b"if-none-match", [])
    ):
        request.setResponseCode(304)
        return b""
    request.setHeader(b"Content-Length", b"%d" % len(answer.body))
    return answer.body
