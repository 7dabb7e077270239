"""A client of one workspace of a running daemon, over REST, and what it knows of ids."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs

from tests.support.running_daemon import Response, RunningDaemon


def workspace_id(folder: Path) -> str:
    """The id of the workspace at ``folder`` (``data-model.md`` rule W1)."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


@attrs.frozen
class WorkspaceClient:
    """Requests that name their workspace by its folder."""

    daemon: RunningDaemon
    folder: Path

    @classmethod
    def of_new_folder(cls, daemon: RunningDaemon) -> WorkspaceClient:
        """A workspace that nothing has been done in."""
        return cls(daemon, Path(tempfile.mkdtemp(prefix="workspace-", dir=daemon.home)))

    @property
    def id(self) -> str:
        """The workspace's id."""
        return workspace_id(self.folder)

    def request(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
        """One request."""
        named = {"X-Workspace-Path": quote(str(self.folder)), "Accept-Language": "en"}
        return self.daemon.request(method, path, body, named | dict(headers or {}))

    def get(self, path: str) -> Any:
        """The body of a GET that succeeds."""
        response = self.request("GET", path)
        assert response.status == 200, response.content
        return response.json

    def task(self, title: str = "A task", **fields: Any) -> Any:
        """A new task, in Turkish names."""
        return self._made("/api/gorev", {"baslik": title, **fields})

    def project(self, name: str = "A project", **fields: Any) -> Any:
        """A new project, in Turkish names."""
        return self._made("/api/proje", {"isim": name, **fields})

    def change(self, task_id: str, **fields: Any) -> Any:
        """A task after a change, in Turkish names."""
        response = self.request("PUT", f"/api/gorev/{task_id}", fields)
        assert response.status == 200, response.content
        return response.json["data"]

    def activate(self, project_id: str) -> None:
        """Make a project the active one."""
        assert self.request("POST", f"/api/proje/{project_id}/aktif").status == 200

    def seq(self) -> int:
        """The number of the workspace's last change."""
        return int(self.request("GET", "/api/gorevler?limit=1").headers["x-gorev-seq"])

    def _made(self, path: str, body: Any) -> Any:
        response = self.request("POST", path, body)
        assert response.status == 201, response.content
        return response.json["data"]
