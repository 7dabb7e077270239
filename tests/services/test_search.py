"""Searching in a workspace: relevance, order, numbers, resemblance, history."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest
import pytest_twisted

from gorev.domain.errors import AmbiguousId, GorevError, InvalidDate, MissingParameter
from gorev.domain.project import ProjectChange
from gorev.domain.search.filters import NO_FILTERS, Filters
from gorev.domain.search.request import Hit, MatchType, SearchOutcome, SearchRequest, SearchSort
from gorev.domain.search.words import Field
from gorev.domain.values import Priority, Status
from gorev.services.search import SearchOperations
from gorev.storage import search_history, sqlite, tasks
from gorev.storage.transaction import Transaction
from gorev.wire.search import SearchArguments
from gorev.wire.vocabulary import Vocabulary
from tests.support.open_store import ACTOR, OpenStore, open_store

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


@pytest.fixture
def search(store: OpenStore) -> SearchOperations:
    return SearchOperations(store.store)


def request(query: str = "", **arguments: Any) -> SearchRequest:
    """What a client's arguments come to."""
    return SearchArguments(mode="advanced", query=query, **arguments).request(Vocabulary.TURKISH)


async def found(search: SearchOperations, query: str = "", **arguments: Any) -> SearchOutcome:
    return (await search.search(request(query, **arguments))).value


def titles(outcome: SearchOutcome) -> list[str]:
    return [hit.view.task.title for hit in outcome.hits]


def hit(outcome: SearchOutcome, title: str) -> Hit:
    return next(each for each in outcome.hits if each.view.task.title == title)


@in_reactor
async def test_scores_grow_with_relevance_and_stay_below_their_bonuses(
    store: OpenStore, search: SearchOperations
) -> None:
    for number in range(30):
        await store.task(f"filler {number}", description="nothing to see here")
    await store.task("login")
    await store.task("something else", description="one login among many other words that dilute what it is about")
    outcome = await found(search, "login")
    assert titles(outcome) == ["login", "something else"]
    assert 1.5 > outcome.hits[0].score > outcome.hits[1].score > 0


@in_reactor
async def test_bonuses_multiply_the_score(store: OpenStore, search: SearchOperations) -> None:
    for number in range(9):
        await store.task(f"filler {number}")
    await store.task("alpha beta", priority=Priority.MEDIUM)
    await store.task("beta alpha", priority=Priority.MEDIUM)
    await store.task("alpha betx", description="beta", priority=Priority.HIGH)
    plain = hit(await found(search, "alpha beta", fuzzy=False), "beta alpha").score
    outcome = await found(search, "alpha beta", fuzzy=False)
    assert hit(outcome, "alpha beta").score == pytest.approx(plain * 1.5)
    assert hit(outcome, "alpha beta").match is MatchType.EXACT
    assert hit(outcome, "beta alpha").match is MatchType.FTS
    raised = hit(outcome, "beta alpha")
    await store.change(raised.view.task.id, priority=Priority.HIGH)
    assert hit(await found(search, "alpha beta", fuzzy=False), "beta alpha").score == pytest.approx(plain * 1.2)
    await store.change(raised.view.task.id, status=Status.IN_PROGRESS)
    assert hit(await found(search, "alpha beta", fuzzy=False), "beta alpha").score == pytest.approx(plain * 1.2 * 1.3)


@in_reactor
async def test_filters_alone_score_one_and_newest_changes_come_first(
    store: OpenStore, search: SearchOperations
) -> None:
    for title in ("first", "second", "third"):
        store.later()
        await store.task(title, priority=Priority.HIGH)
    outcome = await found(search, "oncelik:yuksek")
    assert titles(outcome) == ["third", "second", "first"]
    assert {(each.score, each.match, each.fields) for each in outcome.hits} == {(1.0, MatchType.FILTER, ())}


