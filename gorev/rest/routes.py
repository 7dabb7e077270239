"""Every route there is, in the order in which a reader meets them (``rest-api.md`` §3 and §4)."""

from __future__ import annotations

from typing import Final

from gorev.rest import events, links, projects, search, summary, tasks, templates, transfer, workspaces
from gorev.rest.clients import ClientRoutes
from gorev.rest.documents import DocumentRoutes
from gorev.rest.health import HealthRoutes
from gorev.rest.language import LanguageRoutes
from gorev.rest.mcp_calls import McpRoutes
from gorev.rest.metrics import MetricsRoutes
from gorev.rest.route import Route

DATA_ROUTES: Final = (
    *tasks.ROUTES,
    *projects.ROUTES,
    *templates.ROUTES,
    *links.ROUTES,
    *search.ROUTES,
    *summary.ROUTES,
    *events.ROUTES,
    *transfer.ROUTES,
    *workspaces.ROUTES,
)


def all_routes(
    *, health: HealthRoutes, clients: ClientRoutes, language: LanguageRoutes, mcp: McpRoutes, metrics: MetricsRoutes
) -> tuple[Route, ...]:
    """All of them; those that speak of the daemon itself need to be told how it does."""
    of_daemon = (language, clients, mcp, health, metrics)
    described = (*DATA_ROUTES, *(route for routes in of_daemon for route in routes.routes()))
    return (*described, *DocumentRoutes(described).routes())
