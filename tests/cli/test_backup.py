"""``gorev backup`` and ``gorev restore``, on real files and beside a real daemon."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from gorev.cli.main import main
from gorev.storage.opening import prepare
from tests.support.running_daemon import RunningDaemon


@pytest.fixture(autouse=True)
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who reads English."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GOREV_LANG", "en")
    monkeypatch.delenv("GOREV_DB_PATH", raising=False)


@pytest.fixture
def database(home: Path) -> Path:
    """The database of a workspace in the folder ``project``, with one tag to know it by."""
    path = home / "project" / ".gorev" / "gorev.db"
    path.parent.mkdir(parents=True)
    prepare(path, 0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO tags (id, name, name_caseless, name_folded) VALUES ('1', 'known', 'k', 'k')")
    return path


def tags(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM tags")]


def backed_up(database: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["backup", str(database.parents[1]), "--json"]) == 0
    return Path(json.loads(capsys.readouterr().out)["path"])


def test_a_backup_lies_beside_the_database_and_is_as_private(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = backed_up(database, capsys)
    assert made.parent == database.parent / "backups"
    assert tags(made) == ["known"]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert backed_up(database, capsys) != made


def test_a_backup_goes_where_it_is_told_and_replaces_nothing(
    home: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = home / "copy.db"
    assert main(["backup", str(database.parents[1]), "--to", str(target)]) == 0
    assert tags(target) == ["known"]
    before = target.read_bytes()
    assert main(["backup", str(database.parents[1]), "--to", str(target)]) == 1
    assert str(target) in capsys.readouterr().err
    assert target.read_bytes() == before
    assert sorted(entry.name for entry in home.iterdir() if "copy" in entry.name) == ["copy.db"]


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 100])
def test_a_damaged_database_is_not_backed_up(
    database: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    if content:
        database.write_bytes(content)
        assert main(["backup", str(database.parents[1])]) == 1
        assert "damaged" in capsys.readouterr().err
        assert database.read_bytes() == content
    else:
        database.unlink()
        assert main(["backup", str(database.parents[1])]) == 1
        assert not database.exists()
    assert list((database.parent / "backups").glob("*")) == []


def test_restoring_puts_the_copy_in_place_and_keeps_what_was_there(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = backed_up(database, capsys)
    database.write_bytes(b"damage" * 1000)
    assert main(["restore", str(made), str(database.parents[1])]) == 0
    assert tags(database) == ["known"]
    (aside,) = database.parent.glob("gorev.db.set-aside-*")
    assert aside.read_bytes() == b"damage" * 1000
    assert str(aside) in capsys.readouterr().out
    assert made.exists()


def test_a_copy_that_is_damaged_or_somebody_else_s_is_not_restored(
    home: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "damaged").write_bytes(b"damage" * 1000)
    with closing(sqlite3.connect(home / "foreign")) as connection:
        connection.execute("CREATE TABLE other (a)")
    for name, said in (("damaged", "damaged"), ("foreign", "another program"), ("missing", "There is no file")):
        assert main(["restore", str(home / name), str(database.parents[1])]) == 1
        assert said in capsys.readouterr().err
    assert tags(database) == ["known"]
    assert list(database.parent.glob("*set-aside*")) == []


def test_a_backup_of_a_database_in_use_holds_what_was_acknowledged(
    own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    own_daemon.start()
    for number in range(20):
        own_daemon.request("POST", "/api/gorev", {"baslik": f"Task {number}"})
    folder = own_daemon.workspace
    assert main(["backup", str(folder), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["tasks"] == 20
    assert main(["restore", made["path"], str(folder)]) == 1
    assert "stop the daemon first" in capsys.readouterr().err


def test_a_copy_that_is_not_there_is_told_before_anything_else(
    own_daemon: RunningDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    own_daemon.start()
    assert main(["--lang", "en", "restore", "missing.db", str(own_daemon.workspace)]) == 1
    assert capsys.readouterr().err == "gorev: There is no file missing.db.\n"
