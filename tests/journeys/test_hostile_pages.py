"""A real browser with a hostile page in it: nothing is changed, and nothing is read, by whatever way pages have.

The page is served from another port of ``localhost`` (another origin of the same site, so the browser sends its
cookies), from another site, and from names that lead to the daemon's own port, as after DNS rebinding. Once the daemon
requires no token, once it does and the browser has logged in.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from uuid import uuid4

import attrs
import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from gorev.daemon.token import TokenFile, new_code
from tests.support.raw_http import is_well
from tests.support.running_daemon import RunningDaemon, wait_for

CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
)

# Each attack is the body of an async function of the daemon's address; what it returns is what the page got hold of.
READING: Final = {
    "fetch": "return (await fetch(url + '/api/gorevler')).text()",
    "fetch with cookies": "return (await fetch(url + '/api/gorevler', {credentials: 'include'})).text()",
    "fetch without cors": "return (await fetch(url + '/api/gorevler', {mode: 'no-cors'})).text()",
    "fetch of health": "return (await fetch(url + '/api/health', {mode: 'no-cors'})).text()",
    "websocket": """return await new Promise(done => {
        const socket = new WebSocket(url.replace('http', 'ws') + '/ws?workspace_id=*')
        socket.onmessage = event => done(event.data)
        socket.onerror = () => done('')
    })""",
    "event source": """return await new Promise(done => {
        const source = new EventSource(url + '/mcp', {withCredentials: true})
        source.onmessage = event => done(event.data)
        source.onerror = () => { source.close(); done('') }
    })""",
    "script": "return await embed('script', 'src', '/api/gorevler')",
    "image": "return await embed('img', 'src', '/api/gorevler')",
    "image of health": "return await embed('img', 'src', '/api/health')",
    "style sheet": "return await embed('link', 'href', '/api/gorevler', {rel: 'stylesheet'})",
    "object": "return await embed('object', 'data', '/api/gorevler')",
    "video": "return await embed('video', 'src', '/api/gorevler')",
    "module": "return await embed('script', 'src', '/api/gorevler', {type: 'module'})",
}
CHANGING: Final = {
    "json": "await send('/api/gorev', {headers: json, body: task})",
    "json to mcp": "await send('/mcp', {headers: json, body: call})",
    "plain text": "await send('/api/gorev', {mode: 'no-cors', headers: plain, body: task})",
    "plain text to mcp": "await send('/mcp', {mode: 'no-cors', headers: plain, body: call})",
    "no type": "await send('/api/gorev', {mode: 'no-cors', body: new Blob([task])})",
    "url encoded": "await send('/api/gorev', {mode: 'no-cors', body: new URLSearchParams(JSON.parse(task))})",
    "no body": "await send('/api/v1/template/init', {mode: 'no-cors'})",
    "delete": "await send('/api/gorev/' + known, {method: 'DELETE'})",
    "beacon": "navigator.sendBeacon(url + '/api/gorev', new Blob([task], {type: 'text/plain'}))",
    "plain form": "await submit('text/plain', '/api/gorev')",
    "multipart form": "await submit('multipart/form-data', '/api/gorev')",
    "url encoded form": "await submit('application/x-www-form-urlencoded', '/api/gorev')",
    "form to mcp": "await submit('text/plain', '/mcp')",
}
PREPARATION: Final = """
    const task = JSON.stringify({baslik: 'Hostile'})
    const call = JSON.stringify({jsonrpc: '2.0', id: 1, method: 'templateden_gorev_olustur', params: {}})
    const json = {'Content-Type': 'application/json'}, plain = {'Content-Type': 'text/plain'}
    const send = (path, more) => fetch(url + path, {method: 'POST', credentials: 'include', ...more})
    const settled = (element) => new Promise(done => {
        element.onload = () => done('loaded')
        element.onerror = () => done('')
        setTimeout(() => done(''), 1000)
        document.body.append(element)
    })
    const embed = async (tag, attribute, path, more = {}) => {
        const element = Object.assign(document.createElement(tag), more)
        element[attribute] = url + path
        return settled(element)
    }
    const submit = async (enctype, path) => {
        const frame = Object.assign(document.createElement('iframe'), {name: 'target' + Math.random()})
        document.body.append(frame)
        const form = Object.assign(document.createElement('form'), {
            method: 'post', enctype, action: url + path, target: frame.name})
        form.append(Object.assign(document.createElement('input'), {name: '{"baslik": "Hostile", "x": "', value: '"}'}))
        document.body.append(form)
        const done = new Promise(resolve => { frame.onload = resolve })
        form.submit()
        await done
    }
