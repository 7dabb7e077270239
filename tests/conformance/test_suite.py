"""The official conformance suite: the sets that each revision requires of servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.official import behind_gateway, conforms, fixture_daemon
from tests.support.running_daemon import RunningDaemon

REVISIONS = ("2025-11-25", "2026-07-28")


@pytest.fixture(scope="module")
def fixtures() -> Iterator[RunningDaemon]:
    """A daemon that offers what the suite asks for."""
    home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    try:
        with fixture_daemon(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_core_and_the_port_conform(fixtures: RunningDaemon, revision: str) -> None:
    conforms(f"{fixtures.url}/mcp", revision, revision)


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_bridge_conforms_behind_a_gateway(fixtures: RunningDaemon, revision: str) -> None:
    with behind_gateway(fixtures) as url:
        conforms(url, revision, revision, f"behind_gateway-{revision}")


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_daemon_conforms_as_far_as_the_suite_needs_no_fixtures(daemon: RunningDaemon, revision: str) -> None:
    conforms(f"{daemon.url}/mcp", revision, revision, f"without_fixtures-{revision}")
