"""What goes out of one workspace into an empty one is there as it was."""

from __future__ import annotations

import shutil
import tempfile
import unittest
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from gorev.domain.errors import GorevError
from gorev.domain.event import EventKind
from gorev.domain.exporting import Format, Selection
from gorev.domain.importing.plan import Resolution
from gorev.domain.links import Relation
from gorev.domain.project import ProjectView
from gorev.domain.task import NewTask, TaskView
from gorev.domain.values import Priority, Status
from gorev.storage import events, tasks
from gorev.storage.sqlite import Cursor
from tests.support.open_store import ACTOR, done, new_path
from tests.support.transferring import TransferStore

EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
titles = st.one_of(text, st.sampled_from(["=1+1", "'=x", "-", "a\r\nb", '"İı"', "görev", " "])).filter(str.strip)
tag_names = st.sampled_from(["api", "Ş", "i", "İ", "uzun ad"])
places = st.integers(-1, 9)
new_tasks = st.tuples(
    titles,
    text,
    st.sampled_from(Status),
    st.sampled_from(Priority),
    places,
    places,
    st.none() | st.dates(date(1, 1, 1)),
    st.lists(tag_names, max_size=3),
)
workspaces = st.tuples(
    st.lists(st.tuples(titles, text), max_size=3),
    st.lists(new_tasks, max_size=8),
    st.lists(st.tuples(places, st.sampled_from(Relation), places), max_size=6),
    places,
    st.lists(places, max_size=4),
)


def picked(ids: list[str], place: int) -> str | None:
    return ids[place % len(ids)] if ids and place >= 0 else None


async def fill(store: TransferStore, workspace: Any) -> None:
    """Make what hypothesis thought of, as far as the rules let it be."""
    new_projects, wanted, links, active, used = workspace
    projects = []
    for name, definition in new_projects:
        store.later()
        projects.append((await store.projects.create(ACTOR, name, definition)).value.project.id)
    ids: list[str] = []
    for title, description, status, priority, project, parent, due, tags in wanted:
        store.later()
        parent_id = picked(ids, parent)
        new = NewTask(
            title=title,
            description=description,
            status=status,
            priority=priority,
            parent_id=parent_id,
            due_date=due,
            tags=tuple(tags),
            **({} if parent_id else {"project_id": picked(projects, project)}),
        )
        ids.append((await store.tasks.create(ACTOR, new)).value.task.id)
    for one, relation, other in links:
        store.later()
        try:
            await store.links.add(ACTOR, picked(ids, one) or "nobody", relation, picked(ids, other) or "nobody")
        except GorevError:
            continue
    if (project_id := picked(projects, active)) is not None:
        await store.projects.activate(ACTOR, project_id)
    for place in used:
        store.later()
        if (task_id := picked(ids, place)) is not None:
            await store.context.set_active(ACTOR, task_id)


def with_stores(check: Callable[[TransferStore, TransferStore], Awaitable[None]]) -> None:
    """Run a check on two new workspaces."""
    folder = Path(tempfile.mkdtemp())

    async def run() -> None:
        stores = TransferStore(new_path(folder)), TransferStore(new_path(folder))
        try:
            await check(*stores)
        finally:
            for store in stores:
                await store.database.close()

    try:
        done(Deferred.fromCoroutine(run()))
    finally:
        shutil.rmtree(folder)


async def everything_derived_is_right(store: TransferStore) -> None:
    """Search index, counts, and the log of events, which tells of each task as it is stored."""

    def work(cursor: Cursor) -> None:
        counted = dict(cursor.execute("SELECT project_id || status || priority, number FROM task_counts WHERE number"))
        assert counted == dict(
            cursor.execute("SELECT coalesce(project_id, '') || status || priority, count(*) FROM tasks GROUP BY 1")
        )
        due = dict(cursor.execute("SELECT due_date, number FROM due_counts WHERE number"))
        assert due == dict(
            cursor.execute("SELECT due_date, count(*) FROM tasks WHERE is_open AND due_date IS NOT NULL GROUP BY 1")
        )
        last: dict[str, TaskView] = {}
        log = events.after(cursor, 0, 10_000)
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        for event in log:
            if isinstance(event.after, TaskView):
                last[event.after.task.id] = event.after
            elif event.kind is EventKind.TASK_DELETED and event.entity_id is not None:
                del last[event.entity_id]
            else:
                assert event.after is None or not isinstance(event.after, ProjectView) or event.entity_id
        stored = {view.task.id: view.task for view in tasks.by_ids(cursor, list(last))}
        assert {id_: view.task for id_, view in last.items()} == stored
        (number,) = cursor.execute("SELECT count(*) FROM tasks").fetchone()
        assert number == len(last)

    await store.store.read(work)
    check = "INSERT INTO task_text (task_text, rank) VALUES ('integrity-check', 1)"
    await store.database.write(lambda transaction: transaction.cursor.execute(check).fetchall())


