"""A process that does not outlive the part of a test that needs it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.support.running_daemon import PATIENCE_SECONDS


@contextmanager
def running_process(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that the block brings to its end, or the end of its standard input; killed when it does not end.

    A `subprocess.Popen` of its own would be waited for for ever once the block has failed. ``options`` are the same.

    @raise subprocess.TimeoutExpired: it still ran some time after the block.
    """
    with subprocess.Popen(command, **options) as running:
        try:
            yield running
            if running.stdin is not None:
                running.stdin.close()
            running.wait(PATIENCE_SECONDS)
        finally:
            running.kill()


def exit_status(running: subprocess.Popen[Any]) -> int:
    """Of a process that is about to end; killed when it does not.

    @raise subprocess.TimeoutExpired: it still ran after a while.
    """
    with running:
        try:
            return running.wait(PATIENCE_SECONDS)
        finally:
            running.kill()
