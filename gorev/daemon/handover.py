"""Making room for a newer version of this program (``lifecycle.md`` §7 step 6)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, Final

import attrs
from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger

from gorev import __version__
from gorev.launcher import is_older

# EX_TEMPFAIL of sysexits.h: a service manager that restarts what fails starts the new version; a clean exit would be
# left alone.
RESTART_STATUS: Final = 75


@attrs.define
class Handover:
    """Ends this daemon, in its usual order, for the first who asks with a newer version; nobody else is heeded."""

    _log: ClassVar[Logger] = Logger()

    _stop: Callable[[], None]
    _version: str = __version__
    _asked: bool = attrs.field(init=False, default=False)

    @property
    def asked(self) -> bool:
        """Whether this daemon makes room."""
        return self._asked

    def ask(self, version: str) -> None:
        """A program of ``version`` waits for this one to end."""
        if self._asked or not is_older(self._version, version):
            return
        self._asked = True
        self._log.info("version {newer} takes over", newer=version)
        self._stop()


def end(reactor: Any, *, supervised: bool) -> None:
    """Stop the reactor soon. A ``supervised`` process then ends with `RESTART_STATUS`."""

    def stop() -> None:
        with suppress(ReactorNotRunning):  # a signal was faster
            reactor.stop()

    if supervised:
        reactor.addSystemEventTrigger("after", "shutdown", os._exit, RESTART_STATUS)
    reactor.callLater(0, stop)