@in_reactor
async def test_a_word_that_most_tasks_have_still_finds_them_all_and_ranks_by_the_others(
    store: OpenStore, search: SearchOperations
) -> None:
    for number in range(20):
        await store.task(f"task number{number}")
    await store.task("task rare")
    outcome = await found(search, "task rare", max_results=200, fuzzy=False)
    assert outcome.total == 21
    assert outcome.hits[0].view.task.title == "task rare"
    assert all(0 < each.score < 1e-5 for each in outcome.hits[1:])
    both = await found(search, "task", max_results=200, fuzzy=False)
    assert both.total == 21


@in_reactor
async def test_matched_fields_are_told(store: OpenStore, search: SearchOperations) -> None:
    project = await store.project("alpha project")
    await store.task("one alpha", description="alpha", tags=("alpha", "x"), project_id=project.id)
    await store.task("two", description="beta " * 2_000 + "alpha")
    await store.task("three alpha", description="beta " * 2_000)
    outcome = await found(search, "alpha", fuzzy=False)
    assert hit(outcome, "one alpha").fields == (Field.TITLE, Field.DESCRIPTION, Field.TAGS, Field.PROJECT)
    assert hit(outcome, "two").fields == (Field.DESCRIPTION,)
    assert hit(outcome, "three alpha").fields == (Field.TITLE,)
    misspelt = await found(search, "alphq")
    assert hit(misspelt, "two").fields == (Field.DESCRIPTION,)
    assert hit(misspelt, "three alpha").fields == (Field.TITLE,)
    assert [each.fields for each in (await found(search, "alpha", fields=["etiketler"])).hits] == [(Field.TAGS,)]


@in_reactor
async def test_a_renamed_project_and_a_changed_tag_are_found_at_once(
    store: OpenStore, search: SearchOperations
) -> None:
    project = await store.project("Eski")
    task = await store.task("x", project_id=project.id, tags=("kirmizi",))
    assert titles(await found(search, "eski", fuzzy=False)) == ["x"]
    await store.projects.change(ACTOR, project.id, ProjectChange(name="Yeni"))
    await store.change(task.id, tags=("mavi",))
    assert titles(await found(search, "eski", fuzzy=False)) == titles(await found(search, "kirmizi", fuzzy=False)) == []
    assert titles(await found(search, "YENİ", fuzzy=False)) == titles(await found(search, "mavi", fuzzy=False)) == ["x"]


@in_reactor
@pytest.mark.parametrize(
    ("sort", "direction", "order"),
    [
        ("created", "desc", ["d", "c", "b", "a"]),
        ("created", "asc", ["a", "b", "c", "d"]),
        ("updated", "desc", ["a", "d", "c", "b"]),
        ("updated", "asc", ["b", "c", "d", "a"]),
        ("due_date", None, ["c", "b", "a", "d"]),
        ("due_date", "desc", ["b", "c", "a", "d"]),
        ("priority", None, ["d", "a", "c", "b"]),
        ("priority", "asc", ["b", "a", "c", "d"]),
    ],
)
@pytest.mark.parametrize("query", ["", "word", "worf"])
async def test_results_are_sorted_whichever_way_they_were_found(
    store: OpenStore, search: SearchOperations, sort: str, direction: str | None, order: list[str], query: str
) -> None:
    values: dict[str, dict[str, Any]] = {
        "a": {"priority": Priority.MEDIUM},
        "b": {"priority": Priority.LOW, "due_date": date(2025, 10, 20)},
        "c": {"priority": Priority.MEDIUM, "due_date": date(2025, 10, 10)},
        "d": {"priority": Priority.HIGH},
    }
    made = {}
    for name, each in values.items():
        store.later()
        made[name] = await store.task("word", description=name, **each)
    store.later()
    await store.change(made["a"].id, description="a ")
    given = {"direction": direction} if direction else {}
    outcome = await found(search, query, sort=sort, filters={"durum": "beklemede"}, **given)
    got = [each.view.task.description.strip() for each in outcome.hits]
    assert got == order
    assert outcome.used_fuzzy is (query == "worf")


