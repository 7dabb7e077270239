"""Who may talk to the HTTP port (``rest-api.md`` §1, origin policy): the rule, and every door it stands before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gorev import guard
from tests.support.raw_http import connected, exchange, is_well, message
from tests.support.running_daemon import Response, RunningDaemon

PORT = 5082

OWN_HOSTS = ["localhost", "LOCALHOST", "localhost:5082", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:5082"]
FOREIGN_HOSTS = [
    "",
    "evil.com",
    "evil.com:5082",
    "localhost.evil.com",
    "localhost.evil.com:5082",
    "127.0.0.1.evil.com",
    "127.0.0.1.nip.io:5082",
    "evil.com@",
    "localhost@evil.com",
    "evil-localhost",
    "localhostt",
    "0.0.0.0",
    "0.0.0.0:5082",
    "127.0.0.1.",
    "127.0.0.2",
    "2130706433",
    "0x7f000001",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[fe80::1]",
    "[::1",
    "localhost, evil.com",
    "evil.com, localhost",
    "localhost evil.com",
    "evil.com/localhost",
    "evil.com#localhost",
    "evil.com?localhost",
    "lоcalhost",  # a Cyrillic letter
]

OWN_ORIGINS = ["http://localhost:5082", "http://127.0.0.1:5082", "http://[::1]:5082"]
FOREIGN_ORIGINS = [
    "",
    "null",
    "*",
    "http://evil.com",
    "http://evil.com:5082",
    "http://localhost",
    "http://localhost:5083",
    "http://localhost:50820",
    "https://localhost:5082",
    "ftp://localhost:5082",
    "file://",
    "http://localhost.evil.com:5082",
    "http://127.0.0.1.evil.com:5082",
    "http://localhost:5082@evil.com",
    "http://localhost:5082.evil.com",
    "http://evil.com/http://localhost:5082",
    "http://evil.com#localhost:5082",
    "//localhost:5082",
    "localhost:5082",
    "http://localhost:x",
    "http://localhost:99999",
    "http://[::1",
    "http://localhost:5082, http://evil.com",
    "chrome-extension://abcdef",
    "vscode-webview://abcdef",
]


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_a_loopback_host_may_pass(host: str) -> None:
    assert guard.refusal(host, None, PORT) is None


@pytest.mark.parametrize("host", [None, *FOREIGN_HOSTS])
def test_any_other_host_is_refused(host: str | None) -> None:
    assert guard.refusal(host, None, PORT) is guard.FOREIGN
    assert guard.refusal(host, "http://localhost:5082", PORT) is guard.FOREIGN


@pytest.mark.parametrize("origin", OWN_ORIGINS)
def test_the_daemon_s_own_page_may_pass(origin: str) -> None:
    assert guard.refusal("localhost:5082", origin, PORT) is None


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_any_other_page_is_refused(origin: str) -> None:
    assert guard.refusal("localhost:5082", origin, PORT) is guard.FOREIGN


NAMES = ("gorev.test", "192.0.2.7", "2001:db8::7")


@pytest.mark.parametrize("host", ["gorev.test", "GOREV.test:5082", "192.0.2.7:1", "[2001:db8::7]:5082", "localhost"])
def test_a_name_that_the_daemon_has_for_other_machines_may_pass(host: str) -> None:
    assert guard.refusal(host, None, PORT, names=NAMES) is None


@pytest.mark.parametrize("host", ["evil.com", "gorev.test.evil.com", "192.0.2.8", "xgorev.test", "gorev.test.", ""])
def test_no_other_name_does(host: str) -> None:
    assert guard.refusal(host, None, PORT, names=NAMES) is guard.FOREIGN


def test_under_those_names_its_page_is_of_tls_and_its_port() -> None:
    def may_pass(origin: str) -> bool:
        return guard.refusal("gorev.test:5082", origin, PORT, names=NAMES) is None

    assert may_pass("https://gorev.test:5082")
    assert may_pass("https://[2001:db8::7]:5082")
    assert may_pass("http://localhost:5082")
    for origin in ("http://gorev.test:5082", "https://gorev.test", "https://localhost:5082", "https://evil.test:5082"):
        assert not may_pass(origin)
    assert guard.refusal("gorev.test", "https://gorev.test", 443, names=NAMES) is None


@pytest.mark.parametrize(
    ("site", "mode", "destination", "embeds"),
    [
        (None, None, None, False),
        (None, "cors", "empty", False),
        ("none", "navigate", "document", False),
        ("same-origin", "cors", "empty", False),
        ("same-origin", "no-cors", "script", False),
        ("cross-site", "navigate", "document", False),
        ("same-site", "navigate", "document", False),
        ("cross-site", "no-cors", "image", True),
        ("same-site", "no-cors", "script", True),
        ("cross-site", "cors", "empty", True),
        ("cross-site", "navigate", "iframe", True),
        ("cross-site", "navigate", "object", True),
        ("same-site", "websocket", "websocket", True),
        ("cross-site", None, None, True),
        ("anything", "no-cors", "image", True),
    ],
)
def test_what_another_page_embeds_is_told_from_what_it_links_to(
    site: str | None, mode: str | None, destination: str | None, embeds: bool
) -> None:
    assert guard.is_embedding(site, mode, destination) is embeds


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/api/gorev", 4 * 1024 * 1024),
        ("/api/import", 32 * 1024 * 1024),
        ("/api/v1/import/", 32 * 1024 * 1024),
        ("/api/v1/imports", 4 * 1024 * 1024),
        ("/x/api/import", 4 * 1024 * 1024),
    ],
)
def test_only_an_import_may_be_larger(path: str, size: int) -> None:
    assert guard.body_limit_bytes(path) == size


@pytest.mark.parametrize(
    ("written", "host", "path"),
    [
        (b"/api/health", None, b"/api/health"),
        (b"//evil.com/x", None, b"//evil.com/x"),
        (b"http://localhost:5082/api/health?x=1", "localhost:5082", b"/api/health?x=1"),
        (b"HTTP://LOCALHOST/", "LOCALHOST", b"/"),
        (b"https://[::1]:1/x", "[::1]:1", b"/x"),
        (b"http://localhost", "localhost", b"/"),
        (b"http://localhost?x", "localhost", b"/?x"),
        (b"http:///etc", "", b"/etc"),
        (b"http://evil.com@localhost/", "evil.com@localhost", b"/"),
    ],
)
def test_a_target_is_read_in_origin_and_in_absolute_form(written: bytes, host: str | None, path: bytes) -> None:
    assert guard.target(written) == guard.Target(host, path)


@pytest.mark.parametrize("written", [b"", b"*", b"api/health", b"localhost:80", b"ftp://localhost/x", b"http:/x"])
def test_a_target_of_any_other_form_is_none(written: bytes) -> None:
    assert guard.target(written) is None


def test_origins_that_the_user_allowed_may_pass_and_no_others() -> None:
    allowed = frozenset({"http://localhost:5173"})
    assert guard.refusal("localhost:5082", "http://localhost:5173", PORT, allowed) is None
    for origin in ("http://localhost:5174", "http://localhost:5173.evil.com", "http://LOCALHOST:5173", "null"):
        assert guard.refusal("localhost:5082", origin, PORT, allowed) is guard.FOREIGN
    assert guard.refusal("evil.com", "http://localhost:5173", PORT, allowed) is guard.FOREIGN


DOORS = [
    ("GET", "/"),
    ("GET", "/assets/x.js"),
    ("GET", "/api/health"),
    ("GET", "/api/gorevler"),
    ("HEAD", "/api/gorevler"),
    ("POST", "/api/gorev"),
    ("PUT", "/api/v1/tasks/x"),
    ("DELETE", "/api/v1/tasks/x"),
    ("OPTIONS", "/api/gorev"),
    ("OPTIONS", "/"),
    ("GET", "/ws"),
    ("GET", "/api/ws"),
    ("GET", "/mcp"),
    ("POST", "/mcp"),
    ("DELETE", "/mcp"),
    ("OPTIONS", "/mcp"),
    ("POST", "/mcp/0123456789abcdef"),
    ("POST", "/api/v1/mcp/x"),
    ("POST", "/api/v1/mcp/gorev_sil"),
    ("GET", "/nothing"),
]


@pytest.fixture
def undisturbed(daemon: RunningDaemon) -> Iterator[RunningDaemon]:
    """A daemon that must go on after the test, with nothing changed by it."""
    yield daemon
    assert is_well(daemon)
    assert daemon.get("/api/gorevler?tum_projeler=true").json["total"] == 0


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door_is_closed_to_a_foreign_host(undisturbed: RunningDaemon, method: str, path: str) -> None:
    for host in ("localhost.evil.com", "127.0.0.1.evil.com", "evil.com:5082"):
        response = undisturbed.request(method, path, b"{}" if method == "POST" else None, {"Host": host})
        assert response.status == 403
        assert not response.content or response.json["code"] == "forbidden_origin"


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door_is_closed_to_a_foreign_origin(undisturbed: RunningDaemon, method: str, path: str) -> None:
    for origin in ("http://evil.com", "null", "http://localhost:1"):
        body = b'{"baslik": "x"}' if method == "POST" else None
        response = undisturbed.request(method, path, body, {"Origin": origin})
        assert response.status == 403
        assert not response.content or response.json["code"] == "forbidden_origin"
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door_is_closed_to_what_another_page_embeds(undisturbed: RunningDaemon, method: str, path: str) -> None:
    for site in ("cross-site", "same-site"):
        sent = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        response = undisturbed.request(method, path, b"{}" if method == "POST" else None, sent)
        assert response.status == 403


def test_a_link_in_another_page_may_be_followed(daemon: RunningDaemon) -> None:
    sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert daemon.request("GET", "/", headers=sent).status == 200


def test_an_allowed_origin_may_fetch(daemon: RunningDaemon) -> None:
    sent = {"Origin": daemon.url, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert daemon.request("GET", "/api/gorevler", headers=sent).status == 200


def test_a_refusal_is_told_in_the_caller_s_language(undisturbed: RunningDaemon) -> None:
    said = set()
    for language in ("tr", "en"):
        answer = undisturbed.get("/api/health", Origin="http://evil.com", Accept_Language=language).json
        assert answer == {
            "success": False,
            "error": answer["message"],
            "message": answer["message"],
            "code": "forbidden_origin",
        }
        said.add(answer["message"])
    assert len(said) == 2


UPGRADE = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


def upgrade_status(daemon: RunningDaemon, path: str, *headers: tuple[str, str]) -> int:
    """The status that a WebSocket handshake with these headers is answered with."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*headers, *UPGRADE))
    with connected(daemon) as peer:
        peer.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        return int(peer.recv(4096).split()[1])


