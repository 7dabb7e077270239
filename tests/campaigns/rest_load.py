"""Many clients of REST at once, reading and writing: no failure, no lost update, and how long they wait.

Some tasks are counters: a client reads one, adds one and writes it back with ``If-Match``; refused with 412, it begins
anew. At the end each counter must stand at the number of its writes that were answered with success. Every client waits
for its answer before it asks again, so that as many requests are in flight as there are clients.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections import Counter, defaultdict
from typing import Any, Final
from urllib.parse import urlsplit

import attrs
import psutil

from tests.campaigns.homes import own_daemon
from tests.campaigns.tally import Tally

CLIENTS: Final = 64
COUNTERS: Final = 8
TASKS: Final = 2_000
# How often each is done, of a hundred.
MIX: Final = {"list": 35, "get": 25, "count": 15, "create": 10, "change": 8, "search": 4, "summary": 2, "events": 1}


@attrs.define
class Results:
    """What all clients saw."""

    milliseconds: dict[str, list[float]] = attrs.Factory(lambda: defaultdict(list))
    statuses: Counter[int] = attrs.Factory(Counter)
    counted: Counter[str] = attrs.Factory(Counter)
    created: int = 0
    refused: int = 0


class Client:
    """One keep-alive connection, as bytes, since an HTTP library would be the slower half of what is measured."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, results: Results) -> None:
        self._reader = reader
        self._writer = writer
        self._results = results

    @classmethod
    async def connected(cls, url: str, results: Results) -> Client:
        address = urlsplit(url)
        return cls(*await asyncio.open_connection("127.0.0.1", address.port), results)

    async def ask(self, kind: str, method: str, path: str, body: Any = None, *headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer, whose time is kept under ``kind``."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}", *headers]
        if content:
            lines.append("Content-Type: application/json")
        begun = time.perf_counter()
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        answer = await self._reader.readexactly(length)
        self._results.milliseconds[kind].append((time.perf_counter() - begun) * 1000)
        status = int(head.split(maxsplit=2)[1])
        self._results.statuses[status] += 1
        return status, json.loads(answer) if answer else None

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def work(client: Client, results: Results, tasks: list[str], counters: list[str], until: float) -> None:
    """Ask one thing after another until it is time to end."""
    choice = random.Random(id(client))
    kinds, weights = list(MIX), list(MIX.values())
    while time.monotonic() < until:
        kind = choice.choices(kinds, weights)[0]
        task = choice.choice(tasks)
        match kind:
            case "list":
                offset = choice.choice((0, 0, 0, 50, 500))
                await client.ask(kind, "GET", f"/api/gorevler?tum_projeler=true&limit=50&offset={offset}")
            case "get":
                await client.ask(kind, "GET", f"/api/gorev/{task}")
            case "create":
                status, _ = await client.ask(kind, "POST", "/api/gorev", {"baslik": "New", "oncelik": "yuksek"})
                results.created += status == 201
            case "change":
                await client.ask(kind, "PUT", f"/api/v1/tasks/{task}", {"title": f"Changed {choice.random()}"})
            case "search":
                await client.ask(kind, "POST", "/api/search", {"query": f"numara {choice.randrange(TASKS)}"})
            case "summary":
                await client.ask(kind, "GET", "/api/ozet")
            case "events":
                await client.ask(kind, "GET", "/api/olaylar?since=0&limit=50")
            case "count":
                await count(client, results, choice.choice(counters))


async def count(client: Client, results: Results, counter: str) -> None:
    """Add one to a counter, however often somebody else is faster."""
    while True:
        _, answer = await client.ask("count: read", "GET", f"/api/gorev/{counter}")
        task = answer["data"]
        body = {"aciklama": str(int(task["aciklama"]) + 1)}
        status, _ = await client.ask("count: write", "PUT", f"/api/gorev/{counter}", body, f'If-Match: "{task["rev"]}"')
        if status != 412:
            results.counted[counter] += status == 200
            return
        results.refused += 1


async def load(url: str, seconds: float, clients: int) -> tuple[Results, int, int]:
    """The results, how many updates were lost, and how many tasks are missing or too many."""
    results = Results()
    first = await Client.connected(url, Results())
    rows = [{"baslik": f"Görev numara {number}", "etiketler": ["yük"]} for number in range(TASKS)]
    await first.ask("", "POST", "/api/import", {"data": {"tasks": rows}})
    _, listed = await first.ask("", "GET", "/api/gorevler?tum_projeler=true&limit=200")
    tasks = [task["id"] for task in listed["data"]]
    counters = []
    for _ in range(COUNTERS):
        _, made = await first.ask("", "POST", "/api/gorev", {"baslik": "Counter", "aciklama": "0"})
        counters.append(made["data"]["id"])
    many = [await Client.connected(url, results) for _ in range(clients)]
    until = time.monotonic() + seconds
    await asyncio.gather(*(work(each, results, tasks, counters, until) for each in many))
    last = await Client.connected(url, Results())  # the first one was silent for too long
    lost = 0
    for counter in counters:
        _, answer = await last.ask("", "GET", f"/api/gorev/{counter}")
        lost += abs(int(answer["data"]["aciklama"]) - results.counted[counter])
    _, answer = await last.ask("", "GET", "/api/gorevler?tum_projeler=true&limit=1")
    wrong = abs(answer["total"] - TASKS - COUNTERS - results.created)
    for each in (first, last, *many):
        each.close()
    return results, lost, wrong


def run(seconds: float, clients: int = CLIENTS) -> Tally:
    """The load on a daemon of its own."""
    with own_daemon() as daemon:
        process = psutil.Process(daemon.pid)
        before, begun = sum(process.cpu_times()[:2]), time.monotonic()
        results, lost, wrong = asyncio.run(load(daemon.url, seconds, clients))
        took = time.monotonic() - begun
        worked = sum(process.cpu_times()[:2]) - before
    requests = sum(results.statuses.values())
    figures: dict[str, object] = {
        "clients": clients,
        "requests": f"{requests} in {took:.0f} s, {requests / max(seconds, 1):.0f}/s",
        "counted": f"{sum(results.counted.values())}, refused with 412 before: {results.refused}",
        "the daemon's CPU": f"{worked / requests * 1000:.2f} ms a request, {worked / took:.0%} of one core",
    }
    for kind, times in sorted(results.milliseconds.items()):
        cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [times[0]] * 99
        figures[kind] = f"{len(times)}: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, longest {max(times):.1f} ms"
    return Tally(
        "REST load",
        figures,
        {
            "answers of 5xx": sum(count for status, count in results.statuses.items() if status >= 500),
            "other refusals": sum(
                count for status, count in results.statuses.items() if 400 <= status < 500 and status != 412
            ),
            "updates lost": lost,
            "tasks missing or too many": wrong,
        },
    )


def campaign(seconds: float) -> Tally:
    """The long form."""
    return run(seconds)
