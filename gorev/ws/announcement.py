"""What all listeners of a workspace are told at once, encoded once per format however many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from gorev.wire import encode
from gorev.wire.encode import Object
from gorev.wire.events import Format

# A payload as a frame that can be sent to many.
Prepare = Callable[[bytes], Any]


@attrs.define
class Announcement:
    """Messages for many; ``told`` makes those of a format. ``seq`` is that of the last event, 0 if there is none."""

    told: Callable[[Format], Iterable[Object]]
    prepare: Prepare
    seq: int = 0
    _frames: dict[Format, list[Any]] = attrs.Factory(dict)

    def frames(self, format_: Format) -> list[Any]:
        """The prepared frames, made when the first connection of that format asks."""
        if format_ not in self._frames:
            self._frames[format_] = [self.prepare(encode.json(each)) for each in self.told(format_)]
        return self._frames[format_]
