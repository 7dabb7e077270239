"""Revisions, entity tags and ``seq`` (``rest-api.md`` rules R2 and R3)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.rest.families import ENGLISH, TURKISH, Family, both_families, refused
from tests.support.workspace_client import WorkspaceClient


@both_families
def test_a_read_of_one_entity_bears_a_tag_of_its_revision_and_the_seq(client: WorkspaceClient, family: Family) -> None:
    task, project = client.task(), client.project()
    client.change(task["id"], baslik="Changed")
    for path, rev in ((family.task.format(id=task["id"]), 2), (family.project.format(id=project["id"]), 1)):
        response = client.request("GET", path)
        assert response.headers["etag"] == f'"{rev}-3"'
        assert response.headers["x-gorev-seq"] == "3"


@both_families
def test_an_unchanged_entity_is_not_sent_again(client: WorkspaceClient, family: Family) -> None:
    task, project = client.task(), client.project()
    client.activate(project["id"])
    for path in (
        family.task.format(id=task["id"]),
        family.project.format(id=project["id"]),
        family.active_project,
    ):
        tag = client.request("GET", path).headers["etag"]
        for sent in (tag, f'"1-0", {tag}', f"W/{tag}"):
            response = client.request("GET", path, headers={"If-None-Match": sent})
            assert (response.status, response.content) == (304, b"")
            assert response.headers["etag"] == tag
        assert client.request("HEAD", path, headers={"If-None-Match": tag}).status == 304


@both_families
def test_the_tag_goes_stale_when_something_shown_with_the_task_changes(client: WorkspaceClient, family: Family) -> None:
    """A title of a subtask changes without the parent's ``rev``, so the tag is judged whole."""
    task = client.task()
    child = client.task(parent_id=task["id"])
    path = family.task.format(id=task["id"])
    tag = client.request("GET", path).headers["etag"]
    client.change(child["id"], baslik="Renamed")
    response = client.request("GET", path, headers={"If-None-Match": tag})
    assert response.status == 200
    assert response.json["data"]["rev"] == 1
    assert client.request("GET", path, headers={"If-None-Match": '"1"'}).status == 200


@both_families
def test_a_write_with_the_newest_revision_goes_through_in_both_forms_of_the_tag(
    client: WorkspaceClient, family: Family
) -> None:
    path = family.task.format(id=client.task()["id"])
    client.task("Raises the seq but not the revision")
    for number, tag in enumerate(('"1"', '"2-1"', 'W/"3-99"', "*"), start=2):
        response = client.request("PUT", path, {"baslik": f"Title {number}"}, {"If-Match": tag})
        assert response.status == 200
        assert response.json["data"]["rev"] == number


@both_families
@pytest.mark.parametrize("tag", ['"1"', '"1-2"', '"3"', '"99-1"'])
def test_a_write_with_another_revision_is_refused_and_shows_the_current_entity(
    client: WorkspaceClient, family: Family, tag: str
) -> None:
    task = client.task("Old")
    client.change(task["id"], baslik="Newer")
    stale = {"If-Match": tag}
    for method, path, body in (
        ("PUT", family.task, {"baslik": "Mine"}),
        ("PUT", family.parent, {"new_parent_id": ""}),
        ("DELETE", family.task, None),
    ):
        details = refused(
            client, method, path.format(id=task["id"]), body, status=412, code="stale_revision", headers=stale
        )
        assert details.keys() == {"current"}
        assert details["current"].keys() == family.single_task_fields
        assert (details["current"][family.title], details["current"]["rev"]) == ("Newer", 2)
    assert client.seq() == 2


@both_families
def test_a_hierarchy_bears_the_tag_of_its_task(client: WorkspaceClient, family: Family) -> None:
    path = family.hierarchy.format(id=client.task()["id"])
    tag = client.request("GET", path).headers["etag"]
    assert tag == '"1-1"'
    assert client.request("GET", path, headers={"If-None-Match": tag}).status == 304


def test_links_of_a_task_are_judged_by_the_revision_of_that_task(client: WorkspaceClient) -> None:
    one, other = client.task("One"), client.task("Other")
    client.change(one["id"], baslik="Newer")
    path = f"/api/v1/tasks/{one['id']}/dependencies"
    body = {"source_id": other["id"]}
    stale, newest = {"If-Match": '"1"'}, {"If-Match": '"2"'}
    details = refused(client, "POST", path, body, status=412, code="stale_revision", headers=stale)
    assert (details["current"]["title"], details["current"]["rev"]) == ("Newer", 2)
    assert client.request("POST", path, body, newest).status == 201
    refused(client, "DELETE", f"{path}/{other['id']}", status=412, code="stale_revision", headers=newest)
    assert client.request("DELETE", f"{path}/{other['id']}", headers={"If-Match": '"3"'}).status == 200


