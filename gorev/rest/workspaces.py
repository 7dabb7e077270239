"""Routes on workspaces (``rest-api.md`` §4.15)."""

from __future__ import annotations

import msgspec

from gorev.domain.errors import WorkspaceNotFound
from gorev.rest.call import Call
from gorev.rest.reply import Reply
from gorev.services.registry import KnownWorkspace
from gorev.wire.encode import instant
from gorev.wire.kinds import Text
from gorev.wire.vocabulary import WORKSPACE


class Registration(msgspec.Struct, kw_only=True):
    """A folder that a client works in; ``workspace_id`` is an id that it saved earlier."""

    path: Text
    name: Text | None = None
    workspace_id: Text | None = None


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
    body = call.body(Registration, WORKSPACE)
    workspace = await call.workspaces.register(body.path, body.name, body.workspace_id)
    encoded = await _encoded(call, _known(call, workspace.id))
    return Reply(body={"success": True, "workspace_id": workspace.id, "workspace": encoded})


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
