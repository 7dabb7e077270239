"""Searching through REST and MCP: shapes, names, languages, limits, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

RESPONSE = {"results", "total_count", "query_time_ms", "used_fuzzy", "suggestions"}
MODES = ["nlp", "advanced", "history"]


@pytest.fixture
def client(daemon: RunningDaemon) -> WorkspaceClient:
    """A client of an empty workspace that belongs to the test alone."""
    return WorkspaceClient.of_new_folder(daemon)


def search(client: WorkspaceClient, query: str | None = None, path: str = "/api/search", **arguments: Any) -> Any:
    """The response to a search that succeeds."""
    body = arguments if query is None else {"query": query, **arguments}
    answer = client.request("POST", path, body)
    assert answer.status == 200, answer.content
    assert answer.json["total"] == answer.json["data"].get("total_count")
    return answer.json["data"]


def refused(client: WorkspaceClient, body: Any, path: str = "/api/search") -> Any:
    """The answer to a search that does not succeed."""
    answer = client.request("POST", path, body)
    assert answer.status == 400, answer.content
    return answer.json


def test_both_families_answer_in_their_own_names(client: WorkspaceClient) -> None:
    project = client.project("Web Sitesi")
    task = client.task("Login formu", aciklama="login", etiketler=["login"], proje_id=project["id"])
    turkish = search(client, "login")
    english = search(client, "login", path="/api/v1/search")
    assert turkish.keys() == english.keys() == RESPONSE
    assert turkish["total_count"] == 1
    (one,), (other,) = turkish["results"], english["results"]
    assert one.keys() == other.keys() == {"task", "relevance_score", "match_type", "matched_fields"}
    assert one["matched_fields"] == ["baslik", "aciklama", "etiketler"]
    assert other["matched_fields"] == ["title", "description", "tags"]
    assert one["task"] == client.get("/api/gorevler?tum_projeler=true&limit=1")["data"][0]
    assert (one["task"]["id"], other["task"]["title"]) == (task["id"], "Login formu")
    assert search(client, "sitesi")["results"][0]["matched_fields"] == ["proje_adi"]
    assert search(client, "sitesi", path="/api/v1/search")["results"][0]["matched_fields"] == ["proje_name"]


@pytest.mark.parametrize("spelling", ["query", "arama_metni"])
@pytest.mark.parametrize("limit", ["max_results", "limit"])
def test_every_spelling_of_an_argument_is_understood(client: WorkspaceClient, spelling: str, limit: str) -> None:
    for _ in range(3):
        client.task("login")
    found = search(client, **{spelling: "login", limit: "2", "enable_fuzzy": "hayır", "mode": "advanced"})
    assert (found["total_count"], len(found["results"])) == (3, 2)


def test_filters_in_either_vocabulary_select_the_same(client: WorkspaceClient) -> None:
    project = client.project("Backend")
    parent = client.task("one", oncelik="yuksek", etiketler=["api"], proje_id=project["id"], son_tarih="2099-01-05")
    client.task("two", parent_id=parent["id"])
    client.task("three")
    turkish = {
        "durum": "beklemede",
        "oncelik": ["yuksek"],
        "etiket": "api",
        "proje": "backend",
        "son_tarih": ">=2099-01-01",
    }
    english = {
        "status": ["pending"],
        "priority": "high",
        "tags": ["API"],
        "project_ids": [project["id"][:8]],
        "due": "2099-01-05",
    }
    for filters in (turkish, english, {"ust": "root", "tag": "api"}, {"due_after": "2099-01-05"}):
        found = search(client, filters=filters)
        assert [each["task"]["baslik"] for each in found["results"]] == ["one"], filters
        assert found["results"][0]["match_type"] == "filter"
        assert found["results"][0]["relevance_score"] == 1.0
    assert [each["task"]["baslik"] for each in search(client, filters={"parent_id": parent["id"]})["results"]] == [
        "two"
    ]


def test_the_object_wins_over_the_query_string_key_by_key(client: WorkspaceClient) -> None:
    client.task("one", oncelik="yuksek")
    client.task("two", oncelik="dusuk")
    found = search(client, "oncelik:yuksek durum:beklemede", filters={"priority": "low"})
    assert [each["task"]["baslik"] for each in found["results"]] == ["two"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "missing_parameter", ["query", "filters"]),
        ({"query": " "}, "missing_parameter", ["query", "filters"]),
        ({"filters": {}}, "missing_parameter", ["query", "filters"]),
        ({"mode": "nlp"}, "missing_parameter", "query"),
        ({"mode": "fuzzy", "query": "x"}, "invalid_value", "mode"),
        ({"query": 5}, "invalid_value", "query"),
        ({"query": "x", "filters": "durum"}, "invalid_value", "filters"),
        ({"filters": {"bilinmeyen": 1}}, "invalid_value", "bilinmeyen"),
        ({"filters": {"durum": "yarim"}}, "invalid_status", "durum"),
        ({"filters": {"status": ["done", "x"]}}, "invalid_status", "status"),
        ({"filters": {"priority": "urgent"}}, "invalid_priority", "priority"),
        ({"filters": {"son_tarih": "yakında"}}, "invalid_date", "son_tarih"),
        ({"filters": {"due_after": "2025-02-30"}}, "invalid_date", "due_after"),
        ({"filters": {"created": "overdue"}}, "invalid_date", "created"),
        ({"filters": {"filtre": "yarin"}}, "invalid_value", "filtre"),
        ({"query": "durum:yarim"}, "invalid_status", "durum"),
        ({"query": "due:2025-02-30"}, "invalid_date", "due"),
        ({"query": "x", "max_results": 0}, "invalid_value", "max_results"),
        ({"query": "x", "max_results": 201}, "invalid_value", "max_results"),
        ({"query": "x", "fuzzy_threshold": -1}, "invalid_value", "fuzzy_threshold"),
        ({"query": "x", "fuzzy_threshold": "nan"}, "invalid_value", "fuzzy_threshold"),
        ({"query": "x", "sort_by": "color"}, "invalid_value", "sort_by"),
        ({"query": "x", "sort_direction": "up"}, "invalid_value", "sort_direction"),
        ({"query": "x", "search_fields": ["notlar"]}, "invalid_value", "search_fields"),
        ({"query": "a" * 1_001}, "invalid_value", "query"),
        ({"query": "a\x00b"}, "invalid_value", "query"),
        ({"query": "a\ud800b"}, None, None),
    ],
)
def test_a_search_that_means_nothing_is_refused_by_the_name_that_was_used(
    client: WorkspaceClient, daemon: RunningDaemon, body: Any, code: str | None, field: str | list[str] | None
) -> None:
    told = refused(client, body)
    key = "fields" if isinstance(field, list) else "field"
    if code is None:  # JSON with a lone surrogate is no JSON to all parsers
        assert told["code"] in ("invalid_value", "bad_request")
        return
    assert (told["code"], told["details"][key]) == (code, field)
    messages = []
    for language in ("tr", "en"):
        with daemon.mcp(language) as assistant:
            outcome = assistant.call("gorev_search", **{"mode": "advanced", **body})
        assert outcome["isError"]
        assert outcome["structuredContent"]["code"] == code
        assert outcome["structuredContent"]["details"][key] == field
        messages.append(outcome["content"][0]["text"])
    assert messages[0] != messages[1]


def test_two_spellings_of_one_thing_may_not_disagree(client: WorkspaceClient) -> None:
    assert refused(client, {"filters": {"durum": "beklemede", "status": "done"}})["code"] == "conflicting_alias"
    assert refused(client, {"query": "x", "max_results": 1, "limit": 2})["code"] == "conflicting_alias"


HOSTILE = [
    "'; DROP TABLE tasks; --",
    '" OR 1=1 --',
    "login* OR NEAR(a b, 2)",
    "title_folded : x",
    "{title_folded} : x",
    "^login + form",
    "a AND NOT b",
    ")))(((",
    '"""',
    "%_\\",
    "مرحبا بالعالم",
    "שלום",
    "\u202elogin\u202c",
    "e\u0301\u0301\u0301",
    "🐛🐛",
    "x " * 400,
    "-" * 500,
    '"' * 999,
    "(" * 1_000,
    " ".join(f"w{number}" for number in range(190)),
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("mode", ["advanced", "nlp"])
def test_no_text_is_an_error_or_does_harm(client: WorkspaceClient, query: str, mode: str) -> None:
    client.task("login form")
    found = search(client, query, mode=mode)
    assert found.keys() >= RESPONSE
    assert search(client, "login")["total_count"] == 1


