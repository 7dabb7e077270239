"""``gorev_bulk`` through the local socket: each task on its own, whatever becomes of the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.running_daemon import McpClient, RunningDaemon

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def task(daemon: RunningDaemon, title: str = "task", **body: Any) -> str:
    """A new task's id."""
    return str(daemon.post("/api/gorev", {"baslik": title} | body).json["data"]["id"])


def shown(daemon: RunningDaemon, task_id: str) -> Any:
    """A task as it is."""
    return daemon.get(f"/api/gorev/{task_id}").json["data"]


def bulk(assistant: McpClient, **arguments: Any) -> Any:
    """The struct of a call that is no error."""
    outcome = assistant.call("gorev_bulk", **arguments)
    assert not outcome.get("isError"), outcome
    return outcome["structuredContent"]


@pytest.mark.parametrize(
    ("start", "target", "allowed"),
    [
        ("beklemede", "devam_ediyor", True),
        ("beklemede", "iptal", True),
        ("beklemede", "tamamlandi", False),
        ("devam_ediyor", "beklemede", True),
        ("devam_ediyor", "tamamlandi", True),
        ("devam_ediyor", "iptal", True),
        ("tamamlandi", "devam_ediyor", True),
        ("tamamlandi", "beklemede", False),
        ("tamamlandi", "iptal", False),
        ("iptal", "beklemede", True),
        ("iptal", "devam_ediyor", False),
        ("iptal", "tamamlandi", False),
    ],
)
def test_a_transition_follows_the_matrix_unless_it_is_forced(
    daemon: RunningDaemon, start: str, target: str, allowed: bool
) -> None:
    one, forced = task(daemon, durum=start), task(daemon, durum=start)
    with daemon.mcp() as assistant:
        outcome = bulk(assistant, operation="transition", ids=[one], data={"durum": target})
        bulk(assistant, operation="transition", ids=[forced], data={"durum": target, "force": True})
    assert outcome["successful"] == ([one] if allowed else [])
    assert [(each["code"], each["field"]) for each in outcome["failed"]] == (
        [] if allowed else [("invalid_value", "durum")]
    )
    assert shown(daemon, one)["durum"] == (target if allowed else start)
    assert shown(daemon, forced)["durum"] == target


def test_wrong_ids_fail_alone_and_an_id_given_twice_counts_once(daemon: RunningDaemon) -> None:
    ids = [task(daemon) for _ in range(20)]
    with daemon.mcp() as assistant:
        outcome = bulk(assistant, operation="tag", ids=[*ids, UNKNOWN, "x", ids[0]], tags=["many"])
    assert outcome["successful"] == ids
    assert {each["task_id"]: each["code"] for each in outcome["failed"]} == {
        UNKNOWN: "task_not_found",
        "x": "task_not_found",
    }
    assert outcome["total_processed"] == 22


def test_a_tree_is_completed_as_a_whole_children_first(daemon: RunningDaemon) -> None:
    root = task(daemon, durum="devam_ediyor")
    child = task(daemon, parent_id=root, durum="devam_ediyor")
    with daemon.mcp() as assistant:
        outcome = bulk(assistant, operation="transition", ids=[root, child], data={"durum": "tamamlandi"})
    assert set(outcome["successful"]) == {root, child}


def test_open_parts_and_prerequisites_keep_a_task_back(daemon: RunningDaemon) -> None:
    root = task(daemon, durum="devam_ediyor")
    task(daemon, parent_id=root)
    first, second = task(daemon), task(daemon)
    daemon.post("/api/baglanti", {"kaynak_id": first, "hedef_id": second})
    with daemon.mcp() as assistant:
        parts = bulk(assistant, operation="transition", ids=[root], durum="tamamlandi", check_dependencies=False)
        waits = bulk(assistant, operation="transition", ids=[second], durum="devam_ediyor")
        free = bulk(assistant, operation="transition", ids=[second], durum="devam_ediyor", check_dependencies="hayır")
    assert parts["failed"][0]["code"] == "subtasks_incomplete"
    assert waits["failed"][0]["code"] == "dependency_incomplete"
    assert free["successful"] == [second]


