"""A plan for a document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gorev.domain.importing.document import Incoming
from gorev.domain.importing.draft import Draft
from gorev.domain.importing.labels import Projects, Tags, place_templates
from gorev.domain.importing.links import place_context, place_links
from gorev.domain.importing.plan import Existing, Plan, Terms
from gorev.domain.importing.tasks import Tasks


def planned(
    incoming: Incoming, existing: Existing, terms: Terms, now: datetime, check: Callable[[], None] = lambda: None
) -> Plan:
    """The plan for a document in a workspace that has what is ``existing``.

    ``check`` is called now and then, and may raise to end the work.

    @raise InvalidReference, InvalidValue: rows refer to nothing or in a circle, or their ids will not do.
    """
    plan = Plan(
        terms=terms,
        replaces_templates=terms.replace and incoming.has_templates,
        warnings=list(incoming.warnings),
        total_tasks=len(incoming.tasks),
    )
    draft = Draft(plan=plan, existing=existing, now=now)
    projects, tags = Projects(draft), Tags(draft)
    projects.place(incoming)
    tags.place(incoming.tags)
    place_templates(draft, incoming.templates)
    tasks = Tasks(draft, incoming, projects, tags, check)
    tasks.place()
    # Links are looked at in a forest that is one.
    draft.problems.refuse()
    place_links(draft, incoming.links, tasks)
    place_context(draft, incoming, tasks)
    draft.problems.refuse()
    return plan
