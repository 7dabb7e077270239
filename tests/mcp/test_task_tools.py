"""The tools on tasks through the local socket (``mcp-tools.md`` §3.1 to §3.5 and §4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

ROW = {
    "id",
    "baslik",
    "durum",
    "oncelik",
    "seviye",
    "bagimli_gorev_sayisi",
    "tamamlanmamis_bagimlilik_sayisi",
    "bu_goreve_bagimli_sayisi",
}
TASK = ROW | {
    "aciklama",
    "olusturma_tarihi",
    "guncelleme_tarihi",
    "has_subtasks",
    "subtask_count",
    "bagimliliklar",
    "rev",
    "workspace_id",
}


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of an empty workspace."""
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def stored(us: Assistants, task_id: str) -> Any:
    """A task as REST shows it."""
    return us.rest.get(f"/api/gorev/{task_id}")["data"]


# gorev_listele


def test_a_list_is_a_tree_of_brief_rows_with_whole_ids(us: Assistants) -> None:
    project = us.rest.project("House")
    root = us.rest.task("Root", aciklama="long text", proje_id=project["id"], son_tarih="2031-02-03", etiketler="a,b")
    child = us.rest.task("Child", parent_id=root["id"], oncelik="yuksek")
    text, struct = us.call("gorev_listele")
    assert struct.keys() == {"gorevler", "toplam", "limit", "offset", "aktif_proje"}
    assert (struct["toplam"], struct["limit"], struct["offset"], struct["aktif_proje"]) == (1, 50, 0, None)
    (row,) = struct["gorevler"]
    assert row.keys() >= ROW | {"proje_adi", "son_tarih", "etiketler", "alt_gorevler"}
    assert "aciklama" not in row
    assert row["alt_gorevler"][0]["id"] == child["id"]
    for shown in (root["id"], child["id"], "Root", "Child", "House", "2031-02-03", "a, b", "(O)", "(Y)", "⏳"):
        assert shown in text
    assert "long text" not in text
    assert text.index(root["id"]) < text.index(child["id"])


def test_an_empty_list_says_so_and_names_its_project(us: Assistants) -> None:
    text, struct = us.call("gorev_listele")
    assert (struct["gorevler"], struct["toplam"]) == ([], 0)
    assert us.in_turkish("gorev_listele") != text
    project = us.rest.project("Nothing to do here")
    text, _ = us.call("gorev_listele", proje_id=project["id"])
    assert "Nothing to do here" in text


def test_a_list_is_scoped_as_in_rest(us: Assistants) -> None:
    one, two = us.rest.project("One"), us.rest.project("Two")
    us.rest.task("In one", proje_id=one["id"])
    us.rest.task("In two", proje_id=two["id"])
    us.rest.task("In none")

    def titles(**arguments: Any) -> set[str]:
        return {row["baslik"] for row in us.call("gorev_listele", **arguments)[1]["gorevler"]}

    assert titles() == {"In one", "In two", "In none"}
    us.rest.activate(one["id"])
    assert titles() == {"In one"}
    text, struct = us.call("gorev_listele")
    assert struct["aktif_proje"] == {"id": one["id"], "isim": "One"}
    assert "One" in text
    for yes in (True, "evet", "yes", "true", "1", 1):
        assert len(titles(tum_projeler=yes)) == 3
    for no in (False, "hayır", "no", "0", 0):
        assert titles(all_projects=no) == {"In one"}
    assert titles(proje_id=two["id"][:8], tum_projeler=True) == titles(project_id=two["id"]) == {"In two"}
    us.refused("gorev_listele", "project_not_found", proje_id=UNKNOWN_ID)