@pytest.mark.parametrize(
    ("how", "after"), [("add", {"a", "b", "c"}), ("remove", {"a"}), ("replace", {"B", "c"}), (None, {"a", "b", "c"})]
)
def test_tags_are_added_removed_or_replaced(daemon: RunningDaemon, how: str | None, after: set[str]) -> None:
    one = task(daemon, etiketler=["a", "b"])
    extra = {} if how is None else {"tag_operation": how}
    with daemon.mcp() as assistant:
        bulk(assistant, operation="tag", ids=[one], tags=["B", "c"], **extra)
    assert {each["isim"].lower() for each in shown(daemon, one)["etiketler"]} == {each.lower() for each in after}


def test_what_changes_nothing_is_a_warning(daemon: RunningDaemon) -> None:
    one = task(daemon, etiketler=["a"])
    with daemon.mcp() as assistant:
        same = bulk(assistant, operation="transition", ids=[one], durum="beklemede")
        tags = bulk(assistant, operation="tag", ids=[one], data={"tags": ["A"], "operation": "add"})
    assert [each["task_id"] for each in same["warnings"]] == [one]
    assert [each["task_id"] for each in tags["warnings"]] == [one]
    assert shown(daemon, one)["rev"] == 1


def test_an_update_changes_any_field_and_names_unknown_ones_once(daemon: RunningDaemon) -> None:
    ids = [task(daemon), task(daemon)]
    with daemon.mcp() as assistant:
        outcome = bulk(
            assistant,
            operation="update",
            ids=ids,
            data={"priority": "high", "due_date": "2030-01-02", "colour": "red"},
        )
    assert outcome["successful"] == ids
    assert len(outcome["warnings"]) == 1
    assert "colour" in outcome["warnings"][0]["message"]
    assert [(shown(daemon, id_)["oncelik"], shown(daemon, id_)["son_tarih"]) for id_ in ids] == [
        ("yuksek", "2030-01-02T00:00:00Z")
    ] * 2


def test_a_dry_run_finds_what_a_real_one_would_and_changes_nothing(daemon: RunningDaemon) -> None:
    root = task(daemon, durum="devam_ediyor")
    child = task(daemon, parent_id=root, durum="devam_ediyor")
    with daemon.mcp() as assistant, daemon.events() as events:
        outcome = bulk(assistant, operation="transition", ids=[root, child, UNKNOWN], durum="done", dry_run=True)
        marker = task(daemon, "marker")
        assert events.read()["task_id"] == marker
    assert {each["task_id"] for each in outcome["warnings"]} == {root, child}
    assert [each["task_id"] for each in outcome["failed"]] == [UNKNOWN]
    assert outcome["dry_run"] is True
    assert shown(daemon, root)["durum"] == "devam_ediyor"


def test_each_changed_task_has_one_event(daemon: RunningDaemon) -> None:
    ids = [task(daemon) for _ in range(3)]
    with daemon.mcp() as assistant, daemon.events() as events:
        bulk(assistant, operation="update", ids=[*ids, UNKNOWN], data={"oncelik": "dusuk"})
        told = [events.read() for _ in ids]
    assert [event["task_id"] for event in told] == ids
    assert {event["actor"]["type"] for event in told} == {"mcp"}


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"ids": ["x"]}, "missing_parameter", "operation"),
        ({"operation": "burn", "ids": ["x"]}, "invalid_value", "operation"),
        ({"operation": "tag"}, "missing_parameter", "ids"),
        ({"operation": "tag", "ids": []}, "invalid_value", "ids"),
        ({"operation": "tag", "ids": ["x"] * 501}, "invalid_value", "ids"),
        ({"operation": "tag", "ids": ["x"]}, "missing_parameter", "etiketler"),
        ({"operation": "tag", "ids": ["x"], "tags": [" "]}, "invalid_value", "tags"),
        ({"operation": "transition", "ids": ["x"], "data": {}}, "missing_parameter", "durum"),
        ({"operation": "transition", "ids": ["x"], "durum": "x"}, "invalid_status", "durum"),
        ({"operation": "update", "ids": ["x"], "data": {"son_tarih": "2025-02-30"}}, "invalid_date", "son_tarih"),
    ],
)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_wrong_arguments_are_named(
    daemon: RunningDaemon, arguments: dict[str, Any], code: str, field: str, language: str
) -> None:
    with daemon.mcp(language) as assistant:
        outcome = assistant.call("gorev_bulk", **arguments)
    assert outcome["isError"]
    assert (outcome["structuredContent"]["code"], outcome["structuredContent"]["details"]["field"]) == (code, field)
    assert field in outcome["content"][0]["text"]


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        ({"operation": "transition", "durum": "cancelled"}, "transition → iptal"),
        ({"operation": "tag", "data": {"tags": ["a", "b"], "operation": "replace"}}, "tag replace: a, b"),
        ({"operation": "update", "data": {"title": "x", "due_date": ""}}, "update: baslik, son_tarih"),
    ],
)
def test_the_text_tells_what_was_to_be_done(daemon: RunningDaemon, arguments: dict[str, Any], target: str) -> None:
    with daemon.mcp() as assistant:
        outcome = assistant.call("gorev_bulk", ids=[task(daemon)], dry_run=True, **arguments)
    assert outcome["content"][0]["text"].startswith(f"{target}: 1 task, 0 changed, 0 failed, 1 warning ")


