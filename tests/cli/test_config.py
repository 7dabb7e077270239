"""``gorev config``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gorev.cli.main import main
from gorev.configuration import KEYS


@pytest.fixture(autouse=True)
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whose only setting is the home directory."""
    for name in ("GOREV_LANG", "GOREV_API_PORT", "GOREV_DB_PATH", "GOREV_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)


def configure(home: Path, content: str) -> None:
    (home / ".gorev-daemon").mkdir()
    (home / ".gorev-daemon" / "config.toml").write_text(content)


@pytest.mark.parametrize(("language", "default"), [("en", "(default)"), ("tr", "(varsayılan)")])
def test_each_setting_is_shown_with_its_value_and_where_it_comes_from(
    home: Path, capsys: pytest.CaptureFixture[str], language: str, default: str
) -> None:
    configure(home, "durability = 'normal'")
    assert main(["--lang", language, "config"]) == 0
    shown = capsys.readouterr().out
    rows = {line.split()[0]: line for line in shown.splitlines()[1:] if line and not line.startswith(" ")}
    assert rows.keys() == KEYS.keys()
    assert '"normal"  (~/.gorev-daemon/config.toml)' in rows["durability"]
    assert rows["port"].endswith(f"5082  {default}")


def test_as_json_it_is_one_object(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOREV_API_PORT", "6003")
    assert main(["config", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["file"] == str(home / ".gorev-daemon" / "config.toml")
    assert shown["settings"]["port"] == {"value": 6003, "origin": "GOREV_API_PORT"}


def test_a_broken_file_is_told_in_the_user_s_language(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(home, "reader_connections = 99")
    assert main(["--lang", "tr", "config"]) == 1
    assert "1 ile 8 arasında" in capsys.readouterr().err
