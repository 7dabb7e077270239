"""The moment the daemon is there for everyone: its lock file appears and whoever started it is let go."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThread
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.daemon.lifecycle import Lifecycle
from gorev.daemon.listener import Listener
from gorev.daemon.local import LocalListener
from gorev.daemon.lock import DaemonLock
from gorev.daemon.record import LockRecord

# A lock file that disappears is there again within 5 s (lifecycle.md §2.3).
WATCH_SECONDS: Final = 2.0

InThread = Callable[[Callable[[], bool]], "Deferred[bool]"]


class Ready(Service):
    """Publishes the lock file once every wire listens, and keeps it there. The last to start, the first to stop.

    ``published`` is called with the record as soon as clients may connect.
    """

    _log = Logger()

    def __init__(
        self,
        *,
        clock: IReactorTime,
        lifecycle: Lifecycle,
        lock: DaemonLock,
        http: Listener,
        local: LocalListener,
        published: Callable[[LockRecord], None],
        in_thread: InThread = deferToThread,
    ) -> None:
        self._lifecycle = lifecycle
        self._lock = lock
        self._http = http
        self._local = local
        self._published = published
        self._in_thread = in_thread
        self._watch = LoopingCall(self._look)
        self._watch.clock = clock
        self._looking: Deferred[None] = succeed(None)
        self._trouble = ""

    def startService(self) -> None:
        """Publish. Raises `UnusableDirectory`."""
        super().startService()
        self._lifecycle.serve(self._http.port)
        record = self._lock.publish(
            port=self._http.port, mcp_endpoint=self._local.address, mcp_token=self._local.endpoint.token
        )
        self._log.info(
            "serving at {url}, {mcp_endpoint}: version {version}, PID {pid}",
            url=record.daemon_url,
            mcp_endpoint=record.mcp_endpoint,
            version=record.version,
            pid=record.pid,
        )
        self._published(record)
        self._watch.start(WATCH_SECONDS, now=False)

    def stopService(self) -> Deferred[None]:
        """Say that the end has begun, and stop looking after the lock file; fires when no look is under way."""
        super().stopService()
        self._lifecycle.stop()
        if self._watch.running:
            self._watch.stop()
        return self._looking

    def _look(self) -> Deferred[None]:
        self._looking = self._in_thread(self._lock.restore).addCallbacks(self._looked, self._could_not_look)
        return self._looking

    def _looked(self, was_missing: bool) -> None:
        self._trouble = ""
        if was_missing:
            self._log.warn("the lock file had disappeared or was changed, and was written again")

    def _could_not_look(self, failure: Failure) -> None:
        trouble = failure.getErrorMessage()
        if trouble != self._trouble:
            self._trouble = trouble
            self._log.warn("the lock file cannot be kept in place: {reason}", reason=trouble)


def let_starter_go(descriptor: int | None, start_lock: Path) -> None:
    """Close the inherited ``descriptor`` of ``start_lock``, by which the starter of this daemon kept others waiting.

    The number comes from the environment, which may be older than this process: one of another file is left alone.
    """
    if descriptor is None:
        return
    try:
        if os.path.samestat(os.fstat(descriptor), start_lock.stat()):
            os.close(descriptor)
    except OSError:
        return