@pytest.mark.parametrize("path", ["/ws", "/api/ws", "/ws?workspace_id=*"])
def test_a_foreign_page_gets_no_websocket(undisturbed: RunningDaemon, path: str) -> None:
    for origin in ("http://evil.com", "null", "http://localhost.evil.com", "https://localhost"):
        assert upgrade_status(undisturbed, path, ("Host", "localhost"), ("Origin", origin)) == 403
    assert upgrade_status(undisturbed, path, ("Host", "evil.com")) == 403
    assert upgrade_status(undisturbed, path, ("Host", "localhost")) == 101
    assert upgrade_status(undisturbed, path, ("Host", "localhost"), ("Origin", undisturbed.url)) == 101


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "localhost"), ("Host", "evil.com")],
        [("Host", "evil.com"), ("Host", "localhost")],
        [],
        [("Host", "localhost"), ("Origin", "http://evil.com"), ("Origin", "{own}")],
        [("Host", "localhost"), ("Origin", "{own}"), ("Origin", "http://evil.com")],
    ],
)
def test_a_header_that_comes_twice_or_not_at_all_opens_no_door(
    undisturbed: RunningDaemon, headers: list[tuple[str, str]]
) -> None:
    sent = [(name, value.format(own=undisturbed.url)) for name, value in headers]
    response = exchange(undisturbed, message("GET", "/api/health", sent))
    assert (response.status, response.json["code"]) == (403, "forbidden_origin")