def test_a_list_is_filtered_and_ordered_in_either_vocabulary(us: Assistants) -> None:
    today = datetime.now().astimezone().date()
    us.rest.task("A", oncelik="dusuk", etiketler="x", son_tarih=(today + timedelta(days=2)).isoformat())
    us.rest.task("B", oncelik="yuksek", durum="devam_ediyor", son_tarih=(today - timedelta(days=1)).isoformat())
    us.rest.task("C", durum="tamamlandi", son_tarih=today.isoformat())

    def found(**arguments: Any) -> str:
        return "".join(row["baslik"] for row in us.call("gorev_listele", **arguments)[1]["gorevler"])

    assert found() == found(sirala="olusturma_desc") == found(order_by="created_at_desc") == "CBA"
    assert found(sirala="son_tarih_asc") == found(sort="due_date_asc") == "BCA"
    assert found(sirala="oncelik_desc") == found(sort="priority_desc") == "BCA"
    assert found(durum="devam_ediyor") == found(status="in_progress") == "B"
    assert found(oncelik="dusuk") == found(priority="LOW") == "A"
    assert found(etiket="X") == found(tag="x") == "A"
    assert found(filtre="acil") == found(filter="urgent") == "A"
    assert found(filtre="gecmis") == found(filter="overdue") == "B"
    assert found(filtre="bugun") == found(filter="today") == ""
    assert found(durum="beklemede", oncelik="yuksek") == ""


def test_a_subtask_whose_parent_does_not_match_is_shown_as_a_root(us: Assistants) -> None:
    root = us.rest.task("Root")
    child = us.rest.task("Child", parent_id=root["id"], durum="devam_ediyor")
    _, struct = us.call("gorev_listele", durum="devam_ediyor")
    assert [row["id"] for row in struct["gorevler"]] == [child["id"]]
    assert struct["toplam"] == 1


def test_pages_count_roots_and_each_brings_its_subtree(us: Assistants) -> None:
    for number in range(3):
        root = us.rest.task(f"Root {number}")
        us.rest.task(f"Child {number}", parent_id=root["id"])
    text, struct = us.call("gorev_listele", limit="2", offset="1")
    assert [row["baslik"] for row in struct["gorevler"]] == ["Root 1", "Root 0"]
    assert all(len(row["alt_gorevler"]) == 1 for row in struct["gorevler"])
    assert (struct["toplam"], struct["limit"], struct["offset"]) == (3, 2, 1)
    assert re.search(r"2.3 / 3", text)
    text, struct = us.call("gorev_listele", offset=3)
    assert (struct["gorevler"], struct["toplam"]) == ([], 3)
    assert text
    text, struct = us.call("gorev_listele", limit=1)
    assert struct["kalan"] == 2
    assert "2" in text
    assert "offset 1" in text


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"durum": "bitti"}, "invalid_status", "durum"),
        ({"status": ""}, "invalid_status", "status"),
        ({"oncelik": "acil"}, "invalid_priority", "oncelik"),
        ({"sirala": "rastgele"}, "invalid_value", "sirala"),
        ({"filter": "someday"}, "invalid_value", "filter"),
        ({"limit": 0}, "invalid_value", "limit"),
        ({"limit": 201}, "invalid_value", "limit"),
        ({"limit": "many"}, "invalid_value", "limit"),
        ({"limit": True}, "invalid_value", "limit"),
        ({"limit": 1.5}, "invalid_value", "limit"),
        ({"offset": -1}, "invalid_value", "offset"),
        ({"offset": 10**30}, "invalid_value", "offset"),
        ({"tum_projeler": "perhaps"}, "invalid_value", "tum_projeler"),
        ({"proje_id": 5}, "invalid_value", "proje_id"),
        ({"etiket": ["a"]}, "invalid_value", "etiket"),
        ({"etiket": "a\0"}, "invalid_value", "etiket"),
    ],
)
def test_a_bad_argument_is_named_as_the_caller_spelt_it(
    us: Assistants, arguments: dict[str, Any], code: str, field: str
) -> None:
    details = us.refused("gorev_listele", code, **arguments)
    assert details["field"] == field
    assert details.keys() >= {"field", "value", "allowed"}


