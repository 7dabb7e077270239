"""Which files may be read and written (``rest-api.md`` §4.14)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import attrs
import pytest

from gorev.domain.errors import FileMissing, FileUnusable, InvalidValue, PathNotAllowed
from gorev.services.reach import Reach, reading, writing

JSON = (".json",)
EXPORT = b'{"export": 1}'


@attrs.frozen
class Disk:
    """A home with a workspace and the daemon's folder in it, and an elsewhere."""

    folder: Path

    @property
    def reach(self) -> Reach:
        return Reach(
            root=self.folder / "home/work",
            home=self.folder / "home",
            own_folder=self.folder / "home/.gorev-daemon",
            exports=self.folder / "exports",
            databases=lambda: [self.folder / "home/work/data.json"],
        )

    def path(self, given: str) -> str:
        """A path of the tables below: ``@`` is where everything is."""
        return given.replace("@", str(self.folder))

    def put(self, name: str, content: bytes = EXPORT) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    disk = Disk(tmp_path.resolve())
    for name in ("home/work/.gorev", "home/.gorev-daemon", "home/.ssh", "exports", "elsewhere"):
        (disk.folder / name).mkdir(parents=True)
    disk.put("home/work/data.json", b"SQLite format 3\0")
    disk.put("home/work/.gorev/gorev.db", b"SQLite format 3\0")
    disk.put("home/.gorev-daemon/daemon.log", b"secret")
    (disk.folder / "home/work/out").symlink_to(disk.folder / "elsewhere")
    (disk.folder / "home/link.json").symlink_to(disk.folder / "elsewhere/x.json")
    (disk.folder / "home/work/back").symlink_to(disk.folder / "home")
    (disk.folder / "home/alias.json").symlink_to(disk.folder / "home/work/data.json")
    return disk


def is_export(head: bytes) -> bool:
    return head.startswith(EXPORT)


def write(disk: Disk, given: str, content: bytes = b"new", reach: Reach | None = None) -> Path:
    with writing(reach or disk.reach, disk.path(given), JSON, is_export) as (path, file):
        file.write(content)
    return path


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("x.json", "home/work/x.json"),
        ("a/b/../c/x.JSON", "home/work/a/c/x.JSON"),
        (".hidden/x.json", "home/work/.hidden/x.json"),
        ("@/home/work/x.json", "home/work/x.json"),
        ("~/x.json", "home/x.json"),
        ("../x.json", "home/x.json"),
        ("back/x.json", "home/x.json"),
        ("@/home/new/folder/x.json", "home/new/folder/x.json"),
        ("@/exports/x.json", "exports/x.json"),
        ("~user.json", "home/work/~user.json"),
    ],
)
def test_a_file_is_written_where_that_is_allowed(disk: Disk, given: str, place: str) -> None:
    assert write(disk, given) == disk.folder / place
    assert (disk.folder / place).read_bytes() == b"new"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("@/elsewhere/x.json", "it is outside of the workspace, the home directory and the export directory"),
        ("../../elsewhere/x.json", "it is outside of the workspace, the home directory and the export directory"),
        ("out/x.json", "it is outside of the workspace, the home directory and the export directory"),
        ("~/link.json", "it is outside of the workspace, the home directory and the export directory"),
        ("@/exports2/x.json", "it is outside of the workspace, the home directory and the export directory"),
        ("~/.ssh/x.json", "part of it is hidden"),
        ("~/.x.json", "part of it is hidden"),
        ("back/.ssh/x.json", "part of it is hidden"),
        ("x.csv", "its name does not end as the format's files do"),
        ("x", "its name does not end as the format's files do"),
        ("data.json", "it belongs to Gorev itself"),
        ("data.json-wal", "it belongs to Gorev itself"),
        ("~/alias.json", "it belongs to Gorev itself"),
        (".gorev/gorev.db", "it belongs to Gorev itself"),
        ("~/.gorev-daemon/x.json", "it belongs to Gorev itself"),
    ],
)
def test_a_file_is_not_written_where_that_is_not_allowed(disk: Disk, given: str, reason: str) -> None:
    before = left(disk.folder)
    with pytest.raises(PathNotAllowed) as refused:
        write(disk, given)
    assert refused.value.details == {"path": disk.path(given), "reason": reason}
    assert left(disk.folder) == before


