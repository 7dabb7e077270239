"""axe-core finds nothing on any view and in any dialog, in both languages and both themes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

import attrs
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient
from tests.web.content import Filled, fill
from tests.web.visitor import PHONE, Language, Visitor, panel

AXE: Final = (Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js").read_text()
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RUN: Final = """async runOnly => {
    const {violations} = await axe.run(document, {runOnly, resultTypes: ['violations'], preload: false})
    const told = ({target, html, any}) => `${target} ${html.slice(0, 160)} ${any.map(({message}) => message)}`
    return violations.map(({id, nodes}) => `${id}: ${nodes.map(told).join(' | ')}`)
}"""

VIEWS: Final = ("tree", "board", "graph", "summary", "activity")
# What a theme can change: the other rules judge the structure, which is the same in both.
RULES_OF_COLOUR: Final = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
DIALOGS_BY_KEY: Final = {
    "palette": "Control+k",
    "shortcuts": "?",
    "new task": "n",
    "templates": "t",
    "new project": "p",
    "export": "g e",
    "import": "g i",
}


@attrs.define
class Inspector:
    """Collects what axe finds on the way through the page, in the light theme and in the dark one."""

    page: Page
    findings: list[str] = attrs.Factory(list)

    def look(self, place: str) -> None:
        """Let axe look at what is shown now."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        self._run(f"{place}, light", {"type": "tag", "values": TAGS})
        self.page.emulate_media(color_scheme="dark")
        self._run(f"{place}, dark", RULES_OF_COLOUR)
        self.page.emulate_media(color_scheme="light")

    def look_at(self, place: str, what: Locator) -> None:
        """Let axe look once ``what`` is shown and nothing in it is loading; Escape closes it."""
        expect(what).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self.look(place)
        self.page.keyboard.press("Escape")
        expect(what).to_have_count(0)

    def _run(self, place: str, rules: Any) -> None:
        self.findings += [f"{place}: {finding}" for finding in self.page.evaluate(RUN, rules)]


@pytest.fixture(scope="module")
def filled(daemon: RunningDaemon) -> tuple[WorkspaceClient, Filled]:
    """One workspace for all of them: nothing is changed here."""
    workspace = WorkspaceClient.of_new_folder(daemon)
    WorkspaceClient.of_new_folder(daemon).task("In another workspace")
    return workspace, fill(workspace)


@pytest.fixture(params=["en", "tr"])
def language(request: pytest.FixtureRequest) -> Language:
    """Each language of the page."""
    return cast(Language, request.param)


def test_views(browser: Browser, filled: tuple[WorkspaceClient, Filled], language: Language) -> None:
    workspace, ids = filled
    visitor = Visitor.of(browser, workspace, language=language)
    inspector = Inspector(visitor.open())
    look_at_views(visitor, inspector, ids)
    visitor.leave()
    assert not inspector.findings, "\n".join(inspector.findings)


def test_views_on_a_phone(browser: Browser, filled: tuple[WorkspaceClient, Filled]) -> None:
    workspace, ids = filled
    visitor = Visitor.of(browser, workspace, language="tr", size=PHONE, touch=True)
    inspector = Inspector(visitor.open())
    look_at_views(visitor, inspector, ids)
    visitor.go(inspector.page, "tree")
    inspector.page.locator(".topbar-menu").click()
    inspector.look_at("drawer", inspector.page.get_by_role("dialog"))
    visitor.leave()
    assert not inspector.findings, "\n".join(inspector.findings)


