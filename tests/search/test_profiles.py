"""Filter profiles: shipped ones, and what can be done with them through the tool (``mcp-tools.md`` §4.4)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running_daemon import McpClient, RunningDaemon
from tests.support.workspace_client import WorkspaceClient

TOOL = "gorev_filter_profile"
FIELDS = {
    "id",
    "name",
    "description",
    "filters",
    "search_query",
    "is_default",
    "use_count",
    "last_used_at",
    "created_at",
    "updated_at",
}


@pytest.fixture
def client(daemon: RunningDaemon) -> WorkspaceClient:
    """A client of an empty workspace that belongs to the test alone."""
    return WorkspaceClient.of_new_folder(daemon)


@pytest.fixture
def assistant(client: WorkspaceClient) -> Iterator[McpClient]:
    """An assistant in that workspace, in English."""
    with client.daemon.mcp("en", client.folder) as connected:
        yield connected


def call(assistant: McpClient, action: str, **arguments: Any) -> Any:
    """The struct of a call that succeeds."""
    outcome = assistant.call(TOOL, action=action, **arguments)
    assert not outcome.get("isError"), outcome
    return outcome["structuredContent"]


def refused(assistant: McpClient, **arguments: Any) -> tuple[str, Any]:
    """Code and details of a call that does not."""
    outcome = assistant.call(TOOL, **arguments)
    assert outcome["isError"], outcome
    assert outcome["content"][0]["text"] == outcome["structuredContent"]["message"]
    return outcome["structuredContent"]["code"], outcome["structuredContent"].get("details", {})


def names(assistant: McpClient, **arguments: Any) -> list[str]:
    return [profile["name"] for profile in call(assistant, "list", **arguments)["profiller"]]


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "tr",
            {
                "Yüksek Öncelik": {"oncelik": "yuksek"},
                "Devam Ediyor": {"durum": "devam_ediyor"},
                "Bekleyen": {"durum": "beklemede"},
                "Acil Görevler": {"durum": "beklemede", "oncelik": "yuksek"},
            },
        ),
        (
            "en",
            {
                "High Priority": {"oncelik": "yuksek"},
                "In Progress": {"durum": "devam_ediyor"},
                "Pending": {"durum": "beklemede"},
                "Urgent Tasks": {"durum": "beklemede", "oncelik": "yuksek"},
            },
        ),
    ],
)
def test_a_new_database_has_the_shipped_profiles_in_the_daemon_s_language_and_keeps_them(
    own_daemon: RunningDaemon, language: str, wanted: dict[str, Any]
) -> None:
    for spoken in (language, "en" if language == "tr" else "tr"):
        own_daemon.options = ("--lang", spoken)
        own_daemon.start()
        with own_daemon.mcp("en") as assistant:
            profiles = call(assistant, "list")["profiller"]
        assert {profile["name"]: profile["filters"] for profile in profiles} == wanted
        assert all(profile["is_default"] and profile["description"] for profile in profiles)
        own_daemon.stop()


def test_a_profile_is_saved_and_given_back_as_it_was_said(assistant: McpClient) -> None:
    filters = {"durum": ["beklemede", "devam_ediyor"], "oncelik": "yuksek", "etiket": ["api"], "son_tarih": "bu_hafta"}
    further = {"enable_fuzzy": False, "fuzzy_threshold": 0.8, "created_after": "2025-01-01", "filtre": "acil"}
    saved = call(assistant, "save", name=" Günlük ", filters=filters | further, description="her gün", search_query="x")
    profile = saved["profil"]
    assert profile.keys() == FIELDS
    assert (profile["name"], profile["description"], profile["search_query"]) == ("Günlük", "her gün", "x")
    assert profile["filters"] == filters | further
    assert (profile["is_default"], profile["use_count"], profile["last_used_at"]) == (False, 0, None)
    assert isinstance(profile["id"], int)


def test_aliases_of_actions_and_parameters_are_understood(assistant: McpClient) -> None:
    made = call(assistant, "create", profile_name="A", filters={"status": "pending"}, aciklama="d")["profil"]
    assert (made["filters"], made["description"]) == ({"durum": "beklemede"}, "d")
    assert call(assistant, "get", isim="a")["profil"]["use_count"] == 1
    changed = call(assistant, "update", id=str(made["id"]), name="B")["profil"]
    assert (changed["id"], changed["name"], changed["filters"]) == (made["id"], "B", made["filters"])


def test_saving_under_a_known_name_changes_that_profile(assistant: McpClient) -> None:
    made = call(assistant, "save", name="A", filters={"durum": "beklemede"}, description="d")["profil"]
    again = call(assistant, "save", name="A", filters={"durum": "iptal"})["profil"]
    assert (again["id"], again["filters"], again["description"]) == (made["id"], {"durum": "iptal"}, "d")
    assert again["created_at"] == made["created_at"] < again["updated_at"]
    assert names(assistant).count("A") == 1


def test_loading_counts_the_uses(assistant: McpClient) -> None:
    made = call(assistant, "save", name="A", search_query="login", filters={})["profil"]
    for count in (1, 2):
        loaded = call(assistant, "load", profile_id=made["id"])["profil"]
        assert loaded["use_count"] == count
        assert loaded["last_used_at"] > made["created_at"]


def test_the_list_has_shipped_ones_first_then_by_use_and_name(assistant: McpClient) -> None:
    shipped = names(assistant, defaults_only=True)
    for name in ("b", "a", "c"):
        call(assistant, "save", name=name, search_query="x")
    call(assistant, "load", name="c")
    call(assistant, "load", name=shipped[-1])
    assert names(assistant) == [shipped[-1], *shipped[:-1], "c", "a", "b"]
    assert sorted(names(assistant, defaults_only="evet")) == sorted(shipped)


def test_a_profile_is_deleted_by_number_or_name(assistant: McpClient) -> None:
    for key in ("name", "profile_id"):
        made = call(assistant, "save", name="A", search_query="x")["profil"]
        gone = call(assistant, "delete", **{key: "A" if key == "name" else made["id"]})
        assert gone["profil"]["id"] == made["id"]
        assert refused(assistant, action="load", name="A")[0] == "profile_not_found"


def test_loading_may_run_the_search(client: WorkspaceClient, assistant: McpClient) -> None:
    client.task("login one", oncelik="yuksek")
    client.task("login two")
    call(assistant, "save", name="A", filters={"oncelik": "yuksek"}, search_query="logn")
    outcome = assistant.call(TOOL, action="load", name="A", apply=True)
    structured = outcome["structuredContent"]
    assert [each["task"]["baslik"] for each in structured["results"]] == ["login one"]
    assert structured["profil"]["use_count"] == structured["total_count"] == 1
    assert "login one" in outcome["content"][0]["text"]
    profile = call(assistant, "load", name="A")["profil"]
    same = assistant.call("gorev_search", mode="advanced", query=profile["search_query"], filters=profile["filters"])
    assert same["structuredContent"]["results"] == structured["results"]


def test_how_to_search_is_part_of_a_profile(client: WorkspaceClient, assistant: McpClient) -> None:
    client.task("login")
    call(assistant, "save", name="strict", filters={"enable_fuzzy": False}, search_query="logn")
    call(assistant, "save", name="loose", filters={"fuzzy_threshold": 0.5}, search_query="lgn")
    assert call(assistant, "load", name="strict", apply=True)["total_count"] == 0
    assert call(assistant, "load", name="loose", apply=True)["total_count"] == 1


def test_what_cannot_be_done_with_a_profile_is_refused(assistant: McpClient) -> None:
    shipped = names(assistant)[0]
    call(assistant, "save", name="A", search_query="x")
    other = call(assistant, "save", name="B", search_query="x")["profil"]
    for arguments, code, details in (
        ({"action": "delete", "name": shipped}, "default_profile", {"name": shipped}),
        ({"action": "load", "name": "Z"}, "profile_not_found", {"profile": "Z"}),
        ({"action": "delete", "profile_id": 999}, "profile_not_found", {"profile": 999}),
        ({"action": "save", "profile_id": 999, "name": "Z", "filters": {}}, "profile_not_found", {"profile": 999}),
        ({"action": "save", "profile_id": other["id"], "name": "A"}, "conflict", {"name": "A"}),
        ({"action": "save", "search_query": "x"}, "missing_parameter", {"field": "name"}),
        ({"action": "save", "name": "Z"}, "missing_parameter", {"fields": ["filters", "search_query"]}),
        ({"action": "save", "name": "Z", "filters": {}}, "missing_parameter", {"fields": ["filters", "search_query"]}),
        ({"action": "load"}, "missing_parameter", {"fields": ["name", "profile_id"]}),
        ({"action": "delete"}, "missing_parameter", {"fields": ["name", "profile_id"]}),
        ({}, "missing_parameter", {"field": "action", "allowed": ["save", "load", "list", "delete"]}),
    ):
        assert refused(assistant, **arguments) == (code, details), arguments
    for arguments, code, field in (
        ({"action": "drop"}, "invalid_value", "action"),
        ({"action": "save", "name": "Z", "filters": {"renk": "mavi"}}, "invalid_value", "renk"),
        ({"action": "save", "name": "Z", "filters": {"durum": "yarim"}}, "invalid_status", "durum"),
        ({"action": "save", "name": "Z", "filters": {"due_after": "yarim"}}, "invalid_date", "due_after"),
        ({"action": "save", "name": " ", "search_query": "x"}, "invalid_value", "name"),
        ({"action": "save", "name": "Z", "search_query": "x" * 1_001}, "invalid_value", "search_query"),
        ({"action": "load", "profile_id": 0}, "invalid_value", "profile_id"),
        ({"action": "load", "profile_id": 10**30}, "invalid_value", "profile_id"),
    ):
        got, details = refused(assistant, **arguments)
        assert (got, details["field"]) == (code, field), arguments
    assert sorted(names(assistant)[-2:]) == ["A", "B"]


def test_refusals_are_told_in_both_languages(client: WorkspaceClient) -> None:
    for arguments in ({"action": "load", "name": "Z"}, {"action": "delete", "profile_id": 1}):
        told = []
        for language in ("tr", "en"):
            with client.daemon.mcp(language, client.folder) as assistant:
                told.append(assistant.call(TOOL, **arguments)["content"][0]["text"])
        assert told[0] != told[1]


def test_a_save_is_done_once_under_one_key(assistant: McpClient) -> None:
    first = call(assistant, "load", name=names(assistant)[0], idempotency_key="k")
    again = call(assistant, "load", name=names(assistant)[0], idempotency_key="k")
    assert first == again
    assert refused(assistant, action="load", name="other", idempotency_key="k")[0] == "idempotency_mismatch"


def test_profiles_are_of_their_workspace_and_no_change_of_it(client: WorkspaceClient, assistant: McpClient) -> None:
    before = client.seq()
    call(assistant, "save", name="A", search_query="x")
    assert client.seq() == before
    elsewhere = Path(tempfile.mkdtemp(prefix="workspace-", dir=client.daemon.home))
    with client.daemon.mcp("en", elsewhere) as other:
        assert "A" not in names(other)


def test_many_profiles_are_told_as_far_as_the_answer_may_go(assistant: McpClient) -> None:
    for number in range(40):
        call(assistant, "save", name=f"profile {number:02}", search_query="x", description="y" * 200)
    outcome = assistant.call(TOOL, action="list")
    structured, text = outcome["structuredContent"], outcome["content"][0]["text"]
    assert len(structured["profiller"]) + structured["kalan"] == 44
    assert max(len(text.encode()), len(json.dumps(structured, separators=(",", ":")).encode())) <= 6_144
    assert str(structured["kalan"]) in text


@pytest.mark.parametrize("action", ["save", "load", "list", "delete"])
def test_hidden_names_stand_for_the_actions(assistant: McpClient, action: str) -> None:
    arguments = {"list": {}, "save": {"name": "A", "search_query": "x"}}.get(action, {"name": "nobody"})
    outcome = assistant.call(f"{TOOL}_{action}", **arguments)
    assert outcome.get("isError", False) is (action in ("load", "delete"))
