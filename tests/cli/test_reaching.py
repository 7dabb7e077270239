"""How a command finds its daemon and its workspace, and what that costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon.programs import published
from tests.support.command_line import CommandLine
from tests.support.running_daemon import RunningDaemon


@pytest.fixture
def lonely(home: Path) -> CommandLine:
    """The command in a project folder of a user without a daemon."""
    folder = home / "project"
    folder.mkdir()
    return CommandLine(folder, RunningDaemon(home, folder).environment | {"GOREV_API_PORT": "0"})


def test_a_command_starts_the_daemon_that_it_needs(lonely: CommandLine, home: Path) -> None:
    done = lonely.run("task", "create", "First")
    assert (done.returncode, done.stderr) == (0, "")
    assert published(home).pid > 0
    assert list((lonely.folder / ".gorev").glob("gorev-*.db"))


def test_the_workspace_is_that_of_the_nearest_folder_above(lonely: CommandLine) -> None:
    lonely.run("task", "create", "Above")
    below = lonely.folder / "src" / "deep"
    below.mkdir(parents=True)
    assert "Above" in lonely.run("task", "list", folder=below).stdout
    assert not (below / ".gorev").exists()


def test_in_the_home_directory_there_are_the_user_s_own_tasks_or_none(lonely: CommandLine, home: Path) -> None:
    refused = lonely.run("task", "list", folder=home)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "gorev init --global" in refused.stderr
    assert lonely.run("init", "--global", folder=home).returncode == 0
    made = lonely.run("task", "create", "My own", folder=home)
    assert made.returncode == 0
    assert str(home) in made.stderr
    assert "My own" in lonely.run("task", "list", folder=home).stdout


def test_an_environment_variable_names_the_workspace(lonely: CommandLine, tmp_path: Path) -> None:
    lonely.run("task", "create", "There", GOREV_WORKSPACE=str(tmp_path))
    assert "There" in lonely.run("task", "list", folder=tmp_path).stdout
    refused = lonely.run("task", "list", GOREV_WORKSPACE=str(tmp_path / "missing"))
    assert (refused.returncode, refused.stdout) == (1, "")


def test_a_daemon_without_a_local_socket_is_reached_with_its_token(lonely: CommandLine) -> None:
    assert lonely.run("daemon", "--detach", "--mcp-endpoint", "tcp:127.0.0.1:0").returncode == 0
    assert lonely.run("task", "create", "Over TCP").returncode == 0
    assert "Over TCP" in lonely.run("task", "list").stdout


def test_where_a_token_is_required_the_command_has_it(lonely: CommandLine, home: Path) -> None:
    assert lonely.run("token", "create").returncode == 0
    (home / ".gorev-daemon" / "config.toml").write_text("require_token = true\n")
    assert lonely.run("task", "create", "With a token").returncode == 0
    assert "With a token" in lonely.run("log").stdout


def test_a_daemon_that_does_not_start_says_why(lonely: CommandLine, home: Path) -> None:
    (home / ".gorev-daemon").mkdir()
    (home / ".gorev-daemon" / "config.toml").write_text("port = 'x'\n")
    refused = lonely.run("task", "list")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_simple_command_imports_nothing_heavy(gorev: CommandLine) -> None:
    """Twisted alone costs more than the whole command may (200 ms); Rich is for drawing tables."""
    code = "import sys; from gorev.cli.main import main; main(['task', 'list']); print(*sys.modules, file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=gorev.folder,
        env=gorev.surroundings(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in ended.stderr.split()}
    assert not loaded & {"twisted", "klein", "autobahn", "rich", "msgspec", "sqlite3", "psutil", "asyncio"}