@in_reactor
async def test_text_comes_before_resemblance_and_ties_go_by_latest_change_then_id(
    store: OpenStore, search: SearchOperations
) -> None:
    await store.task("logon")
    for _ in range(3):
        store.later()
        await store.task("login screen")
    outcome = await found(search, "login")
    assert [each.match for each in outcome.hits] == [MatchType.EXACT] * 3 + [MatchType.FUZZY]
    times = [each.view.task.updated_at for each in outcome.hits[:3]]
    assert times == sorted(times, reverse=True)


@in_reactor
async def test_the_total_counts_what_is_cut_off(store: OpenStore, search: SearchOperations) -> None:
    for number in range(7):
        await store.task(f"login {number}")
    await store.task("logim")
    for arguments, total, shown in (
        ({"max_results": 3}, 7, 3),
        ({"max_results": 14}, 7, 7),
        ({"max_results": 16}, 8, 8),
        ({"max_results": 15, "filters": {"durum": "beklemede"}}, 8, 8),
    ):
        outcome = await found(search, "login", **arguments)
        assert (outcome.total, len(outcome.hits)) == (total, shown), arguments
    everything = await found(search, filters={"durum": "beklemede"}, max_results=5)
    assert (everything.total, len(everything.hits)) == (8, 5)


@in_reactor
@pytest.mark.parametrize("sort", SearchSort)
@pytest.mark.parametrize("descending", [False, True])
async def test_the_first_few_are_the_first_of_all_whether_a_text_or_a_label_has_the_word(
    store: OpenStore, search: SearchOperations, sort: SearchSort, descending: bool
) -> None:
    """With a word that is common, rare, or in labels alone, for texts and for filters."""
    projects = [await store.project(name) for name in ("Login", "Other")]
    for number in range(60):
        store.later()
        await store.task(
            f"{'login' if number % 3 else 'api login' if number % 2 else 'filler'} {number % 7}",
            description="login rare" if number % 11 == 0 else "nothing",
            tags=[tag for tag, every in (("login", 4), ("rare", 13)) if number % every == 0],
            project_id=projects[number % 5 > 0].id if number % 4 else None,
            priority=list(Priority)[number % 3],
            status=Status.IN_PROGRESS if number % 2 else Status.PENDING,
            due_date=None if number % 3 else date(2025, 10, 1 + number % 20),
        )
    for query in ("login", "rare", "login rare", "api -rare", '"api login"', "status:pending", "due:>=2025-10-05"):
        asked = attrs.evolve(request(query), sort=sort, descending=descending, fuzzy=False, limit=100)
        every = (await search.search(asked)).value
        assert every.total == len(every.hits) == len({each.view.task.id for each in every.hits}) > 3
        for limit in (1, 3, 20):
            few = (await search.search(attrs.evolve(asked, limit=limit))).value
            assert (few.hits, few.total) == (every.hits[:limit], every.total)


@in_reactor
async def test_each_task_is_found_once_however_it_matches(store: OpenStore, search: SearchOperations) -> None:
    project = await store.project("login")
    await store.task("login logon", description="login logim", tags=("login", "logins"), project_id=project.id)
    for query in ("login", "login logon", "logn"):
        outcome = await found(search, query)
        assert (outcome.total, len(outcome.hits)) == (1, 1)


@in_reactor
@pytest.mark.parametrize(
    ("title", "tags", "description", "query", "similarity", "fields"),
    [
        ("giriş ekranı", (), "", "girisekrani", 1 - 1 / 12, (Field.TITLE,)),
        ("login form", (), "", "loginform", 0.9, (Field.TITLE,)),
        ("new login form today", (), "", "logim farm", 0.8, (Field.TITLE,)),
        ("x", ("frontend",), "", "frontent", 1 - 1 / 8, (Field.TAGS,)),
        ("x", (), "the documentation of it", "documantation", 1 - 1 / 13, (Field.DESCRIPTION,)),
        ("kernel", ("kernal",), "kernels", "kernek", 1 - 1 / 6, (Field.TITLE, Field.TAGS, Field.DESCRIPTION)),
    ],
)
async def test_the_best_resemblance_of_any_text_is_the_score(
    store: OpenStore,
    search: SearchOperations,
    title: str,
    tags: tuple[str, ...],
    description: str,
    query: str,
    similarity: float,
    fields: tuple[Field, ...],
) -> None:
    await store.task(title, tags=tags, description=description)
    await store.task("zzz", description="qqq")
    (only,) = (await found(search, query)).hits
    assert only.match is MatchType.FUZZY
    assert only.score == pytest.approx(similarity)
    assert only.fields == fields


