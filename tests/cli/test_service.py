"""``gorev service``, with a service manager that writes down what it was told in place of the machine's."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gorev.daemon.record import LockRecord
from tests.daemon.programs import environment, lock_in, published, run_gorev
from tests.support.process import running_process

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the manager here is systemd's")

# Answers as systemctl does, and keeps each command line in "$HOME/told".
MANAGER = """#!/bin/sh
echo "$@" >>"$HOME/told"
[ -e "$HOME/broken" ] && { echo "Failed to connect to bus" >&2; exit 1; }
case "$*" in
    *ActiveState*) echo active ;;
    *MainPID*) cat "$HOME/main" ;;
    *enable*) [ ! -x "$HOME/bin/enabled" ] || "$HOME/bin/enabled" ;;
    *restart*) "$HOME/bin/restarted" ;;
esac
"""
# What systemd does at a restart of the unit: `UNIT` is the process that it starts.
RESTARTED = """#!/bin/sh
kill "$(cat "$HOME/main")"
while [ -e "$HOME/.gorev-daemon/.lock" ]; do sleep 0.02; done
"$HOME/bin/unit" >/dev/null 2>&1 &
echo $! >"$HOME/main"
while [ ! -e "$HOME/.gorev-daemon/.lock" ]; do sleep 0.02; done
"""
# What systemd does when the unit is started: it waits until the daemon is ready or has ended.
ENABLED = """#!/bin/sh
"$HOME/bin/unit" >/dev/null 2>&1 &
while ! grep -q '"supervised": true' "$HOME/.gorev-daemon/.lock" 2>/dev/null; do
    kill -0 $! || exit 1
    sleep 0.02
