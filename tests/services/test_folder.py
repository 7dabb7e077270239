"""Where the database of a folder is: rules W1 and W2."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.errors import InvalidValue, WorkspaceUnavailable
from gorev.services.folder import Location, cleaned, identifier, open_database
from gorev.storage.opening import prepare


def own(folder: Path) -> Path:
    return folder / ".gorev" / f"gorev-{identifier(folder)}.db"


def made(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    prepare(path, 0o644)
    return path


@pytest.mark.parametrize("path", ["/", "/home/ayşe/İş 🐛", "/a/b"])
def test_the_id_is_the_begin_of_a_hash_of_the_path(path: str) -> None:
    assert identifier(Path(path)) == sha256(path.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("given_path", "clean"),
    [
        ("/a/b", "/a/b"),
        ("/a/b/", "/a/b"),
        ("/a//b///", "/a/b"),
        ("//a/b", "/a/b"),
        ("///a", "/a"),
        ("/a/./b/.", "/a/b"),
        ("/a/x/../b", "/a/b"),
        ("/../a", "/a"),
        ("/", "/"),
        ("//", "/"),
        ("/a b/ş", "/a b/ş"),
    ],
)
def test_a_path_is_cleaned(given_path: str, clean: str) -> None:
    assert str(cleaned(given_path)) == clean


def test_cleaning_does_not_follow_symlinks(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert cleaned(f"{tmp_path}/link/") == tmp_path / "link"


@pytest.mark.parametrize("path", ["", ".", "a/b", "~/a", "./a", "C:\\a", "/a\0b", "/a\ud800b"])
def test_a_path_that_is_relative_or_none_is_refused(path: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        cleaned(path)
    assert refusal.value.details["field"] == "path"
    str(refusal.value.details["value"]).encode()


@given(st.lists(st.sampled_from(["a", "b", ".", "..", ""]), max_size=8))
def test_cleaning_again_changes_nothing(parts: list[str]) -> None:
    once = cleaned("/" + "/".join(parts))
    assert cleaned(str(once)) == once
    assert not {".", ".."} & set(once.parts)
    assert not str(once).startswith("//")


def test_a_new_folder_gets_a_file_named_after_its_id(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        opened = open_database(Location(path=tmp_path))
    finally:
        os.umask(before)
    assert opened.database == own(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [".gorev"]
    assert stat.S_IMODE((tmp_path / ".gorev").stat().st_mode) == 0o755
    assert stat.S_IMODE(opened.database.stat().st_mode) == 0o644
    status = opened.database.stat()
    assert opened.file == (status.st_dev, status.st_ino)


def test_its_own_file_goes_before_every_other(tmp_path: Path) -> None:
    for path in (own(tmp_path), tmp_path / ".gorev/gorev.db", tmp_path / ".gorev/gorev-0123456789abcdef.db"):
        made(path)
    assert open_database(Location(path=tmp_path)).database == own(tmp_path)


def test_the_old_name_goes_before_those_of_other_ids(tmp_path: Path) -> None:
    for name in ("gorev.db", "gorev-0123456789abcdef.db"):
        made(tmp_path / ".gorev" / name)
    assert open_database(Location(path=tmp_path)).database == tmp_path / ".gorev/gorev.db"
    assert not own(tmp_path).exists()


def test_the_single_file_of_another_id_is_that_of_a_folder_that_was_moved(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    opened = open_database(Location(path=before))
    before.rename(after)
    assert open_database(Location(path=after)).database == after / ".gorev" / opened.database.name
    assert not own(after).exists()


def test_of_several_files_of_other_ids_none_is_taken(tmp_path: Path) -> None:
    for name in ("gorev-0123456789abcdef.db", "gorev-fedcba9876543210.db"):
        made(tmp_path / ".gorev" / name)
    assert open_database(Location(path=tmp_path)).database == own(tmp_path)


@pytest.mark.parametrize("name", ["gorev-0123456789abcdef.db.before-2", "gorev-0123456789abcdef.db-wal", "notes.db"])
def test_what_only_looks_like_a_database_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / ".gorev").mkdir()
    (tmp_path / ".gorev" / name).write_text("other")
    assert open_database(Location(path=tmp_path)).database == own(tmp_path)
    assert (tmp_path / ".gorev" / name).read_text() == "other"


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_path_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(InvalidValue) as refusal:
        open_database(Location(path=tmp_path / name))
    assert refusal.value.details["field"] == "path"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_file_in_the_place_of_our_folder_makes_it_unavailable(tmp_path: Path) -> None:
    (tmp_path / ".gorev").write_text("a file")
    with pytest.raises(WorkspaceUnavailable) as refusal:
        open_database(Location(path=tmp_path))
    assert refusal.value.details["reason"] == "io"
    assert (tmp_path / ".gorev").read_text() == "a file"


def test_a_database_that_is_named_is_made_where_it_is_named(tmp_path: Path) -> None:
    named = tmp_path / "some" / "where" / "tasks.db"
    opened = open_database(Location(path=tmp_path, database=named, mode=0o600))
    assert opened.database == named
    assert stat.S_IMODE(named.stat().st_mode) == 0o600
    assert not (tmp_path / ".gorev").exists()
