"""A document that is to be imported, once it was read and before it is held against the workspace.

Rows refer to each other by keys: the ids they have in the document, whatever those look like. What is UNSET was not
said and leaves an existing row alone; ``None`` says that there is none.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import attrs

from gorev.domain import text
from gorev.domain.context import Action
from gorev.domain.errors import GorevError, InvalidReference, InvalidValue
from gorev.domain.links import NewLink
from gorev.domain.template import Template
from gorev.domain.values import UNSET, Priority, Status, Unset

ROWS_SHOWN: Final = 20


class Entity(enum.Enum):
    """The kinds of row that a document holds."""

    PROJECT = "project"
    TAG = "tag"
    TEMPLATE = "template"
    TASK = "task"
    LINK = "link"
    INTERACTION = "interaction"


class Caution(enum.Enum):
    """Something that was imported, or left out, in another way than a reader might expect."""

    LONG_TITLE = "long_title"
    LONG_DESCRIPTION = "long_description"
    LONG_NAME = "long_name"
    PROJECT_OF_PARENT = "project_of_parent"
    MAPPING_UNUSED = "mapping_unused"
    INTERACTION_LEFT_OUT = "interaction_left_out"
    UNKNOWN_KEY = "unknown_key"


@attrs.define
class Problems:
    """What is wrong with a document: all of it is looked for, then the first kind is told, with its rows."""

    _rows: dict[tuple[type[GorevError], str, object, object], list[str]] = attrs.Factory(dict)

    def value(self, field: str, row: str, allowed: object, limit: object = None) -> None:
        """A field holds what is not ``allowed``: a tuple of values, or a text key, which may name a ``limit``."""
        self._rows.setdefault((InvalidValue, field, allowed, limit), []).append(row)

    def reference(self, field: str, row: str) -> None:
        """A field names what is not there, or makes a circle."""
        self._rows.setdefault((InvalidReference, field, None, None), []).append(row)

    def refuse(self) -> None:
        """Do nothing if there is no problem.

        @raise InvalidValue, InvalidReference: there is one. What the field holds is not quoted: the document may be a
            file that somebody was tricked into naming.
        """
        for (kind, field, allowed, limit), rows in self._rows.items():
            details: dict[str, object] = {"field": field, "count": len(rows), "ids": rows[:ROWS_SHOWN]}
            if allowed is not None:
                details["allowed"] = list(allowed) if isinstance(allowed, tuple) else allowed
            if limit is not None:
                details["limit"] = limit
            raise kind(**details)


@attrs.frozen
class Warned:
    """A caution and the row it is about."""

    caution: Caution
    row: str


@attrs.frozen(kw_only=True)
class IncomingProject:
    """A project. ``row`` names it in messages; ``implied`` says that only its name occurs, in tasks."""

    row: str
    key: str | None
    name: str
    definition: str | Unset = UNSET
    created_at: datetime | None = None
    updated_at: datetime | None = None
    is_active: bool = False
    implied: bool = False


@attrs.frozen(kw_only=True)
class IncomingTag:
    """A tag."""

    key: str | None
    name: str


@attrs.frozen(kw_only=True)
class IncomingTask:
    """A task. Its project is named by ``project_key``, else by ``project_name``; its tags by their names."""

    row: str
    key: str | None
    title: str
    description: str | Unset = UNSET
    status: Status | Unset = UNSET
    priority: Priority | Unset = UNSET
    project_key: str | Unset | None = UNSET
    project_name: str | None = None
    parent_key: str | Unset | None = UNSET
    due_date: date | Unset | None = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    created_at: datetime | None = None
    updated_at: datetime | None = None


@attrs.frozen(kw_only=True)
class IncomingLink:
    """A link between the tasks of two keys, in the stored direction."""

    row: str
    key: str | None
    link: NewLink


@attrs.frozen(kw_only=True)
class IncomingTemplate:
    """A template; its id is for the plan to settle."""

    row: str
    key: str | None
    template: Template


@attrs.frozen(kw_only=True)
class IncomingInteraction:
    """Something that was done with the task of a key."""

    row: str
    task_key: str
    action: Action | None
    context: Mapping[str, Any]
    session_id: str | None
    time: datetime


@attrs.frozen(kw_only=True)
class IncomingContext:
    """What was worked on; recent tasks newest first."""

    active_task_key: str | None
    recent_keys: tuple[str, ...]
    session_data: Mapping[str, Any]
    updated_at: datetime | None


@attrs.define(kw_only=True)
class Incoming:
    """A whole document. ``tagged`` are task and tag keys of assignments that the tasks do not say themselves.

    ``has_templates`` says that it speaks of templates at all, be it none.
    """

    projects: list[IncomingProject] = attrs.Factory(list)
    tags: list[IncomingTag] = attrs.Factory(list)
    templates: list[IncomingTemplate] = attrs.Factory(list)
    tasks: list[IncomingTask] = attrs.Factory(list)
    tagged: list[tuple[str, str]] = attrs.Factory(list)
    links: list[IncomingLink] = attrs.Factory(list)
    context: IncomingContext | None = None
    interactions: list[IncomingInteraction] = attrs.Factory(list)
    warnings: list[Warned] = attrs.Factory(list)
    has_templates: bool = False

    def let_go(self) -> None:
        """Forget the tasks, one by one: so many at once would keep the interpreter for a while."""
        while self.tasks:
            self.tasks.pop()

    def title(self, row: str, value: str) -> str:
        """A task's title; one over the limit is kept, with a warning (``data-model.md`` §3).

        @raise InvalidValue: it is blank or not clean.
        """
        return self._line("title", row, value, text.TITLE_LIMIT, Caution.LONG_TITLE)

    def name(self, row: str, value: str) -> str:
        """A project's name, as `title`."""
        return self._line("name", row, value, text.NAME_LIMIT, Caution.LONG_NAME)

    def description(self, field: str, row: str, value: str) -> str:
        """A description; one over the limit is kept, with a warning.

        @raise InvalidValue: it is not clean.
        """
        if len(text.clean(field, value)) > text.DESCRIPTION_LIMIT:
            self.warnings.append(Warned(Caution.LONG_DESCRIPTION, row))
        return value

    def _line(self, field: str, row: str, value: str, limit: int, caution: Caution) -> str:
        trimmed = text.filled(field, value)
        if len(trimmed) > limit:
            self.warnings.append(Warned(caution, row))
        return trimmed