def test_a_workspace_that_is_the_home_directory_does_not_open_what_is_hidden_there(disk: Disk) -> None:
    reach = attrs.evolve(disk.reach, root=disk.folder / "home")
    with pytest.raises(PathNotAllowed):
        write(disk, ".ssh/x.json", reach=reach)
    assert write(disk, "x.json", reach=reach).exists()


@pytest.mark.parametrize(("content", "allowed"), [(EXPORT, True), (b"", True), (b'{"name": "mine"}', False)])
def test_a_file_that_is_there_is_replaced_only_if_it_is_an_export_or_empty(
    disk: Disk, content: bytes, allowed: bool
) -> None:
    path = disk.put("home/work/x.json", content)
    path.chmod(0o640)
    if allowed:
        write(disk, "x.json")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    else:
        with pytest.raises(PathNotAllowed) as refused:
            write(disk, "x.json")
        assert refused.value.details["reason"] == "a file that is no export is there"
    assert path.read_bytes() == (b"new" if allowed else content)


def test_neither_a_folder_nor_a_pipe_is_replaced(disk: Disk) -> None:
    (disk.folder / "home/work/folder.json").mkdir()
    os.mkfifo(disk.folder / "home/work/pipe.json")
    for name in ("folder.json", "pipe.json"):
        with pytest.raises(PathNotAllowed, match="regular"):
            write(disk, name)


def test_nothing_is_left_of_a_file_whose_writing_fails(disk: Disk) -> None:
    before = left(disk.folder)

    def fail() -> None:
        with writing(disk.reach, "x.json", JSON, is_export) as (_, file):
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert left(disk.folder) == before


def test_a_file_is_not_there_before_all_of_it_is(disk: Disk) -> None:
    path = disk.put("home/work/x.json")
    with writing(disk.reach, "x.json", JSON, is_export) as (_, file):
        file.write(b"half")
        file.flush()
        assert path.read_bytes() == EXPORT
    assert path.read_bytes() == b"half"


def test_what_the_system_refuses_is_told_with_its_words(disk: Disk) -> None:
    disk.put("home/work/file")
    for given in ("file/x.json", f"{'x' * 300}.json"):
        with pytest.raises(FileUnusable) as refused:
            write(disk, given)
        assert refused.value.details["path"] == given
        assert refused.value.details["system"]


@pytest.mark.parametrize("given", ["x\0.json", "\ud800.json"])
def test_what_can_be_no_path_is_refused(disk: Disk, given: str) -> None:
    with pytest.raises(InvalidValue):
        write(disk, given)


@pytest.mark.parametrize("given", ["in.json", "~/in.json", "@/elsewhere/in.txt", "out/in.txt"])
def test_any_regular_file_is_read_wherever_it_is(disk: Disk, given: str) -> None:
    for name in ("home/work/in.json", "home/in.json", "elsewhere/in.txt"):
        disk.put(name)
    with reading(disk.reach, disk.path(given)) as (path, file):
        assert (file.read(), path.is_absolute()) == (EXPORT, True)


@pytest.mark.parametrize(
    "given", ["data.json", ".gorev/gorev.db", "~/.gorev-daemon/daemon.log", "~/alias.json", "hard.json"]
)
def test_gorevs_own_files_are_not_read_by_any_name(disk: Disk, given: str) -> None:
    os.link(disk.folder / "home/work/data.json", disk.folder / "home/work/hard.json")
    with pytest.raises(PathNotAllowed, match="itself"), reading(disk.reach, given):
        pass


def test_what_is_no_regular_file_is_not_read_and_not_waited_for(disk: Disk) -> None:
    os.mkfifo(disk.folder / "home/work/pipe.json")
    for given in ("pipe.json", "back"):
        with pytest.raises(PathNotAllowed, match="regular"), reading(disk.reach, given):
            pass


