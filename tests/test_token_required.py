"""A daemon that requires its token (``rest-api.md`` §1): without it every door of HTTP is closed, the socket is not."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from gorev.daemon.token import CODE_SECONDS, TokenFile, new_code
from tests.support.raw_http import connected, exchange, is_well, message, received
from tests.support.running_daemon import GOREV, EventStream, Response, RunningDaemon, wait_for


def require_token(daemon: RunningDaemon) -> TokenFile:
    """Set a daemon that is not started yet up so that it requires a token; the file with it."""
    folder = daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "config.toml").write_text("require_token = true\n")
    file = TokenFile(folder / "token")
    file.create()
    return file


@pytest.fixture(scope="module")
def closed(daemon: RunningDaemon) -> RunningDaemon:
    """A daemon that requires its token, shared by the tests of this module."""
    daemon.stop()
    require_token(daemon)
    daemon.start()
    return daemon


@pytest.fixture
def undisturbed(closed: RunningDaemon) -> Iterator[RunningDaemon]:
    """The closed daemon, in which nothing may be changed or go wrong."""
    yield closed
    assert is_well(closed)
    assert closed.get("/api/gorevler?tum_projeler=true", **shown(closed)).json["total"] == 0


def token(daemon: RunningDaemon) -> str:
    found = TokenFile(daemon.home / ".gorev-daemon" / "token").read()
    assert found is not None
    return found


def shown(daemon: RunningDaemon) -> dict[str, str]:
    """The header that lets a client in."""
    return {"Authorization": f"Bearer {token(daemon)}"}


def gorev(daemon: RunningDaemon, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GOREV, *words], env=daemon.environment, cwd=daemon.workspace, capture_output=True, text=True, check=False
    )


DOORS = [
    ("GET", "/"),
    ("GET", "/assets/x.js"),
    ("GET", "/favicon.svg"),
    ("GET", "/api"),
    ("GET", "/api/gorevler"),
    ("HEAD", "/api/gorevler"),
    ("GET", "/api/gorevler/"),
    ("GET", "/api/health/db"),
    ("GET", "/api/health/ws"),
    ("GET", "/api/healthy"),
    ("GET", "/api/health/../gorevler"),
    ("GET", "/api/metrics"),
    ("GET", "/api/docs"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/v1/workspaces"),
    ("GET", "/api/olaylar?since=0"),
    ("GET", "/api/nothing"),
    ("POST", "/api/gorev"),
    ("POST", "/api/export"),
    ("POST", "/api/v1/workspaces/register"),
    ("POST", "/api/v1/mcp/gorev_listele"),
    ("PUT", "/api/v1/tasks/x"),
    ("DELETE", "/api/v1/tasks/x"),
    ("GET", "/ws"),
    ("GET", "/api/ws"),
    ("GET", "/mcp"),
    ("POST", "/mcp"),
    ("DELETE", "/mcp"),
    ("POST", "/mcp/0123456789abcdef"),
    ("POST", "/login"),
    ("HEAD", "/login"),
    ("GET", "/login/"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door_is_closed_without_the_token(undisturbed: RunningDaemon, method: str, path: str) -> None:
    body = b'{"baslik": "x"}' if method in ("POST", "PUT") else None
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"{cookie_name(undisturbed)}=wrong"}):
        response = undisturbed.request(method, path, body, headers)
        assert response.status == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.headers["cache-control"] == "no-store"
        assert method == "HEAD" or response.json["code"] == "unauthorized"
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize(("method", "path"), [door for door in DOORS if "login" not in door[1]])
def test_no_door_is_closed_to_the_token(closed: RunningDaemon, method: str, path: str) -> None:
    body = b"{}" if method in ("POST", "PUT") else None
    assert closed.request(method, path, body, shown(closed)).status != 401


@pytest.mark.parametrize("path", ["/api/health", "/api/health/", "/api/health/ready", "/api/v1/health"])
def test_finding_the_daemon_and_waiting_for_it_needs_no_token(closed: RunningDaemon, path: str) -> None:
    assert closed.get(path).status == 200
    assert closed.get(path, Origin="http://evil.com").status == 403


def test_a_foreign_page_is_refused_as_such_even_with_the_token(undisturbed: RunningDaemon) -> None:
    for headers in ({"Origin": "http://evil.com"}, {"Host": "evil.com"}):
        assert undisturbed.request("GET", "/api/gorevler", None, {**headers, **shown(undisturbed)}).status == 403


def test_two_authorizations_are_none(undisturbed: RunningDaemon) -> None:
    headers = [("Host", "localhost"), *[("Authorization", f"Bearer {token(undisturbed)}")] * 2]
    assert exchange(undisturbed, message("GET", "/api/gorevler", headers)).status == 401


def test_a_large_body_of_a_stranger_is_not_kept_but_answered(undisturbed: RunningDaemon) -> None:
    response = undisturbed.request("POST", "/api/import", b"[" + b" " * (30 * 1024 * 1024) + b"]")
    assert response.status == 401


def test_a_page_under_development_may_ask_first_without_the_token(closed: RunningDaemon) -> None:
    asked = {"Origin": closed.url, "Access-Control-Request-Method": "PUT"}
    response = closed.request("OPTIONS", "/api/v1/tasks/x", headers=asked)
    assert response.status == 204
    assert "Authorization" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/ws", "/api/ws?workspace_id=*"])
def test_a_websocket_needs_the_token_too(undisturbed: RunningDaemon, path: str) -> None:
    address = undisturbed.url.replace("http", "ws") + path
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        with pytest.raises(InvalidStatus, match="401"), connect(address, additional_headers=headers):
            pass
    with connect(address, additional_headers=shown(undisturbed)) as stream:
        assert json.loads(stream.recv())["type"] in ("connected", "workspace_sync")


def test_mcp_over_http_needs_the_token(undisturbed: RunningDaemon) -> None:
    info = {"name": "test", "version": "1"}
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    headers = {"Accept": "application/json, text/event-stream"}
    assert undisturbed.request("POST", "/mcp", body, headers).status == 401
    assert undisturbed.request("POST", "/mcp", body, {**headers, **shown(undisturbed)}).status == 200


def test_the_bridge_s_socket_needs_no_token(closed: RunningDaemon) -> None:
    with closed.mcp() as assistant:
        assert assistant.call("gorev_listele")["isError"] is False


def test_neither_the_log_nor_the_lock_file_holds_the_token(closed: RunningDaemon) -> None:
    closed.get("/api/gorevler", **shown(closed))
    code = log_in(closed)[0]
    folder = closed.home / ".gorev-daemon"
    for name in ("daemon.log", ".lock"):
        assert token(closed) not in (folder / name).read_text()
        assert code not in (folder / name).read_text()


# The login link


def cookie_name(daemon: RunningDaemon) -> str:
    return f"gorev-session-{daemon.lock['port']}"


def login_path(daemon: RunningDaemon) -> str:
    """What follows the daemon's address in a link."""
    return f"/login?code={new_code(token(daemon), daemon.lock['instance'])}"