def test_a_megabyte_is_refused_at_once(client: WorkspaceClient) -> None:
    for mode in ("advanced", "nlp"):
        told = refused(client, {"query": "görev " * 170_000, "mode": mode})
        assert (told["code"], told["details"]["limit"]) == ("invalid_value", 1_000)
        assert len(json.dumps(told)) < 1_000


def test_a_title_in_any_script_is_found(client: WorkspaceClient) -> None:
    for title in ("مهمة جديدة", "задача", "שלום עולם", "naïve café", "Straße"):
        client.task(title)
        assert [each["task"]["baslik"] for each in search(client, title, use_fuzzy_search=False)["results"]] == [title]
    assert search(client, "strasse")["total_count"] == search(client, "NAIVE CAFE")["total_count"] == 1


def test_a_change_is_found_by_the_next_search(client: WorkspaceClient) -> None:
    task = client.task("alpha")
    assert search(client, "alpha", use_fuzzy_search=False)["total_count"] == 1
    client.change(task["id"], baslik="omega")
    assert search(client, "alpha", use_fuzzy_search=False)["total_count"] == 0
    assert search(client, "omega", use_fuzzy_search=False)["total_count"] == 1
    assert client.request("DELETE", f"/api/gorev/{task['id']}").status == 200
    assert search(client, "omega", use_fuzzy_search=False)["total_count"] == 0


