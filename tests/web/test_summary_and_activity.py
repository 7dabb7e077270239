"""How a workspace stands, and who did what in it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import fill
from tests.web.visitor import Visitor, row


def figure(page: Page, name: str) -> str:
    """A large figure of the summary."""
    return page.locator(".big").filter(has=page.locator("dt", has_text=name)).locator(".big-value").inner_text()


def test_the_summary_counts_and_follows(visitor: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = visitor.open("summary")
    expect(page.get_by_role("heading", name="The last 30 days")).to_be_visible()
    assert [figure(page, name) for name in ("Open", "Overdue", "Waiting", "Finished")] == ["8", "1", "1", "2"]
    workspace.task("One more")
    expect(page.locator(".big-value").first).to_have_text("9")
    page.get_by_text("Show as tables").click()
    expect(page.get_by_role("table", name="By status")).to_contain_text("In progress")
    assert page.get_by_role("table", name="The last 30 days").get_by_role("row").count() == 31
    visitor.go(page, "summary", project=ids.project)
    expect(page.locator(".big-value").first).to_have_text("8")


def test_figures_lead_to_their_tasks(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open("summary")
    page.get_by_role("link", name="Overdue").first.click()
    expect(row(page, "Limit the size of requests")).to_be_visible()
    expect(page.get_by_test_id("task-count")).to_have_text("1 of 11 tasks")


def test_the_activity_tells_who_changed_what_live(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("A task")
    page = visitor.open("activity")
    log = page.get_by_role("main")
    expect(log).to_contain_text("created")
    with workspace.daemon.mcp(workspace=workspace.folder) as assistant:
        assistant.call("gorev_guncelle", id=task["id"], durum="devam_ediyor")
    expect(log).to_contain_text("started")
    expect(log).to_contain_text("test")
    workspace.change(task["id"], durum="tamamlandi")
    expect(log).to_contain_text("finished")
    page.get_by_label("Who").select_option("test")
    expect(log).to_contain_text("started")
    expect(log).not_to_contain_text("finished")
    expect(page).to_have_url(f"{visitor.origin}/w/{workspace.id}/activity?actor=test")
    # A log that grows at its top moves what is below.
    page.evaluate("shifts.length = 0")
