"""What options and arguments may hold: refused before anybody is asked, by their names and in the user's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from gorev.cli.main import main

Capture = pytest.CaptureFixture[str]


def refusal(capsys: Capture, *arguments: str) -> str:
    """The one line on standard error of a command line that is a usage error."""
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    return line


@pytest.fixture(autouse=True)
def nobody_to_ask(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without a daemon, in English."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("GOREV_LANG", "en")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["task", "list", "--status", "pendng"], ["--status", "(did you mean pending?)"]),
        (["task", "list", "--priority", "urgent"], ["--priority can be: low, medium, high"]),
        (["task", "list", "--sort", "due_date"], ["--sort", "(did you mean due_date_asc?)"]),
        (["task", "list", "--filter", "tody"], ["--filter", "(did you mean today?)"]),
        (["import", "x", "--mode", "merg"], ["--mode can be: merge, replace (did you mean merge?)"]),
        (["task", "list", "--limit", "many"], ["--limit must be a whole number from 1 on, not many"]),
        (["task", "list", "--limit", "0"], ["--limit must be a whole number from 1 on, not 0"]),
        (["search", "x", "--limit", "201"], ["--limit must be a whole number from 1 to 200, not 201"]),
        (["daemon", "--port", "70000"], ["a whole number from 0 to 65535, not 70000"]),
        (["task", "create", "x", "--due", "2031-02-30"], ["--due must be a date that exists", "not 2031-02-30"]),
        (["export", "x.json", "--from", "20310203"], ["--from must be a date"]),
        (["task", "show", " "], ["ID must not be empty"]),
        (["search", ""], ["WORDS must not be empty"]),
        (["task", "done"], ["ID is missing"]),
        (["search", "--sentence", "--all", "overdue"], ["--sentence and --all exclude each other"]),
        (["task", "list", "--limit"], ["the option --limit needs a value"]),
        (["task", "list", "--json=yes"], ["the option --json takes no value"]),
    ],
)
def test_what_will_not_do_is_named_with_what_would(capsys: Capture, arguments: list[str], said: list[str]) -> None:
    line = refusal(capsys, *arguments)
    assert [part for part in said if part not in line] == []


def test_turkish_names_the_turkish_words(capsys: Capture) -> None:
    line = refusal(capsys, "--lang", "tr", "task", "list", "--status", "beklemde")
    assert line == (
        "gorev: --status şunlardan biri olabilir: beklemede, devam_ediyor, tamamlandi, iptal"
        " (bunu mu demek istediniz: beklemede?)"
    )


def test_what_an_argument_is_called_is_turkish_too(capsys: Capture) -> None:
    assert refusal(capsys, "--lang", "tr", "restore") == "gorev: KOPYA eksik"
    assert refusal(capsys, "--lang", "tr", "mcp", "call") == "gorev: ARAÇ eksik"
