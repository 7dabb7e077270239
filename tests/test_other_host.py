"""A daemon with ``--host``: TLS and the token there, plain HTTP on the loopback, and a name that must be its own.

The other host is a second loopback address, which Linux has and which is no less another host than any.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from gorev.daemon.token import TokenFile, new_code
from tests.support.certificates import Certificate, make_certificate
from tests.support.running_daemon import GOREV, PATIENCE_SECONDS, Response, RunningDaemon

HOST = "127.0.0.2"
NAME = "gorev.test"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has all of 127.0.0.0/8")


@attrs.frozen
class Far:
    """The daemon as another machine sees it."""

    daemon: RunningDaemon
    context: ssl.SSLContext
    token: str

    @property
    def port(self) -> int:
        """Its port, the same for all addresses."""
        return int(self.daemon.lock["port"])

    def request(
        self, method: str, path: str, headers: dict[str, str], context: ssl.SSLContext | None = None
    ) -> Response:
        """One request over TLS."""
        connection = http.client.HTTPSConnection(
            HOST, self.port, timeout=PATIENCE_SECONDS, context=context or self.context
        )
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return Response(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    @property
    def shown(self) -> dict[str, str]:
        """The header that lets a client in."""
        return {"Authorization": f"Bearer {self.token}"}


def certified(daemon: RunningDaemon) -> Certificate:
    """Give a daemon that is not started yet a certificate and a token."""
    folder = daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = make_certificate(folder, HOST, NAME)
    (folder / "config.toml").write_text(f'tls_certificate = "{made.certificate}"\ntls_key = "{made.key}"\n')
    return made


@pytest.fixture(scope="module")
def far(daemon: RunningDaemon) -> Iterator[Far]:
    """A daemon that listens on `HOST` too, shared by the tests of this module."""
    daemon.stop()
    made = certified(daemon)
    token = TokenFile(made.certificate.with_name("token")).create()
    daemon.options = ("--host", HOST)
    daemon.start()
    yield Far(daemon, ssl.create_default_context(cafile=str(made.certificate)), token)
    assert "Traceback" not in (daemon.home / ".gorev-daemon" / "daemon.log").read_text()


def test_over_tls_the_token_lets_in_and_nothing_else(far: Far) -> None:
    assert far.request("GET", "/api/gorevler", far.shown).status == 200
    for path in ("/api/gorevler", "/", "/api/health", "/api/health/ready", "/api/v1/health", "/mcp", "/ws"):
        assert far.request("GET", path, {}).status == 401


def test_the_loopback_stays_plain_and_needs_the_token_too(far: Far) -> None:
    assert far.daemon.url == f"http://localhost:{far.port}"
    assert far.daemon.get("/api/health").status == 200
    assert far.daemon.get("/api/gorevler").status == 401
    assert far.daemon.get("/api/gorevler", **far.shown).status == 200


def test_other_machines_are_not_spoken_to_in_the_clear(far: Far) -> None:
    with socket.create_connection((HOST, far.port), PATIENCE_SECONDS) as peer:
        peer.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP" not in peer.recv(4096)


@pytest.mark.filterwarnings("ignore:.*TLSv1.*:DeprecationWarning")
def test_old_tls_is_refused(far: Far) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        far.request("GET", "/", far.shown, old)


def test_http_2_is_not_agreed_on(far: Far) -> None:
    far.context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((HOST, far.port), PATIENCE_SECONDS) as peer,
        far.context.wrap_socket(peer, server_hostname=HOST) as encrypted,
    ):
        assert encrypted.selected_alpn_protocol() in (None, "http/1.1")


def test_the_names_of_the_certificate_and_the_host_are_its_own_and_no_other(far: Far) -> None:
    for name in (HOST, NAME, f"{NAME}:{far.port}", NAME.upper(), "localhost"):
        assert far.request("GET", "/api/gorevler", {"Host": name, **far.shown}).status == 200
    for name in ("evil.test", f"{NAME}.evil.test", f"evil.{NAME}", "127.0.0.3", ""):
        assert far.request("GET", "/api/gorevler", {"Host": name, **far.shown}).status == 403


def test_its_page_is_of_its_own_origin_over_tls_only(far: Far) -> None:
    for origin, status in (
        (f"https://{NAME}:{far.port}", 200),
        (f"https://{HOST}:{far.port}", 200),
        (f"http://{NAME}:{far.port}", 403),
        (f"https://{NAME}", 403),
        (f"https://localhost:{far.port}", 403),
        ("https://evil.test", 403),
    ):
        assert far.request("GET", "/api/gorevler", {"Origin": origin, **far.shown}).status == status


def test_the_cookie_of_a_login_over_tls_is_secure(far: Far) -> None:
    answer = far.request("GET", f"/login?code={new_code(far.token, far.daemon.lock['instance'])}", {})
    assert answer.status == 200
    cookie, *attributes = answer.headers["set-cookie"].split(";")
    assert {each.strip().lower() for each in attributes} == {"path=/", "httponly", "samesite=strict", "secure"}
    assert far.request("GET", "/api/gorevler", {"Cookie": cookie}).status == 200


def test_a_websocket_works_over_tls_with_the_token(far: Far) -> None:
    address = f"wss://{HOST}:{far.port}/ws"
    with pytest.raises(InvalidStatus, match="401"), connect(address, ssl=far.context):
        pass
    with connect(address, ssl=far.context, additional_headers=far.shown) as stream:
        assert json.loads(stream.recv())["type"] == "connected"
        long = "x" * 90_000
        far.daemon.post("/api/gorev", {"baslik": "Over TLS", "aciklama": long}, **far.shown)
        frame = json.loads(stream.recv())
        assert (frame["type"], frame["data"]["aciklama"]) == ("created", long)
        stream.send('{"type": "ping", "timestamp": 1}')
        assert json.loads(stream.recv())["type"] == "pong"


def test_the_login_command_names_both_addresses(far: Far) -> None:
    (far.daemon.home / ".gorev-daemon" / "config.toml").open("a").write(f'host = "{HOST}"\n')
    links = subprocess.run([*GOREV, "login"], env=far.daemon.environment, capture_output=True, text=True, check=True)
    near, other = links.stdout.split()
    assert near.startswith(f"http://localhost:{far.port}/login?code=")
    assert other == near.replace("http://localhost", f"https://{HOST}")


def start(daemon: RunningDaemon, host: str) -> subprocess.CompletedProcess[str]:
    command = [*GOREV, "daemon", "--detach", "--api-port", "0", "--workspace", str(daemon.workspace), "--host", host]
    return subprocess.run(command, env=daemon.environment, capture_output=True, text=True, check=False)


def test_it_is_warned_about(own_daemon: RunningDaemon) -> None:
    TokenFile(certified(own_daemon).certificate.with_name("token")).create()
    started = start(own_daemon, HOST)
    assert started.returncode == 0
    assert "Internet" in started.stderr
    assert "Internet" in (own_daemon.home / ".gorev-daemon" / "daemon.log").read_text()


@pytest.mark.parametrize(
    ("host", "lacking", "said"),
    [
        (HOST, "tls", "tls_certificate"),
        (HOST, "token", "gorev token create"),
        (HOST, "key", "key.pem"),
        ("host.invalid", "", "host.invalid"),
        ("a" * 300, "", "aaa"),
    ],
)
def test_what_is_missing_for_it_is_told_in_one_line(
    own_daemon: RunningDaemon, host: str, lacking: str, said: str
) -> None:
    made = certified(own_daemon)
    folder: Path = made.certificate.parent
    TokenFile(folder / "token").create()
    match lacking:
        case "tls":
            (folder / "config.toml").unlink()
        case "token":
            (folder / "token").unlink()
        case "key":
            made.key.unlink()
    started = start(own_daemon, host)
    assert started.returncode == 1
    assert said in started.stderr
    assert "Traceback" not in started.stderr
    assert not (folder / ".lock").exists()
