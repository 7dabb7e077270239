"""What Gorev itself has to say: suggestions, and tasks that it helps to make (``behaviours.md`` §4 and §10)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import attrs
from twisted.internet.defer import Deferred

from gorev.domain import judgement
from gorev.domain.judgement import Estimate, Judged, Recommended
from gorev.domain.likeness import Alike, folded_keywords, keywords, similarity, task_keywords
from gorev.domain.suggestion import (
    DUE_SOON_DAYS,
    RULES,
    SIMILAR_ABOVE,
    Reason,
    Suggestion,
    SuggestionKind,
    Suggestions,
    about,
    fitting_templates,
    ordered,
)
from gorev.domain.task import NewTask, TaskView
from gorev.domain.values import Actor, Status
from gorev.services.change import create_task
from gorev.services.lookup import require_task
from gorev.services.store import Answer, Once, Store
from gorev.storage import attention, context, similar, tasks, templates
from gorev.storage.sqlite import Cursor
from gorev.storage.transaction import Transaction

# How many of the tasks changed last, and how much of each description, tell what kind of work is going on.
_TASKS_READ = 200
_CHARACTERS_READ = 500
_ALIKE_ABOVE = 0.2
_ALIKE_SHOWN = 5
_ALIKE_WEIGHED = 10


@attrs.frozen(kw_only=True)
class Wish:
    """A task to be made, and what shall be found out for it."""

    task: NewTask
    divide: bool = False
    estimate: bool = False
    judge_priority: bool = False
    recommend_template: bool = False


@attrs.frozen(kw_only=True)
class Fulfilled:
    """The task that was made, what was found out where that was wished, and the tasks most like it.

    ``steps_found`` counts the steps that the description lists; the first of them became ``subtasks``.
    """

    view: TaskView
    subtasks: tuple[TaskView, ...]
    steps_found: int
    priority: Judged | None
    estimate: Estimate | None
    template: Recommended | None
    alike: tuple[Alike, ...]


@attrs.frozen(kw_only=True)
class _Findings:
    steps: tuple[str, ...]
    priority: Judged | None
    estimate: Estimate | None
    template: Recommended | None
    alike: tuple[Alike, ...]


class AdviceOperations:
    """What can be asked of Gorev's own judgement in one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def suggest(
        self,
        language: str,
        text: str,
        limit: int,
        kinds: Collection[SuggestionKind] = tuple(SuggestionKind),
    ) -> Deferred[Answer[Suggestions]]:
        """What might be done next; similar tasks are those like the active one or like ``text``."""

        def work(cursor: Cursor) -> Suggestions:
            today = self._store.today()
            found: list[Suggestion] = []
            left_out = 0
            if SuggestionKind.DEADLINE_RISK in kinds:
                found += _deadline_risks(cursor, today, limit)
                overdue, _, _ = attention.due(cursor, today, 0)
                left_out = max(0, overdue - limit)
            if SuggestionKind.NEXT_ACTION in kinds:
                found += _next_actions(cursor)
            if SuggestionKind.SIMILAR_TASK in kinds:
                found += _similar_tasks(cursor, text)
            if SuggestionKind.TEMPLATE in kinds:
                texts = attention.changed_texts(cursor, _TASKS_READ, _CHARACTERS_READ)
                recent = [folded_keywords(" ".join(each)) for each in texts]
                found += fitting_templates(templates.of_language(cursor, language), recent)
            return Suggestions(shown=ordered(found, limit), total=len(found) + left_out)

        return self._store.read(work)

    def create(self, actor: Actor, wish: Wish, language: str, once: Once | None = None) -> Deferred[Answer[Fulfilled]]:
        """Make a task with what its words tell. What is to be found out is read before the write begins.

        @raise InvalidValue: a text breaks a limit.
        @raise ProjectNotFound, AmbiguousId: the project does not exist.
        """
        return Deferred.fromCoroutine(self._create(actor, attrs.evolve(wish, task=wish.task.checked()), language, once))

    async def _create(self, actor: Actor, wish: Wish, language: str, once: Once | None) -> Answer[Fulfilled]:
        findings = (await self._store.read(lambda cursor: _findings(cursor, wish, language))).value
        priority = wish.task.priority if findings.priority is None else findings.priority.priority
        new = attrs.evolve(wish.task, priority=priority)

        def work(transaction: Transaction, now: datetime) -> Fulfilled:
            cursor = transaction.cursor
            parent = create_task(transaction, now, actor, new).task.id
            # An instant apart, since subtasks are in the order of their creation.
            made = [
                create_task(
                    transaction, now + timedelta(microseconds=place), actor, NewTask(title=step, parent_id=parent)
                )
                for place, step in enumerate(findings.steps[: judgement.STEPS_MADE], start=1)
            ]
            return Fulfilled(
                view=require_task(cursor, parent),
                subtasks=tuple(made),
                steps_found=len(findings.steps),
                priority=findings.priority,
                estimate=findings.estimate,
                template=findings.template,
                alike=findings.alike[:_ALIKE_SHOWN],
            )

        return await self._store.write(work, Fulfilled, once)


