"""Health routes: how the daemon does, for scripts and clients that wait for it (``rest-api.md`` §3.1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from gorev.locale import text
from gorev.rest.call import Call
from gorev.rest.reply import Reply
from gorev.rest.route import GET, Answer, Area, Route
from gorev.services.workspaces import Workspaces
from gorev.wire import json_schema
from gorev.wire.json_schema import Many, Shape


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
        body: dict[str, object] = {
            "ready": ready,
            "database": "connected" if failing is None else f"error: {failing}",
            "websocket": "active" if status == 200 else "inactive",
            "mcp_clients": self.mcp_clients(),
        }
        if not ready:
            message = text(call.language, "Gorev is not ready.")
            body |= {"success": False, "error": message, "message": message, "code": "not_ready"}
        return Reply(body=body, status=200 if ready else 503)

    async def database(self, call: Call) -> Reply:
        """How each open database does."""
        health = [await workspace.health() for workspace in self.workspaces.open_workspaces()]
        refused = self.workspaces.refusals()
        failing = self.workspaces.default_state is not None or refused or any(each.error for each in health)
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
        rows += [{"id": each.id, "path": each.path, "status": f"error: {each.reason}"} for each in refused]
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

    async def socket_count(self, call: Call) -> Reply:
        """How many listen, for clients of the original."""
        return Reply(body={"total_clients": self.websocket()["clients"], "timestamp": int(time.time())})

    def routes(self) -> tuple[Route, ...]:
        """The routes."""
        return (
            Route(
                name="health",
                area=Area.SYSTEM,
                summary="Whether the daemon serves",
                methods=GET,
                family_a=("/health",),
                handler=self.health,
                answer=_HEALTH,
                of_workspace=False,
                answers_while_stopping=True,
                hot=True,
            ),
            Route(
                name="original_health",
                area=Area.SYSTEM,
                summary="Whether the daemon serves, in the original's words",
                methods=GET,
                family_b=("/health",),
                handler=self.original_health,
                answer=_ORIGINAL_HEALTH,
                of_workspace=False,
                answers_while_stopping=True,
                hot=True,
            ),
            Route(
                name="ready",
                area=Area.SYSTEM,
                summary="Whether the default workspace is open and everything serves",
                methods=GET,
                family_a=("/health/ready",),
                handler=self.ready,
                answer=_READY,
                of_workspace=False,
                answers_while_stopping=True,
                hot=True,
            ),
            Route(
                name="database_health",
                area=Area.SYSTEM,
                summary="How the open databases do",
                methods=GET,
                family_a=("/health/db",),
                handler=self.database,
                answer=_DATABASE,
                of_workspace=False,
                answers_while_stopping=True,
            ),
            Route(
                name="websocket_health",
                area=Area.SYSTEM,
                summary="How many listen to the event stream",
                methods=GET,
                family_a=("/health/ws",),
                handler=self.sockets,
                answer=_SOCKETS,
                of_workspace=False,
                answers_while_stopping=True,
            ),
            Route(
                name="websocket_stats",
                area=Area.SYSTEM,
                summary="How many listen to the event stream, in the original's words",
                methods=GET,
                family_b=("/ws/stats",),
                handler=self.socket_count,
                answer=Answer(members={"total_clients": json_schema.COUNT, "timestamp": json_schema.UNIX_SECONDS}),
                of_workspace=False,
                answers_while_stopping=True,
            ),
        )


_HEALTH: Final = Answer(
    members={
        "status": {"type": "string", "enum": ["healthy", "shutting_down"]},
        "version": json_schema.TEXT,
        "uptime": {"type": "string", "examples": ["45s", "2h15m30s"]},
        "uptime_seconds": {"type": "number", "minimum": 0},
        "pid": {"type": "integer"},
        "time": json_schema.UNIX_SECONDS,
        "daemon_url": json_schema.TEXT,
    },
    also=(503,),
)
_ORIGINAL_HEALTH: Final = Answer(
    members={"status": {"type": "string", "enum": ["ok", "shutting_down"]}, "time": json_schema.UNIX_SECONDS},
    also=(503,),
)
_READY: Final = Answer(
    members={
        "ready": json_schema.FLAG,
        "database": json_schema.noted(json_schema.TEXT, "connected, or error: and the reason"),
        "websocket": {"type": "string", "enum": ["active", "inactive"]},
        "mcp_clients": json_schema.COUNT,
        "success": {"type": "boolean", "const": False},
        "error": json_schema.TEXT,
        "message": json_schema.TEXT,
        "code": {"type": "string", "const": "not_ready"},
    },
    optional=frozenset({"success", "error", "message", "code"}),
    also=(503,),
)
_DATABASE_SHAPE: Final = Shape(
    turkish="VeritabaniDurumu",
    english="DatabaseHealth",
    members={
        "id": json_schema.ID,
        "path": json_schema.TEXT,
        "status": json_schema.noted(json_schema.TEXT, "connected, or error: and the reason"),
        "schema_version": json_schema.COUNT,
        "latency_ms": json_schema.MILLISECONDS,
    },
    optional=frozenset({"schema_version", "latency_ms"}),
)
_DATABASE: Final = Answer(
    members={
        "status": {"type": "string", "enum": ["connected", "error"]},
        "workspaces": Many(_DATABASE_SHAPE),
        "journal_mode": {"type": "string", "const": "wal"},
    },
    also=(503,),
)
_SOCKETS: Final = Answer(
    members={
        "status": {"type": "string", "enum": ["active", "inactive"]},
        "clients": json_schema.COUNT,
        "clients_by_workspace": {"type": "object", "additionalProperties": json_schema.COUNT},
        "messages_sent": json_schema.COUNT,
        "dropped_clients": json_schema.COUNT,
    },
)