def log_in(daemon: RunningDaemon) -> tuple[str, str, Response]:
    """A link's code, the cookie for it, and the answer that set it."""
    path = login_path(daemon)
    response = daemon.get(path)
    assert response.status == 200
    return path.partition("=")[2], response.headers["set-cookie"].partition(";")[0], response


def test_the_command_prints_a_link_that_works(closed: RunningDaemon) -> None:
    link = gorev(closed, "login").stdout.strip()
    assert link.startswith(f"{closed.url}/login?code=")
    assert closed.get(link.removeprefix(closed.url)).status == 200


def test_a_link_lets_a_browser_in_once(undisturbed: RunningDaemon) -> None:
    code, cookie, response = log_in(undisturbed)
    attributes = {each.strip().lower() for each in response.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"path=/", "httponly", "samesite=strict"}
    assert cookie.startswith(cookie_name(undisturbed))
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert undisturbed.get("/api/gorevler", Cookie=cookie).status == 200
    again = undisturbed.get(f"/login?code={code}")
    assert (again.status, again.json["code"], "set-cookie" in again.headers) == (401, "unauthorized", False)


def test_looking_at_a_link_s_head_does_not_use_it_up(closed: RunningDaemon) -> None:
    path = login_path(closed)
    assert closed.request("HEAD", path).status == 401
    assert closed.get(path).status == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_page_cannot_use_a_link(closed: RunningDaemon, headers: Mapping[str, str]) -> None:
    path = login_path(closed)
    assert closed.request("GET", path, headers=headers).status == 403
    assert closed.get(path).status == 200


def test_a_session_works_for_reading_writing_and_the_websocket(closed: RunningDaemon) -> None:
    cookie = log_in(closed)[1]
    made = closed.post("/api/gorev", {"baslik": "By the page"}, Cookie=cookie, Origin=closed.url)
    assert made.status == 201
    with connect(closed.url.replace("http", "ws") + "/ws", additional_headers={"Cookie": cookie}) as stream:
        assert json.loads(stream.recv())["type"] == "connected"
    assert closed.delete(f"/api/gorev/{made.json['data']['id']}", Cookie=cookie).status == 200


def test_a_session_does_not_open_the_door_to_another_page(undisturbed: RunningDaemon) -> None:
    """A page on another port of localhost is of the same site: its requests bear the cookie."""
    cookie = log_in(undisturbed)[1]
    body = {"baslik": "x"}
    assert undisturbed.post("/api/gorev", body, Cookie=cookie, Origin="http://localhost:1").status == 403
    plain = {"Cookie": cookie, "Content-Type": "text/plain"}
    assert undisturbed.request("POST", "/api/gorev", b'{"baslik": "x"}', plain).status == 415


def test_an_old_code_opens_nothing(closed: RunningDaemon) -> None:
    instance = closed.lock["instance"]
    late = new_code(token(closed), instance, now=0)
    soon = new_code(token(closed), instance)
    assert closed.get(f"/login?code={late}").status == 401
    assert closed.get(f"/login?code={soon}&code={late}").status == 200
    assert CODE_SECONDS == 120


