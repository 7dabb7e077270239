"""What a service manager hears: a real twistd, and a socket in the manager's place."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from tests.daemon.programs import PATIENCE_SECONDS, SCRIPTS, environment, lock_in, wait_for


def test_the_manager_is_told_when_clients_may_connect_and_when_the_end_begins(home: Path, free_port: int) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(home / "notify"))
        manager.settimeout(PATIENCE_SECONDS)
        daemon = subprocess.Popen(
            [SCRIPTS / "twistd", "--nodaemon", "--pidfile=", "gorev", "--port", str(free_port)],
            env=environment(NOTIFY_SOCKET=str(home / "notify")),
            cwd=home,
            stderr=subprocess.DEVNULL,
        )
        assert manager.recv(1000).split(b"\n") == [b"READY=1", f"MAINPID={daemon.pid}".encode()]
        lock = lock_in(home)
        assert lock is not None
        assert lock.pid == daemon.pid
        daemon.terminate()
        assert manager.recv(1000).split(b"\n")[0] == b"STOPPING=1"
        daemon.wait(PATIENCE_SECONDS)


def test_a_manager_that_is_gone_disturbs_nobody(home: Path, free_port: int) -> None:
    daemon = subprocess.Popen(
        [SCRIPTS / "twistd", "--nodaemon", "--pidfile=", "gorev", "--port", str(free_port)],
        env=environment(NOTIFY_SOCKET=str(home / "nobody")),
        cwd=home,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: lock_in(home))
    daemon.terminate()
    assert "Traceback" not in daemon.communicate(timeout=PATIENCE_SECONDS)[1]
