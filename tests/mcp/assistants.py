"""Two assistants of one workspace, of either language, and a REST client beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from tests.support.running_daemon import McpClient, RunningDaemon
from tests.support.workspace_client import WorkspaceClient

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@attrs.frozen
class Assistants:
    """Assistants by language."""

    rest: WorkspaceClient
    turkish: McpClient
    english: McpClient

    def call(self, tool: str, **arguments: Any) -> tuple[str, Any]:
        """Text and struct of a call that succeeds."""
        outcome = self.english.call(tool, **arguments)
        assert not outcome.get("isError"), outcome
        block, *links = outcome["content"]
        assert block["type"] == "text"
        assert all(each["type"] == "resource_link" for each in links)
        return block["text"], outcome["structuredContent"]

    def in_turkish(self, tool: str, **arguments: Any) -> str:
        """The text for one who speaks Turkish, of a call that succeeds."""
        outcome = self.turkish.call(tool, **arguments)
        assert not outcome.get("isError"), outcome
        return str(outcome["content"][0]["text"])

    def refused(self, tool: str, code: str, **arguments: Any) -> Any:
        """The details of a call that is refused with this code, told in both languages and changing nothing."""
        before = self.rest.seq()
        told = []
        details: Any = None
        for assistant in (self.turkish, self.english):
            outcome = assistant.call(tool, **arguments)
            assert outcome.get("isError") is True, outcome
            struct = outcome["structuredContent"]
            assert struct.keys() <= {"code", "message", "details"}
            assert struct["code"] == code, struct
            (block,) = outcome["content"]
            if code == "stale_revision":
                # Its text also tells what is stored.
                assert block["text"].startswith(struct["message"])
            else:
                assert block["text"] == struct["message"]
            told.append(struct["message"])
            details = struct.get("details", {})
        assert all(told)
        assert told[0] != told[1]
        assert self.rest.seq() == before
        return details


@contextmanager
def assistants_of_new_workspace(daemon: RunningDaemon) -> Iterator[Assistants]:
    """Assistants of a workspace that nothing has been done in."""
    rest = WorkspaceClient.of_new_folder(daemon)
    with daemon.mcp("tr", rest.folder) as turkish, daemon.mcp("en", rest.folder) as english:
        yield Assistants(rest, turkish, english)
