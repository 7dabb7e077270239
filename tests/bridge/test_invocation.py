"""Options and environment of a bridge, and the workspace they lead to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gorev.bridge.invocation import Invocation, Refused, UsageError, choose_workspace, read_invocation
from tests.fake_stage import CHECKOUT


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program on an empty input."""
    command = [sys.executable, "-m", "gorev", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **variables}
    return subprocess.run(command, capture_output=True, text=True, env=environment, input="", check=False)


def proxy(*arguments: str) -> Invocation:
    """What ``gorev mcp-proxy`` with these arguments means."""
    return read_invocation(list(arguments), serve=False)


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, some way below the home directory."""
    folder = home / "work" / "project" / "src"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("/some/where", "/some/where"),
        ("/some/where/", "/some/where"),
        ("//some//where/../else/.", "/some/else"),
        ("/", "/"),
        ("below", "{folder}/below"),
        ("..", "{project}"),
        ("~", "{home}"),
        ("~/x", "{home}/x"),
    ],
)
def test_a_workspace_that_is_named_is_made_absolute_and_tidy(home: Path, folder: Path, given: str, meant: str) -> None:
    expected = meant.format(folder=folder, project=folder.parent, home=home)
    assert proxy("--workspace", given).workspace == expected
    assert proxy(f"--workspace={given}").workspace == expected


def test_links_in_a_named_workspace_are_not_followed(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent)
    assert choose_workspace("link") == f"{folder}/link"


def test_option_then_our_variable_then_the_client_s_variable_name_the_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", "/of/client")
    assert choose_workspace("") == "/of/client"
    monkeypatch.setenv("GOREV_WORKSPACE", "/of/user")
    assert choose_workspace("") == "/of/user"
    assert choose_workspace("/of/option") == "/of/option"


def test_the_nearest_folder_with_a_gorev_directory_comes_before_a_nearer_repository(folder: Path) -> None:
    (folder / ".git").touch()
    assert choose_workspace("") == str(folder)
    (folder.parent.parent / ".gorev").mkdir()
    assert choose_workspace("") == str(folder.parent.parent)
    (folder.parent / ".gorev").mkdir()
    assert choose_workspace("") == str(folder.parent)


def test_without_any_mark_the_current_directory_is_the_workspace(folder: Path) -> None:
    assert choose_workspace("") == str(folder)


def test_marks_in_the_home_directory_do_not_count(home: Path, folder: Path) -> None:
    (home / ".gorev").mkdir()
    (home / ".git").mkdir()
    assert choose_workspace("") == str(folder)


@pytest.mark.parametrize("place", ["{home}", "/"])
def test_home_and_root_are_never_taken_by_accident(home: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.chdir(place.format(home=home))
    assert choose_workspace("") is None
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", place.format(home=home))
    assert choose_workspace("") is None
    assert choose_workspace(place.format(home=home)) == place.format(home=home)


def test_home_is_known_by_its_other_names_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "real").mkdir()
    (home / "named").symlink_to(home / "real")
    monkeypatch.setenv("HOME", str(home / "named"))
    monkeypatch.chdir(home / "real")
    assert choose_workspace("") is None


def test_a_directory_that_is_gone_is_no_workspace(folder: Path) -> None:
    folder.rmdir()
    assert choose_workspace("") is None


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, None),
        ({"GOREV_LANG": "en", "LANG": "tr_TR.UTF-8"}, "en"),
        ({"GOREV_LANG": "de", "LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "tr_TR.UTF-8"}, "tr"),
        ({"LANG": "C"}, "tr"),
        ({"LANG": "C.UTF-8"}, "tr"),
        ({"LANG": "POSIX"}, "tr"),
        ({"LANG": "e"}, "tr"),
        ({"LANG": ""}, None),
    ],
)
def test_the_language_is_that_of_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy().language == language
    assert proxy("--lang", "en").language == "en"


def test_flags_of_serve_are_the_daemon_s(folder: Path) -> None:
    invocation = read_invocation(["--port", "0", "--db-path=own.db", "--no-api", "--mode=local"], serve=True)
    assert invocation.launch.arguments == ["--api-port", "0", "--db-path", f"{folder}/own.db"]
    assert invocation.launch.by == "bridge"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--unknown"],
        ["surplus"],
        ["--workspace"],
        ["--workspace="],
        ["--debug=1"],
        ["--lang", "de"],
        ["--api-port", "1"],
    ],
)
def test_what_mcp_proxy_does_not_know_is_a_usage_error(home: Path, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="gorev mcp-proxy"):
        proxy(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [["--workspace", "/x"], ["--port", "65536"], ["--port", "²"], ["--port", "-1"], ["--mode", "centralized"]],
)
def test_what_serve_does_not_know_is_a_usage_error(home: Path, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="gorev serve"):
        read_invocation(arguments, serve=True)


@pytest.mark.parametrize("variable", ["GOREV_MCP_CONNECTION_MODE", "GOREV_CONNECTION_MODE"])
@pytest.mark.parametrize("mode", ["remote", "Docker"])
def test_a_connection_mode_that_is_not_local_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, mode: str
) -> None:
    monkeypatch.setenv(variable, mode)
    with pytest.raises(Refused, match=variable):
        proxy()


@pytest.mark.parametrize("mode", ["auto", "local", "", "other"])
def test_any_other_connection_mode_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("GOREV_MCP_CONNECTION_MODE", mode)
    assert proxy().launch.directory == f"{home}/.gorev-daemon"


def test_a_usage_error_ends_the_program_with_2(home: Path) -> None:
    ran = run("mcp-proxy", "--nonsense")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--nonsense" in ran.stderr
    assert "bilinmeyen" in ran.stderr
    assert "unknown option" in run("mcp-proxy", "--nonsense", GOREV_LANG="en").stderr


def test_a_refused_mode_ends_the_program_with_1(home: Path) -> None:
    ran = run("mcp-proxy", GOREV_MCP_CONNECTION_MODE="remote")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "GOREV_MCP_CONNECTION_MODE=remote" in ran.stderr


def test_a_missing_home_ends_the_program_with_1(home: Path) -> None:
    ran = run("mcp-proxy", HOME="nowhere")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "HOME" in ran.stderr


@pytest.mark.parametrize(("command", "option"), [("mcp-proxy", "--workspace"), ("serve", "--api-port")])
def test_help_is_printed(home: Path, command: str, option: str) -> None:
    ran = run(command, "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert option in ran.stdout
    assert option in run(command, "-h", "--lang", "en").stdout


def test_the_nearest_option_is_suggested() -> None:
    assert "--workspce (did you mean --workspace?)" in run("mcp-proxy", "--workspce", "x", GOREV_LANG="en").stderr
    assert "bunu mu demek istediniz: --api-port?" in run("serve", "--api-prt=1", GOREV_LANG="tr").stderr
