"""What can be done with templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs
from twisted.internet.defer import Deferred

from gorev.domain.errors import NoActiveProject, TemplateNotFound
from gorev.domain.event import EventKind, TemplatesAdded
from gorev.domain.task import TaskView
from gorev.domain.template import Template, instantiate
from gorev.domain.text import folded
from gorev.domain.values import UNSET, Actor
from gorev.services.change import create_task
from gorev.services.store import Answer, Once, Store
from gorev.storage import events, projects, templates
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction


@attrs.frozen(kw_only=True)
class FromTemplate:
    """A task that a template made, that template's name, and the given keys that none of its fields has."""

    view: TaskView
    template_name: str
    ignored: tuple[str, ...]


class TemplateOperations:
    """The operations on the templates of one workspace.

    A template is meant by its id, else by its alias in the caller's language, else by its alias in the other one.
    Inactive ones are nowhere to be found.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def listed(self, language: str, category: str | None = None) -> Deferred[Answer[list[Template]]]:
        """The templates of a language, by category and name; of one category if it is given."""

        def work(cursor: Cursor) -> list[Template]:
            found = templates.of_language(cursor, language)
            if category is None:
                return found
            wanted = folded(category.strip())
            return [template for template in found if folded(template.category) == wanted]

        return self._store.read(work)

    def get(self, given: str, language: str) -> Deferred[Answer[Template]]:
        """One template.

        @raise TemplateNotFound: there is none.
        """
        return self._store.read(lambda cursor: _require(cursor, given, language))

    def create_task(
        self,
        actor: Actor,
        given: str,
        language: str,
        values: Mapping[str, str],
        project_id: str | None = None,
        once: Once | None = None,
    ) -> Deferred[Answer[FromTemplate]]:
        """Make a task of a template. A project named beside the values goes before one among them.

        @raise TemplateNotFound: there is no such template.
        @raise ConflictingAlias, MissingFields, InvalidValue, InvalidDate: see `instantiate`.
        @raise ProjectNotFound, AmbiguousId: the project does not exist.
        @raise NoActiveProject: no project was named and none is active.
        """

        def work(transaction: Transaction, now: datetime) -> FromTemplate:
            cursor = transaction.cursor
            template = _require(cursor, given, language)
            instance = instantiate(template, values)
            new = attrs.evolve(instance.task, project_id=project_id) if project_id else instance.task
            if new.project_id is UNSET and projects.active_id(cursor) is None:
                raise NoActiveProject
            view = create_task(transaction, now, actor, new)
            return FromTemplate(view=view, template_name=template.name, ignored=instance.ignored)

        return self._store.write(work, FromTemplate, once)

    def initialise(self, actor: Actor, once: Once | None = None) -> Deferred[Answer[TemplatesAdded]]:
        """Add the default templates that are missing; none that exists is changed."""

        def work(transaction: Transaction, now: datetime) -> TemplatesAdded:
            added = TemplatesAdded(created=templates.insert_defaults(transaction.cursor, now))
            if added.created:
                events.append(transaction, time=now, actor=actor, kind=EventKind.TEMPLATE_CHANGED, after=added)
            return added

        return self._store.write(work, TemplatesAdded, once)


def _require(cursor: Cursor, given: str, language: str) -> Template:
    template = templates.meant(cursor, given, language)
    if template is None:
        raise TemplateNotFound(id=given)
    return template
