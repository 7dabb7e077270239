"""``ide_manage`` through the local socket, with editors in the daemon's PATH that are small scripts."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from gorev.domain.ides import Ide
from gorev.services.ides.places import places
from tests.support.fake_editor import FakeEditor
from tests.support.running_daemon import McpClient, RunningDaemon, wait_for

EXTENSION = "mehmetsenol.gorev-vscode"


@pytest.fixture
def bin_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the first in the PATH of a daemon started later."""
    folder = home / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def editors(bin_folder: Path, own_daemon: RunningDaemon) -> dict[str, FakeEditor]:
    """All three, VS Code without a network, and a daemon that runs."""
    made = {
        "vscode": FakeEditor.make(bin_folder, "code", offered=None),
        "cursor": FakeEditor.make(bin_folder, "cursor", offered="2.0.0"),
        "windsurf": FakeEditor.make(bin_folder, "windsurf", offered="2.0.0", installed="1.5.0"),
    }
    own_daemon.start()
    return made


def manage(assistant: McpClient, **arguments: Any) -> Any:
    """The struct of a call that is no error."""
    outcome = assistant.call("ide_manage", **arguments)
    assert not outcome.get("isError"), outcome
    return outcome["structuredContent"]


def test_detecting_tells_where_editors_and_their_things_are(
    own_daemon: RunningDaemon, editors: dict[str, FakeEditor]
) -> None:
    with own_daemon.mcp() as assistant:
        outcome = assistant.call("ide_manage", action="detect")
        assert manage(assistant, action="detect") == assistant.call("gorev_ide_detect")["structuredContent"]
    found = {each["type"]: each for each in outcome["structuredContent"]["ides"]}
    assert set(found) == {"vscode", "cursor", "windsurf"}
    assert found["cursor"]["executable_path"] == str(editors["cursor"].folder / "cursor")
    assert (found["vscode"]["name"], found["vscode"]["version"]) == ("VS Code", "1.95.3")
    assert found["vscode"]["extensions_path"] == str(own_daemon.home / ".vscode" / "extensions")
    assert found["vscode"]["config_path"].startswith(str(own_daemon.home))
    assert found["cursor"]["executable_path"] in outcome["content"][0]["text"]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_all_goes_on_after_one_that_fails_and_each_has_its_result(
    own_daemon: RunningDaemon, editors: dict[str, FakeEditor], language: str
) -> None:
    with own_daemon.mcp(language) as assistant:
        outcome = assistant.call("ide_manage", action="install", ide="all")
    results = {each["ide"]: each for each in outcome["structuredContent"]["results"]}
    assert not outcome.get("isError")
    assert [(ide, each["success"], each["version"]) for ide, each in results.items()] == [
        ("vscode", False, None),
        ("cursor", True, "2.0.0"),
        ("windsurf", True, "1.5.0"),
    ]
    assert results["vscode"]["code"] == "download_failed"
    assert "ENOTFOUND" in results["vscode"]["message"]
    assert {each["extension"] for each in results.values()} == {EXTENSION}
    assert outcome["content"][0]["text"] == "\n".join(each["message"] for each in results.values())
    assert f"{EXTENSION}@2.0.0" in editors["cursor"].installed


def test_the_status_tells_what_is_installed_and_what_can_be_updated(
    own_daemon: RunningDaemon, editors: dict[str, FakeEditor]
) -> None:
    with own_daemon.mcp() as assistant:
        manage(assistant, action="install", ide_type="cursor")
        before = assistant.call("ide_manage", action="status")
        (updated,) = manage(assistant, action="update", ide="windsurf")["results"]
        after = manage(assistant, action="status", ide="windsurf")
    told = before["structuredContent"]
    assert (told["extension"], told["latest_version"]) == (EXTENSION, "2.0.0")
    assert [
        (each["ide"], each["installed"], each.get("version"), each["update_available"]) for each in told["ides"]
    ] == [
        ("vscode", False, None, False),
        ("cursor", True, "2.0.0", False),
        ("windsurf", True, "1.5.0", True),
    ]
    assert "1.5.0 is installed, an update is available" in before["content"][0]["text"]
    assert (updated["success"], updated["version"]) == (True, "2.0.0")
    assert [(each["ide"], each["update_available"]) for each in after["ides"]] == [("windsurf", False)]


