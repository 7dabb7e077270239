"""The command line beside a running daemon."""

from __future__ import annotations

import pytest

from tests.support.command_line import CommandLine
from tests.support.running_daemon import RunningDaemon


@pytest.fixture(scope="module")
def gorev(daemon: RunningDaemon) -> CommandLine:
    """The command in the workspace of the module's daemon, in English."""
    return CommandLine(daemon.workspace, daemon.environment)