@pytest.mark.parametrize(
    ("tool", "arguments", "unknown", "nearest"),
    [
        ("gorev_listele", {"durm": "iptal"}, "durm", "durum"),
        ("gorev_listele", {"limits": 3}, "limits", "limit"),
        ("gorev_detay", {"id": UNKNOWN_ID, "gorevid": "x"}, "gorevid", "id"),
        ("gorev_duzenle", {"id": UNKNOWN_ID, "basliq": "x"}, "basliq", "baslik"),
        ("gorev_hierarchy", {"action": "show", "parentid": "x"}, "parentid", "parent_id"),
        ("proje_olustur", {"isim": "x", "tanım": "y"}, "tanım", "tanim"),
    ],
)
def test_an_unknown_argument_is_refused_with_the_nearest_known_one(
    us: Assistants, tool: str, arguments: dict[str, Any], unknown: str, nearest: str
) -> None:
    details = us.refused(tool, "invalid_value", **arguments)
    assert (details["field"], details["allowed"]) == (unknown, [nearest])


def test_spellings_that_disagree_are_both_named(us: Assistants) -> None:
    details = us.refused("gorev_listele", "conflicting_alias", durum="iptal", status="beklemede")
    assert set(details["keys"]) == {"durum", "status"}


# gorev_detay


def test_a_task_is_shown_in_full_and_left_as_it_is(us: Assistants) -> None:
    project = us.rest.project("House")
    parent = us.rest.task("Parent", proje_id=project["id"])
    due = datetime.now().astimezone().date() + timedelta(days=3)
    task = us.rest.task(
        "Task", parent_id=parent["id"], aciklama="# Heading\n\ntext", etiketler="a", son_tarih=due.isoformat()
    )
    done = us.rest.task("Done", parent_id=task["id"], durum="tamamlandi")
    open_ = us.rest.task("Open", parent_id=task["id"])
    before = us.rest.seq()
    text, struct = us.call("gorev_detay", id=task["id"])
    assert struct.keys() == {"gorev"}
    shown = struct["gorev"]
    assert shown.keys() >= TASK | {"proje_id", "proje_adi", "parent_id", "son_tarih", "etiketler", "alt_gorevler"}
    assert (shown["aciklama"], shown["bagimliliklar"]) == ("# Heading\n\ntext", [])
    assert [row["id"] for row in shown["alt_gorevler"]] == [done["id"], open_["id"]]
    for part in (
        "Task",
        task["id"],
        parent["id"],
        project["id"],
        "House",
        "# Heading\n\ntext",
        due.isoformat(),
        "3 days left",
        done["id"],
        open_["id"],
        "Pending",
        "Medium",
    ):
        assert part in text
    assert re.search(r"50[.,]0 ?%|1 ?/ ?2", text), "subtasks are shown with their progress"
    turkish = us.in_turkish("gorev_detay", id=task["id"])
    assert "Beklemede" in turkish
    assert "Orta" in turkish
    assert stored(us, task["id"])["durum"] == "beklemede"
    assert us.rest.seq() == before


def test_a_task_without_description_or_overdue_is_shown_as_such(us: Assistants) -> None:
    yesterday = datetime.now().astimezone().date() - timedelta(days=1)
    task = us.rest.task(son_tarih=yesterday.isoformat())
    text, _ = us.call("gorev_detay", id=task["id"])
    assert "1 day overdue" in text
    assert "No description" in text
    assert "gecikti" in us.in_turkish("gorev_detay", id=task["id"])


def test_a_blocked_task_is_shown_with_its_prerequisites_and_a_warning(us: Assistants) -> None:
    first, second = us.rest.task("First"), us.rest.task("Second")
    us.call("gorev_bagimlilik_ekle", gorev_id=second["id"], bagli_gorev_id=first["id"])
    text, struct = us.call("gorev_detay", id=second["id"])
    (link,) = struct["gorev"]["bagimliliklar"]
    assert (link["kaynak_id"], link["hedef_id"]) == (first["id"], second["id"])
    assert first["id"] in text
    assert "⚠️" in text
    text, _ = us.call("gorev_detay", id=first["id"])
    assert second["id"] in text
    assert "⚠️" not in text