def test_a_sentence_is_answered_with_how_it_was_understood(client: WorkspaceClient) -> None:
    client.task("one", oncelik="yuksek", son_tarih="2020-01-01")
    client.task("two")
    answer = search(client, "gecikmiş yüksek öncelikli görevleri göster", mode="nlp")
    assert [each["task"]["baslik"] for each in answer["results"]] == ["one"]
    assert answer["intent"] == {
        "action": "list",
        "filters": {"oncelik": "yuksek", "filtre": "gecmis"},
        "time_range": None,
        "terms": [],
        "references": [],
        "confidence": 0.7,
    }
    english = search(client, "high priority tasks due within 3 days", path="/api/v1/search", mode="nlp")["intent"]
    assert english["filters"].keys() == {"priority", "due_date"}
    assert english["time_range"].keys() == {"start", "end", "relative"}
    assert english["time_range"]["relative"] == "3_gun"


def test_a_verb_in_a_sentence_changes_nothing(client: WorkspaceClient) -> None:
    client.task("login")
    before = client.seq()
    for sentence in ("login görevini sil", "delete the login task", "login görevini tamamla", "yeni görev oluştur"):
        search(client, sentence, mode="nlp")
    assert client.seq() == before
    assert search(client, "login", mode="nlp")["results"][0]["task"]["durum"] == "beklemede"


def test_the_history_is_the_same_by_every_door(client: WorkspaceClient, daemon: RunningDaemon) -> None:
    client.task("login")
    search(client, "login", filters={"durum": "beklemede"})
    search(client, "acil", path="/api/v1/search", mode="nlp")
    turkish = client.get("/api/search/history")
    english = client.get("/api/v1/search/history?limit=1")
    assert [row["query"] for row in turkish["data"]] == ["acil", "login"]
    assert [row["query"] for row in english["data"]] == ["acil"]
    assert turkish["data"][1].keys() == {"id", "query", "filters", "result_count", "execution_time_ms", "created_at"}
    assert turkish["data"][1]["filters"] == {"durum": "beklemede"}
    assert (turkish["data"][0]["filters"], english["data"][0]["filters"]) == ({"filtre": "acil"}, {"filter": "acil"})
    assert client.request("POST", "/api/search", {"mode": "history"}).json["data"] == turkish["data"]
    with daemon.mcp(workspace=client.folder) as assistant:
        outcome = assistant.call("gorev_search", mode="history", limit=5)
    assert outcome["structuredContent"]["gecmis"] == turkish["data"]
    assert "login" in outcome["content"][0]["text"]


