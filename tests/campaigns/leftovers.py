"""Whatever lies in the daemon directory, and whatever happens to it: one daemon comes, or the one that runs stays.

What lies there is left over from daemons that were killed, or damaged, or belongs to processes that are no daemons; or
somebody deletes it under the feet of a daemon; or the clock is set. Some starters come at once each time, bridges and
commands. A task that was written at first must be there in the end.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
import psutil

from tests.campaigns.tally import Tally
from tests.support.running_daemon import GOREV, PATIENCE_SECONDS, RunningDaemon, has_ended, wait_for

STARTERS: Final = 4
LOCK_SECONDS: Final = 5.0  # in which a lock file that was deleted is there again
DAY_SECONDS: Final = 86_400.0
ROOT: Final = Path(__file__).parents[2]
PING: Final = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
# The time of day as Python code asks for it, which the file named by SHIFT sets.
CLOCK: Final = """
import os, time
_time = time.time
def shifted():
    try:
        with open(os.environ["SHIFT"]) as file:
            return _time() + float(file.read() or 0)
    except (OSError, KeyError, ValueError):
        return _time()
time.time = shifted
"""


@attrs.define
class Place:
    """A home, its daemon, and processes that are in the way."""

    home: Path
    chance: random.Random
    daemon: RunningDaemon = attrs.field(init=False)
    others: list[subprocess.Popen[bytes]] = attrs.Factory(list)

    def __attrs_post_init__(self) -> None:
        workspace = self.home / "workspace"
        workspace.mkdir()
        self.folder.mkdir(mode=0o700)
        (self.folder / "config.toml").write_text("port = 0\n")
        (self.home / "clock").mkdir()
        (self.home / "clock" / "sitecustomize.py").write_text(CLOCK)
        self.daemon = RunningDaemon(self.home, workspace)

    @property
    def folder(self) -> Path:
        """The daemon directory."""
        return self.home / ".gorev-daemon"

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.folder / ".lock"

    @property
    def environment(self) -> dict[str, str]:
        """That of whatever is started here: the clock is ours to set."""
        clock = {"PYTHONPATH": str(self.home / "clock"), "SHIFT": str(self.home / "shift")}
        return self.daemon.environment | clock

    def set_clock(self, by_seconds: float) -> None:
        """Set it from what it really is."""
        (self.home / "shift").write_text(str(by_seconds))

    def start(self) -> None:
        """Start a daemon that is wanted, and wait until it is ready."""
        command = [*GOREV, "daemon", "--detach", "--workspace", str(self.daemon.workspace)]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True, capture_output=True)
        wait_for(lambda: self.daemon.get("/api/health/ready").status == 200)

    def other(self) -> subprocess.Popen[bytes]:
        """A process that is no daemon."""
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.others.append(process)
        return process

    def write_lock(self, **changed: object) -> None:
        """Write a lock file like that of a daemon, with something else in it."""
        fields = {
            "pid": 1,
            "port": "1",
            "start_time": datetime.now(UTC).isoformat(),
            "daemon_url": "http://localhost:1",
            "version": "0.1.0",
            "mcp_endpoint": f"unix:{self.folder / 'mcp.sock'}",
            "instance": "0" * 32,
        }
        self.lock.write_text(json.dumps(fields | changed, indent=2))

    def clear(self) -> None:
        """End everything that is here."""
        for process in (*_processes(self.home), *self.others):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for other in self.others:
            other.wait()


def killed(place: Place) -> None:
    """A stale lock, a stale socket: a daemon was killed."""
    place.daemon.kill()


def killed_and_not_reaped(place: Place) -> None:
    """The lock's process is a zombie."""
    place.daemon.stop()
    zombie = place.other()
    place.write_lock(pid=zombie.pid)
    zombie.kill()
    wait_for(lambda: has_ended(psutil.Process(zombie.pid)))


def recycled_pid(place: Place) -> None:
    """The lock's pid now belongs to a younger process."""
    place.daemon.kill()
    started = datetime.now(UTC) - timedelta(hours=1)
    place.write_lock(pid=place.other().pid, start_time=started.isoformat())


def strangers_port(place: Place) -> None:
    """Somebody else listens on the port of a daemon that was killed."""
    port = int(place.daemon.lock["port"])
    place.daemon.kill()
    with suppress(OSError), socket.create_server(("127.0.0.1", port)) as listener:  # or somebody has it already
        stranger = [sys.executable, "-c", "input()"]
        place.others.append(subprocess.Popen(stranger, stdin=subprocess.PIPE, pass_fds=[listener.fileno()]))


def truncated_lock(place: Place) -> None:
    """Half a lock file."""
    content = place.lock.read_bytes()
    place.daemon.kill()
    place.lock.write_bytes(content[: place.chance.randrange(len(content))])


def garbage_lock(place: Place) -> None:
    """A lock file with anything in it."""
    place.daemon.kill()
    rubbish: list[bytes] = [
        place.chance.randbytes(200),
        b"[]",
        b"null",
        b'{"pid": -1, "port": "x"}',
        b'{"pid": 1e400, "port": "5082"}',
        b"[" * 100_000,
    ]
    place.lock.write_bytes(place.chance.choice(rubbish))


def socket_alone(place: Place) -> None:
    """A socket that nobody listens on, without a lock file."""
    place.daemon.kill()
    place.lock.unlink()


def clock_set_back_while_down(place: Place) -> None:
    """The daemon was killed, and the clock is set to the day before."""
    place.daemon.kill()
    place.set_clock(-DAY_SECONDS)


