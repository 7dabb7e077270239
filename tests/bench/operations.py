"""The operations that are measured: how each is asked of a daemon, and of the floor that it is held against."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from typing import Final

import attrs

from tests.bench import requests
from tests.bench.daemons import GOREV, Daemon, environment
from tests.bench.fanout import FanOut, connected, frames_in, lines_in, listener
from tests.bench.lanes import Lane, Lanes, Script, is_success, is_whole_http, is_whole_line
from tests.bench.parts import Parts, search_floor
from tests.bench.requests import Asked
from tests.bench.seeds import DESCENDANTS_FROM, MIDDLING_WORDS, WORST_WORDS, Seed, database
from tests.bench.slices import Contender

ALWAYS: Final = (1, 16, 64)
LISTENERS: Final = (1, 100, 1_000)
BRIDGES: Final = (1, 16)  # a process each
EVENT_BYTES: Final = 900


@attrs.frozen
class Stage:
    """A daemon with its seed, and the floors."""

    daemon: Daemon
    seed: Seed
    parts: Parts
    asked: Asked

    @property
    def task(self) -> str:
        """The id of some task."""
        return self.seed.ids[0]


@attrs.frozen
class Operation:
    """What is asked, with how many in flight: requests, or listeners of one if it ``listens``.

    ``from_size`` is the least seed that has what it needs.
    """

    name: str
    ours: Callable[[Stage, int], Contender]
    floor: Callable[[Stage, int], Contender] | None = None
    in_flight: tuple[int, ...] = ALWAYS
    from_size: int = 0
    listens: bool = False


def _http(stage: Stage, questions: Iterator[bytes], in_flight: int, before: Iterator[bytes] | None = None) -> Lanes:
    script = Script(questions=questions, is_whole=is_whole_http, is_good=_is_done, before=before)
    lanes = [Lane.to_port(stage.daemon.port) for _ in range(in_flight)]
    return Lanes(lanes, script, stage.daemon.cpu_seconds)


def _is_done(answer: bytes) -> bool:
    """Whether an answer of REST or ``/mcp`` is a success, inside and out."""
    return is_success(answer) and b'"isError":true' not in answer


def _read(
    name: str, questions: Callable[[Stage], Iterator[bytes]], *, from_size: int = 0, before_each: bool = False
) -> Operation:
    """A read over HTTP, held against bare twisted.web.

    ``before_each`` a task is changed, which is not timed; what the processor does for it is counted.
    """

    def ours(stage: Stage, in_flight: int) -> Lanes:
        return _http(stage, questions(stage), in_flight, stage.asked.update() if before_each else None)

    def floor(stage: Stage, in_flight: int) -> Lanes:
        question = next(questions(stage))
        size = requests.size_of_answer(stage.daemon.port, question)
        return stage.parts.http(question, size, in_flight)

    return Operation(name, ours, floor, from_size=from_size)


def _write(name: str, questions: Callable[[Stage], Iterator[bytes]]) -> Operation:
    """A write over HTTP, held against raw SQLite through adbapi, without HTTP."""
    return Operation(
        name,
        lambda stage, in_flight: _http(stage, questions(stage), in_flight),
        lambda stage, in_flight: stage.parts.write(name, in_flight),
    )


def _search(name: str, words: tuple[str, ...]) -> Operation:
    """A search over HTTP, held against the index of the same file; which answers one question at a time."""
    return Operation(
        name,
        lambda stage, in_flight: _http(stage, stage.asked.search(words), in_flight),
        lambda stage, in_flight: search_floor(database(stage.daemon.home), words),
    )


def _call(name: str, tool: str, arguments: Callable[[Stage], dict[str, object]]) -> Operation:
    """A call of a tool over the local socket, held against a raw one."""

    def ours(stage: Stage, in_flight: int) -> Lanes:
        return _lines(stage, [_on_socket(stage) for _ in range(in_flight)], tool, arguments(stage))

    def floor(stage: Stage, in_flight: int) -> Lanes:
        return _raw_socket(stage, tool, arguments(stage), in_flight)

    return Operation(name, ours, floor)


def _lines(stage: Stage, lanes: list[Lane], tool: str, arguments: dict[str, object]) -> Lanes:
    script = Script(
        questions=stage.asked.calls(tool, **arguments),
        is_whole=is_whole_line,
        is_good=lambda answer: b'"isError":false' in answer,
    )
    return Lanes(lanes, script, stage.daemon.cpu_seconds)


def _raw_socket(stage: Stage, tool: str, arguments: dict[str, object], in_flight: int) -> Lanes:
    question = next(stage.asked.calls(tool, **arguments))
    lane = _on_socket(stage)
    lane.ask(question)
    size = len(_line(lane))
    lane.hang_up()
    return stage.parts.line(question, size, in_flight)


def _on_socket(stage: Stage) -> Lane:
    """A connection to the local socket, greeted."""
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(stage.daemon.socket)
    lane = Lane.of(peer)
    params = {"workspace": str(stage.daemon.workspace), "lang": "en"}
    hello = {"jsonrpc": "2.0", "method": "notifications/gorev/hello", "params": params}
    lane.ask(json.dumps(hello).encode() + b"\n")
    _line(lane)
    return _initialized(lane)


def _on_bridge(stage: Stage) -> Lane:
    """A bridge of its own, greeted."""
    process = subprocess.Popen(
        [GOREV, "mcp-proxy"],
        cwd=stage.daemon.workspace,
        env=environment(stage.daemon.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def hang_up() -> None:
        stdin.close()
        process.wait()
        stdout.close()

    return _initialized(Lane(stdout.fileno(), stdin.fileno(), hang_up))


def _initialized(lane: Lane) -> Lane:
    lane.ask(requests.rpc(0, "initialize", requests.HELLO))
    assert b'"result"' in _line(lane)
    lane.ask(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
    return lane


def _line(lane: Lane) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = lane.read()
        assert part, line
        line += part
    return line


def _detail(stage: Stage) -> dict[str, object]:
    return {"id": stage.task}


def _over_bridge(stage: Stage, in_flight: int) -> Lanes:
    return _lines(stage, [_on_bridge(stage) for _ in range(in_flight)], DETAIL, _detail(stage))


def _over_http(stage: Stage) -> Iterator[bytes]:
    session = requests.mcp_session(stage.daemon.port)
    return stage.asked.mcp_posts(session, DETAIL, **_detail(stage))


def _events(stage: Stage, listeners: int) -> FanOut:
    port = stage.daemon.port
    return FanOut(
        connected(port),
        [listener(port) for _ in range(listeners)],
        stage.asked.update(),
        frames_in,
        stage.daemon.cpu_seconds,
    )


def _raw_events(stage: Stage, listeners: int) -> FanOut:
    peers = [connected(stage.parts.lines_port) for _ in range(listeners)]
    return FanOut(
        peers[0], peers, iter(lambda: b"all %d \n" % EVENT_BYTES, b""), lines_in, stage.parts.lines_cpu_seconds
    )


DETAIL: Final = "gorev_detay"

# In this order: what changes much comes last.
OPERATIONS: Final = (
    _read("health", lambda stage: stage.asked.one("/api/health")),
    _read("ready", lambda stage: stage.asked.one("/api/health/ready")),
    _read("list", lambda stage: stage.asked.page()),
    _read("get", lambda stage: stage.asked.get()),
    _read("get_any", lambda stage: stage.asked.get_any()),
    _read("summary", lambda stage: stage.asked.one("/api/ozet")),
    _read("hierarchy", lambda stage: stage.asked.hierarchy(), from_size=DESCENDANTS_FROM),
    _search("search", MIDDLING_WORDS),
    _search("search_worst", WORST_WORDS),
    _call("mcp_socket", DETAIL, _detail),
    _call("mcp_list", "gorev_listele", lambda stage: {"tum_projeler": True, "limit": requests.PAGE}),
    Operation(
        "mcp_bridge",
        _over_bridge,
        lambda stage, in_flight: _raw_socket(stage, DETAIL, _detail(stage), in_flight),
        in_flight=BRIDGES,
    ),
    _read("mcp_http", _over_http),
    _read("list_after_write", lambda stage: stage.asked.page(), before_each=True),
    _write("update", lambda stage: stage.asked.update()),
    _write("bulk", lambda stage: stage.asked.bulk()),
    Operation("websocket", _events, _raw_events, in_flight=LISTENERS, listens=True),
    Operation(
        "mix", lambda stage, in_flight: _http(stage, stage.asked.mix(MIDDLING_WORDS), in_flight), in_flight=(16, 64)
    ),
    _write("create", lambda stage: stage.asked.create()),
)
