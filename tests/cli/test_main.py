"""The command line as such: languages, exit codes, where output goes. Each a real process."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gorev import __version__
from gorev.cli.main import COMMANDS, PURPOSES, main, root, take_language
from gorev.cli.options import merged
from gorev.cli.speech import Voice
from gorev.settings import Flags
from tests.daemon.programs import ROOT, run_gorev


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["daemon", "nonsense"],
        ["daemon", "--nonsense"],
        ["daemon", "--port"],
        ["daemon", "--port", "x"],
        ["daemon", "--port", "65536"],
        ["daemon", "--mode", "centralized"],
        ["daemon", "status", "surplus"],
        ["daemon", "stop", "--port", "1"],
        ["daemon", "--detach", "--stop"],
        ["daemon", "--stop", "status"],
        ["daemon-stop", "surplus"],
        ["version", "surplus"],
        ["--lang", "de", "version"],
        ["--lang"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_a_usage_error_of_one_line(home: Path, arguments: list[str]) -> None:
    refused = run_gorev(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert re.fullmatch(r"gorev: .+\n", refused.stderr)
    assert list(home.iterdir()) == []


def test_no_command_at_all_is_a_usage_error_with_the_help(home: Path) -> None:
    refused = run_gorev()
    assert (refused.returncode, refused.stdout) == (2, "")
    assert all(name in refused.stderr for name in COMMANDS)


@pytest.mark.parametrize(
    "command", [[], ["daemon"], ["daemon", "restart"], ["daemon-status"], ["version"]], ids=" ".join
)
def test_help_goes_to_standard_output(home: Path, command: list[str]) -> None:
    explained = run_gorev(*command, "--help")
    assert (explained.returncode, explained.stderr) == (0, "")
    assert explained.stdout.startswith("Usage: gorev")
    assert "show this message" in explained.stdout


def test_every_command_has_a_help_page_in_turkish(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pages = []
    for command in sorted(COMMANDS):
        assert main([command, "--help", "--lang", "tr"]) == 0
        pages.append(capfd.readouterr().out)
    assert [page for page in pages if not page.startswith(("Kullanım: ", "kullanım: "))] == []


def commands(language: str) -> dict[str, click.Context]:
    """A context of every command, under its whole name."""
    top = root(language)
    found: dict[str, click.Context] = {}
    waiting = [top.make_context("gorev", [], obj=Voice(language), resilient_parsing=True)]
    while waiting:
        context = waiting.pop()
        found[context.command_path] = context
        if isinstance(context.command, click.Group):
            for name in context.command.list_commands(context):
                command = context.command.get_command(context, name)
                assert command is not None
                waiting.append(command.context_class(command, info_name=name, parent=context))
    return found


def test_every_command_and_option_is_explained_in_either_language(home: Path) -> None:
    english, turkish = commands("en"), commands("tr")
    assert english.keys() == turkish.keys()
    unsaid = [name for name, context in english.items() if context.command.help == turkish[name].command.help]
    for name, context in english.items():
        for one, other in zip(context.command.params, turkish[name].command.params, strict=True):
            assert isinstance(one, click.Argument) == isinstance(other, click.Argument)
            if isinstance(one, click.Option) and isinstance(other, click.Option) and (one.help or "") == other.help:
                unsaid.append(f"{name} {one.opts}")
    assert unsaid == []


def test_every_command_has_an_answer_for_programs_unless_it_is_a_stream_or_a_script_itself(home: Path) -> None:
    every = commands("en")
    groups = {name for name, each in every.items() if isinstance(each.command, click.Group)}
    silent = {name for name in every.keys() - groups if "as_json" not in {p.name for p in every[name].command.params}}
    assert silent == {"gorev completion", "gorev mcp-proxy", "gorev serve"}


def test_every_command_has_a_purpose() -> None:
    assert PURPOSES.keys() == COMMANDS.keys()


def test_a_list_of_all_commands_imports_none_of_them(home: Path) -> None:
    """Some of them take longer to import than a simple command may last."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gorev", "--help"], capture_output=True, text=True, check=True
    ).stderr
    modules = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert not modules & ({module for module, _ in COMMANDS.values()} | {"twisted", "sqlite3", "rich", "http.client"})


def test_the_language_flag_may_stand_anywhere() -> None:
    assert take_language(["daemon", "--lang", "en", "status"]) == ("en", ["daemon", "status"])
    assert take_language(["--lang=tr", "version"]) == ("tr", ["version"])
    assert take_language(["--lang=tr", "version", "--lang", "en"]) == ("en", ["version"])
    assert take_language(["version"]) == (None, ["version"])


def test_what_follows_two_dashes_is_no_flag() -> None:
    assert take_language(["task", "--", "--lang", "en"]) == (None, ["task", "--", "--lang", "en"])


def test_a_flag_of_the_inner_command_wins_over_that_of_the_outer() -> None:
    outer = Flags(port=5099, host="localhost", debug=True)
    assert merged(outer, Flags()) == outer
    assert merged(outer, Flags(port=0)) == Flags(port=0, host="localhost", debug=True)
    assert merged(Flags(), Flags(debug=True)).debug


def test_the_version_has_three_lines(home: Path) -> None:
    first, built, commit = run_gorev("version").stdout.splitlines()
    assert first == f"Gorev {__version__}"
    assert built.startswith("built: ")
    assert commit.startswith("commit: ")


def test_a_copy_without_a_checkout_tells_the_commit_that_its_build_noted(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "gorev", tmp_path / "gorev", ignore=shutil.ignore_patterns("page", "commit"))

    def told() -> str:
        command = [sys.executable, "-m", "gorev", "version", "--lang", "en"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert told().splitlines()[-1] == "commit: unknown"
    (tmp_path / "gorev" / "commit").write_text("0123abc-dirty\n")
    assert told().splitlines()[-1] == "commit: 0123abc-dirty"


def test_the_version_flag_has_one_line(home: Path) -> None:
    assert run_gorev("--version").stdout == f"Gorev {__version__}\n"


def test_a_terminal_without_turkish_letters_is_no_reason_to_fail(home: Path) -> None:
    explained = run_gorev("--help", "--lang", "tr", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (explained.returncode, explained.stderr) == (0, "")
