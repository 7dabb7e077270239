"""What there is to say of a change beside that it was made, in the caller's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gorev.domain.exporting import Counts
from gorev.domain.task import Prerequisite
from gorev.locale import counts, text

TITLES_SHOWN: Final = 10
TITLE_CHARACTERS: Final = 100


def titles(given: Sequence[str]) -> str:
    """Titles, each on one line; of many or long ones the beginning."""
    shown = [" ".join(each.split()) for each in given[:TITLES_SHOWN]]
    told = ", ".join(each if len(each) <= TITLE_CHARACTERS else f"{each[:TITLE_CHARACTERS]}…" for each in shown)
    return told if len(given) <= TITLES_SHOWN else f"{told}, … (+{len(given) - TITLES_SHOWN})"


def cancelled(prerequisites: Sequence[Prerequisite], language: str) -> str | None:
    """That cancelled prerequisites do not block any more (rule S2); nothing if there are none."""
    if not prerequisites:
        return None
    named = titles([each.title for each in prerequisites])
    return text(language, "Cancelled, so no longer in its way: {titles}.", titles=named)


def exported(done: Counts, language: str) -> str:
    """How much of each kind was exported."""
    return text(
        language,
        "Exported: {tasks}, {projects}, {tags}, {templates}, {links}.",
        tasks=counts.tasks(done.tasks),
        projects=counts.projects(done.projects),
        tags=counts.tags(done.tags),
        templates=counts.templates(done.templates),
        links=counts.links(done.dependencies),
    )
