"""The built page in a real Chromium, before a real daemon: one browser and one daemon a module, a workspace a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient
from tests.web.visitor import Visitor

CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; started once a module, since Playwright's event loop must not outlive it into other tests."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def workspace(daemon: RunningDaemon) -> WorkspaceClient:
    """A workspace that the daemon knows, and that nothing has been done in."""
    made = WorkspaceClient.of_new_folder(daemon)
    made.seq()
    return made


@pytest.fixture
def visitor(browser: Browser, workspace: WorkspaceClient) -> Iterator[Visitor]:
    """Somebody with a wide screen who reads English; at the end nothing may have gone wrong in any of their pages."""
    someone = Visitor.of(browser, workspace)
    yield someone
    someone.leave()
