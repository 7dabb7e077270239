"""Many assistants that start in the same moment, with no daemon there: one must come, and serve all of them.

Each bridge is a process that has loaded its code and waits at one gate for all; what they find is now nothing, now
what a killed daemon left behind, and now a daemon that has just been told to end.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from statistics import median
from typing import Any, Final

import attrs
import psutil

from tests.campaigns.tally import Tally
from tests.support.running_daemon import RunningDaemon, has_ended

CLIENTS: Final = 200
FINDINGS: Final = ("nothing", "what a killed daemon left", "a daemon that ends")
ANSWER_SECONDS: Final = 120.0
END_SECONDS: Final = 30.0
ROOT: Final = Path(__file__).parents[2]
BRIDGE: Final = (
    "import os, sys\n"
    "import gorev.bridge\n"
    "from gorev.__main__ import main\n"
    "gate = int(sys.argv.pop(1))\n"
    "os.write(1, b'here\\n')\n"
    "os.read(gate, 1)\n"
    "sys.exit(main())\n"
)
INITIALIZE: Final = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "campaign", "version": "1"},
}


@attrs.define
class Counts:
    """Of all rounds."""

    rounds: Counter[str] = attrs.Factory(Counter)
    served: int = 0
    seconds: list[float] = attrs.Factory(list)
    losses: Counter[str] = attrs.Factory(Counter)


async def _client(daemon: RunningDaemon, gate: int, name: str) -> asyncio.subprocess.Process:
    """A bridge that waits at the gate."""
    pipe = asyncio.subprocess.PIPE
    arguments = ("-c", BRIDGE, str(gate), "mcp-proxy", "--workspace", str(daemon.workspace))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=daemon.environment, cwd=ROOT, stdin=pipe, stdout=pipe, pass_fds=[gate]
    )
    assert process.stdout is not None
    assert process.stdin is not None
    await process.stdout.readline()
    calls = [("initialize", INITIALIZE), ("tools/call", {"name": "proje_olustur", "arguments": {"isim": name}})]
    for number, (method, params) in enumerate(calls):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        process.stdin.write(json.dumps(message).encode() + b"\n")
    return process


async def _is_served(process: asyncio.subprocess.Process, name: str) -> bool:
    """Whether its project was made, as it asked for."""
    assert process.stdout is not None
    found: Any = {}
    with suppress(TimeoutError, ValueError):
        async with asyncio.timeout(ANSWER_SECONDS):
            while found.get("id") != 1:
                found = json.loads(await process.stdout.readline())
    result = found.get("result", {})
    made = result.get("structuredContent", {}).get("proje", {})
    return not result.get("isError") and made.get("isim") == name


async def _ends(process: asyncio.subprocess.Process) -> bool:
    """Whether it ends in good order when its input does."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        return await asyncio.wait_for(process.wait(), END_SECONDS) == 0
    except TimeoutError:
        process.kill()
        return False


def _daemons(home: Path) -> list[psutil.Process]:
    """The processes of a home but its bridges."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HOME") == str(home) and "mcp-proxy" not in process.cmdline():
                found.append(process)
    return [each for each in found if not has_ended(each)]


async def _round(home: Path, finding: str, clients: int, counts: Counts) -> None:
    workspace = home / "workspace"
    workspace.mkdir()
    daemon = RunningDaemon(home, workspace)
    folder = home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("port = 0\n")
    if finding != FINDINGS[0]:
        daemon.start()
    if finding == FINDINGS[1]:
        daemon.kill()
    gate, key = os.pipe()
    names = [f"client {number}" for number in range(clients)]
    try:
        waiting = await asyncio.gather(*(_client(daemon, gate, name) for name in names))
        before = _starts(folder)
        if finding == FINDINGS[2]:
            os.kill(daemon.pid, signal.SIGTERM)
        begun = time.monotonic()
    finally:
        os.close(key)
        os.close(gate)
    served = await asyncio.gather(*map(_is_served, waiting, names))
    counts.seconds.append(time.monotonic() - begun)
    counts.rounds[finding] += 1
    counts.served += sum(served)
    losses = counts.losses
    losses["clients not served"] += clients - sum(served)
    losses["daemons too many"] += len(_daemons(home)) - 1
    losses["daemons too many, for a while"] += _starts(folder) - before - 1
    losses["bridges that did not end in good order"] += (await asyncio.gather(*map(_ends, waiting))).count(False)
    daemon.stop()
    losses["processes left over"] += len(_daemons(home))
    (file,) = (workspace / ".gorev").glob("*.db")
    with closing(sqlite3.connect(file)) as database:
        made = Counter(name for (name,) in database.execute("SELECT name FROM projects"))
    losses["acknowledged writes missing"] += sum(ok and not made[name] for ok, name in zip(served, names, strict=True))
    losses["writes made twice"] += sum(number > 1 for number in made.values())


def _starts(folder: Path) -> int:
    """How many daemons have come to serve."""
    with suppress(FileNotFoundError):
        return (folder / "daemon.log").read_text().count(" serving at ")
    return 0


def run(clients: int, seconds: float, findings: tuple[str, ...] = FINDINGS) -> Tally:
    """Rounds of so many clients: one for each finding, and more as long as there is time."""
    counts = Counts()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or len(counts.seconds) < len(findings):
        home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
        try:
            asyncio.run(_round(home, findings[len(counts.seconds) % len(findings)], clients, counts))
        finally:
            for process in _daemons(home):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            shutil.rmtree(home, ignore_errors=True)
    figures: dict[str, object] = {
        "clients in each round": clients,
        **{f"rounds that found {finding}": number for finding, number in counts.rounds.items()},
        "clients served": counts.served,
        "until the last was served": f"median {median(counts.seconds):.1f} s, longest {max(counts.seconds):.1f} s",
    }
    return Tally("starts", figures, dict(counts.losses))


def campaign(seconds: float) -> Tally:
    """200 clients."""
    return run(CLIENTS, seconds)