def test_the_sections_of_the_details_come_in_the_order_of_the_contract(us: Assistants) -> None:
    task = us.rest.task("Task", aciklama="the description")
    us.call("gorev_bagimlilik_ekle", gorev_id=task["id"], bagli_gorev_id=us.rest.task("Before")["id"])
    us.rest.task("Child", parent_id=task["id"], durum="tamamlandi")
    us.call("gorev_file_watch", action="add", task_id=task["id"], file_path="watched.py")
    text, _ = us.call("gorev_detay", id=task["id"])
    updated = stored(us, task["id"])["guncelleme_tarihi"][:19]
    parts = ["# Task", "**Revision", "the description", "waits for: ⏳ Before", "⚠️", "(1 / 1, 100.0 %)", "Child"]
    parts += ["watched.py", f"Last updated: {updated}"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.splitlines()[-1].startswith("Last updated")


def test_a_list_explains_its_letters_where_they_are_no_initials(us: Assistants) -> None:
    us.rest.task()
    assert "Y: High, O: Medium, D: Low" in us.call("gorev_listele")[0]
    assert "Y: " not in us.in_turkish("gorev_listele")


@pytest.mark.parametrize("name", ["id", "task_id", "gorev_id"])
def test_a_task_is_named_by_any_spelling_and_a_unique_prefix(us: Assistants, name: str) -> None:
    task = us.rest.task()
    for id_ in (task["id"], task["id"][:8], task["id"].upper()):
        assert us.call("gorev_detay", **{name: id_})[1]["gorev"]["id"] == task["id"]


@pytest.mark.parametrize("tool", ["gorev_detay", "gorev_guncelle", "gorev_duzenle", "gorev_sil"])
def test_a_tool_on_one_task_needs_one_that_exists(us: Assistants, tool: str) -> None:
    rest: dict[str, dict[str, Any]] = {
        "gorev_detay": {},
        "gorev_guncelle": {"durum": "iptal"},
        "gorev_duzenle": {"baslik": "x"},
        "gorev_sil": {"onay": True},
    }
    given = rest[tool]
    assert us.refused(tool, "missing_parameter", **given)["field"] == "id"
    assert us.refused(tool, "missing_parameter", id=None, **given)["field"] == "id"
    details = us.refused(tool, "task_not_found", id=UNKNOWN_ID, **given)
    assert details["id"] == UNKNOWN_ID
    us.refused(tool, "task_not_found", id="short", **given)
    us.refused(tool, "task_not_found", id="", **given)
    us.refused(tool, "invalid_value", id=7, **given)
    us.refused(tool, "invalid_value", id={"a": 1}, **given)


# gorev_guncelle


def test_status_and_priority_change_alone_or_together(us: Assistants) -> None:
    task = us.rest.task("Task")
    text, struct = us.call("gorev_guncelle", id=task["id"], durum="in-progress", oncelik="high")
    assert struct.keys() == {"gorev", "degisiklikler"}
    assert struct["gorev"].keys() >= TASK
    assert (struct["gorev"]["durum"], struct["gorev"]["oncelik"]) == ("devam_ediyor", "yuksek")
    assert struct["degisiklikler"] == {
        "durum": {"eski": "beklemede", "yeni": "devam_ediyor"},
        "oncelik": {"eski": "orta", "yeni": "yuksek"},
    }
    assert task["id"] in text
    for part in ("durum", "devam_ediyor", "oncelik", "yuksek"):
        assert part in text
    _, struct = us.call("gorev_guncelle", task_id=task["id"][:8], status="done")
    assert struct["degisiklikler"] == {"durum": {"eski": "devam_ediyor", "yeni": "tamamlandi"}}
    text, struct = us.call("gorev_guncelle", id=task["id"], durum="tamamlandı")
    assert struct["degisiklikler"] == {}
    assert task["id"] in text
    assert stored(us, task["id"])["rev"] == 3


def test_an_update_is_refused_whole(us: Assistants) -> None:
    task = us.rest.task()
    us.refused("gorev_guncelle", "missing_parameter", id=task["id"])
    us.refused("gorev_guncelle", "invalid_status", id=task["id"], durum="", oncelik="yuksek")
    details = us.refused("gorev_guncelle", "invalid_status", id=task["id"], durum="x", oncelik="yuksek")
    assert details == {
        "field": "durum",
        "value": "x",
        "allowed": ["beklemede", "devam_ediyor", "tamamlandi", "iptal"],
    }
    us.refused("gorev_guncelle", "invalid_priority", id=task["id"], durum="iptal", priority="")
    assert stored(us, task["id"])["rev"] == 1


def test_an_update_follows_the_rules_of_status(us: Assistants) -> None:
    first, second = us.rest.task("First"), us.rest.task("Second")
    us.call("gorev_bagimlilik_ekle", gorev_id=second["id"], bagli_gorev_id=first["id"])
    details = us.refused("gorev_guncelle", "dependency_incomplete", id=second["id"], durum="devam_ediyor")
    assert details == {"open": [{"id": first["id"], "baslik": "First", "durum": "beklemede"}]}
    us.rest.task("Child", parent_id=first["id"])
    details = us.refused("gorev_guncelle", "subtasks_incomplete", id=first["id"], durum="tamamlandi")
    assert details == {"count": 1}


# gorev_duzenle


def test_content_is_edited_field_by_field(us: Assistants) -> None:
    project = us.rest.project()
    task = us.rest.task("Old")
    text, struct = us.call(
        "gorev_duzenle",
        id=task["id"],
        baslik="New",
        aciklama="d",
        oncelik="low",
        proje_id=project["id"],
        son_tarih="2031-02-03",
        etiketler=["a", "b"],
    )
    assert struct.keys() == {"gorev"}
    after = struct["gorev"]
    assert after.keys() >= TASK | {"proje_id", "proje_adi", "son_tarih", "etiketler"}
    assert (after["baslik"], after["aciklama"], after["oncelik"]) == ("New", "d", "dusuk")
    assert (after["proje_id"], after["son_tarih"]) == (project["id"], "2031-02-03T00:00:00Z")
    assert [tag["isim"] for tag in after["etiketler"]] == ["a", "b"]
    assert "New" in text
    assert task["id"] in text
    _, struct = us.call("gorev_duzenle", gorev_id=task["id"], description="", project_id="", due_date="", tags="c")
    after = struct["gorev"]
    assert after["aciklama"] == ""
    assert after.keys().isdisjoint({"proje_id", "proje_adi", "son_tarih"})
    assert [tag["isim"] for tag in after["etiketler"]] == ["c"]
    assert "son_tarih" not in us.call("gorev_duzenle", id=task["id"], son_tarih=None, title="x")[1]["gorev"]
    assert stored(us, task["id"])["baslik"] == "x"


def test_an_edit_takes_the_subtree_to_the_new_project(us: Assistants) -> None:
    task = us.rest.task("Root")
    child = us.rest.task("Child", parent_id=task["id"])
    project = us.rest.project()
    us.call("gorev_duzenle", id=task["id"], proje_id=project["id"])
    assert stored(us, child["id"])["proje_id"] == project["id"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "missing_parameter"),
        ({"baslik": None}, "missing_parameter"),
        ({"baslik": "  "}, "invalid_value"),
        ({"title": "x" * 501}, "invalid_value"),
        ({"aciklama": "x" * 100_001}, "invalid_value"),
        ({"baslik": "a\0"}, "invalid_value"),
        ({"oncelik": "x"}, "invalid_priority"),
        ({"son_tarih": "2025-02-30"}, "invalid_date"),
        ({"due_date": "soon"}, "invalid_date"),
        ({"proje_id": UNKNOWN_ID}, "project_not_found"),
        ({"etiketler": 5}, "invalid_value"),
        ({"etiketler": ["a,b"]}, "invalid_value"),
        ({"durum": "iptal"}, "invalid_value"),
    ],
)
def test_a_bad_edit_is_refused(us: Assistants, arguments: dict[str, Any], code: str) -> None:
    us.refused("gorev_duzenle", code, id=us.rest.task()["id"], **arguments)


