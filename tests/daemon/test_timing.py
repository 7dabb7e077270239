"""The daemon does not go by the time of day: real processes whose clock is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.leftovers import CLOCK, DAY_SECONDS
from tests.daemon.programs import environment, published, start_gorev, wait_for
from tests.support.running_daemon import RunningDaemon


@pytest.mark.parametrize("by_seconds", [-DAY_SECONDS, DAY_SECONDS], ids=["back", "forward"])
def test_a_clock_that_is_set_neither_holds_anything_up_nor_ends_any_patience(home: Path, by_seconds: float) -> None:
    """The lock file is looked after as before, a client that gave a sign of life counts, and a listener stays."""
    (home / "clock").mkdir()
    (home / "clock" / "sitecustomize.py").write_text(CLOCK)
    shift = home / "shift"
    clock = environment()["PYTHONPATH"] + f":{home / 'clock'}"
    process = start_gorev("daemon", "--api-port", "0", **environment(PYTHONPATH=clock, SHIFT=str(shift)))
    published(home, process)
    daemon = RunningDaemon(home, home)
    daemon.post("/api/v1/daemon/clients/register", {"client_id": "one", "client_type": "mcp-proxy"})
    with daemon.events() as stream:
        url = daemon.url
        shift.write_text(str(by_seconds))
        lock = home / ".gorev-daemon" / ".lock"
        lock.unlink()
        wait_for(lock.exists)
        assert daemon.url == url
        assert daemon.get("/api/v1/daemon/clients/count").json["client_count"] == 1
        stream.send({"type": "ping", "timestamp": 1})
        assert stream.until(lambda frame: frame["type"] == "pong")
    process.terminate()
    process.communicate()
