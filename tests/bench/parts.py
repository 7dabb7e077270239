"""The floors of a run: their processes, and how each is asked."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs
import psutil

from tests.bench.daemons import NoAnswer, cpu_seconds, stop
from tests.bench.lanes import Lane, Lanes, Script, is_success, is_whole_http, is_whole_line
from tests.bench.slices import Slice

ROOT: Final = Path(__file__).parents[2]
DURABILITY: Final = "FULL"  # as ours is unless it is told otherwise


@attrs.frozen
class Remote:
    """A floor that asks itself, in its own process, and tells how long each answer took."""

    process: psutil.Popen
    question: dict[str, Any]
    hang_up: Callable[[], object] = lambda: None

    def run(self, seconds: float) -> Slice:
        """Have it work for so long.

        @raise NoAnswer: it failed.
        """
        done = Slice()
        with done.measured(partial(cpu_seconds, self.process)):
            self.process.stdin.write(json.dumps({**self.question, "seconds": seconds}).encode() + b"\n")
            self.process.stdin.flush()
            told = json.loads(self.process.stdout.readline() or b'{"error": "it has ended"}')
        if not isinstance(told, list):
            raise NoAnswer(f"a floor failed: {told['error']}")
        done.latencies = told
        done.requests = len(told)
        return done

    def close(self) -> None:
        """End it, unless it serves others as well."""
        self.hang_up()


def _started(name: str, *arguments: str) -> psutil.Popen:
    command = [sys.executable, "-m", f"tests.bench.floors.{name}", *arguments]
    return psutil.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _first_line(process: psutil.Popen) -> str:
    line: str = process.stdout.readline().decode().strip()
    if not line:
        raise NoAnswer("a floor does not start")
    return line


@attrs.frozen
class Parts:
    """The floors that serve a whole run."""

    web: psutil.Popen
    web_port: int
    lines: psutil.Popen
    lines_port: int
    writes: psutil.Popen

    def http(self, question: bytes, size: int, in_flight: int) -> Lanes:
        """Bare twisted.web, asked the same and answering as many bytes."""
        method, _, rest = question.partition(b" ")
        fixed = method + b" /%d " % size + rest.partition(b" ")[2]
        script = Script(questions=itertools.repeat(fixed), is_whole=is_whole_http, is_good=is_success)
        lanes = [Lane.to_port(self.web_port) for _ in range(in_flight)]
        return Lanes(lanes, script, partial(cpu_seconds, self.web))

    def line(self, question: bytes, size: int, in_flight: int) -> Lanes:
        """A raw socket, told a line as long and answering one of so many bytes."""
        script = Script(
            questions=itertools.repeat(b"%d " % size + question), is_whole=is_whole_line, is_good=lambda answer: True
        )
        lanes = [Lane.to_port(self.lines_port) for _ in range(in_flight)]
        return Lanes(lanes, script, partial(cpu_seconds, self.lines))

    def lines_cpu_seconds(self) -> float:
        """What the raw socket's process has used."""
        return cpu_seconds(self.lines)

    def write(self, kind: str, in_flight: int) -> Remote:
        """Raw SQLite through adbapi."""
        return Remote(self.writes, {"kind": kind, "in_flight": in_flight})


def search_floor(database: Path, words: tuple[str, ...]) -> Remote:
    """The search index of a file asked directly."""
    process = _started("searches", str(database))
    _first_line(process)
    return Remote(process, {"words": words}, partial(stop, process))


@contextmanager
def running_parts(folder: Path) -> Iterator[Parts]:
    """Floors that have their files in ``folder``, until they are ended."""
    with ExitStack() as stack:
        web = _started("web")
        stack.callback(stop, web)
        lines = _started("lines")
        stack.callback(stop, lines)
        writes = _started("writes", str(folder / "floor.db"), DURABILITY)
        stack.callback(stop, writes)
        _first_line(writes)
        yield Parts(web, int(_first_line(web)), lines, int(_first_line(lines)), writes)
