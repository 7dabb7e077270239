"""Workspaces that documents go out of and into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred

from tests.support.open_store import done, new_path
from tests.support.transferring import TransferStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TransferStore]:
    """An empty workspace."""
    opened = TransferStore(new_path(tmp_path))
    yield opened
    done(Deferred.fromCoroutine(opened.database.close()))
