"""A client that asks for it is told how far its export or import is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mcp.test_workspace_resources import shake_hands
from tests.support.running_daemon import McpClient, RunningDaemon
from tests.support.workspace_client import WorkspaceClient

# An export of so many takes longer than the pause before the first word of it.
MANY = 30_000


def told(client: McpClient, name: str, **arguments: Any) -> tuple[list[Any], Any]:
    """What is told while a tool is at work, and its result."""
    params = {"name": name, "arguments": arguments, "_meta": {"progressToken": "t"}}
    client.write({"jsonrpc": "2.0", "id": "work", "method": "tools/call", "params": params})
    steps: list[Any] = []
    while True:
        message = client.read()
        if message.get("id") == "work":
            return steps, message["result"]
        assert message["method"] == "notifications/progress"
        steps.append(message["params"])


@pytest.fixture
def client(daemon: RunningDaemon) -> Any:
    """An assistant of a new workspace."""
    with daemon.mcp("en", WorkspaceClient.of_new_folder(daemon).folder) as client:
        shake_hands(client)
        yield client


def test_long_work_tells_its_steps_and_short_work_none(client: McpClient) -> None:
    rows = [{"id": f"t{number}", "baslik": f"Task {number}", "etiketler": ["a"]} for number in range(MANY)]
    steps, result = told(client, "gorev_import", data={"tasks": rows})
    assert result["structuredContent"]["imported_tasks"] == MANY
    assert steps
    assert all(each["progressToken"] == "t" and each["total"] >= each["progress"] for each in steps)
    assert [each["progress"] for each in steps] == sorted({each["progress"] for each in steps})
    steps, result = told(client, "gorev_listele")
    assert steps == []
    assert not result["isError"]
