"""Exports: what is chosen, in which order, and as what (``behaviours.md`` §8.1 to §8.3)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
import pytest_twisted

from gorev.domain.errors import Cancelled, InvalidDate, ProjectNotFound
from gorev.domain.exporting import Format, Selection
from gorev.domain.links import Relation
from gorev.domain.values import Priority, Status
from gorev.services.undertakings import Undertaking
from gorev.wire.exports import document
from tests.support.open_store import ACTOR, BEGIN
from tests.support.transferring import TransferStore

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


async def exported(store: TransferStore, **selection: Any) -> Any:
    return json.loads(await store.exported(Selection(**selection)))


async def titles(store: TransferStore, **selection: Any) -> list[str]:
    return [task["baslik"] for task in (await exported(store, **selection))["tasks"]]


# When the first task of `fill` is made.
FIRST = BEGIN + timedelta(seconds=1)


async def fill(store: TransferStore) -> tuple[str, str]:
    """Two projects and a tree; one task a day."""
    one = await store.project("One")
    store.later()
    two = await store.project("Two")
    root = await store.task("root", project_id=two.id, tags=("x",))
    for title, values in (
        ("other", {"project_id": one.id, "status": Status.COMPLETED}),
        ("child", {"parent_id": root.id, "tags": ("X", "y")}),
        ("none", {"project_id": None, "priority": Priority.HIGH}),
    ):
        store.later(days=1)
        await store.task(title, **values)
    return one.id, two.id


@in_reactor
async def test_tasks_come_project_by_project_each_after_its_parent(store: TransferStore) -> None:
    await fill(store)
    assert await titles(store) == ["other", "root", "child", "none"]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"completed": False}, ["root", "child", "none"]),
        ({"subtasks": False}, ["other", "root", "none"]),
        ({"status": Status.COMPLETED}, ["other"]),
        ({"tags": ("X",)}, ["root", "child"]),
        ({"tags": ("y", "none")}, ["child"]),
        ({"created_from": FIRST + timedelta(days=1)}, ["other", "child", "none"]),
        ({"created_to": FIRST + timedelta(days=1)}, ["other", "root"]),
        ({"created_to": FIRST + timedelta(days=1, microseconds=-1)}, ["root"]),
    ],
)
@in_reactor
async def test_what_is_asked_for_is_chosen(store: TransferStore, selection: Any, expected: list[str]) -> None:
    await fill(store)
    assert await titles(store, **selection) == expected


@in_reactor
async def test_a_plain_date_is_the_whole_day_in_the_daemons_time_zone(store: TransferStore) -> None:
    first = date(2025, 10, 6)
    for hours in (0, 23.99, 24):
        store.time = datetime(first.year, first.month, first.day).astimezone() + timedelta(hours=hours)
        await store.task(f"{hours}")
    assert await titles(store, created_from=first, created_to=first) == ["0", "23.99"]
    assert await titles(store, created_from=date(2025, 10, 7)) == ["24"]


@in_reactor
async def test_a_range_that_ends_before_it_begins_is_refused(store: TransferStore) -> None:
    with pytest.raises(InvalidDate):
        await exported(store, created_from=date(2025, 10, 7), created_to=date(2025, 10, 6))


@in_reactor
async def test_a_project_named_by_a_prefix_restricts_projects_and_tasks(store: TransferStore) -> None:
    one, _ = await fill(store)
    whole = await exported(store, projects=(one[:8],))
    assert [project["id"] for project in whole["projects"]] == [one]
    assert [task["baslik"] for task in whole["tasks"]] == ["other"]
    with pytest.raises(ProjectNotFound) as refused:
        await exported(store, projects=("00000000",))
    assert refused.value.details["field"] == "project_filter"


@in_reactor
async def test_a_subtask_without_its_parent_is_a_root(store: TransferStore) -> None:
    await fill(store)
    (child,) = (await exported(store, tags=("y",)))["tasks"]
    assert "parent_id" not in child
    assert child["seviye"] == 0


@in_reactor
async def test_links_are_exported_between_exported_tasks_only_and_not_if_unwanted(store: TransferStore) -> None:
    await fill(store)
    views = await store.all_tasks()
    ids = {title: view.task.id for title, view in views.items()}
    await store.links.add(ACTOR, ids["other"], Relation.BLOCKS, ids["none"])
    store.later()
    await store.links.add(ACTOR, ids["child"], Relation.RELATES_TO, ids["none"])
    kinds = [link["baglanti_tip"] for link in (await exported(store))["dependencies"]]
    assert kinds == ["onceki", "iliskili"]
    assert [link["hedef_id"] for link in (await exported(store, completed=False))["dependencies"]] == [ids["none"]]
    assert (await exported(store, dependencies=False))["dependencies"] == []


@in_reactor
async def test_the_document_has_the_parts_that_were_agreed(store: TransferStore) -> None:
    await fill(store)
    whole = await exported(store)
    assert list(whole) == ["version", "metadata", "projects", "tasks", "tags", "task_tags", "dependencies"]
    assert whole["version"] == "1.0"
    assert whole["metadata"].keys() == {
        "export_date",
        "gorev_version",
        "database_version",
        "total_tasks",
        "total_projects",
        "exported_by",
        "description",
    }
    assert (whole["metadata"]["total_tasks"], whole["metadata"]["total_projects"]) == (4, 2)
    assert [tag["isim"] for tag in whole["tags"]] == ["x", "y"]
    assert len(whole["task_tags"]) == 3
    assert list(await exported(store, templates=True, context=True))[-2:] == ["templates", "ai_context"]
    assert all("alt_gorevler" not in task for task in whole["tasks"])


@in_reactor
async def test_indented_and_compact_documents_say_the_same(store: TransferStore) -> None:
    await fill(store)
    form = document(Format.JSON, "0123456789abcdef", "0.0.0", indented=True)
    await store.exports.to_file(ACTOR, Selection(), "out.json", form)
    written = (store.root / "out.json").read_text()
    assert written == json.dumps(json.loads(written), indent=2, ensure_ascii=False) + "\n"
    assert json.loads(written)["tasks"] == (await exported(store))["tasks"]


@in_reactor
async def test_an_empty_workspace_is_a_document_too(store: TransferStore) -> None:
    form = document(Format.JSON, "0123456789abcdef", "0.0.0", indented=True)
    await store.exports.to_file(ACTOR, Selection(), "out.json", form)
    assert json.loads((store.root / "out.json").read_text())["tasks"] == []
    assert (await store.exported(Selection(), Format.CSV)).count("\r\n") == 1


@in_reactor
async def test_csv_is_as_the_rfc_says_with_formulas_made_harmless(store: TransferStore) -> None:
    await store.project("Ünlü, proje")
    project_id = next(iter((await store.content()).projects))
    values = {"description": 'a\r\nb "c", d', "tags": ("x", "ş"), "due_date": date(2025, 12, 31)}
    for title in ("=1", "+1", "-1", "@x", "\tx", "'=1", "'a", "ğ"):
        await store.task(f"{title}.", project_id=project_id, **values)
    text = await store.exported(Selection(), Format.CSV)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert ",".join(rows[0]) == "ID,Title,Description,Status,Priority,Project,Created,Updated,Tags,DueDate,ParentID"
    assert sorted(row[1] for row in rows[1:]) == sorted(["'=1.", "'+1.", "'-1.", "'@x.", "x.", "''=1.", "'a.", "ğ."])
    assert {tuple(row[2:6]) for row in rows[1:]} == {('a\r\nb "c", d', "beklemede", "orta", "Ünlü, proje")}
    assert {tuple(row[8:]) for row in rows[1:]} == {("x;ş", "2025-12-31", "")}
    assert text.count("\n") == text.count("\r\n")


@in_reactor
async def test_markdown_is_a_check_list_per_project(store: TransferStore) -> None:
    await fill(store)
    views = await store.all_tasks()
    await store.project("Empty")
    text = await store.exported(Selection(), Format.MARKDOWN)
    ids = {title: view.task.id for title, view in views.items()}
    assert text.splitlines()[4:] == [
        "## One",
        "",
        f"- [x] other | 🟡 orta | ID:{ids['other']}",
        "",
        "## Two",
        "",
        f"- [ ] root | 🟡 orta | 🏷 x | ID:{ids['root']}",
        f"  - [ ] child | 🟡 orta | 🏷 x, y | ID:{ids['child']}",
        "",
        "## —",
        "",
        f"- [ ] none | 🔴 yuksek | ID:{ids['none']}",
        "",
        "## Empty",
    ]


@pytest.mark.parametrize("format_", Format)
@in_reactor
async def test_an_export_takes_the_place_of_an_earlier_one(store: TransferStore, format_: Format) -> None:
    form = document(format_, "0123456789abcdef", "0.0.0", indented=True)
    path = f"out{form.extensions[0]}"
    await store.exports.to_file(ACTOR, Selection(), path, form)
    await store.task("later")
    await store.exports.to_file(ACTOR, Selection(), path, form)
    assert "later" in (store.root / path).read_text()


@in_reactor
async def test_a_document_over_the_limit_is_counted_but_not_given(store: TransferStore) -> None:
    await fill(store)
    form = document(Format.JSON, "0123456789abcdef", "0.0.0", indented=False)
    done = (await store.exports.inline(ACTOR, Selection(), form, limit_bytes=1000)).value
    assert (done.content, done.counts.tasks, done.counts.tags) == (None, 4, 2)


@in_reactor
async def test_an_export_that_is_cancelled_leaves_no_file(
    store: TransferStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    before = sorted(store.root.iterdir())
    monkeypatch.setattr(Undertaking, "settle", lambda undertaking: (undertaking.cancel(), undertaking.check()))
    form = document(Format.JSON, "0123456789abcdef", "0.0.0", indented=True)
    with pytest.raises(Cancelled):
        await store.exports.to_file(ACTOR, Selection(), "out.json", form)
    assert sorted(store.root.iterdir()) == before
