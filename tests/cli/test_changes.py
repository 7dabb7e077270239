"""``gorev log`` and ``gorev watch``: who did what."""

from __future__ import annotations

import json
import signal
import subprocess
from queue import Queue
from threading import Thread

import pytest

from tests.daemon.programs import heed_interrupts
from tests.support.command_line import CommandLine
from tests.support.running_daemon import PATIENCE_SECONDS, RunningDaemon


class Watching:
    """A running ``gorev watch``; ``next`` waits for a line of its output."""

    def __init__(self, gorev: CommandLine, *options: str) -> None:
        self._lines: Queue[str] = Queue()
        self.process = subprocess.Popen(
            gorev.words("watch", *options),
            cwd=gorev.folder,
            env=gorev.surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            preexec_fn=heed_interrupts,
        )
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    @property
    def is_silent(self) -> bool:
        """Whether there is no line to be read yet."""
        return self._lines.empty()

    def next(self) -> str:
        """The next line."""
        return self._lines.get(timeout=PATIENCE_SECONDS)


@pytest.fixture
def watched(own_daemon: RunningDaemon) -> tuple[CommandLine, RunningDaemon]:
    """A daemon of this test alone, and the command in its workspace."""
    own_daemon.start()
    # A daemon that a command starts takes a free port.
    return CommandLine(own_daemon.workspace, own_daemon.environment | {"GOREV_API_PORT": "0"}), own_daemon


def test_the_log_tells_who_did_what_the_latest_first(gorev: CommandLine, daemon: RunningDaemon) -> None:
    with daemon.mcp() as client:
        id_ = client.call("gorev_intelligent_create", baslik="From an assistant")["structuredContent"]["gorev"]["id"]
    gorev.run("task", "update", id_, "--status", "in_progress")
    updated, created, *_ = gorev.json("log")
    assert (created["actor"], created["type"]) == ({"client": "test", "type": "mcp"}, "created")
    assert (updated["actor"], updated["type"]) == ({"client": "gorev-cli", "type": "cli"}, "updated")
    line = gorev.run("log", "--limit", "1").stdout
    assert "From an assistant (→ In Progress)" in line
    assert (
        "Sürüyor" in gorev.run("log", "--limit", "1", "--lang", "tr").stdout
        or "değiştirdi" in gorev.run("log", "--limit", "1", "--lang", "tr").stdout
    )


def test_a_task_made_from_its_title_alone_is_the_command_line_s(gorev: CommandLine) -> None:
    gorev.run("task", "create", "By hand")
    assert gorev.json("log", "--limit", "1")[0]["actor"] == {"client": "gorev-cli", "type": "cli"}


def test_changes_are_told_as_they_happen_without_gap_or_repetition(
    watched: tuple[CommandLine, RunningDaemon],
) -> None:
    gorev, daemon = watched
    watching = Watching(gorev, "--json", "--since", "0")
    told = []
    for number in range(3):
        gorev.run("task", "create", f"Task {number}")
        told.append(json.loads(watching.next()))
    daemon.stop()
    started = gorev.run("task", "create", "After the restart")
    assert started.returncode == 0, started.stderr
    told.append(json.loads(watching.next()))
    assert [event["seq"] for event in told] == [1, 2, 3, 4]
    assert told[-1]["data"]["baslik"] == "After the restart"
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(PATIENCE_SECONDS) == 0


def test_for_people_a_change_is_a_sentence(watched: tuple[CommandLine, RunningDaemon]) -> None:
    gorev, _ = watched
    watching = Watching(gorev, "--lang", "tr", "--since", "0")
    gorev.run("task", "create", "Yeni iş")
    assert "gorev-cli  oluşturdu  Yeni iş  [" in watching.next()
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(PATIENCE_SECONDS) == 0


def test_after_a_number_from_the_future_come_the_changes_from_now_on(
    watched: tuple[CommandLine, RunningDaemon],
) -> None:
    gorev, _ = watched
    gorev.run("task", "create", "Before")
    watching = Watching(gorev, "--json", "--since", "999")
    while watching.is_silent:  # it begins some time after it was started
        gorev.run("task", "create", "Now")
    assert json.loads(watching.next())["data"]["baslik"] == "Now"
    watching.process.send_signal(signal.SIGINT)
    watching.process.wait(PATIENCE_SECONDS)
