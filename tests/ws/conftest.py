"""Fixtures of the WebSocket tests."""

from __future__ import annotations

import pytest

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient


@pytest.fixture
def client(daemon: RunningDaemon) -> WorkspaceClient:
    """A client of a registered, empty workspace that belongs to the test alone."""
    made = WorkspaceClient.of_new_folder(daemon)
    assert made.seq() == 0
    return made
