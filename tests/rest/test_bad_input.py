"""Bodies and requests that are wrong, large or slow: each is answered, and the daemon goes on (``rest-api.md`` §1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rest.families import refused
from tests.support.raw_http import connected, exchange, is_well, message, parsed, received
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

LIMIT = 4 * 1024 * 1024
JSON = ("Content-Type", "application/json")
HOST = ("Host", "localhost")


@pytest.fixture(autouse=True)
def goes_on(daemon: RunningDaemon) -> Iterator[None]:
    """Whatever a test sends, the same process answers afterwards."""
    before = daemon.pid
    yield
    assert is_well(daemon)
    assert daemon.get("/api/health").json["pid"] == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut"),
        pytest.param(b"not json", id="text"),
        pytest.param(b"[]", id="array"),
        pytest.param(b'"x"', id="string"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{'baslik': 'x'}", id="single quotes"),
        pytest.param(b'{"baslik": "x"} {}', id="two values"),
        pytest.param(b'{"baslik": NaN}', id="NaN"),
        pytest.param(b'{"baslik": "x", "n": 1e400}', id="number out of range"),
        pytest.param(b'{"baslik": "a\xff"}', id="not UTF-8"),
        pytest.param('{"baslik": "x"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\0" * 100, id="NUL bytes"),
        pytest.param(b"[" * 200_000, id="deep array"),
        pytest.param(b'{"a":' * 200_000 + b"1" + b"}" * 200_000, id="deep object"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client: WorkspaceClient, body: bytes) -> None:
    for path in ("/api/gorev", "/api/v1/projects"):
        refused(client, "POST", path, body, status=400, code="bad_request")
    assert client.seq() == 0


@pytest.mark.parametrize("body", [None, b"", b"  \r\n\t "])
def test_an_empty_body_is_an_empty_object(client: WorkspaceClient, body: bytes | None) -> None:
    refused(client, "POST", "/api/gorev", body, status=400, code="missing_parameter")
    task = client.task()
    assert client.request("PUT", f"/api/gorev/{task['id']}", body).status == 200


def test_long_numbers_and_nesting_in_unknown_keys_are_no_matter(client: WorkspaceClient) -> None:
    body = b'{"baslik": "x", "m": ' + b"9" * 4000 + b', "a": ' + b"[" * 500 + b"]" * 500 + b"}"
    response = client.request("POST", "/api/gorev", body, {"Idempotency-Key": "k"})
    assert response.status == 201


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonx",
        "text/json",
        "",
        "application/json, text/plain",
    ],
)
def test_a_body_of_another_content_type_is_refused(client: WorkspaceClient, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    for method, path in (("POST", "/api/gorev"), ("PUT", "/api/v1/tasks/x"), ("POST", "/api/v1/projects")):
        refused(client, method, path, b'{"baslik": "x"}', status=415, code="unsupported_media_type", headers=headers)
    assert client.seq() == 0


def test_a_body_without_a_content_type_is_refused(daemon: RunningDaemon) -> None:
    body = b'{"baslik": "x"}'
    content = message("POST", "/api/gorev", [HOST, ("Content-Length", str(len(body)))], body)
    assert exchange(daemon, content).json["code"] == "unsupported_media_type"


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", " application/json ;"])
def test_json_with_parameters_or_in_capitals_is_json(client: WorkspaceClient, content_type: str) -> None:
    response = client.request("POST", "/api/gorev", b'{"baslik": "x"}', {"Content-Type": content_type})
    assert response.status == 201


def padded(size: int) -> bytes:
    """A task's body of so many bytes."""
    start = b'{"baslik": "x", "padding": "'
    return start + b"p" * (size - len(start) - 2) + b'"}'


def test_a_body_of_exactly_the_limit_is_taken(client: WorkspaceClient) -> None:
    assert client.request("POST", "/api/gorev", padded(LIMIT)).status == 201


def test_a_body_one_byte_over_the_limit_is_refused(client: WorkspaceClient) -> None:
    refused(client, "POST", "/api/gorev", padded(LIMIT + 1), status=413, code="payload_too_large")
    refused(client, "PUT", "/api/v1/tasks/x", padded(LIMIT * 2), status=413, code="payload_too_large")


