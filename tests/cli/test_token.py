"""``gorev token`` and ``gorev login`` where no daemon runs."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from gorev.cli.main import main


@pytest.fixture(autouse=True)
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who reads English."""
    monkeypatch.setenv("GOREV_LANG", "en")
    monkeypatch.chdir(home)


@pytest.fixture
def file(home: Path) -> Path:
    """Where the token is."""
    return home / ".gorev-daemon" / "token"


Capture = pytest.CaptureFixture[str]


def test_a_token_is_made_printed_and_shown(file: Path, capsys: Capture) -> None:
    assert main(["token", "create"]) == 0
    made = capsys.readouterr()
    assert made.out == file.read_text()
    assert len(made.out.strip()) == 64
    assert "require_token = true" in made.err
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    for words in (["token"], ["token", "show"]):
        assert main(words) == 0
        assert capsys.readouterr().out == made.out


def test_where_one_is_required_nothing_more_is_said(file: Path, capsys: Capture) -> None:
    file.parent.mkdir()
    (file.parent / "config.toml").write_text("require_token = true")
    assert main(["token", "create"]) == 0
    assert capsys.readouterr().err == ""


def test_a_second_one_is_not_made_but_rotated(file: Path, capsys: Capture) -> None:
    main(["token", "create"])
    first = capsys.readouterr().out
    assert main(["token", "create"]) == 1
    said = capsys.readouterr()
    assert (said.out, "gorev token rotate" in said.err, first.strip() in said.err) == ("", True, False)
    assert main(["token", "rotate"]) == 0
    assert capsys.readouterr().out == file.read_text() != first


def test_a_removed_one_is_gone(file: Path, capsys: Capture) -> None:
    main(["token", "create"])
    assert main(["token", "remove"]) == 0
    assert not file.exists()
    capsys.readouterr()
    for words in (["token"], ["token", "show"], ["token", "remove"]):
        assert main(words) == 1
        said = capsys.readouterr()
        assert (said.out, "no token" in said.err) == ("", True)


@pytest.mark.parametrize("content", ["garbage", ""])
def test_what_is_no_token_is_told_and_can_be_rotated(file: Path, capsys: Capture, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    file.chmod(0o600)
    assert main(["token"]) == 1
    assert "gorev token rotate" in capsys.readouterr().err
    assert main(["token", "rotate"]) == 0
    assert main(["token"]) == 0


def test_a_link_needs_a_running_daemon(capsys: Capture) -> None:
    main(["token", "create"])
    capsys.readouterr()
    assert main(["login"]) == 1
    said = capsys.readouterr()
    assert (said.out, "no daemon is running" in said.err) == ("", True)


@pytest.mark.parametrize("words", [["token", "--help"], ["token", "create", "--help"], ["login", "--help"]])
def test_help_is_given_in_turkish(capsys: Capture, words: list[str]) -> None:
    assert main(["--lang", "tr", *words]) == 0
    assert "Seçenekler" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("mode", "content", "level"), [(0o644, "0" * 64, "warning"), (0o600, "x", "warning"), (0o600, "0" * 64, "ok")]
)
def test_the_doctor_judges_the_token_s_file(file: Path, capsys: Capture, mode: int, content: str, level: str) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_text(content)
    file.chmod(mode)
    main(["doctor", "--json"])
    said = capsys.readouterr().out
    assert "0" * 64 not in said
    assert f'"level": "{level}",\n      "code": "token"' in said


@pytest.mark.parametrize("content", [None, "x"])
def test_for_the_doctor_a_required_token_that_is_missing_is_a_problem(
    file: Path, capsys: Capture, content: str | None
) -> None:
    file.parent.mkdir(mode=0o700)
    (file.parent / "config.toml").write_text("require_token = true")
    if content is not None:
        file.write_text(content)
    assert main(["doctor", "--json"]) == 1
    assert '"level": "problem",\n      "code": "token"' in capsys.readouterr().out


def test_programs_are_told_as_json(file: Path, capsys: Capture) -> None:
    answers = {}
    for name in ("create", "show", "rotate", "remove"):
        assert main(["token", name, "--json"]) == 0
        said = capsys.readouterr()
        assert said.err == ""
        answers[name] = json.loads(said.out)
    assert all(answer.pop("file") == str(file) for answer in answers.values())
    made = answers["create"]["token"]
    assert answers["create"] == {"token": made, "required": False}
    assert answers["show"] == {"token": made}
    assert len(answers["rotate"]["token"]) == len(made)
    assert answers["remove"] == {"removed": True}
    assert main(["token", "--json"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["token", "--json", "show"]) == 2
