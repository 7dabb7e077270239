"""Which suggestions come first, and which templates fit (``behaviours.md`` §4)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import attrs
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.default_templates import every
from gorev.domain.suggestion import RULES, Level, Reason, Suggestion, about, fitting_templates, ordered
from gorev.domain.task import Task, TaskView
from gorev.domain.values import Priority, Status

INSTANT = datetime(2025, 10, 6, tzinfo=UTC)
VIEW = TaskView(
    task=Task(
        id="1",
        title="t",
        description="",
        status=Status.PENDING,
        priority=Priority.MEDIUM,
        project_id=None,
        parent_id=None,
        due_date=None,
        tags=(),
        created_at=INSTANT,
        updated_at=INSTANT,
        rev=1,
    ),
    project_name=None,
    level=0,
    dependency_count=0,
    uncompleted_dependency_count=0,
    dependent_count=0,
    subtask_count=0,
)


def due(day: date | None) -> TaskView:
    return attrs.evolve(VIEW, task=attrs.evolve(VIEW.task, due_date=day))


suggestions = st.builds(
    about,
    st.sampled_from([reason for reason in Reason if reason is not Reason.FITTING_TEMPLATE]),
    st.builds(due, st.none() | st.dates(date(2025, 1, 1), date(2025, 1, 5))),
)


@given(st.lists(suggestions), st.integers(1, 10))
def test_the_order_is_level_then_confidence_then_due_date(given_: list[Suggestion], limit: int) -> None:
    shown = ordered(given_, limit)
    ranks = [
        (
            list(Level).index(each.rule.level),
            -each.confidence,
            each.view.task.due_date or date.max if each.view else date.max,
        )
        for each in shown
    ]
    assert ranks == sorted(ranks)
    assert len(shown) == min(limit, len(given_))


def test_what_is_overdue_comes_before_what_is_due_soon_and_before_what_lingers() -> None:
    soon, late, lingering = (
        about(reason, due(date(2025, 1, 1))) for reason in (Reason.DUE_SOON, Reason.OVERDUE, Reason.LINGERING)
    )
    assert ordered([lingering, soon, late], 3) == (late, soon, lingering)


def test_each_reason_is_as_sure_as_its_rule() -> None:
    assert {reason: about(reason, VIEW).confidence for reason in RULES if reason is not Reason.FITTING_TEMPLATE} == {
        Reason.OVERDUE: 0.9,
        Reason.DUE_SOON: 0.8,
        Reason.STARTABLE: 0.9,
        Reason.LINGERING: 0.7,
        Reason.SIMILAR: 0.6,
    }


def test_a_template_fits_once_its_words_occur_twice_and_is_sure_after_ten_times() -> None:
    templates = [each for each in every() if each.alias == "spike" and each.language == "en"]
    word = frozenset({"spike"})
    assert fitting_templates(templates, [word]) == []
    assert [(each.confidence, each.number) for each in fitting_templates(templates, [word] * 2)] == [(0.2, 2)]
    assert [each.confidence for each in fitting_templates(templates, [word] * 30)] == [1.0]