@in_reactor
async def test_words_written_after_a_search_are_known_to_the_next(store: OpenStore, search: SearchOperations) -> None:
    await store.task("alpha")
    assert titles(await found(search, "documentaton")) == []
    later = await store.task("documentation")
    assert titles(await found(search, "documentaton")) == ["documentation"]
    await store.change(later.id, title="infrastructure")
    assert titles(await found(search, "documentaton")) == []
    assert titles(await found(search, "infrastructur3")) == ["infrastructure"]


@in_reactor
async def test_resemblance_respects_filters_exclusions_and_fields(store: OpenStore, search: SearchOperations) -> None:
    await store.task("login one", priority=Priority.HIGH)
    await store.task("login two")
    await store.task("other", description="login")
    assert titles(await found(search, "logn oncelik:yuksek")) == ["login one"]
    assert sorted(titles(await found(search, "logn -two"))) == ["login one", "other"]
    assert titles(await found(search, "logn", fields=["aciklama"])) == ["other"]
    assert titles(await found(search, '"logn"')) == []


@in_reactor
async def test_only_a_search_that_found_nothing_suggests(store: OpenStore, search: SearchOperations) -> None:
    await store.project("Mobil Uygulama")
    await store.task("x", tags=("frontend",))
    assert (await found(search, "x")).suggestions == ()
    assert (await found(search, "hata zzzzz")).suggestions[:5] == ("hata", "zzzzz", "bug", "sorun", "problem")
    assert "frontend" in (await found(search, "etiket:frontent")).suggestions
    assert "Mobil Uygulama" in (await found(search, "mobil uygullama qqqq", fuzzy=False)).suggestions
    assert (await search.natural("frontennt etiket:yok")).value.suggestions == ("frontend",)


@in_reactor
async def test_a_search_asks_for_something(search: SearchOperations) -> None:
    for nothing in (request(), request("  "), request(filters={}), request(filters={"durum": ""})):
        with pytest.raises(MissingParameter):
            await search.search(nothing)
    with pytest.raises(MissingParameter):
        await search.natural("  ")


@in_reactor
async def test_ids_may_be_beginnings_unless_several_tasks_have_them(store: OpenStore, search: SearchOperations) -> None:
    parent = await store.task("parent")
    await store.task("child", parent_id=parent.id)
    assert titles(await found(search, f"parent_id:{parent.id[:8]}")) == ["child"]
    assert titles(await found(search, "parent_id:00000000")) == []

    def double(transaction: Transaction) -> None:
        for last in sorted({"a", "b", "c"} - {parent.id[-1]}):
            tasks.insert(transaction.cursor, attrs.evolve(parent, id=f"{parent.id[:-1]}{last}", title=last))

    await store.database.write(double)
    with pytest.raises(AmbiguousId):
        await found(search, f"parent_id:{parent.id[:8]}")


@in_reactor
async def test_a_stored_filter_means_the_days_of_today(store: OpenStore, search: SearchOperations) -> None:
    await store.task("monday", due_date=store.time.date())
    await store.task("tuesday", due_date=store.time.date() + timedelta(1))
    asked = request("son_tarih:bugün")
    assert titles((await search.search(asked)).value) == ["monday"]
    store.later(days=1)
    assert titles((await search.search(asked)).value) == ["tuesday"]


