"""The board by status and the graph around one task, with the pointer and by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import fill
from tests.web.visitor import Visitor, notice, panel


def column(page: Page, status: str) -> Locator:
    """The column of that status."""
    return page.get_by_role("region", name=status)


def card(within: Page | Locator, title: str) -> Locator:
    """The title of a card, which is what the keyboard picks up."""
    return within.get_by_role("button", name=title, exact=True)


def node(page: Page, title: str) -> Locator:
    """The task in the graph."""
    return page.locator(".graph-node").filter(has_text=title)


def announced(page: Page, text: str) -> None:
    """Those who only listen are told ``text``."""
    expect(page.locator("[aria-live], [role=status]").filter(has_text=text).first).to_be_attached()


def pick_up(page: Page, title: str, status: str) -> None:
    """Take the card that has the focus; until a turn after that, dnd-kit does not listen to the arrows."""
    page.keyboard.press("Space")
    announced(page, f"“{title}” picked up from {status}.")
    expect(page.locator(".card.lifted")).to_be_visible()
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def test_a_card_is_carried_by_keyboard(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Carried")
    workspace.task("Other")
    page = visitor.open("board")
    card(page, "Carried").focus()
    pick_up(page, "Carried", "Pending")
    page.keyboard.press("ArrowRight")
    announced(page, "“Carried” is over In progress.")
    page.keyboard.press("Space")
    expect(card(column(page, "In progress"), "Carried")).to_be_focused()
    announced(page, "“Carried” moved to In progress.")
    assert workspace.get(f"/api/gorev/{task['id']}")["data"]["durum"] == "devam_ediyor"
    pick_up(page, "Carried", "In progress")
    page.keyboard.press("ArrowRight")
    announced(page, "“Carried” is over Done.")
    page.keyboard.press("Escape")
    announced(page, "“Carried” stays where it was.")
    expect(card(column(page, "In progress"), "Carried")).to_be_visible()


def test_a_card_is_dragged(visitor: Visitor, workspace: WorkspaceClient) -> None:
    workspace.task("Dragged")
    page = visitor.open("board")
    card(page, "Dragged").hover()
    page.mouse.down()
    to = column(page, "Done").bounding_box()
    assert to is not None
    page.mouse.move(to["x"] + 60, to["y"] + 100, steps=8)
    expect(column(page, "Done")).to_have_attribute("data-over", "true")
    page.mouse.up()
    expect(card(column(page, "Done"), "Dragged")).to_be_visible()


def test_a_card_that_may_not_go_there_says_why_and_comes_back(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open("board")
    card(page, "Release 1.0").focus()
    pick_up(page, "Release 1.0", "Pending")
    page.keyboard.press("ArrowRight")
    announced(page, "“Release 1.0” is over In progress.")
    expect(page.get_by_text("Waits for 3 unfinished tasks")).to_be_visible()
    page.keyboard.press("Space")
    expect(notice(page, "This waits for unfinished tasks")).to_be_visible()
    expect(card(column(page, "Pending"), "Release 1.0")).to_be_visible()
    announced(page, "“Release 1.0” could not be moved to In progress and is back.")


def test_one_walks_over_the_board_by_arrows(visitor: Visitor, workspace: WorkspaceClient) -> None:
    for title in ("Second", "First"):
        workspace.task(title)
    started = workspace.task("Started")["id"]
    workspace.change(started, durum="devam_ediyor")
    page = visitor.open("board")
    card(page, "First").focus()
    page.keyboard.press("ArrowDown")
    expect(card(page, "Second")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card(page, "Started")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_label("Title")).to_have_value("Started")


def test_the_graph_is_walked_along_its_links(visitor: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = visitor.open(f"graph/{ids.waiting}")
    expect(page.locator(".graph-node")).to_have_count(4)
    expect(node(page, "Release 1.0")).to_have_attribute("aria-current", "true")
    node(page, "Release 1.0").focus()
    page.keyboard.press("ArrowLeft")
    focused = page.locator(".graph-node:focus")
    expect(focused).not_to_contain_text("Release 1.0")
    page.keyboard.press("ArrowRight")
    expect(node(page, "Release 1.0")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_label("Title")).to_have_value("Release 1.0")
    page.keyboard.press("Escape")
    node(page, "Resume the event stream").focus()
    page.keyboard.press("c")
    expect(page).to_have_url(f"{visitor.origin}/w/{workspace.id}/graph/{ids.parent}")
    expect(node(page, "Resume the event stream")).to_have_attribute("aria-current", "true")


def test_the_graph_follows_what_others_do(visitor: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = visitor.open(f"graph/{ids.waiting}")
    expect(page.locator(".graph-edge[data-kind=blocks]").first).to_be_visible()
    before = page.locator("svg.graph .graph-edge[data-kind=blocks]").count()
    limits = node(page, "Limit the size of requests").get_attribute("data-node")
    workspace.change(str(limits), durum="tamamlandi")
    expect(page.locator("svg.graph .graph-edge[data-kind=blocks]")).to_have_count(before - 1)


def test_a_task_for_the_graph_is_found_by_its_words(visitor: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = visitor.open("graph")
    page.get_by_role("button", name="Release 1.0").or_(page.get_by_role("link", name="Release 1.0")).first.click()
    expect(page).to_have_url(f"{visitor.origin}/w/{workspace.id}/graph/{ids.waiting}")