def lock_deleted(place: Place) -> None:
    """Somebody deletes the lock file of a daemon that runs."""
    place.lock.unlink()


def lock_overwritten(place: Place) -> None:
    """Somebody writes into the lock file of a daemon that runs."""
    place.lock.write_bytes(place.lock.read_bytes()[: place.chance.randrange(100)])


def guard_deleted(place: Place) -> None:
    """Somebody deletes the guard of a daemon that runs."""
    (place.folder / ".lock.guard").unlink()


def lock_deleted_and_clock_set(place: Place) -> None:
    """The same, and the clock is set, forward or back."""
    place.set_clock(place.chance.choice([-DAY_SECONDS, DAY_SECONDS]))
    place.lock.unlink()


DEAD: Final[dict[str, Callable[[Place], None]]] = {
    "stale lock and socket": killed,
    "zombie": killed_and_not_reaped,
    "recycled pid": recycled_pid,
    "the port is a stranger's": strangers_port,
    "truncated lock": truncated_lock,
    "garbage in the lock": garbage_lock,
    "stale socket alone": socket_alone,
    "clock set back meanwhile": clock_set_back_while_down,
}
ALIVE: Final[dict[str, Callable[[Place], None]]] = {
    "lock deleted under the daemon": lock_deleted,
    "lock overwritten under the daemon": lock_overwritten,
    "guard deleted under the daemon": guard_deleted,
    "lock deleted and clock set": lock_deleted_and_clock_set,
}


SHORT: Final = ("truncated lock", "lock overwritten under the daemon")


def _processes(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HOME") == str(home) and not has_ended(process):
                found.append(process)
    return found


def _is_answered(bridge: subprocess.Popen[bytes]) -> bool:
    assert bridge.stdin is not None
    assert bridge.stdout is not None
    with suppress(ValueError, BrokenPipeError):
        bridge.stdin.write(PING)
        bridge.stdin.flush()
        return bool("result" in json.loads(bridge.stdout.readline()))
    return False


def one(place: Place, spoil: Callable[[Place], None], *, stays: bool) -> Counter[str]:
    """Spoil a daemon's place, let some start at once, and see what there is."""
    losses: Counter[str] = Counter()
    place.start()
    made = place.daemon.post("/api/gorev", {"baslik": "Kept"}).json["data"]["id"]
    before = place.daemon.pid
    spoil(place)
    options = {"env": place.environment, "cwd": ROOT, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    proxy = [*GOREV, "mcp-proxy", "--workspace", str(place.daemon.workspace)]
    detach = [*GOREV, "daemon", "--detach", "--workspace", str(place.daemon.workspace)]
    bridges = [subprocess.Popen(proxy, **options) for _ in range(STARTERS // 2)]  # type: ignore[call-overload]
    commands = [
        subprocess.Popen(detach, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload]
        for _ in range(STARTERS - len(bridges))
    ]
    losses["bridges without an answer"] += sum(not _is_answered(each) for each in bridges)
    for each in bridges:
        each.communicate(timeout=PATIENCE_SECONDS)
    told = [(*each.communicate(timeout=PATIENCE_SECONDS), each.returncode) for each in commands]
    deadline = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < deadline and not _is_published(place):
        time.sleep(0.02)
    losses["lock files that are not there again"] += not _is_published(place)
    with suppress(OSError, ValueError, KeyError):
        losses["commands that say something else"] += sum(
            str(place.daemon.pid).encode() not in out + err for out, err, _ in told
        )
        losses["daemons that run and were replaced"] += stays and place.daemon.pid != before
        found = place.daemon.get(f"/api/gorev/{made}", X_Workspace_Path=str(place.daemon.workspace))
        losses["acknowledged writes missing"] += found.status != 200
        losses["daemons too many"] += len(_processes(place.home)) - 1
        os.kill(place.daemon.pid, signal.SIGTERM)
        losses["stops that left something"] += not _is_clean(place)
    return losses


def _is_published(place: Place) -> bool:
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        return bool(place.daemon.get("/api/health").json["pid"] == place.daemon.pid)
    return False


def _is_clean(place: Place) -> bool:
    with suppress(TimeoutError):
        wait_for(lambda: not _processes(place.home))
    return not _processes(place.home) and not place.lock.exists() and not (place.folder / "mcp.sock").exists()


def run(seconds: float, seed: int | None = None, only: tuple[str, ...] = ()) -> Tally:
    """Each of them, or of those that are named, and again as long as there is time."""
    seed = random.randrange(1 << 32) if seed is None else seed
    chance = random.Random(seed)
    every = [(name, spoil, False) for name, spoil in DEAD.items()] + [
        (name, spoil, True) for name, spoil in ALIVE.items()
    ]
    done: Counter[str] = Counter()
    losses: Counter[str] = Counter()
    every = [each for each in every if each[0] in (only or (each[0],))]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or sum(done.values()) < len(every):
        name, spoil, stays = every[sum(done.values()) % len(every)]
        home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
        place = Place(home, chance)
        try:
            losses.update(one(place, spoil, stays=stays))
        finally:
            place.clear()
            shutil.rmtree(home, ignore_errors=True)
        done[name] += 1
    return Tally("leftovers", {"seed": seed, "starters each time": STARTERS, **done}, dict(losses))


def campaign(seconds: float) -> Tally:
    """In turn."""
    return run(seconds)
