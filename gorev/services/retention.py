"""The event log is kept within bounds: so many events, for so many days; forgotten in small steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import GorevError
from gorev.services.store import Store
from gorev.storage import events
from gorev.storage.transaction import Transaction

# So many rows are deleted in well under 2 ms, which is what a write that comes meanwhile may have to wait.
STEP: Final = 100
PAUSE_SECONDS: Final = 0.01
# How often age is looked at: at least once before an unused workspace is closed.
EVERY_SECONDS: Final = 600.0
# So many more events than allowed may be there, one for so many: trimming at each write would be waste.
SLACK_SHARE: Final = 100


@attrs.frozen(kw_only=True)
class Retention:
    """How many events are kept, and how long (``event_retention_count``, ``event_retention_days``)."""

    count: int = 100_000
    age: timedelta = timedelta(days=30)


USUAL_RETENTION: Final = Retention()


class Trimming:
    """Keeps the log of one open workspace within the bounds. Used from the reactor thread."""

    _log = Logger()

    def __init__(self, clock: IReactorTime, store: Store, retention: Retention) -> None:
        self._clock = clock
        self._store = store
        self._retention = retention
        self._next = 0
        self._looking = LoopingCall(self.trim)
        self._looking.clock = clock
        self._trimming: Deferred[None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether events are being forgotten."""
        return self._trimming is not None

    def start(self) -> None:
        """Trim from time to time, from now on."""
        self._looking.start(EVERY_SECONDS, now=False)

    def stop(self) -> None:
        """Trim no more; the database may be closed."""
        if self._looking.running:
            self._looking.stop()
        if self._trimming is not None:
            self._trimming.cancel()

    def heard(self, seq: int) -> None:
        """A change was made; trim if there are too many by now."""
        if self._looking.running and seq >= self._next:
            self.trim()

    def trim(self) -> None:
        """Begin to forget what need not be kept, unless that is under way."""
        if self._trimming is None:
            trimming = self._trimming = Deferred.fromCoroutine(self._trim())
            trimming.addErrback(self._failed).addCallback(self._trimmed)

    async def _trim(self) -> None:
        total = 0
        while True:
            answer = await self._store.write(self._step, int)
            total += answer.value
            self._next = answer.seq + self._retention.count // SLACK_SHARE
            if answer.value < STEP:
                break
            await deferLater(self._clock, PAUSE_SECONDS)
        if total:
            self._log.info("{count} events were forgotten: {path}", count=total, path=str(self._store.database.path))

    def _step(self, transaction: Transaction, now: datetime) -> int:
        since = now - self._retention.age
        return events.drop_oldest(transaction.cursor, kept=self._retention.count, since=since, limit=STEP)

    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.value, GorevError):
            self._log.warn("events could not be forgotten: {code}", code=failure.value.code)
        elif failure.check(CancelledError) is None:
            self._log.failure("events could not be forgotten", failure)

    def _trimmed(self, _: object) -> None:
        self._trimming = None
