"""Two assistants behind bridges: what one changes the other is told of, in every mode of the official client."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import PromptReference, ResourceTemplateReference

from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon

Mode: TypeAlias = Literal["legacy", "auto", "2026-07-28"]
MODES: tuple[Mode, ...] = ("legacy", "auto", "2026-07-28")
NextUpdate: TypeAlias = Callable[[], Awaitable[str]]


@asynccontextmanager
async def assistant(daemon: RunningDaemon, mode: Mode, **options: Any) -> AsyncIterator[Client]:
    """The official client behind the bridge."""
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "gorev", "mcp-proxy", "--workspace", str(daemon.workspace)],
        env=daemon.environment,
        cwd=str(Path(__file__).parents[2]),
    )
    async with Client(stdio_client(parameters), mode=mode, **options) as client:
        yield client


@asynccontextmanager
async def hearing(daemon: RunningDaemon, mode: Mode, uri: str) -> AsyncIterator[NextUpdate]:
    """A client that listens for a resource in its era's way; yields what waits for the next word of it."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def keep(message: Any) -> None:
        if getattr(message, "method", None) == "notifications/resources/updated":
            heard.put_nowait(str(message.params.uri))

    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(assistant(daemon, mode, message_handler=keep))
        if mode == "legacy":
            await client.subscribe_resource(uri)
            yield heard.get
            return
        subscription = await stack.enter_async_context(client.listen(resource_subscriptions=[uri]))
        assert subscription.honored.resource_subscriptions == [uri]

        async def next_update() -> str:
            return str((await anext(subscription)).uri)  # type: ignore[union-attr]  # nothing else was asked for

        yield next_update


def task_of(daemon: RunningDaemon, title: str) -> str:
    return str(daemon.post("/api/gorev", {"baslik": title}).json["data"]["id"])


@pytest.mark.filterwarnings("ignore:resources/subscribe is removed")
@pytest.mark.parametrize("hearer", MODES)
@pytest.mark.parametrize("speaker", ["legacy", "2026-07-28"])
def test_a_change_of_one_is_heard_by_the_other(daemon: RunningDaemon, speaker: Mode, hearer: Mode) -> None:
    task_id = task_of(daemon, f"{speaker} speaks to {hearer}")
    uri = f"gorev://gorev/{task_id}"

    async def journey() -> None:
        async with assistant(daemon, speaker) as one, hearing(daemon, hearer, uri) as next_update:
            for priority in ("yuksek", "dusuk", "orta"):
                changed = await one.call_tool("gorev_guncelle", {"id": task_id, "oncelik": priority})
                assert not changed.is_error
                assert await asyncio.wait_for(next_update(), PATIENCE_SECONDS) == uri
            deleted = await one.call_tool("gorev_sil", {"id": task_id, "onay": True})
            assert not deleted.is_error
            assert await asyncio.wait_for(next_update(), PATIENCE_SECONDS) == uri

    asyncio.run(journey())


@pytest.mark.parametrize("mode", MODES)
def test_resources_prompts_and_completion_serve_the_official_client(daemon: RunningDaemon, mode: Mode) -> None:
    title = f"Yıllık {mode} raporu"
    task_id = task_of(daemon, title)

    async def journey() -> None:
        async with assistant(daemon, mode) as client:
            listed = (await client.list_resources()).resources
            assert "gorev://ozet" in [str(each.uri) for each in listed]
            assert title in [each.name for each in listed]
            templates = (await client.list_resource_templates()).resource_templates
            assert {each.uri_template for each in templates} == {"gorev://gorev/{id}", "gorev://proje/{id}"}
            for each in listed:
                (content,) = (await client.read_resource(str(each.uri))).contents
                assert content.mime_type == "text/markdown"
            task = ResourceTemplateReference(type="ref/resource", uri="gorev://gorev/{id}")
            found = await client.complete(task, {"name": "id", "value": f"{mode} YILLIK"})
            assert found.completion.values == [task_id]
            prompts = (await client.list_prompts()).prompts
            assert [each.name for each in prompts] == ["gunluk_plan", "gorev_parcala", "durum_raporu"]
            reference = PromptReference(type="ref/prompt", name="gorev_parcala")
            assert (
                task_id in (await client.complete(reference, {"name": "gorev_id", "value": "yıllık"})).completion.values
            )
            for name, arguments in (
                ("gunluk_plan", {}),
                ("gorev_parcala", {"gorev_id": task_id}),
                ("status_report", {"gun": "30"}),
            ):
                (message,) = (await client.get_prompt(name, arguments)).messages
                assert message.role == "user"
                assert message.content.type == "text"
                assert (title in message.content.text) == (name == "gorev_parcala")
            shown = await client.call_tool("gorev_detay", {"id": task_id})
            assert [block.type for block in shown.content] == ["text", "resource_link"]

    asyncio.run(journey())
