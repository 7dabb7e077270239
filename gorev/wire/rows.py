"""Tasks as they stand in answers, encoded once for as long as somebody holds them.

A page of 50 is joined from rows that were encoded before in a twentieth of the time that encoding it takes
(``numbers.md`` §2). A `TaskView` never changes, so what it was encoded to is right as long as it is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import ref

import attrs
import msgspec

from gorev.domain.task import Branch, TaskView
from gorev.wire import encode
from gorev.wire.encode import Encoder
from gorev.wire.vocabulary import TASK

Place = tuple[int, str, str]


class EncodedTasks:
    """What views were encoded to, for each vocabulary; forgotten with the view."""

    def __init__(self) -> None:
        self._known: dict[Place, tuple[ref[TaskView], bytes]] = {}

    def one(self, encoder: Encoder, view: TaskView) -> bytes:
        """What `Encoder.task` makes of a view, as JSON."""
        place = (id(view), encoder.words.value, encoder.workspace_id)
        known = self._known.get(place)
        if known is not None:
            return known[1]
        encoded = encode.json(encoder.task(view))
        self._known[place] = ref(view, lambda _: self._known.pop(place, None)), encoded
        return encoded


@attrs.frozen
class Rows:
    """Encodes tasks for one answer, to be put into it as they are."""

    encoder: Encoder
    _tasks: EncodedTasks

    def task(self, view: TaskView) -> msgspec.Raw:
        """A task without what is below it."""
        return msgspec.Raw(self._tasks.one(self.encoder, view))

    def branch(self, root: Branch) -> msgspec.Raw:
        """A task with its whole subtree nested, as `Encoder.branch` has it."""
        begin_below = b',"%s":[' % TASK.out(self.encoder.words)["subtasks"].encode()
        pieces: list[bytes] = []
        waiting: list[Branch | bytes] = [root]
        while waiting:
            each = waiting.pop()
            if isinstance(each, bytes):
                pieces.append(each)
                continue
            pieces += (self._tasks.one(self.encoder, each.view)[:-1], begin_below)
            waiting.append(b"]}")
            for number, child in reversed(list(enumerate(each.children))):
                waiting.append(child)
                if number:
                    waiting.append(b",")
        return msgspec.Raw(b"".join(pieces))

    def branches(self, roots: Iterable[Branch]) -> list[msgspec.Raw]:
        """Several trees."""
        return [self.branch(root) for root in roots]
