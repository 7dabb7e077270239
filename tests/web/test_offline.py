"""Changes made while the daemon is away: kept, counted, sent once and in order when it is back, in whichever tab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.running_daemon import RunningDaemon, wait_for
from tests.support.workspace_client import WorkspaceClient
from tests.web.visitor import Visitor, panel, row


class Away:
    """A daemon that goes and comes back on the same port."""

    def __init__(self, daemon: RunningDaemon) -> None:
        self._daemon = daemon
        self._port = int(daemon.lock["port"])

    def goes(self) -> None:
        """End it as a power cut would."""
        self._daemon.kill()

    def comes_back(self) -> None:
        """Start it on the port that it had."""
        self._daemon.start(self._port)


@pytest.fixture
def away(daemon: RunningDaemon) -> Away:
    """The daemon, to be killed and started again where it was."""
    return Away(daemon)


def held_back(page: Page) -> Any:
    """The count of what waits for the daemon."""
    return expect(page.get_by_test_id("held-back"))


def all_sent(page: Page) -> None:
    """Nothing waits any more, neither in the browser's storage nor on the page."""
    wait_for(lambda: page.evaluate("Object.keys(localStorage).every(key => !key.startsWith('gorev:waiting'))"))
    held_back(page).to_be_empty()


def add(page: Page, title: str) -> None:
    """Type a task into the line above the list."""
    line = page.get_by_label("New task in one line")
    line.fill(title)
    line.press("Enter")
    expect(row(page, title)).to_be_visible()


def titles(workspace: WorkspaceClient) -> list[str]:
    """The tasks that the daemon has, oldest first."""
    listed = workspace.get("/api/gorevler?tum_projeler=true&limit=100")["data"]
    return [task["baslik"] for task in reversed(listed)]


def changes(workspace: WorkspaceClient) -> list[tuple[str, str]]:
    """Type and title of every event so far."""
    events = workspace.get("/api/olaylar?since=0&limit=1000")["data"]
    return [(event["type"], event["data"].get("baslik", "")) for event in events]


@contextmanager
def out_of_reach(page: Page, method: str) -> Iterator[None]:
    """Requests of one method do not get as far as the daemon."""

    def stop(route: Route) -> None:
        if route.request.method == method:
            route.abort()
        else:
            route.continue_()

    page.route("**/api/**", stop)
    yield
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")


@contextmanager
def answers_lost(page: Page, method: str) -> Iterator[None]:
    """The daemon does as it is asked, and no answer to that method comes through."""

    def lose(route: Route) -> None:
        if route.request.method == method:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/**", lose)
    yield
    page.unroute_all(behavior="wait")
    page.evaluate("dispatchEvent(new Event('online'))")


def test_work_goes_on_without_the_daemon_and_is_sent_in_its_order(
    visitor: Visitor, workspace: WorkspaceClient, away: Away
) -> None:
    workspace.task("Already there")
    page = visitor.open()
    away.goes()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting")
    for title in ("First", "Second", "Third"):
        add(page, title)
    row(page, "Already there").focus()
    page.keyboard.press("d")
    expect(row(page, "Already there")).to_have_attribute("data-status", "tamamlandi")
    held_back(page).to_have_text("4 not sent yet")
    away.comes_back()
    all_sent(page)
    expect(row(page, "First")).not_to_have_attribute("data-pending", "true")
    assert changes(workspace) == [
        ("created", "Already there"),
        ("created", "First"),
        ("created", "Second"),
        ("created", "Third"),
        ("updated", "Already there"),
    ]
    expect(page.get_by_test_id("task-count")).to_have_text("4 tasks")


def test_what_waits_outlives_the_tab(visitor: Visitor, workspace: WorkspaceClient, away: Away) -> None:
    task = workspace.task("Already there")
    page = visitor.open("tree", task=task["id"])
    away.goes()
    add(page, "Kept")
    panel(page).get_by_label("Priority").select_option("yuksek")
    held_back(page).to_have_text("2 not sent yet")
    page.close()
    away.comes_back()
    page = visitor.open()
    expect(row(page, "Kept")).not_to_have_attribute("data-pending", "true")
    all_sent(page)
    assert titles(workspace) == ["Already there", "Kept"]
    assert workspace.get(f"/api/gorev/{task['id']}")["data"]["oncelik"] == "yuksek"


def test_an_answer_that_is_lost_makes_nothing_happen_twice(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Already there")
    page = visitor.open("tree", task=task["id"])
    with answers_lost(page, "POST"):
        add(page, "Once")
        held_back(page).to_have_text("1 not sent yet")
    all_sent(page)
    with answers_lost(page, "PUT"):
        panel(page).get_by_label("Priority").select_option("yuksek")
        held_back(page).to_have_text("1 not sent yet")
    all_sent(page)
    assert changes(workspace) == [("created", "Already there"), ("created", "Once"), ("updated", "Already there")]


def test_an_answer_that_is_lost_with_the_tab_makes_nothing_happen_twice(
    visitor: Visitor, workspace: WorkspaceClient
) -> None:
    task = workspace.task("Already there")
    page = visitor.open("tree", task=task["id"])
    page.route("**/api/gorev/**", lambda route: (route.fetch(), route.abort()))
    page.route("**/api/gorev", lambda route: (route.fetch(), route.abort()))
    add(page, "Once")
    panel(page).get_by_label("Priority").select_option("yuksek")
    held_back(page).to_have_text("2 not sent yet")
    page.unroute_all(behavior="ignoreErrors")  # of one that is being lost while the tab goes
    page.close()
    page = visitor.open()
    expect(row(page, "Once")).not_to_have_attribute("data-pending", "true")
    all_sent(page)
    assert sorted(changes(workspace)) == [
        ("created", "Already there"),
        ("created", "Once"),
        ("updated", "Already there"),
    ]