def _deadline_risks(cursor: Cursor, today: date, limit: int) -> list[Suggestion]:
    late = attention.overdue_ids(cursor, today, limit)
    last = today + timedelta(days=DUE_SOON_DAYS)
    soon = attention.due_ids(cursor, today, last, RULES[Reason.DUE_SOON].most or limit)
    found = []
    for view in tasks.by_ids(cursor, [*late, *soon]):
        days_left = ((view.task.due_date or today) - today).days
        reason = Reason.OVERDUE if days_left < 0 else Reason.DUE_SOON
        found.append(about(reason, view, abs(days_left)))
    return found


def _next_actions(cursor: Cursor) -> list[Suggestion]:
    startable = attention.startable_ids(cursor, RULES[Reason.STARTABLE].most or 0)
    lingering = attention.lingering_ids(cursor, RULES[Reason.LINGERING].most or 0)
    return [
        about(Reason.STARTABLE if view.task.status is Status.PENDING else Reason.LINGERING, view)
        for view in tasks.by_ids(cursor, [*startable, *lingering])
    ]


def _similar_tasks(cursor: Cursor, text: str) -> list[Suggestion]:
    """Completed tasks like the active one or like the text, whichever they are more like."""
    active_id = context.active_task_id(cursor)
    references = [keywords(text)]
    if active_id is not None:
        active = require_task(cursor, active_id).task
        references.append(task_keywords(active.title, active.description))
    best: dict[str, Alike] = {}
    for reference in references:
        for alike in _alike(cursor, reference, (Status.COMPLETED,), SIMILAR_ABOVE):
            known = best.get(alike.view.task.id)
            if known is None or known.similarity < alike.similarity:
                best[alike.view.task.id] = alike
    best.pop(active_id or "", None)
    most_alike = sorted(best.values(), key=lambda each: -each.similarity)[: RULES[Reason.SIMILAR].most]
    return [about(Reason.SIMILAR, each.view, each.similarity, each.shared) for each in most_alike]


def _findings(cursor: Cursor, wish: Wish, language: str) -> _Findings:
    title, description = wish.task.title, wish.task.description
    alike = _alike(cursor, task_keywords(title, description), tuple(Status), _ALIKE_ABOVE)
    recommended = None
    if wish.recommend_template:
        aliases = {each.alias for each in templates.of_language(cursor, language) if each.alias is not None}
        recommended = judgement.template(title, description, aliases)
    estimate = None
    if wish.estimate:
        estimate = judgement.estimate(
            title, description, [(each.similarity, each.view.task.description) for each in alike]
        )
    return _Findings(
        steps=tuple(judgement.steps(description)) if wish.divide else (),
        priority=judgement.priority(title, description) if wish.judge_priority else None,
        estimate=estimate,
        template=recommended,
        alike=alike,
    )


def _alike(cursor: Cursor, words: frozenset[str], statuses: Sequence[Status], above: float) -> tuple[Alike, ...]:
    """The tasks that share most with these keywords, most alike first."""
    scored = []
    for task_id, title, description in similar.candidates(cursor, words, statuses):
        theirs = folded_keywords(f"{title} {description}")
        score = similarity(words, theirs)
        if score > above:
            scored.append((-score, task_id, tuple(sorted(words & theirs))))
    scored = sorted(scored)[:_ALIKE_WEIGHED]
    views = tasks.by_ids(cursor, [task_id for _, task_id, _ in scored])
    return tuple(
        Alike(view=view, similarity=-score, shared=shared)
        for view, (score, _, shared) in zip(views, scored, strict=True)
    )
