"""Somebody who looks at a workspace with a browser of their own, and what must never go wrong while they do."""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

import attrs
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.running_daemon import wait_for
from tests.support.workspace_client import WorkspaceClient

Theme = Literal["light", "dark"]
Language = Literal["en", "tr"]

DESKTOP: Final = (1280, 800)
PHONE: Final = (360, 740)
PATIENCE_MS: Final = 15_000.0

# Kept by the page itself, because a listener of Playwright's would come after the first of them.
WATCH: Final = """
    window.violations = []
    document.addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) =>
        violations.push(`${violatedDirective} ${blockedURI}`))
    window.shifts = []
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) {
            if (entry.hadRecentInput) continue
            const moved = entry.sources.map(({node}) => node?.outerHTML?.slice(0, 200) ?? String(node))
            shifts.push([entry.value, ...moved])
        }
    }).observe({type: 'layout-shift', buffered: true})
"""
# What the browser says of requests that the network or the daemon refused; the page tells its user in its own words.
NOT_OF_THE_PAGE: Final = ("Failed to load resource", "WebSocket connection to")

expect.set_options(timeout=PATIENCE_MS)


@attrs.define
class Visitor:
    """A browser context on one workspace; ``troubles`` is what went wrong in its pages so far."""

    context: BrowserContext
    workspace: WorkspaceClient
    troubles: list[str] = attrs.Factory(list)

    @classmethod
    def of(
        cls,
        browser: Browser,
        workspace: WorkspaceClient,
        *,
        size: tuple[int, int] = DESKTOP,
        language: Language = "en",
        theme: Theme = "light",
        touch: bool = False,
    ) -> Visitor:
        """A visitor with a browser of their own: a size in CSS pixels, a language, a theme, fingers or a mouse."""
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale={"en": "en-GB", "tr": "tr-TR"}[language],
            color_scheme=theme,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        visitor = cls(context, workspace)
        context.on("request", lambda request: visitor._judge_address(request.url))
        return visitor

    @property
    def origin(self) -> str:
        """Scheme, host and port of the daemon."""
        return self.workspace.daemon.url

    def open(self, view: str = "tree", **query: str) -> Page:
        """A new page on a view, from when its first content stands."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("console", lambda message: self._judge_message(message.type, message.text))
        self.go(page, view, **query)
        return page

    def go(self, page: Page, view: str, **query: str) -> None:
        """Lead a page to a view."""
        page.goto(f"{self.origin}/w/{self.workspace.id}/{view}" + (f"?{urlencode(query)}" if query else ""))
        expect(page.locator("#root > *").first).to_be_visible()
        expect(page.locator("[data-testid=connection]")).to_have_attribute("data-state", "live")

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong in it."""
        for page in self.context.pages:
            if urlsplit(page.url).netloc:
                self.judge(page)
        self.context.close()
        assert not self.troubles, "\n".join(self.troubles)

    def judge(self, page: Page) -> None:
        """Look at what a page has gathered: breaches of the policy, and content that moved by itself."""
        self.troubles += [f"policy: {each}" for each in page.evaluate("window.violations ?? []")]
        self.troubles += [f"shift: {each}" for each in page.evaluate("window.shifts ?? []")]

    def _judge_address(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme == "blob" or (
            parts.scheme in ("http", "https", "ws") and parts.netloc == urlsplit(self.origin).netloc
        ):
            return
        self.troubles.append(f"request to {address[:200]}")

    def _judge_message(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(NOT_OF_THE_PAGE):
            self.troubles.append(f"{kind}: {text[:500]}")


def row(page: Page, title: str) -> Locator:
    """The row of the tree with the task of that title."""
    return page.get_by_role("row").filter(has=page.get_by_text(title, exact=True))


def panel(page: Page) -> Locator:
    """The details that are open beside the view."""
    return page.get_by_test_id("task-panel")


def notice(page: Page, text: str) -> Locator:
    """The short message over the page that says so."""
    return page.locator(".notice", has_text=text)


def stored(workspace: WorkspaceClient, task_id: str, **fields: Any) -> None:
    """The daemon has the task with these values, now or in a moment; a date may be given without its time."""

    def same() -> bool:
        task = workspace.get(f"/api/gorev/{task_id}")["data"]
        return all(str(task.get(name))[: len(str(value))] == str(value) for name, value in fields.items())

    wait_for(same)
