"""How a connection gets its workspace and its language (``lifecycle.md`` §7, ``mcp-tools.md`` §1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gorev.locale import text
from tests.support.running_daemon import McpClient, RunningDaemon
from tests.support.workspace_client import WorkspaceClient, workspace_id


@contextmanager
def said_hello(daemon: RunningDaemon, **hello: Any) -> Iterator[McpClient]:
    """A client that opens with this hello."""
    client = McpClient(daemon.lock["mcp_endpoint"], hello)
    try:
        yield client
    finally:
        client.close()


def parameters(client: McpClient, answer: str) -> Mapping[str, Any]:
    """What the daemon answered to the hello, which must be of this kind."""
    assert client.welcome["method"] == f"notifications/gorev/{answer}"
    found: Mapping[str, Any] = client.welcome["params"]
    return found


@pytest.fixture
def folder(daemon: RunningDaemon) -> Path:
    """A folder that the daemon has not been told of."""
    return WorkspaceClient.of_new_folder(daemon).folder


def test_a_hello_opens_the_workspace_of_its_folder(daemon: RunningDaemon, folder: Path) -> None:
    with said_hello(daemon, workspace=str(folder), workspace_name="Mine", workspace_id="saved", lang="en") as client:
        welcome = parameters(client, "welcome")
        assert welcome["workspace"] == {"id": workspace_id(folder), "name": "Mine", "path": str(folder)}
        made = client.call("proje_olustur", isim="P")["structuredContent"]["proje"]
    assert made["workspace_id"] == workspace_id(folder)
    assert daemon.get("/api/projeler", X_Workspace_Id="saved").json["total"] == 1


def test_tools_that_only_read_are_named_as_repeatable(daemon: RunningDaemon, folder: Path) -> None:
    with said_hello(daemon, workspace=str(folder)) as client:
        repeatable = set(parameters(client, "welcome")["repeatable"])
    assert repeatable >= {"gorev_listele", "gorev_detay", "proje_listele", "proje_gorevleri"}
    writing = {"gorev_guncelle", "gorev_duzenle", "gorev_sil", "proje_olustur", "aktif_proje", "gorev_hierarchy"}
    assert repeatable.isdisjoint(writing)


def test_without_a_workspace_every_tool_says_how_to_name_one(daemon: RunningDaemon) -> None:
    told = set()
    for language in ("tr", "en"):
        with said_hello(daemon, workspace=None, lang=language) as client:
            assert parameters(client, "welcome")["workspace"] is None
            for tool, arguments in (("gorev_listele", {}), ("proje_olustur", {"isim": "x"})):
                outcome = client.call(tool, **arguments)
                assert outcome["isError"] is True
                assert outcome["structuredContent"]["code"] == "workspace_required"
                assert "GOREV_WORKSPACE" in outcome["content"][0]["text"]
                told.add(outcome["content"][0]["text"])
    assert len(told) == 2


def test_a_client_without_a_hello_gets_the_default_workspace(daemon: RunningDaemon) -> None:
    with daemon.mcp(hello=False) as client:
        made = client.call("proje_olustur", isim="P")["structuredContent"]["proje"]
    assert made["workspace_id"] == workspace_id(daemon.workspace)


@pytest.mark.parametrize("path", ["/does/not/exist", "relative/path", "/etc/hostname"])
def test_a_folder_that_cannot_be_had_is_refused_with_its_code(daemon: RunningDaemon, path: str) -> None:
    told = set()
    for language in ("tr", "en"):
        with said_hello(daemon, workspace=path, lang=language) as client:
            refusal = parameters(client, "refused")
            assert refusal["code"] == "invalid_value"
            told.add(refusal["message"])
    assert len(told) == 2


@pytest.mark.parametrize(
    ("asked", "language"), [("tr", "tr"), ("en", "en"), ("en_GB.UTF-8", "en"), ("de", "en"), (None, "en"), ("", "en")]
)
def test_a_session_speaks_its_own_language_else_the_daemon_s(
    daemon: RunningDaemon, folder: Path, asked: str | None, language: str
) -> None:
    """The daemon of these tests speaks English."""
    with said_hello(daemon, workspace=str(folder), lang=asked) as client:
        said = client.call("proje_listele")["content"][0]["text"]
    assert said == text(language, "There are no projects.")


def test_a_client_goes_on_when_its_workspace_was_closed_meanwhile(daemon: RunningDaemon, folder: Path) -> None:
    """A workspace is closed when it is removed, and when nobody used it for a while."""
    with said_hello(daemon, workspace=str(folder)) as client:
        made = client.call("proje_olustur", isim="P")["structuredContent"]["proje"]
        info = {"name": "test", "version": "1"}
        client.request("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info})
        client.request("resources/subscribe", {"uri": f"gorev://proje/{made['id']}"})
        assert daemon.delete(f"/api/v1/workspaces/{workspace_id(folder)}").status == 200
        assert client.call("proje_listele")["structuredContent"]["projeler"][0]["id"] == made["id"]
        changed = {"isim": "New"}
        answer = daemon.put(f"/api/proje/{made['id']}", changed, X_Workspace_Id=workspace_id(folder))
        assert answer.status == 200
        assert client.read()["method"] == "notifications/resources/updated"