# gorev_sil


@pytest.mark.parametrize("yes", [True, "true", "evet", "yes", "EVET", 1])
def test_a_confirmed_deletion_deletes(us: Assistants, yes: Any) -> None:
    task = us.rest.task("Gone")
    text, struct = us.call("gorev_sil", id=task["id"][:8], onay=yes)
    assert struct == {"silinen": {"id": task["id"], "baslik": "Gone"}}
    assert "Gone" in text
    assert task["id"] in text
    assert us.rest.request("GET", f"/api/gorev/{task['id']}").status == 404


def test_a_deletion_that_is_not_confirmed_or_has_subtasks_is_refused(us: Assistants) -> None:
    task = us.rest.task()
    us.rest.task("Child", parent_id=task["id"])
    unconfirmed: list[dict[str, Any]] = [{}, {"onay": False}, {"confirm": "hayır"}, {"onay": "no"}, {"onay": None}]
    for given in unconfirmed:
        us.refused("gorev_sil", "confirmation_required", id=task["id"], **given)
    us.refused("gorev_sil", "invalid_value", id=task["id"], onay="perhaps")
    assert us.refused("gorev_sil", "has_subtasks", id=task["id"], onay=True) == {"count": 1}


# gorev_hierarchy


@pytest.mark.parametrize("name", ["parent_id", "ust_gorev_id", "gorev_id", "task_id", "id"])
def test_a_subtask_is_made(us: Assistants, name: str) -> None:
    project = us.rest.project()
    parent = us.rest.task("Parent", proje_id=project["id"])
    given: dict[str, Any] = {name: parent["id"][:8]}
    text, struct = us.call(
        "gorev_hierarchy",
        action="create_subtask",
        baslik="Child",
        aciklama="d",
        oncelik="yuksek",
        son_tarih="2031-01-01",
        etiketler="a,b",
        **given,
    )
    assert struct.keys() == {"gorev"}
    child = struct["gorev"]
    assert (child["parent_id"], child["proje_id"], child["oncelik"]) == (parent["id"], project["id"], "yuksek")
    assert "Child" in text
    assert f"ID: {child['id']}" in text
    _, struct = us.call("gorev_hierarchy", action="create_subtask", title="Other", **given)
    assert struct["gorev"]["oncelik"] == "orta"