def test_an_error_tells_the_seq_at_which_it_was_true(client: WorkspaceClient) -> None:
    task = client.task()
    client.task("Child", parent_id=task["id"])
    nothing = "/api/gorev/00000000-0000-4000-8000-000000000000"
    for method, path, body in (
        ("GET", nothing, None),
        ("PUT", nothing, {"baslik": "x"}),
        ("DELETE", f"/api/gorev/{task['id']}", None),
        ("GET", "/api/olaylar?since=9", None),
    ):
        response = client.request(method, path, body)
        assert response.status >= 400
        assert response.headers["x-gorev-seq"] == "2"


@both_families
def test_writes_on_projects_are_judged_too(client: WorkspaceClient, family: Family) -> None:
    project = client.project("Old")
    path = family.project.format(id=project["id"])
    assert client.request("PUT", path, {"isim": "Newer"}, {"If-Match": '"1"'}).status == 200
    activate, activation = family.activate
    for method, address, body in (
        ("PUT", path, {"isim": "Mine"}),
        ("DELETE", path, None),
        (activate, activation.format(id=project["id"]), None),
    ):
        details = refused(
            client, method, address, body, status=412, code="stale_revision", headers={"If-Match": '"1-1"'}
        )
        assert details["current"].keys() == family.project_fields
        assert details["current"]["rev"] == 2


@pytest.mark.parametrize("tag", ["1", '"x"', "'1'", '"1', '""', '"-1"', "\xff"])
def test_a_tag_that_is_none_of_ours_is_refused(client: WorkspaceClient, tag: str) -> None:
    path = TURKISH.task.format(id=client.task()["id"])
    details = refused(client, "PUT", path, {"baslik": "x"}, status=400, code="invalid_value", headers={"If-Match": tag})
    assert details["field"] == "If-Match"
    assert client.seq() == 1


def test_a_rev_in_the_body_is_ignored(client: WorkspaceClient) -> None:
    task = client.task()
    assert client.change(task["id"], baslik="One", rev=1)["rev"] == 2
    assert client.change(task["id"], baslik="Two", rev=1)["rev"] == 3


def test_of_many_writes_on_one_revision_one_wins(client: WorkspaceClient) -> None:
    path = TURKISH.task.format(id=client.task()["id"])
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda number: client.request("PUT", path, {"baslik": f"By {number}"}, {"If-Match": '"1"'}).status,
                range(8),
            )
        )
    assert sorted(answers) == [200] + [412] * 7
    assert client.get(path)["data"]["rev"] == 2


def test_no_write_without_a_tag_is_lost(client: WorkspaceClient) -> None:
    task = client.task()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: client.change(task["id"], aciklama=f"By {number}"), range(24)))
    assert client.get(TURKISH.task.format(id=task["id"]))["data"]["rev"] == 25
    assert client.seq() == 25


@both_families
def test_every_data_route_tells_the_seq(client: WorkspaceClient, family: Family) -> None:
    def seq(method: str, path: str, body: object = None) -> int:
        response = client.request(method, path, body)
        assert response.status in (200, 201), response.content
        return int(response.headers["x-gorev-seq"])

    assert seq("GET", family.tasks) == 0
    assert seq("POST", family.new_task, {"baslik": "Task"}) == 1
    task = client.get(family.tasks)["data"][0]["id"]
    assert seq("POST", family.subtasks.format(id=task), {"baslik": "Child"}) == 2
    child = client.get(family.subtasks.format(id=task))["data"][0]["id"]
    assert seq("PUT", family.task.format(id=task), {"baslik": "Renamed"}) == 3
    assert seq("PUT", family.parent.format(id=child), {"new_parent_id": ""}) == 4
    assert seq("DELETE", family.task.format(id=child)) == 5
    assert seq("POST", family.new_project, {"isim": "One"}) == 6
    project = client.get(family.projects)["data"][0]["id"]
    assert seq("PUT", family.project.format(id=project), {"isim": "Two"}) == 7
    method, path = family.activate
    assert seq(method, path.format(id=project)) == 9  # the project's own change, then that all shall reload
    assert seq("DELETE", family.active_project) == 11
    assert seq("DELETE", family.project.format(id=project)) == 12
    reads = (family.task, family.subtasks, family.hierarchy)
    for path in (family.tasks, family.projects, family.active_project, *(read.format(id=task) for read in reads)):
        assert seq("GET", path) == 12


def test_each_workspace_counts_for_itself(client: WorkspaceClient) -> None:
    other = WorkspaceClient.of_new_folder(client.daemon)
    client.task()
    client.task()
    other.task()
    assert (client.seq(), other.seq()) == (2, 1)


@both_families
def test_writes_answer_with_the_tag_of_what_they_made(client: WorkspaceClient, family: Family) -> None:
    response = client.request("POST", family.new_task, {"baslik": "x"})
    assert re.fullmatch(r'"1-1"', response.headers["etag"])
    path = ENGLISH.task.format(id=response.json["data"]["id"])
    tag = client.request("PUT", path, {"baslik": "y"}).headers["etag"]
    assert client.request("PUT", path, {"baslik": "z"}, {"If-Match": tag}).status == 200
