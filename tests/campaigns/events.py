"""Clients of the event stream that are cut at random while the workspace is written to through REST and MCP.

Each client keeps what events tell it and nothing else, resumes after each cut where it was, and must in the end hold
what a fresh read yields. Every event must reach it once: a number that is passed over is a gap, one that comes again a
duplicate. Clients are cut in every way: with a farewell, without one, by half, and by reading nothing for a while.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import socket
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import attrs
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.campaigns.homes import own_daemon
from tests.campaigns.tally import Tally
from tests.support.running_daemon import RunningDaemon

CLIENTS: Final = 50
CUTS: Final = 1_000
WRITES: Final = 20_000
WRITERS: Final = 4
MIB: Final = 1 << 20
PATIENCE_SECONDS: Final = 120.0
# Of a task, what does not depend on others: names and counts of those may change without an event of its own.
OWN: Final = ("id", "rev", "baslik", "aciklama", "durum", "oncelik", "proje_id", "parent_id", "son_tarih")

State = dict[str, dict[str, Any]]


def own(task: dict[str, Any]) -> dict[str, Any]:
    """What a task says of itself."""
    found = {name: task.get(name) for name in OWN}
    found["proje_id"] = found["proje_id"] or ""
    return found | {"etiketler": sorted(tag["isim"] for tag in task.get("etiketler") or ())}


@attrs.define
class Client:
    """What one client knows, and what happened to it."""

    address: str
    chance: random.Random
    counts: Counter[str]
    position: int = 0
    state: State = attrs.Factory(dict)
    connection: ClientConnection | None = None

    async def follow(self, last: asyncio.Future[int]) -> None:
        """Until the event of that number is known."""
        while not (last.done() and self.position >= last.result()):
            with suppress(ConnectionClosed, ConnectionError, TimeoutError):
                await self._connected(last)

    async def _connected(self, last: asyncio.Future[int]) -> None:
        async with connect(f"{self.address}&since={self.position}", max_size=None, close_timeout=1) as connection:
            self.connection = connection
            self.counts["connections"] += 1
            while not (last.done() and self.position >= last.result()):
                try:
                    content = await asyncio.wait_for(connection.recv(), 1.0)
                except TimeoutError:
                    continue
                self._take(json.loads(content))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "connected":
            (seq,) = frame["data"]["seq"].values()
            self.counts["wrong positions"] += seq != self.position
        elif frame["type"] == "resync":
            self.counts["resyncs"] += 1
        elif "seq" in frame:
            first = frame.get("first_seq", frame["seq"])
            self.counts["events"] += 1
            self.counts["gaps"] += first > self.position + 1
            self.counts["duplicates"] += first <= self.position
            self.position = frame["seq"]
            if frame["type"] in ("created", "updated"):
                self.state[frame["task_id"]] = own(frame["data"])
            elif frame["type"] == "deleted":
                self.counts["deletions of the unknown"] += self.state.pop(frame["task_id"], None) is None

    async def cut(self) -> int:
        """End the connection in one way or another; how often that was possible."""
        connection, self.connection = self.connection, None
        if connection is None:
            return 0
        way = self.chance.choice(["farewell", "abort", "half", "deaf"])
        self.counts[f"cut: {way}"] += 1
        if way == "farewell":
            await connection.close()
        elif way == "abort":
            connection.transport.abort()
        elif way == "half":
            with suppress(OSError):
                connection.transport.get_extra_info("socket").shutdown(socket.SHUT_WR)
        else:
            connection.transport.pause_reading()
            await asyncio.sleep(self.chance.random())
            connection.transport.abort()
        return 1


def write(home: str, workspace: str, number: int, writes: int) -> int:
    """Random writes, half of them through each wire; how many changes they made. In a process of its own."""
    daemon = RunningDaemon(Path(home), Path(workspace))
    chance = random.Random(number)
    ids: list[str] = []
    with daemon.mcp() as assistant:
        for each in range(writes):
            kind = chance.random()
            title = f"{number}-{each} {'ş' * chance.randrange(40)}"
            by_rest = chance.random() < 0.5
            if kind < 0.35 or not ids:
                response = daemon.post("/api/gorev", {"baslik": title, "etiketler": "a,b" if by_rest else ""})
                ids.append(response.json["data"]["id"])
            elif kind < 0.9:
                id_ = chance.choice(ids)
                state = chance.choice(["beklemede", "devam_ediyor", "tamamlandi", "iptal"])
                if by_rest:
                    assert daemon.put(f"/api/gorev/{id_}", {"baslik": title, "durum": state}).status == 200
                else:
                    assert not assistant.call("gorev_guncelle", id=id_, durum=state)["isError"]
            else:
                id_ = ids.pop(chance.randrange(len(ids)))
                if by_rest:
                    assert daemon.delete(f"/api/gorev/{id_}").status == 200
                else:
                    assert not assistant.call("gorev_sil", id=id_, onay=True)["isError"]
    return writes


def fresh(daemon: RunningDaemon) -> tuple[State, int]:
    """All tasks as they are read now, and the number of the last change."""
    tasks: State = {}
    while True:
        response = daemon.get(f"/api/gorevler?limit=100&offset={len(tasks)}")
        for each in response.json["data"]:
            tasks[each["id"]] = own(each)
        if len(tasks) >= response.json["total"]:
            return tasks, int(response.headers["x-gorev-seq"])


async def stir(daemon: RunningDaemon, clients: list[Client], cuts: int, writes: int, chance: random.Random) -> None:
    """Let clients follow and be cut while processes write."""
    loop = asyncio.get_running_loop()
    last: asyncio.Future[int] = loop.create_future()
    following = [asyncio.create_task(client.follow(last)) for client in clients]
    with ProcessPoolExecutor(WRITERS, multiprocessing.get_context("spawn")) as pool:
        given = (str(daemon.home), str(daemon.workspace))
        writing = [loop.run_in_executor(pool, write, *given, number, writes // WRITERS) for number in range(WRITERS)]
        written = asyncio.gather(*writing)
        done = 0
        while done < cuts and not written.done():
            # Spread over the writing, whose pace is not known: as many cuts as changes came, in proportion.
            reached = max(client.position for client in clients)
            if done <= cuts * reached / writes:
                done += await cut(clients, cuts - done, chance)
            await asyncio.sleep(0.005)
        await written
    while done < cuts:
        done += await cut(clients, cuts - done, chance)
        await asyncio.sleep(0.05)
    _, seq = await loop.run_in_executor(None, fresh, daemon)
    last.set_result(seq)
    await asyncio.wait_for(asyncio.gather(*following), PATIENCE_SECONDS)


async def cut(clients: list[Client], most: int, chance: random.Random) -> int:
    """Cut a few clients, no more than ``most``; how many that were."""
    few = chance.sample(clients, min(5, most, len(clients)))
    return sum(await asyncio.gather(*(client.cut() for client in few)))


def run(*, clients: int = CLIENTS, cuts: int = CUTS, writes: int = WRITES, seed: int = 1) -> Tally:
    """The campaign."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    with own_daemon() as daemon:
        process = psutil.Process(daemon.pid)
        before = process.memory_info().rss / MIB
        address = daemon.url.replace("http", "ws") + "/ws?format=simple&workspace_id=" + _workspace_id(daemon)
        all_clients = [Client(address, random.Random(chance.random()), counts) for _ in range(clients)]
        begun = time.perf_counter()
        asyncio.run(stir(daemon, all_clients, cuts, writes, chance))
        seconds = time.perf_counter() - begun
        tasks, seq = fresh(daemon)
        health = daemon.get("/api/health/ws").json
        figures: dict[str, object] = {
            "clients": clients,
            "changes": f"{seq} in {seconds:.0f} s, {len(tasks)} tasks in the end",
            "events received": counts["events"],
            "connections": counts["connections"],
            "cuts": {name[5:]: count for name, count in sorted(counts.items()) if name.startswith("cut: ")},
            "slow clients dropped": health["dropped_clients"],
            "memory before and after": f"{before:.1f}, {process.memory_info().rss / MIB:.1f} MiB",
        }
        losses = {
            "gaps": counts["gaps"],
            "duplicates": counts["duplicates"],
            "resyncs": counts["resyncs"],
            "wrong positions": counts["wrong positions"],
            "deletions of the unknown": counts["deletions of the unknown"],
            "clients that do not hold what a fresh read yields": sum(each.state != tasks for each in all_clients),
        }
    return Tally("events", figures, losses)


def _workspace_id(daemon: RunningDaemon) -> str:
    (known,) = daemon.get("/api/v1/workspaces").json["workspaces"]
    return str(known["id"])


def campaign(seconds: float) -> Tally:
    """As much of it as fits into so many seconds on an ordinary machine: all of it in two minutes."""
    share = min(1.0, seconds / 120)
    return run(cuts=int(CUTS * share), writes=int(WRITES * share))
