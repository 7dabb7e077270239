"""MCP by the path that the original's proxy takes (``rest-api.md`` §5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.families import refused
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient


def called(client: WorkspaceClient, name: str, body: Any = None, **headers: str) -> Any:
    """The bare result."""
    sent = {header.replace("_", "-"): value for header, value in headers.items()}
    response = client.request("POST", f"/api/v1/mcp/{name}", body, sent)
    assert response.status == 200, response.content
    assert "jsonrpc" not in response.json
    return response.json


def test_a_tool_is_called_by_its_name_and_answers_its_bare_result(client: WorkspaceClient) -> None:
    task = client.task("Demo")
    result = called(client, "gorev_guncelle", {"id": task["id"], "durum": "tamamlandi"})
    assert result["isError"] is False
    assert task["id"] in result["content"][0]["text"]
    assert result["structuredContent"]["gorev"]["durum"] == "tamamlandi"
    assert result["structuredContent"]["degisiklikler"]["durum"] == {"eski": "beklemede", "yeni": "tamamlandi"}
    assert client.get(f"/api/gorev/{task['id']}")["data"]["durum"] == "tamamlandi"


def test_the_methods_of_the_protocol_are_reached_with_their_slash(client: WorkspaceClient) -> None:
    tools = called(client, "tools/list")["tools"]
    assert len(tools) == 24
    assert called(client, "tools/list/", {})["tools"] == tools
    begun = called(client, "initialize", {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {}})
    assert begun["protocolVersion"] == "2024-11-05"
    assert begun["serverInfo"]["name"] == "gorev"
    assert called(client, "ping") == {}
    assert called(client, "notifications/initialized", {}) == {}
    assert called(client, "notifications/anything") == {}
    assert "resources" in called(client, "resources/list")
    assert "resourceTemplates" in called(client, "resources/templates/list")
    result = called(client, "tools/call", {"name": "ozet_goster", "arguments": {}})
    assert result["isError"] is False


@pytest.mark.parametrize("body", [None, b"", b"null", b"{}", b"  "])
def test_a_body_may_be_empty_or_null(client: WorkspaceClient, body: bytes | None) -> None:
    assert called(client, "proje_listele", body)["isError"] is False


def test_a_tool_that_refuses_is_a_result_all_the_same(client: WorkspaceClient) -> None:
    result = called(client, "gorev_detay", {"id": "00000000-0000-4000-8000-000000000000"})
    assert result["isError"] is True
    assert result["structuredContent"]["code"] == "task_not_found"


@pytest.mark.parametrize(
    ("name", "body"), [("no_such_tool", {}), ("tools/call", {"name": "no_such_tool", "arguments": {}})]
)
def test_an_unknown_tool_is_a_tool_s_error(client: WorkspaceClient, name: str, body: object) -> None:
    result = called(client, name, body)
    assert result["isError"] is True
    assert "no_such_tool" in result["content"][0]["text"]
    assert result["structuredContent"]["code"] == "not_found"


def test_an_unknown_method_is_not_found(client: WorkspaceClient) -> None:
    refused(client, "POST", "/api/v1/mcp/no/such/method", {}, status=404, code="not_found")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"1"])
def test_a_body_that_is_no_object_is_refused(client: WorkspaceClient, body: bytes) -> None:
    refused(client, "POST", "/api/v1/mcp/gorev_listele", body, status=400, code="bad_request")


def test_params_that_the_protocol_does_not_allow_are_refused(client: WorkspaceClient) -> None:
    refused(client, "POST", "/api/v1/mcp/tools/call", {"name": 7}, status=400, code="bad_request")


@pytest.mark.parametrize(
    "headers",
    [{"X-Workspace-Id": "never-heard-of", "X-Workspace-Path": ""}, {"X-Workspace-Path": "/does/not/exist"}],
)
def test_without_a_workspace_the_original_s_words_are_said(client: WorkspaceClient, headers: dict[str, str]) -> None:
    for language in ("tr", "en"):
        sent = {**headers, "Accept-Language": language}
        response = client.request("POST", "/api/v1/mcp/gorev_listele", {}, sent)
        assert response.status == 400
        assert (response.json["code"], response.json["error"]) == ("workspace_required", "Missing workspace context")
        assert response.json["message"]


def test_a_change_is_told_once_and_bears_the_caller_s_name(client: WorkspaceClient) -> None:
    with client.daemon.events(f"workspace_id={client.id}&format=simple") as stream:
        called(client, "gorev_listele")
        called(client, "proje_olustur", {"isim": "By proxy"}, User_Agent="gorev-proxy/0.17")
        event = stream.read()
        called(client, "gorev_detay", {"id": "none-such"})
        client.task()
        assert stream.read()["seq"] == event["seq"] + 1
    assert (event["type"], event["actor"]) == ("project_created", {"client": "gorev-proxy", "type": "mcp"})


def test_a_key_in_the_header_means_what_it_means_among_the_arguments(client: WorkspaceClient) -> None:
    first = called(client, "proje_olustur", {"isim": "Once"}, Idempotency_Key="k")
    again = called(client, "proje_olustur", {"isim": "Once"}, Idempotency_Key="k")
    assert again["structuredContent"] == first["structuredContent"]
    assert client.get("/api/projeler")["total"] == 1
    other = called(client, "proje_olustur", {"isim": "Another"}, Idempotency_Key="k")
    assert other["structuredContent"]["code"] == "idempotency_mismatch"
    assert called(client, "gorev_listele", {}, Idempotency_Key="k")["isError"] is False


def test_tools_speak_the_language_of_the_request(daemon: RunningDaemon, client: WorkspaceClient) -> None:
    told = {
        language: called(client, "ozet_goster", {}, Accept_Language=language)["content"][0]["text"]
        for language in ("tr", "en")
    }
    assert told["tr"] != told["en"]