"""


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>Elsewhere</title><body></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of a server of hostile pages."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@attrs.define
class Stage:
    """A browser beside a daemon that holds one task, and what the daemon has answered to the browser."""

    daemon: RunningDaemon
    elsewhere: int
    context: BrowserContext
    known: str
    _log_read: int = 0

    def answers(self) -> list[tuple[str, str, int]]:
        """Method, path and status of what the daemon answered since this was last asked, by its own log."""
        last = f"/api/{uuid4()}"
        self.daemon.get(last)  # lines are appended in order, some at a time
        found = wait_for(lambda: self._logged_until(last))
        return [(method, path, int(status)) for method, path, status in found if path != last]

    def _logged_until(self, last: str) -> list[tuple[str, str, str]] | None:
        """All new lines, once the one of this path is among them."""
        with (self.daemon.home / ".gorev-daemon" / "daemon.log").open() as log:
            log.seek(self._log_read)
            found = re.findall(r" ([A-Z]+) (/\S*) (\d{3})$", log.read(), re.MULTILINE)
            if not any(path == last for _, path, _ in found):
                return None
            self._log_read = log.tell()
        return found

    async def attack(self, page: Page, attack: str, url: str | None = None) -> str:
        """What a page gets hold of."""
        body = f"const url = {url or self.daemon.url!r}, known = {self.known!r};{PREPARATION}{attack}"
        found = await page.evaluate(f"(async () => {{ try {{ {body} }} catch (error) {{ return '' }} }})()")
        return str(found or "")

    async def attack_in_all_ways(self, page: Page, url: str | None = None) -> dict[str, str]:
        """What a page gets hold of, by the name of the attack."""
        attacks = {**READING, **CHANGING}
        found = await asyncio.gather(*(self.attack(page, attack, url) for attack in attacks.values()))
        return dict(zip(attacks, found, strict=True))


@asynccontextmanager
async def stage(daemon: RunningDaemon, elsewhere: int, known: str, login: str | None) -> AsyncIterator[Stage]:
    """A stage in whose browser ``login`` was opened, if there is one."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(CHROMIUM_FLAGS)
        )
        context = await browser.new_context()
        made = Stage(daemon, elsewhere, context, known)
        if login is not None:
            await _log_in(made, login)
        yield made
        await browser.close()


