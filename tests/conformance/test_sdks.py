"""The official SDKs in all their modes, each through the bridge and over HTTP: what they list, call, read and hear."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Literal
from urllib.parse import quote

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.conformance.official import HERE, ran
from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon
from tests.support.workspace_client import WorkspaceClient

TOOLS: Final = 24
INVALID_PARAMS: Final = -32602
BRIDGE: Final = ("-m", "gorev", "mcp-proxy", "--workspace")

Mode = Literal["legacy", "auto", "2026-07-28"]


def test_the_typescript_sdks_of_both_generations_in_all_modes(daemon: RunningDaemon) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    task = client.task()["id"]
    given = {
        "command": sys.executable,
        "args": [*BRIDGE, str(client.folder)],
        "env": daemon.environment,
        "cwd": str(HERE.parents[1]),
        "url": f"{daemon.url}/mcp",
        "headers": {"X-Workspace-Path": quote(str(client.folder)), "Accept-Language": "en"},
        "task": task,
    }
    found = [json.loads(line) for line in ran(str(HERE / "scripts" / "sdks.mjs"), json.dumps(given)).splitlines()]
    wires = [(each["sdk"], each["mode"], each["wire"]) for each in found]
    modes = (("v1", "legacy"), ("v2", "legacy"), ("v2", "auto"), ("v2", "modern"))
    assert wires == [(*mode, wire) for mode in modes for wire in ("bridge", "http")]
    for each in found:
        assert each["isModern"] is (each["mode"] != "legacy")
        assert each["tools"] == TOOLS
        assert each["templates"] > 0
        assert each["prompts"] > 0
        assert each["contents"] == 1
        assert each["isError"] is False
        assert each["title"] == f"{each['sdk']} {each['mode']} {each['wire']}"
        assert each["told"] == f"gorev://gorev/{task}"
        assert each["unknown"] == INVALID_PARAMS


@asynccontextmanager
async def connected(client: WorkspaceClient, wire: str, mode: Mode, heard: asyncio.Queue[str]) -> AsyncIterator[Client]:
    """The Python SDK's client."""

    async def hear(message: Any) -> None:
        if getattr(message, "method", "") == "notifications/resources/updated":
            heard.put_nowait(str(message.params.uri))

    if wire == "bridge":
        parameters = StdioServerParameters(
            command=sys.executable,
            args=[*BRIDGE, str(client.folder)],
            env=client.daemon.environment,
            cwd=str(HERE.parents[1]),
        )
        async with Client(stdio_client(parameters), mode=mode, message_handler=hear) as connection:
            yield connection
    else:
        headers = {"X-Workspace-Path": quote(str(client.folder))}
        async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE_SECONDS) as http:
            transport = streamable_http_client(f"{client.daemon.url}/mcp", http_client=http)
            async with Client(transport, mode=mode, message_handler=hear) as connection:
                yield connection


@pytest.mark.filterwarnings("ignore:resources/subscribe is removed")
@pytest.mark.parametrize("wire", ["bridge", "http"])
@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
def test_the_python_sdk(daemon: RunningDaemon, mode: Mode, wire: str) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    task = client.task()["id"]
    asyncio.run(_use(client, task, mode, wire))


async def _use(client: WorkspaceClient, task: str, mode: Mode, wire: str) -> None:
    uri = f"gorev://gorev/{task}"
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with connected(client, wire, mode, heard) as connection:
        assert connection.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
        assert len((await connection.list_tools()).tools) == TOOLS
        assert (await connection.list_resource_templates()).resource_templates
        assert (await connection.list_prompts()).prompts
        assert len((await connection.read_resource(uri)).contents) == 1
        with pytest.raises(MCPError) as refused:
            await connection.call_tool("no_such_tool", {})
        assert refused.value.error.code == INVALID_PARAMS
        if mode == "legacy":
            await connection.subscribe_resource(uri)
            await _rename(connection, task)
            assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS) == uri
        else:
            async with connection.listen(resource_subscriptions=[uri]) as events:
                await _rename(connection, task)
                event: Any = await asyncio.wait_for(anext(aiter(events)), PATIENCE_SECONDS)
                assert str(event.uri) == uri
    assert client.get(f"/api/gorev/{task}")["data"]["baslik"] == "Renamed"


async def _rename(connection: Client, task: str) -> None:
    answer = await connection.call_tool("gorev_duzenle", {"id": task, "baslik": "Renamed"})
    assert not answer.is_error
