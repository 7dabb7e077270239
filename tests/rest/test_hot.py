"""Routes found without Klein answer as Klein does, and what is kept of them is what reading anew would give."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from gorev.rest.hot import HotPaths
from gorev.rest.reply import Encoded
from gorev.rest.tasks import ROUTES
from tests.support.running_daemon import Response
from tests.support.workspace_client import WorkspaceClient

NOTHING: Final = Encoded(200, (), None, b"")
# Of two answers that are alike.
VARYING: Final = ("date",)
LISTS: Final = (
    "/api/gorevler",
    "/api/gorevler?durum=beklemede&limit=3",
    "/api/v1/tasks",
    "/api/v1/tasks?sort=oncelik_desc&limit=5",
    "/api/gorevler?hizli_filtre=gecmis",
)


def encoded(path: str) -> str:
    """The same path, written so that it is not in the table: with the last letter before any query in an escape."""
    path, mark, query = path.partition("?")
    return f"{path[:-1]}%{ord(path[-1]):02X}{mark}{query}"


@attrs.frozen
class Asking:
    """Requests that name the workspace by its id, as clients do that know it."""

    client: WorkspaceClient

    def one(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        named = {"X-Workspace-Id": self.client.id, "Accept-Language": "en"} | headers
        return self.client.daemon.request(method, path, body, named)

    def all_ways(self, path: str, **headers: str) -> list[Response]:
        """Read anew by Klein, then twice from the table: the second time it may be kept."""
        return [self.one("GET", each, **headers) for each in (encoded(path), path, path, path)]


def alike(responses: list[Response]) -> bool:
    """Whether these are one answer, but for the time."""

    def seen(response: Response) -> Any:
        headers = {name: value for name, value in response.headers.items() if name not in VARYING}
        return response.status, headers, response.content

    return all(seen(response) == seen(responses[0]) for response in responses)


@pytest.fixture
def asking(client: WorkspaceClient) -> Asking:
    """A workspace with a few tasks in it."""
    parent = client.task("Parent", etiketler=["one", "two"])
    client.task("Child", parent_id=parent["id"])
    client.task("Late", son_tarih="2020-01-01")
    return Asking(client)


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_alike(asking: Asking, path: str) -> None:
    assert alike(asking.all_ways(path))


@pytest.mark.parametrize("path", ["/api/gorev", "/api/v1/tasks"])
def test_tasks_are_alike_by_their_whole_ids_and_by_prefixes(asking: Asking, path: str) -> None:
    task_id = asking.client.get("/api/gorevler")["data"][-1]["id"]
    for given in (task_id, task_id[:8], task_id.upper()):
        assert alike(asking.all_ways(f"{path}/{given}"))


@pytest.mark.parametrize(
    "path", ["/api/gorevler?durum=none", "/api/gorev/00000000", "/api/gorev/x", "/api/v1/tasks/search"]
)
def test_refusals_are_alike(asking: Asking, path: str) -> None:
    answers = asking.all_ways(path)
    assert answers[0].status >= 400
    assert alike(answers)


@pytest.mark.parametrize("path", ["/api/health", "/api/v1/health", "/api/health/ready"])
def test_health_has_the_same_head_and_fields(asking: Asking, path: str) -> None:
    slow, hot = asking.one("GET", encoded(path)), asking.one("GET", path)
    assert (slow.status, slow.json.keys()) == (hot.status, hot.json.keys())
    assert {**slow.headers, "date": "", "content-length": ""} == {**hot.headers, "date": "", "content-length": ""}


def test_headers_that_a_caller_adds_mean_the_same(asking: Asking) -> None:
    task_id = asking.client.get("/api/gorevler")["data"][0]["id"]
    path = f"/api/gorev/{task_id}"
    assert alike(asking.all_ways(path, Origin=asking.client.daemon.url))
    assert alike(asking.all_ways(path, Connection="close"))
    tag = asking.one("GET", path).headers["etag"]
    answers = asking.all_ways(path, **{"If-None-Match": tag})
    assert {answer.status for answer in answers} == {304}
    assert alike(answers)


def test_writes_are_alike(asking: Asking) -> None:
    made = [asking.one("POST", path, {"baslik": "New"}) for path in ("/api/gorev", encoded("/api/gorev"))]
    assert [each.status for each in made] == [201, 201]
    task_id = made[0].json["data"]["id"]
    path = f"/api/gorev/{task_id}"
    stale = [asking.one("PUT", each, {"baslik": "x"}, **{"If-Match": '"7"'}) for each in (path, encoded(path))]
    assert stale[0].status == 412
    assert alike(stale)


def test_workspaces_are_not_mixed_up(asking: Asking) -> None:
    other = Asking(WorkspaceClient.of_new_folder(asking.client.daemon))
    other.client.task("Elsewhere")
    titles = [[row["baslik"] for row in each.one("GET", "/api/gorevler").json["data"]] for each in (asking, other) * 2]
    assert titles[0] == titles[2] == ["Late", "Child", "Parent"]
    assert titles[1] == titles[3] == ["Elsewhere"]


@pytest.mark.parametrize("name", ["workspace_id", "workspace%5Fid", "%77orkspace_id"])
def test_a_workspace_named_in_the_address_is_meant_however_it_is_written(asking: Asking, name: str) -> None:
    client = asking.client
    client.task("Here")
    answer = client.daemon.get(f"/api/gorevler?{name}={client.id}")
    assert [row["workspace_id"] for row in answer.json["data"]] == [client.id] * 4


def change(asking: Asking, dice: random.Random) -> None:
    """Something that can be seen in a list or with a task: of a task, a subtask, a link, a tag, a project."""
    rows = asking.one("GET", "/api/gorevler?limit=1000").json["data"]
    one, other = dice.choice(rows)["id"], dice.choice(rows)["id"]
    project = asking.client.project(f"P{dice.random()}")["id"] if dice.random() < 0.1 else None
    deeds: tuple[Callable[[], Response], ...] = (
        lambda: asking.one("POST", "/api/gorev", {"baslik": f"T{dice.random()}", "etiketler": ["one"]}),
        lambda: asking.one("POST", f"/api/gorev/{one}/altgorev", {"baslik": "Below"}),
        lambda: asking.one("PUT", f"/api/gorev/{one}", {"durum": dice.choice(["devam_ediyor", "tamamlandi"])}),
        lambda: asking.one("PUT", f"/api/gorev/{one}", {"baslik": f"T{dice.random()}", "proje_id": project}),
        lambda: asking.one("POST", f"/api/gorev/{one}/bagimlilik", {"kaynak_id": other, "baglanti_tipi": "onceki"}),
        lambda: asking.one("PUT", f"/api/gorev/{one}/ust", {"yeni_parent_id": dice.choice([other, ""])}),
        lambda: asking.one("DELETE", f"/api/gorev/{one}"),
        lambda: asking.one("PUT", f"/api/proje/{project}", {"isim": f"Q{dice.random()}"}),
    )
    dice.choice(deeds)()  # a refusal is as good as a change


def test_what_is_kept_is_what_reading_anew_would_give(asking: Asking) -> None:
    dice = random.Random(7)
    for _ in range(60):
        change(asking, dice)
        rows = asking.one("GET", "/api/gorevler?limit=1000").json["data"]
        task_id = dice.choice(rows)["id"] if rows else asking.client.task()["id"]
        for path in (*LISTS, f"/api/gorev/{task_id}", f"/api/gorev/{task_id}/hiyerarsi"):
            assert alike(asking.all_ways(path)), path


def test_a_path_of_another_route_is_not_taken_for_an_id() -> None:
    table = HotPaths()
    for route in ROUTES:
        for path, _ in route.paths():
            table.add(route, path, lambda request, **parameters: NOTHING, lambda request: None)
    assert table.find(b"GET", b"/api/v1/tasks/0123abcd") is not None
    assert table.find(b"DELETE", b"/api/v1/tasks/0123abcd") is None
    assert table.find(b"GET", b"/api/v1/tasks/0123abcd/subtasks") is not None
    assert table.find(b"GET", b"/api/v1/tasks/0123abcd/links") is None
    assert table.find(b"GET", b"/api/v1/tasks/0123%61bcd") is None
