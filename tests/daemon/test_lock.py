"""The lock: who may run, what is left over, what the world reads. Real files, real processes, no waiting."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from gorev.daemon.errors import AlreadyRunning, GuardHeld, Unresponsive, UnusableDirectory
from gorev.daemon.lock import DaemonLock, LockService
from gorev.daemon.probe import Health
from gorev.daemon.record import LockRecord
from gorev.daemon.system import AdvisoryLock
from tests.support.process import running_process


@attrs.define
class Time:
    """A clock that moves only when somebody sleeps; ``meanwhile`` is called at each sleep."""

    now: float = 0.0
    meanwhile: Callable[[], None] = lambda: None

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()


@attrs.frozen
class OtherProcess:
    """What the system would tell of the process in the lock file."""

    alive: bool = True
    gorev: bool = True

    def is_alive(self, pid: int, started: datetime | None = None) -> bool:
        return self.alive

    def may_be_gorev(self, pid: int) -> bool:
        return self.gorev


def nobody_answers(port: int) -> Health | None:
    """A probe of a port on which nothing listens."""
    return None


@pytest.fixture
def directory(home: Path) -> Path:
    """Where a daemon directory is to be."""
    return home / ".gorev-daemon"


@pytest.fixture
def lock(directory: Path) -> Iterator[DaemonLock]:
    """A lock in a world in which nobody answers."""
    lock = DaemonLock(directory, probe=nobody_answers)
    yield lock
    lock.release()


def leave(directory: Path, record: LockRecord | bytes) -> Path:
    """Put a lock file there as an earlier daemon would have left it."""
    directory.mkdir(mode=0o700, exist_ok=True)
    file = directory / ".lock"
    file.write_bytes(record if isinstance(record, bytes) else record.encode())
    return file


def record_of(pid: int, started: datetime | None = None) -> LockRecord:
    return LockRecord(pid=pid, port="5082", start_time=started or datetime.now(UTC), daemon_url="http://localhost:5082")


def test_a_published_lock_file_says_where_the_daemon_is(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="unix:/x/mcp.sock", mcp_token=None)
    content = (directory / ".lock").read_text()
    found = json.loads(content)
    assert content == json.dumps(found, indent=2) + "\n"
    seed = ["pid", "port", "start_time", "daemon_url", "version"]
    assert list(found) == [*seed, "mcp_endpoint", "instance", "options", "supervised"]
    assert (found["pid"], found["port"], found["daemon_url"]) == (os.getpid(), "5099", "http://localhost:5099")
    assert datetime.fromisoformat(found["start_time"]).tzinfo is not None
    assert found["instance"] == lock.instance


def test_the_token_is_published_with_a_tcp_endpoint_only(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="tcp:127.0.0.1:1", mcp_token="secret")
    assert json.loads((directory / ".lock").read_text())["mcp_token"] == "secret"


def test_only_the_user_can_read_the_directory_and_its_files(lock: DaemonLock, directory: Path) -> None:
    """Even if the directory was made by hand with wider permissions."""
    directory.mkdir(mode=0o755)
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}


def test_nothing_is_published_before_the_daemon_says_so(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    assert not (directory / ".lock").exists()


@pytest.mark.parametrize("content", [b"", b'{"pid": 1', b"[]", b'{"pid": "x", "port": "1"}', b"\xff\xfe"])
def test_an_unreadable_lock_file_is_replaced(lock: DaemonLock, directory: Path, content: bytes) -> None:
    leave(directory, content)
    lock.acquire()
    assert not (directory / ".lock").exists()


def test_the_lock_file_of_a_process_that_is_gone_is_replaced(lock: DaemonLock, directory: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    leave(directory, record_of(gone.pid))
    lock.acquire()
    assert not (directory / ".lock").exists()


def test_the_lock_file_of_a_zombie_is_replaced(lock: DaemonLock, directory: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as zombie:
        assert zombie.stdout is not None
        zombie.stdout.read()  # it has ended, and nobody has waited for it yet
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        leave(directory, record_of(zombie.pid))
        lock.acquire()
    assert not (directory / ".lock").exists()


def test_the_lock_file_of_a_pid_that_now_belongs_to_a_younger_process_is_replaced(
    lock: DaemonLock, directory: Path
) -> None:
    leave(directory, record_of(os.getpid(), datetime(2001, 1, 1, tzinfo=UTC)))
    lock.acquire()
    assert not (directory / ".lock").exists()


def test_a_healthy_daemon_whose_guard_was_deleted_keeps_its_lock(directory: Path) -> None:
    file = leave(directory, record_of(4242))
    lock = DaemonLock(directory, probe=lambda port: Health(200, 4242), processes=OtherProcess())
    with pytest.raises(AlreadyRunning, match=r"daemon already running \(PID: 4242\)"):
        lock.acquire()
    assert file.exists()
    assert not lock.acquired


def test_another_server_on_the_port_does_not_make_a_left_over_lock_valid(directory: Path) -> None:
    leave(directory, record_of(4242))
    lock = DaemonLock(directory, probe=lambda port: Health(200, 17), processes=OtherProcess(alive=False))
    lock.acquire()
    assert not (directory / ".lock").exists()


def test_a_live_daemon_that_does_not_answer_for_ten_seconds_is_not_replaced(directory: Path) -> None:
    file, time = leave(directory, record_of(4242)), Time()
    lock = DaemonLock(directory, probe=nobody_answers, processes=OtherProcess(), clock=time.clock, sleep=time.sleep)
    with pytest.raises(Unresponsive, match="4242"):
        lock.acquire()
    assert file.exists()
    assert time.now == pytest.approx(10, abs=1)


def test_a_live_process_that_is_no_daemon_is_replaced_after_ten_seconds(directory: Path) -> None:
    file, time = leave(directory, record_of(4242)), Time()
    lock = DaemonLock(
        directory, probe=nobody_answers, processes=OtherProcess(gorev=False), clock=time.clock, sleep=time.sleep
    )
    lock.acquire()
    assert not file.exists()
    assert time.now == pytest.approx(10, abs=1)


def test_a_daemon_that_comes_to_answer_within_ten_seconds_is_running(directory: Path) -> None:
    leave(directory, record_of(4242))
    time, answers = Time(), iter([None, None, Health(200, 4242)])
    lock = DaemonLock(
        directory,
        probe=lambda port: next(answers),
        processes=OtherProcess(),
        clock=time.clock,
        sleep=time.sleep,
    )
    with pytest.raises(AlreadyRunning):
        lock.acquire()


def test_a_held_guard_with_a_healthy_daemon_is_that_daemon(directory: Path) -> None:
    leave(directory, record_of(4242))
    guard = AdvisoryLock(directory / ".lock.guard")
    assert guard.take()
    with pytest.raises(AlreadyRunning) as running:
        DaemonLock(directory, probe=lambda port: Health(200, None)).acquire()
    assert (running.value.pid, running.value.url, running.value.port) == (4242, "http://localhost:5082", "5082")
    guard.drop()


def test_a_daemon_that_is_draining_is_waited_for(directory: Path) -> None:
    """Its health is 503: neither a reason to refuse nor one to take over before it has let go."""
    leave(directory, record_of(4242))
    guard = AdvisoryLock(directory / ".lock.guard")
    assert guard.take()
    time = Time(meanwhile=lambda: guard.drop() if time.now > 20 else None)
    lock = DaemonLock(
        directory,
        probe=lambda port: Health(503, 4242) if guard.taken else None,
        processes=OtherProcess(alive=False),
        clock=time.clock,
        sleep=time.sleep,
    )
    lock.acquire()
    assert lock.acquired
    assert time.now == pytest.approx(20, abs=1)


def test_a_guard_that_is_held_without_a_daemon_is_waited_for_35_seconds(directory: Path) -> None:
    directory.mkdir()
    guard = AdvisoryLock(directory / ".lock.guard")
    assert guard.take()
    time = Time()
    with pytest.raises(GuardHeld):
        DaemonLock(directory, probe=nobody_answers, clock=time.clock, sleep=time.sleep).acquire()
    assert time.now == pytest.approx(35, abs=1)
    guard.drop()


def test_the_guard_of_a_process_that_was_killed_is_free(lock: DaemonLock, directory: Path) -> None:
    script = (
        "import pathlib, sys; from gorev.daemon.lock import DaemonLock;"
        "lock = DaemonLock(pathlib.Path(sys.argv[1])); lock.acquire();"
        "lock.publish(port=1, mcp_endpoint='', mcp_token=None); print('held', flush=True); sys.stdin.read()"
    )
    with running_process(
        [sys.executable, "-c", script, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        other.kill()
        other.wait()
    assert (directory / ".lock").exists()
    lock.acquire()
    assert lock.acquired


def test_a_released_lock_leaves_nothing_but_the_guard_file(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    lock.release()
    assert [file.name for file in directory.iterdir()] == [".lock.guard"]
    assert AdvisoryLock(directory / ".lock.guard").take()


def test_a_lock_file_of_another_process_is_not_removed(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    file = leave(directory, record_of(os.getpid() + 1))
    lock.release()
    assert file.exists()


def test_a_lock_file_that_disappeared_is_written_again_unchanged(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    written = (directory / ".lock").read_bytes()
    (directory / ".lock").unlink()
    assert lock.restore()
    assert (directory / ".lock").read_bytes() == written
    assert not lock.restore()


@pytest.mark.parametrize("content", [b"", b'{"pid": 1', b"null", b'{"pid": 1073741824, "port": "5082"}'])
def test_a_lock_file_that_somebody_wrote_into_is_written_again(
    lock: DaemonLock, directory: Path, content: bytes
) -> None:
    """Clients that cannot read it would start another daemon, which waits in vain."""
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    written = (directory / ".lock").read_bytes()
    (directory / ".lock").write_bytes(content)
    assert lock.restore()
    assert (directory / ".lock").read_bytes() == written


def test_the_lock_file_of_another_daemon_that_lives_is_not_replaced(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    content = json.dumps({"pid": os.getppid(), "port": "5082"}).encode()
    (directory / ".lock").write_bytes(content)
    assert not lock.restore()
    assert (directory / ".lock").read_bytes() == content


def test_a_lock_that_was_released_is_not_written_again(lock: DaemonLock, directory: Path) -> None:
    lock.acquire()
    lock.publish(port=5099, mcp_endpoint="", mcp_token=None)
    lock.release()
    assert not lock.restore()
    assert not (directory / ".lock").exists()


def test_a_daemon_directory_that_cannot_be_made_is_named(home: Path) -> None:
    with pytest.raises(UnusableDirectory, match=str(home / "missing")):
        DaemonLock(home / "missing" / ".gorev-daemon").acquire()


def test_a_file_in_the_place_of_the_daemon_directory_is_named(directory: Path) -> None:
    directory.write_text("")
    with pytest.raises(UnusableDirectory, match=str(directory)):
        DaemonLock(directory).acquire()


def test_a_directory_that_cannot_be_written_is_named(home: Path) -> None:
    """Root may write anywhere but into what the kernel makes up."""
    parent = Path("/proc/self") if os.geteuid() == 0 else home
    home.chmod(0o500)
    with pytest.raises(UnusableDirectory, match=str(parent)):
        DaemonLock(parent / ".gorev-daemon").acquire()
    home.chmod(0o700)


def test_a_folder_in_the_place_of_the_lock_file_is_an_error_not_a_crash(lock: DaemonLock, directory: Path) -> None:
    (directory / ".lock").mkdir(parents=True)
    with pytest.raises(UnusableDirectory):
        lock.acquire()
    assert not lock.acquired


def test_under_twist_the_lock_is_acquired_by_the_start_alone(lock: DaemonLock) -> None:
    service = LockService(lock)
    service.startService()
    assert lock.acquired
    service.stopService()
    assert not lock.acquired


def test_under_twistd_the_lock_is_acquired_once(lock: DaemonLock) -> None:
    service = LockService(lock)
    service.privilegedStartService()
    service.startService()
    assert lock.acquired