@pytest.mark.parametrize(("given", "error"), [("none.json", FileMissing), ("data.json/x", FileMissing)])
def test_a_file_that_is_missing_is_said_to_be(disk: Disk, given: str, error: Any) -> None:
    with pytest.raises(error), reading(disk.reach, given):
        pass


def test_what_is_inside_the_workspace_is_told_by_where_it_really_is(disk: Disk) -> None:
    reach = disk.reach
    reach.check_inside("a/b", reach.resolved("a/b"))
    for given in ("out/x", "../x", "~/x"):
        with pytest.raises(PathNotAllowed):
            reach.check_inside(given, reach.resolved(given))


def test_a_folder_that_becomes_a_link_while_a_file_is_written_leads_nowhere_else(disk: Disk) -> None:
    disk.put("home/work/place/x.json")

    def swap(head: bytes) -> bool:
        if (disk.folder / "home/work/place").is_dir() and not (disk.folder / "home/work/moved").exists():
            (disk.folder / "home/work/place").rename(disk.folder / "home/work/moved")
            (disk.folder / "home/work/place").symlink_to(disk.folder / "elsewhere")
        return is_export(head)

    with writing(disk.reach, "place/x.json", JSON, swap) as (_, file):
        file.write(b"new")
    assert (disk.folder / "home/work/moved/x.json").read_bytes() == b"new"
    assert left(disk.folder / "elsewhere") == []


def swapping(disk: Disk, name: str, target: Path) -> Reach:
    """A reach in whose judging of a path the file becomes a symlink, as if by another process."""

    def databases() -> list[Path]:
        path = disk.folder / name
        if not path.is_symlink():
            path.unlink()
            path.symlink_to(target)
        return disk.reach.databases()  # type: ignore[return-value]  # it is a list

    return attrs.evolve(disk.reach, databases=databases)


@pytest.mark.parametrize("target", ["home/work/data.json", "home/.gorev-daemon/daemon.log", "elsewhere/x.json"])
def test_a_file_that_becomes_a_link_before_it_is_read_is_not_read(disk: Disk, target: str) -> None:
    disk.put("elsewhere/x.json")
    disk.put("home/work/in.json")
    reach = swapping(disk, "home/work/in.json", disk.folder / target)
    with pytest.raises((PathNotAllowed, FileUnusable)), reading(reach, "in.json"):
        pass


def test_a_file_that_becomes_a_link_before_it_is_replaced_is_not_followed(disk: Disk) -> None:
    disk.put("home/work/x.json")
    target = disk.put("elsewhere/x.json", b"theirs")
    with pytest.raises(PathNotAllowed):
        write(disk, "x.json", reach=swapping(disk, "home/work/x.json", target))
    assert target.read_bytes() == b"theirs"


@pytest.mark.parametrize("name", ["daemon.log", "token", ".lock", "config.toml"])
def test_a_hard_link_to_one_of_gorev_s_own_files_is_not_read(disk: Disk, name: str) -> None:
    own = disk.put(f"home/.gorev-daemon/{name}", b"secret")
    os.link(own, disk.folder / "home/work/hard.json")
    with pytest.raises(PathNotAllowed, match="itself"), reading(disk.reach, "hard.json"):
        pass


def test_what_is_written_in_the_place_of_a_hard_link_leaves_its_other_name_as_it_was(disk: Disk) -> None:
    other = disk.put("elsewhere/other.json")
    os.link(other, disk.folder / "home/work/x.json")
    write(disk, "x.json")
    assert other.read_bytes() == EXPORT


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/tty", "/dev/stdin", "/proc/self/mem"])
def test_a_device_is_neither_read_nor_written(disk: Disk, device: str) -> None:
    if not Path(device).exists():
        pytest.skip(f"there is no {device} here")
    with pytest.raises((PathNotAllowed, FileUnusable, FileMissing)), reading(disk.reach, device) as (_, file):
        file.read(1)
    (disk.folder / "home/work/x.json").symlink_to(device)
    with pytest.raises(PathNotAllowed):
        write(disk, "x.json")


def test_a_file_does_not_inherit_more_than_permissions(disk: Disk) -> None:
    path = disk.put("home/work/x.json")
    path.chmod(0o4755)
    write(disk, "x.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
