"""How a connection on the local socket gets its workspace (``lifecycle.md`` §7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gorev.locale import LANGUAGES
from gorev.mcp.host import Attachment, Hello
from gorev.services.workspace import Workspace
from gorev.services.workspaces import Workspaces


class WorkspaceHost:
    """The daemon as connections see it. ``hand_over`` is called when a newer program asks the daemon to end."""

    def __init__(
        self, workspaces: Workspaces, default_language: str, hand_over: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._workspaces = workspaces
        self._default_language = default_language
        self._hand_over = hand_over
        self._clients: set[str] = set()

    @property
    def client_count(self) -> int:
        """How many are connected."""
        return len(self._clients)

    def language(self, asked: str | None) -> str:
        """The one asked for if it is ours, else the daemon's."""
        tag = (asked or "")[:2].lower()
        return tag if tag in LANGUAGES else self._default_language

    async def attach(self, hello: Hello | None) -> Attachment:
        """The workspace that the hello names; of a caller without hello the default one.

        @raise InvalidValue, WorkspaceUnavailable: it cannot be had.
        """
        if hello is None:
            workspace = await self._workspaces.resolve()
        elif hello.workspace is None:
            return Attachment(workspace=None, description=None)
        else:
            workspace = await self._workspaces.register(hello.workspace, hello.workspace_name, hello.workspace_id)
        description = {"id": workspace.id, "name": workspace.name, "path": str(workspace.path)}
        return Attachment(workspace=workspace, description=description)

    async def current(self, workspace: Workspace | None) -> Workspace | None:
        """The open workspace of the same folder.

        @raise InvalidValue, WorkspaceNotFound, WorkspaceUnavailable: there is none any more.
        """
        if workspace is None:
            return None
        at_hand = self._workspaces.at_hand(workspace.id)
        return at_hand or await self._workspaces.resolve(workspace.id, str(workspace.path))

    def connected(self, session: str, client: str) -> int:
        """Count a client."""
        self._clients.add(session)
        return len(self._clients)

    def disconnected(self, session: str) -> int:
        """Count it no more."""
        self._clients.discard(session)
        return len(self._clients)

    async def handover(self, version: str) -> bool:
        """A newer program waits for this daemon to end."""
        return await self._hand_over(version)
