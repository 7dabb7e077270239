"""``gorev export``, ``import``, ``init``, ``seed-test-data``, ``ide`` and ``completion``."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.running_daemon import RunningDaemon


@pytest.fixture
def fresh(gorev: CommandLine, daemon: RunningDaemon, request: pytest.FixtureRequest) -> CommandLine:
    """The command in a workspace folder of this test alone."""
    folder = daemon.home / f"w{abs(hash(request.node.name))}"
    folder.mkdir()
    (folder / ".gorev").mkdir()
    return CommandLine(folder, gorev.environment)


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_what_was_exported_can_be_imported(fresh: CommandLine, suffix: str) -> None:
    fresh.run("task", "create", "Exported", "--tags", "a")
    done = fresh.run("export", f"tasks.{suffix}")
    assert (done.returncode, done.stderr) == (0, "")
    assert (fresh.folder / f"tasks.{suffix}").exists()
    id_ = fresh.json("task", "list")["gorevler"][0]["id"]
    fresh.run("task", "delete", id_, "--yes")
    assert fresh.json("import", f"tasks.{suffix}", "--dry-run")["imported_tasks"] == 1
    assert fresh.json("task", "list")["toplam"] == 0
    assert fresh.json("import", f"tasks.{suffix}")["imported_tasks"] == 1
    assert fresh.json("task", "list")["gorevler"][0]["baslik"] == "Exported"


def test_an_export_holds_what_was_asked_for(fresh: CommandLine) -> None:
    fresh.run("task", "create", "Open")
    fresh.run("task", "done", fresh.json("task", "create", "Done")["gorev"]["id"])
    fresh.run("export", "open.json", "--no-completed")
    written = json.loads((fresh.folder / "open.json").read_text())
    assert [task["baslik"] for task in written["tasks"]] == ["Open"]
    assert fresh.run("export", "x.md").returncode == 0
    assert "- [x] " in (fresh.folder / "x.md").read_text()


def test_replacing_everything_needs_consent(fresh: CommandLine) -> None:
    fresh.run("task", "create", "Kept")
    (fresh.folder / "empty.json").write_text('{"version": "1.0", "tasks": []}')
    refused = fresh.run("import", "empty.json", "--mode", "replace")
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    assert fresh.json("task", "list")["toplam"] == 1
    assert fresh.run("import", "empty.json", "--mode", "replace", "--yes").returncode == 0
    assert fresh.json("task", "list")["toplam"] == 0


def test_a_missing_file_and_a_forbidden_place_are_refused(fresh: CommandLine) -> None:
    for arguments in (["import", "missing.json"], ["export", "/etc/tasks.json"]):
        refused = fresh.run(*arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert arguments[1] in refused.stderr


def test_what_an_import_did_is_told_in_one_language(fresh: CommandLine) -> None:
    rows = [{"id": "1", "title": "a"}, {"id": "2", "title": "b"}]
    (fresh.folder / "rows.json").write_text(json.dumps(rows))
    trial = fresh.run("import", "rows.json", "--dry-run").stdout
    assert "In the file: 2 tasks, 0 projects\nTo be imported: 2 tasks, 0 projects\n" in trial
    assert not {"görev", "proje"} & set(trial.split())
    assert "İçe aktarılacak: 2 görev, 0 proje\n" in fresh.run("import", "rows.json", "--dry-run", "--lang", "tr").stdout
    assert "Imported: 2 tasks, 0 projects\n" in fresh.run("import", "rows.json").stdout


def test_a_long_report_of_an_import_says_how_the_command_line_tells_more(fresh: CommandLine) -> None:
    rows = [{"id": f"{number}", "title": f"Task {number}"} for number in range(300)]
    (fresh.folder / "rows.json").write_text(json.dumps(rows))
    fresh.run("import", "rows.json")
    said = fresh.run("import", "rows.json", "--conflicts", "prompt").stdout
    assert "/api" not in said
    assert "--conflicts overwrite" in said
    shown = said.count("conflict: task ")
    assert 0 < shown < 300
    assert f"conflicts: {300 - shown} more; --json prints {300 - shown} of them." in said
    assert len(fresh.json("import", "rows.json", "--conflicts", "prompt")["conflicts"]) == 300


def test_on_a_terminal_a_bar_is_drawn_and_wiped_again(fresh: CommandLine) -> None:
    (fresh.folder / "many.json").write_text(json.dumps({"tasks": [{"baslik": f"T{n}"} for n in range(3000)]}))
    shown = fresh.on_terminal("import", "many.json", "--lang", "tr")
    assert "İçe aktarılıyor" in shown
    assert "\x1b[2K" in shown


def test_a_folder_becomes_a_workspace_once(gorev: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("build")
    made = gorev.run("init", "--gitignore", folder=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / ".gitignore").read_text() == "build\n.gorev/\n"
    again = gorev.run("init", folder=tmp_path)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    assert gorev.run("task", "create", "Here", folder=tmp_path).returncode == 0
    assert len(list((tmp_path / ".gorev").glob("*.db"))) == 1


def test_without_being_asked_init_leaves_gitignore_alone(gorev: CommandLine, tmp_path: Path) -> None:
    gorev.run("init", folder=tmp_path)
    assert not (tmp_path / ".gitignore").exists()


def test_init_makes_the_database_that_the_environment_names(gorev: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "tasks.db"
    assert gorev.run("init", folder=tmp_path, GOREV_DB_PATH=str(file)).returncode == 0
    assert file.exists()
    assert gorev.run("init", folder=tmp_path, GOREV_DB_PATH=str(file)).returncode == 1


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_sample_data_are_as_specified(fresh: CommandLine, language: str) -> None:
    made = fresh.json("seed-test-data", "--lang", language)
    counts = [len(made[name]) for name in ("projeler", "gorevler", "alt_gorevler")]
    assert (counts, made["bagimlilik_sayisi"]) == ([3, 15, 6], 3)
    roots = fresh.json("task", "list", "--lang", language)["gorevler"]
    assert Counter(row["durum"] for row in roots) == {"beklemede": 5, "devam_ediyor": 4, "tamamlandi": 5, "iptal": 1}
    assert {row["oncelik"] for row in roots} == {"dusuk", "orta", "yuksek"}
    assert fresh.json("task", "list", "--filter", "overdue")["toplam"] >= 2
    assert sum(row["bagimli_gorev_sayisi"] for row in roots) == 3
    deepest = [row for root in roots for child in root.get("alt_gorevler", ()) for row in child.get("alt_gorevler", ())]
    assert {row["seviye"] for row in deepest} == {2}
    assert fresh.json("project", "use")["proje"]["id"] == made["projeler"][0]["id"]


def test_sample_data_take_the_place_of_tasks_only_by_force_and_after_a_backup(fresh: CommandLine) -> None:
    fresh.run("task", "create", "Precious")
    refused = fresh.run("seed-test-data")
    assert (refused.returncode, "--force" in refused.stderr) == (1, False)
    made = fresh.json("seed-test-data", "--minimal", "--force")
    assert (len(made["projeler"]), len(made["gorevler"]), made["alt_gorevler"]) == (1, 3, [])
    statuses = sorted(row["durum"] for row in fresh.json("task", "list")["gorevler"])
    assert statuses == ["beklemede", "devam_ediyor", "tamamlandi"]
    shutil.copy(made["backup"], fresh.folder / "copy.db")
    assert "Precious" in (fresh.folder / "copy.db").read_bytes().decode(errors="replace")


def test_the_settings_for_editors_are_shown_and_changed(gorev: CommandLine) -> None:
    assert "check_interval = 24h\n" in gorev.run("ide", "config").stdout
    assert gorev.run("ide", "config", "set", "check_interval", "12h").stdout == "check_interval = 12h\n"
    assert gorev.json("ide", "config", "set", "check_interval", "12h") == {"check_interval": "12h"}
    assert gorev.json("ide", "config")["check_interval"] == "12h"
    unknown = gorev.run("ide", "config", "set", "nonsense", "1")
    assert (unknown.returncode, "auto_install" in unknown.stderr) == (1, True)
    assert gorev.run("ide", "config", "set", "check_interval", "soon").returncode == 1


def test_editors_are_looked_for_and_an_unknown_one_is_refused(gorev: CommandLine) -> None:
    assert gorev.run("ide", "detect", PATH="/nonexistent").returncode == 0
    assert "vscode" in gorev.run("ide", "install", "vim").stderr
    assert gorev.run("ide", "uninstall").returncode == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_options_and_what_the_daemon_knows(gorev: CommandLine, shell: str) -> None:
    assert "_GOREV_COMPLETE" in gorev.run("completion", shell).stdout
    for words, expected in (
        ("gorev task up", "update"),
        ("gorev task update 12345678 --st", "--status"),
        ("gorev template show bu", "bug2"),
        ("gorev mcp call gorev_li", "gorev_listele"),
        ("gorev completion f", "fish"),
        ("gorev wa", "watch"),
        ("gorev task list --status pe", "pending"),
        ("gorev task create --template bu", "bug2"),
        ("gorev import --mode m", "merge"),
        ("gorev export x", "file"),
        ("gorev workspace register x", "dir"),
    ):
        asked: dict[str, Any] = {
            "_GOREV_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        }
        if shell == "fish":
            asked["COMP_CWORD"] = words.split(" ")[-1]
        assert expected in gorev.within(**asked).run().stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_takes_the_script(gorev: CommandLine, tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    script = tmp_path / "completion"
    script.write_text(gorev.run("completion", shell).stdout)
    checked = subprocess.run([program, "-n", script], text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
