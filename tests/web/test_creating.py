"""New tasks: in one line of natural language, in a dialog, below another task, from a template."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import day
from tests.web.visitor import Visitor, notice, panel, row


def test_a_line_is_understood_as_it_is_typed(visitor: Visitor, workspace: WorkspaceClient) -> None:
    project = workspace.project("Server")["id"]
    page = visitor.open()
    line = page.get_by_label("New task in one line")
    line.fill("Write the report !high #api @Server tomorrow")
    chips = page.get_by_role("group", name="Understood as").get_by_role("button")
    expect(chips).to_have_count(4)
    line.press("Enter")
    expect(row(page, "Write the report")).to_contain_text("api")
    expect(row(page, "Write the report")).not_to_have_attribute("data-pending", "true")
    expect(line).to_have_value("")
    [task] = workspace.get("/api/gorevler?tum_projeler=true")["data"]
    assert (task["oncelik"], task["proje_id"], task["son_tarih"][:10]) == ("yuksek", project, day(1))
    assert [tag["isim"] for tag in task["etiketler"]] == ["api"]


def test_what_was_understood_wrongly_is_kept_as_text(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.open()
    line = page.get_by_label("New task in one line")
    line.fill("Read “The day after tomorrow” #film")
    page.get_by_role("button", name="Keep “#film” as plain text").click()
    line.press("Enter")
    expect(page.get_by_role("row")).not_to_have_attribute("data-pending", "true")
    [task] = workspace.get("/api/gorevler?tum_projeler=true")["data"]
    assert task["baslik"].endswith("#film")
    assert not task.get("etiketler")


def test_a_line_is_understood_in_turkish(browser: Browser, workspace: WorkspaceClient) -> None:
    visitor = Visitor.of(browser, workspace, language="tr")
    page = visitor.open()
    line = page.locator(".quick-input")
    line.fill("Raporu yaz !yüksek yarın")
    line.press("Enter")
    expect(row(page, "Raporu yaz")).not_to_have_attribute("data-pending", "true")
    [task] = workspace.get("/api/gorevler?tum_projeler=true")["data"]
    assert (task["oncelik"], task["son_tarih"][:10]) == ("yuksek", day(1))
    visitor.leave()


def test_several_tasks_are_added_from_the_dialog(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.open("board")
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New task")
    dialog.get_by_label("New task in one line").fill("First !low")
    dialog.get_by_label("Description").fill("With *words*")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("“First” added.")).to_be_visible()
    expect(dialog.get_by_label("New task in one line")).to_be_focused()
    page.keyboard.type("Second")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    notice(page, "“Second” added.").get_by_role("button", name="Open").click()
    expect(panel(page).get_by_label("Title")).to_have_value("Second")
    first = workspace.get("/api/gorevler?tum_projeler=true")["data"][1]
    assert (first["baslik"], first["aciklama"], first["oncelik"]) == ("First", "With *words*", "dusuk")


def test_a_task_is_made_from_a_template(visitor: Visitor, workspace: WorkspaceClient) -> None:
    workspace.project("Server")
    page = visitor.open()
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Filter templates")).to_be_focused()
    expect(dialog).not_to_contain_text("there is none yet")
    expect(dialog.locator(".wizard-choice").nth(3)).to_be_visible()
    page.keyboard.type("bug")
    dialog.locator(".wizard-choice").first.click()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.locator("[aria-invalid=true]").first).to_be_focused()
    for field in dialog.locator("form [aria-required=true]").all():
        if field.evaluate("element => element.localName") == "select":
            field.select_option(index=1)
        else:
            field.fill({"date": day(1), "number": "3"}.get(str(field.get_attribute("type")), "Something breaks"))
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_have_count(0)
    expect(panel(page)).to_contain_text("Something breaks")
    # Faults of fields went away by `fill`, which the browser does not take for the user's typing.
    page.evaluate("shifts.length = 0")
    assert workspace.get("/api/gorevler?tum_projeler=true")["total"] == 1


def test_a_refused_line_is_there_to_go_on_with(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.open()
    line = page.get_by_label("New task in one line")
    line.fill("x" * 501)
    line.press("Enter")
    expect(notice(page, "500")).to_be_visible()
    expect(line).to_have_value("x" * 501)
