"""``/mcp`` of a running daemon: its guard, its workspaces, both eras beside each other, and its stop."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.http_assistants import MODERN, HttpAssistant
from tests.support.raw_http import is_well
from tests.support.running_daemon import RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient

LIMIT_BYTES = 4 * 1024 * 1024
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.com"}, 403),
        ({"Origin": "http://evil.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Accept": "text/html"}, 406),
        ({}, 400),
        ({"Mcp-Session-Id": "unknown"}, 404),
        ({"MCP-Protocol-Version": MODERN}, 400),
    ],
)
def test_what_is_refused_before_anything_is_done(daemon: RunningDaemon, headers: dict[str, str], status: int) -> None:
    answer = HttpAssistant(daemon).post(PING, **headers)
    assert answer.status == status
    assert answer.headers["content-type"].startswith("application/json")
    assert is_well(daemon)


def test_the_page_of_the_daemon_may_ask_and_gets_its_headers(daemon: RunningDaemon) -> None:
    answer = HttpAssistant(daemon).legacy().post(PING, Origin=daemon.url)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == daemon.url


@pytest.mark.parametrize(("extra", "status"), [(-1000, 200), (0, 413)])
def test_a_message_has_four_mebibytes_at_most(daemon: RunningDaemon, extra: int, status: int) -> None:
    message = PING | {"params": {"padding": "x" * (LIMIT_BYTES + extra)}}
    assert HttpAssistant(daemon).legacy().post(message).status == status


@pytest.mark.parametrize("path", ["/mcp/a/b", "/mcp/a/../../x", "/mcpx"])
def test_other_addresses_are_not_mcp(daemon: RunningDaemon, path: str) -> None:
    answer = HttpAssistant(daemon, path).request("tools/list")
    assert answer.status in (404, 405)


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_the_workspace_is_that_of_the_address_else_of_the_headers_else_the_default(
    daemon: RunningDaemon, era: str
) -> None:
    default = WorkspaceClient(daemon, daemon.workspace)
    named = WorkspaceClient.of_new_folder(daemon)
    default.task("In the default one")
    named.task("In the named one")
    other = {"X-Workspace-Path": quote(str(daemon.workspace))}
    expected = [
        (HttpAssistant(daemon), "In the default one"),
        (HttpAssistant(daemon, "/mcp/"), "In the default one"),
        (HttpAssistant(daemon, f"/mcp/{named.id}"), "In the named one"),
        (HttpAssistant(daemon, f"/mcp/{named.id}/", other), "In the named one"),
        (HttpAssistant(daemon, headers={"X-Workspace-Id": named.id}), "In the named one"),
        (HttpAssistant(daemon, headers={"X-Workspace-Path": quote(str(named.folder))}), "In the named one"),
    ]
    for assistant, title in expected:
        client = assistant.legacy() if era == "legacy" else assistant
        tasks = client.call("gorev_listele", tum_projeler=True)["structuredContent"]["gorevler"]
        assert title in [task["baslik"] for task in tasks]
        assert len({task["baslik"] for task in tasks}) == 1


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_an_unknown_workspace_is_the_outcome_of_a_call(daemon: RunningDaemon, era: str) -> None:
    assistant = HttpAssistant(daemon, "/mcp/0123456789abcdef")
    client = assistant.legacy() if era == "legacy" else assistant
    result = client.call("gorev_listele")
    assert result["isError"] is True
    assert result["structuredContent"]["code"] == "workspace_not_found"


def test_texts_are_in_the_language_that_is_accepted(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    path = f"/mcp/{client.id}"
    client.project()
    said = {}
    for language in ("tr", "en", "en-GB;q=0.5, tr;q=0.1", "de"):
        assistant = HttpAssistant(daemon, path, {"Accept-Language": language})
        said[language] = assistant.call("proje_listele")["content"][0]["text"]
    assert said["tr"] != said["en"] == said["en-GB;q=0.5, tr;q=0.1"]
    assert said["de"] == said["en"]  # of this daemon


def test_a_change_says_which_assistant_made_it(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    task = client.task()["id"]
    with daemon.events(f"workspace_id={client.id}") as events:
        for assistant, name in (
            (HttpAssistant(daemon, f"/mcp/{client.id}"), "modern-client"),
            (HttpAssistant(daemon, f"/mcp/{client.id}").legacy(), "old-client"),
        ):
            assert not assistant.call("gorev_duzenle", id=task, baslik=f"By {name}").get("isError")
            event = events.until(lambda frame: frame.get("actor") is not None)
            assert event["actor"] == {"client": name, "type": "mcp"}


def test_assistants_of_both_eras_hear_of_each_other(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    task = client.task()["id"]
    uri = f"gorev://gorev/{task}"
    modern = HttpAssistant(daemon, f"/mcp/{client.id}")
    old = modern.legacy()
    assert old.request("resources/subscribe", {"uri": uri}).json["result"] == {}
    wanted = {"notifications": {"resourceSubscriptions": [uri]}}
    with old.stream() as standing, modern.asking("subscriptions/listen", wanted) as listening:
        assert listening.read()["method"] == "notifications/subscriptions/acknowledged"
        for assistant in (modern, old):
            assert not assistant.call("gorev_duzenle", id=task, baslik=assistant.path + str(assistant.headers))[
                "isError"
            ]
            for events in (standing, listening):
                told = events.read()
                assert (told["method"], told["params"]["uri"]) == ("notifications/resources/updated", uri)


def clients(daemon: RunningDaemon) -> int:
    """How many assistants the daemon says it has."""
    return int(daemon.get("/api/health/ready").json["mcp_clients"])


def test_sessions_and_subscriptions_count_as_clients(daemon: RunningDaemon) -> None:
    before = clients(daemon)
    old = HttpAssistant(daemon).legacy()
    assert clients(daemon) == before + 1
    HttpAssistant(daemon).call("ozet_goster")
    assert clients(daemon) == before + 1
    with HttpAssistant(daemon).asking("subscriptions/listen", {"notifications": {"toolsListChanged": True}}) as events:
        events.read()
        assert clients(daemon) == before + 2
    wait_for(lambda: clients(daemon) == before + 1)
    assert daemon.request("DELETE", "/mcp", headers=old.headers).status == 204
    assert clients(daemon) == before


def test_a_stop_ends_every_stream_as_it_should(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    old = HttpAssistant(own_daemon).legacy()
    wanted: dict[str, Any] = {"notifications": {"toolsListChanged": True}}
    with old.stream() as standing, HttpAssistant(own_daemon).asking("subscriptions/listen", wanted) as listening:
        listening.read()
        own_daemon.stop()
        assert standing.rest() == []
        assert [message["result"]["resultType"] for message in listening.rest()] == ["complete"]
