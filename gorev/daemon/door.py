"""Keeping the token in force equal to the one in the user's file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from gorev.daemon.token import TokenFile

WATCH_SECONDS: Final = 1.0

InThread = Callable[[Callable[[], str | None]], "Deferred[str | None]"]


class TokenService(Service):
    """Puts the file's token in force, and within some seconds what `gorev token` makes of it.

    ``put_in_force`` takes a token, or None for nobody may pass, and tells whether that is a change; whom the former
    token let in is gone then.
    """

    _log = Logger()

    def __init__(
        self,
        clock: IReactorTime,
        file: TokenFile,
        put_in_force: Callable[[str | None], bool],
        in_thread: InThread = deferToThread,
    ) -> None:
        self._file = file
        self._put_in_force = put_in_force
        self._in_thread = in_thread
        self._watch = LoopingCall(self._look)
        self._watch.clock = clock
        self._looking: Deferred[Any] = succeed(None)

    def startService(self) -> None:
        """Begin. Raises as `TokenFile.required`."""
        token = self._file.required()
        super().startService()
        self._put_in_force(token)
        self._watch.start(WATCH_SECONDS, now=False)

    def stopService(self) -> Deferred[Any]:
        """End; fires when the file is not being read."""
        super().stopService()
        if self._watch.running:
            self._watch.stop()
        return self._looking

    def _look(self) -> Deferred[Any]:
        self._looking = self._in_thread(self._file.known).addCallback(self._found)
        return self._looking

    def _found(self, token: str | None) -> None:
        if not self._put_in_force(token):
            return
        if token is None:
            self._log.warn("the token file {path} is gone or cannot be used: HTTP admits nobody", path=self._file.path)
        else:
            self._log.info("the token was changed: sessions and connections that the former one let in have ended")
