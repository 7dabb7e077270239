"""One operation on the wire: what a `Route` says is what is routed, checked and described.

Each module of handlers ends in the tuple of its routes. A handler reads its query and body with the very `Fields` that
its route names; reading others is a bug that shows at the first request.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply
from gorev.wire import json_schema
from gorev.wire.json_schema import Kind, Many
from gorev.wire.vocabulary import Vocabulary

Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]

GET, POST, PUT, DELETE = ("GET",), ("POST",), ("PUT", "PATCH"), ("DELETE",)


class Area(enum.Enum):
    """What a route is about, as text keys."""

    TASKS = "Tasks"
    PROJECTS = "Projects"
    TEMPLATES = "Templates"
    DEPENDENCIES = "Dependencies"
    SEARCH = "Search"
    EVENTS = "Events"
    TRANSFER = "Export and import"
    WORKSPACES = "Workspaces"
    SYSTEM = "System"
    MCP = "MCP"


@attrs.frozen(kw_only=True)
class Answer:
    """What a route answers when all is well: the members of the body, of which some may be left out.

    ``tagged`` answers bear an ``ETag``; ``dated`` ones the ``seq`` that they are true of, if they are of a workspace;
    ``open`` ones may have members of any name. ``also`` are further statuses that come with the same body. Members of
    family B stand in ``english`` where it has others.
    """

    members: Mapping[str, Kind]
    optional: frozenset[str] = frozenset()
    english: Mapping[str, Kind] | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    tagged: bool = False
    dated: bool = True
    open: bool = False
    media_type: str = "application/json"

    def of(self, words: Vocabulary) -> Mapping[str, Kind]:
        """The members in the family of a vocabulary."""
        return self.english if words is Vocabulary.ENGLISH and self.english is not None else self.members


_SUCCESS: Final[Mapping[str, Kind]] = {"success": {"type": "boolean", "const": True}}


def enveloped(members: Mapping[str, Kind], *optional: str, **more: Any) -> Answer:
    """An answer that says that it is a success, with a message where there is one to tell."""
    return Answer(members={**_SUCCESS, **members}, optional=frozenset(optional), **more)


def one(kind: Kind, status: int = 200, *, tagged: bool = False) -> Answer:
    """A single thing."""
    return enveloped({"data": kind, "message": json_schema.TEXT}, "message", status=status, tagged=tagged)


def several(kind: Kind) -> Answer:
    """An array, and how many match."""
    return enveloped({"data": Many(kind), "total": json_schema.COUNT})


def said() -> Answer:
    """Nothing but a message."""
    return enveloped({"message": json_schema.TEXT})


# rest-api.md §2: what any request can meet, those of a workspace, and those that carry a body.
_ANYWHERE: Final = ("unauthorized", "forbidden_origin", "internal_error")
_WORKSPACE: Final = ("workspace_not_found", "invalid_value", "busy", "workspace_unavailable")
_BODY: Final = ("bad_request", "invalid_value", "conflicting_alias", "payload_too_large", "unsupported_media_type")
# What is read of a task or project may be meant by a prefix.
OF_TASK: Final = ("task_not_found", "ambiguous_id")
OF_PROJECT: Final = ("project_not_found", "ambiguous_id")


@attrs.frozen(kw_only=True)
class Route:
    """One operation. Paths are below ``/api``; ``{id}`` is a parameter, ``{name:path}`` one that may hold slashes.

    ``summary`` and ``detail`` are text keys. ``errors`` are the codes beyond those that follow from the rest.
    ``of_workspace`` says that the route reads or changes data of one; ``revised`` that ``If-Match`` is judged,
    ``repeatable`` that ``Idempotency-Key`` is. ``free_body`` is the schema of a body that is nobody's fields.
    ``answers_while_stopping`` is for those that tell of the stop itself. ``aliases`` are further paths of family B that
    some client uses; they are routed, but not described. ``hot`` ones are asked for all the time (see `hot`).
    """

    name: str
    area: Area
    summary: str
    methods: tuple[str, ...]
    handler: Handler
    answer: Answer
    family_a: tuple[str, ...] = ()
    family_b: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    detail: str | None = None
    query: Fields[Any] | None = None
    bodies: tuple[Fields[Any], ...] = ()
    free_body: Mapping[str, Any] | None = None
    errors: tuple[str, ...] = ()
    of_workspace: bool = True
    revised: bool = False
    repeatable: bool = False
    answers_while_stopping: bool = False
    hot: bool = False

    def paths(self) -> list[tuple[str, Vocabulary]]:
        """Every path with the vocabulary that it answers in."""
        return [
            *((path, Vocabulary.TURKISH) for path in self.family_a),
            *((f"/v1{path}", Vocabulary.ENGLISH) for path in (*self.family_b, *self.aliases)),
        ]

    @property
    def takes(self) -> tuple[Fields[Any], ...]:
        """Everything that its handler may read."""
        return self.bodies if self.query is None else (self.query, *self.bodies)

    def codes(self) -> tuple[str, ...]:
        """Every error code that it may answer."""
        found = [*_ANYWHERE, *self.errors]
        if not self.answers_while_stopping:
            found.append("shutting_down")
        if self.of_workspace:
            found += _WORKSPACE
        if self.query is not None:
            found += ("invalid_value", "conflicting_alias")
        if self.methods not in (GET, DELETE):
            found += (
                _BODY
                if self.bodies or self.free_body is not None or self.repeatable
                else ("payload_too_large", "unsupported_media_type")
            )
        if self.revised:
            found += ("stale_revision", "invalid_value")
        if self.repeatable:
            found += ("idempotency_mismatch", "invalid_value")
        return tuple(dict.fromkeys(found))
