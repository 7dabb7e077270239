"""Turkish and English queries over a small workspace, each with the tasks that it must find.

``golden/queries.json`` names the tasks by their keys in ``golden/tasks.json``; ``@key`` in a query stands for the
beginning of that task's id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import pytest
import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from gorev.domain.links import Relation
from gorev.domain.values import Priority, Status
from gorev.services.search import SearchOperations
from gorev.wire.decode import decode
from gorev.wire.search import SearchArguments
from gorev.wire.vocabulary import SEARCH_TOOL, Vocabulary
from tests.support.open_store import ACTOR, OpenStore, done, store_of_fixture

GOLDEN: Final = Path(__file__).parent / "golden"
WORKSPACE: Final = json.loads((GOLDEN / "tasks.json").read_text(encoding="utf-8"))
QUERIES: Final = json.loads((GOLDEN / "queries.json").read_text(encoding="utf-8"))
NOON: Final = time(12, tzinfo=UTC)  # the same day in most time zones
ALL: Final = 200

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


@attrs.frozen
class Searchable:
    """The workspace, open, and the ids of its tasks by key."""

    search: SearchOperations
    ids: dict[str, str]

    async def found(self, ask: str, arguments: dict[str, Any]) -> set[str]:
        """Keys of the tasks that a query finds."""
        keys = {id_: key for key, id_ in self.ids.items()}
        asked = re.sub(r"@(\w+?)(\d*)$", lambda at: "#" + self.ids[at[1]][: int(at[2] or 8)], ask)
        given: dict[str, Any] = {"mode": "advanced", "query": asked, "max_results": ALL} | arguments
        if given.get("filters", {}).get("parent_id") in self.ids:
            given["filters"] = {"parent_id": self.ids[given["filters"]["parent_id"]]}
        read = decode(SearchArguments, SEARCH_TOOL, given, Vocabulary.TURKISH, refuse_unknown=True).value
        if read.mode == "nlp":
            outcome = (await self.search.natural(read.text, ALL)).value
        else:
            outcome = (await self.search.search(read.request(Vocabulary.TURKISH))).value
        assert outcome.total == len(outcome.hits)
        return {keys[hit.view.task.id] for hit in outcome.hits}


async def filled(store: OpenStore) -> dict[str, str]:
    """Make what ``tasks.json`` describes."""
    store.time = datetime.combine(date(2025, 1, 1), NOON)
    projects = {name: (await store.project(name)).id for name in WORKSPACE["projects"]}
    ids: dict[str, str] = {}
    for each in sorted(WORKSPACE["tasks"], key=lambda task: task["created"]):
        store.time = datetime.combine(date.fromisoformat(each["created"]), NOON)
        values: dict[str, Any] = {"project_id": projects.get(each.get("project"))}
        if "parent" in each:
            values = {"parent_id": ids[each["parent"]]}
        if "due_date" in each:
            values["due_date"] = date.fromisoformat(each["due_date"])
        task = await store.task(
            each["title"],
            description=each["description"],
            tags=tuple(each.get("tags", ())),
            status=Status(each.get("status", "pending")),
            priority=Priority(each.get("priority", "medium")),
            **values,
        )
        ids[each["key"]] = task.id
        if "waits_for" in each:
            await store.links.add(ACTOR, task.id, Relation.WAITS_FOR, ids[each["waits_for"]])
    store.time = datetime.combine(date.fromisoformat(WORKSPACE["today"]), NOON)
    return ids


@pytest.fixture(scope="module")
def searchable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searchable]:
    """The workspace of ``tasks.json``."""
    with store_of_fixture(tmp_path_factory.mktemp("golden"), Clock()) as store:
        ids = done(Deferred.fromCoroutine(filled(store)))
        yield Searchable(SearchOperations(store.store), ids)


@pytest.mark.parametrize("query", [pytest.param(each, id=f"{each['group']}: {each['ask']}") for each in QUERIES])
@in_reactor
async def test_a_query_finds_these_tasks_and_no_others(searchable: Searchable, query: dict[str, Any]) -> None:
    assert await searchable.found(query["ask"], query.get("with", {})) == set(query["found"])


def test_there_are_at_least_200_queries() -> None:
    assert len(QUERIES) >= 200
