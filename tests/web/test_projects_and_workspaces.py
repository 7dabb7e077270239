"""Projects and workspaces: create, rename, delete, make active, switch, lose."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient
from tests.web.visitor import Visitor, panel, row


def choose(page: Page, project: str, action: str) -> None:
    """An entry of a project's menu."""
    page.get_by_role("button", name=f"Actions for {project}").click()
    page.get_by_role("menuitem", name=action).click()


def test_a_project_is_made_active_renamed_and_deleted(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.open()
    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Server")
    page.keyboard.press("Enter")
    projects = page.get_by_role("navigation", name="Projects")
    expect(projects.get_by_role("link", name="Server")).to_be_visible()
    choose(page, "Server", "Make active")
    expect(projects.get_by_role("link", name="Server")).to_contain_text("Active project")
    page.get_by_label("New task in one line").fill("Goes there by itself")
    page.keyboard.press("Enter")
    expect(projects.get_by_role("link", name="Server")).to_contain_text("1 open of 1")
    choose(page, "Server", "Rename")
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("Daemon")
    page.keyboard.press("Enter")
    expect(projects.get_by_role("link", name="Daemon")).to_be_visible()
    choose(page, "Daemon", "Delete")
    question = page.get_by_role("dialog")
    question.get_by_role("button", name="Delete").click()
    expect(question).to_contain_text("It still has one task")
    page.keyboard.press("Escape")
    choose(page, "Daemon", "No longer active")
    expect(projects.get_by_role("link", name="Daemon")).not_to_contain_text("Active project")
    projects.get_by_role("link", name="No project").click()
    expect(page.get_by_text("No tasks yet.")).to_be_visible()


def test_one_switches_between_workspaces(visitor: Visitor, workspace: WorkspaceClient, daemon: RunningDaemon) -> None:
    workspace.task("Here")
    other = WorkspaceClient.of_new_folder(daemon)
    other.task("There")
    page = visitor.open()
    page.get_by_role("button", name=re.compile("^Workspace:")).click()
    page.get_by_role("menuitemradio", name=other.folder.name).click()
    expect(row(page, "There")).to_be_visible()
    expect(row(page, "Here")).to_have_count(0)
    expect(page).to_have_url(re.compile(other.id))
    page.goto(visitor.origin)
    expect(row(page, "There")).to_be_visible()


def test_a_folder_becomes_a_workspace_and_is_taken_off_the_list(
    visitor: Visitor, workspace: WorkspaceClient, daemon: RunningDaemon
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="added-", dir=daemon.home))
    page = visitor.open()

    def manage() -> None:
        page.get_by_role("button", name=re.compile("^Workspace:")).click()
        page.get_by_role("menuitem", name="Manage workspaces…").click()

    manage()
    page.get_by_label("Folder of the workspace").fill("not/absolute")
    page.get_by_role("button", name="Add workspace").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).not_to_be_empty()
    page.get_by_label("Folder of the workspace").fill(str(folder))
    page.get_by_role("button", name="Add workspace").click()
    expect(page.get_by_role("button", name=f"Workspace: {folder.name}")).to_be_visible()
    visitor.go(page, "tree")
    manage()
    page.get_by_role("button", name=f"Remove {folder.name} from the list").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("dialog")).not_to_contain_text(str(folder))
    assert (folder / ".gorev").is_dir()


def test_a_workspace_that_vanishes_is_said_to_be_gone(
    visitor: Visitor, workspace: WorkspaceClient, daemon: RunningDaemon
) -> None:
    workspace.task("Here")
    page = visitor.open()
    assert daemon.delete(f"/api/v1/workspaces/{workspace.id}").status == 200
    page.reload()
    expect(page.get_by_role("heading", name="This workspace is not known here")).to_be_visible()
    expect(page.get_by_role("link").first).to_be_visible()


def test_addresses_that_lead_nowhere(visitor: Visitor, workspace: WorkspaceClient) -> None:
    workspace.task("Here")
    page = visitor.open("tree", task="no-such-task", project="no-such-project", unknown="key")
    expect(panel(page)).to_contain_text("This task is no longer there")
    for address in ("/no/such/place", f"/w/{workspace.id}/no-such-view", "/w/%00/tree", "/w/<script>/tree"):
        page.goto(visitor.origin + address)
        expect(page.get_by_role("heading", level=1).last).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text=re.compile("nothing here|not known here"))).to_be_visible()