def chunked(body: bytes) -> bytes:
    """``body`` in chunks of 64 KiB."""
    size = 65536
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(("over", "status"), [(0, 201), (1, 413)])
def test_the_limit_holds_for_a_body_without_a_length(daemon: RunningDaemon, over: int, status: int) -> None:
    content = message(
        "POST", "/api/gorev", [HOST, JSON, ("Transfer-Encoding", "chunked")], chunked(padded(LIMIT + over))
    )
    assert exchange(daemon, content).status == status


def test_a_body_that_announces_more_than_any_memory_is_cut_off(daemon: RunningDaemon) -> None:
    head = message("POST", "/api/gorev", [HOST, JSON, ("Content-Length", str(10**12))])
    with connected(daemon) as peer, pytest.raises(OSError, match=r"Broken pipe|reset"):
        peer.sendall(head + bytes(300 * 1024 * 1024))


@pytest.mark.parametrize("length", ["-1", "abc", "1, 2", "0x10", "9" * 30 + "x"])
def test_a_content_length_that_is_no_number_is_refused(daemon: RunningDaemon, length: str) -> None:
    content = message("POST", "/api/gorev", [HOST, JSON, ("Content-Length", length)], b"{}")
    assert exchange(daemon, content).status == 400


def test_two_ways_to_tell_the_length_are_refused(daemon: RunningDaemon) -> None:
    headers = [HOST, JSON, ("Content-Length", "2"), ("Transfer-Encoding", "chunked")]
    assert exchange(daemon, message("POST", "/api/gorev", headers, b"0\r\n\r\n")).status == 400


def test_a_slow_body_holds_nobody_else_up(daemon: RunningDaemon, client: WorkspaceClient) -> None:
    body = b'{"baslik": "Slow"}'
    headers = [HOST, JSON, ("Content-Length", str(len(body))), ("X-Workspace-Path", str(client.folder))]
    with connected(daemon) as peer:
        peer.sendall(message("POST", "/api/gorev", headers, body[:1]))
        for byte in body[1:-1]:
            assert client.get("/api/gorevler")["total"] == 0
            peer.sendall(bytes([byte]))
        peer.sendall(body[-1:])
        assert parsed(received(peer)).status == 201
    assert client.get("/api/gorevler")["total"] == 1


def test_a_client_that_leaves_in_the_middle_of_its_body_leaves_nothing(
    daemon: RunningDaemon, client: WorkspaceClient
) -> None:
    headers = [HOST, JSON, ("Content-Length", "100"), ("X-Workspace-Path", str(client.folder))]
    for sent in (b"", b'{"baslik": "Half'):
        with connected(daemon) as peer:
            peer.sendall(message("POST", "/api/gorev", headers, sent))
    assert client.get("/api/gorevler")["total"] == 0


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\r\n\r\n\r\n\r\n", id="blank lines"),
        pytest.param(b"GET\r\n\r\n", id="no target"),
        pytest.param(b"GET /api/health\r\n\r\n", id="HTTP/0.9"),
        pytest.param(b"GET /api/health HTTP/9.9\r\nHost: localhost\r\n\r\n", id="unknown version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200 + b"\r\n\r\n", id="TLS"),
        pytest.param(b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", id="long target"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", id="long header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000 + b"\r\n", id="many headers"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", id="no colon"),
        pytest.param(b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", id="space before colon"),
    ],
)
def test_what_is_no_http_is_refused_or_dropped(daemon: RunningDaemon, content: bytes) -> None:
    with connected(daemon) as peer:
        try:
            peer.sendall(content)
            peer.shutdown(1)
        except OSError:
            return
        answer = received(peer)
    assert not answer or b" 400 " in answer.split(b"\r\n")[0] or b" 403 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize("injected", ["a%0d%0aSet-Cookie:%20x=1", "%0a%0d%0a<h1>", "a%0D%0AX-Gorev-Seq:%209"])
def test_line_ends_in_an_address_reach_no_header(client: WorkspaceClient, injected: str) -> None:
    for path in (f"/api/gorev/{injected}", f"/api/{injected}", f"/api/gorevler?durum={injected}", f"/{injected}"):
        response = client.request("GET", path)
        assert "set-cookie" not in response.headers
        assert response.headers.get("x-gorev-seq") != "9"