@pytest.mark.parametrize("language", ["tr", "en"])
def test_an_update_of_nothing_names_what_could_be_updated(daemon: RunningDaemon, language: str) -> None:
    with daemon.mcp(language) as assistant:
        outcome = assistant.call("gorev_bulk", operation="update", ids=["x"], data={})
    assert outcome["structuredContent"]["code"] == "missing_parameter"
    fields = outcome["structuredContent"]["details"]["fields"]
    assert set(fields) == {"durum", "oncelik", "baslik", "aciklama", "son_tarih", "proje_id", "etiketler"}
    assert ", ".join(fields) in outcome["content"][0]["text"]


def test_the_same_key_does_it_once(daemon: RunningDaemon) -> None:
    one = task(daemon)
    arguments: dict[str, Any] = {"operation": "transition", "ids": [one], "durum": "iptal", "idempotency_key": one}
    with daemon.mcp() as assistant:
        assert bulk(assistant, **arguments)["successful"] == [one]
        assert bulk(assistant, **arguments)["successful"] == [one]
    assert shown(daemon, one)["rev"] == 2


def test_the_older_names_of_bulk_tools_do_the_same(daemon: RunningDaemon) -> None:
    one, other = task(daemon), task(daemon)
    with daemon.mcp() as assistant:
        moved = assistant.call("gorev_bulk_transition", task_ids=[one], new_status="in_progress")
        tagged = assistant.call("gorev_bulk_tag", task_ids=[one], tags=["old"], tag_operation="add")
        each = assistant.call(
            "gorev_batch_update", updates=[{"id": one, "title": "renamed"}, {"id": other, "priority": "low"}]
        )
    assert [each["structuredContent"]["successful"] for each in (moved, tagged)] == [[one], [one]]
    assert each["structuredContent"]["successful"] == [one, other]
    assert (shown(daemon, one)["baslik"], shown(daemon, other)["oncelik"]) == ("renamed", "dusuk")


def test_a_wrong_field_of_one_task_fails_that_task_alone(daemon: RunningDaemon) -> None:
    """Each field is checked as in a single update, and the whole of that task's update fails (``behaviours.md`` §5)."""
    ids = [task(daemon) for _ in range(5)]
    wrong: list[dict[str, Any]] = [
        {"title": "new", "status": "nonsense"},
        {"title": "new", "due_date": "2025-02-30"},
        {"title": " "},
        {"title": "new", "baslik": "other"},
    ]
    updates = [{"id": id_} | fields for id_, fields in zip(ids, [*wrong, {"title": "renamed"}], strict=True)]
    with daemon.mcp() as assistant:
        outcome = assistant.call("gorev_batch_update", updates=updates)
    assert not outcome["isError"]
    struct = outcome["structuredContent"]
    assert struct["successful"] == ids[4:]
    assert [(each["task_id"], each["code"], each.get("field")) for each in struct["failed"]] == [
        (ids[0], "invalid_status", "status"),
        (ids[1], "invalid_date", "due_date"),
        (ids[2], "invalid_value", "baslik"),
        (ids[3], "conflicting_alias", None),
    ]
    assert [shown(daemon, id_)["rev"] for id_ in ids] == [1, 1, 1, 1, 2]


def test_two_updates_of_one_task_are_done_as_one(daemon: RunningDaemon) -> None:
    one = task(daemon)
    updates = [{"id": one, "title": "a", "priority": "low"}, {"id": one, "title": "b", "tags": ["x"]}]
    with daemon.mcp() as assistant:
        outcome = assistant.call("gorev_batch_update", updates=updates)
    assert outcome["structuredContent"]["successful"] == [one]
    after = shown(daemon, one)
    assert (after["baslik"], after["oncelik"], len(after["etiketler"]), after["rev"]) == ("b", "dusuk", 1, 2)