def test_a_task_is_moved(us: Assistants) -> None:
    parent, task = us.rest.task("Parent"), us.rest.task("Task")
    for action in ("change_parent", "move"):
        for name in ("yeni_parent_id", "new_parent_id", "parent_id"):
            text, struct = us.call("gorev_hierarchy", action=action, gorev_id=task["id"], **{name: parent["id"]})
            assert struct.keys() == {"gorev"}
            assert struct["gorev"]["parent_id"] == parent["id"]
            assert parent["id"] in text
            nothing: dict[str, Any] = {name: ""} if name != "parent_id" else {}
            text, struct = us.call("gorev_hierarchy", action=action, task_id=task["id"], **nothing)
            assert "parent_id" not in struct["gorev"]
            assert task["id"] in text


def test_two_names_of_the_parent_may_agree_but_not_differ(us: Assistants) -> None:
    """Rule N3, where a parameter is another word for a second one (``mcp-tools.md`` §4.2)."""
    parent, task = us.rest.task("Parent"), us.rest.task("Task")
    for arguments, names in (
        ({"action": "create_subtask", "baslik": "Part"}, ["parent_id", "gorev_id"]),
        ({"action": "change_parent", "gorev_id": task["id"]}, ["yeni_parent_id", "parent_id"]),
    ):
        two = dict(zip(names, (task["id"], parent["id"]), strict=True))
        assert us.refused("gorev_hierarchy", "conflicting_alias", **arguments, **two)["keys"] == names
        _, struct = us.call("gorev_hierarchy", **arguments, **dict.fromkeys(names, parent["id"]))
        assert struct["gorev"]["parent_id"] == parent["id"]


