"""What the first visit costs: bytes, requests, layout shift; and what the page is allowed to do at all."""

from __future__ import annotations

import gzip
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.support.running_daemon import wait_for
from tests.support.workspace_client import WorkspaceClient
from tests.web.content import fill
from tests.web.visitor import PHONE, Language, Visitor, row

MOST_BYTES: Final = 220 * 1024


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_first_load_is_small(browser: Browser, workspace: WorkspaceClient, language: Language) -> None:
    """Everything that comes before the tasks can be worked with, gzipped: the page's own files."""
    fill(workspace)
    visitor = Visitor.of(browser, workspace, language=language)
    page = visitor.context.new_page()
    came: list[Response] = []
    page.on("response", lambda response: came.append(response))
    page.goto(f"{visitor.origin}/w/{workspace.id}/tree")
    expect(row(page, "Release 1.0")).to_be_visible()
    expect(page.locator(".quick-input")).to_be_editable()
    files = [response for response in came if not urlsplit(response.url).path.startswith("/api/")]
    assert len(files) > 2
    sizes = {response.url: len(gzip.compress(response.body())) for response in files}
    assert all("immutable" in each.headers["cache-control"] for each in files if "/assets/" in each.url)
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    visitor.leave()


@pytest.mark.parametrize("view", ["tree", "board", "graph", "summary", "activity"])
def test_nothing_moves_while_a_view_comes(browser: Browser, workspace: WorkspaceClient, view: str) -> None:
    """No layout shift as the browser reports it, wide and on a phone, with the details open too."""
    ids = fill(workspace)
    for size in ((1280, 800), PHONE):
        visitor = Visitor.of(browser, workspace, size=size, touch=size == PHONE)
        page = visitor.open(view, task=ids.parent)
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        visitor.leave()


def test_the_policy_lets_only_the_page_itself_in(visitor: Visitor, workspace: WorkspaceClient) -> None:
    page = visitor.context.new_page()
    opened = page.goto(f"{visitor.origin}/w/{workspace.id}/tree")
    assert opened is not None
    parts = [part.split() for part in opened.headers["content-security-policy"].split(";") if part.strip()]
    policy = {name: sources for name, *sources in parts}
    assert policy["default-src"] in (["'none'"], ["'self'"])
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] in (["'none'"], ["'self'"])
    assert policy["form-action"] in (["'none'"], ["'self'"])
    for attack in (
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.broken = 1'}))",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 1\">')",
        "document.body.append(Object.assign(document.createElement('img'), {src: 'https://elsewhere.test/'}))",
    ):
        page.evaluate(attack)
    # Not wait_for_function, which the policy forbids as well.
    wait_for(lambda: page.evaluate("violations.length") >= 3)
    assert page.evaluate("window.broken") is None
    # They were tried on purpose.
    page.evaluate("violations.length = 0")
    visitor.troubles.clear()