@pytest.mark.parametrize("query", ["", "?code", "?code=", "?code=%ff%00", "?kod=1", f"?code={'9' * 8000}"])
def test_what_is_no_code_opens_nothing(undisturbed: RunningDaemon, query: str) -> None:
    assert undisturbed.get(f"/login{query}").status == 401


def test_a_browser_is_told_in_its_language_how_to_come_in(closed: RunningDaemon) -> None:
    for language, words in (("tr", "gerekiyor"), ("en", "needed")):
        response = closed.get("/", Accept="text/html,*/*", Accept_Language=language)
        assert response.status == 401
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert words in response.content.decode()
        assert "gorev login" in response.content.decode()


def test_commands_that_ask_over_http_show_the_token(closed: RunningDaemon) -> None:
    report = json.loads(gorev(closed, "doctor", "--json").stdout)
    said = {finding["code"]: finding for finding in report["findings"]}
    assert said["clients"]["level"] == said["token"]["level"] == "ok"
    closed.get("/api/gorevler", **shown(closed))
    backed_up = gorev(closed, "backup")
    assert backed_up.returncode == 0
    (copy,) = (closed.workspace / ".gorev" / "backups").iterdir()
    refused = gorev(closed, "restore", str(copy))
    assert refused.returncode == 1
    assert "stop the daemon" in refused.stderr


# Without a token in its file


def test_a_changed_token_is_in_force_within_seconds(own_daemon: RunningDaemon) -> None:
    require_token(own_daemon)
    own_daemon.start()
    old = shown(own_daemon)
    cookie = log_in(own_daemon)[1]
    new = {"Authorization": f"Bearer {gorev(own_daemon, 'token', 'rotate').stdout.strip()}"}
    assert new == shown(own_daemon)
    wait_for(lambda: own_daemon.get("/api/gorevler", **new).status == 200)
    assert own_daemon.get("/api/gorevler", **old).status == 401
    assert own_daemon.get("/api/gorevler", Cookie=cookie).status == 401
    assert gorev(own_daemon, "token", "remove").returncode == 0
    wait_for(lambda: own_daemon.get("/api/gorevler", **new).status == 401)
    assert own_daemon.get("/api/health").status == 200


@pytest.mark.parametrize("words", [("token", "rotate"), ("token", "remove")], ids=" ".join)
def test_what_the_former_token_let_in_is_cut_off(own_daemon: RunningDaemon, words: tuple[str, ...]) -> None:
    require_token(own_daemon)
    own_daemon.start()
    let_in = [("Host", "localhost"), *shown(own_daemon).items()]
    socket_address = own_daemon.url.replace("http", "ws") + "/ws"
    with (
        connect(socket_address, additional_headers=shown(own_daemon)) as events,
        http_stream(own_daemon, let_in) as stream,
        connected(own_daemon) as idle,
    ):
        idle.sendall(message("GET", "/api/gorevler", let_in).replace(b"Connection: close\r\n", b""))
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        assert gorev(own_daemon, *words).returncode == 0
        received(idle)
        received(stream)
        assert EventStream(events).wait_until_closed() == 1008
    with own_daemon.mcp() as assistant:  # it needs no token
        assert assistant.call("gorev_listele")["isError"] is False


@contextmanager
def http_stream(daemon: RunningDaemon, let_in: list[tuple[str, str]]) -> Iterator[socket.socket]:
    """A connection on which the daemon sends an assistant what it has to say."""
    info = {"name": "test", "version": "1"}
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    accepts = {"Accept": "application/json, text/event-stream", **dict(let_in)}
    begun = daemon.request(
        "POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}, accepts
    )
    session = [("Mcp-Session-Id", begun.headers["mcp-session-id"]), ("Accept", "text/event-stream")]
    with connected(daemon) as stream:
        stream.sendall(message("GET", "/mcp", [*let_in, *session]).replace(b"Connection: close\r\n", b""))
        assert stream.recv(100).startswith(b"HTTP/1.1 200")
        yield stream


def test_a_daemon_that_requires_a_token_does_not_start_without_one(own_daemon: RunningDaemon) -> None:
    file = require_token(own_daemon)
    file.remove()
    started = gorev(own_daemon, "daemon", "--detach", "--api-port", "0")
    assert started.returncode == 1
    assert "gorev token create" in started.stderr
    assert "Traceback" not in started.stderr
    assert not (own_daemon.home / ".gorev-daemon" / ".lock").exists()


def test_where_no_token_is_required_any_or_none_is_welcome(own_daemon: RunningDaemon) -> None:
    file = require_token(own_daemon)
    (file.path.parent / "config.toml").unlink()
    own_daemon.start()
    assert own_daemon.get("/api/gorevler").status == 200
    assert own_daemon.get("/api/gorevler", Authorization="Bearer wrong").status == 200
    told = gorev(own_daemon, "login")
    assert (told.returncode, own_daemon.url in told.stdout, "code" in told.stdout) == (0, True, False)
    with suppress(OSError), connected(own_daemon) as peer:
        peer.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 200")
