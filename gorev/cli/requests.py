"""REST requests to the daemon from a command, for what no tool of MCP tells. They block."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import attrs

from gorev.cli.conversation import CLIENT, own_workspace, reach
from gorev.cli.speech import Failed
from gorev.daemon.token import TokenFile
from gorev.locale import text
from gorev.settings import home_directory

_ANSWER_SECONDS: Final = 60.0


@attrs.frozen
class Reply:
    """An answer: HTTP status, body, and the number of the last change that it knows of."""

    status: int
    body: dict[str, Any]
    seq: int


@attrs.frozen(kw_only=True)
class Requests:
    """Asks the daemon on a port of the loopback about one workspace folder, if one is given."""

    port: int
    language: str
    workspace: str | None = None

    @classmethod
    def of_this_folder(cls, language: str) -> Requests:
        """About the workspace of the current folder; the daemon is started if need be. Raises `Failed`."""
        return cls.of_the_daemon(language, own_workspace(language))

    @classmethod
    def of_the_daemon(cls, language: str, workspace: str | None = None) -> Requests:
        """About the daemon, which is started if need be. Raises `Failed`."""
        reached = reach(language)
        reached.connection.close()
        return cls(port=int(reached.lock.port), language=language, workspace=workspace)

    def get(self, path: str, **query: object) -> Reply:
        """GET; raises `Failed` with what the daemon says if it refuses."""
        return self._accepted(self.attempt("GET", path, query))

    def post(self, path: str, body: Mapping[str, Any]) -> Reply:
        """POST; as `get`."""
        return self._accepted(self.attempt("POST", path, body=body))

    def attempt(
        self, method: str, path: str, query: Mapping[str, object] | None = None, body: Mapping[str, Any] | None = None
    ) -> Reply:
        """The answer, whatever its status. Raises `Failed` if there is none."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{path}?{urlencode(given)}" if given else path
        headers = {"X-Gorev-Client": CLIENT, "Accept-Language": self.language}
        if self.workspace is not None:
            headers["X-Workspace-Path"] = quote(self.workspace, errors="surrogateescape")
        token = TokenFile(home_directory(os.environ) / ".gorev-daemon" / "token").known()
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        # 10 ms that only those pay who ask.
        from http.client import HTTPConnection, HTTPException

        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body)
        # Not urllib: no proxy of the environment may come between.
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request(method, target, content, headers)
            answer = connection.getresponse()
            return Reply(answer.status, json.loads(answer.read()), int(answer.headers.get("X-Gorev-Seq") or 0))
        except (OSError, HTTPException, ValueError) as error:
            reason = text(
                self.language, "the daemon does not answer on port {port}: {reason}", port=self.port, reason=error
            )
            raise Failed(reason) from error
        finally:
            connection.close()

    def _accepted(self, reply: Reply) -> Reply:
        if reply.status >= 400:
            raise Failed(str(reply.body.get("message") or reply.status))
        return reply
