"""That the daemon's folder, its files and its socket are its user's alone, and who is turned away if they are not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gorev.daemon.token import TokenFile
from tests.support.running_daemon import GOREV, RunningDaemon

NOBODY = 65534
# Connects to a local socket as another user and prints what it hears, or why it cannot.
STRANGER = """
import os, socket, sys
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
try:
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(60)
        peer.connect(sys.argv[1])
        peer.sendall(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\\n')
        print("heard", peer.recv(4096))
except OSError as error:
    print(type(error).__name__)
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def heard_by(uid: int, socket: Path) -> str:
    """What somebody of this user id hears from a local socket that is greeted."""
    command = [sys.executable, "-I", "-S", "-c", STRANGER, str(socket), str(uid)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout.strip()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_whatever_the_umask_the_folder_and_all_in_it_are_the_user_s_alone(own_daemon: RunningDaemon) -> None:
    folder = own_daemon.home / ".gorev-daemon"
    previous = os.umask(0)
    try:
        own_daemon.start()
        subprocess.run([*GOREV, "token", "create"], env=own_daemon.environment, check=True, capture_output=True)
        own_daemon.get("/api/gorevler")
        own_daemon.post("/api/v1/workspaces/register", {"path": str(own_daemon.home)})
    finally:
        os.umask(previous)
    assert mode(folder) == 0o700
    found = {path.name: mode(path) for path in folder.iterdir()}
    assert found.keys() >= {".lock", ".lock.guard", ".lock.start", "mcp.sock", "daemon.log", "workspaces.json", "token"}
    assert set(found.values()) == {0o600}


def test_a_folder_that_others_could_enter_is_closed_by_the_start(own_daemon: RunningDaemon) -> None:
    folder = own_daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o755)
    own_daemon.start()
    assert mode(folder) == 0o700


@needs_root
def test_another_user_does_not_even_reach_the_socket(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    own_daemon.home.chmod(0o755)
    assert heard_by(NOBODY, own_daemon.home / ".gorev-daemon" / "mcp.sock") == "PermissionError"


@needs_root
def test_another_user_who_reaches_the_socket_is_turned_away_unheard(own_daemon: RunningDaemon) -> None:
    own_daemon.start()
    socket = own_daemon.home / ".gorev-daemon" / "mcp.sock"
    for path, opened in ((own_daemon.home, 0o755), (socket.parent, 0o755), (socket, 0o666)):
        path.chmod(opened)
    assert heard_by(NOBODY, socket) in ("heard b''", "ConnectionResetError", "BrokenPipeError")
    assert "runs as another user" in (socket.parent / "daemon.log").read_text()
    assert heard_by(0, socket).startswith("heard b'{")


@needs_root
def test_a_token_that_another_user_has_put_there_is_not_taken(own_daemon: RunningDaemon) -> None:
    folder = own_daemon.home / ".gorev-daemon"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("require_token = true\n")
    file = TokenFile(folder / "token")
    file.create()
    os.chown(file.path, NOBODY, NOBODY)
    started = subprocess.run(
        [*GOREV, "daemon", "--detach", "--api-port", "0"], env=own_daemon.environment, capture_output=True, text=True
    )
    assert (started.returncode, "another user" in started.stderr, "Traceback" in started.stderr) == (1, True, False)
