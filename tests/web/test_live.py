"""What others do while the page is open: two pages, an assistant behind the bridge, a blocked WebSocket."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from playwright.sync_api import WebSocketRoute, expect

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient
from tests.web.visitor import Visitor, panel, row


def as_assistant(daemon: RunningDaemon, workspace: WorkspaceClient, calls: list[tuple[str, dict[str, Any]]]) -> None:
    """Make tool calls with the official client through the bridge; in a thread, as Playwright has the loop of this."""

    async def session() -> None:
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", "gorev", "mcp-proxy", "--workspace", str(workspace.folder)],
            env=daemon.environment,
            cwd=str(Path(__file__).parents[2]),
        )
        async with Client(stdio_client(parameters), mode="legacy") as client:
            for tool, arguments in calls:
                answer = await client.call_tool(tool, arguments)
                assert not answer.is_error, answer

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, session()).result()


def test_what_an_assistant_does_is_seen_at_once(
    visitor: Visitor, workspace: WorkspaceClient, daemon: RunningDaemon
) -> None:
    task = workspace.task("Shared")
    tree, board = visitor.open("tree", task=task["id"]), visitor.open("board")
    as_assistant(
        daemon,
        workspace,
        [
            ("gorev_guncelle", {"id": task["id"], "durum": "devam_ediyor"}),
            ("gorev_duzenle", {"id": task["id"], "baslik": "By the assistant", "oncelik": "yuksek"}),
        ],
    )
    expect(panel(tree).get_by_label("Title")).to_have_value("By the assistant")
    expect(row(tree, "By the assistant")).to_have_attribute("data-status", "devam_ediyor")
    expect(board.get_by_role("region", name="In progress").get_by_text("By the assistant")).to_be_visible()
    as_assistant(daemon, workspace, [("gorev_sil", {"id": task["id"], "onay": True})])
    expect(row(tree, "By the assistant")).to_have_count(0)
    expect(panel(tree)).to_contain_text("was deleted elsewhere")


def test_two_pages_show_one_another_their_changes(visitor: Visitor, workspace: WorkspaceClient) -> None:
    one, other = visitor.open("tree"), visitor.open("board")
    one.get_by_label("New task in one line").fill("From the one")
    one.keyboard.press("Enter")
    expect(other.get_by_text("From the one")).to_be_visible()
    other.get_by_label("Status of From the one").select_option("devam_ediyor")
    expect(row(one, "From the one")).to_have_attribute("data-status", "devam_ediyor")


def test_the_page_polls_when_the_socket_is_blocked(visitor: Visitor, workspace: WorkspaceClient) -> None:
    def block(socket: WebSocketRoute) -> None:
        socket.close()

    visitor.context.route_web_socket("**/ws**", block)
    page = visitor.context.new_page()
    page.goto(f"{visitor.origin}/w/{workspace.id}/tree")
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "polling")
    expect(page.get_by_test_id("connection")).to_have_text("Every 5 s")
    workspace.task("Looked up")
    expect(row(page, "Looked up")).to_be_visible()
    page.get_by_label("New task in one line").fill("Still writable")
    page.keyboard.press("Enter")
    expect(row(page, "Still writable")).not_to_have_attribute("data-pending", "true")


def test_nothing_is_missed_while_the_daemon_restarts(
    visitor: Visitor, workspace: WorkspaceClient, daemon: RunningDaemon
) -> None:
    workspace.task("Before")
    page = visitor.open()
    port = int(daemon.lock["port"])
    daemon.kill()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting")
    daemon.start(port)
    workspace.task("Meanwhile")
    expect(row(page, "Meanwhile")).to_be_visible()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")


def test_what_others_change_is_told_to_those_who_listen(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Heard of")
    page = visitor.open("board")
    workspace.change(task["id"], oncelik="yuksek")
    expect(page.get_by_test_id("remote-changes")).to_have_text("Changed elsewhere: Heard of")
