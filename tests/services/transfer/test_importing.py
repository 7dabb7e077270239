"""An import: one transaction, told as one event, and nothing of it if it fails (``behaviours.md`` §8.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import pytest_twisted

from gorev.domain.errors import Cancelled, InvalidReference, ProjectNotFound
from gorev.domain.event import EventKind
from gorev.domain.exporting import Format
from gorev.domain.importing.plan import Resolution, Terms
from gorev.domain.links import Relation
from gorev.domain.task import TaskView
from gorev.domain.values import Status
from gorev.services.store import Once
from gorev.services.undertakings import Undertaking
from gorev.storage import events, imports, tasks
from gorev.storage.sqlite import Cursor
from gorev.wire import imports as documents
from tests.support.open_store import ACTOR
from tests.support.transferring import TransferStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


def document(*titles: str, **values: Any) -> Any:
    return {"version": "1.0", "tasks": [{"id": f"k{title}", "baslik": title, **values} for title in titles]}


@in_reactor
async def test_all_of_an_import_is_one_event_while_the_log_holds_each(store: TransferStore) -> None:
    await store.task("there")
    before = len(store.committed)
    await store.imported({**document("a", "b"), "projects": [{"id": "p", "isim": "P"}]})
    ((sync,),) = store.committed[before:]
    assert (sync.kind, sync.first_seq, sync.seq) == (EventKind.WORKSPACE_SYNC, 2, 4)
    log = (await store.store.read(lambda cursor: events.after(cursor, 1, 10))).value
    assert [event.kind for event in log] == [EventKind.PROJECT_CREATED, EventKind.TASK_CREATED, EventKind.TASK_CREATED]
    assert [event.seq for event in log] == [2, 3, 4]


@pytest.mark.parametrize("values", [{"dry_run": True}, {"resolution": Resolution.PROMPT}])
@in_reactor
async def test_what_changes_nothing_tells_nothing(store: TransferStore, values: Any) -> None:
    await store.imported(document("a"))
    before = len(store.committed)
    await store.imported(document("a"), **values)
    assert len(store.committed) == before


@in_reactor
async def test_overwriting_with_the_same_is_no_change(store: TransferStore) -> None:
    await store.imported(document("a"), preserve_ids=False)
    before = len(store.committed)
    report = await store.imported(document("a"), resolution=Resolution.OVERWRITE)
    assert report.imported_tasks == 1
    assert len(store.committed) == before


@in_reactor
async def test_overwriting_makes_one_revision_with_the_names_of_what_differs(store: TransferStore) -> None:
    task = await store.task("a")
    store.later()
    changed = {"id": task.id, "baslik": "a", "durum": "tamamlandi", "etiketler": "x", "son_tarih": "2025-12-31"}
    await store.imported({"version": "1.0", "tasks": [changed]}, resolution=Resolution.OVERWRITE)
    log = (await store.store.read(lambda cursor: events.after(cursor, 1, 10))).value
    assert [(event.kind, set(event.changed), event.rev) for event in log] == [
        (EventKind.TASK_UPDATED, {"status", "tags", "due_date"}, 2)
    ]
    view = (await store.all_tasks())["a"]
    assert view.task.updated_at > task.updated_at
    assert view.task.status is Status.COMPLETED


@in_reactor
async def test_merging_fills_what_is_empty(store: TransferStore) -> None:
    task = await store.task("a", description="mine")
    row = {"id": task.id, "baslik": "b", "aciklama": "theirs", "durum": "iptal", "etiketler": ["x"]}
    await store.imported({"version": "1.0", "tasks": [row]}, resolution=Resolution.MERGE)
    merged = (await store.all_tasks())["a"].task
    assert (merged.description, merged.status, [tag.name for tag in merged.tags]) == ("mine", Status.PENDING, ["x"])


@in_reactor
async def test_replacing_leaves_what_the_document_holds_and_the_projects_that_were_named(store: TransferStore) -> None:
    kept, gone = await store.project("kept"), await store.project("gone")
    await store.task("old", project_id=gone.id, tags=("x",))
    await store.imported(document("new"), replace=True, project_id=kept.id[:8])
    content = await store.content()
    assert list(content.projects) == [kept.id]
    assert [row[0] for row in content.tasks.values()] == ["new"]
    assert content.tags == {}
    log = (await store.store.read(lambda cursor: events.after(cursor, 3, 10))).value
    assert [event.kind.value for event in log] == ["task_deleted", "project_deleted", "task_created"]


@in_reactor
async def test_replacing_keeps_the_templates_unless_the_document_brings_some(store: TransferStore) -> None:
    brought = {"isim": "Mine", "alias": "mine", "language_code": "tr"}
    await store.imported({**document("a"), "templates": [brought]})
    before = (await store.content()).templates
    await store.imported(document("b"), replace=True)
    assert (await store.content()).templates == before
    await store.imported({**document("c"), "templates": []}, replace=True)
    assert (await store.content()).templates == {}


@in_reactor
async def test_a_replacement_that_is_refused_deletes_nothing(store: TransferStore) -> None:
    await store.task("old")
    before = await store.content()
    with pytest.raises(InvalidReference):
        await store.imported(document("new", parent_id="nowhere"), replace=True)
    assert await store.content() == before


@pytest.mark.parametrize("replace", [False, True])
@in_reactor
async def test_a_failure_in_the_middle_leaves_nothing(
    store: TransferStore, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    """Rows, events, numbers, derived counts and the triggers that keep those: all as before."""
    project = await store.project("P")
    await store.task("old", project_id=project.id, tags=("x",))
    before, told = await store.content(), len(store.committed)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(imports, "insert_links", fail)
    with pytest.raises(ZeroDivisionError):
        await store.imported(document("new", etiketler="y"), replace=replace)
    assert await store.content() == before
    assert len(store.committed) == told
    task = await store.task("next", project_id=project.id)
    assert store.events[-1].seq == 3
    assert task.rev == 1
    (counted,) = (await store.projects.every()).value
    assert counted.task_count == 2


@in_reactor
async def test_an_import_that_is_cancelled_while_it_writes_leaves_nothing(
    store: TransferStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await store.content()
    advance = Undertaking.advance

    def cancelled_half_way(undertaking: Undertaking, done: int, total: int) -> None:
        if done >= total // 2:
            undertaking.cancel()
        advance(undertaking, done, total)

    monkeypatch.setattr(Undertaking, "advance", cancelled_half_way)
    with pytest.raises(Cancelled):
        await store.imported(document(*(str(number) for number in range(1200))))
    assert await store.content() == before
    assert store.committed == []


@in_reactor
async def test_the_same_key_yields_the_first_outcome_even_when_the_file_is_gone(store: TransferStore) -> None:
    path = store.root / "in.json"
    path.write_text('{"tasks": [{"title": "a"}]}')
    once = Once("key", "request")

    async def from_file() -> Any:
        operation = store.imports.from_file(
            ACTOR, "in.json", lambda place, file: documents.read_file(file, Format.JSON), Terms(), once
        )
        return (await operation).value

    first = await from_file()
    path.unlink()
    assert await from_file() == first
    assert len(await store.all_tasks()) == 1


@in_reactor
async def test_projects_that_the_terms_name_must_exist(store: TransferStore) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(ProjectNotFound):
        await store.imported(document("a"), project_id=unknown)
    with pytest.raises(InvalidReference, match="project_mapping"):
        await store.imported(document("a"), mapping={"p": unknown})


@in_reactor
async def test_projects_that_tasks_only_name_are_found_or_made_once(store: TransferStore) -> None:
    await store.project("There")
    rows = [{"title": title, "proje_adi": name} for title, name in (("a", "There"), ("b", "New"), ("c", "New"))]
    report = await store.imported(rows)
    assert (report.imported_projects, report.conflicts) == (1, ())
    assert sorted(row[0] for row in (await store.content()).projects.values()) == ["New", "There"]


@in_reactor
async def test_a_context_that_comes_does_not_push_away_the_one_there_is(store: TransferStore) -> None:
    task = await store.task("mine")
    await store.context.set_active(ACTOR, task.id)
    context = {"active_task_id": "ka", "recent_tasks": ["kb", "ka"], "session_data": {"n": 1}}
    interaction = {"gorev_id": "ka", "action_type": "viewed", "timestamp": "2025-01-01T00:00:00Z"}
    whole = {**document("a", "b"), "ai_context": {"context": context, "interactions": [interaction]}}
    await store.imported(whole)
    await store.imported(whole)
    views = await store.all_tasks()
    active, recent, session, interactions = (await store.content()).context
    assert active == task.id
    assert recent == [task.id, views["b"].task.id, views["a"].task.id]
    assert session == {"n": 1}
    assert [each[0] for each in interactions].count(views["a"].task.id) == 1


@in_reactor
async def test_the_number_of_statements_does_not_grow_with_every_row(store: TransferStore) -> None:
    statements: list[str] = []

    async def counted(rows: int) -> int:
        def trace(transaction: Any) -> None:
            transaction.cursor.connection.set_trace_callback(statements.append)

        await store.database.write(trace)
        statements.clear()
        await store.imported(document(*(f"{rows}-{number}" for number in range(rows))))
        # Rows of a batch are one statement with many values; only what is not one of those counts.
        return len([each for each in statements if not each.lstrip().startswith(("INSERT INTO", "--"))])

    few, many = await counted(10), await counted(400)
    assert many <= few + 2


@in_reactor
async def test_created_rows_do_not_go_back_behind_their_creation(store: TransferStore) -> None:
    row = {"title": "a", "created_at": "2025-10-06T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}
    await store.imported([row])
    task = (await store.all_tasks())["a"].task
    assert task.updated_at - task.created_at == timedelta(0)


def _every_task(cursor: Cursor) -> list[TaskView]:
    return tasks.by_ids(cursor, [id_ for (id_,) in cursor.execute("SELECT id FROM tasks ORDER BY id")])


def _linked(*ends: str) -> Any:
    return [{"id": "l1", "kaynak_id": ends[0], "hedef_id": ends[1], "baglanti_tipi": "blocks"}]


@pytest.mark.parametrize("what", ["link", "new task with a link", "status", "parent", "everything anew"])
@in_reactor
async def test_what_was_read_before_is_read_as_an_import_left_it(store: TransferStore, what: str) -> None:
    """Links show in both tasks, a status in those that wait for it, though the log tells only of tasks."""
    await store.database.open_for_brief_reads()
    one, other, third = [await store.task(title) for title in ("one", "other", "third")]
    await store.links.add(ACTOR, third.id, Relation.BLOCKS, one.id)
    await store.database.read(_every_task, brief=True)
    incoming: dict[str, Any] = {
        "link": {"tasks": [{"id": one.id, "baslik": "one"}], "dependencies": _linked(one.id, other.id)},
        "new task with a link": {**document("new"), "dependencies": _linked("knew", other.id)},
        "status": {"tasks": [{"id": third.id, "baslik": "third", "durum": "tamamlandi"}]},
        "parent": {"tasks": [{"id": other.id, "baslik": "other", "parent_id": one.id}]},
        "everything anew": document("new"),
    }[what]
    before = len(store.committed)
    how: dict[str, Any] = {"replace": True} if what == "everything anew" else {"resolution": Resolution.OVERWRITE}
    await store.imported({"version": "1.0", **incoming}, **how)
    truth = await store.database.write(lambda transaction: _every_task(transaction.cursor))
    assert await store.database.read(_every_task, brief=True) == truth
    assert [event.kind for told in store.committed[before:] for event in told] == [EventKind.WORKSPACE_SYNC]
