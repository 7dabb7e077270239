"""``gorev_context`` through the local socket, and the names that are called without being listed."""

from __future__ import annotations

from typing import Any

import pytest

from gorev.mcp.hidden_names import HIDDEN
from gorev.mcp.tools import TOOLS
from tests.support.running_daemon import RunningDaemon


def task(daemon: RunningDaemon, title: str = "task", **body: Any) -> str:
    """A new task's id."""
    return str(daemon.post("/api/gorev", {"baslik": title} | body).json["data"]["id"])


def test_making_a_task_active_starts_it_and_is_remembered(daemon: RunningDaemon) -> None:
    one = task(daemon)
    with daemon.mcp() as assistant, daemon.events() as events:
        outcome = assistant.call("gorev_context", action="set_active", gorev_id=one[:8])
        assert events.read()["changed_fields"] == ["durum"]
        assert outcome["structuredContent"]["gorev"]["durum"] == "devam_ediyor"
        assert assistant.call("gorev_context", action="get_active")["structuredContent"]["gorev"]["id"] == one
        recent = assistant.call("gorev_context", action="recent")["structuredContent"]["gorevler"]
        assert recent[0]["id"] == one


def test_a_blocked_task_becomes_active_but_stays_pending_and_says_why(daemon: RunningDaemon) -> None:
    first, second = task(daemon, "first"), task(daemon, "second")
    daemon.post("/api/baglanti", {"kaynak_id": first, "hedef_id": second})
    with daemon.mcp() as assistant:
        outcome = assistant.call("gorev_context", action="set_active", gorev_id=second)
    assert outcome["structuredContent"]["gorev"]["durum"] == "beklemede"
    assert "first" in outcome["structuredContent"]["uyari"]
    assert "first" in outcome["content"][0]["text"]


def test_a_deleted_task_is_neither_active_nor_recent(daemon: RunningDaemon) -> None:
    one = task(daemon)
    with daemon.mcp() as assistant:
        assistant.call("gorev_context", action="set_active", gorev_id=one)
        assert daemon.delete(f"/api/gorev/{one}").status == 200
        assert assistant.call("gorev_context", action="get_active")["structuredContent"] == {"gorev": None}
        recent = assistant.call("gorev_context", action="recent", limit=10)["structuredContent"]["gorevler"]
    assert one not in [each["id"] for each in recent]


def test_looking_at_a_task_makes_it_recent_and_changes_nothing_else(daemon: RunningDaemon) -> None:
    ids = [task(daemon) for _ in range(12)]
    with daemon.mcp() as assistant:
        for id_ in ids:
            assistant.call("gorev_detay", id=id_)
        assistant.call("gorev_detay", id=ids[3])
        recent = assistant.call("gorev_context", action="recent", limit="10")["structuredContent"]["gorevler"]
    assert [each["id"] for each in recent] == [ids[3], *reversed([*ids[2:3], *ids[4:]])][:10]
    assert daemon.get(f"/api/gorev/{ids[3]}").json["data"]["rev"] == 1


def test_the_summary_tells_where_the_work_stands(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    project = own_daemon.post("/api/proje", {"isim": "P"}).json["data"]["id"]
    urgent = task(own_daemon, "urgent", oncelik="yuksek", proje_id=project)
    blocked = task(own_daemon, "blocked")
    own_daemon.post("/api/baglanti", {"kaynak_id": urgent, "hedef_id": blocked})
    done = task(own_daemon, "done")
    own_daemon.put(f"/api/gorev/{done}", {"durum": "tamamlandi"})
    with own_daemon.mcp() as assistant:
        assistant.call("gorev_context", action="set_active", gorev_id=urgent)
        summary = assistant.call("gorev_context", action="summary")["structuredContent"]
    assert summary["active_task"]["id"] == urgent
    assert summary["working_project"]["id"] == project
    assert [each["id"] for each in summary["next_priorities"]] == [urgent]
    assert [each["id"] for each in summary["blockers"]] == [blocked]
    assert summary["session_summary"] == {"created": 3, "updated": 1, "completed": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({}, "missing_parameter", "action"),
        ({"action": "sleep"}, "invalid_value", "action"),
        ({"action": "set_active"}, "missing_parameter", "gorev_id"),
        ({"action": "set_active", "gorev_id": "00000000-0000"}, "task_not_found", "gorev_id"),
        ({"action": "recent", "limit": 11}, "invalid_value", "limit"),
    ],
)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_wrong_arguments_are_named(
    daemon: RunningDaemon, arguments: dict[str, Any], code: str, field: str, language: str
) -> None:
    with daemon.mcp(language) as assistant:
        outcome = assistant.call("gorev_context", **arguments)
    assert outcome["isError"]
    assert outcome["structuredContent"]["code"] == code
    assert outcome["structuredContent"]["details"].get("field", field) == field


def test_hidden_names_are_not_listed_and_stand_for_listed_tools(daemon: RunningDaemon) -> None:
    with daemon.mcp() as assistant:
        assistant.request("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}})
        listed = [tool["name"] for tool in assistant.request("tools/list")["result"]["tools"]]
    assert {tool.name for tool in TOOLS} <= set(listed)
    assert not set(listed) & set(HIDDEN)


def test_hidden_names_give_their_action(daemon: RunningDaemon) -> None:
    parent = task(daemon)
    with daemon.mcp() as assistant:
        child = assistant.call("gorev_altgorev_olustur", parent_id=parent, baslik="below")["structuredContent"]["gorev"]
        tree = assistant.call("gorev_hiyerarsi_goster", gorev_id=parent)["structuredContent"]
        moved = assistant.call("gorev_ust_degistir", gorev_id=child["id"], yeni_parent_id="")
        assert assistant.call("gorev_set_active", task_id=parent)["structuredContent"]["gorev"]["id"] == parent
        assert assistant.call("gorev_get_active")["structuredContent"]["gorev"]["id"] == parent
        project = daemon.post("/api/proje", {"isim": "P"}).json["data"]["id"]
        assert assistant.call("aktif_proje_ayarla", proje_id=project)["structuredContent"]["proje"]["is_active"]
        assert assistant.call("aktif_proje_kaldir")["structuredContent"] == {"proje": None}
        assert assistant.call("aktif_proje_goster")["structuredContent"] == {"proje": None}
    assert child["parent_id"] == parent
    assert [each["id"] for each in tree["alt_gorevler"]] == [child["id"]]
    assert "parent_id" not in moved["structuredContent"]["gorev"]


def test_the_removed_tool_says_what_to_use(daemon: RunningDaemon) -> None:
    with daemon.mcp() as assistant:
        outcome = assistant.call("gorev_olustur", baslik="x", anything=1)
    assert (outcome["isError"], outcome["structuredContent"]["code"]) == (True, "not_found")
    assert "templateden_gorev_olustur" in outcome["content"][0]["text"]
