"""Many bridges at once, each with calls in flight, while the daemon is killed again and again.

Every answer is checked against its own question: a call that makes a task must be answered with that task's title, a
call that reads one with the title that was given to it. Afterwards the database is looked at: each task whose making
was acknowledged is in it once, none is in it twice, and only those with "outcome unknown" may be missing.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

import attrs
import psutil

from tests.campaigns.tally import Tally
from tests.support.running_daemon import RunningDaemon, has_ended

BRIDGES: Final = 64
KILLS: Final = 20
IN_FLIGHT: Final = 3  # calls of each bridge
ANSWER_SECONDS: Final = 120.0  # a call without an answer after this counts as lost
END_SECONDS: Final = 10.0
LINE_LIMIT: Final = 1 << 24
MIB: Final = 1 << 20

INITIALIZE: Final = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "campaign", "version": "1"},
}


@attrs.define
class Counts:
    """What has been seen so far."""

    answered: int = 0
    reads: int = 0
    unknown: int = 0
    refused: int = 0
    lost: int = 0
    crossed: int = 0
    slowest_seconds: float = 0.0
    acknowledged: list[str] = attrs.Factory(list)
    in_doubt: list[str] = attrs.Factory(list)
    strange: list[str] = attrs.Factory(list)


class Assistant:
    """A client of one bridge, which keeps several calls in flight; ids are now numbers and now texts of the same."""

    def __init__(self, number: int, parent: str, counts: Counts) -> None:
        self.number = number
        self.process: asyncio.subprocess.Process | None = None
        self._parent = parent
        self._counts = counts
        self._numbers = count(1)
        self._waiting: dict[tuple[type, int | str], asyncio.Future[Any]] = {}
        self._known: list[tuple[str, str]] = []
        self._random = random.Random(number)

    async def open(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        """Start the bridge and shake hands."""
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=folder, stdin=pipe, stdout=pipe, limit=LINE_LIMIT
        )
        self._listening = asyncio.create_task(self._listen())
        answer = await self._ask("initialize", INITIALIZE)
        if answer["result"]["serverInfo"]["name"] != "gorev":
            self._counts.crossed += 1
        self._write({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def work(self, until: Callable[[], bool]) -> None:
        """Keep calls in flight until told to end; returns when all are answered."""
        await asyncio.gather(*(self._work(until) for _ in range(IN_FLIGHT)))

    async def close(self) -> int | None:
        """End the input; the exit status of the bridge, None if it did not end."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            status = await asyncio.wait_for(self.process.wait(), END_SECONDS)
        except TimeoutError:
            return None
        await self._listening
        return status

    async def _work(self, until: Callable[[], bool]) -> None:
        while not until():
            if self._known and self._random.random() < 0.4:
                await self._read(*self._random.choice(self._known))
            else:
                await self._make(keyed=self._random.random() < 0.5)

    async def _make(self, *, keyed: bool) -> None:
        title = f"{self.number}/{next(self._numbers)}{' keyed' if keyed else ''}"
        arguments = {"action": "create_subtask", "parent_id": self._parent, "baslik": title}
        if keyed:
            arguments["idempotency_key"] = f"key {title}"
        outcome = await self._call("gorev_hierarchy", arguments)
        if outcome is None:
            self._counts.in_doubt.append(title)
        elif outcome.get("baslik") != title:
            self._counts.crossed += 1
        else:
            self._counts.acknowledged.append(title)
            self._known.append((outcome["id"], title))

    async def _read(self, identity: str, title: str) -> None:
        outcome = await self._call("gorev_detay", {"id": identity})
        if outcome is not None:
            self._counts.reads += 1
            self._counts.crossed += outcome.get("baslik") != title

    async def _call(self, tool: str, arguments: dict[str, str]) -> dict[str, Any] | None:
        """The task in the answer; None when there is none, for a reason that was told."""
        counts = self._counts
        try:
            answer = await self._ask("tools/call", {"name": tool, "arguments": arguments})
        except TimeoutError:
            counts.lost += 1
            return None
        if "error" in answer:
            if "outcome unknown" in answer["error"]["message"]:
                counts.unknown += 1
            else:
                counts.refused += 1
                counts.strange.append(str(answer["error"]))
            return None
        counts.answered += 1
        if answer["result"].get("isError"):
            counts.refused += 1
            counts.strange.append(str(answer["result"]["content"]))
            return None
        task: dict[str, Any] = answer["result"]["structuredContent"]["gorev"]
        return task

    async def _ask(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._numbers)
        identity: int | str = number if number % 2 else str(number - 1)
        key = (type(identity), identity)
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answered
        begun = time.monotonic()
        self._write({"jsonrpc": "2.0", "id": identity, "method": method, "params": params})
        try:
            return await asyncio.wait_for(answered, ANSWER_SECONDS)
        finally:
            self._waiting.pop(key, None)
            self._counts.slowest_seconds = max(self._counts.slowest_seconds, time.monotonic() - begun)

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _listen(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            message = json.loads(line)
            if "id" not in message:
                continue
            answered = self._waiting.pop((type(message["id"]), message["id"]), None)
            if answered is None or answered.done():
                self._counts.crossed += 1  # an answer that nobody waits for
            else:
                answered.set_result(message)


@attrs.define
class Memory:
    """Resident sizes in bytes, as seen from time to time."""

    bridges: list[float] = attrs.Factory(list)
    daemons: list[int] = attrs.Factory(list)
    largest_bridge: int = 0

    def look(self, assistants: list[Assistant], daemon: int) -> None:
        """Note them; a daemon that has just been killed has none."""
        sizes = []
        for each in assistants:
            if each.process is not None:
                sizes.append(psutil.Process(each.process.pid).memory_info().rss)
        self.bridges.append(median(sizes))
        self.largest_bridge = max(self.largest_bridge, *sizes)
        with suppress(psutil.NoSuchProcess):
            self.daemons.append(psutil.Process(daemon).memory_info().rss)


async def _kill_again_and_again(
    daemon: RunningDaemon, kills: int, deadline: float, counts: Counts, look: Callable[[], None]
) -> int:
    """Kill the daemon at random instants, each time when its successor has begun to answer; returns how often."""
    chance = random.Random(4711)
    killed = 0
    pause = (deadline - time.monotonic()) / (kills + 1)
    while killed < kills and time.monotonic() < deadline:
        before, pid = counts.answered, daemon.pid
        await asyncio.sleep(chance.uniform(0.2, 1.2) * min(pause, 1.5))
        look()
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
        while _pid_of(daemon) in (None, pid) or counts.answered == before:
            if time.monotonic() > deadline + ANSWER_SECONDS:
                return killed
            await asyncio.sleep(0.02)
    return killed


def _pid_of(daemon: RunningDaemon) -> int | None:
    with suppress(OSError, ValueError, KeyError):
        return daemon.pid
    return None


def _processes_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HOME") == str(home) and not has_ended(process):
                found.append(process)
    return found


async def _run(home: Path, bridges: int, kills: int, seconds: float) -> Tally:
    workspace = home / "workspace"
    workspace.mkdir()
    daemon = RunningDaemon(home, workspace)
    (home / ".gorev-daemon").mkdir(mode=0o700)
    (home / ".gorev-daemon" / "config.toml").write_text("port = 0\n")
    daemon.start()
    with daemon.mcp() as client:
        project = client.call("proje_olustur", isim="campaign")["structuredContent"]["proje"]["id"]
        values = {"topic": "parent", "purpose": "of all", "questions": "none", "criteria": "none"}
        arguments = {"template_id": "research", "degerler": values, "proje_id": project}
        made = client.call("templateden_gorev_olustur", **arguments)
        parent = made["structuredContent"]["gorev"]["id"]
    counts, memory = Counts(), Memory()
    assistants = [Assistant(number, parent, counts) for number in range(bridges)]
    command = [sys.executable, "-m", "gorev", "mcp-proxy", "--workspace", str(workspace)]
    folder = Path(__file__).parents[2]
    await asyncio.gather(*(each.open(command, daemon.environment, folder) for each in assistants))
    deadline = time.monotonic() + seconds
    over = asyncio.Event()
    working = asyncio.gather(*(each.work(over.is_set) for each in assistants))
    killed = await _kill_again_and_again(daemon, kills, deadline, counts, lambda: memory.look(assistants, daemon.pid))
    over.set()
    await working
    memory.look(assistants, daemon.pid)
    statuses = [await each.close() for each in assistants]
    left = [process.pid for process in _processes_of(home)]
    last = daemon.pid
    daemon.stop()
    after = [process for process in _processes_of(home) if process.pid != last]

    (file,) = (workspace / ".gorev").glob("*.db")
    with sqlite3.connect(file) as database:
        rows = Counter(title for (title,) in database.execute("SELECT title FROM tasks WHERE title LIKE '%/%'"))
    known = {*counts.acknowledged, *counts.in_doubt}
    third = max(1, len(memory.bridges) // 3)
    return Tally(
        "bridges",
        {
            "bridges": bridges,
            "kills": killed,
            "calls answered": counts.answered,
            "of these reads": counts.reads,
            "writes acknowledged": len(counts.acknowledged),
            "outcome unknown, as told": counts.unknown,
            "of these written": sum(title in rows for title in counts.in_doubt),
            "slowest answer": f"{counts.slowest_seconds:.1f} s",
            "bridge memory, first and last third, largest": f"{median(memory.bridges[:third]) / MIB:.1f}, "
            f"{median(memory.bridges[-third:]) / MIB:.1f}, {memory.largest_bridge / MIB:.1f} MiB",
            "daemon memory, first and last third, largest": f"{median(memory.daemons[:third]) / MIB:.1f}, "
            f"{median(memory.daemons[-third:]) / MIB:.1f}, {max(memory.daemons) / MIB:.1f} MiB",
        },
        {
            "kills that were not made": kills - killed,
            "answers lost": counts.lost,
            "answers crossed": counts.crossed,
            "calls refused": counts.refused,
            "acknowledged writes missing": sum(title not in rows for title in counts.acknowledged),
            "writes made twice": sum(number > 1 for number in rows.values()),
            "writes nobody asked for": sum(title not in known for title in rows),
            "bridges that did not end in good order": sum(status != 0 for status in statuses),
            "daemons too many": len(left) - 1,
            "processes left over": len(after),
        },
    )


def run(bridges: int, kills: int, seconds: float) -> Tally:
    """Let so many bridges work while the daemon is killed so often, in about so many seconds."""
    home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    try:
        return asyncio.run(_run(home, bridges, kills, seconds))
    finally:
        for process in _processes_of(home):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        shutil.rmtree(home, ignore_errors=True)


def campaign(seconds: float) -> Tally:
    """64 bridges and 20 kills."""
    return run(BRIDGES, KILLS, seconds)
