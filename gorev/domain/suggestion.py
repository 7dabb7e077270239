"""What might be done next, and why (``behaviours.md`` §4)."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

import attrs

from gorev.domain.likeness import keywords
from gorev.domain.task import TaskView
from gorev.domain.template import Template

SIMILAR_ABOVE: Final = 0.3
DUE_SOON_DAYS: Final = 3
TEMPLATE_HITS: Final = 2


class SuggestionKind(enum.Enum):
    """The kinds of suggestion, in the order in which they are shown."""

    DEADLINE_RISK = "deadline_risk"
    NEXT_ACTION = "next_action"
    SIMILAR_TASK = "similar_task"
    TEMPLATE = "template"


class Level(enum.Enum):
    """How pressing a suggestion is, most pressing first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reason(enum.Enum):
    """What a suggestion rests on."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    STARTABLE = "startable"
    LINGERING = "lingering"
    SIMILAR = "similar"
    FITTING_TEMPLATE = "fitting_template"


@attrs.frozen(kw_only=True)
class Rule:
    """What follows from a reason: at most ``most`` suggestions (any number if none is said)."""

    kind: SuggestionKind
    level: Level
    confidence: float
    most: int | None


RULES: Final[Mapping[Reason, Rule]] = {
    Reason.OVERDUE: Rule(kind=SuggestionKind.DEADLINE_RISK, level=Level.HIGH, confidence=0.9, most=None),
    Reason.DUE_SOON: Rule(kind=SuggestionKind.DEADLINE_RISK, level=Level.HIGH, confidence=0.8, most=3),
    Reason.STARTABLE: Rule(kind=SuggestionKind.NEXT_ACTION, level=Level.HIGH, confidence=0.9, most=3),
    Reason.LINGERING: Rule(kind=SuggestionKind.NEXT_ACTION, level=Level.MEDIUM, confidence=0.7, most=2),
    Reason.SIMILAR: Rule(kind=SuggestionKind.SIMILAR_TASK, level=Level.MEDIUM, confidence=0.6, most=3),
    Reason.FITTING_TEMPLATE: Rule(kind=SuggestionKind.TEMPLATE, level=Level.LOW, confidence=1.0, most=None),
}


@attrs.frozen(kw_only=True)
class Suggestion:
    """One thing to do, about a task or with a template.

    ``number`` is what the reason measures: days overdue, days left, similarity, or occurrences of a template's words.
    """

    reason: Reason
    confidence: float
    view: TaskView | None = None
    template: Template | None = None
    number: float | None = None
    shared: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule:
        """The rule that made it."""
        return RULES[self.reason]


def about(reason: Reason, view: TaskView, number: float | None = None, shared: tuple[str, ...] = ()) -> Suggestion:
    """A suggestion about a task, as sure as its rule."""
    return Suggestion(
        reason=reason, confidence=RULES[reason].confidence, view=view, number=number, shared=tuple(sorted(shared))
    )


def fitting_templates(templates: Iterable[Template], tasks: Collection[frozenset[str]]) -> list[Suggestion]:
    """The templates whose words occur often enough among the keywords of tasks."""
    found = []
    for template in templates:
        words = keywords(f"{template.name} {template.definition}")
        hits = sum(len(words & task) for task in tasks)
        if hits >= TEMPLATE_HITS:
            found.append(
                Suggestion(
                    reason=Reason.FITTING_TEMPLATE, confidence=min(1.0, hits / 10), template=template, number=hits
                )
            )
    return found


def ordered(suggestions: Iterable[Suggestion], limit: int) -> tuple[Suggestion, ...]:
    """The most pressing ones first, then the surest, then those due first."""
    levels = list(Level)

    def rank(suggestion: Suggestion) -> tuple[int, float, date]:
        due = suggestion.view.task.due_date if suggestion.view else None
        return levels.index(suggestion.rule.level), -suggestion.confidence, due or date.max

    return tuple(sorted(suggestions, key=rank)[:limit])


@attrs.frozen(kw_only=True)
class Suggestions:
    """The first of all suggestions there are."""

    shown: tuple[Suggestion, ...]
    total: int
