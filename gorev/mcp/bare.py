"""MCP without a conversation, as the original's proxy speaks it: one request by name, one bare result.

Each call has a session of its own, whose handshake is done for it (``rest-api.md`` §5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import attrs
import msgspec

from gorev.domain.errors import BadRequest, NoSuchMethod, NoSuchTool
from gorev.mcp import jsonrpc, revisions
from gorev.mcp.jsonrpc import Request
from gorev.mcp.outlet import Outlet
from gorev.mcp.reception import Service
from gorev.mcp.session import Session
from gorev.services.workspace import Workspace

_NOTHING: Final = b"{}"


class _Answered(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw(_NOTHING)
    error: dict[str, Any] | None = None


@attrs.frozen
class BareCalls:
    """Serves calls with what every other connection is served with."""

    service: Service

    async def __call__(
        self,
        name: str,
        params: Mapping[str, Any],
        *,
        workspace: Workspace,
        language: str,
        client: str,
        idempotency_key: str | None,
    ) -> bytes:
        """The result of a method (``tools/list``) or tool (``gorev_listele``) as JSON; of a notification ``{}``.

        @raise NoSuchMethod: there is none of this name.
        @raise BadRequest: its params are none.
        """
        tools = self.service.registry.tools
        method, given = name, dict(params)
        if name.startswith("notifications/"):
            return _NOTHING
        if "/" not in name and name not in ("initialize", "ping"):
            method, given = "tools/call", {"name": name, "arguments": given}
        if method == "tools/call":
            tool, arguments = given.get("name"), given.get("arguments")
            if isinstance(tool, str) and not tools.is_tool(tool):
                outcome = tools.failure(NoSuchTool(tool=jsonrpc.brief(tool)), language)
                return msgspec.json.encode(revisions.tool_result(outcome, revisions.NEWEST_LEGACY))
            if isinstance(tool, str) and idempotency_key is not None and isinstance(arguments, dict | None):
                arguments = arguments or {}
                if not tools.is_read(tool, arguments):
                    given = given | {"arguments": {"idempotency_key": idempotency_key} | arguments}
        return await self._answer(method, given, workspace, language, client)

    async def _answer(
        self, method: str, params: dict[str, Any], workspace: Workspace, language: str, client: str
    ) -> bytes:
        async def attached() -> Workspace:
            return workspace

        session = Session(
            registry=self.service.registry,
            version=self.service.version,
            language=language,
            identity=str(uuid4()),
            workspace=attached,
            clock=self.service.clock,
            outlet=Outlet(lambda body: None),
            client=client,
        )
        try:
            if method != "initialize":
                await session.handle(Request(0, "initialize", {"protocolVersion": revisions.NEWEST_LEGACY}))
            answer = await session.handle(Request(1, method, params))
        finally:
            session.close()
        answered = _Answered() if answer is None else msgspec.json.decode(answer.body, type=_Answered)
        if answered.error is None:
            return bytes(answered.result)
        code, message = answered.error.get("code"), str(answered.error.get("message"))
        if code == jsonrpc.METHOD_NOT_FOUND:
            raise NoSuchMethod(method=jsonrpc.brief(method))
        if code == jsonrpc.INTERNAL_ERROR:
            raise RuntimeError(message)
        raise BadRequest(reason=message)
