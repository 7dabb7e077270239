"""A daemon of a campaign's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.running_daemon import RunningDaemon


@contextmanager
def own_daemon() -> Iterator[RunningDaemon]:
    """A running daemon with a home and a default workspace that go with it."""
    home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    workspace = home / "workspace"
    workspace.mkdir()
    daemon = RunningDaemon(home, workspace)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()
        shutil.rmtree(home, ignore_errors=True)
