"""Resources of a workspace: listed, read, completed and watched, by clients of the local socket."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gorev.mcp.registry import UnknownCursor
from gorev.mcp.resources import _cursor, _place
from gorev.services.catalogue import Place, Section
from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.support.running_daemon import McpClient, RunningDaemon

SUMMARY = "gorev://ozet"


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of a new workspace, who have shaken hands."""
    with assistants_of_new_workspace(daemon) as assistants:
        for assistant in (assistants.turkish, assistants.english):
            shake_hands(assistant)
        yield assistants


def shake_hands(client: McpClient) -> None:
    info = {"name": "test", "version": "1"}
    client.request("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info})


def result(client: McpClient, method: str, **params: Any) -> Any:
    answer = client.request(method, params)
    assert "result" in answer, answer
    return answer["result"]


def error(client: McpClient, method: str, **params: Any) -> Any:
    return client.request(method, params)["error"]


def read(client: McpClient, uri: str) -> str:
    (content,) = result(client, "resources/read", uri=uri)["contents"]
    assert (content["uri"], content["mimeType"]) == (uri, "text/markdown")
    return str(content["text"])


def every_page(client: McpClient) -> list[list[Any]]:
    """The pages of the list."""
    page = result(client, "resources/list")
    pages = [page["resources"]]
    while "nextCursor" in page:
        page = result(client, "resources/list", cursor=page["nextCursor"])
        pages.append(page["resources"])
    return pages


def task(id_: str) -> str:
    return f"gorev://gorev/{id_}"


def project(id_: str) -> str:
    return f"gorev://proje/{id_}"


# The list


def test_the_list_has_the_summary_then_projects_then_open_tasks_newest_first(us: Assistants) -> None:
    first, second = us.rest.project("First"), us.rest.project("Second")
    old = us.rest.task("Old", proje_id=first["id"])
    done = us.rest.task("Done")
    new = us.rest.task("New")
    us.rest.change(done["id"], durum="iptal")
    us.rest.change(old["id"], durum="devam_ediyor")
    (page,) = every_page(us.english)
    assert [each["uri"] for each in page] == [
        SUMMARY,
        project(second["id"]),
        project(first["id"]),
        task(new["id"]),
        task(old["id"]),
    ]
    assert page[4]["name"] == "Old"
    assert page[4]["description"] == "In Progress · Medium"
    assert {each["mimeType"] for each in page} == {"text/markdown"}


def test_a_long_list_is_told_page_by_page_without_gap_or_repetition(us: Assistants) -> None:
    projects = {us.rest.project(f"Project {number}")["id"] for number in range(3)}
    rows = [{"id": f"t{number}", "baslik": f"Task {number}"} for number in range(120)]
    us.call("gorev_import", data={"tasks": rows})
    pages = every_page(us.english)
    assert [len(page) for page in pages] == [51, 50, 23]
    uris = [each["uri"] for page in pages for each in page]
    assert len(set(uris)) == 124
    assert set(uris[1:4]) == set(map(project, projects))


def test_the_list_speaks_the_callers_language(us: Assistants) -> None:
    us.rest.task("One")
    (turkish,), (english,) = every_page(us.turkish), every_page(us.english)
    assert turkish[0]["name"] == "Özet"
    assert english[0]["name"] == "Summary"
    assert turkish[1]["description"] == "Beklemede · Orta"


def test_long_titles_are_short_names(us: Assistants) -> None:
    us.rest.task("x" * 400)
    (page,) = every_page(us.english)
    assert page[1]["name"] == "x" * 99 + "…"


FORGED = [
    "x",
    "a b",
    "ş",
    "e30",
    base64.urlsafe_b64encode(json.dumps(["p", "2025-01-01", "id"]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps(["q", "2025-01-01T00:00:00.000000Z", "id"]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps(["p", "2025-01-01T00:00:00.000000Z", "id"]).encode()).decode(),
]


@pytest.mark.parametrize("cursor", FORGED)
def test_a_cursor_that_was_never_given_out_is_invalid(us: Assistants, cursor: str) -> None:
    assert error(us.english, "resources/list", cursor=cursor)["code"] == -32602


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(Section),
    st.datetimes().map(lambda time: time.isoformat(timespec="microseconds") + "Z"),
    st.uuids().map(str),
)
def test_a_cursor_is_read_as_it_was_written(section: Section, created: str, id_: str) -> None:
    place = Place(section, created, id_)
    assert _place(_cursor(place)) == place


@settings(deadline=None)
@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(UnknownCursor):
        _place(text)


# Reading


def test_a_task_is_read_in_full(us: Assistants) -> None:
    """What a tool's answer had to cut is here."""
    long = "\n".join(f"line {number} of a long description" for number in range(1000))
    top = us.rest.task("Top", aciklama=long)
    below = us.rest.task("Below", parent_id=top["id"])
    text = read(us.english, task(top["id"]))
    assert text.startswith("# Top\n")
    assert long in text
    assert below["id"] in text
    assert "Description" in text
    assert "Açıklama" in read(us.turkish, task(top["id"]))


def test_reading_a_task_is_no_look_that_is_kept(us: Assistants) -> None:
    one = us.rest.task("One")
    seq = us.rest.seq()
    read(us.english, task(one["id"]))
    assert us.call("gorev_context", action="recent")[1]["gorevler"] == []
    assert us.rest.seq() == seq


def test_a_project_is_read_with_its_tasks(us: Assistants) -> None:
    ours = us.rest.project("Ours", tanim="What it is for")
    one = us.rest.task("One", proje_id=ours["id"])
    text = read(us.english, project(ours["id"]))
    assert "Ours" in text
    assert "What it is for" in text
    assert one["id"] in text


def test_the_summary_is_read(us: Assistants) -> None:
    us.rest.task("One", oncelik="yuksek")
    assert "High priority" in read(us.english, SUMMARY)
    assert "Yüksek öncelikli" in read(us.turkish, SUMMARY)


def test_an_id_may_be_shortened(us: Assistants) -> None:
    one = us.rest.task("One")
    assert read(us.english, task(one["id"][:8])) == read(us.english, task(one["id"]))


@pytest.mark.parametrize(
    "uri",
    [
        task(UNKNOWN_ID),
        project(UNKNOWN_ID),
        task("abc"),
        task(""),
        task("a/b"),
        task("../ozet"),
        task("%20"),
        "gorev://",
        "gorev://ozet/",
        "GOREV://OZET",
        "file:///etc/passwd",
        "",
        task("x" * 3000),
        task("ş" * 8),
        task("\0" * 8),
    ],
)
@pytest.mark.parametrize("method", ["resources/read", "resources/subscribe"])
def test_what_is_no_resource_is_not_found(us: Assistants, method: str, uri: str) -> None:
    refused = error(us.english, method, uri=uri)
    assert refused["code"] == -32002
    assert len(refused["data"]["uri"]) <= 201


def test_without_a_workspace_a_read_says_how_to_name_one(daemon: RunningDaemon) -> None:
    homeless = McpClient(daemon.lock["mcp_endpoint"], {"workspace": None, "lang": "en"})
    shake_hands(homeless)
    refused = error(homeless, "resources/read", uri=SUMMARY)
    homeless.close()
    assert refused["data"]["code"] == "workspace_required"
    assert "GOREV_WORKSPACE" in refused["message"]


# Completion


def complete(client: McpClient, template: str, value: str, name: str = "id") -> Any:
    reference = {"type": "ref/resource", "uri": template}
    argument = {"name": name, "value": value}
    return result(client, "completion/complete", ref=reference, argument=argument)["completion"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("yıl", True),
        ("YILLIK RAP", True),
        ("rapor yillik", True),
        ("raporu yaz!", True),
        ("illik", False),
        ("başka", False),
        ("' OR 1 --", False),
        ('"*', True),
        ("", True),
        ("  ", True),
    ],
)
def test_a_task_is_found_by_the_beginnings_of_words_of_its_title(us: Assistants, typed: str, found: bool) -> None:
    one = us.rest.task("Yıllık raporu yaz")
    completion = complete(us.english, "gorev://gorev/{id}", typed)
    assert completion == {
        "values": [one["id"]] if found else [],
        "total": int(found),
        "hasMore": False,
    }


def test_a_task_is_found_by_the_beginning_of_its_id(us: Assistants) -> None:
    one = us.rest.task("One")
    us.rest.task("Two")
    assert complete(us.english, "gorev://gorev/{id}", one["id"][:10].upper())["values"] == [one["id"]]


def test_open_tasks_are_suggested_first_and_the_newest_of_them(us: Assistants) -> None:
    first, second, done = (us.rest.task(f"Report {number}") for number in range(3))
    us.rest.change(done["id"], durum="iptal")
    assert complete(us.english, "gorev://gorev/{id}", "report")["values"] == [second["id"], first["id"], done["id"]]
    assert complete(us.english, "gorev://gorev/{id}", "")["values"] == [second["id"], first["id"]]


def test_of_many_that_fit_a_hundred_are_shown(us: Assistants) -> None:
    us.call("gorev_import", data={"tasks": [{"id": f"t{n}", "baslik": f"Same {n}"} for n in range(130)]})
    for typed in ("same", ""):
        completion = complete(us.english, "gorev://gorev/{id}", typed)
        assert (len(completion["values"]), completion["total"], completion["hasMore"]) == (100, 130, True)


def test_a_project_is_found_by_any_part_of_its_name(us: Assistants) -> None:
    ours = us.rest.project("Ödeme Sistemi")
    us.rest.project("Other")
    for typed in ("odeme", "SİSTEM", ours["id"][:6]):
        assert complete(us.english, "gorev://proje/{id}", typed)["values"] == [ours["id"]]


def test_another_variable_has_no_values(us: Assistants) -> None:
    us.rest.task("One")
    assert complete(us.english, "gorev://gorev/{id}", "", name="x")["values"] == []


# Changes


def subscribe(client: McpClient, *uris: str) -> None:
    for uri in uris:
        result(client, "resources/subscribe", uri=uri)


def told(client: McpClient, count: int) -> list[str]:
    """The next resources that are told to have changed."""
    return [client.read()["params"]["uri"] for _ in range(count)]


def test_a_change_is_told_of_the_task_its_project_its_parents_and_the_summary(us: Assistants) -> None:
    ours = us.rest.project("Ours")
    top = us.rest.task("Top", proje_id=ours["id"])
    middle = us.rest.task("Middle", parent_id=top["id"])
    low = us.rest.task("Low", parent_id=middle["id"])
    lowest = us.rest.task("Lowest", parent_id=low["id"])
    other = us.rest.task("Other")
    uris = {SUMMARY, project(ours["id"]), *(task(each["id"]) for each in (top, middle, low, lowest))}
    subscribe(us.turkish, task(other["id"]), *uris)
    us.call("gorev_guncelle", id=lowest["id"], oncelik="yuksek")
    assert set(told(us.turkish, 6)) == uris


def test_a_change_is_told_of_the_tasks_that_show_it(us: Assistants) -> None:
    first, second = us.rest.task("First"), us.rest.task("Second")
    us.call("gorev_bagimlilik_ekle", kaynak_id=first["id"], hedef_id=second["id"], baglanti_tipi="engelliyor")
    subscribe(us.turkish, task(second["id"]))
    us.call("gorev_guncelle", id=first["id"], durum="iptal")
    assert told(us.turkish, 1) == [task(second["id"])]
    us.call("gorev_sil", id=first["id"], onay=True)
    assert told(us.turkish, 1) == [task(second["id"])]


def test_a_deleted_task_is_told_once_and_is_gone(us: Assistants) -> None:
    one = us.rest.task("One")
    subscribe(us.turkish, task(one["id"][:8]))
    us.call("gorev_sil", id=one["id"], onay=True)
    assert told(us.turkish, 1) == [task(one["id"][:8])]
    assert error(us.turkish, "resources/read", uri=task(one["id"]))["code"] == -32002


def test_a_renamed_project_is_told_of_all_that_show_its_name(us: Assistants) -> None:
    ours = us.rest.project("Ours")
    one = us.rest.task("One", proje_id=ours["id"])
    subscribe(us.turkish, task(one["id"]))
    assert us.rest.request("PUT", f"/api/proje/{ours['id']}", {"isim": "New"}).status == 200
    assert told(us.turkish, 1) == [task(one["id"])]


def test_an_import_is_told_of_everything(us: Assistants) -> None:
    one = us.rest.task("One")
    result(us.turkish, "resources/list")
    subscribe(us.turkish, task(one["id"]))
    us.call("gorev_import", data={"tasks": [{"id": f"t{n}", "baslik": f"Task {n}"} for n in range(60)]})
    methods = {us.turkish.read()["method"] for _ in range(2)}
    assert methods == {"notifications/resources/updated", "notifications/resources/list_changed"}


def test_a_change_in_another_workspace_is_not_told(us: Assistants, daemon: RunningDaemon) -> None:
    subscribe(us.turkish, SUMMARY)
    assert daemon.post("/api/gorev", {"baslik": "Elsewhere"}).status == 201
    us.turkish.write({"jsonrpc": "2.0", "id": "next", "method": "ping"})
    assert us.turkish.read()["id"] == "next"
