"""Routes on workspaces (``rest-api.md`` §4.15)."""

from __future__ import annotations

from typing import Final

import msgspec

from gorev.domain.errors import WorkspaceNotFound
from gorev.locale import text
from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply
from gorev.rest.route import DELETE, GET, POST, Area, Route, said
from gorev.services.registry import KnownWorkspace
from gorev.wire import json_schema, shapes
from gorev.wire.encode import instant
from gorev.wire.json_schema import Many
from gorev.wire.kinds import Text
from gorev.wire.vocabulary import WORKSPACE


class Registration(msgspec.Struct, kw_only=True):
    """A folder that a client works in; ``workspace_id`` is an id that it saved earlier."""

    path: Text
    name: Text | None = None
    workspace_id: Text | None = None


REGISTRATION: Final = Fields(
    Registration,
    WORKSPACE,
    hints={"path": "an absolute path of an existing folder", "workspace_id": "an id that the client saved earlier"},
    rules={"path": {"pattern": "^/[^/.\\u0000][^\\u0000]*$"}},
)


async def listed(call: Call) -> Reply:
    """Every workspace known, the most recently used first."""
    rows = [await _encoded(call, known) for known in call.workspaces.every()]
    return Reply(body={"success": True, "workspaces": rows, "total": len(rows)})


async def shown(call: Call) -> Reply:
    """One workspace."""
    encoded = await _encoded(call, _known(call, call.path["id"]))
    return Reply(body={"success": True, "workspace": encoded, "data": encoded})


async def registered(call: Call) -> Reply:
    """Open the workspace of a folder."""
    body = call.body(REGISTRATION)
    workspace = await call.workspaces.register(body.path, body.name, body.workspace_id)
    encoded = await _encoded(call, _known(call, workspace.id))
    return Reply(body={"success": True, "workspace_id": workspace.id, "workspace": encoded})


async def removed(call: Call) -> Reply:
    """Close a workspace and forget it."""
    await call.workspaces.remove(call.path["id"])
    message = text(call.language, "The workspace was removed from the list. Its files stay.")
    return Reply(body={"success": True, "message": message})


def _known(call: Call, id_: str) -> KnownWorkspace:
    canonical = call.workspaces.canonical(id_)
    for known in call.workspaces.every():
        if known.id == canonical:
            return known
    raise WorkspaceNotFound(id=id_)


async def _encoded(call: Call, known: KnownWorkspace) -> dict[str, object]:
    """A workspace; the number of its tasks only while it is open, since counting must not open it."""
    encoded: dict[str, object] = {
        "id": known.id,
        "name": known.name,
        "path": known.path,
        "last_accessed": instant(known.last_accessed),
        "created_at": instant(known.created_at),
    }
    for workspace in call.workspaces.open_workspaces():
        if workspace.id == known.id:
            encoded["database_path"] = str(workspace.opened.database)
            encoded["task_count"] = (await workspace.health()).task_count
    return encoded


ROUTES: Final = (
    Route(
        name="list_workspaces",
        area=Area.WORKSPACES,
        summary="All workspaces",
        detail="The most recently used first.",
        methods=GET,
        family_b=("/workspaces",),
        handler=listed,
        answer=route.enveloped({"workspaces": Many(shapes.WORKSPACE_SHAPE), "total": json_schema.COUNT}),
        of_workspace=False,
    ),
    Route(
        name="register_workspace",
        area=Area.WORKSPACES,
        summary="Open the workspace of a folder",
        detail="Makes its database if there is none. May be repeated.",
        methods=POST,
        family_b=("/workspaces/register",),
        handler=registered,
        bodies=(REGISTRATION,),
        answer=route.enveloped({"workspace_id": json_schema.ID, "workspace": shapes.WORKSPACE_SHAPE}),
        errors=("missing_parameter", "workspace_unavailable", "busy"),
        of_workspace=False,
    ),
    Route(
        name="get_workspace",
        area=Area.WORKSPACES,
        summary="A workspace",
        methods=GET,
        family_b=("/workspaces/{id}",),
        handler=shown,
        answer=route.enveloped({"workspace": shapes.WORKSPACE_SHAPE, "data": shapes.WORKSPACE_SHAPE}),
        errors=("workspace_not_found",),
        of_workspace=False,
    ),
    Route(
        name="remove_workspace",
        area=Area.WORKSPACES,
        summary="Close a workspace and forget it",
        detail="Its files stay; who names its folder has it again.",
        methods=DELETE,
        family_b=("/workspaces/{id}",),
        handler=removed,
        answer=said(),
        errors=("workspace_not_found",),
        of_workspace=False,
    ),
)
