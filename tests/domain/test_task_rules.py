"""The rules by which a task is changed: status, parent, revision, time."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain import project
from gorev.domain.errors import (
    CycleDetected,
    DependencyIncomplete,
    ProjectMismatch,
    StaleRevision,
    SubtasksIncomplete,
)
from gorev.domain.project import Project
from gorev.domain.task import (
    Prerequisite,
    Task,
    changed,
    check_parent,
    check_revision,
    check_status,
    revised,
)
from gorev.domain.values import Priority, Status, Tag

BEGIN = datetime(2025, 10, 6, 10, 30, tzinfo=UTC)
PENDING, IN_PROGRESS, COMPLETED, CANCELLED = Status
OPEN = (PENDING, IN_PROGRESS)

# Rule S2: the transitions that an open prerequisite forbids.
WAITING = {
    (PENDING, IN_PROGRESS),
    (COMPLETED, IN_PROGRESS),
    (CANCELLED, IN_PROGRESS),
    (PENDING, COMPLETED),
    (CANCELLED, COMPLETED),
}

statuses = st.sampled_from(Status)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 as hypothesis wants
transitions = pytest.mark.parametrize(
    ("current", "target"), [(current, target) for current in Status for target in Status]
)


def task(**values: object) -> Task:
    made = Task(
        id="t",
        title="Demo",
        description="",
        status=PENDING,
        priority=Priority.MEDIUM,
        project_id=None,
        parent_id=None,
        due_date=None,
        tags=(),
        created_at=BEGIN,
        updated_at=BEGIN,
        rev=1,
    )
    return attrs.evolve(made, **values)  # type: ignore[arg-type]  # attrs checks the names


def prerequisite(status: Status, id_: str = "p") -> Prerequisite:
    return Prerequisite(id=id_, title=id_.upper(), status=status)


@transitions
def test_without_prerequisites_and_subtasks_every_transition_is_allowed(current: Status, target: Status) -> None:
    check_status(current, target, [], 0)


@transitions
@pytest.mark.parametrize("blocking", OPEN)
def test_an_open_prerequisite_forbids_to_start_or_to_finish_what_was_not_started(
    current: Status, target: Status, blocking: Status
) -> None:
    """Rule S2."""
    if (current, target) in WAITING:
        with pytest.raises(DependencyIncomplete) as refusal:
            check_status(current, target, [prerequisite(COMPLETED, "a"), prerequisite(blocking, "b")], 0)
        assert refusal.value.details["open"] == [prerequisite(blocking, "b")]
    else:
        check_status(current, target, [prerequisite(blocking)], 0)


@transitions
@pytest.mark.parametrize("finished", [COMPLETED, CANCELLED])
def test_a_finished_or_cancelled_prerequisite_forbids_nothing(
    current: Status, target: Status, finished: Status
) -> None:
    check_status(current, target, [prerequisite(finished)], 0)


@transitions
def test_open_descendants_forbid_completion_only(current: Status, target: Status) -> None:
    """Rule S3, with S4 for what is completed already."""
    if target is COMPLETED and current is not COMPLETED:
        with pytest.raises(SubtasksIncomplete) as refusal:
            check_status(current, target, [], 3)
        assert refusal.value.details["count"] == 3
    else:
        check_status(current, target, [], 3)


@given(statuses, statuses, st.lists(statuses), st.integers(0, 5))
def test_a_transition_passes_exactly_if_neither_rule_forbids_it(
    current: Status, target: Status, prerequisites: list[Status], open_descendants: int
) -> None:
    waits = (current, target) in WAITING and any(each in OPEN for each in prerequisites)
    unfinished = target is COMPLETED and current is not COMPLETED and open_descendants > 0
    expected = DependencyIncomplete if waits else SubtasksIncomplete
    with pytest.raises(expected) if waits or unfinished else nullcontext():
        check_status(current, target, [prerequisite(each) for each in prerequisites], open_descendants)


@pytest.mark.parametrize(
    ("ancestors_of_parent", "circle"),
    [((), ["t", "t"]), (("x",), ["t", "t"])],
)
def test_a_task_is_not_its_own_parent(ancestors_of_parent: tuple[str, ...], circle: list[str]) -> None:
    with pytest.raises(CycleDetected) as refusal:
        check_parent("t", None, task(id="t"), ancestors_of_parent)
    assert refusal.value.details["path"] == circle


def test_a_descendant_does_not_become_the_parent() -> None:
    """The circle that would close is told, from the task round to itself."""
    with pytest.raises(CycleDetected) as refusal:
        check_parent("t", None, task(id="grandchild"), ["child", "t", "above"])
    assert refusal.value.details["path"] == ["t", "child", "grandchild", "t"]


@pytest.mark.parametrize(("own", "parents"), [(None, "p"), ("p", None), ("p", "q")])
def test_a_parent_of_another_project_is_refused(own: str | None, parents: str | None) -> None:
    with pytest.raises(ProjectMismatch):
        check_parent("t", own, task(id="parent", project_id=parents), [])


@pytest.mark.parametrize("both", [None, "p"])
def test_a_parent_of_the_same_project_is_accepted(both: str | None) -> None:
    check_parent("t", both, task(id="parent", project_id=both), ["above", "top"])


@given(st.lists(st.integers(0, 30), min_size=1, max_size=15), st.data())
def test_a_move_is_refused_exactly_if_the_forest_would_stop_being_one(shape: list[int], data: st.DataObject) -> None:
    """``shape`` draws a forest: the parent of each number is a smaller one, or none."""
    parent_of = {each: (draw % (each + 1)) - 1 for each, draw in enumerate(shape)}
    moved = data.draw(st.sampled_from(sorted(parent_of)))
    parent = data.draw(st.sampled_from(sorted(parent_of)))

    def line(start: int) -> list[int]:
        above = []
        while (start := parent_of[start]) >= 0:
            above.append(start)
        return above

    would_close = moved == parent or moved in line(parent)
    try:
        check_parent(str(moved), None, task(id=str(parent)), [str(each) for each in line(parent)])
    except CycleDetected:
        assert would_close
    else:
        assert not would_close


def test_a_write_without_a_revision_is_not_judged_by_it() -> None:
    check_revision(None, 7, "current")


def test_a_write_that_names_the_newest_revision_passes() -> None:
    check_revision(7, 7, "current")


@pytest.mark.parametrize("named", [1, 6, 8])
def test_a_write_that_names_another_revision_is_shown_the_current_entity(named: int) -> None:
    with pytest.raises(StaleRevision) as refusal:
        check_revision(named, 7, "current")
    assert refusal.value.details["current"] == "current"


@given(instants, instants, st.integers(1, 10**9))
def test_a_change_raises_the_revision_by_one_and_moves_time_forward(
    updated_at: datetime, now: datetime, rev: int
) -> None:
    """Also where the clock went back or stands still (rule S5)."""
    before = task(updated_at=updated_at, rev=rev, title="Kept")
    after = revised(before, now)
    assert (after.rev, after.updated_at > updated_at, after.updated_at >= now) == (rev + 1, True, True)
    assert after.updated_at <= max(now, updated_at + timedelta(milliseconds=1))
    assert attrs.evolve(after, rev=rev, updated_at=updated_at) == before


@given(instants, instants)
def test_a_change_of_a_project_moves_its_time_forward_too(updated_at: datetime, now: datetime) -> None:
    before = Project(id="p", name="P", definition="", created_at=BEGIN, updated_at=updated_at, rev=4)
    after = project.revised(before, now)
    assert (after.rev, after.updated_at > updated_at, after.updated_at >= now) == (5, True, True)


def test_what_differs_is_named_and_nothing_else() -> None:
    before = task(title="Demo", due_date=date(2025, 12, 31), tags=(Tag(id="1", name="api"),))
    after, names = changed(before, title="Demo", due_date=None, status=IN_PROGRESS, tags=before.tags)
    assert sorted(names) == ["due_date", "status"]
    assert after == attrs.evolve(before, due_date=None, status=IN_PROGRESS)


def test_a_task_is_open_while_it_is_pending_or_in_progress() -> None:
    assert [each for each in Status if each.is_open] == [PENDING, IN_PROGRESS]
