"""Which workspaces nobody uses (``architecture.md`` §4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from twisted.internet.interfaces import IReactorTime

# How often it is asked for.
LOOK_SECONDS: Final = 20.0

MINUTE_SECONDS: Final = 60.0

# Given a workspace's id, whether it must stay open.
User: TypeAlias = Callable[[str], bool]


class Idleness:
    """Remembers when each workspace was last used, and asks its users; after 0 ``minutes`` means never."""

    def __init__(self, clock: IReactorTime, minutes: int) -> None:
        self._clock = clock
        self._seconds = minutes * MINUTE_SECONDS
        self._used: dict[str, float] = {}
        self._users: list[User] = []

    def keep_open_while(self, user: User) -> None:
        """Take a workspace for used as long as ``user`` says so of it."""
        self._users.append(user)

    def use(self, id_: str) -> None:
        """The workspace is used now."""
        self._used[id_] = self._clock.seconds()

    def is_unused(self, id_: str) -> bool:
        """Whether nobody has needed the workspace for so long."""
        if not self._seconds:
            return False
        if any(user(id_) for user in self._users):
            self.use(id_)
        return self._clock.seconds() - self._used.setdefault(id_, self._clock.seconds()) >= self._seconds
