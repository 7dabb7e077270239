"""On a phone: everything within reach of a thumb, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import fill
from tests.web.visitor import PHONE, Visitor, panel, row


@pytest.fixture
def walker(browser: Browser, workspace: WorkspaceClient) -> Iterator[Visitor]:
    """Somebody with a phone in their hand."""
    someone = Visitor.of(browser, workspace, size=PHONE, touch=True)
    yield someone
    someone.leave()


def test_one_goes_through_all_views(walker: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = walker.open()
    bar = page.get_by_role("navigation", name="Views").last
    for name in ("Board", "Summary", "Activity", "Tasks"):
        bar.get_by_role("link", name=name).tap()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    bar.get_by_role("button", name="More").tap()
    page.get_by_role("dialog").get_by_role("link", name="Server").tap()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Server")).to_be_visible()
    walker.go(page, f"graph/{ids.waiting}")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_a_task_is_added_opened_and_changed(walker: Visitor, workspace: WorkspaceClient) -> None:
    page = walker.open()
    page.get_by_label("New task in one line").fill("By thumb !high")
    page.keyboard.press("Enter")
    expect(row(page, "By thumb")).not_to_have_attribute("data-pending", "true")
    row(page, "By thumb").locator(".tree-name").tap()
    expect(panel(page)).to_be_visible()
    box = panel(page).bounding_box()
    assert box is not None
    assert box["width"] == PHONE[0]
    panel(page).get_by_label("Status", exact=True).select_option("devam_ediyor")
    panel(page).get_by_role("button", name="Close").tap()
    expect(row(page, "By thumb")).to_have_attribute("data-status", "devam_ediyor")


def test_tasks_are_chosen_by_their_boxes(walker: Visitor, workspace: WorkspaceClient) -> None:
    for title in ("One", "Two"):
        workspace.task(title)
    page = walker.open()
    page.get_by_role("button", name="Select tasks").tap()
    page.get_by_role("checkbox", name="Select One").tap()
    page.get_by_role("checkbox", name="Select Two").tap()
    expect(page.get_by_role("toolbar")).to_contain_text("2 tasks selected")


def test_what_a_finger_aims_at_is_large_enough(walker: Visitor, workspace: WorkspaceClient) -> None:
    """At least 24 CSS pixels each way (WCAG 2.2, 2.5.8), for whatever stands by itself."""
    fill(workspace)
    page = walker.open()
    small = page.evaluate(
        """[...document.querySelectorAll('button, select, a[href], input')]
            .map(element => [element, element.getBoundingClientRect()])
            .filter(([element, {width, height}]) => width > 1 && height > 1 && (width < 24 || height < 24)
                && element.checkVisibility({opacityProperty: true, visibilityProperty: true}))
            .map(([element, {width, height}]) => `${width}x${height} ${element.outerHTML.slice(0, 120)}`)"""
    )
    assert small == []
