"""Routes found without Klein answer as Klein does, and what is kept of them is what reading anew would give."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
import pytest

from gorev.rest.clients import ClientRoutes
from gorev.rest.health import HealthRoutes
from gorev.rest.hot import HotPaths
from gorev.rest.language import LanguageRoutes
from gorev.rest.mcp_calls import McpRoutes
from gorev.rest.metrics import MetricsRoutes
from gorev.rest.reply import Encoded
from gorev.rest.route import GET, POST, PUT, Route
from gorev.rest.routes import all_routes
from gorev.rest.tasks import ROUTES
from tests.support import raw_http
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


# What is sent to those that take a body.
BODIES: Final[Mapping[str, Any]] = {
    "create_task": {"baslik": "New", "title": "New"},
    "change_task": {"baslik": "Other", "title": "Other"},
    "search": {"query": "parent"},
}

_NOBODY: Any = None
HOT_ROUTES: Final = [
    route
    for route in all_routes(
        health=HealthRoutes(alive=_NOBODY, workspaces=_NOBODY, websocket=_NOBODY, mcp_clients=_NOBODY),
        clients=ClientRoutes(_NOBODY, _NOBODY),
        language=LanguageRoutes(_NOBODY),
        mcp=McpRoutes(_NOBODY),
        metrics=MetricsRoutes(_NOBODY, _NOBODY, _NOBODY),
    )
    if route.hot
]


def addresses(
    routes: Sequence[Route], methods: tuple[str, ...] | None = None, *, of_workspace: bool = True
) -> list[str]:
    """The addresses of routes of these methods."""
    return [
        f"/api{path}"
        for route in routes
        if route.methods == (methods or route.methods) and route.of_workspace == of_workspace
        for path, _ in route.paths()
    ]


def outline(value: Any) -> Any:
    """What a JSON value consists of."""
    if isinstance(value, dict):
        return {name: outline(each) for name, each in value.items()}
    return [outline(each) for each in value] if isinstance(value, list) else type(value)


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

    def whole(self, path: str) -> str:
        """An address with the id of a task with subtasks, or of a project with tasks."""
        of_project = "/proje" in path
        rows = self.client.get("/api/projeler" if of_project else "/api/gorevler")["data"]
        return path.replace("{id}", rows[-1]["id"])

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
    client.task("Elsewhere", proje_id=client.project()["id"])
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


@pytest.mark.parametrize("path", addresses(HOT_ROUTES, of_workspace=False))
def test_health_has_the_same_head_and_fields(asking: Asking, path: str) -> None:
    slow, hot = asking.one("GET", encoded(path)), asking.one("GET", path)
    assert (slow.status, slow.json.keys()) == (hot.status, hot.json.keys())
    assert {**slow.headers, "date": "", "content-length": ""} == {**hot.headers, "date": "", "content-length": ""}


@pytest.mark.parametrize("path", addresses(HOT_ROUTES, GET))
def test_every_read_is_alike(asking: Asking, path: str) -> None:
    answers = asking.all_ways(asking.whole(path))
    assert answers[0].status == 200
    assert alike(answers)


@pytest.mark.parametrize("path", [*addresses(HOT_ROUTES, POST), *addresses(HOT_ROUTES, PUT)])
def test_every_write_and_search_is_alike(asking: Asking, path: str) -> None:
    """But for what differs with each: ids, numbers, times."""
    (route,) = [each for each in HOT_ROUTES if path in addresses([each]) and each.methods != GET]
    address, body = asking.whole(path), BODIES[route.name]
    for method in route.methods:
        answers = [asking.one(method, each, body) for each in (encoded(address), address)]
        assert answers[0].status in (200, 201)
        assert answers[0].status == answers[1].status
        assert answers[0].headers.keys() == answers[1].headers.keys()
        assert outline(answers[0].json) == outline(answers[1].json)


@pytest.mark.parametrize("method", ["HEAD", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", ["/api/gorevler", "/api/ozet"])
def test_other_methods_are_alike(asking: Asking, path: str, method: str) -> None:
    assert alike([asking.one(method, each) for each in (path, encoded(path), path)])


@pytest.mark.parametrize(("version", "answered"), [("HTTP/1.0", 1), ("HTTP/1.1", 4)])
def test_requests_that_come_at_once_are_answered_one_by_one(asking: Asking, version: str, answered: int) -> None:
    path = asking.whole("/api/gorev/{id}")
    named = f"Host: localhost\r\nX-Workspace-Id: {asking.client.id}\r\n"
    requests = [f"GET {each} {version}\r\n{named}\r\n" for each in (path, path, encoded(path))]
    requests.append(f"GET {path} {version}\r\n{named}Connection: close\r\n\r\n")
    with raw_http.connected(asking.client.daemon) as peer:
        peer.sendall("".join(requests).encode())
        answers = raw_http.received(peer)
    body = asking.one("GET", path).content
    assert answers.count(body) == answers.count(b" 200 OK\r\n") == answered


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
    assert titles[0] == titles[2] == ["Elsewhere", "Late", "Child", "Parent"]
    assert titles[1] == titles[3] == ["Elsewhere"]


@pytest.mark.parametrize("name", ["workspace_id", "workspace%5Fid", "%77orkspace_id"])
def test_a_workspace_named_in_the_address_is_meant_however_it_is_written(asking: Asking, name: str) -> None:
    client = asking.client
    client.task("Here")
    answer = client.daemon.get(f"/api/gorevler?{name}={client.id}")
    assert [row["workspace_id"] for row in answer.json["data"]] == [client.id] * 5


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
