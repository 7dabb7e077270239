"""Mixed clients for a long time: the daemon's memory and descriptors must stay what they are once it is warm.

What the clients make they delete again, so that the database stays small, and all of them leave and come again now and
then. Every answer must be the one that is due.
"""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import attrs
import psutil

from tests.campaigns.homes import own_daemon
from tests.campaigns.tally import Tally
from tests.support.running_daemon import GOREV, PATIENCE_SECONDS, RunningDaemon, wait_for

CLIENTS: Final = 32
PAUSE_SECONDS: Final = 0.04  # of a client between two operations, on average: more would measure the clients
CALLS_PER_VISIT: Final = 400  # on average; then a client leaves and comes again
LOOK_SECONDS: Final = 1.0
LOOKS: Final = 20  # at least
MIB: Final = 1 << 20
# What may come on top of the first fifth. Between two looks, a collection or a checkpoint makes some.
GROWTH_MIB: Final = 8.0
GROWTH_DESCRIPTORS: Final = 2.0
# The second connection that reads is opened when two clients read at once: the database and its log.
READER_DESCRIPTORS: Final = 2
ROOT: Final = Path(__file__).parents[2]


class Visitor(Protocol):
    """A client that is connected."""

    def act(self) -> bool:
        """One operation; whether its answer was the one that is due."""

    def close(self) -> None:
        """Leave."""


class HttpVisitor:
    """Makes a task, reads, lists, searches, changes and deletes it, by REST over one connection."""

    def __init__(self, daemon: RunningDaemon, chance: random.Random) -> None:
        self._chance = chance
        port = urlsplit(daemon.url).port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._task = ""

    def act(self) -> bool:
        """The next of them."""
        if not self._task:
            status, body = self._ask("POST", "/api/gorev", {"baslik": "Soak", "etiketler": ["soak"]})
            self._task = body["data"]["id"]
            return status == 201
        method, path, body = self._chance.choice(
            [
                ("GET", f"/api/gorev/{self._task}", None),
                ("GET", "/api/gorev?limit=20", None),
                ("GET", "/api/ozet", None),
                ("GET", "/api/health/db", None),
                ("PUT", f"/api/gorev/{self._task}", {"aciklama": str(self._chance.random())}),
                ("DELETE", f"/api/gorev/{self._task}", None),
            ]
        )
        if method == "DELETE":
            self._task = ""
        return self._ask(method, path, body)[0] == 200

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, path, content, {"Content-Type": "application/json"} if body else {})
        response = self._connection.getresponse()
        return response.status, json.loads(response.read())

    def close(self) -> None:
        """Delete what it made, and hang up."""
        if self._task:
            self._ask("DELETE", f"/api/gorev/{self._task}")
        self._connection.close()


