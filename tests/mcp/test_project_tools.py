"""The tools on projects through the local socket (``mcp-tools.md`` §3.8 to §3.10 and §4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

PROJECT = {
    "id",
    "isim",
    "tanim",
    "olusturma_tarihi",
    "guncelleme_tarihi",
    "gorev_sayisi",
    "tamamlanan_sayisi",
    "devam_eden_sayisi",
    "bekleyen_sayisi",
    "iptal_sayisi",
    "is_active",
    "rev",
    "workspace_id",
}


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of an empty workspace."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def test_projects_are_listed_with_their_counts(us: Assistants) -> None:
    text, struct = us.call("proje_listele")
    assert struct == {"projeler": []}
    assert us.in_turkish("proje_listele") != text
    old, new = us.rest.project("Old", tanim="The first"), us.rest.project("New")
    us.rest.task(proje_id=old["id"], durum="tamamlandi")
    us.rest.task(proje_id=old["id"])
    us.rest.activate(new["id"])
    text, struct = us.call("proje_listele")
    assert struct.keys() == {"projeler"}
    assert [project["id"] for project in struct["projeler"]] == [new["id"], old["id"]]
    assert all(project.keys() == PROJECT for project in struct["projeler"])
    assert (struct["projeler"][1]["gorev_sayisi"], struct["projeler"][1]["tamamlanan_sayisi"]) == (2, 1)
    assert [project["is_active"] for project in struct["projeler"]] == [True, False]
    for part in ("Old", "New", "The first", old["id"], new["id"], "active"):
        assert part in text


def test_projects_come_by_pages(us: Assistants) -> None:
    ids = [us.rest.project(f"P{number}")["id"] for number in range(5)]
    text, struct = us.call("proje_listele", limit=2, offset="1")
    assert [project["id"] for project in struct["projeler"]] == [ids[3], ids[2]]
    assert (struct["toplam"], struct["kalan"]) == (5, 2)
    assert "2–3 / 5" in text
    assert "offset 3" in text
    text, struct = us.call("proje_listele", offset=5)
    assert struct == {"projeler": []}
    assert "5" in text
    us.refused("proje_listele", "invalid_value", limit=0)


def test_a_line_of_a_projects_tasks_has_what_the_contract_names_in_its_order(us: Assistants) -> None:
    project = us.rest.project()
    us.rest.task("Long", proje_id=project["id"], aciklama="x" * 51, son_tarih="2031-02-03", etiketler="a,b,c")
    us.rest.task("Short", proje_id=project["id"], aciklama="y" * 50)
    text, _ = us.call("proje_gorevleri", proje_id=project["id"])
    (line,) = [each for each in text.splitlines() if "Long" in each]
    parts = ["⏳", "Long", "(O)", f"{'x' * 47}... ", "2031-02-03", "a, b +1", "ID:"]
    places = [line.index(part) for part in parts]
    assert places == sorted(places)
    assert f"| {'y' * 50} |" in text
    empty = us.rest.project("Nothing")
    assert "Nothing" in us.call("proje_gorevleri", proje_id=empty["id"])[0]
    assert "2" in us.call("proje_gorevleri", proje_id=project["id"], offset=9)[0]


@pytest.mark.parametrize("name", ["tanim", "definition", "description"])
def test_a_project_is_made(us: Assistants, name: str) -> None:
    text, struct = us.call("proje_olustur", **{"isim": "House", name: "All of it"})
    assert struct.keys() == {"proje"}
    project = struct["proje"]
    assert project.keys() == PROJECT
    assert (project["isim"], project["tanim"], project["is_active"]) == ("House", "All of it", False)
    assert "House" in text
    assert f"ID: {project['id']}" in text
    assert us.rest.get(f"/api/proje/{project['id']}")["data"] == project
    assert us.call("proje_olustur", name="Other")[1]["proje"]["tanim"] == ""


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({}, "missing_parameter", "isim"),
        ({"tanim": "x"}, "missing_parameter", "isim"),
        ({"isim": " "}, "invalid_value", "isim"),
        ({"name": 5}, "invalid_value", "name"),
        ({"name": "a\0"}, "invalid_value", "name"),
        ({"isim": "x", "definition": []}, "invalid_value", "definition"),
    ],
)
def test_a_bad_project_is_refused(us: Assistants, arguments: dict[str, Any], code: str, field: str) -> None:
    assert us.refused("proje_olustur", code, **arguments)["field"] == field


def test_a_project_made_twice_with_one_key_is_one(us: Assistants) -> None:
    first = us.call("proje_olustur", isim="Once", idempotency_key="k")
    assert us.call("proje_olustur", idempotency_key="k", isim="Once") == first
    us.refused("proje_olustur", "idempotency_mismatch", isim="Twice", idempotency_key="k")
    assert us.rest.get("/api/projeler")["total"] == 1


def test_a_key_stands_for_one_request_over_every_wire(us: Assistants) -> None:
    assert us.rest.request("POST", "/api/gorev", {"baslik": "x"}, {"Idempotency-Key": "k"}).status == 201
    us.refused("proje_olustur", "idempotency_mismatch", isim="x", idempotency_key="k")


def test_a_project_s_tasks_are_grouped_by_status(us: Assistants) -> None:
    project = us.rest.project("House")
    for status in ("iptal", "tamamlandi", "beklemede", "devam_ediyor"):
        us.rest.task(f"Task {status}", proje_id=project["id"], durum=status)
    us.rest.task("Elsewhere")
    text, struct = us.call("proje_gorevleri", proje_id=project["id"][:8])
    assert struct.keys() == {"proje", "gorevler", "toplam", "limit", "offset"}
    assert struct["proje"].keys() == PROJECT
    assert [row["durum"] for row in struct["gorevler"]] == ["devam_ediyor", "beklemede", "tamamlandi", "iptal"]
    assert (struct["toplam"], struct["limit"], struct["offset"]) == (4, 50, 0)
    for row in struct["gorevler"]:
        assert row["id"] in text
    places = [text.index(part) for part in ("In Progress", "Pending", "Completed", "Cancelled")]
    assert places == sorted(places)
    assert "Devam Ediyor" in us.in_turkish("proje_gorevleri", proje_id=project["id"])


def test_pages_run_over_the_grouped_order(us: Assistants) -> None:
    project = us.rest.project()
    for status in ("iptal", "tamamlandi", "beklemede", "devam_ediyor"):
        us.rest.task(status, proje_id=project["id"], durum=status)
    text, struct = us.call("proje_gorevleri", project_id=project["id"], limit="2", offset=1)
    assert [row["baslik"] for row in struct["gorevler"]] == ["beklemede", "tamamlandi"]
    assert struct["kalan"] == 1
    assert "offset 3" in text
    _, struct = us.call("proje_gorevleri", proje_id=project["id"], offset=4)
    assert (struct["gorevler"], struct["toplam"]) == ([], 4)


def test_a_long_description_is_shortened_by_characters(us: Assistants) -> None:
    project = us.rest.project()
    us.rest.task("Long", proje_id=project["id"], aciklama="ğ" * 51)
    us.rest.task("Short", proje_id=project["id"], aciklama="ş" * 50)
    text, _ = us.call("proje_gorevleri", proje_id=project["id"])
    assert "ğ" * 47 + "..." in text
    assert "ğ" * 48 not in text
    assert "ş" * 50 in text


def test_the_tasks_of_a_project_that_does_not_exist_are_refused(us: Assistants) -> None:
    assert us.refused("proje_gorevleri", "missing_parameter")["field"] == "proje_id"
    assert us.refused("proje_gorevleri", "project_not_found", proje_id=UNKNOWN_ID)["id"] == UNKNOWN_ID
    us.refused("proje_gorevleri", "invalid_value", proje_id=UNKNOWN_ID, limit=201)


def test_a_project_is_made_active_shown_and_cleared(us: Assistants) -> None:
    text, struct = us.call("aktif_proje", action="get")
    assert struct == {"proje": None}
    assert text
    project = us.rest.project("House", tanim="All of it")
    us.rest.task(proje_id=project["id"])
    for name in ("proje_id", "project_id"):
        text, struct = us.call("aktif_proje", action="set", **{name: project["id"][:8]})
        assert struct.keys() == {"proje"}
        assert (struct["proje"]["id"], struct["proje"]["is_active"]) == (project["id"], True)
        assert project["id"] in text
    text, struct = us.call("aktif_proje", action="get")
    assert struct["proje"].keys() == PROJECT
    for part in ("House", "All of it", project["id"], "1"):
        assert part in text
    assert us.rest.get("/api/aktif-proje")["data"] == struct["proje"]
    for _ in range(2):
        assert us.call("aktif_proje", action="clear")[1] == {"proje": None}
    assert us.rest.get("/api/aktif-proje")["data"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({}, "missing_parameter", "action"),
        ({"action": "delete"}, "invalid_value", "action"),
        ({"action": []}, "invalid_value", "action"),
        ({"action": "set"}, "missing_parameter", "proje_id"),
        ({"action": "set", "proje_id": UNKNOWN_ID}, "project_not_found", "proje_id"),
    ],
)
def test_a_bad_call_on_the_active_project_is_refused(
    us: Assistants, arguments: dict[str, Any], code: str, field: str
) -> None:
    details = us.refused("aktif_proje", code, **arguments)
    assert details["field"] == field
    if field == "action":
        assert details["allowed"] == ["set", "get", "clear"]


def test_a_stale_rev_of_a_project_is_refused(us: Assistants) -> None:
    project = us.rest.project("Old")
    assert us.rest.request("PUT", f"/api/proje/{project['id']}", {"isim": "Newer"}).status == 200
    details = us.refused("aktif_proje", "stale_revision", action="set", proje_id=project["id"], rev=1)
    outcome = us.english.call("aktif_proje", action="set", proje_id=project["id"], rev=1)
    assert "Newer" in outcome["content"][0]["text"]
    assert project["id"] in outcome["content"][0]["text"]
    assert (details["current"]["isim"], details["current"]["rev"]) == ("Newer", 2)


def test_each_write_over_a_tool_is_one_event_as_over_rest(us: Assistants) -> None:
    with us.rest.daemon.events(f"workspace_id={us.rest.id}&format=simple") as stream:
        project = us.call("proje_olustur", isim="One")[1]["proje"]
        us.call("aktif_proje", action="set", proje_id=project["id"])
        us.call("aktif_proje", action="get")
        us.call("proje_listele")
        us.rest.project("Two")
        seen = [stream.read() for _ in range(4)]
    assert [frame["type"] for frame in seen] == [
        "project_created",
        "project_updated",
        "workspace_sync",
        "project_created",
    ]
    assert [frame["seq"] for frame in seen] == [1, 2, 3, 4]
