"""The number of SQL statements of an operation does not depend on the number of rows, nor what each looks at."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest
import pytest_twisted

from gorev.domain.bulk import TagChange
from gorev.domain.identifiers import new_id
from gorev.domain.project import ProjectChange
from gorev.domain.query import TaskQuery
from gorev.domain.task import NewTask, TaskChange
from gorev.domain.values import Priority, Status, Tag
from gorev.services.advice import AdviceOperations, Wish
from gorev.services.briefing import BriefingOperations
from gorev.services.bulk import BulkOperations
from gorev.services.catalogue import CatalogueOperations
from gorev.services.context import ContextOperations
from gorev.services.profiles import ProfileOperations
from gorev.services.store import Answer
from gorev.services.summary import SummaryOperations
from gorev.services.templates import TemplateOperations
from gorev.storage import sqlite, tags, tasks
from gorev.storage.transaction import Transaction
from tests.support.open_store import ACTOR, OpenStore, open_store

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

Read = Callable[[OpenStore, str, str], Awaitable[Answer[Any]]]

READS: dict[str, Read] = {
    "page": lambda store, top, project: store.tasks.page(TaskQuery(limit=1000)),
    "page with subtrees": lambda store, top, project: store.tasks.page(TaskQuery(limit=1000), with_subtrees=True),
    "trees": lambda store, top, project: store.tasks.trees(TaskQuery(limit=1000)),
    "tasks of a project": lambda store, top, project: store.tasks.of_project(TaskQuery(project_id=project, limit=1000)),
    "detail": lambda store, top, project: store.tasks.get(top),
    "hierarchy": lambda store, top, project: store.tasks.hierarchy(top),
    "children": lambda store, top, project: store.tasks.children(top),
    "projects": lambda store, top, project: store.projects.every(),
    "summary": lambda store, top, project: SummaryOperations(store.store).get("tr"),
    "suggestions": lambda store, top, project: AdviceOperations(store.store).suggest("tr", "demo", 100),
    "plan of a day": lambda store, top, project: BriefingOperations(store.store).day(None, 1000),
    "report": lambda store, top, project: BriefingOperations(store.store).report(project, 7, 1000),
    "suggested tasks": lambda store, top, project: CatalogueOperations(store.store).suggest_tasks("task", 1000),
    "catalogue": lambda store, top, project: CatalogueOperations(store.store).page(None, 1000),
    "templates": lambda store, top, project: TemplateOperations(store.store).listed("tr"),
    "context": lambda store, top, project: ContextOperations(store.store).summary(),
    "recent tasks": lambda store, top, project: ContextOperations(store.store).recent(10),
    "links": lambda store, top, project: store.links.of_task(top),
    "one project": lambda store, top, project: store.projects.get(project),
    "active project": lambda store, top, project: store.projects.active(),
    "profiles": lambda store, top, project: ProfileOperations(store.store).every(),
}
WRITES: dict[str, Read] = {
    "create": lambda store, top, project: store.tasks.create(ACTOR, NewTask(title="t", parent_id=top, tags=("tag 1",))),
    "change": lambda store, top, project: store.tasks.change(ACTOR, top, TaskChange(title="t", due_date=None)),
    "begin": lambda store, top, project: store.tasks.change(ACTOR, top, TaskChange(status=Status.IN_PROGRESS)),
    "bulk transition": lambda store, top, project: BulkOperations(store.store).transition(
        ACTOR, [top], Status.IN_PROGRESS
    ),
    "bulk tags": lambda store, top, project: BulkOperations(store.store).tag(ACTOR, [top], ["x"], TagChange.ADD),
    "bulk update": lambda store, top, project: BulkOperations(store.store).update(
        ACTOR, [(top, TaskChange(priority=Priority.HIGH))], dry_run=True
    ),
    "activate task": lambda store, top, project: ContextOperations(store.store).set_active(ACTOR, top),
    "intelligent": lambda store, top, project: AdviceOperations(store.store).create(
        ACTOR, Wish(task=NewTask(title="task", description="task 1 task 2"), estimate=True, judge_priority=True), "tr"
    ),
    "new project": lambda store, top, project: store.projects.create(ACTOR, "Other"),
    "rename project": lambda store, top, project: store.projects.change(ACTOR, project, ProjectChange(name="Other")),
    "activate project": lambda store, top, project: store.projects.activate(ACTOR, project),
    "deactivate project": lambda store, top, project: store.projects.deactivate(ACTOR),
}


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that databases opened from now on execute; those of triggers are there as comments."""
    executed: list[str] = []

    def traced(configure: Callable[..., None]) -> Callable[..., None]:
        def configured(connection: sqlite3.Connection, **options: Any) -> None:
            configure(connection, **options)
            connection.set_trace_callback(executed.append)

        return configured

    for name in ("configure_reader", "configure_writer"):
        monkeypatch.setattr(sqlite, name, traced(getattr(sqlite, name)))
    return executed


@in_reactor
@pytest.mark.parametrize("operation", (READS | WRITES).values(), ids=READS | WRITES)
async def test_ten_tasks_and_hundreds_take_the_same_statements(
    tmp_path: Path, statements: list[str], operation: Read
) -> None:
    counts = []
    for size in (10, 300):
        async with open_store(tmp_path) as store:
            project = await store.project()
            top = await store.task(project_id=project.id, tags=("api", "web"))
            await grow(store, top.id, size - 1)
            statements.clear()
            await operation(store, top.id, project.id)
            counts.append(sum(not statement.startswith("--") for statement in statements))
    assert counts[0] == counts[1] <= 60


@in_reactor
@pytest.mark.parametrize("operation", (READS | WRITES).values(), ids=READS | WRITES)
async def test_no_statement_looks_at_every_task(tmp_path: Path, statements: list[str], operation: Read) -> None:
    """An index that is gone through stops where there is enough; to go through the table, or to sort it, does not."""
    async with open_store(tmp_path) as store:
        project = await store.project()
        top = await store.task(project_id=project.id, tags=("api", "web"))
        await grow(store, top.id, 50)
        statements.clear()
        await operation(store, top.id, project.id)
        verbs = ("SELECT", "WITH", "UPDATE", "INSERT", "DELETE")
        asked = [each for each in statements if each.lstrip().startswith(verbs)]

        def plans(cursor: sqlite3.Cursor) -> list[str]:
            return [detail for each in asked for *_, detail in cursor.execute(f"EXPLAIN QUERY PLAN {each}")]

        plan = await store.database.read(plans)
    assert [detail for detail in plan if detail.startswith("SCAN tasks") and "INDEX" not in detail] == []


async def grow(store: OpenStore, top_id: str, number: int) -> None:
    """Put tasks with tags below a task, half of them directly."""
    top = await store.now(top_id)

    def work(transaction: Transaction) -> None:
        parent_id = top_id
        for each in range(number):
            own: tuple[Tag, ...] = tags.ensure(transaction.cursor, [f"tag {each % 7}"])
            child = attrs.evolve(top, id=new_id(), parent_id=parent_id, tags=(*top.tags, *own))
            tasks.insert(transaction.cursor, child)
            parent_id = top_id if each % 2 else child.id

    await store.database.write(work)
