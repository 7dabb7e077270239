"""The file in which workspaces are remembered."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gorev.services.registry import KnownWorkspace, WorkspaceFile

KNOWN = [
    KnownWorkspace(
        id="0123456789abcdef",
        path="/home/ayşe/iş",
        name="İş 🐛",
        database=None,
        created_at=datetime(2025, 10, 6, 10, 30, tzinfo=UTC),
        last_accessed=datetime(2025, 10, 7, 10, 30, 0, 5, tzinfo=UTC),
        aliases=("saved", "older"),
    ),
    KnownWorkspace(
        id="fedcba9876543210",
        path="/home/ayşe",
        name="ayşe",
        database="/home/ayşe/.gorev/gorev.db",
        created_at=datetime(2025, 10, 6, tzinfo=UTC),
        last_accessed=datetime(2025, 10, 6, tzinfo=UTC),
    ),
]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = WorkspaceFile(tmp_path / "workspaces.json")
    file.write(KNOWN)
    file.write(KNOWN)
    assert file.read() == KNOWN
    assert [each.name for each in tmp_path.iterdir()] == ["workspaces.json"]
    assert stat.S_IMODE((tmp_path / "workspaces.json").stat().st_mode) == 0o600


def test_a_missing_file_knows_nothing(tmp_path: Path) -> None:
    assert WorkspaceFile(tmp_path / "workspaces.json").read() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"{}",
        b'[{"id": 5}]',
        b"\xff\xfe",
        b"[" * 100_000,
        b'[{"id": "a", "path": "/a", "name": "a", "database": null, "created_at": "2025-10-06T10:30:00",'
        b' "last_accessed": "2025-10-06T10:30:00"}]',
    ],
    ids=["empty", "cut", "null", "object", "other types", "no UTF-8", "deep", "times without an offset"],
)
def test_a_broken_file_knows_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "workspaces.json"
    path.write_bytes(content)
    assert WorkspaceFile(path).read() == []
    assert path.read_bytes() == content


def test_a_folder_in_its_place_knows_nothing(tmp_path: Path) -> None:
    assert WorkspaceFile(tmp_path).read() == []


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        WorkspaceFile(tmp_path / "missing" / "workspaces.json").write(KNOWN)
