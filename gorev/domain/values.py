"""The small values everything else is made of."""

from __future__ import annotations

import enum
from typing import Final

import attrs


class Status(enum.Enum):
    """Where a task stands (``data-model.md`` §2)."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self in (Status.PENDING, Status.IN_PROGRESS)


class Priority(enum.Enum):
    """How much a task matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class LinkKind(enum.Enum):
    """What a link between two tasks means: the source blocks the target, or they are merely related."""

    BLOCKS = "blocks"
    RELATED = "related"


class ActorKind(enum.Enum):
    """By which way a change came in (``websocket.md`` §2.1)."""

    MCP = "mcp"
    REST = "rest"
    WEB = "web"
    CLI = "cli"
    WATCHER = "watcher"
    SYSTEM = "system"


# What the gorev command calls itself: its changes come by a wire of others, and are told apart by this name.
COMMAND_LINE: Final = "gorev-cli"


@attrs.frozen(kw_only=True)
class Actor:
    """Who does something: the client program, the way it came, and its connection's UUID where there is one."""

    client: str
    kind: ActorKind
    session: str | None = None


@attrs.frozen(kw_only=True)
class Tag:
    """A word that tasks are marked with."""

    id: str
    name: str


class Unset(enum.Enum):
    """The type of `UNSET`: a field that a change leaves alone, as opposed to one it clears."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