class McpVisitor:
    """An assistant, which asks through ``request``; below ``parent`` it makes a task and does things with it."""

    def __init__(
        self,
        parent: str,
        chance: random.Random,
        request: Callable[[str, dict[str, Any]], Any],
        leave: Callable[[], object],
    ) -> None:
        self._parent = parent
        self._chance = chance
        self._request = request
        self._leave = leave
        self._task = ""
        client = {"name": "soak", "version": "1"}
        request("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client})

    def act(self) -> bool:
        """The next of them."""
        if not self._task:
            made = self._call("gorev_hierarchy", action="create_subtask", parent_id=self._parent, baslik="Soak")
            self._task = made["structuredContent"]["gorev"]["id"]
            return not made.get("isError")
        choices: list[tuple[str, dict[str, Any]]] = [
            ("gorev_detay", {"id": self._task}),
            ("gorev_listele", {"limit": 20}),
            ("gorev_guncelle", {"id": self._task, "oncelik": self._chance.choice(["dusuk", "yuksek"])}),
            ("gorev_search", {"mode": "nlp", "query": "soak"}),
            ("ozet_goster", {}),
            ("gorev_sil", {"id": self._task, "onay": True}),
        ]
        tool, arguments = self._chance.choice(choices)
        if tool == "gorev_sil":
            self._task = ""
        return not self._call(tool, **arguments).get("isError")

    def _call(self, tool: str, **arguments: Any) -> Any:
        return self._request("tools/call", {"name": tool, "arguments": arguments})["result"]

    def close(self) -> None:
        """Delete what it made, and leave."""
        if self._task:
            self._call("gorev_sil", id=self._task, onay=True)
        self._leave()


class Listener:
    """A client of the event stream that asks for an answer, and reads all that comes before it."""

    def __init__(self, daemon: RunningDaemon) -> None:
        self._opened = daemon.events("format=change")
        self._stream = self._opened.__enter__()
        self._numbers = count(1)

    def act(self) -> bool:
        """One ping."""
        number = next(self._numbers)
        self._stream.send({"type": "ping", "timestamp": number})
        return bool(self._stream.until(lambda frame: frame["type"] == "pong")["timestamp"] == number)

    def close(self) -> None:
        """Leave."""
        self._opened.__exit__(None, None, None)


def _on_socket(daemon: RunningDaemon, parent: str, chance: random.Random) -> Visitor:
    opened = daemon.mcp()
    client = opened.__enter__()
    return McpVisitor(parent, chance, client.request, lambda: opened.__exit__(None, None, None))


def _through_bridge(daemon: RunningDaemon, parent: str, chance: random.Random) -> Visitor:
    command = [*GOREV, "mcp-proxy", "--workspace", str(daemon.workspace)]
    process = subprocess.Popen(command, env=daemon.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    asked, heard, numbers = process.stdin, process.stdout, count(1)

    def request(method: str, params: dict[str, Any]) -> Any:
        number = next(numbers)
        asked.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n")
        asked.flush()
        while (answer := json.loads(heard.readline())).get("id") != number:
            continue
        return answer

    def leave() -> None:
        asked.close()
        heard.close()
        process.wait()

    return McpVisitor(parent, chance, request, leave)


def _over_http(daemon: RunningDaemon, parent: str, chance: random.Random) -> Visitor:
    numbers = count(1)
    headers = {"Accept": "application/json, text/event-stream"}

    def request(method: str, params: dict[str, Any]) -> Any:
        message = {"jsonrpc": "2.0", "id": next(numbers), "method": method, "params": params}
        response = daemon.request("POST", "/mcp", message, headers)
        headers.setdefault("Mcp-Session-Id", response.headers.get("mcp-session-id", ""))
        return response.json

    return McpVisitor(parent, chance, request, lambda: _forget(daemon, headers))


def _forget(daemon: RunningDaemon, headers: dict[str, str]) -> None:
    daemon.request("DELETE", "/mcp", headers=headers)


@attrs.define
class Course:
    """What is seen on the way."""

    memory: list[int] = attrs.Factory(list)
    descriptors: list[int] = attrs.Factory(list)
    threads: list[int] = attrs.Factory(list)
    done: Counter[str] = attrs.Factory(Counter)
    strange: list[str] = attrs.Factory(list)

    def look(self, process: psutil.Process) -> None:
        """Note what the daemon holds."""
        self.memory.append(process.memory_info().rss)
        self.descriptors.append(process.num_fds())
        self.threads.append(process.num_threads())

    def visit(self, kind: str, enter: Callable[[random.Random], Visitor], seed: int, over: threading.Event) -> None:
        """Be a client of a kind, again and again."""
        chance = random.Random(seed)
        try:
            while not over.is_set():
                with closing(enter(chance)) as visitor:
                    self.done["visits"] += 1
                    while (
                        not over.wait(chance.expovariate(1 / PAUSE_SECONDS)) and chance.random() > 1 / CALLS_PER_VISIT
                    ):
                        self.done["wrong answers"] += not visitor.act()
                        self.done[f"operations: {kind}"] += 1
        except Exception as error:
            self.done["clients that failed"] += 1
            self.strange.append(f"{kind}: {error!r}")


def _kinds(daemon: RunningDaemon, parent: str) -> dict[str, Callable[[random.Random], Visitor]]:
    return {
        "REST": lambda chance: HttpVisitor(daemon, chance),
        "MCP": lambda chance: _on_socket(daemon, parent, chance),
        "WebSocket": lambda _: Listener(daemon),
        "MCP over HTTP": lambda chance: _over_http(daemon, parent, chance),
        "REST again": lambda chance: HttpVisitor(daemon, chance),
        "MCP again": lambda chance: _on_socket(daemon, parent, chance),
        "WebSocket again": lambda _: Listener(daemon),
        "bridge": lambda chance: _through_bridge(daemon, parent, chance),
    }


def run(clients: int, seconds: float) -> Tally:
    """So many clients, for so long."""
    course, over = Course(), threading.Event()
    with own_daemon() as daemon:
        process = psutil.Process(daemon.pid)
        parent = daemon.post("/api/gorev", {"baslik": "Parent"}).json["data"]["id"]
        course.look(process)
        kinds = list(_kinds(daemon, parent).items())
        threads = [
            threading.Thread(target=course.visit, args=[*kinds[number % len(kinds)], number, over])
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(min(LOOK_SECONDS, seconds / LOOKS))
            course.look(process)
        over.set()
        for thread in threads:
            thread.join()
        remaining = daemon.get("/api/gorev").json["total"] - 1
        with suppress(TimeoutError):
            wait_for(lambda: process.num_fds() <= course.descriptors[0] + READER_DESCRIPTORS)
        kept = max(0, process.num_fds() - course.descriptors[0] - READER_DESCRIPTORS)
    return _told(course, clients, seconds, remaining, kept)


def _told(course: Course, clients: int, seconds: float, remaining: int, kept: int) -> Tally:
    fifth = max(1, len(course.memory) // 5)
    memory = [median(course.memory[part : part + fifth]) / MIB for part in range(0, fifth * 5, fifth)]
    descriptors = [median(course.descriptors[part : part + fifth]) for part in range(0, fifth * 5, fifth)]
    operations = {name: number for name, number in sorted(course.done.items()) if name.startswith("operations")}
    return Tally(
        "soak",
        {
            "clients": clients,
            "seconds": round(seconds),
            "visits": course.done["visits"],
            **operations,
            "memory by fifths of the time": ", ".join(f"{each:.1f}" for each in memory) + " MiB",
            "largest": f"{max(course.memory) / MIB:.1f} MiB",
            "descriptors by fifths of the time": ", ".join(f"{each:.0f}" for each in descriptors),
            "threads, at first and at last": f"{course.threads[1]}, {course.threads[-1]}",
            **{f"strange {number}": what for number, what in enumerate(course.strange[:5], 1)},
        },
        {
            "wrong answers": course.done["wrong answers"],
            "clients that failed": course.done["clients that failed"],
            "tasks left over": remaining,
            "growth of memory": int(memory[-1] - memory[1] > GROWTH_MIB),
            "growth of descriptors": int(descriptors[-1] - descriptors[1] > GROWTH_DESCRIPTORS),
            "descriptors kept after the clients": kept,
            "threads that came and stayed": max(0, course.threads[-1] - course.threads[1]),
        },
    )


def campaign(seconds: float) -> Tally:
    """32 clients."""
    return run(CLIENTS, seconds)