def test_removing_takes_the_extension_or_the_one_that_is_named(
    own_daemon: RunningDaemon, editors: dict[str, FakeEditor]
) -> None:
    with own_daemon.mcp() as assistant:
        (first,) = manage(assistant, action="uninstall", ide="windsurf")["results"]
        (other,) = assistant.call("gorev_ide_uninstall", ide="windsurf", extension_id="ms-python.python")[
            "structuredContent"
        ]["results"]
    assert (first["success"], first["extension"]) == (True, EXTENSION)
    assert (other["success"], other["extension"]) == (True, "ms-python.python")
    assert editors["windsurf"].installed == []


def test_the_settings_file_is_read_at_each_call(own_daemon: RunningDaemon, editors: dict[str, FakeEditor]) -> None:
    settings = own_daemon.home / ".gorev" / "ide-config.json"
    settings.parent.mkdir(exist_ok=True)
    with own_daemon.mcp() as assistant:
        settings.write_text(json.dumps({"supported_ides": ["cursor"], "extension_id": "some.one"}))
        (result,) = manage(assistant, action="install", ide="all")["results"]
        settings.write_text("broken")
        assert len(manage(assistant, action="detect")["ides"]) == 3
    assert (result["ide"], result["extension"]) == ("cursor", "some.one")


@pytest.mark.parametrize("language", ["tr", "en"])
def test_one_editor_that_fails_is_an_error(
    own_daemon: RunningDaemon, editors: dict[str, FakeEditor], language: str
) -> None:
    with own_daemon.mcp(language) as assistant:
        outcome = assistant.call("ide_manage", action="install", ide="vscode")
    assert outcome["isError"]
    assert outcome["structuredContent"]["code"] == "download_failed"
    assert "ENOTFOUND" in outcome["structuredContent"]["details"]["reason"]
    assert "VS Code" in outcome["content"][0]["text"]


def test_other_calls_are_answered_while_an_editor_takes_its_time(
    own_daemon: RunningDaemon, editors: dict[str, FakeEditor]
) -> None:
    with own_daemon.mcp() as waiting, own_daemon.mcp() as assistant:
        with editors["cursor"].waiting("--list-extensions"):
            waiting.write({"jsonrpc": "2.0", "id": 1, "method": "ide_manage", "params": {"action": "status"}})
            wait_for(lambda: editors["cursor"].calls)
            assert len(manage(assistant, action="detect")["ides"]) == 3
            assert own_daemon.get("/api/health").status == 200
        answer = waiting.read()
    assert len(answer["result"]["structuredContent"]["ides"]) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({}, "missing_parameter", "action"),
        ({"action": "start"}, "invalid_value", "action"),
        ({"action": "install"}, "missing_parameter", "ide"),
        ({"action": "update"}, "missing_parameter", "ide"),
        ({"action": "uninstall"}, "missing_parameter", "ide"),
        ({"action": "install", "ide": "emacs"}, "invalid_value", "ide"),
        ({"action": "install", "ide_type": "emacs"}, "invalid_value", "ide_type"),
        ({"action": "uninstall", "ide": "all", "extension_id": "--force"}, "invalid_value", "extension_id"),
        ({"action": "detect", "editor": "all"}, "invalid_value", "editor"),
    ],
)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_wrong_arguments_are_named(
    daemon: RunningDaemon, arguments: dict[str, Any], code: str, field: str, language: str
) -> None:
    with daemon.mcp(language) as assistant:
        outcome = assistant.call("ide_manage", **arguments)
    assert outcome["isError"]
    assert (outcome["structuredContent"]["code"], outcome["structuredContent"]["details"]["field"]) == (code, field)
    assert field in outcome["content"][0]["text"]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_an_editor_that_is_not_there_is_named(daemon: RunningDaemon, language: str) -> None:
    real = places(Ide.WINDSURF, sys.platform, str(Path.home()), os.environ)
    if shutil.which(real.command) or any(Path(each).exists() for each in real.executables):
        pytest.skip("this machine has one")
    with daemon.mcp(language) as assistant:
        outcome = assistant.call("ide_manage", action="status", ide="windsurf")
    assert (outcome["isError"], outcome["structuredContent"]["code"]) == (True, "ide_not_found")
    assert "Windsurf" in outcome["content"][0]["text"]
