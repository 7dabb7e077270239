"""A daemon killed with ``kill -9`` at random instants, under a mixed load, and looked at after each.

Its clients are an HTTP writer that creates, changes and deletes, an assistant that makes subtasks and changes many
tasks at once, and a listener on the event stream. Each writer keeps what it was told: after each kill the daemon is
started again, and the database must be sound and hold exactly that, where only the one write of each that was not
answered may or may not be there, wholly or not at all. The event log must have no gap and tell of every row; what the
stream told must be in it. Kills come while the daemon starts, while it serves, and while it stops.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import attrs
from websockets.exceptions import ConnectionClosed

from tests.campaigns.tally import Tally
from tests.support.running_daemon import GOREV, McpClient, RunningDaemon

KILLS: Final = 2_000
HOMES: Final = 3  # worked in side by side, each with daemons of its own
KILLS_PER_WORKSPACE: Final = 50
START_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.005
# When the kill comes, counted from the start of the process, from the first request, and from SIGTERM.
STARTING_SECONDS: Final = 0.6
SERVING_SECONDS: Final = 0.5
STOPPING_SECONDS: Final = 0.02
SHARES: Final = {"starting": 2, "serving": 15, "stopping": 3}

GONE: Final = (OSError, http.client.HTTPException, EOFError, ConnectionClosed, TimeoutError)
LOSSES: Final = (
    "databases that are not sound",
    "acknowledged writes missing",
    "writes half done",
    "writes made twice",
    "writes nobody asked for",
    "gaps in seq",
    "events without their row, rows without their event",
    "events told that were not kept",
    "counts that are not those of the rows",
    "writes refused",
    "starts that failed",
)

Row = tuple[str, str, str]
"""Title, description and status of a task."""


@attrs.frozen
class Doubt:
    """A write that was sent and not answered: the rows it would leave, None for one that it deletes; by id, or of a
    task that has no id yet by title."""

    rows: dict[str, Row | None]
    is_new: bool = False
    arguments: dict[str, Any] | None = None


@attrs.define
class Ledger:
    """What a writer was told to be in the database, and what it does not know."""

    name: str
    rows: dict[str, Row] = attrs.Factory(dict)
    doubt: Doubt | None = None
    numbers: count[int] = attrs.Factory(lambda: count(1))
    acknowledged: int = 0
    refused: int = 0

    def send(self, doubt: Doubt) -> None:
        """A write is about to be sent."""
        self.doubt = doubt

    def told(self, id_: str | None = None) -> None:
        """It was acknowledged, and made the task ``id_`` if it is a new one."""
        if self.doubt is not None:
            for key, row in self.doubt.rows.items():
                self._put(id_ or key, row)
        self.doubt = None
        self.acknowledged += 1

    def _put(self, id_: str, row: Row | None) -> None:
        if row is None:
            del self.rows[id_]
        else:
            self.rows[id_] = row

    def settle(self, found: dict[str, Row]) -> Counter[str]:
        """Find out what became of the write in doubt; yields what is wrong with it."""
        doubt, self.doubt = self.doubt, None
        seen: Counter[str] = Counter()
        if doubt is None:
            return seen
        if doubt.is_new:
            ((title, row),) = doubt.rows.items()
            made = [id_ for id_, each in found.items() if each[0] == title]
            seen["in doubt, done"] += bool(made)
            for id_ in made:
                if row is not None:
                    self.rows[id_] = row
        else:
            done = [found.get(id_) == row for id_, row in doubt.rows.items()]
            seen["in doubt, done"] += all(done)
            seen["writes half done"] += any(done) and not all(done)
            if all(done):
                for id_, row in doubt.rows.items():
                    self._put(id_, row)
        seen["in doubt"] += 1
        return seen


class Writer(Protocol):
    """A client that writes one thing after the other."""

    ledger: Ledger

    def write(self) -> None:
        """One write. Raises one of `GONE` when the daemon is."""

    def close(self) -> None:
        """Leave."""


class HttpWriter:
    """Creates, changes and deletes by REST, over one connection."""

    def __init__(self, daemon: RunningDaemon, ledger: Ledger, chance: random.Random) -> None:
        self.ledger = ledger
        self._chance = chance
        parts = urlsplit(daemon.url)
        self._connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=START_SECONDS)

    def write(self) -> None:
        """One of the three."""
        known = list(self.ledger.rows)
        choice = self._chance.random()
        if not known or choice < 0.6:
            title = f"{self.ledger.name}/{next(self.ledger.numbers)}"
            self.ledger.send(Doubt({title: (title, "made", "pending")}, is_new=True))
            self._ask("POST", "/api/gorev", {"baslik": title, "aciklama": "made"})
        elif choice < 0.85:
            id_ = self._chance.choice(known)
            description = f"changed {next(self.ledger.numbers)}"
            title, _, status = self.ledger.rows[id_]
            self.ledger.send(Doubt({id_: (title, description, status)}))
            self._ask("PUT", f"/api/gorev/{id_}", {"aciklama": description})
        else:
            id_ = self._chance.choice(known)
            self.ledger.send(Doubt({id_: None}))
            self._ask("DELETE", f"/api/gorev/{id_}")

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> None:
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status < 300:
            self.ledger.told(answer["data"]["id"] if method == "POST" else None)
        elif response.status == 503 and answer["code"] == "shutting_down":
            self.ledger.doubt = None
            raise EOFError
        else:
            self.ledger.refused += 1
            self.ledger.doubt = None

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class Assistant:
    """Makes subtasks, half of them with a key, and changes the status of several tasks at once, by MCP.

    A subtask that was asked for with a key and not acknowledged is asked for again by the next one.
    """

    def __init__(self, daemon: RunningDaemon, ledger: Ledger, chance: random.Random, again: Doubt | None) -> None:
        self.ledger = ledger
        self._chance = chance
        self._again = again
        hello = {"workspace": str(daemon.workspace), "lang": "en", "client": {"name": "campaign"}}
        self._client = McpClient(daemon.lock["mcp_endpoint"], hello)

    def write(self) -> None:
        """One of the two, or what was not answered."""
        if self._again is not None and self._again.arguments is not None:
            again, self._again = self._again, None
            self.ledger.send(again)
            self._call("gorev_hierarchy", **(again.arguments or {}))
            return
        tasks = [id_ for id_, row in self.ledger.rows.items() if row[0] != f"{self.ledger.name}/parent"]
        if len(tasks) < 5 or self._chance.random() < 0.7:
            self._make()
        else:
            status, word = self._chance.choice([("pending", "beklemede"), ("completed", "tamamlandi")])
            chosen = self._chance.sample(tasks, 5)
            rows: dict[str, Row | None] = {}
            for id_ in chosen:
                title, description, _ = self.ledger.rows[id_]
                rows[id_] = (title, description, status)
            rows = {id_: row for id_, row in rows.items() if row != self.ledger.rows[id_]}
            if not rows:
                return
            self.ledger.send(Doubt(rows))
            self._call("gorev_bulk", operation="update", ids=list(rows), data={"durum": word})

    def _make(self) -> None:
        (parent,) = (id_ for id_, row in self.ledger.rows.items() if row[0] == f"{self.ledger.name}/parent")
        title = f"{self.ledger.name}/{next(self.ledger.numbers)}"
        arguments = {"action": "create_subtask", "parent_id": parent, "baslik": title, "aciklama": "made"}
        keyed = self._chance.random() < 0.5
        if keyed:
            arguments["idempotency_key"] = f"key {title}"
        self.ledger.send(Doubt({title: (title, "made", "pending")}, True, arguments if keyed else None))
        self._call("gorev_hierarchy", **arguments)

    def _call(self, tool: str, **arguments: Any) -> None:
        answer = self._client.request(tool, arguments)
        if "error" in answer or answer["result"].get("isError"):
            self.ledger.doubt = None
            if "shutting_down" in json.dumps(answer):
                raise EOFError
            self.ledger.refused += 1
            return
        task = answer["result"]["structuredContent"].get("gorev")
        self.ledger.told(None if task is None else task["id"])

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@attrs.define
class House:
    """A home whose daemon is killed again and again."""

    home: Path
    chance: random.Random
    daemon: RunningDaemon = attrs.field(init=False)
    ledgers: tuple[Ledger, Ledger] = attrs.field(init=False)
    heard: dict[int, str] = attrs.Factory(dict)
    seen: Counter[str] = attrs.Factory(Counter)
    process: subprocess.Popen[bytes] | None = None

    def __attrs_post_init__(self) -> None:
        workspace = self.home / "workspace"
        workspace.mkdir()
        self.daemon = RunningDaemon(self.home, workspace)
        self.ledgers = (Ledger("rest"), Ledger("mcp"))

    def spawn(self) -> None:
        """Start the daemon; not waited for."""
        command = [*GOREV, "daemon", "--api-port", "0", "--workspace", str(self.daemon.workspace)]
        with (self.home / "stderr").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.daemon.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def is_ready(self) -> bool:
        """Wait until it serves; whether it does."""
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(*GONE, ValueError, KeyError):
                if self.daemon.pid == self.process.pid and self.daemon.get("/api/health/ready").status == 200:
                    return True
            time.sleep(POLL_SECONDS)
        return False

    def kill(self) -> None:
        """End it as a power cut would, as far as processes go."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_while(self, phase: str) -> None:
        """The same, counted, if it has not ended by itself."""
        self.kill()
        assert self.process is not None
        if self.process.returncode == -signal.SIGKILL:
            self.seen.update(["kills", f"kills while {phase}"])

    def furnish(self) -> None:
        """The task that the assistant's are below."""
        ledger = self.ledgers[1]
        title = f"{ledger.name}/parent"
        made = self.daemon.post("/api/gorev", {"baslik": title})
        ledger.rows[made.json["data"]["id"]] = (title, "", "pending")

    def live(self, phase: str) -> None:
        """One life: a start, a look, some work, and the kill."""
        self.spawn()
        if phase == "starting":
            time.sleep(self.chance.uniform(0, STARTING_SECONDS))
            self.kill_while(phase)
            return
        if not self.is_ready():
            self.seen["starts that failed"] += 1
            self.kill()
            return
        again = self.look()
        if not self.ledgers[1].rows:
            self.furnish()
        over = threading.Event()
        clients: list[Writer] = [
            HttpWriter(self.daemon, self.ledgers[0], self.chance),
            Assistant(self.daemon, self.ledgers[1], self.chance, again),
        ]
        listening = threading.Event()
        threads = [threading.Thread(target=self._listen, args=[listening])]
        threads += [threading.Thread(target=_work, args=[client, over]) for client in clients]
        for thread in threads:
            thread.start()
        listening.wait(START_SECONDS)
        time.sleep(self.chance.uniform(0, SERVING_SECONDS))
        if phase == "stopping" and self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            time.sleep(self.chance.uniform(0, STOPPING_SECONDS))
        self.kill_while(phase)
        over.set()
        for thread in threads:
            thread.join()

    def _listen(self, listening: threading.Event) -> None:
        with suppress(*GONE), self.daemon.events("format=change") as stream:
            listening.set()
            while True:
                frame = stream.read()
                if "seq" in frame:
                    self.heard[frame["seq"]] = frame.get("entity_id") or frame.get("data", {}).get("id", "")
        listening.set()

    def look(self) -> Doubt | None:
        """Hold the database against the ledgers; yields a keyed write that was not answered."""
        again = self.ledgers[1].doubt
        (file,) = (self.daemon.workspace / ".gorev").glob("gorev-*.db")
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            self.seen.update(_unsound(database))
            found: dict[str, Row] = {
                id_: (title, description, status)
                for id_, title, description, status in database.execute(
                    "SELECT id, title, description, status FROM tasks"
                )
            }
            self.seen.update(_of_events(database, set(found), self.heard))
        for ledger in self.ledgers:
            self.seen.update(ledger.settle(found))
        expected = self.ledgers[0].rows | self.ledgers[1].rows
        self.seen["acknowledged writes missing"] += sum(found.get(id_) != row for id_, row in expected.items())
        self.seen["writes nobody asked for"] += len(found.keys() - expected.keys())
        self.seen["writes made twice"] += len(found) - len({title for title, _, _ in found.values()})
        self.seen["looks"] += 1
        keyed = again is not None and again.arguments is not None
        return again if keyed else None

    def last_look(self) -> None:
        """Start it once more, look, and end it in order."""
        self.spawn()
        if self.is_ready():
            self.look()
        else:
            self.seen["starts that failed"] += 1
        assert self.process is not None
        self.process.terminate()
        self.process.wait()


