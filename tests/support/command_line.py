"""The gorev command as its user has it: on a pipe, or on a terminal of some width."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

ROOT: Final = Path(__file__).parents[2]
PATIENCE_SECONDS: Final = 60.0

Ended = subprocess.CompletedProcess[str]


@attrs.frozen
class CommandLine:
    """Runs the command in a folder with an environment of its own."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, folder: Path | None = None, **variables: str) -> Ended:
        """Run it to its end, with nothing on its standard input."""
        return subprocess.run(
            self.words(*arguments),
            cwd=folder or self.folder,
            env=self.surroundings(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def json(self, *arguments: str, **variables: Any) -> Any:
        """What it prints with ``--json``."""
        ended = self.run(*arguments, "--json", **variables)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    def on_terminal(self, *arguments: str, columns: int = 80, typed: str = "", **variables: str) -> str:
        """What a terminal of this width is sent, line ends as in a text file."""
        ours, its = pty.openpty()
        try:
            fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            silent = termios.tcgetattr(its)
            silent[3] &= ~termios.ECHO
            termios.tcsetattr(its, termios.TCSANOW, silent)
            surroundings = self.surroundings(TERM="xterm-256color", **variables)
            words = self.words(*arguments)
            running = subprocess.Popen(words, cwd=self.folder, env=surroundings, stdin=its, stdout=its, stderr=its)
            os.close(its)
            its = -1
            os.write(ours, typed.encode())
            received = b""
            while chunk := _read(ours):
                received += chunk
            running.wait(PATIENCE_SECONDS)
        finally:
            os.close(ours)
            if its >= 0:
                os.close(its)
        return received.decode().replace("\r\n", "\n")

    def within(self, **variables: str) -> CommandLine:
        """The same with further variables in its environment."""
        return attrs.evolve(self, environment={**self.environment, **variables})

    def words(self, *arguments: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "gorev", *arguments]

    def surroundings(self, **variables: str) -> dict[str, str]:
        """The environment."""
        return {**self.environment, "PYTHONPATH": str(ROOT), **variables}


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side is closed
        return b""
