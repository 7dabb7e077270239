"""A workspace's operations on a database file of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.house import House
from tests.support.open_store import OpenStore, store_of_fixture


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OpenStore]:
    """Operations on an empty workspace; its clock is the test's."""
    with store_of_fixture(tmp_path) as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A home whose default workspace was never opened."""
    return House(tmp_path)