def test_the_tool_tells_the_same_in_text_and_structure_in_both_languages(
    client: WorkspaceClient, daemon: RunningDaemon
) -> None:
    task = client.task("Login formu", aciklama="x" * 150, etiketler=["api"], oncelik="yuksek", son_tarih="2099-12-31")
    texts = []
    for language in ("tr", "en"):
        with daemon.mcp(language, client.folder) as assistant:
            advanced = assistant.call("gorev_search", action="advanced", query="logn")
            sentence = assistant.call("gorev_search", mode="nlp", query="login")
            nothing = assistant.call("gorev_search", mode="advanced", query="hatta qqqqq")
        assert advanced["structuredContent"].keys() == RESPONSE
        text = advanced["content"][0]["text"]
        for part in ("Login formu", "0.80", "beklemede", "yuksek", task["id"], "logn"):
            assert part in text
        told = sentence["content"][0]["text"]
        for part in ("Login formu", "🔴", "⏳", task["id"], "x" * 100, "api", "2099-12-31"):
            assert part in told
        assert "x" * 101 not in told
        assert nothing["structuredContent"]["suggestions"]
        assert nothing["structuredContent"]["suggestions"][0] in nothing["content"][0]["text"]
        assert not nothing["isError"]
        texts.append(text + told + nothing["content"][0]["text"])
    assert texts[0] != texts[1]


def test_an_answer_costs_what_it_may_and_says_what_is_left(client: WorkspaceClient, daemon: RunningDaemon) -> None:
    for number in range(120):
        client.task(f"login {number} " + "ğ" * 60, etiketler=["bir", "iki"])
    with daemon.mcp(workspace=client.folder) as assistant:
        for arguments, limit in (({}, 6_144), ({"max_results": 200}, 20_000)):
            for mode in ("advanced", "nlp"):
                outcome = assistant.call("gorev_search", mode=mode, query="login", **arguments)
                structured, text = outcome["structuredContent"], outcome["content"][0]["text"]
                assert structured["total_count"] == 120
                shown = len(structured["results"])
                assert shown > 10
                assert structured["kalan"] == 120 - shown
                assert str(120 - shown) in text
                assert text.count("ID:") == shown
                assert len(json.dumps(structured, ensure_ascii=False).encode()) <= limit + 4 * shown * 20
                assert len(json.dumps(structured, ensure_ascii=False, separators=(",", ":")).encode()) <= limit
                assert len(text.encode()) <= limit


def test_the_text_tells_how_a_sentence_was_understood(daemon: RunningDaemon) -> None:
    with daemon.mcp() as assistant:
        text = assistant.call("gorev_nlp_query", query="acil api görevleri")["content"][0]["text"]
    assert 'Understood: {"filters":{"filtre":"acil"},"terms":["api"]}' in text


def test_the_tool_refuses_what_it_does_not_know_and_names_what_is_near(daemon: RunningDaemon) -> None:
    with daemon.mcp() as assistant:
        unknown = assistant.call("gorev_search", mode="advanced", query="x", max_result=5)["structuredContent"]
        missing = assistant.call("gorev_search", query="x")["structuredContent"]
    assert (unknown["code"], unknown["details"]["allowed"]) == ("invalid_value", ["max_results"])
    assert (missing["code"], missing["details"]["allowed"]) == ("missing_parameter", MODES)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("gorev_search_advanced", {"query": "login"}),
        ("gorev_nlp_query", {"query": "login"}),
        ("gorev_search_history", {}),
    ],
)
def test_hidden_names_search_too(daemon: RunningDaemon, name: str, arguments: dict[str, Any]) -> None:
    with daemon.mcp() as assistant:
        assert not assistant.call(name, **arguments)["isError"]


def test_the_tool_asks_for_its_mode_and_rest_takes_one(client: WorkspaceClient, daemon: RunningDaemon) -> None:
    """The tool marks ``mode`` as required (``mcp-tools.md`` §4.8); ``rest-api.md`` §4.12 gives it a default."""
    client.task("login")
    assert search(client, "login")["total_count"] == 1
    with daemon.mcp("en") as assistant:
        told = assistant.call("gorev_search", query="login")["structuredContent"]
    assert (told["code"], told["details"]["field"]) == ("missing_parameter", "mode")
