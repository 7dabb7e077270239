"""Lists of tasks in both families: scope, filters, order, pages, nesting (``rest-api.md`` §4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.rest.families import ENGLISH, TURKISH, UNKNOWN_ID, Family, both_families, refused
from tests.support.workspace_client import WorkspaceClient


def titles(client: WorkspaceClient, query: str, path: str = "/api/gorevler") -> list[str]:
    """The titles of the listed tasks, in order."""
    return [row["baslik"] for row in client.get(f"{path}?{query}")["data"]]


@both_families
def test_rows_have_the_family_s_names_only(client: WorkspaceClient, family: Family) -> None:
    client.task()
    answer = client.get(family.tasks)
    assert answer.keys() == {"success", "data", "total"}
    (row,) = answer["data"]
    assert row.keys() == family.task_fields | ({"subtasks"} if family is ENGLISH else set())


@both_families
def test_subtasks_are_rows_of_their_own(client: WorkspaceClient, family: Family) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"])
    rows = client.get(f"{family.tasks}?{'sirala=olusturma_asc'}")["data"]
    assert [row["id"] for row in rows] == [root["id"], child["id"]]
    assert (rows[1]["parent_id"], rows[1][family.level]) == (root["id"], 1)


def test_roots_of_family_b_carry_their_tree_to_full_depth_and_no_other_row_does(client: WorkspaceClient) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"])
    client.task("Grandchild", parent_id=child["id"])
    rows = {row["title"]: row for row in client.get(ENGLISH.tasks)["data"]}
    assert rows["Root"]["subtasks"][0]["title"] == "Child"
    assert rows["Root"]["subtasks"][0]["subtasks"][0]["title"] == "Grandchild"
    assert rows["Root"]["subtasks"][0]["subtasks"][0]["subtasks"] == []
    assert "subtasks" not in rows["Child"]
    assert "subtasks" not in rows["Grandchild"]


def test_family_a_nests_when_it_is_asked_to(client: WorkspaceClient) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"])
    client.task("Grandchild", parent_id=child["id"])
    client.task("Other")
    answer = client.get("/api/gorevler?agac=true")
    assert answer["total"] == 2
    assert [row["baslik"] for row in answer["data"]] == ["Other", "Root"]
    assert answer["data"][0]["alt_gorevler"] == []
    assert answer["data"][1]["alt_gorevler"][0]["alt_gorevler"][0]["baslik"] == "Grandchild"
    assert all("alt_gorevler" not in row for row in client.get("/api/gorevler?agac=false")["data"])


@both_families
def test_the_total_counts_all_matches_and_pages_together_hold_each_once(
    client: WorkspaceClient, family: Family
) -> None:
    made = {client.task(f"Task {number}")["id"] for number in range(7)}
    seen: list[str] = []
    for offset in range(0, 9, 3):
        answer = client.get(f"{family.tasks}?limit=3&offset={offset}")
        assert answer["total"] == 7
        seen += [row["id"] for row in answer["data"]]
    assert len(seen) == 7
    assert set(seen) == made


def test_a_page_has_fifty_rows_unless_another_number_is_asked_for(client: WorkspaceClient) -> None:
    for number in range(52):
        client.task(f"Task {number}")
    answer = client.get("/api/gorevler")
    assert (len(answer["data"]), answer["total"]) == (50, 52)
    assert len(client.get("/api/gorevler?limit=1000")["data"]) == 52
    assert client.get("/api/gorevler?offset=52") == {"success": True, "data": [], "total": 52}


@both_families
@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("limit=0", "limit", "invalid_value"),
        ("limit=1001", "limit", "invalid_value"),
        ("limit=ten", "limit", "invalid_value"),
        ("limit=1.5", "limit", "invalid_value"),
        ("offset=-1", "offset", "invalid_value"),
        ("offset=" + "9" * 40, "offset", "invalid_value"),
        ("durum=bitti", "durum", "invalid_status"),
        ("status=beklemede,x", "status", "invalid_status"),
        ("oncelik=acil", "oncelik", "invalid_priority"),
        ("sirala=rastgele", "sirala", "invalid_value"),
        ("filter=someday", "filter", "invalid_value"),
        ("tum_projeler=maybe", "tum_projeler", "invalid_value"),
        ("arama=a%00b", "arama", "invalid_value"),
        ("etiket=%00", "etiket", "invalid_value"),
    ],
)
def test_a_bad_query_is_refused_by_the_name_that_the_caller_used(
    client: WorkspaceClient, family: Family, query: str, field: str, code: str
) -> None:
    details = refused(client, "GET", f"{family.tasks}?{query}", status=400, code=code)
    assert details["field"] == field


def test_spellings_of_one_query_parameter_that_disagree_are_refused(client: WorkspaceClient) -> None:
    path = "/api/gorevler?durum=iptal&status=beklemede"
    details = refused(client, "GET", path, status=400, code="conflicting_alias")
    assert set(details["keys"]) == {"durum", "status"}


def test_empty_and_unknown_query_parameters_mean_nothing(client: WorkspaceClient) -> None:
    client.task("One")
    assert titles(client, "durum=&oncelik=&limit=&proje_id=&arama=&nonsense=1&%ff=%ff&&=") == ["One"]


@both_families
def test_lists_filter_by_status_and_priority_with_comma_lists_and_aliases(
    client: WorkspaceClient, family: Family
) -> None:
    for status in ("beklemede", "devam_ediyor", "tamamlandi", "iptal"):
        client.task(status, durum=status, oncelik="yuksek" if status == "iptal" else "dusuk")

    def found(query: str) -> set[str]:
        return {row[family.title] for row in client.get(f"{family.tasks}?{query}")["data"]}

    assert found("durum=iptal") == {"iptal"}
    assert found("status=pending,Completed") == {"beklemede", "tamamlandi"}
    assert found("durum=tamamland%C4%B1") == {"tamamlandi"}
    assert found("oncelik=high") == {"iptal"}
    assert found("priority=d%C3%BC%C5%9F%C3%BCk,orta&durum=beklemede") == {"beklemede"}


def test_lists_filter_by_tag_without_regard_to_case(client: WorkspaceClient) -> None:
    client.task("One", etiketler=["API"])
    client.task("Two", etiketler=["apis"])
    assert titles(client, "etiket=api") == titles(client, "tag=Api") == ["One"]
    assert titles(client, "etiket=nothing") == []


def test_lists_search_title_description_and_tags_folded(client: WorkspaceClient) -> None:
    client.task("IŞIK güçlü")
    client.task("Two", aciklama="biraz ışık")
    client.task("Three", etiketler=["ışıklı"])
    client.task("Four %_")
    for name in ("arama", "search", "q"):
        assert set(titles(client, f"{name}=isik")) == {"IŞIK güçlü", "Two", "Three"}
    assert titles(client, "q=%25_") == ["Four %_"]


def test_lists_take_children_of_one_task_or_roots_only(client: WorkspaceClient) -> None:
    root = client.task("Root")
    child = client.task("Child", parent_id=root["id"])
    client.task("Grandchild", parent_id=child["id"])
    assert titles(client, f"parent_id={root['id']}") == ["Child"]
    assert titles(client, f"parent_id={root['id'][:8]}") == ["Child"]
    assert titles(client, "parent_id=root") == ["Root"]


@both_families
def test_a_project_named_wins_over_all_projects_and_that_over_the_active_one(
    client: WorkspaceClient, family: Family
) -> None:
    one, two = client.project("One"), client.project("Two")
    client.task("In one", proje_id=one["id"])
    client.task("In two", proje_id=two["id"])
    client.task("In none")

    def total(query: str) -> int:
        return int(client.get(f"{family.tasks}?{query}")["total"])

    assert total("") == 3
    client.activate(one["id"])
    assert total("") == 1
    assert total("tum_projeler=true") == total("all_projects=1") == total("all_projects=yes") == 3
    assert total("tum_projeler=false") == 1
    assert total(f"proje_id={two['id'][:8]}&all_projects=true") == 1
    assert total(f"project_id={two['id']}") == 1


@both_families
def test_a_scope_that_does_not_exist_is_not_found(client: WorkspaceClient, family: Family) -> None:
    refused(client, "GET", f"{family.tasks}?proje_id={UNKNOWN_ID}", status=404, code="project_not_found")
    refused(client, "GET", f"{family.tasks}?parent_id={UNKNOWN_ID}", status=404, code="task_not_found")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("", "sirala=olusturma_desc", "sort=created_at_desc", "order_by=created_at_desc"), "CBA"),
        (("sirala=olusturma_asc", "sort=created_at_asc"), "ABC"),
        (("sirala=son_tarih_asc", "sort=due_date_asc"), "BAC"),
        (("sirala=son_tarih_desc", "order_by=due_date_desc"), "ABC"),
        (("sirala=oncelik_asc", "sort=priority_asc"), "CAB"),
        (("sirala=oncelik_desc", "sort=priority_desc"), "BAC"),
    ],
)
def test_lists_are_ordered_as_asked_and_undated_tasks_come_last(
    client: WorkspaceClient, order: tuple[str, ...], expected: str
) -> None:
    client.task("A", son_tarih="2031-06-01", oncelik="orta")
    client.task("B", son_tarih="2031-01-01", oncelik="yuksek")
    client.task("C", oncelik="dusuk")
    for query in order:
        assert "".join(titles(client, query)) == expected, query


def test_quick_filters_take_open_tasks_by_their_due_date(client: WorkspaceClient) -> None:
    today = datetime.now().astimezone().date()
    sunday = today + timedelta(days=6 - today.weekday())
    dates = {
        "yesterday": today - timedelta(days=1),
        "today": today,
        "in six days": today + timedelta(days=6),
        "in seven days": today + timedelta(days=7),
        "sunday": sunday,
        "monday": sunday + timedelta(days=1),
    }
    for name, day in dates.items():
        client.task(name, son_tarih=day.isoformat())
        client.task(f"{name} done", son_tarih=day.isoformat(), durum="tamamlandi")
    client.task("undated")

    def expected(first: Any, last: Any) -> set[str]:
        return {name for name, day in dates.items() if (first is None or day >= first) and day <= last}

    assert set(titles(client, "filtre=acil")) == expected(today, today + timedelta(days=6))
    assert set(titles(client, "filter=urgent")) == expected(today, today + timedelta(days=6))
    assert set(titles(client, "filtre=gecmis")) == set(titles(client, "filter=overdue")) == {"yesterday"}
    assert set(titles(client, "filtre=bugun")) == set(titles(client, "filter=today")) == expected(today, today)
    assert set(titles(client, "filtre=bu_hafta")) == expected(today, sunday)
    assert set(titles(client, "filter=this_week")) == expected(today, sunday)


@both_families
def test_a_project_s_tasks_are_listed_with_filters_and_their_total(client: WorkspaceClient, family: Family) -> None:
    project = client.project()
    client.activate(client.project("Other")["id"])
    root = client.task("Root", proje_id=project["id"], etiketler="x")
    client.task("Child", parent_id=root["id"])
    client.task("Elsewhere")
    path = family.project_tasks.format(id=project["id"][:8])
    answer = client.get(path)
    assert answer.keys() == {"success", "data", "total"}
    assert [row[family.title] for row in answer["data"]] == ["Child", "Root"]
    assert answer["total"] == 2
    if family is ENGLISH:
        assert answer["data"][1]["subtasks"][0]["title"] == "Child"
    assert client.get(f"{path}?limit=1&offset=1&sirala=olusturma_asc")["data"][0][family.title] == "Child"
    assert client.get(f"{path}?etiket=X")["total"] == 1
    assert client.get(f"{path}?durum=iptal&oncelik=orta&filtre=acil") == {"success": True, "data": [], "total": 0}
    unknown = family.project_tasks.format(id=UNKNOWN_ID)
    refused(client, "GET", unknown, status=404, code="project_not_found")
    refused(client, "GET", f"{path}?durum=x", status=400, code="invalid_status")


def test_the_singular_path_of_family_a_lists_too(client: WorkspaceClient) -> None:
    client.task("One")
    assert client.get("/api/gorev")["data"] == client.get(TURKISH.tasks)["data"]