def test_line_ends_in_a_workspace_name_reach_no_header(daemon: RunningDaemon, client: WorkspaceClient) -> None:
    headers = {"X-Workspace-Name": "a%0d%0aX-Evil: 1", "X-Gorev-Client": "a\tb"}
    response = client.request("POST", "/api/gorev", {"baslik": "x"}, headers)
    assert response.status == 201
    assert "x-evil" not in response.headers


def test_what_is_no_http_is_told_so_in_the_shape_of_errors(daemon: RunningDaemon) -> None:
    response = exchange(daemon, b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n")
    assert (response.status, response.json["code"]) == (400, "bad_request")
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "X" * 1000])
def test_an_unknown_method_is_not_allowed(daemon: RunningDaemon, method: str) -> None:
    response = exchange(daemon, message(method, "/api/gorevler", [HOST]))
    assert (response.status, response.json["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    "path", ["/api/gorevlerr", "/api/v1", "/api/v2/tasks", "/api/gorev/a/b/c", "/api/%00", "/api/../api/none", "/api//"]
)
def test_an_unknown_route_is_not_found(daemon: RunningDaemon, path: str) -> None:
    response = daemon.get(path)
    assert (response.status, response.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("X-Workspace-Path", "/" + "a" * 5000, 400),
        ("X-Workspace-Path", "/none/" + "%2e%2e/none/" * 500, 400),
        ("X-Workspace-Id", "a" * 10_000, 404),
        ("X-Workspace-Name", "%ff%fe" * 1000, 200),
        ("X-Gorev-Client", "c" * 10_000, 200),
        ("Accept-Language", "," * 10_000, 200),
        ("Accept-Language", "tr;q=" + "9" * 5000, 200),
        ("If-None-Match", '"' * 10_000, 200),
    ],
    ids=["path", "climbing path", "id", "name", "client", "commas", "weight", "tags"],
)
def test_a_header_that_is_long_or_strange_does_no_harm(
    daemon: RunningDaemon, name: str, value: str, status: int
) -> None:
    response = daemon.get("/api/gorevler", **{name.replace("-", "_"): value})
    assert response.status == status
    assert len(response.content) < 4000


@pytest.mark.parametrize(
    "path",
    [
        "/api/gorev/..%2f..%2fetc%2fpasswd",
        "/api/v1/workspaces/..%2f..",
        "/api/template/..%5c..%5c",
        "/api/v1/mcp/../../etc/passwd",
        "/api/operations/%2e%2e",
    ],
)
def test_an_id_that_climbs_finds_nothing(daemon: RunningDaemon, path: str) -> None:
    for method in ("GET", "DELETE", "POST"):
        response = daemon.request(method, path, {} if method == "POST" else None)
        assert response.status in (200, 404, 405)
        assert b"root:" not in response.content


@pytest.mark.parametrize("ending", [b"\n", b"\r"])
def test_a_line_end_in_a_header_never_becomes_one_of_ours(daemon: RunningDaemon, ending: bytes) -> None:
    content = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-Gorev-Client: a" + ending + b"X-Evil: 1\r\n"
    response = exchange(daemon, content + b"Connection: close\r\n\r\n")
    assert response.status in (200, 400)
    assert "x-evil" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Length", "0"), ("Content-Length", "100")],
        [("Content-Length", "100"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "chunked, identity")],
        [("Transfer-Encoding", "xchunked")],
    ],
)
def test_a_request_within_a_body_is_no_request(daemon: RunningDaemon, headers: list[tuple[str, str]]) -> None:
    """Two lengths, or a length told in an odd way, make the daemon see no second request in the first one's body."""
    inner = message("POST", "/api/gorev", [HOST, JSON, ("Content-Length", "19")], b'{"baslik": "Inner"}')
    with connected(daemon) as peer:
        peer.sendall(message("POST", "/api/gorev", [HOST, JSON, *headers], inner))
        answers = received(peer)
    assert answers.count(b"HTTP/1.1 ") == 1
    assert b" 400 " in answers.split(b"\r\n")[0]
    assert daemon.get("/api/gorevler?arama=Inner").json["total"] == 0


def test_a_peer_that_ends_its_side_first_holds_nothing(daemon: RunningDaemon) -> None:
    for _ in range(50):
        with connected(daemon) as peer:
            peer.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n")
            peer.shutdown(1)
            assert received(peer) == b""