def _work(client: Writer, over: threading.Event) -> None:
    with suppress(*GONE), closing(client):
        while not over.is_set():
            client.write()


def _unsound(database: sqlite3.Connection) -> Counter[str]:
    sound = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    sound = sound and not database.execute("PRAGMA foreign_key_check").fetchall()
    counted = dict(database.execute("SELECT status, sum(number) FROM task_counts GROUP BY status"))
    real = dict(database.execute("SELECT status, count(*) FROM tasks GROUP BY status"))
    wrong = any(counted.get(status, 0) != real.get(status, 0) for status in {*counted, *real})
    return Counter(
        {"databases that are not sound": int(not sound), "counts that are not those of the rows": int(wrong)}
    )


def _of_events(database: sqlite3.Connection, tasks: set[str], heard: dict[int, str]) -> Counter[str]:
    kept = database.execute("SELECT seq, kind, entity_id FROM events ORDER BY seq").fetchall()
    ((last,),) = database.execute("SELECT last_seq FROM workspace").fetchall()
    living = {id_ for _, kind, id_ in kept if kind == "task_created"}
    living -= {id_ for _, kind, id_ in kept if kind == "task_deleted"}
    by_seq = {seq: id_ for seq, _, id_ in kept}
    untrue = sum(seq not in by_seq or by_seq[seq] != id_ for seq, id_ in heard.items())
    return Counter(
        {
            "gaps in seq": int([seq for seq, _, _ in kept] != list(range(1, last + 1))),
            "events without their row, rows without their event": len(living ^ tasks),
            "events told that were not kept": untrue,
        }
    )


