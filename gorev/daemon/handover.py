"""Making room for a newer version of this program (``lifecycle.md`` §7 step 6)."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger

import gorev
from gorev import __version__
from gorev.launcher import is_older

# EX_TEMPFAIL of sysexits.h: a service manager that restarts what fails starts the new version; a clean exit would be
# left alone.
RESTART_STATUS: Final = 75


# A package may be replaced while a process of it runs.
_VERSION_LINE: Final = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


@attrs.define
class Handover:
    """Ends this daemon, in its usual order, for the first who asks with a newer version; nobody else is heeded.

    Whoever asks starts the next daemon, unless a service manager does: ``successor`` yields the version that one would
    start. If it is no newer one, the daemon stays, since each newer bridge would have it started over in vain, until
    the manager gave up.
    """

    _log: ClassVar[Logger] = Logger()

    _stop: Callable[[], None]
    _version: str = __version__
    _successor: Callable[[], Awaitable[str]] | None = None
    _asked: bool = attrs.field(init=False, default=False)

    @property
    def asked(self) -> bool:
        """Whether this daemon makes room."""
        return self._asked

    async def ask(self, version: str) -> bool:
        """A program of ``version`` waits for this one to end; whether it will."""
        if not is_older(self._version, version):
            return False
        if self._successor is not None and not is_older(self._version, await self._successor()):
            told = "version {newer} is in use, but the service starts version {version}"
            self._log.warn(told, newer=version, version=self._version)
            return False
        if not self._asked:
            self._asked = True
            self._log.info("version {newer} takes over", newer=version)
            self._stop()
        return True


def installed_version(reactor: Any) -> Deferred[str]:
    """The version that this program has on the disk by now; empty if it cannot be read."""
    return deferToThreadPool(reactor, reactor.getThreadPool(), _installed_version)


def _installed_version() -> str:
    try:
        found = _VERSION_LINE.search(Path(gorev.__file__).read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1] if found else ""


def end(reactor: Any, *, supervised: bool) -> None:
    """Stop the reactor soon. A ``supervised`` process then ends with `RESTART_STATUS`."""

    def stop() -> None:
        with suppress(ReactorNotRunning):  # a signal was faster
            reactor.stop()

    if supervised:
        reactor.addSystemEventTrigger("after", "shutdown", os._exit, RESTART_STATUS)
    reactor.callLater(0, stop)