class TestTransfer(unittest.TestCase):
    """A test case, since those run outside of the reactor, which each example waits for."""

    @EXAMPLES
    @given(workspaces)
    def test_a_workspace_is_the_same_in_an_empty_one_when_ids_are_kept(self, workspace: Any) -> None:
        async def check(source: TransferStore, target: TransferStore) -> None:
            await fill(source, workspace)
            before = await source.content()
            report = await target.imported(await source.exported(), preserve_ids=True, replace=True)
            assert await target.content() == before
            assert (report.imported_tasks, report.imported_projects) == (len(before.tasks), len(before.projects))
            assert (report.conflicts, report.warnings, report.id_map) == ((), (), {})
            await everything_derived_is_right(target)

        with_stores(check)

    @EXAMPLES
    @given(workspaces)
    def test_a_workspace_is_the_same_under_new_ids_when_they_are_not_kept(self, workspace: Any) -> None:
        async def check(source: TransferStore, target: TransferStore) -> None:
            await fill(source, workspace)
            before = await source.content()
            report = await target.imported(await source.exported(), replace=True)
            after = await target.content()
            assert not before.tasks.keys() & after.tasks.keys()
            assert after.under({}) == before.under(report.id_map)
            await everything_derived_is_right(target)

        with_stores(check)

    @EXAMPLES
    @given(workspaces)
    def test_csv_brings_back_everything_that_it_holds(self, workspace: Any) -> None:
        async def check(source: TransferStore, target: TransferStore) -> None:
            await fill(source, workspace)
            before = await source.content()
            await target.imported(await source.exported(Selection(), Format.CSV), Format.CSV, preserve_ids=True)
            after = await target.content()
            names = [{id_: name for id_, (name, *_) in each.projects.items()} for each in (before, after)]
            labels = [each.tags for each in (before, after)]
            rows = [
                {
                    id_: [*row[:4], names[side].get(row[4]), *row[5:7], [labels[side][tag] for tag in row[7]], *row[8:]]
                    for id_, row in each.tasks.items()
                }
                for side, each in enumerate((before, after))
            ]
            assert rows[1] == rows[0]

        with_stores(check)

    @EXAMPLES
    @given(workspaces, workspaces, st.sampled_from(Resolution), st.booleans())
    def test_a_second_import_changes_nothing_unless_it_shall_overwrite(
        self, workspace: Any, other: Any, resolution: Resolution, preserve_ids: bool
    ) -> None:
        """And whatever is imported on top of whatever, all that is derived is right, and the trial said so before."""

        async def check(source: TransferStore, target: TransferStore) -> None:
            await fill(source, workspace)
            await fill(target, other)
            document = await source.exported()
            terms: dict[str, Any] = {"resolution": resolution, "preserve_ids": preserve_ids}
            untouched = await target.content()
            trial = await target.imported(document, dry_run=True, **terms)
            assert await target.content() == untouched
            report = await target.imported(document, **terms)
            for name in ("tasks", "projects", "tags", "templates", "dependencies"):
                assert getattr(trial, f"imported_{name}") == getattr(report, f"imported_{name}")
            assert trial.skipped == report.skipped
            assert trial.conflicts == report.conflicts
            await everything_derived_is_right(target)
            settled = await target.content()
            again = await target.imported(document, **terms)
            # Of tasks that look alike, interactions may go to another one the second time.
            assert attrs.evolve(await target.content(), context=None) == attrs.evolve(settled, context=None)
            assert again.imported_tasks == (0 if not resolution.changes else len((await source.content()).tasks))

        with_stores(check)
