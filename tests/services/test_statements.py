"""The number of SQL statements of a read does not depend on the number of rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from gorev.domain.identifiers import new_id
from gorev.domain.query import TaskQuery
from gorev.domain.values import Tag
from gorev.services.advice import AdviceOperations
from gorev.services.briefing import BriefingOperations
from gorev.services.catalogue import CatalogueOperations
from gorev.services.store import Answer
from gorev.services.summary import SummaryOperations
from gorev.services.templates import TemplateOperations
from gorev.storage import sqlite, tags, tasks
from gorev.storage.database import Transaction
from tests.support.open_store import OpenStore, open_store

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

Read = Callable[[OpenStore, str, str], Deferred[Answer[Any]]]

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
}


@in_reactor
@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_ten_tasks_and_a_thousand_take_the_same_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    statements: list[str] = []
    configure = sqlite.configure_reader

    def traced(connection: sqlite3.Connection) -> None:
        configure(connection)
        connection.set_trace_callback(statements.append)

    monkeypatch.setattr(sqlite, "configure_reader", traced)
    counts = []
    for size in (10, 1000):
        async with open_store(tmp_path) as store:
            project = await store.project()
            top = await store.task(project_id=project.id, tags=("api", "web"))
            await grow(store, top.id, size - 1)
            statements.clear()
            await read(store, top.id, project.id)
            # SQLite shows those that an index makes of its own accord as comments.
            counts.append(sum(not statement.startswith("--") for statement in statements))
    assert counts[0] == counts[1] <= 20


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