def test_http_1_0_without_a_host_is_refused(undisturbed: RunningDaemon) -> None:
    assert exchange(undisturbed, b"GET /api/health HTTP/1.0\r\n\r\n").status == 403
    assert exchange(undisturbed, b"GET /api/health HTTP/1.0\r\nHost: localhost\r\n\r\n").status == 200


def test_own_origins_may_ask_first_and_then_do(daemon: RunningDaemon) -> None:
    port = daemon.url.rpartition(":")[2]
    for name in ("localhost", "127.0.0.1", "[::1]"):
        origin = f"http://{name}:{port}"
        asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        response = daemon.request("OPTIONS", "/api/v1/tasks/x", headers=asked)
        assert response.status in (200, 204)
        assert response.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in response.headers
        methods = set(response.headers["access-control-allow-methods"].split(", "))
        assert methods == {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
        allowed = {each.lower() for each in response.headers["access-control-allow-headers"].split(", ")}
        assert allowed >= {
            "origin",
            "content-type",
            "accept",
            "accept-language",
            "authorization",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "x-workspace-id",
            "x-workspace-path",
            "x-workspace-name",
        }
        response = daemon.get("/api/gorevler", Origin=origin)
        assert response.status == 200
        assert response.headers["access-control-allow-origin"] == origin
        assert "Origin" in response.headers["vary"]
        exposed = {each.strip() for each in response.headers["access-control-expose-headers"].split(",")}
        assert exposed == {"ETag", "X-Gorev-Seq"}


def test_those_without_an_origin_pass_and_are_told_of_none(daemon: RunningDaemon) -> None:
    response = daemon.get("/api/gorevler")
    assert response.status == 200
    assert "access-control-allow-origin" not in response.headers


def asked(daemon: RunningDaemon, target: str, method: str = "GET") -> Response:
    """The answer to a request line with this target."""
    return exchange(daemon, message(method, target, [("Host", "localhost")]))


def test_an_absolute_target_is_the_same_as_its_path(daemon: RunningDaemon) -> None:
    for host in ("localhost", "127.0.0.1:1", "[::1]"):
        assert asked(daemon, f"http://{host}/api/health").json["status"] == "healthy"
        assert asked(daemon, f"http://{host}/api/none").json["code"] == "not_found"
        assert asked(daemon, f"http://{host}/ws").status == 426
        assert asked(daemon, f"http://{host}/").headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("host", ["evil.com", "localhost.evil.com", "localhost@evil.com", "", "0.0.0.0"])
def test_an_absolute_target_of_another_host_is_refused(undisturbed: RunningDaemon, host: str) -> None:
    response = asked(undisturbed, f"http://{host}/api/health")
    assert (response.status, response.json["code"]) == (403, "forbidden_origin")


def test_the_limit_of_an_import_holds_for_its_absolute_target(daemon: RunningDaemon) -> None:
    body = b'{"padding": "' + b"x" * (5 * 1024 * 1024) + b'"}'
    headers = [("Host", "localhost"), ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    for path, status in (("/api/import", 400), ("/api/gorev", 413)):
        assert exchange(daemon, message("POST", f"http://localhost{path}", headers, body)).status == status


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "api/health"), ("OPTIONS", "*"), ("CONNECT", "localhost:80"), ("GET", "ftp://localhost/")],
)
def test_a_target_that_is_none_is_refused(undisturbed: RunningDaemon, method: str, target: str) -> None:
    response = asked(undisturbed, target, method)
    assert (response.status, response.json["code"]) == (400, "bad_request")


def test_an_origin_that_the_configuration_allows_may_ask_and_do(own_daemon: RunningDaemon) -> None:
    folder = own_daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text('allowed_origins = ["http://localhost:5173"]\n')
    own_daemon.start()
    origin = "http://localhost:5173"
    assert own_daemon.request("OPTIONS", "/api/gorev", headers={"Origin": origin}).status == 204
    response = own_daemon.post("/api/gorev", {"baslik": "x"}, Origin=origin)
    assert response.status == 201
    assert response.headers["access-control-allow-origin"] == origin
    assert own_daemon.get("/api/gorevler", Origin="http://localhost:5174").status == 403