done
echo $! >"$HOME/main"
"""
UNIT = f"""#!/bin/sh
SYSTEMD_EXEC_PID=$$ exec {shlex.quote(sys.executable)} -m gorev daemon --api-port 0
"""


@pytest.fixture
def path(home: Path) -> str:
    """A PATH on which the manager stands first."""
    folder = home / "bin"
    folder.mkdir()
    (folder / "systemctl").write_text(MANAGER)
    (folder / "systemctl").chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


@pytest.fixture
def unit(home: Path) -> Path:
    """Where the unit file belongs."""
    return home / ".config" / "systemd" / "user" / "gorev.service"


def test_installing_shows_the_file_writes_it_and_starts_it(home: Path, path: str, unit: Path) -> None:
    done = run_gorev("service", "install", "--yes", PATH=path, XDG_CONFIG_HOME="")
    assert done.returncode == 0
    written = unit.read_text()
    assert written in done.stdout
    assert "twistd --nodaemon --pidfile= gorev" in written
    assert "Type=notify" in written
    assert (home / "told").read_text().splitlines() == ["--user daemon-reload", "--user enable --now gorev.service"]
    again = run_gorev("service", "install", PATH=path, XDG_CONFIG_HOME="")
    assert "up to date" in again.stdout
    status = run_gorev("service", "status", PATH=path, XDG_CONFIG_HOME="")
    assert (status.returncode, "State: active" in status.stdout) == (0, True)


def test_without_a_terminal_nothing_is_written_unless_told_so(path: str, unit: Path) -> None:
    done = run_gorev("service", "install", PATH=path, XDG_CONFIG_HOME="")
    assert (done.returncode, unit.exists()) == (1, False)
    assert "[Service]" in done.stdout
    assert "--yes" in done.stderr


@pytest.mark.parametrize("action", ["install", "uninstall"])
def test_a_foreign_file_is_left_as_it_is(path: str, unit: Path, action: str) -> None:
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/usr/local/bin/other\n")
    done = run_gorev("service", action, "--yes", PATH=path, XDG_CONFIG_HOME="")
    assert done.returncode == 1
    assert "not written by Gorev" in done.stderr
    assert unit.read_text() == "[Service]\nExecStart=/usr/local/bin/other\n"


def test_a_link_in_its_place_is_somebody_else_s(home: Path, path: str, unit: Path) -> None:
    unit.parent.mkdir(parents=True)
    unit.symlink_to(home / "elsewhere")
    assert run_gorev("service", "install", "--yes", PATH=path, XDG_CONFIG_HOME="").returncode == 1
    assert not (home / "elsewhere").exists()


def test_uninstalling_stops_it_and_removes_the_file(home: Path, path: str, unit: Path) -> None:
    run_gorev("service", "install", "--yes", PATH=path, XDG_CONFIG_HOME="")
    (home / "told").unlink()
    done = run_gorev("service", "uninstall", "--yes", PATH=path, XDG_CONFIG_HOME="")
    assert (done.returncode, unit.exists()) == (0, False)
    assert (home / "told").read_text().splitlines() == ["--user disable --now gorev.service", "--user daemon-reload"]
    assert run_gorev("service", "status", PATH=path, XDG_CONFIG_HOME="").returncode == 3


@pytest.mark.parametrize(("language", "said"), [("en", "the unit file is in place"), ("tr", "birim dosyası yerinde")])
def test_a_manager_that_cannot_be_reached_is_told(home: Path, path: str, unit: Path, language: str, said: str) -> None:
    (home / "broken").touch()
    done = run_gorev("service", "install", "--yes", PATH=path, XDG_CONFIG_HOME="", GOREV_LANG=language)
    assert (done.returncode, unit.exists()) == (1, True)
    assert said in done.stderr
    assert "Failed to connect to bus" in done.stderr


def make_programs(home: Path, **programs: str) -> None:
    for name, content in programs.items():
        (home / "bin" / name).write_text(content)
        (home / "bin" / name).chmod(0o755)


def test_a_daemon_that_runs_already_makes_room_for_the_service(home: Path, path: str) -> None:
    make_programs(home, unit=UNIT, enabled=ENABLED)
    assert run_gorev("daemon", "--detach", "--api-port", "0").returncode == 0
    former = lock_in(home)
    assert former is not None
    done = run_gorev("service", "install", "--yes", PATH=path, XDG_CONFIG_HOME="")
    assert (done.returncode, done.stderr) == (0, "")
    record = lock_in(home)
    assert record is not None
    assert (record.pid, record.supervised) == (int((home / "main").read_text()), True)
    assert f"(PID: {former.pid}) has stopped" in done.stdout


def test_a_daemon_that_runs_already_is_left_alone_where_there_is_no_manager(home: Path, path: str) -> None:
    (home / "broken").touch()
    assert run_gorev("daemon", "--detach", "--api-port", "0").returncode == 0
    record = lock_in(home)
    assert run_gorev("service", "install", "--yes", PATH=path, XDG_CONFIG_HOME="").returncode == 1
    assert lock_in(home) == record


@pytest.fixture
def supervised(home: Path, path: str) -> Iterator[LockRecord]:
    """A daemon that the manager keeps."""
    make_programs(home, unit=UNIT, restarted=RESTARTED)
    with running_process([str(home / "bin" / "unit")], env=environment(PATH=path), stderr=subprocess.DEVNULL) as daemon:
        (home / "main").write_text(str(daemon.pid))
        record = published(home)
        assert (record.pid, record.supervised) == (daemon.pid, True)
        yield record
        daemon.terminate()


def test_a_daemon_of_a_service_is_restarted_by_its_manager(home: Path, path: str, supervised: LockRecord) -> None:
    done = run_gorev("daemon", "restart", PATH=path, XDG_CONFIG_HOME="")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--user restart gorev.service" in (home / "told").read_text().splitlines()
    record = lock_in(home)
    assert record is not None
    assert (record.pid, record.supervised) == (int((home / "main").read_text()), True)
    assert record.pid != supervised.pid
    assert f"PID: {record.pid}" in done.stdout


def test_a_daemon_of_another_service_is_left_to_that(home: Path, path: str, supervised: LockRecord) -> None:
    (home / "main").write_text("0")
    done = run_gorev("daemon", "restart", PATH=path, XDG_CONFIG_HOME="")
    (home / "main").write_text(str(supervised.pid))
    assert done.returncode == 1
    assert "restart it there" in done.stderr
    assert lock_in(home) == supervised


def test_a_service_takes_no_options_at_a_restart(home: Path, path: str, supervised: LockRecord) -> None:
    done = run_gorev("daemon", "restart", "--port", "0", PATH=path, XDG_CONFIG_HOME="")
    assert done.returncode == 1
    assert "config.toml" in done.stderr
    assert lock_in(home) == supervised


def test_a_service_whose_manager_cannot_restart_it_runs_on(home: Path, path: str, supervised: LockRecord) -> None:
    (home / "bin" / "restarted").write_text("#!/bin/sh\necho 'Job for gorev.service failed.' >&2; exit 1\n")
    done = run_gorev("daemon", "restart", PATH=path, XDG_CONFIG_HOME="")
    assert done.returncode == 1
    assert "Job for gorev.service failed." in done.stderr
    assert lock_in(home) == supervised


def test_programs_are_told_as_json(path: str, unit: Path) -> None:
    def told(*arguments: str, code: int = 0) -> Any:
        done = run_gorev("service", *arguments, "--json", PATH=path, XDG_CONFIG_HOME="")
        assert done.returncode == code, done.stderr
        answer = json.loads(done.stdout)
        assert (answer.pop("manager"), answer.pop("file")) == ("systemd", str(unit))
        return answer

    assert told("status", code=3) == {"unit": "missing", "state": None}
    assert told("install", "--yes") == {"written": True, "stopped_pid": None}
    assert told("install") == {"written": False, "stopped_pid": None}
    assert told("status") == {"unit": "current", "state": "active"}
    unit.write_text(f"{unit.read_text()}\n")
    assert told("status") == {"unit": "outdated", "state": "active"}
    assert told("uninstall", "--yes") == {"removed": True}
    assert told("uninstall") == {"removed": False}


def test_programs_that_ask_without_consent_get_no_answer(path: str, unit: Path) -> None:
    refused = run_gorev("service", "install", "--json", PATH=path, XDG_CONFIG_HOME="")
    assert (refused.returncode, refused.stdout, unit.exists()) == (1, "", False)
    assert "[Service]" in refused.stderr
    assert "--yes" in refused.stderr
