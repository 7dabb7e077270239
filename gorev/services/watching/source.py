"""Where events come from, as the service sees it."""

from __future__ import annotations

import os
from typing import Protocol

from gorev.domain.watches import FileOperation, WatchPlan


class Reports(Protocol):
    """What a source tells, on threads of its own."""

    def seen(self, path: str, operation: FileOperation, *, is_folder: bool) -> None:
        """Something happened at ``path``."""

    def stale(self) -> None:
        """`Source.follow` has to be called again: an anchor is gone, or events were lost."""


class Source(Protocol):
    """Looks at folders. Its methods may block; they are called one at a time, never on the reactor thread."""

    @property
    def is_complete(self) -> bool:
        """Whether the system let every folder of the plan be watched."""

    def follow(self, plan: WatchPlan) -> None:
        """Look at exactly the folders that ``plan`` wants, from now on."""

    def close(self) -> None:
        """Look at nothing any more, and end every thread."""


def nearest_folder(path: str) -> str:
    """The folder itself, or the nearest one above it that exists."""
    while not os.path.isdir(path):
        above = os.path.dirname(path)
        if above == path:
            break
        path = above
    return path
