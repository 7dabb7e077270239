"""How results look: on terminals of every width, without one, without colours, and when nobody reads on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.support.command_line import CommandLine

# What follows an escape character and is no colour or style.
MOVES = re.compile(r"\x1b(?!\[[0-9;]*m)")
STYLES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module", autouse=True)
def tasks(gorev: CommandLine) -> None:
    """Tasks whose titles are hard to show."""
    project = gorev.json("project", "create", "日本のプロジェクト")["proje"]["id"]
    titles = ["日本語の長いタイトル" * 8, "Şişli'de ığdır çöreği " * 8, "👩‍👩‍👧 family " * 10, "short"]
    for title in titles:
        gorev.json("task", "create", title, "--project", project, "--tags", "x,y", "--due", "2031-01-02")


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("command", ["task list", "task next", "project list", "template list", "log", "search short"])
def test_no_line_of_a_table_is_wider_than_the_terminal(gorev: CommandLine, command: str, columns: int) -> None:
    shown = gorev.on_terminal(*command.split(), columns=columns)
    lines = STYLES.sub("", shown).splitlines()
    assert len(lines) >= 2
    assert [line for line in lines if cell_len(line) > columns] == []


def test_a_narrow_terminal_shows_ids_and_titles(gorev: CommandLine) -> None:
    id_ = next(row["id"] for row in gorev.json("task", "list")["gorevler"] if row["baslik"] == "short")
    line = next(row for row in gorev.on_terminal("task", "list", columns=40).splitlines() if "short" in row)
    assert line.startswith(id_[:8])


def test_what_others_wrote_does_not_steer_the_terminal(gorev: CommandLine) -> None:
    id_ = gorev.json("task", "create", "evil \x1b]0;title\x07 \u202egnp", "--description", "a\x1b[2Jb\rc")["gorev"][
        "id"
    ]
    for command in (["task", "list"], ["task", "show", id_], ["task", "tree"], ["log"]):
        shown = gorev.on_terminal(*command)
        assert MOVES.search(shown) is None
        assert not {"\x07", "\u202e", "\r"} & set(shown)
    assert "\x1b]0" in gorev.json("task", "show", id_)["gorev"]["baslik"]


def test_there_are_no_escapes_on_a_pipe(gorev: CommandLine) -> None:
    for command in (["task", "list"], ["log"], ["template", "list"], ["project", "list"]):
        assert "\x1b" not in gorev.run(*command).stdout


def test_no_color_means_no_colour(gorev: CommandLine) -> None:
    shown = gorev.on_terminal("task", "list", NO_COLOR="1")
    assert re.search(r"\x1b\[[0-9;]*[349][0-9]", shown) is None


def test_the_posix_locale_is_no_reason_to_fail(gorev: CommandLine) -> None:
    posix: tuple[dict[str, Any], ...] = (
        {"LANG": "C"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    for variables in posix:
        for command in (["task", "list"], ["task", "list", "--json"], ["task", "tree"]):
            ended = gorev.within(**variables).run(*command)
            assert (ended.returncode, ended.stderr) == (0, "")
        assert len(gorev.within(**variables).json("task", "list")["gorevler"]) >= 4
        assert "short" in gorev.within(**variables).on_terminal("task", "list")


def test_a_reader_that_leaves_early_ends_it_without_a_word(gorev: CommandLine) -> None:
    for command in (["task", "list"], ["mcp", "list"], ["template", "list", "--json"]):
        running = subprocess.Popen(
            gorev.words(*command),
            cwd=gorev.folder,
            env=gorev.surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""
        running.stderr.close()
        running.wait(60)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_output_that_cannot_be_written_is_told(gorev: CommandLine) -> None:
    for command in (["task", "list"], ["task", "list", "--json"], ["--help"]):
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(
                gorev.words(*command),
                cwd=gorev.folder,
                env=gorev.surroundings(),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert ended.returncode == 1
        assert ended.stderr.startswith("gorev: standard output cannot be used: ")
        assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("columns", [30, 40, 80])
@pytest.mark.parametrize("command", ["", "task", "task list", "daemon"])
def test_a_help_page_is_no_wider_than_the_terminal(gorev: CommandLine, command: str, columns: int) -> None:
    shown = gorev.on_terminal(*command.split(), "--help", columns=columns).splitlines()
    too_long = [line for line in shown if cell_len(line) > columns]
    # An option with its metavar is not broken.
    assert [line for line in too_long if not line.startswith("  --") or "  " in line.strip()] == []


@pytest.mark.parametrize("columns", [30, 80])
def test_a_line_of_a_tree_is_no_wider_than_the_terminal(gorev: CommandLine, columns: int) -> None:
    lines = gorev.on_terminal("task", "tree", columns=columns).splitlines()
    assert [line for line in lines if cell_len(line) > columns] == []
    assert all(re.search(r"\[[0-9a-f]{8}\]$", line) for line in lines if line)


def test_help_says_what_exit_codes_mean_under_both_names(gorev: CommandLine) -> None:
    for command in ([], ["ide", "config", "set"], ["daemon", "status"]):
        short, long = gorev.run(*command, "-h"), gorev.run(*command, "--help")
        assert short.stdout == long.stdout
        assert "3 not running" in " ".join(short.stdout.split())
    assert "3 çalışmıyor" in " ".join(gorev.run("task", "-h", "--lang", "tr").stdout.split())


def test_every_command_that_tells_something_tells_it_in_json_too(gorev: CommandLine, tmp_path: Path) -> None:
    workspace = tmp_path / "made"
    workspace.mkdir()
    assert gorev.json("init", "--gitignore", folder=workspace)["gitignore"] == str(workspace / ".gitignore")
    backup = gorev.json("backup", str(workspace))
    assert Path(backup["path"]).is_file()
    restored = gorev.json("restore", backup["path"], str(workspace))
    assert (restored["database"], Path(restored["set_aside"]).is_file()) == (backup["database"], True)
    assert gorev.json("version").keys() == {"version", "built", "commit"}
    assert gorev.json("login")["urls"][0].startswith("http://localhost:")
    assert "settings" in gorev.json("config")
    assert gorev.json("daemon", "status")["running"]
    assert gorev.json("doctor")["healthy"]


def test_json_is_whole_where_the_terminal_knows_no_turkish_letters(gorev: CommandLine) -> None:
    ascii_only = {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    messages = [row["message"] for row in gorev.json("doctor", GOREV_LANG="tr", **ascii_only)["findings"]]
    assert any("ı" in message or "ş" in message for message in messages)
