"""The file with the settings for editors."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from gorev.domain.ides import IdeSettings
from gorev.services.ides.settings import IdeSettingsFile


def test_what_was_written_is_read_and_keys_of_others_stay(tmp_path: Path) -> None:
    path = tmp_path / ".gorev" / "ide-config.json"
    file = IdeSettingsFile(path)
    settings = IdeSettings().changed("extension_id", "some.one").changed("check_interval", "2h")
    file.write(settings)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"of_others": [1]}))
    file.write(settings.changed("auto_update", True))
    assert file.read() == settings.changed("auto_update", True)
    assert json.loads(path.read_text())["of_others"] == [1]
    assert stat.S_IMODE(path.stat().st_mode) & 0o700 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["ide-config.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", "1", '{"auto_install": "x"}'])
def test_an_unusable_file_means_the_defaults(tmp_path: Path, content: str) -> None:
    (tmp_path / "ide-config.json").write_text(content)
    assert IdeSettingsFile(tmp_path / "ide-config.json").read() == IdeSettings()


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert IdeSettingsFile(tmp_path / "no" / "file.json").read() == IdeSettings()
