"""``/api/metrics``: what the daemon measures of itself, for Prometheus and for who looks by hand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import attrs
from twisted.internet.threads import deferToThread

from gorev.metrics import CONTENT_TYPE, Metrics, Reading
from gorev.rest.call import Call
from gorev.rest.health import HealthRoutes
from gorev.rest.reply import Reply
from gorev.rest.route import GET, Answer, Area, Route


@attrs.frozen
class MetricsRoutes:
    """Asks the same as the health routes do, and the files of the open databases. ``running`` counts requests."""

    metrics: Metrics
    health: HealthRoutes
    running: Callable[[], int]

    async def shown(self, call: Call) -> Reply:
        """Everything that is measured."""
        opened = self.health.workspaces.open_workspaces()
        files = {workspace.id: workspace.database.path for workspace in opened}
        _, document = self.health.alive()
        readings: list[Reading] = [
            ("gorev_uptime_seconds", "Since the start", "", {"": document["uptime_seconds"]}),
            ("gorev_clients", "Clients connected now", "kind", self._clients()),
            ("gorev_requests_running", "REST requests being answered", "", {"": self.running()}),
            (
                "gorev_writes_waiting",
                "Writes that wait for the writer",
                "workspace",
                {workspace.id: workspace.database.waiting for workspace in opened},
            ),
        ]
        body = await deferToThread(self._text, readings, files)
        return Reply(body=body, headers={"Content-Type": CONTENT_TYPE})

    def _clients(self) -> dict[str, float]:
        return {"mcp": self.health.mcp_clients(), "websocket": self.health.websocket()["clients"]}

    def _text(self, readings: list[Reading], files: dict[str, Path]) -> bytes:
        sizes: Reading = (
            "gorev_database_bytes",
            "Size of the open databases, their logs included",
            "workspace",
            {id_: _size_bytes(path) for id_, path in files.items()},
        )
        return self.metrics.text([*readings, sizes])

    def routes(self) -> tuple[Route, ...]:
        """The route."""
        return (
            Route(
                name="metrics",
                area=Area.SYSTEM,
                summary="What the daemon measures of itself, in Prometheus' text format",
                methods=GET,
                family_a=("/metrics",),
                handler=self.shown,
                answer=Answer(members={}, media_type="text/plain"),
                of_workspace=False,
            ),
        )


def _size_bytes(database: Path) -> int:
    size = 0
    for path in (database, database.with_name(f"{database.name}-wal")):
        with suppress(OSError):
            size += path.stat().st_size
    return size
