"""The table of routes: method, path in family A, path in family B, handler (``rest-api.md`` §3 and §4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import attrs

from gorev.rest import links, projects, search, summary, tasks, templates, transfer, workspaces
from gorev.rest.call import Call
from gorev.rest.health import HealthRoutes
from gorev.rest.reply import Reply
from gorev.wire.vocabulary import Vocabulary

Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]


@attrs.frozen
class Route:
    """One operation on the wire. Paths are below ``/api``; ``{id}`` is a parameter.

    ``answers_while_stopping`` is for those that tell of the stop itself.
    """

    methods: tuple[str, ...]
    family_a: tuple[str, ...]
    family_b: tuple[str, ...]
    handler: Handler
    answers_while_stopping: bool = False

    def paths(self) -> list[tuple[str, Vocabulary]]:
        """Every path with the vocabulary that it answers in."""
        return [
            *((path, Vocabulary.TURKISH) for path in self.family_a),
            *((f"/v1{path}", Vocabulary.ENGLISH) for path in self.family_b),
        ]


GET, POST, PUT, DELETE = ("GET",), ("POST",), ("PUT", "PATCH"), ("DELETE",)

DATA_ROUTES = (
    Route(GET, ("/gorevler", "/gorev"), ("/tasks",), tasks.listed),
    Route(POST, ("/gorev", "/gorevler"), ("/tasks",), tasks.created),
    Route(GET, ("/gorev/{id}",), ("/tasks/{id}",), tasks.shown),
    Route(PUT, ("/gorev/{id}",), ("/tasks/{id}",), tasks.changed),
    Route(DELETE, ("/gorev/{id}",), ("/tasks/{id}",), tasks.deleted),
    Route(GET, ("/gorev/{id}/altgorev",), ("/tasks/{id}/subtasks",), tasks.children),
    Route(POST, ("/gorev/{id}/altgorev",), ("/tasks/{id}/subtasks",), tasks.subtask_created),
    Route(PUT, ("/gorev/{id}/ust",), ("/tasks/{id}/parent",), tasks.moved),
    Route(GET, ("/gorev/{id}/hiyerarsi",), ("/tasks/{id}/hierarchy",), tasks.hierarchy),
    Route(GET, ("/projeler", "/proje"), ("/projects",), projects.listed),
    Route(POST, ("/proje", "/projeler"), ("/projects",), projects.created),
    Route(GET, ("/proje/{id}",), ("/projects/{id}",), projects.shown),
    Route(PUT, ("/proje/{id}",), ("/projects/{id}",), projects.changed),
    Route(DELETE, ("/proje/{id}",), ("/projects/{id}",), projects.deleted),
    Route(GET, ("/proje/{id}/gorevler",), ("/projects/{id}/tasks",), tasks.of_project),
    Route(POST, ("/proje/{id}/aktif",), (), projects.activated),
    Route(PUT, (), ("/projects/{id}/activate",), projects.activated),
    Route(GET, ("/aktif-proje",), ("/active-project",), projects.active),
    Route(DELETE, ("/aktif-proje",), ("/active-project",), projects.deactivated),
    Route(GET, ("/gorev/{id}/baglantilar",), ("/tasks/{id}/dependencies",), links.listed),
    Route(POST, (), ("/tasks/{id}/dependencies",), links.created_for_task),
    Route(DELETE, (), ("/tasks/{id}/dependencies/{other}",), links.deleted_of_task),
    Route(POST, ("/baglanti",), (), links.created),
    Route(DELETE, ("/baglanti/{id}",), (), links.deleted),
    Route(DELETE, ("/baglanti",), (), links.deleted_between),
    Route(GET, ("/template", "/templateler"), ("/templates",), templates.listed),
    Route(GET, ("/template/{id}",), ("/templates/{id}",), templates.shown),
    Route(POST, ("/template/{id}/gorev",), (), templates.task_created_of),
    Route(POST, (), ("/tasks/from-template",), templates.task_created),
    # One shipped client puts the base in front of the path twice.
    Route(POST, ("/template/init",), ("/template/init", "/api/v1/template/init"), templates.initialised),
    Route(GET, ("/ozet",), ("/summary",), summary.shown),
    Route(POST, ("/search",), ("/search",), search.searched),
    Route(GET, ("/search/history",), ("/search/history",), search.history),
    Route(POST, ("/export",), ("/export",), transfer.exported),
    Route(POST, ("/import",), ("/import",), transfer.imported),
    Route(DELETE, ("/operations/{id}",), ("/operations/{id}",), transfer.cancelled),
    Route(GET, (), ("/workspaces",), workspaces.listed),
    Route(POST, (), ("/workspaces/register",), workspaces.registered),
    Route(GET, (), ("/workspaces/{id}",), workspaces.shown),
)


def all_routes(health: HealthRoutes) -> tuple[Route, ...]:
    """Every route there is."""
    return (
        *DATA_ROUTES,
        Route(GET, ("/health",), (), health.health, answers_while_stopping=True),
        Route(GET, (), ("/health",), health.original_health, answers_while_stopping=True),
        Route(GET, ("/health/ready",), (), health.ready, answers_while_stopping=True),
        Route(GET, ("/health/db",), (), health.database, answers_while_stopping=True),
        Route(GET, ("/health/ws",), (), health.sockets, answers_while_stopping=True),
    )