def test_a_hierarchy_is_shown(us: Assistants) -> None:
    top = us.rest.task("Top")
    task = us.rest.task("Middle", parent_id=top["id"])
    done = us.rest.task("Done", parent_id=task["id"], durum="tamamlandi")
    open_ = us.rest.task("Open", parent_id=task["id"])
    us.rest.task("Deep", parent_id=open_["id"])
    for name in ("gorev_id", "task_id", "id", "parent_id"):
        text, struct = us.call("gorev_hierarchy", action="show", **{name: task["id"]})
        assert struct.keys() == {
            "gorev",
            "ust_gorevler",
            "alt_gorevler",
            "toplam_alt_gorev",
            "tamamlanan_alt",
            "devam_eden_alt",
            "beklemede_alt",
            "iptal_alt",
            "ilerleme_yuzdesi",
        }
        assert struct["gorev"]["id"] == task["id"]
        assert [row["id"] for row in struct["ust_gorevler"]] == [top["id"]]
        assert [row["id"] for row in struct["alt_gorevler"]] == [done["id"], open_["id"]]
        assert struct["toplam_alt_gorev"] == 3
        assert round(struct["ilerleme_yuzdesi"], 1) == 33.3
        for part in ("Top", task["id"], "33.3", done["id"], open_["id"], "✅", "⏳"):
            assert part in text


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({}, "missing_parameter", "action"),
        ({"action": None}, "missing_parameter", "action"),
        ({"action": "destroy"}, "invalid_value", "action"),
        ({"action": ["show"]}, "invalid_value", "action"),
        ({"action": {}}, "invalid_value", "action"),
        ({"action": 1}, "invalid_value", "action"),
        ({"action": "create_subtask", "baslik": "x"}, "missing_parameter", "parent_id"),
        ({"action": "create_subtask", "parent_id": "{task}"}, "missing_parameter", "baslik"),
        ({"action": "create_subtask", "parent_id": "{task}", "baslik": " "}, "invalid_value", "baslik"),
        (
            {"action": "create_subtask", "parent_id": "{task}", "baslik": "x", "oncelik": "?"},
            "invalid_priority",
            "oncelik",
        ),
        (
            {"action": "create_subtask", "parent_id": "{task}", "baslik": "x", "son_tarih": "?"},
            "invalid_date",
            "son_tarih",
        ),
        ({"action": "create_subtask", "parent_id": UNKNOWN_ID, "baslik": "x"}, "parent_not_found", "parent_id"),
        ({"action": "change_parent"}, "missing_parameter", "gorev_id"),
        ({"action": "change_parent", "gorev_id": UNKNOWN_ID}, "task_not_found", "gorev_id"),
        ({"action": "change_parent", "gorev_id": "{task}", "yeni_parent_id": UNKNOWN_ID}, "parent_not_found", None),
        ({"action": "change_parent", "gorev_id": "{task}", "yeni_parent_id": "{task}"}, "cycle_detected", None),
        ({"action": "change_parent", "gorev_id": "{task}", "yeni_parent_id": "{child}"}, "cycle_detected", None),
        ({"action": "change_parent", "gorev_id": "{task}", "yeni_parent_id": "{foreign}"}, "project_mismatch", None),
        ({"action": "show"}, "missing_parameter", None),
        ({"action": "show", "gorev_id": UNKNOWN_ID}, "task_not_found", "gorev_id"),
    ],
)
def test_a_bad_call_on_the_hierarchy_is_refused(
    us: Assistants, arguments: dict[str, Any], code: str, field: str | None
) -> None:
    task = us.rest.task("Task")
    places = {
        "{task}": task["id"],
        "{child}": us.rest.task("Child", parent_id=task["id"])["id"],
        "{foreign}": us.rest.task("Foreign", proje_id=us.rest.project()["id"])["id"],
    }
    given = {name: places.get(value, value) if isinstance(value, str) else value for name, value in arguments.items()}
    details = us.refused("gorev_hierarchy", code, **given)
    if field is not None:
        assert details["field"] == field
    if field == "action":
        assert details["allowed"] == ["create_subtask", "change_parent", "show"]


# rev and idempotency_key


