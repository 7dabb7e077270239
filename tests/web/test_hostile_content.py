"""Titles, tags, names and descriptions meant to break the page: shown as text, harmless, within their bounds."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.support.workspace_client import WorkspaceClient
from tests.web.visitor import PHONE, Visitor, notice, panel

TITLES: Final = {
    "script": "<script>document.title='broken'</script>",
    "image": "<img src=x onerror=\"document.title='broken'\">",
    "right to left override": "invoice\u202egnp.exe",
    "isolates left open": "\u2066\u2067\u202b open \u202e",
    "right to left": "مرحبا بالعالم — مهمة طويلة",
    "zero width": "zero\u200bwidth\u200d\ufeffjoiner\u2060",
    "combining": "Z" + "\u0351\u036b\u0343\u036a\u0302" * 40 + "algo",
    "one word": "W" * 500,
    "line breaks": "one\u2028two\u2029three",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 30,
    "control": "bell\u0007tab\tdel\u007f",
}

MARKDOWN: Final = (
    """\
<script>document.title = 'broken'</script>
<img src=x onerror="document.title = 'broken'">
<svg onload="document.title = 'broken'"><animate onbegin="document.title = 'broken'"></svg>
<iframe src="https://elsewhere.test/"></iframe>
<style>body { display: none }</style>
<form action="https://elsewhere.test/"><input autofocus onfocus="document.title = 'broken'"><button>send</button></form>
<a href="javascript:document.title = 'broken'">raw link</a>
<math><mtext><table><mglyph><style><img src=x onerror="document.title = 'broken'">
<div style="position:fixed;inset:0;background:url(https://elsewhere.test/)">over everything</div>
<base href="https://elsewhere.test/"><meta http-equiv="refresh" content="0;url=https://elsewhere.test/">

[a link](javascript:document.title='broken') [data](data:text/html,<script>1</script>)
![giant](https://elsewhere.test/giant.png "x" ) ![data](data:image/svg+xml;base64,PHN2Zz4=) ![own](/api/health)

| a | b |
|---|---|
| """
    + "wide" * 400
    + """ | x |

    """
    + "long line of code " * 200
    + """

"""
    + ">" * 200
    + """ deep quote

"""
    + "\n".join("  " * depth + "- deep list" for depth in range(60))
    + """

# \u202eheading\u202c
"""
)


ATTRIBUTES_THAT_RUN: Final = """element => [...element.querySelectorAll('*')]
    .flatMap(each => each.getAttributeNames()).filter(name => name.startsWith('on'))"""
LINKS_ELSEWHERE: Final = """element => [...element.querySelectorAll('a')]
    .map(link => link.protocol).filter(protocol => !/^(https?|mailto):$/.test(protocol))"""


def harmless(page: Page) -> None:
    """Nothing of it was run, and nothing reaches beyond its bounds."""
    assert "broken" not in page.title()
    assert page.evaluate("document.querySelectorAll('main script, aside script, iframe, object, embed').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_hostile_titles_are_text(visitor: Visitor, workspace: WorkspaceClient, size: str) -> None:
    if size == "narrow":
        width, height = PHONE
    else:
        width, height = 1280, 800
    project = workspace.project(TITLES["image"], tanim=TITLES["script"])["id"]
    made = {}
    for name, title in TITLES.items():
        answer = workspace.request(
            "POST", "/api/gorev", {"baslik": title, "proje_id": project, "etiketler": [title[:100]]}
        )
        if answer.status == 201:
            made[name] = answer.json["data"]["id"]
    assert {"script", "image", "right to left override", "right to left", "zero width", "one word", "emoji"} <= set(
        made
    )
    ids = list(made.values())
    for before, after in pairwise(ids):
        body = {"kaynak_id": before, "hedef_id": after, "baglanti_tip": "onceki"}
        assert workspace.request("POST", "/api/baglanti", body).status == 201
    page = visitor.open("tree")
    page.set_viewport_size({"width": width, "height": height})
    expect(page.get_by_role("row")).to_have_count(len(made))
    for view in ("tree", "board", f"graph/{made['right to left']}", "summary", "activity"):
        visitor.go(page, view)
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.get_by_role("main").get_by_text(re.compile("zero.?width")).first).to_be_attached()
        harmless(page)
    for task_id in ids if size == "wide" else [made["one word"], made["right to left override"]]:
        visitor.go(page, "tree", task=task_id)
        expect(panel(page).get_by_role("textbox", name="Title", exact=True)).to_be_visible()
        harmless(page)


def test_an_override_in_a_title_turns_nothing_else_around(visitor: Visitor, workspace: WorkspaceClient) -> None:
    workspace.task("plain \u202eevil", etiketler=["first", "\u202etag", "last"])
    page = visitor.open("tree")
    places = page.evaluate(
        "[...document.querySelectorAll('.tree-facts .tag')].map(tag => tag.getBoundingClientRect().left)"
    )
    assert len(places) >= 2
    assert places == sorted(places)


def test_hostile_markdown_is_made_harmless(visitor: Visitor, workspace: WorkspaceClient) -> None:
    task = workspace.task("Described", aciklama=MARKDOWN)
    page = visitor.open("tree", task=task["id"])
    expect(panel(page).get_by_role("heading", name="heading")).to_be_attached()
    harmless(page)
    content = panel(page).locator(".md")
    forbidden = "script, style, form, input:not([disabled]), button, [style], base, meta, svg animate"
    assert content.locator(forbidden).count() == 0
    assert content.evaluate(ATTRIBUTES_THAT_RUN) == []
    assert content.evaluate(LINKS_ELSEWHERE) == []
    assert content.locator("img").count() == 0
    for link in content.locator("a[target=_blank]").all():
        assert "noopener" in (link.get_attribute("rel") or "")


def test_a_description_of_a_megabyte_keeps_the_page_quick(visitor: Visitor, workspace: WorkspaceClient) -> None:
    """The daemon takes 100,000 characters; a database from elsewhere may hold more, and more may be pasted."""
    paragraph = "Words **and** `more` words.\n\n- one\n- two\n\n"
    task = workspace.task("Very long", aciklama="short")
    [file] = (workspace.folder / ".gorev").glob("*.db")
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("UPDATE tasks SET description = ? WHERE id = ?", (paragraph * 25_000, task["id"]))
    page = visitor.open("tree", task=task["id"])
    details = panel(page)
    expect(details).to_contain_text("The description is very long; only its beginning is shown.")
    page.get_by_label("New task in one line").fill("Still quick")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    details.get_by_role("button", name="Edit description").click()
    field = page.get_by_role("textbox", name="Description")
    assert len(field.input_value()) == len(paragraph) * 25_000
    page.keyboard.press("Control+End")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+Enter")
    expect(notice(page, "at most 100000 characters")).to_be_visible()
    assert len(page.get_by_role("textbox", name="Description").input_value()) >= 1_000_000


def test_thousands_of_tags_and_projects_do_not_break_it(visitor: Visitor, workspace: WorkspaceClient) -> None:
    for number in range(60):
        workspace.project(f"Project {number} " + "long name " * 10)
    workspace.task("Tagged", etiketler=[f"tag{number}" for number in range(50)])
    page = visitor.open("tree")
    expect(page.get_by_role("row")).to_have_count(1)
    harmless(page)
    visitor.go(page, "board")
    harmless(page)
