"""What holds of a workspace after whatever was done to it, refused operations included."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from twisted.internet.defer import Deferred

from gorev.domain.errors import GorevError
from gorev.domain.event import EventKind, TemplatesAdded
from gorev.domain.links import Relation
from gorev.domain.project import ProjectChange, ProjectView
from gorev.domain.query import TaskQuery
from gorev.domain.task import NewTask, TaskChange, TaskView
from gorev.domain.values import UNSET, LinkKind, Priority, Status
from tests.support.open_store import ACTOR, OpenStore, done, new_path

# Which of the entities there are; far more numbers than entities, and -1 means none.
picks = st.integers(-1, 99)
statuses = st.sampled_from(Status)


class Workspace(RuleBasedStateMachine):
    """Random operations; what is true in between is asked through the operations alone."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.store = OpenStore(new_path(self.folder))
        self.tasks: list[TaskView] = []
        self.projects: list[ProjectView] = []
        self.look()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            done(Deferred.fromCoroutine(self.store.database.close()))
            shutil.rmtree(self.folder)

    def look(self) -> None:
        rows = done(self.store.tasks.page(TaskQuery(all_projects=True, limit=1000))).value.rows
        self.tasks = [row.view for row in rows]
        self.projects = done(self.store.projects.every()).value

    def attempt(self, operation: Deferred[Any]) -> None:
        """Do it; a refusal must leave everything as it was."""
        self.store.later()
        before = (self.tasks, self.projects, len(self.store.events))
        try:
            done(operation)
        except GorevError:
            self.look()
            assert (self.tasks, self.projects, len(self.store.events)) == before
        else:
            self.look()

    def task(self, pick: int) -> str | None:
        return picked([view.task.id for view in self.tasks], pick)

    def project(self, pick: int) -> str | None:
        return picked([view.project.id for view in self.projects], pick)

    @rule(
        parent=picks, project=st.none() | picks, status=statuses, tags=st.lists(st.sampled_from(["a", "A", "ı", "I"]))
    )
    def create(self, parent: int, project: int | None, status: Status, tags: list[str]) -> None:
        self.attempt(
            self.store.tasks.create(
                ACTOR,
                NewTask(
                    title="Demo",
                    status=status,
                    parent_id=self.task(parent),
                    project_id=UNSET if project is None else self.project(project),
                    tags=tuple(tags),
                ),
            )
        )

    @rule(
        which=picks,
        change=st.builds(
            TaskChange,
            title=st.sampled_from([UNSET, "Demo", "Anders", " "]),
            status=st.sampled_from([UNSET, *Status]),
            priority=st.sampled_from([UNSET, *Priority]),
            due_date=st.sampled_from([UNSET, None, date(2025, 10, 6)]),
            tags=st.sampled_from([UNSET, (), ("a",), ("b", "a"), ("a,b",)]),
        ),
        rev=st.none() | st.integers(1, 3),
    )
    def change(self, which: int, change: TaskChange, rev: int | None) -> None:
        try:
            operation = self.store.tasks.change(ACTOR, self.task(which) or "missing task", change, rev=rev)
        except GorevError:
            return
        self.attempt(operation)

    @rule(which=picks, parent=picks)
    def move(self, which: int, parent: int) -> None:
        if (task_id := self.task(which)) is not None:
            self.attempt(self.store.tasks.change(ACTOR, task_id, TaskChange(parent_id=self.task(parent))))

    @rule(which=picks, project=picks, parent=st.none() | picks)
    def move_to_project(self, which: int, project: int, parent: int | None) -> None:
        if (task_id := self.task(which)) is not None:
            parent_id = UNSET if parent is None else self.task(parent)
            change = TaskChange(project_id=self.project(project), parent_id=parent_id)
            self.attempt(self.store.tasks.change(ACTOR, task_id, change))

    @rule(which=picks)
    def delete(self, which: int) -> None:
        self.attempt(self.store.tasks.delete(ACTOR, self.task(which) or "missing task"))

    @rule(one=picks, relation=st.sampled_from(Relation), other=picks)
    def link(self, one: int, relation: Relation, other: int) -> None:
        ends = self.task(one) or "missing task", self.task(other) or "missing task"
        self.attempt(self.store.links.add(ACTOR, ends[0], relation, ends[1]))

    @rule(name=st.sampled_from(["P", "Q"]))
    def create_project(self, name: str) -> None:
        self.attempt(self.store.projects.create(ACTOR, name))

    @rule(which=picks, name=st.sampled_from(["P", "Q"]))
    def change_project(self, which: int, name: str) -> None:
        self.attempt(
            self.store.projects.change(ACTOR, self.project(which) or "missing project", ProjectChange(name=name))
        )

    @rule(which=picks)
    def delete_project(self, which: int) -> None:
        self.attempt(self.store.projects.delete(ACTOR, self.project(which) or "missing project"))

    @rule(which=picks)
    def activate(self, which: int) -> None:
        project_id = self.project(which)
        operation: Deferred[Any] = self.store.projects.deactivate(ACTOR)
        if project_id is not None:
            operation = self.store.projects.activate(ACTOR, project_id)
        self.attempt(operation)

    @invariant()
    def tasks_form_a_forest_whose_trees_are_of_one_project_each(self) -> None:
        by_id = {view.task.id: view for view in self.tasks}
        for view in self.tasks:
            line = [view.task]
            while (parent_id := line[-1].parent_id) is not None:
                line.append(by_id[parent_id].task)
                assert len(line) <= len(self.tasks)
            assert view.level == len(line) - 1
            assert len({each.project_id for each in line}) == 1

    @invariant()
    def what_is_counted_is_what_is_there(self) -> None:
        children = Counter(view.task.parent_id for view in self.tasks)
        per_project = Counter((view.task.project_id, view.task.status) for view in self.tasks)
        for view in self.tasks:
            assert view.subtask_count == children[view.task.id]
        for project in self.projects:
            count = {status: per_project[project.project.id, status] for status in Status}
            assert project.task_count == sum(count.values())
            assert project.pending_count == count[Status.PENDING]
            assert project.in_progress_count == count[Status.IN_PROGRESS]
            assert project.completed_count == count[Status.COMPLETED]
            assert project.cancelled_count == count[Status.CANCELLED]
        assert sum(project.is_active for project in self.projects) <= 1

    @invariant()
    def prerequisites_are_counted_and_form_no_circle(self) -> None:
        status = {view.task.id: view.task.status for view in self.tasks}
        blocking = set()
        for view in self.tasks:
            links = done(self.store.links.of_task(view.task.id)).value
            blocking |= {(link.source_id, link.target_id) for link in links if link.kind is LinkKind.BLOCKS}
        for view in self.tasks:
            sources = [source for source, target in blocking if target == view.task.id]
            assert view.dependency_count == len(sources)
            assert view.uncompleted_dependency_count == sum(status[each] is not Status.COMPLETED for each in sources)
            assert view.dependent_count == sum(source == view.task.id for source, _ in blocking)
        waiting = TopologicalSorter[str]()
        for source, target in blocking:
            waiting.add(target, source)
        waiting.prepare()  # raises if there is a circle

    @invariant()
    def every_change_is_numbered_and_tells_the_next_revision(self) -> None:
        """Replaying the events gives what is there."""
        assert [event.seq for event in self.store.events] == list(range(1, len(self.store.events) + 1))
        replayed: dict[str, TaskView | ProjectView] = {}
        for event in self.store.events:
            if event.kind is EventKind.WORKSPACE_SYNC:
                assert event.before is event.after is None
                continue
            assert event.entity_id is not None
            assert not isinstance(event.before, TemplatesAdded)
            known = replayed.pop(event.entity_id, None)
            assert (known is None) == (event.before is None)
            assert known is None or event.before is None or entity(known) == entity(event.before)
            if event.after is not None:
                assert not isinstance(event.after, TemplatesAdded)
                replayed[event.entity_id] = event.after
                expected = 1 if known is None else entity(known).rev + 1
                assert event.rev == expected
                assert known is None or entity(event.after).updated_at > entity(known).updated_at
                assert (event.changed == ()) == (known is None)
        there: list[TaskView | ProjectView] = [*self.tasks, *self.projects]
        assert {entity(view).id: entity(view) for view in there} == {
            id_: entity(view) for id_, view in replayed.items()
        }


def picked(ids: Sequence[str], pick: int) -> str | None:
    return ids[pick % len(ids)] if ids and pick >= 0 else None


def entity(view: TaskView | ProjectView) -> Any:
    return view.task if isinstance(view, TaskView) else view.project


TestWorkspace = Workspace.TestCase
TestWorkspace.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