def test_a_write_with_a_stale_rev_is_refused_and_shows_the_current_task(us: Assistants) -> None:
    task = us.rest.task("Old")
    us.rest.change(task["id"], baslik="Newer", aciklama="what is stored")
    for tool, arguments in (
        ("gorev_guncelle", {"id": task["id"], "durum": "iptal"}),
        ("gorev_duzenle", {"id": task["id"], "baslik": "Mine"}),
        ("gorev_sil", {"id": task["id"], "onay": True}),
        ("gorev_hierarchy", {"action": "change_parent", "gorev_id": task["id"]}),
    ):
        details = us.refused(tool, "stale_revision", rev=1, **arguments)
        assert details.keys() == {"current"}
        assert (details["current"]["baslik"], details["current"]["rev"]) == ("Newer", 2)
        for assistant, status in ((us.english, "Pending"), (us.turkish, "Beklemede")):
            text = assistant.call(tool, rev=1, **arguments)["content"][0]["text"]
            for part in ("# Newer", "what is stored", status, f"ID:** {task['id']}", ":** 2\n"):
                assert part in text
        us.refused(tool, "invalid_value", rev=0, **arguments)
        us.refused(tool, "invalid_value", rev="x", **arguments)
    assert us.call("gorev_guncelle", id=task["id"], durum="iptal", rev="2")[1]["gorev"]["rev"] == 3
    assert us.call("gorev_sil", id=task["id"], onay=True, rev=3)[1]["silinen"]["id"] == task["id"]


def test_a_repeated_write_with_one_key_is_done_once(us: Assistants) -> None:
    parent = us.rest.task("Parent")
    other = us.rest.task("Other")
    for number, (tool, arguments) in enumerate(
        (
            ("gorev_hierarchy", {"action": "create_subtask", "parent_id": parent["id"], "baslik": "Once"}),
            ("gorev_guncelle", {"id": other["id"], "durum": "devam_ediyor"}),
            ("gorev_duzenle", {"id": other["id"], "baslik": "New", "etiketler": ["a"]}),
            ("gorev_hierarchy", {"action": "change_parent", "gorev_id": other["id"], "yeni_parent_id": parent["id"]}),
            ("gorev_sil", {"id": other["id"], "onay": True}),
        )
    ):
        key = f"key-{number}"
        first = us.call(tool, idempotency_key=key, **arguments)
        before = us.rest.seq()
        assert us.call(tool, idempotency_key=key, **dict(reversed(arguments.items()))) == first
        assert us.rest.seq() == before
        us.refused(tool, "idempotency_mismatch", idempotency_key=key, **arguments, rev=7)
    us.refused("gorev_guncelle", "invalid_value", id=parent["id"], durum="iptal", idempotency_key="")
    us.refused("gorev_guncelle", "invalid_value", id=parent["id"], durum="iptal", idempotency_key="k" * 256)


def test_the_same_operation_over_rest_leads_to_the_same_state(us: Assistants) -> None:
    by_rest, by_tool = us.rest.task("Task"), us.rest.task("Task")
    change = {"baslik": "New", "aciklama": "d", "oncelik": "dusuk", "son_tarih": "2031-01-01", "etiketler": ["a"]}
    us.rest.change(by_rest["id"], **change)
    us.call("gorev_duzenle", id=by_tool["id"], **change)
    us.rest.change(by_rest["id"], durum="iptal")
    us.call("gorev_guncelle", id=by_tool["id"], durum="iptal")
    ones, others = stored(us, by_rest["id"]), stored(us, by_tool["id"])
    for name in ("id", "olusturma_tarihi", "guncelleme_tarihi"):
        ones.pop(name)
        others.pop(name)
    assert ones == others
    assert us.rest.seq() == 6


def test_half_a_surrogate_pair_harms_nobody(us: Assistants) -> None:
    us.english.write(b'{"jsonrpc":"2.0","id":"x","method":"proje_olustur","params":{"isim":"a\\ud800"}}\n')
    answer = us.english.read()
    assert answer["id"] == "x"
    assert "half a surrogate pair" in answer["error"]["message"]
    assert us.rest.seq() == 0
    us.call("proje_olustur", isim="fine")
