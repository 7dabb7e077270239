"""Every error code of ``rest-api.md`` §2, reached over HTTP and told in both languages: the table says how."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import attrs
import pytest

from gorev.daemon.token import TokenFile
from gorev.rest.reply import STATUS
from tests.support.fake_editor import FakeEditor
from tests.support.running_daemon import PATIENCE_SECONDS, Response, RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

NOBODY: Final = "00000000-0000-4000-8000-000000000000"


@attrs.frozen
class Wrong:
    """A request that is refused; one of a tool is refused in its result."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = attrs.Factory(dict)


def post(path: str, body: Any = None, **headers: str) -> Wrong:
    """A POST; header names are given with underscores."""
    return Wrong("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})


def tool(name: str, /, **arguments: Any) -> Wrong:
    """A call of a tool."""
    return post(f"/api/v1/mcp/{name}", arguments)


def template_without_fields(client: WorkspaceClient) -> Wrong:
    client.activate(client.project()["id"])
    return post("/api/template/bug/gorev", {"degerler": {"baslik": "x"}})


def template_without_project(client: WorkspaceClient) -> Wrong:
    values = {"konu": "x", "amac": "y", "sorular": "z", "kriterler": "w"}
    return post("/api/v1/tasks/from-template", {"template_id": "research", "values": values})


def two_of_one_prefix(client: WorkspaceClient) -> Wrong:
    rows = [{"id": f"abcdef01-0000-4000-8000-00000000000{number}", "baslik": "x"} for number in range(2)]
    client.request("POST", "/api/import", {"data": {"tasks": rows}, "preserve_ids": True})
    return Wrong("GET", "/api/gorev/abcdef01")


def waiting_task(client: WorkspaceClient) -> Wrong:
    first, second = client.task(), client.task()
    client.request("POST", "/api/baglanti", {"kaynak_id": first["id"], "hedef_id": second["id"]})
    return Wrong("PUT", f"/api/gorev/{second['id']}", {"durum": "devam_ediyor"})


def linked_twice(client: WorkspaceClient) -> Wrong:
    link = {"kaynak_id": client.task()["id"], "hedef_id": client.task()["id"]}
    client.request("POST", "/api/baglanti", link)
    return post("/api/baglanti", link)


def linked_in_a_circle(client: WorkspaceClient) -> Wrong:
    first, second, third = (client.task()["id"] for _ in range(3))
    for source, target in ((first, second), (second, third)):
        client.request("POST", "/api/baglanti", {"kaynak_id": source, "hedef_id": target})
    return post("/api/baglanti", {"kaynak_id": third, "hedef_id": first})


def parent_of_another_project(client: WorkspaceClient) -> Wrong:
    mine, theirs = (client.task(proje_id=client.project(name)["id"])["id"] for name in ("A", "B"))
    return Wrong("PUT", f"/api/gorev/{mine}/ust", {"yeni_parent_id": theirs})


def with_subtask(client: WorkspaceClient) -> str:
    task = str(client.task()["id"])
    client.task(parent_id=task)
    return task


def project_with_task(client: WorkspaceClient) -> str:
    project = str(client.project()["id"])
    client.task(proje_id=project)
    return project


def used_key(client: WorkspaceClient) -> Wrong:
    client.request("POST", "/api/gorev", {"baslik": "One"}, {"Idempotency-Key": "k"})
    return post("/api/gorev", {"baslik": "Other"}, Idempotency_Key="k")


def changed_meanwhile(client: WorkspaceClient) -> Wrong:
    task = client.task()["id"]
    client.change(task, baslik="Newer")
    return Wrong("DELETE", f"/api/gorev/{task}", headers={"If-Match": '"1"'})


def name_that_is_taken(client: WorkspaceClient) -> Wrong:
    profile = {"action": "save", "filters": {"durum": "beklemede"}}
    for name in ("mine", "other"):
        client.request("POST", "/api/v1/mcp/gorev_filter_profile", {**profile, "name": name})
    listed = client.request("POST", "/api/v1/mcp/gorev_filter_profile", {"action": "list"}).json["structuredContent"]
    (mine,) = [each["id"] for each in next(iter(listed.values())) if each["name"] == "mine"]
    return tool("gorev_filter_profile", **profile, profile_id=mine, name="other")


def shipped_profile(client: WorkspaceClient) -> Wrong:
    listed = client.request("POST", "/api/v1/mcp/gorev_filter_profile", {"action": "list"}).json["structuredContent"]
    shipped = next(each["id"] for each in next(iter(listed.values())) if each["is_default"])
    return tool("gorev_filter_profile", action="delete", profile_id=shipped)


def damaged_database(client: WorkspaceClient) -> Wrong:
    (client.folder / ".gorev").mkdir()
    (client.folder / ".gorev" / "gorev.db").write_bytes(b"This is no database. " * 500)
    return Wrong("GET", "/api/gorevler")


def row_that_does_not_fit(client: WorkspaceClient) -> Wrong:
    """What nobody expects: a failure of our own, as far as the program can tell."""
    client.project()
    (database,) = (client.folder / ".gorev").glob("*.db")
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("UPDATE projects SET created_at = 'no time'")
        connection.commit()
    return Wrong("GET", "/api/projeler")


TABLE: Final[dict[str, Callable[[WorkspaceClient], Wrong]]] = {
    "bad_request": lambda _: post("/api/gorev", b"{"),
    "missing_parameter": lambda _: post("/api/gorev", {}),
    "missing_fields": template_without_fields,
    "invalid_value": lambda _: Wrong("GET", "/api/gorevler?limit=0"),
    "invalid_status": lambda client: Wrong("PUT", f"/api/gorev/{client.task()['id']}", {"durum": "bitti mi"}),
    "invalid_priority": lambda _: post("/api/gorev", {"baslik": "x", "oncelik": "çok"}),
    "invalid_date": lambda _: post("/api/gorev", {"baslik": "x", "son_tarih": "2025-02-30"}),
    "invalid_format": lambda _: post("/api/import", {"data": "no title here", "format": "csv"}),
    "invalid_reference": lambda _: post("/api/import", {"data": {"tasks": [{"baslik": "x", "proje_id": NOBODY}]}}),
    "conflicting_alias": lambda _: post("/api/gorev", {"baslik": "x", "title": "y"}),
    "ambiguous_id": two_of_one_prefix,
    "no_active_project": template_without_project,
    "confirmation_required": lambda client: tool("gorev_sil", id=client.task()["id"]),
    "path_not_allowed": lambda _: post("/api/export", {"output_path": "/etc/gorev.json"}),
    "workspace_required": lambda _: post("/api/v1/mcp/gorev_listele", {}, X_Workspace_Path="/does/not/exist"),
    "forbidden_origin": lambda _: Wrong("GET", "/api/gorevler", headers={"Origin": "http://elsewhere.example"}),
    "task_not_found": lambda _: Wrong("GET", f"/api/gorev/{NOBODY}"),
    "project_not_found": lambda _: Wrong("GET", f"/api/v1/projects/{NOBODY}"),
    "template_not_found": lambda _: Wrong("GET", "/api/template/none"),
    "parent_not_found": lambda _: post("/api/gorev", {"baslik": "x", "parent_id": NOBODY}),
    "dependency_not_found": lambda _: Wrong("DELETE", f"/api/baglanti/{NOBODY}"),
    "profile_not_found": lambda _: tool("gorev_filter_profile", action="load", name="none"),
    "watch_not_found": lambda _: tool("gorev_file_watch", action="remove", watch_id=1),
    "workspace_not_found": lambda _: Wrong("GET", "/api/v1/workspaces/none"),
    "file_not_found": lambda _: post("/api/import", {"file_path": "none.json"}),
    "ide_not_found": lambda _: tool("ide_manage", action="install", ide="windsurf"),
    "not_found": lambda _: Wrong("GET", "/api/none"),
    "method_not_allowed": lambda _: Wrong("PUT", "/api/gorevler", {}),
    "payload_too_large": lambda _: post("/api/gorev", b" " * (4 * 1024 * 1024 + 1)),
    "unsupported_media_type": lambda _: post("/api/gorev", b"baslik=x", Content_Type="text/plain"),
    "dependency_incomplete": waiting_task,
    "subtasks_incomplete": lambda client: Wrong(
        "PUT", f"/api/v1/tasks/{with_subtask(client)}", {"status": "completed"}
    ),
    "has_subtasks": lambda client: Wrong("DELETE", f"/api/v1/tasks/{with_subtask(client)}"),
    "cycle_detected": linked_in_a_circle,
    "self_dependency": lambda client: post("/api/baglanti", dict.fromkeys(("kaynak_id", "hedef_id"), one(client))),
    "duplicate_dependency": linked_twice,
    "project_mismatch": parent_of_another_project,
    "has_tasks": lambda client: Wrong("DELETE", f"/api/proje/{project_with_task(client)}"),
    "default_profile": shipped_profile,
    "idempotency_mismatch": used_key,
    "conflict": name_that_is_taken,
    "resync": lambda _: Wrong("GET", "/api/olaylar?since=1"),
    "stale_revision": changed_meanwhile,
    "upgrade_required": lambda _: Wrong("GET", "/ws"),
    "internal_error": row_that_does_not_fit,
    "io_error": lambda _: post("/api/export", {"output_path": f"{'x' * 300}.json"}),
    "workspace_unavailable": damaged_database,
}

# Those that are below, and busy, which takes long, in test_busy.
ALONE: Final = {"busy", "cancelled", "download_failed", "not_ready", "shutting_down", "unauthorized"}

# rest-api.md §2, row by row.
OF_THE_CONTRACT: Final = """
    bad_request missing_parameter missing_fields invalid_value invalid_status invalid_priority invalid_date
    invalid_format invalid_reference conflicting_alias ambiguous_id no_active_project confirmation_required
    path_not_allowed workspace_required unauthorized forbidden_origin task_not_found project_not_found
    template_not_found parent_not_found dependency_not_found profile_not_found watch_not_found workspace_not_found
    file_not_found ide_not_found not_found method_not_allowed payload_too_large unsupported_media_type
    dependency_incomplete subtasks_incomplete has_subtasks cycle_detected self_dependency duplicate_dependency
    project_mismatch has_tasks default_profile idempotency_mismatch cancelled conflict resync stale_revision
    upgrade_required internal_error io_error download_failed not_ready shutting_down busy workspace_unavailable
"""

TOLD_TO_NOBODY: Final = re.compile(
    r"Traceback|\.py\b|SELECT |INSERT |UPDATE |sqlite|no such table|Exception|object at 0x"
)


def one(client: WorkspaceClient) -> str:
    """The id of a new task."""
    return str(client.task()["id"])


def check(response: Response, code: str) -> str:
    """The message of an answer, which must be an error of this code and tell nothing of the program's inside."""
    answer = response.json
    assert not TOLD_TO_NOBODY.search(response.content.decode())
    if "structuredContent" in answer:
        assert (response.status, answer["isError"]) == (200, True)
        assert answer["structuredContent"]["code"] == code
        return str(answer["content"][0]["text"])
    assert (response.status, answer["code"]) == (STATUS.get(code, 400), code)
    assert answer["success"] is False
    assert answer["message"]
    if code != "workspace_required":  # whose words clients of the original look for
        assert answer["error"] == answer["message"]
    return str(answer["message"])


def test_the_table_has_every_code_of_the_contract() -> None:
    assert TABLE.keys() | ALONE == set(OF_THE_CONTRACT.split())
    assert not TABLE.keys() & ALONE
    assert STATUS.keys() <= set(OF_THE_CONTRACT.split())


@pytest.mark.parametrize("code", TABLE)
def test_a_code_is_reached_and_told_in_the_caller_s_language(client: WorkspaceClient, code: str) -> None:
    wrong = TABLE[code](client)
    told = []
    for language in ("tr", "en"):
        headers = {**wrong.headers, "Accept-Language": language}
        told.append(check(client.request(wrong.method, wrong.path, wrong.body, headers), code))
    assert told[0] != told[1]


def test_an_import_that_was_ended_is_cancelled(client: WorkspaceClient) -> None:
    (client.folder / "many.json").write_text(json.dumps([{"title": f"Task {number}"} for number in range(20_000)]))
    told = []
    for language in ("tr", "en"):
        answers: list[Response] = []
        headers = {"Accept-Language": language}
        body = {"file_path": "many.json", "operation_id": language}
        sent = threading.Thread(
            target=lambda: answers.append(client.request("POST", "/api/import", body, headers))  # noqa: B023
        )
        sent.start()
        wait_for(lambda: client.request("DELETE", f"/api/operations/{language}").status == 200)  # noqa: B023
        sent.join()
        told.append(check(answers[0], "cancelled"))
    assert told[0] != told[1]


def test_an_editor_that_cannot_fetch_an_extension_is_a_failed_download(
    own_daemon: RunningDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own_daemon.home / "bin"
    folder.mkdir()
    FakeEditor.make(folder, "code", offered=None)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    told = [
        check(
            client.request(
                "POST",
                "/api/v1/mcp/ide_manage",
                {"action": "install", "ide": "vscode"},
                {"Accept-Language": language},
            ),
            "download_failed",
        )
        for language in ("tr", "en")
    ]
    assert told[0] != told[1]


def test_where_a_token_is_required_nobody_else_is_let_in(own_daemon: RunningDaemon) -> None:
    folder = own_daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("require_token = true\n")
    TokenFile(folder / "token").create()
    own_daemon.start()
    answers = [own_daemon.get("/api/gorevler", Accept_Language=language) for language in ("tr", "en")]
    assert check(answers[0], "unauthorized") != check(answers[1], "unauthorized")
    assert answers[0].headers["www-authenticate"] == "Bearer"


def test_a_daemon_that_ends_says_so_to_who_is_still_connected(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    client = WorkspaceClient(own_daemon, own_daemon.workspace)
    rows = [{"title": f"Task {number}"} for number in range(20_000)]
    (Path(client.folder) / "many.json").write_text(json.dumps(rows))
    long = threading.Thread(target=lambda: client.request("POST", "/api/import", {"file_path": "many.json"}))
    address = urlsplit(own_daemon.url)
    kept = HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE_SECONDS)

    def asked(path: str, language: str) -> Response:
        kept.request("GET", path, headers={"Accept-Language": language})
        response = kept.getresponse()
        return Response(response.status, {}, response.read())

    assert asked("/api/gorevler", "en").status == 200
    with closing(kept), own_daemon.events() as stream:
        long.start()
        stream.until(lambda frame: frame["type"] == "progress")
        os.kill(own_daemon.pid, signal.SIGTERM)
        wait_for(lambda: asked("/api/health", "en").status == 503)
        for code, path in (("shutting_down", "/api/gorevler"), ("not_ready", "/api/health/ready")):
            assert check(asked(path, "tr"), code) != check(asked(path, "en"), code)
    long.join()
