"""The route by which the original's proxy reaches MCP (``rest-api.md`` §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from gorev.domain.errors import InvalidValue, WorkspaceNotFound, WorkspaceRequired
from gorev.rest.call import Call
from gorev.rest.reply import Reply, refused
from gorev.rest.route import POST, Answer, Area, Route
from gorev.services.workspace import Workspace

NO_WORKSPACE = "Missing workspace context"


class Calls(Protocol):
    """MCP without a conversation: one request by the name of its method or tool."""

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
        """The result as JSON, without a frame.

        @raise BadRequest, NoSuchMethod: the request is none.
        """


@attrs.frozen
class McpRoutes:
    """One route for all methods and tools."""

    calls: Calls

    async def called(self, call: Call) -> Reply:
        """Call a method or tool."""
        params = call.json(or_null=True)
        once = call.once
        try:
            workspace = await call.workspace()
        except (WorkspaceNotFound, InvalidValue):
            reply = refused(WorkspaceRequired(), call.language, call.encoder, {})
            return attrs.evolve(reply, body={**_members(reply), "error": NO_WORKSPACE})
        result = await self.calls(
            call.path["name"],
            params,
            workspace=workspace,
            language=call.language,
            client=call.actor.client,
            idempotency_key=None if once is None else once.key,
        )
        return Reply(body=result)

    def routes(self) -> tuple[Route, ...]:
        """The routes."""
        return (
            Route(
                name="call_mcp",
                area=Area.MCP,
                summary="Call a method or tool of MCP",
                detail="The name is a tool's or a method's, the body its arguments, the answer its bare result.",
                methods=POST,
                family_b=("/mcp/{name:path}",),
                handler=self.called,
                answer=Answer(members={}, dated=False, open=True),
                errors=("workspace_required", "not_found"),
                repeatable=True,
                free_body={"type": ["object", "null"]},
            ),
        )


def _members(reply: Reply) -> Mapping[str, Any]:
    return {} if isinstance(reply.body, bytes) else reply.body
