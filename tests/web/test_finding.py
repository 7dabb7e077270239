"""Search, filters, saved profiles and the palette; whatever narrows stands in the address."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import fill
from tests.web.visitor import Visitor, panel, row


def shown(page: Page, count: int) -> None:
    """So many of the eleven tasks match."""
    expect(page.get_by_test_id("task-count")).to_have_text(f"{count} of 11 tasks")


def test_words_and_filters_narrow_and_stand_in_the_address(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open()
    page.keyboard.press("/")
    search = page.get_by_role("combobox", name="Search or filter")
    expect(search).to_be_focused()
    page.keyboard.type("tag:websocket")
    shown(page, 2)
    page.keyboard.type(" missed")
    shown(page, 1)
    expect(page).to_have_url(re.compile(r"q=tag%3Awebsocket\+missed$"))
    other = visitor.open("board", q="tag:websocket missed")
    expect(other.locator(".card")).to_have_count(1)
    page.get_by_role("button", name="Clear the search").click()
    expect(page.get_by_test_id("task-count")).to_have_text("11 tasks")
    page.get_by_role("radio", name=re.compile("Done")).check(force=True)
    shown(page, 2)
    page.go_back()
    expect(page.get_by_test_id("task-count")).to_have_text("11 tasks")


def test_the_query_language_is_proposed(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open()
    page.keyboard.press("/")
    page.keyboard.type("sta")
    options = page.get_by_role("listbox", name="Proposals").get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Search or filter")).to_have_value(re.compile(r"^status:"))
    expect(options.filter(has_text="In progress")).to_be_visible()
    options.filter(has_text="In progress").click()
    shown(page, 2)


def test_a_filter_is_saved_used_and_deleted(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open("tree", q="tag:security")
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_label("Name of the filter").fill("What is risky")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The filter “What is risky” is saved.")).to_be_visible()
    visitor.go(page, "tree")
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^What is risky")).click()
    shown(page, 1)
    expect(page).to_have_url(re.compile(r"q=tag%3Asecurity.*profile="))
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("button", name="Delete the filter What is risky").click()
    question = page.get_by_role("alertdialog").or_(page.get_by_role("dialog")).filter(has_text="What is risky")
    question.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Saved filters").click()
    expect(page.get_by_role("button", name=re.compile("^What is risky"))).to_have_count(0)


def test_the_palette_finds_tasks_and_does_things(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open("summary")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("carry cards")
    option = page.get_by_role("option", name="Carry cards by keyboard").first
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_label("Title")).to_have_value("Carry cards by keyboard")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("board")
    page.get_by_role("option", name=re.compile("^Board")).click()
    expect(page).to_have_url(re.compile("/board"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("dark")
    page.get_by_role("option", name="Theme: Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_nothing_found_says_so(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open("tree", q="zzzzzz")
    expect(page.get_by_text("No task matches the filter.")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(row(page, "Dark theme")).to_be_visible()
