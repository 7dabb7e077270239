"""Everything about one task beside the view: Markdown, fields, subtasks, dependencies, tags, history, conflicts."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import DESCRIPTION, day, fill
from tests.web.visitor import Visitor, notice, panel, row, stored


def test_a_description_is_shown_as_markdown(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Written", aciklama=DESCRIPTION)
    page = visitor.open("tree", task=task["id"])
    details = panel(page)
    expect(details.get_by_role("heading", name="Steps")).to_be_visible()
    expect(details.get_by_role("table")).to_contain_text("read again")
    expect(details.get_by_role("listitem").filter(has_text="Keep the last")).to_be_visible()
    expect(details.locator("pre")).to_contain_text("async def resume")
    details.get_by_role("button", name="Edit description").click()
    field = page.get_by_role("textbox", name="Description")
    expect(field).to_be_focused()
    field.fill("Now *this*")
    page.keyboard.press("Control+Enter")
    expect(details.locator("em")).to_have_text("this")
    stored(workspace, task["id"], aciklama="Now *this*")


def test_each_field_is_changed_where_it_stands(visitor: Visitor, workspace: WorkspaceClient) -> None:
    project = workspace.project("Server")["id"]
    task = workspace.task("Old")
    page = visitor.open("board", task=task["id"])
    details = panel(page)
    title = details.get_by_label("Title")
    title.fill("New")
    title.press("Enter")
    expect(page.locator(".card-title")).to_have_text("New")
    details.get_by_label("Priority").select_option("yuksek")
    details.get_by_label("Due date").fill(day(3))
    details.get_by_label("Project").select_option(project)
    details.get_by_label("Tags").fill("api")
    page.keyboard.press("Enter")
    expect(details.get_by_role("button", name="Remove the tag api")).to_be_visible()
    details.get_by_label("Status", exact=True).select_option("devam_ediyor")
    expect(page.get_by_role("region", name="In progress").get_by_text("New")).to_be_visible()
    expect(page.locator(".card")).to_contain_text("api")
    stored(
        workspace, task["id"], baslik="New", durum="devam_ediyor", oncelik="yuksek", proje_id=project, son_tarih=day(3)
    )


def test_subtasks_are_added_and_opened(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Parent")
    page = visitor.open("tree", task=task["id"])
    line = panel(page).get_by_label("New subtask")
    for title in ("One !high", "Two"):
        line.fill(title)
        line.press("Enter")
    expect(row(page, "One")).to_have_attribute("aria-level", "2")
    expect(panel(page).get_by_text("0/2")).to_be_visible()
    panel(page).get_by_label("Status of One").select_option("tamamlandi")
    expect(panel(page).get_by_text("1/2")).to_be_visible()
    panel(page).get_by_role("button", name="Two", exact=True).click()
    expect(panel(page).get_by_label("Title")).to_have_value("Two")


def test_dependencies_are_linked_and_unlinked(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Waiting")
    workspace.task("First of all")
    page = visitor.open("tree", task=task["id"])
    details = panel(page)
    details.get_by_role("button", name="Add a dependency").click()
    details.get_by_placeholder("Find a task").or_(page.get_by_placeholder("Find a task")).fill("first")
    page.get_by_role("option", name="First of all").click()
    expect(row(page, "Waiting")).to_contain_text("waits for 1")
    expect(details).to_contain_text("Waits for")
    details.get_by_label("Status", exact=True).select_option("devam_ediyor")
    expect(notice(page, "This waits for unfinished tasks: “First of all”")).to_be_visible()
    expect(details.get_by_label("Status", exact=True)).to_have_value("beklemede")
    details.get_by_role("button", name="Remove the link to First of all").click()
    expect(row(page, "Waiting")).not_to_contain_text("waits for")


def test_the_history_tells_who_did_what(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Told")
    page = visitor.open("tree", task=task["id"])
    details = panel(page)
    details.get_by_role("button", name="History").click()
    expect(details.locator(".history li")).to_have_count(1)
    details.get_by_label("Priority").select_option("dusuk")
    expect(details.locator(".history li").first).to_contain_text("web-ui changed priority")
    expect(details.locator(".history li")).to_have_count(2)


def test_the_same_field_changed_by_two_is_asked_about(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Both", aciklama="one\ntwo\nthree")
    page = visitor.open("tree", task=task["id"])
    details = panel(page)
    details.get_by_role("button", name="Edit description").click()
    page.get_by_role("textbox", name="Description").fill("ONE\ntwo\nthree")
    workspace.change(task["id"], aciklama="one\ntwo\nTHREE", oncelik="yuksek")
    expect(details.get_by_label("Priority")).to_have_value("yuksek")
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="“Both” was changed elsewhere")
    dialog.get_by_role("radio", name="Merged").check()
    expect(dialog.get_by_role("textbox", name="Merged")).to_have_value("ONE\ntwo\nTHREE")
    dialog.get_by_role("button", name="Save what is chosen").click()
    expect(dialog).to_have_count(0)
    expect(details).to_contain_text(re.compile(r"ONE\s*two\s*THREE"))
    stored(workspace, task["id"], aciklama="ONE\ntwo\nTHREE")


def test_what_is_typed_into_a_task_that_is_deleted_is_kept(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Doomed")
    page = visitor.open("tree", task=task["id"])
    panel(page).get_by_role("button", name="Add a description…").click()
    page.get_by_role("textbox", name="Description").fill("precious words")
    assert workspace.request("DELETE", f"/api/gorev/{task['id']}").status == 200
    expect(panel(page)).to_contain_text("“Doomed” was deleted elsewhere")
    expect(panel(page)).to_contain_text("precious words")
    panel(page).get_by_role("button", name="Save as a new task").click()
    expect(panel(page).get_by_label("Title")).to_have_value("Doomed")
    expect(panel(page)).to_contain_text("precious words")


def test_an_open_task_that_is_deleted_says_so(visitor: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = visitor.open("board", task=ids.waiting)
    expect(panel(page).get_by_label("Title")).to_have_value("Release 1.0")
    assert workspace.request("DELETE", f"/api/gorev/{ids.waiting}").status == 200
    expect(panel(page)).to_contain_text("“Release 1.0” was deleted elsewhere")
    panel(page).get_by_role("button", name="Close").click()
    expect(panel(page)).to_have_count(0)