def test_two_tabs_send_each_change_once(visitor: Visitor, workspace: WorkspaceClient, away: Away) -> None:
    workspace.task("Already there")
    one, other = visitor.open(), visitor.open()
    away.goes()
    add(one, "From the one")
    expect(row(other, "From the one")).to_be_visible()
    add(other, "From the other")
    row(one, "Already there").focus()
    one.keyboard.press("d")
    for page in (one, other):
        held_back(page).to_have_text("3 not sent yet")
    away.comes_back()
    for page in (one, other):
        all_sent(page)
        expect(page.get_by_test_id("task-count")).to_have_text("3 tasks")
    assert changes(workspace) == [
        ("created", "Already there"),
        ("created", "From the one"),
        ("created", "From the other"),
        ("updated", "Already there"),
    ]


def test_a_change_that_another_crossed_is_asked_about_even_after_a_reload(
    visitor: Visitor, workspace: WorkspaceClient
) -> None:
    task = workspace.task("A task", aciklama="one\ntwo")
    page = visitor.open("tree", task=task["id"])
    with out_of_reach(page, "PUT"):
        panel(page).get_by_role("button", name="Edit description").click()
        page.get_by_role("textbox", name="Description").fill("one\nmine")
        page.keyboard.press("Control+Enter")
        held_back(page).to_have_text("1 not sent yet")
        workspace.change(task["id"], aciklama="one\ntheirs")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“A task” was changed elsewhere")
    page.reload()
    expect(dialog).to_contain_text("mine")
    expect(dialog).to_contain_text("theirs")
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(panel(page)).to_contain_text("mine")
    expect(dialog).to_have_count(0)
    visitor.judge(page)
    page.reload()
    expect(panel(page)).to_contain_text("mine")
    expect(dialog).to_have_count(0)
    assert workspace.get(f"/api/gorev/{task['id']}")["data"]["aciklama"] == "one\nmine"


def test_a_change_that_the_daemon_refuses_later_is_not_lost(visitor: Visitor, workspace: WorkspaceClient) -> None:
    project = workspace.project("Doomed")["id"]
    page = visitor.open("tree", project=project)
    with out_of_reach(page, "POST"):
        add(page, "Precious")
        held_back(page).to_have_text("1 not sent yet")
        assert workspace.request("DELETE", f"/api/proje/{project}").status == 200
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“Precious” could not be created")
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("“Precious” could not be created")
    dialog.get_by_role("button", name="Let it go").click()
    expect(dialog).to_have_count(0)
    all_sent(page)
    assert titles(workspace) == []


def test_a_task_deleted_meanwhile_can_live_on(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Doomed")
    page = visitor.open("tree", task=task["id"])
    with out_of_reach(page, "PUT"):
        panel(page).get_by_label("Priority").select_option("yuksek")
        held_back(page).to_have_text("1 not sent yet")
        assert workspace.request("DELETE", f"/api/gorev/{task['id']}").status == 200
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“Doomed” was deleted elsewhere")
    dialog.get_by_role("button", name="Save as a new task").click()
    expect(row(page, "Doomed")).to_be_visible()
    wait_for(lambda: titles(workspace) == ["Doomed"])
