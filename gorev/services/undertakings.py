"""Work that takes long: told of while it goes on, and ended by its id if somebody wants that (``rest-api.md`` §4.14).

The work is done on threads. It goes on whether or not its caller waits: a lost connection ends nothing.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeAlias, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import Cancelled, GorevError, OperationNotFound, OperationTaken
from gorev.domain.event import Progress
from gorev.domain.identifiers import new_id

T = TypeVar("T")
Told: TypeAlias = Callable[[Progress], None]

# websocket.md §3: four progress frames per second and operation.
PROGRESS_SECONDS: Final = 0.25
# Python's own default.
USUAL_SWITCH_SECONDS: Final = 0.005
GIVEN_BACK_TIMES: Final = 2


def nobody(progress: Progress) -> None:
    """Nobody in particular wants to hear of it."""


class Undertaking:
    """One such work, as its threads see it; `cancel` may come from another thread at any time."""

    def __init__(
        self, operation: str, id_: str, tell: Callable[[Progress], None], monotonic: Callable[[], float]
    ) -> None:
        self.operation = operation
        self.id = id_
        self._tell = tell
        self._monotonic = monotonic
        self._told = monotonic()
        self._lock = threading.Lock()
        self._cancelled = False
        self._final = False

    def check(self) -> None:
        """Go on, unless the work was cancelled.

        @raise Cancelled: it was.
        """
        if self._cancelled:
            raise Cancelled

    def advance(self, done: int, total: int) -> None:
        """As `check`; and tell how far the work is, if that was not told a moment ago."""
        self.check()
        now = self._monotonic()
        if now - self._told >= PROGRESS_SECONDS:
            self._told = now
            self._tell(Progress(operation=self.operation, operation_id=self.id, done=done, total=total))

    def settle(self) -> None:
        """The last step follows: from now on the work cannot be cancelled.

        @raise Cancelled: it was, a moment ago.
        """
        with self._lock:
            self.check()
            self._final = True

    def cancel(self) -> bool:
        """End the work at its next check; false if it is past that."""
        with self._lock:
            self._cancelled = not self._final
            return self._cancelled


class Undertakings:
    """All such works of the daemon. Used from the reactor thread."""

    _log = Logger()

    def __init__(
        self,
        reactor: IReactorFromThreads,
        tell: Callable[[str, Progress], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reactor = reactor
        self._tell = tell
        self._monotonic = monotonic
        self._running: dict[str, Undertaking] = {}
        self._workspaces: dict[str, str] = {}
        self._to_give_back = 0

    def run(
        self,
        workspace_id: str,
        operation: str,
        id_: str | None,
        start: Callable[[Undertaking], Deferred[T]],
        told: Told = nobody,
    ) -> Deferred[T]:
        """Start a work of a workspace, under an id that its caller made, and fire with its result.

        How far it is hear all who listen to the workspace, and ``told``, which is its caller's.

        @raise OperationTaken: a work of this id is running.
        """
        if id_ in self._running:
            raise OperationTaken(operation_id=id_)

        def tell(progress: Progress) -> None:
            self._reactor.callFromThread(self._tell, workspace_id, progress)
            self._reactor.callFromThread(told, progress)

        undertaking = Undertaking(operation, id_ or new_id(), tell, self._monotonic)
        if not self._running:
            _make_way()
        self._running[undertaking.id] = undertaking
        self._workspaces[undertaking.id] = workspace_id
        outcome: Deferred[T] = Deferred(_let_it_go_on)
        start(undertaking).addBoth(self._ended, undertaking, outcome)
        return outcome

    def is_under_way(self, workspace_id: str) -> bool:
        """Whether there is such work in a workspace."""
        return workspace_id in self._workspaces.values()

    def cancel(self, id_: str) -> None:
        """End a work; nothing of it will remain.

        @raise OperationNotFound: there is none, or it is as good as done.
        """
        undertaking = self._running.get(id_)
        if undertaking is None or not undertaking.cancel():
            raise OperationNotFound(operation_id=id_)

    def cancel_all(self) -> None:
        """End every work that can be ended; the daemon stops."""
        for undertaking in self._running.values():
            undertaking.cancel()

    def give_back(self) -> None:
        """Return the memory that such work took: Python and glibc would keep 200 MB after 100,000 tasks.

        To be called every few seconds. A result that is still being told lies scattered over all that, so the memory is
        returned a second time. Takes 5 to 15 ms.
        """
        if self._running or not self._to_give_back:
            return
        self._to_give_back -= 1
        gc.collect()  # Python returns the memory of small things in the course of a full collection only
        import ctypes  # not at the head of the module: a daemon that never does such work need not have it

        with suppress(OSError, AttributeError, TypeError):  # another system's library has no such function
            ctypes.CDLL(None).malloc_trim(0)

    def _ended(self, result: Any, undertaking: Undertaking, outcome: Deferred[Any]) -> None:
        del self._running[undertaking.id], self._workspaces[undertaking.id]
        self._to_give_back = GIVEN_BACK_TIMES
        if not self._running:
            _go_on()
        if not isinstance(result, Failure):
            if not outcome.called:
                outcome.callback(result)
        elif not outcome.called:
            outcome.errback(result)
        elif result.check(GorevError) is None:
            self._log.failure("a {operation} that nobody waits for failed", result, operation=undertaking.operation)


def _make_way() -> None:
    """Let the reactor go first while such work runs.

    With hundreds of thousands of rows in hand, a full collection stops every thread for 0.2 s, so there is none; and a
    thread that computes hands over the interpreter after 1 ms instead of 5.
    """
    gc.disable()
    sys.setswitchinterval(0.001)


def _go_on() -> None:
    """Undo `_make_way`."""
    gc.enable()
    sys.setswitchinterval(USUAL_SWITCH_SECONDS)


def _let_it_go_on(outcome: Deferred[Any]) -> None:
    """Leave the work alone: the caller hears of the cancellation, the work is carried through."""
