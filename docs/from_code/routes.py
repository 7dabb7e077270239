"""All routes, and the OpenAPI document that the daemon serves of them."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from gorev.rest.clients import ClientRoutes
from gorev.rest.health import HealthRoutes
from gorev.rest.language import LanguageRoutes
from gorev.rest.mcp_calls import McpRoutes
from gorev.rest.metrics import MetricsRoutes
from gorev.rest.openapi import document
from gorev.rest.route import Route
from gorev.rest.routes import all_routes


@cache
def routes() -> tuple[Route, ...]:
    """Every route; they are described here and never called, so that nothing need stand behind them."""
    nothing = cast("Any", None)
    health = HealthRoutes(alive=nothing, workspaces=nothing, websocket=nothing, mcp_clients=nothing)
    return all_routes(
        health=health,
        clients=ClientRoutes(nothing, nothing),
        language=LanguageRoutes(nothing),
        mcp=McpRoutes(nothing),
        metrics=MetricsRoutes(nothing, health, nothing),
    )


@cache
def openapi() -> dict[str, Any]:
    """The document, its prose in English."""
    return dict(document(routes(), "en"))
