"""Every route there is, in the order in which a reader meets them (``rest-api.md`` §3 and §4)."""

from __future__ import annotations

from typing import Final

from gorev.rest import events, links, projects, search, summary, tasks, templates, transfer, workspaces
from gorev.rest.clients import ClientRoutes
from gorev.rest.documents import DocumentRoutes
from gorev.rest.health import HealthRoutes
from gorev.rest.language import LanguageRoutes
from gorev.rest.mcp_calls import McpRoutes
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
    *, health: HealthRoutes, clients: ClientRoutes, language: LanguageRoutes, mcp: McpRoutes
) -> tuple[Route, ...]:
    """All of them; those that speak of the daemon itself need to be told how it does."""
    described = (*DATA_ROUTES, *language.routes(), *clients.routes(), *mcp.routes(), *health.routes())
    return (*described, *DocumentRoutes(described).routes())