@in_reactor
async def test_searches_are_kept_newest_first_with_what_they_found(store: OpenStore, search: SearchOperations) -> None:
    await store.task("login")
    await found(search, "login durum:beklemede", filters={"oncelik": ["orta", "dusuk"]})
    store.later()
    await search.natural("yüksek öncelikli")
    newest, older = (await search.history(10)).value
    assert (newest.query, newest.filters, newest.result_count) == (
        "yüksek öncelikli",
        Filters(priorities=Priority.HIGH),
        0,
    )
    assert (older.query, older.result_count) == ("login durum:beklemede", 1)
    assert older.filters == Filters(statuses=Status.PENDING, priorities=(Priority.MEDIUM, Priority.LOW))
    assert older.elapsed_ms > 0
    assert newest.created_at == store.time
    assert len((await search.history(1)).value) == 1


@in_reactor
async def test_a_search_is_no_change(store: OpenStore, search: SearchOperations) -> None:
    await store.task("login")
    events = len(store.events)
    seq = (await search.search(request("login"))).seq
    assert (await search.history(1)).seq == seq
    assert len(store.events) == events


@in_reactor
async def test_the_history_forgets_beyond_a_thousand_and_after_thirty_days(
    store: OpenStore, search: SearchOperations
) -> None:
    def fill(transaction: Transaction) -> None:
        for number in range(1_004):
            search_history.add(transaction.cursor, f"query {number}", NO_FILTERS, 0, 1.0, store.time)

    await store.database.write(fill)
    await search.search(request("query 1004"))
    kept = (await search.history(5_000)).value
    assert len(kept) == 1_000
    assert (kept[0].query, kept[-1].query) == ("query 1004", "query 5")
    store.later(days=31)
    assert (await search.history(10)).value == []
    await search.search(request("fresh"))
    assert [row.query for row in (await search.history(10)).value] == ["fresh"]
    assert len(await store.database.read(lambda cursor: cursor.execute("SELECT 1 FROM search_history").fetchall())) == 1


@in_reactor
async def test_a_failed_search_is_not_kept(store: OpenStore, search: SearchOperations) -> None:
    with pytest.raises(GorevError):
        await search.search(SearchRequest(filters=Filters(due="never")))
    assert (await search.history(10)).value == []


@in_reactor
async def test_a_wrong_date_is_refused(search: SearchOperations) -> None:
    with pytest.raises(InvalidDate):
        await search.search(SearchRequest(filters=Filters(created="overdue")))


@in_reactor
@pytest.mark.parametrize(
    "query", ["demo", "dmeo", "oncelik:orta", "rare -demo", "nothing like it", "api", "gorev proje"]
)
async def test_a_hundred_tasks_and_a_thousand_take_the_same_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    statements: list[str] = []
    configure = sqlite.configure_reader

    def traced(connection: sqlite3.Connection) -> None:
        configure(connection)
        connection.set_trace_callback(statements.append)

    monkeypatch.setattr(sqlite, "configure_reader", traced)
    counts = []
    for size in (100, 1000):
        async with open_store(tmp_path) as store:
            first = await store.task("Demo", tags=("api",))

            def fill(transaction: Transaction, first: Any = first, size: int = size) -> None:
                copies = [
                    attrs.evolve(first, id=f"{number:08d}{first.id[8:]}", title=f"Demo {number}")
                    for number in range(size)
                ]
                tasks.insert_many(transaction.cursor, copies)

            await store.database.write(fill)
            operations = SearchOperations(store.store)
            await found(operations, query)
            statements.clear()
            await found(operations, query)
            counts.append(sum(not statement.startswith("--") for statement in statements))
            await operations.history(1)
    assert counts[0] == counts[1] <= 40


def test_due_dates_are_sorted_nearest_first_unless_said_otherwise() -> None:
    assert request("x", sort="due_date").descending is False
    assert request("x", sort="due_date", direction="desc").descending is True
    assert request("x", sort="created").descending is True


def test_a_profile_says_how_to_search_among_its_filters() -> None:
    assert request("x", filters={"fuzzy_threshold": "0.7", "enable_fuzzy": "hayır"}).threshold == 0.7
    assert not request("x", filters={"enable_fuzzy": False}).fuzzy
    assert request("x", filters={"enable_fuzzy": False}, fuzzy=True).fuzzy
