"""Export and import in the page, the sheet of shortcuts, and what the page says by itself."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import fill
from tests.web.visitor import Visitor, notice, panel, row


def exported(page: Page, folder: Path) -> Path:
    """The file that the browser has been handed."""
    page.keyboard.press("g")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Export tasks")
    expect(dialog).to_contain_text("11 tasks")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Export", exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(dialog).to_contain_text("Handed to the browser")
    page.keyboard.press("Escape")
    return file


def test_tasks_are_exported_changed_and_imported_again(
    visitor: Visitor, workspace: WorkspaceClient, tmp_path: Path
) -> None:
    fill(workspace)
    page = visitor.open()
    file = exported(page, tmp_path)
    document = json.loads(file.read_text())
    assert "Release 1.0" in json.dumps(document)
    other = WorkspaceClient.of_new_folder(workspace.daemon)
    other.task("Already here")
    page.goto(f"{visitor.origin}/w/{other.id}/tree")
    expect(row(page, "Already here")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Import tasks")
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog).to_contain_text("What would happen")
    assert other.get("/api/gorevler?tum_projeler=true")["total"] == 1
    dialog.get_by_role("button", name="Import 11 tasks").click()
    expect(dialog).to_contain_text("11 tasks imported")
    page.keyboard.press("Escape")
    expect(row(page, "Release 1.0")).to_be_visible()
    assert other.get("/api/gorevler?tum_projeler=true")["total"] == 12


def test_what_is_here_already_is_shown_before_anything_changes(
    visitor: Visitor, workspace: WorkspaceClient, tmp_path: Path
) -> None:
    fill(workspace)
    page = visitor.open()
    file = exported(page, tmp_path)
    page.keyboard.press("g")
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Import tasks")
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog).to_contain_text("here already")
    expect(dialog).to_contain_text("Release 1.0")
    assert workspace.get("/api/gorevler?tum_projeler=true")["total"] == 11


def test_a_file_that_is_no_export_is_refused(visitor: Visitor, workspace: WorkspaceClient, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.json"
    file.write_text("{broken")
    page = visitor.open()
    page.keyboard.press("g")
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="Import tasks")
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog).to_contain_text("This cannot be imported. Nothing was changed.")


def test_the_sheet_shows_every_shortcut(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.open()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    for name in ("Commands and search", "Move under another task", "Pick the task up, or put it down"):
        expect(sheet).to_contain_text(name)
    expect(sheet.get_by_placeholder("Find a shortcut")).to_be_focused()
    page.keyboard.type("template")
    expect(sheet).to_contain_text("New task from a template")
    expect(sheet).not_to_contain_text("Move under another task")


def test_a_quiet_notice_tells_what_others_create_and_finish(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Handed over")
    page = visitor.open("summary")
    with workspace.daemon.mcp(workspace=workspace.folder) as assistant:
        assistant.call("gorev_guncelle", id=task["id"], durum="devam_ediyor")
        assistant.call("gorev_guncelle", id=task["id"], durum="tamamlandi")
    expect(notice(page, "finished “Handed over”")).to_be_visible()
    notice(page, "finished “Handed over”").get_by_role("button", name="Open").click()
    expect(panel(page).get_by_label("Title")).to_have_value("Handed over")


def test_a_newer_version_is_hinted_at(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.open()
    port = int(workspace.daemon.lock["port"])

    def newer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"version": "99.0.0"})

    page.route("**/api/health", newer)
    workspace.daemon.kill()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "reconnecting")
    workspace.daemon.start(port)
    bar = page.get_by_test_id("reload-bar")
    expect(bar).to_contain_text("Gorev 99.0.0 is running now; this page is older.")
    page.unroute_all(behavior="wait")
    bar.get_by_role("button", name="Reload").click()
    expect(bar).to_have_count(0)
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
