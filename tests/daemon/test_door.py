"""Which token is in force while the user changes the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from gorev.daemon.door import WATCH_SECONDS, TokenService
from gorev.daemon.errors import TokenExposed, TokenMissing
from gorev.daemon.token import TokenFile


@attrs.define
class Door:
    """A service with a clock moved by hand, that remembers what it put in force."""

    file: TokenFile
    clock: Clock = attrs.field(factory=Clock)
    put: list[str | None] = attrs.field(factory=list)

    def start(self) -> TokenService:
        """A running service."""
        service = TokenService(self.clock, self.file, self._put, _at_once)
        service.startService()
        return service

    def _put(self, token: str | None) -> bool:
        changed = not self.put or self.put[-1] != token
        if changed:
            self.put.append(token)
        return changed


def _at_once(work: Callable[[], str | None]) -> Deferred[str | None]:
    return succeed(work())


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door whose token is not there yet."""
    return Door(TokenFile(tmp_path / "token"))


def test_it_does_not_start_without_a_token(door: Door) -> None:
    with pytest.raises(TokenMissing, match=str(door.file.path)):
        door.start()
    door.file.create()
    door.file.path.chmod(0o644)
    with pytest.raises(TokenExposed):
        door.start()
    assert (door.put, door.clock.getDelayedCalls()) == ([], [])


def test_what_the_file_holds_is_in_force_and_what_cannot_be_trusted_is_nothing(door: Door) -> None:
    first = door.file.create()
    door.start()
    second = door.file.rotate()
    door.clock.advance(WATCH_SECONDS)
    door.file.path.chmod(0o640)
    door.clock.advance(WATCH_SECONDS)
    door.clock.advance(WATCH_SECONDS)
    door.file.path.chmod(0o600)
    door.clock.advance(WATCH_SECONDS)
    door.file.remove()
    door.clock.advance(WATCH_SECONDS)
    assert door.put == [first, second, None, second, None]


def test_stopped_it_looks_no_more(door: Door) -> None:
    first = door.file.create()
    service = door.start()
    service.stopService()
    door.file.rotate()
    door.clock.advance(10 * WATCH_SECONDS)
    assert door.put == [first]
