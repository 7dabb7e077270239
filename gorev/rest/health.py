"""Health routes: how the daemon does, for scripts and clients that wait for it (``rest-api.md`` §3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from gorev.rest.call import Call
from gorev.rest.reply import Reply
from gorev.services.workspaces import Workspaces


@attrs.frozen(kw_only=True)
class HealthRoutes:
    """What the health routes ask: the life cycle for status and document, the hub and the MCP wire for numbers."""

    alive: Callable[[], tuple[int, Mapping[str, Any]]]
    workspaces: Workspaces
    websocket: Callable[[], Mapping[str, Any]]
    mcp_clients: Callable[[], int]

    async def health(self, call: Call) -> Reply:
        """Whether the process serves."""
        status, document = self.alive()
        return Reply(body=document, status=status)

    async def original_health(self, call: Call) -> Reply:
        """The same for clients of the original, which want exactly ``ok``."""
        status, document = self.alive()
        word = "ok" if status == 200 else document["status"]
        return Reply(body={"status": word, "time": document["time"]}, status=status)

    async def ready(self, call: Call) -> Reply:
        """Whether the default workspace is open and every wire serves."""
        status, _ = self.alive()
        failing = self.workspaces.default_state
        ready = failing is None and status == 200
        body = {
            "ready": ready,
            "database": "connected" if failing is None else f"error: {failing}",
            "websocket": "active" if status == 200 else "inactive",
            "mcp_clients": self.mcp_clients(),
        }
        return Reply(body=body, status=200 if ready else 503)

    async def database(self, call: Call) -> Reply:
        """How each open database does."""
        health = [await workspace.health() for workspace in self.workspaces.open_workspaces()]
        failing = self.workspaces.default_state is not None or any(each.error for each in health)
        rows: list[dict[str, object]] = [
            {
                "id": each.workspace.id,
                "path": str(each.workspace.path),
                "status": "connected" if each.error is None else f"error: {each.error}",
                "schema_version": each.workspace.opened.schema_version,
                "latency_ms": round(each.latency_ms, 3),
            }
            for each in health
        ]
        if self.workspaces.default_state is not None:
            rows.append(
                {
                    "id": self.workspaces.default_id,
                    "path": str(self.workspaces.default_path),
                    "status": f"error: {self.workspaces.default_state}",
                }
            )
        body = {"status": "error" if failing else "connected", "workspaces": rows, "journal_mode": "wal"}
        return Reply(body=body, status=503 if failing else 200)

    async def sockets(self, call: Call) -> Reply:
        """How many listen on the WebSocket."""
        return Reply(body=self.websocket())