def look_at_views(visitor: Visitor, inspector: Inspector, ids: Filled) -> None:
    page = inspector.page
    places = {
        **{view: (view, {}) for view in VIEWS},
        "graph of a task": (f"graph/{ids.waiting}", {}),
        "details": ("tree", {"task": ids.parent}),
        "details of no task": ("board", {"task": "no-such-task"}),
        "nothing matches": ("tree", {"q": "no such words anywhere"}),
    }
    for name, (view, query) in places.items():
        visitor.go(page, view, **query)
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        inspector.look(name)
    page.locator(".search-field input").fill("no-such-key:1")
    inspector.look("unreadable search")
    for address in ("/no/such/place", "/w/0123456789abcdef/tree"):
        page.goto(visitor.origin + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        inspector.look(address)


def test_dialogs(browser: Browser, filled: tuple[WorkspaceClient, Filled], language: Language) -> None:
    workspace, _ = filled
    visitor = Visitor.of(browser, workspace, language=language)
    page = visitor.open("tree")
    dialog = page.get_by_role("dialog")
    inspector = Inspector(page)
    for name, keys in DIALOGS_BY_KEY.items():
        for key in keys.split():
            page.keyboard.press(key)
        inspector.look_at(name, dialog)

    page.locator(".quick-input").fill("Call !high #api tomorrow")
    inspector.look("a line being typed")
    page.keyboard.press("Escape")
    page.locator(".search-field input").press_sequentially("durum:")
    inspector.look("search with proposals")
    page.locator(".search-field input").fill("")
    page.locator(".search-field .icon-button").last.click()
    inspector.look_at("saved filters", dialog)
    page.locator(".workspace-button").click()
    inspector.look_at("workspaces to switch to", page.get_by_role("menu"))
    page.locator(".workspace-button").click()
    page.get_by_role("menuitem").last.click()
    inspector.look_at("workspaces", dialog)
    page.locator(".sidebar-foot .side-link").click()
    inspector.look_at("settings", page.get_by_role("menu"))
    for at, name in ((1, "rename a project"), (2, "delete a project")):
        page.locator(".project-more").first.click()
        if at == 1:
            inspector.look("actions of a project")
        page.get_by_role("menuitem").nth(at).click()
        inspector.look_at(name, dialog)
    first = page.get_by_role("row").first
    first.focus()
    page.keyboard.press("Delete")
    inspector.look_at("delete a task", page.get_by_role("alertdialog").or_(dialog))
    first.focus()
    page.keyboard.press("m")
    inspector.look_at("a task being moved", page.get_by_test_id("move-bar"))
    look_at_selection(inspector)
    page.keyboard.press("t")
    page.locator(".wizard-choice").first.click()
    inspector.look_at("a template's fields", dialog)
    visitor.leave()
    assert not inspector.findings, "\n".join(inspector.findings)


def look_at_selection(inspector: Inspector) -> None:
    page = inspector.page
    page.get_by_role("row").first.focus()
    page.keyboard.press("Control+a")
    bar = page.locator(".bulk-bar")
    inspector.look("tasks selected")
    for at in range(5):
        bar.get_by_role("button").nth(at).click()
        opened = page.get_by_role("menu").or_(page.get_by_role("dialog"))
        inspector.look_at(f"bulk action {at}", opened)
    page.get_by_role("row").first.focus()
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_details(browser: Browser, filled: tuple[WorkspaceClient, Filled], language: Language) -> None:
    workspace, ids = filled
    visitor = Visitor.of(browser, workspace, language=language)
    page = visitor.open("board", task=ids.parent)
    inspector = Inspector(page)
    details = panel(page)
    details.locator(".panel-head [aria-haspopup=menu]").click()
    inspector.look_at("more actions", page.get_by_role("menu"))
    details.locator(".detail-fold").click()
    expect(details.locator(".history li").first).to_be_visible()
    inspector.look("history")
    details.locator(".detail-section h3 .icon-button").first.click()
    expect(details.locator(".description-input")).to_be_visible()
    inspector.look("description being written")
    page.keyboard.press("Escape")
    visitor.leave()
    assert not inspector.findings, "\n".join(inspector.findings)


def test_decisions(browser: Browser, daemon: RunningDaemon, language: Language) -> None:
    """What another has changed or deleted meanwhile, and what waits for a daemon that does not answer."""
    workspace = WorkspaceClient.of_new_folder(daemon)
    task = workspace.task("Mine", aciklama="one\ntwo")
    visitor = Visitor.of(browser, workspace, language=language)
    page = visitor.open("tree", task=task["id"])
    inspector = Inspector(page)
    dialog = page.get_by_role("dialog")
    page.route("**/api/gorev/*", lambda route: route.abort())
    panel(page).locator(".detail-section h3 .icon-button").first.click()
    panel(page).locator(".description-input").fill("one\nmine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("held-back")).to_contain_text("1")
    inspector.look("a change that waits")
    workspace.change(task["id"], aciklama="one\ntheirs")
    page.unroute("**/api/gorev/*")
    inspector.look_at("conflict", dialog)
    page.route("**/api/gorev/*", lambda route: route.abort())
    panel(page).locator("select[id$=-priority]").select_option("yuksek")
    expect(page.get_by_test_id("held-back")).to_contain_text("1")
    workspace.request("DELETE", f"/api/gorev/{task['id']}")
    page.unroute("**/api/gorev/*")
    inspector.look_at("gone", dialog)
    visitor.leave()
    assert not inspector.findings, "\n".join(inspector.findings)
