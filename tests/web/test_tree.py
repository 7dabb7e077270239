"""The tree of tasks: folding, dragging, selecting and changing many at once, with the pointer and without."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.content import day, fill
from tests.web.visitor import Visitor, panel, row


def announced(page: Page, text: str) -> None:
    """Those who only listen are told ``text``."""
    expect(page.locator("[aria-live], [role=status]").filter(has_text=text).first).to_be_attached()


def level(of: Locator, depth: int) -> None:
    """The row stands at that depth, 1 for the top."""
    expect(of).to_have_attribute("aria-level", str(depth))


def test_rows_tell_what_matters_of_a_task(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open()
    resume = row(page, "Resume the event stream after a restart")
    expect(resume).to_contain_text("1/3")
    expect(resume).to_contain_text("reliability")
    expect(resume).to_contain_text("Server")
    expect(resume.get_by_title("Due")).to_have_attribute("datetime", day(1))
    expect(resume.get_by_text("High priority")).to_be_attached()
    expect(row(page, "Release 1.0")).to_contain_text("waits for 3")
    expect(row(page, "Limit the size of requests").get_by_title("Overdue")).to_be_visible()


def test_subtasks_are_folded_and_unfolded(visitor: Visitor, workspace: WorkspaceClient) -> None:
    fill(workspace)
    page = visitor.open()
    parent, child, grandchild = (
        row(page, title)
        for title in (
            "Resume the event stream after a restart",
            "Keep the last seq of each workspace",
            "Count the events that were resumed",
        )
    )
    level(grandchild, 3)
    page.get_by_role("button", name="Hide subtasks of Resume").click()
    expect(parent).to_have_attribute("aria-expanded", "false")
    expect(child).to_have_count(0)
    parent.focus()
    page.keyboard.press("ArrowRight")
    expect(grandchild).to_be_visible()
    page.keyboard.press("-")
    expect(child).to_have_count(0)
    page.keyboard.press("*")
    expect(grandchild).to_be_visible()
    page.get_by_role("button", name="Collapse all").click()
    expect(child).to_have_count(0)
    page.get_by_role("button", name="Expand all").click()
    expect(grandchild).to_be_visible()


def test_a_task_is_dragged_under_another(visitor: Visitor, workspace: WorkspaceClient) -> None:
    for title in ("Child", "Parent"):
        workspace.task(title)
    page = visitor.open()
    row(page, "Child").hover()
    expect(page.locator(".tree-grid")).to_have_js_property("onmousedown", None)
    drag(page, row(page, "Child"), row(page, "Parent"))
    level(row(page, "Child"), 2)
    announced(page, "“Child” is now under “Parent”.")
    drag(page, row(page, "Child"), None)
    level(row(page, "Child"), 1)


def drag(page: Page, what: Locator, onto: Locator | None) -> None:
    """Drag with the mouse; onto None is the place for the top level."""
    grip = what.locator(".tree-name").bounding_box()
    assert grip is not None
    x, y = grip["x"] + 10, grip["y"] + grip["height"] / 2
    bar = page.get_by_test_id("move-bar")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 4, steps=4)
    expect(bar).to_be_visible()
    to = (bar if onto is None else onto).bounding_box()
    assert to is not None
    page.mouse.move(to["x"] + 200, to["y"] + to["height"] / 2, steps=6)
    if onto is None:
        expect(bar).to_have_attribute("data-target", "true")
    else:
        expect(onto).to_have_attribute("data-target", "yes")
    page.mouse.up()
    expect(bar).to_have_count(0)


def test_a_task_is_moved_by_keyboard_alone(visitor: Visitor, workspace: WorkspaceClient) -> None:
    for title in ("Third", "Second", "First"):
        workspace.task(title)
    page = visitor.open()
    page.keyboard.press("Tab")
    row(page, "Third").focus()
    page.keyboard.press("m")
    announced(page, "Moving “Third”")
    page.keyboard.press("ArrowDown")
    announced(page, "Under “First”")
    page.keyboard.press("ArrowDown")
    announced(page, "Under “Second”")
    page.keyboard.press("Enter")
    level(row(page, "Third"), 2)
    announced(page, "“Third” is now under “Second”.")
    row(page, "Second").focus()
    page.keyboard.press("m")
    page.keyboard.press("End")
    announced(page, "Not possible under “Third”")
    page.keyboard.press("Escape")
    announced(page, "“Second” stays where it was.")
    row(page, "Third").focus()
    page.keyboard.press("m")
    page.keyboard.press("0")
    announced(page, "At the top level")
    page.keyboard.press("Enter")
    level(row(page, "Third"), 1)


def test_many_tasks_are_changed_at_once(visitor: Visitor, workspace: WorkspaceClient) -> None:
    project = workspace.project("Elsewhere")["id"]
    ids = [workspace.task(f"Task {number}")["id"] for number in range(4)]
    page = visitor.open()
    bar = page.get_by_role("toolbar", name="Actions for the selected tasks")
    row(page, "Task 3").focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(bar).to_contain_text("3 tasks selected")

    def choose(action: str, item: str) -> None:
        bar.get_by_role("button", name=action, exact=True).click()
        page.get_by_role("menuitem", name=item, exact=True).click()
        expect(page.get_by_text("3 tasks changed.")).to_be_visible()
        page.get_by_role("button", name="Dismiss").click()

    choose("Status", "In progress")
    choose("Priority", "High")
    choose("Project", "Elsewhere")
    bar.get_by_role("button", name="Tags").click()
    page.get_by_label("Tags to add").fill("one, two")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 tasks changed.")).to_be_visible()
    for task_id in ids[1:]:
        task = workspace.get(f"/api/gorev/{task_id}")["data"]
        assert (task["durum"], task["oncelik"], task["proje_id"]) == ("devam_ediyor", "yuksek", project)
        assert sorted(tag["isim"] for tag in task["etiketler"]) == ["one", "two"]
    assert workspace.get(f"/api/gorev/{ids[0]}")["data"]["durum"] == "beklemede"
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").or_(page.get_by_role("dialog")).get_by_role("button", name="Delete").click()
    expect(page.get_by_test_id("task-count")).to_have_text("1 task")
    expect(bar).to_have_count(0)


def test_a_task_with_subtasks_goes_with_all_of_them(visitor: Visitor, workspace: WorkspaceClient) -> None:
    ids = fill(workspace)
    page = visitor.open("tree", task=ids.parent)
    row(page, "Resume the event stream after a restart").focus()
    page.keyboard.press("Delete")
    question = page.get_by_role("alertdialog").or_(page.get_by_role("dialog"))
    expect(question).to_contain_text("4 subtasks below go with them")
    question.get_by_role("button", name="Delete").click()
    expect(row(page, "Count the events that were resumed")).to_have_count(0)
    expect(panel(page)).to_have_count(0)
    assert workspace.request("GET", f"/api/gorev/{ids.parent}").status == 404


def test_everything_about_a_row_is_done_by_keyboard(visitor: Visitor, workspace: WorkspaceClient) -> None:
    for title in ("Lower", "Upper"):
        workspace.task(title)
    page = visitor.open()
    row(page, "Upper").focus()
    page.keyboard.press("ArrowDown")
    expect(row(page, "Lower")).to_be_focused()
    page.keyboard.press("d")
    expect(row(page, "Lower")).to_have_attribute("data-status", "tamamlandi")
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Subtask of “Lower”")
    page.keyboard.type("Below")
    page.keyboard.press("Enter")
    level(row(page, "Below"), 2)
    row(page, "Lower").focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_label("Title")).to_have_value("Lower")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(row(page, "Lower")).to_be_focused()