def one_home(kills: int, seed: int, deadline: float) -> Counter[str]:
    """So many kills, or as many as there is time for, in workspaces one after the other."""
    seen: Counter[str] = Counter()
    chance = random.Random(seed)
    while (left := kills - seen["kills"]) > 0 and time.monotonic() < deadline:
        home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
        house = House(home, chance)
        try:
            for _ in range(min(left, KILLS_PER_WORKSPACE)):
                if time.monotonic() >= deadline:
                    break
                (phase,) = chance.choices(list(SHARES), list(SHARES.values()))
                house.live(phase)
            house.last_look()
        finally:
            if house.process is not None and house.process.poll() is None:
                house.kill()
            shutil.rmtree(home, ignore_errors=True)
        seen.update(house.seen)
        seen["events told"] += len(house.heard)
        for ledger in house.ledgers:
            seen["writes acknowledged"] += ledger.acknowledged
            seen["writes refused"] += ledger.refused
    return seen


def run(kills: int, homes: int, seconds: float = float("inf"), seed: int | None = None) -> Tally:
    """Kill so often, in so many homes at once, for at most about so many seconds."""
    seed = random.randrange(1 << 32) if seed is None else seed
    begun = time.monotonic()
    shares = [kills // homes + (number < kills % homes) for number in range(homes)]
    counted = _side_by_side(shares, seed, begun + seconds)
    shown = ("kills", *(f"kills while {phase}" for phase in SHARES), "looks", "writes acknowledged")
    figures: dict[str, object] = {name: counted[name] for name in (*shown, "in doubt", "in doubt, done", "events told")}
    figures |= {"seed": seed, "took": f"{time.monotonic() - begun:.0f} s"}
    return Tally("kills", figures, {name: counted[name] for name in LOSSES})


def _side_by_side(shares: Iterable[int], seed: int, deadline: float) -> Counter[str]:
    total: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(list(shares)), mp_context=context) as pool:
        parts = [pool.submit(one_home, share, seed + number, deadline) for number, share in enumerate(shares)]
        for part in parts:
            total.update(part.result())
    return total


def campaign(seconds: float) -> Tally:
    """2,000 kills, or as many as there is time for."""
    os.nice(5)
    return run(KILLS, HOMES, seconds)
