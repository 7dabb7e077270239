"""Signals: the log is reopened, a second request to end is obeyed at once, and no end takes longer than it may.

twistd and Twisted handle the first SIGTERM or SIGINT; this service adds what they lack.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final, NoReturn

from twisted.application.service import Service
from twisted.internet.interfaces import IReactorFromThreads
from twisted.logger import Logger

# lifecycle.md §4.3: the whole stop, from the first signal on.
END_LIMIT_SECONDS: Final = 30.0

ENDING: Final = (signal.SIGTERM, signal.SIGINT)


class Signals(Service):
    """Installed before the lock file appears, since its readers may signal, and changed when the end begins.

    For a process that is nothing but the daemon: its stop leaves a timer behind that ends the process.

    ``hang_up`` is what SIGHUP does (None: what SIGTERM does); ``withdraw`` removes the lock before a forced end. Both
    run in the main thread, ``withdraw`` possibly in the middle of anything.
    """

    _log = Logger()

    def __init__(
        self,
        reactor: IReactorFromThreads,
        *,
        hang_up: Callable[[], None] | None,
        withdraw: Callable[[], None],
        limit_seconds: float = END_LIMIT_SECONDS,
    ) -> None:
        self._reactor = reactor
        self._hang_up = hang_up
        self._withdraw = withdraw
        self._limit_seconds = limit_seconds

    def startService(self) -> None:
        """Take the signals over."""
        super().startService()
        signal.signal(signal.SIGTERM, self._end_once_running)
        # nohup has SIGHUP ignored, and wants it so.
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._hung_up)

    def stopService(self) -> None:
        """The end has begun: the next signal, or the limit, ends the process at once."""
        super().stopService()
        if hasattr(signal, "SIGHUP"):
            # A closing terminal is often told twice, by the system and by the shell.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in ENDING:
            signal.signal(number, lambda *_: self._end_now())
        limit = threading.Timer(self._limit_seconds, self._end_now)
        limit.daemon = True
        limit.start()

    def _end_once_running(self, number: int, _: FrameType | None) -> None:
        # Between publishing the lock and the reactor's own handler; the default action would leave the lock file.
        # callWhenRunning would not do: the reactor calls itself running a moment before it installs its handlers.
        self._reactor.callFromThread(os.kill, os.getpid(), number)

    def _hung_up(self, *_: object) -> None:
        if self._hang_up is None:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            self._reactor.callFromThread(self._hang_up)

    def _end_now(self) -> NoReturn:
        self._withdraw()
        os._exit(1)
