"""A stage for every test of the bridge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_stage import Stage


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A home whose Gorev program is the fake daemon."""
    stage = Stage(home)
    monkeypatch.setenv("GOREV_SERVER_PATH", str(stage.program))
    try:
        yield stage
    finally:
        stage.close()
