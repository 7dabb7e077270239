"""Real processes for these tests; the fixture ``home`` ends those that a test leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import gorev
from gorev.daemon.record import LockRecord

ROOT: Final = Path(gorev.__file__).parents[1]
SCRIPTS: Final = Path(sys.executable).parent
# Generous: a loaded machine is slow, and no passing test waits this long.
PATIENCE_SECONDS: Final = 60.0

Found = TypeVar("Found")


def wait_for(condition: Callable[[], Found | None]) -> Found:
    """What ``condition`` returns as soon as that is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{condition} did not become true")
        time.sleep(0.02)


def environment(**variables: str) -> Mapping[str, str]:
    """This process's environment, in which the package is found without being installed."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **variables}


def run_gorev(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in English unless told otherwise."""
    return subprocess.run(
        [sys.executable, "-m", "gorev", *arguments],
        env=environment(**{"GOREV_LANG": "en", **variables}),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def start_gorev(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "gorev", *arguments],
        env=environment(**{"GOREV_LANG": "en", **variables}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )


def heed_interrupts() -> None:
    """In a child process: take SIGINT as usual, also where the tests run in a shell's background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def lock_in(home: Path) -> LockRecord | None:
    """What the lock file under ``home`` says."""
    try:
        return LockRecord.decode((home / ".gorev-daemon" / ".lock").read_bytes())
    except OSError:
        return None


def published(home: Path, process: subprocess.Popen[str] | None = None) -> LockRecord:
    """What the lock file under ``home`` says, once it is there; if ``process`` ends before, that is an error."""

    def found() -> LockRecord | None:
        record = lock_in(home)
        if record is None and process is not None and process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.communicate()}")
        return record

    return wait_for(found)
