"""The HTTP port beside the API: the web page, its files and its fallback, and plain requests on WebSocket addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from treq import content
from treq.testing import RequestTraversalAgent
from twisted.internet.defer import Deferred
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse

from gorev.web_page import Page
from tests.support.raw_http import connected, exchange, is_well, message, received
from tests.support.running_daemon import RunningDaemon

HASHED = "assets/index-abc123.js"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build of the page, with a secret beside it."""
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Görev</title>")
    (folder / HASHED).write_text("export {}")
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def served(folder: Path, path: str, **headers: str) -> tuple[IResponse, bytes]:
    """What a page made of ``folder`` answers."""
    page = Page(folder)
    page.load()
    agent = RequestTraversalAgent(page)
    sent = Headers({name.replace("_", "-"): [value] for name, value in headers.items()})
    response: IResponse = result_of(agent.request(b"GET", f"http://localhost{path}".encode(), sent))
    body = content(response)
    agent.flush()
    return response, result_of(body)


def result_of(deferred: Deferred[Any]) -> Any:
    """What has fired already."""
    results: list[Any] = []
    deferred.addBoth(results.append)
    (result,) = results
    return result


def header(response: IResponse, name: str) -> str:
    """A header of an answer."""
    (value,) = response.headers.getRawHeaders(name) or []
    return str(value)


@pytest.mark.parametrize(
    ("path", "media_type", "cache"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        (f"/{HASHED}", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
        ("/projects/17", "text/html; charset=utf-8", "no-cache"),
        ("/apix", "text/html; charset=utf-8", "no-cache"),
    ],
)
def test_a_file_comes_with_its_type_and_how_long_it_keeps_and_any_other_address_is_the_page(
    built: Path, path: str, media_type: str, cache: str
) -> None:
    response, content = served(built, path)
    assert header(response, "content-type") == media_type
    assert header(response, "cache-control") == cache
    assert content
    again, nothing = served(built, path, if_none_match=header(response, "etag"))
    assert (again.code, nothing) == (304, b"")
    changed, _ = served(built, path, if_none_match='"other"')
    assert changed.code == 200


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/./index.html", "/..\\secret.txt"])
def test_a_path_that_climbs_is_not_found(built: Path, path: str) -> None:
    response, content = served(built, path)
    assert response.code == 404
    assert b"secret" not in content


def test_without_a_build_the_page_names_the_api(tmp_path: Path) -> None:
    response, content = served(tmp_path / "nothing", "/")
    assert response.code == 200
    assert header(response, "content-type") == "text/html; charset=utf-8"
    assert b"/api" in content


@pytest.fixture
def undisturbed(daemon: RunningDaemon) -> Iterator[RunningDaemon]:
    """A daemon that must go on after the test."""
    yield daemon
    assert is_well(daemon)


@pytest.mark.parametrize("path", ["/", "/index.html", "/projects/x", "/%00", "/%ff", "/%F0%9F%98%80", "/?a=b", "//"])
def test_the_page_is_served_with_a_policy_that_runs_its_own_code_only(undisturbed: RunningDaemon, path: str) -> None:
    response = undisturbed.get(path)
    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    head = undisturbed.request("HEAD", path)
    assert (head.status, head.content) == (200, b"")


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2fguard.py",
        "/assets/../../guard.py",
        "/assets/%2e%2e/%2e%2e/guard.py",
        "/%2e%2e%5cguard.py",
        "/assets/..\\..\\guard.py",
        "/.%2e/guard.py",
        "/%252e%252e/guard.py",
        "/%2fetc%2fpasswd",
        "//etc/passwd",
        "/assets//etc/passwd",
    ],
)
def test_no_address_leads_out_of_the_page_s_folder(undisturbed: RunningDaemon, target: str) -> None:
    response = exchange(undisturbed, message("GET", target, [("Host", "localhost")]))
    assert response.status in (200, 404)
    assert b"root:" not in response.content
    assert b"BODY_LIMIT_BYTES" not in response.content
    if response.status == 200:
        assert response.content == undisturbed.get("/").content


@pytest.mark.parametrize("target", ["/../../etc/passwd", "/%2e%2e/guard.py", "/assets/..%2fguard.py"])
def test_an_address_that_climbs_is_404(undisturbed: RunningDaemon, target: str) -> None:
    assert exchange(undisturbed, message("GET", target, [("Host", "localhost")])).status == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/index.html", "/api/assets/x", "/api/v1"])
def test_an_api_address_never_falls_back_to_the_page(undisturbed: RunningDaemon, path: str) -> None:
    response = undisturbed.get(path)
    assert response.status == 404
    assert response.json["code"] == "not_found"


@pytest.mark.parametrize("path", ["/ws", "/ws/", "/api/ws", "/api/ws/", "/ws?workspace_id=x"])
def test_a_plain_get_on_a_websocket_address_is_told_to_upgrade(undisturbed: RunningDaemon, path: str) -> None:
    said = set()
    for language in ("tr", "en"):
        response = undisturbed.get(path, Accept_Language=language)
        assert (response.status, response.json["code"]) == (426, "upgrade_required")
        assert response.headers["upgrade"] == "websocket"
        said.add(response.json["message"])
    assert len(said) == 2


def test_a_plain_get_on_the_websocket_address_is_answered_with_the_phrase_of_its_status(
    undisturbed: RunningDaemon,
) -> None:
    with connected(undisturbed) as peer:
        peer.sendall(message("GET", "/ws", [("Host", "localhost")]))
        assert received(peer).startswith(b"HTTP/1.1 426 Upgrade Required\r\n")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "FOO"])
def test_the_page_is_read_only(undisturbed: RunningDaemon, method: str) -> None:
    response = undisturbed.request(method, "/")
    assert response.status in (405, 501)
