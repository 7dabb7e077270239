"""Running another program and taking what it says, within a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import psutil
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure

# Nothing that is asked of an editor has a longer answer that matters.
OUTPUT_LIMIT: Final = 1024 * 1024

_TERMINAL: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_TAIL_LINES: Final = 3
_TAIL_CHARACTERS: Final = 300


class TookTooLong(Exception):
    """The program was ended because it did not end by itself in time."""


@attrs.frozen
class Ended:
    """How a program ended, and what it said: ``errors`` is standard error."""

    code: int
    output: str
    errors: str

    @property
    def complaint(self) -> str:
        """The last lines of what it said, the way an error quotes them."""
        lines = [line.strip() for line in (self.errors or self.output).splitlines() if line.strip()]
        said = " ".join(lines[-_TAIL_LINES:])
        return said if len(said) <= _TAIL_CHARACTERS else f"…{said[-_TAIL_CHARACTERS:]}"


def run(
    reactor: Any, arguments: Sequence[str], environ: Mapping[str, str], folder: str, limit_seconds: float
) -> Deferred[Ended]:
    """Run a program without input and fire when it, and what it left on its output, has ended.

    Cancelled, or after the limit, it is ended with every process it has started.

    @raise TookTooLong: after the limit.
    @raise OSError: it cannot be started.
    """
    running = _Running(reactor)
    limit = reactor.callLater(limit_seconds, running.end, TookTooLong())
    running.done.addBoth(_cancel, limit)
    try:
        reactor.spawnProcess(running, arguments[0], list(arguments), dict(environ), folder)
    except OSError as error:
        running.done.errback(error)
    return running.done


def _cancel(result: Any, limit: Any) -> Any:
    if limit.active():
        limit.cancel()
    return result


class _Running(ProcessProtocol):
    transport: IProcessTransport
    _log = Logger()

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._said: dict[int, list[bytes]] = {1: [], 2: []}
        self._length = 0
        self.done: Deferred[Ended] = Deferred(lambda _: self.end(None))

    def connectionMade(self) -> None:
        self.transport.closeStdin()

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self._length += len(data)
        if self._length <= OUTPUT_LIMIT:
            self._said[childFD].append(data)

    def processEnded(self, reason: Failure) -> None:
        if self.done.called:
            return
        ended = reason.value
        code = ended.exitCode if isinstance(ended, ProcessTerminated) and ended.exitCode is not None else 0
        if isinstance(ended, ProcessTerminated) and ended.signal is not None:
            code = -ended.signal
        self.done.callback(Ended(code, _text(self._said[1]), _text(self._said[2])))

    def end(self, failure: Exception | None) -> None:
        """End the program and all below it, and fail unless somebody else does."""
        pid = self.transport.pid
        if pid is not None:
            ending = deferToThreadPool(self._reactor, self._reactor.getThreadPool(), _end_tree, pid)
            ending.addErrback(lambda reason: self._log.failure("process {pid} could not be ended", reason, pid=pid))
        if failure is not None and not self.done.called:
            self.done.errback(failure)


def _end_tree(pid: int) -> None:
    """In a thread. The process is a child that nobody has waited for yet, so that its number is still its own."""
    try:
        top = psutil.Process(pid)
        tree = [*top.children(recursive=True), top]
    except psutil.NoSuchProcess:
        return
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def _text(pieces: list[bytes]) -> str:
    return _CONTROL.sub("", _TERMINAL.sub("", b"".join(pieces).decode("utf-8", "replace")))