async def _log_in(made: Stage, login: str) -> None:
    page = await made.context.new_page()
    await page.goto(login)
    await page.wait_for_url(f"{made.daemon.url}/**")
    await page.wait_for_function("location.pathname !== '/login'")
    await page.wait_for_function("document.querySelector('script[src]') !== null")
    read = "fetch('/api/gorevler?tum_projeler=true').then(answer => answer.json()).then(found => found.total)"
    assert await page.evaluate(read) == 1
    assert "connected" in await made.attack(page, READING["websocket"])
    body = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{\"name\": \"By the page\"}'}"
    assert await page.evaluate(f"fetch('/api/v1/projects', {body}).then(answer => answer.status)") == 201
    assert await page.evaluate("document.cookie") == ""
    await page.close()


@pytest.fixture(scope="module", params=["no token", "logged in"])
def opened(request: pytest.FixtureRequest, daemon: RunningDaemon) -> tuple[RunningDaemon, str, dict[str, str]]:
    """A daemon with one task, the task's id, and the headers that let this test in."""
    headers: dict[str, str] = {}
    if request.param == "logged in":
        daemon.stop()
        folder = daemon.home / ".gorev-daemon"
        (folder / "config.toml").write_text("require_token = true\n")
        headers["Authorization"] = f"Bearer {TokenFile(folder / 'token').create()}"
        daemon.start()
    listed = daemon.get("/api/gorevler?tum_projeler=true", **headers).json["data"]
    known = listed[0] if listed else daemon.post("/api/gorev", {"baslik": "Known"}, **headers).json["data"]
    return daemon, known["id"], headers


def test_no_page_of_another_origin_reads_or_changes_anything(
    opened: tuple[RunningDaemon, str, dict[str, str]], elsewhere: int
) -> None:
    daemon, known, headers = opened
    login = None
    if headers:
        token = headers["Authorization"].partition(" ")[2]
        login = f"{daemon.url}/login?code={new_code(token, daemon.lock['instance'])}"
    asyncio.run(_attacked(daemon, elsewhere, known, login, headers))
    assert is_well(daemon)


async def _attacked(
    daemon: RunningDaemon, elsewhere: int, known: str, login: str | None, headers: dict[str, str]
) -> None:
    async with stage(daemon, elsewhere, known, login) as made:
        before = _state(daemon, headers)
        for name in ("localhost", "127.0.0.1", "evil.test"):
            await _from_a_page_at(made, f"http://{name}:{elsewhere}/")
        await _from_a_page_without_origin(made)
        await _from_rebound_names(made)
        await _framed(made)
        assert _state(daemon, headers) == before


def _state(daemon: RunningDaemon, headers: dict[str, str]) -> tuple[int, str]:
    listed = daemon.get("/api/gorevler?tum_projeler=true", **headers)
    return listed.json["total"], listed.headers["x-gorev-seq"]


async def _from_a_page_at(made: Stage, address: str) -> None:
    page = await made.context.new_page()
    await page.goto(address)
    made.answers()
    assert set((await made.attack_in_all_ways(page)).values()) == {""}
    _assert_all_was_refused(made)
    await page.close()


async def _from_a_page_without_origin(made: Stage) -> None:
    """A sandboxed frame is of the origin ``null``."""
    page = await made.context.new_page()
    await page.goto(f"http://localhost:{made.elsewhere}/")
    await page.evaluate(
        "document.body.append(Object.assign(document.createElement('iframe'),"
        " {sandbox: 'allow-scripts allow-forms', srcdoc: '<!doctype html><body></body>'}))"
    )
    frame: Any = next(each for each in page.frames if each != page.main_frame)
    made.answers()
    assert set((await made.attack_in_all_ways(frame)).values()) == {""}
    _assert_all_was_refused(made)
    await page.close()


def _assert_all_was_refused(made: Stage) -> None:
    """Most of the attacks have reached the daemon, which refused each."""
    answers = made.answers()
    assert [answer for answer in answers if answer[2] != 403] == []
    assert sum(method == "GET" for method, _, _ in answers) >= 12
    assert sum(method == "POST" for method, _, _ in answers) >= 10


async def _from_rebound_names(made: Stage) -> None:
    """The browser takes page and daemon for one origin, of a name that is not the daemon's."""
    port = made.daemon.lock["port"]
    page = await made.context.new_page()
    for name in ("rebound.test", "localhost.evil.test", "127.0.0.1.evil.test"):
        opened = await page.goto(f"http://{name}:{port}/")
        assert opened is not None
        assert opened.status == 403
    made.answers()
    for found in (await made.attack_in_all_ways(page, f"http://127.0.0.1.evil.test:{port}")).values():
        assert "Known" not in found
        assert "connected" not in found
    _assert_all_was_refused(made)
    await page.close()


async def _framed(made: Stage) -> None:
    """The daemon's page is not shown in another one, where clicks on it could be stolen."""
    page = await made.context.new_page()
    await page.goto(f"http://localhost:{made.elsewhere}/")
    made.answers()
    await page.evaluate(
        "url => new Promise(done => document.body.append(Object.assign(document.createElement('iframe'),"
        " {src: url, onload: done})))",
        made.daemon.url,
    )
    assert {status for _, _, status in made.answers()} == {403}
    await page.close()
