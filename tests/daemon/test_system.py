"""What differs by system: advisory locks, the length of a socket's path, who started us."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gorev.daemon.system import AdvisoryLock, fits_local_socket, under_service_manager


def test_one_of_two_has_the_lock(home: Path) -> None:
    first, second = AdvisoryLock(home / "guard"), AdvisoryLock(home / "guard")
    assert first.take()
    assert not second.take()
    first.drop()
    assert second.take()
    second.drop()


def test_the_file_of_a_lock_is_private_and_stays(home: Path) -> None:
    lock = AdvisoryLock(home / "guard")
    lock.take()
    lock.drop()
    assert stat.S_IMODE((home / "guard").stat().st_mode) == 0o600


def test_dropping_what_is_not_held_does_nothing(home: Path) -> None:
    lock = AdvisoryLock(home / "guard")
    lock.drop()
    assert not lock.taken


def test_a_child_does_not_keep_the_lock(home: Path) -> None:
    lock = AdvisoryLock(home / "guard")
    lock.take()
    script = "import sys; print('up', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False) as child:
        assert child.stdout is not None
        child.stdout.readline()
        lock.drop()
        assert AdvisoryLock(home / "guard").take()


@pytest.mark.parametrize(("length", "fits"), [(103, True), (104, False)])
def test_a_socket_path_of_more_than_103_bytes_does_not_fit(length: int, fits: bool) -> None:
    assert fits_local_socket(Path("/" + "x" * (length - 1))) is fits


def test_turkish_letters_count_as_the_bytes_they_are() -> None:
    assert not fits_local_socket(Path("/" + "ş" * 60))


def test_a_process_that_systemd_started_itself_is_under_it() -> None:
    assert under_service_manager({"SYSTEMD_EXEC_PID": str(os.getpid())})


def test_a_shell_of_a_systemd_session_is_not_under_it() -> None:
    assert not under_service_manager({"SYSTEMD_EXEC_PID": str(os.getppid()), "INVOCATION_ID": "x"})
