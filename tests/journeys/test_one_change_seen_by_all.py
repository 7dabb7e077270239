"""The whole program with real clients: what one of them does, all the others see, also after the daemon was killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import attrs
import psutil
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from playwright.async_api import Page, async_playwright, expect
from websockets.asyncio.client import ClientConnection, connect

from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@attrs.define
class Listener:
    """A WebSocket client that keeps what it is told and where it stands, as an editor would."""

    url: str
    workspace: str
    socket: ClientConnection | None = None
    seen: list[dict[str, Any]] = attrs.Factory(list)
    position: int = 0

    async def open(self) -> None:
        """Connect, resuming where the last connection ended."""
        since = f"&since={self.position}" if self.position else ""
        address = f"{self.url.replace('http', 'ws')}/ws?workspace_id={self.workspace}&format=simple{since}"
        self.socket = await connect(address)
        first = json.loads(await self.socket.recv())
        assert first["type"] == "connected"
        self.position = self.position or first["data"]["seq"][self.workspace]

    async def until(self, type_: str, title: str) -> dict[str, Any]:
        """The next event of this type about a task of this title; each event on the way must be the next one."""
        assert self.socket is not None
        while True:
            event: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS))
            if "seq" not in event:
                continue
            assert event["seq"] == self.position + 1
            self.position = event["seq"]
            self.seen.append(event)
            if event["type"] == type_ and event["data"].get("baslik") == title:
                return event


@asynccontextmanager
async def assistant(daemon: RunningDaemon, mode: Literal["legacy", "2026-07-28"]) -> AsyncIterator[Client]:
    """The official MCP client behind the bridge, of one era."""
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "gorev", "mcp-proxy", "--workspace", str(daemon.workspace)],
        env=daemon.environment,
        cwd=str(Path(__file__).parents[2]),
    )
    async with Client(stdio_client(parameters), mode=mode) as client:
        yield client


@asynccontextmanager
async def browser_page(url: str) -> AsyncIterator[Page]:
    """The web page in headless Chromium, in English."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(CHROMIUM_FLAGS)
        )
        page = await browser.new_page(locale="en-GB")
        await page.goto(url)
        yield page
        await browser.close()


async def titles(client: Client) -> set[str]:
    """Every title that an assistant sees."""
    answer = await client.call_tool("gorev_listele", {"tum_projeler": True, "limit": 200})
    assert answer.structured_content is not None
    found: set[str] = set()
    waiting = list(answer.structured_content["gorevler"])
    while waiting:
        task = waiting.pop()
        found.add(task["baslik"])
        waiting.extend(task.get("alt_gorevler", ()))
    return found


async def in_thread(work: Callable[[], Any]) -> Any:
    """Run a blocking client off the loop."""
    return await asyncio.get_running_loop().run_in_executor(None, work)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition that clients bring about."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.05)


def row(page: Page, title: str) -> Any:
    """The row of a task on the page."""
    return page.locator("[data-task-id]").filter(has_text=title).first


def test_what_one_client_does_all_others_see_and_nothing_is_lost_by_a_kill(
    own_daemon: RunningDaemon, free_port: int
) -> None:
    """Two assistants (one per era), REST, WebSocket and a browser page share one daemon that starts by itself."""
    folder = own_daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text(f'port = {free_port}\ndefault_workspace = "{own_daemon.workspace}"\n')
    asyncio.run(_journey(own_daemon))


async def _journey(daemon: RunningDaemon) -> None:
    async with assistant(daemon, "legacy") as old, assistant(daemon, "2026-07-28") as new:
        assert await titles(old) == await titles(new) == set()
        workspaces = (await in_thread(lambda: daemon.get("/api/v1/workspaces"))).json
        listener = Listener(daemon.url, workspaces["workspaces"][0]["id"])
        await listener.open()
        async with browser_page(daemon.url) as page:
            root = await _rest_creates(daemon, listener, page, old, new)
            await _an_assistant_creates(daemon, listener, page, old, new, root)
            await _the_page_creates(daemon, listener, page, old, new)
            await _all_recover_after_a_kill(daemon, listener, page, old, new, root)


async def _rest_creates(daemon: RunningDaemon, listener: Listener, page: Page, old: Client, new: Client) -> str:
    created = await in_thread(lambda: daemon.post("/api/gorev", {"baslik": "From REST"}, X_Gorev_Client="script"))
    assert created.status == 201
    event = await listener.until("created", "From REST")
    assert event["actor"] == {"client": "script", "type": "rest"}
    await expect(row(page, "From REST")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    assert await titles(old) == await titles(new) == {"From REST"}
    return str(created.json["data"]["id"])


async def _an_assistant_creates(
    daemon: RunningDaemon, listener: Listener, page: Page, old: Client, new: Client, root: str
) -> None:
    made = await new.call_tool(
        "gorev_hierarchy", {"action": "create_subtask", "parent_id": root, "baslik": "From an assistant"}
    )
    assert not made.is_error
    event = await listener.until("created", "From an assistant")
    assert event["actor"]["type"] == "mcp"
    await expect(row(page, "From an assistant")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    assert "From an assistant" in await titles(old)
    assert made.structured_content is not None
    changed = await old.call_tool("gorev_guncelle", {"id": made.structured_content["gorev"]["id"], "durum": "done"})
    assert not changed.is_error
    event = await listener.until("updated", "From an assistant")
    assert event["changed_fields"] == ["durum"]
    shown = await in_thread(lambda: daemon.get(f"/api/v1/tasks/{root}"))
    assert [(each["title"], each["status"]) for each in shown.json["data"]["subtasks"]] == [
        ("From an assistant", "tamamlandi")
    ]


async def _the_page_creates(daemon: RunningDaemon, listener: Listener, page: Page, old: Client, new: Client) -> None:
    await page.get_by_placeholder("What needs to be done?").fill("From the page")
    await page.keyboard.press("Enter")
    event = await listener.until("created", "From the page")
    assert event["actor"] == {"client": "web-ui", "type": "web"}
    assert {"From the page"} <= await titles(old) == await titles(new)
    listed = await in_thread(lambda: daemon.get("/api/gorevler?tum_projeler=true"))
    assert listed.json["total"] == 3


async def _all_recover_after_a_kill(
    daemon: RunningDaemon, listener: Listener, page: Page, old: Client, new: Client, root: str
) -> None:
    before = await titles(old)
    killed = psutil.Process(daemon.pid)
    killed.send_signal(signal.SIGKILL)
    await in_thread(lambda: killed.wait(PATIENCE_SECONDS))
    assert await titles(old) == await titles(new) == before
    assert daemon.pid != killed.pid
    await listener.open()
    made = await old.call_tool(
        "gorev_hierarchy", {"action": "create_subtask", "parent_id": root, "baslik": "After the kill"}
    )
    assert not made.is_error
    await listener.until("created", "After the kill")
    assert [event["seq"] for event in listener.seen] == list(range(1, listener.position + 1))
    assert "After the kill" in await titles(new)
    await expect(row(page, "After the kill")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    await expect(row(page, "From REST")).to_be_visible()
    assert [process.pid for process in psutil.process_iter(["cmdline"]) if _is_daemon_of(process, daemon)] == [
        daemon.pid
    ]


def _is_daemon_of(process: psutil.Process, daemon: RunningDaemon) -> bool:
    try:
        return "daemon" in process.cmdline() and process.environ().get("HOME") == str(daemon.home)
    except psutil.Error:
        return False
