"""``gorev setup``: the settings of assistants, as real files of a home directory."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from gorev.cli.assistants import assistants
from tests.support.command_line import CommandLine

ZED = """// Zed
{
    "theme": "One", // mine
    "context_servers": {
        "other": { "command": "x" }, // keep
    },
}
"""
CODEX = """model = "m"  # mine

[mcp_servers.other]
command = "x"
# the end
"""


@pytest.fixture
def user(home: Path) -> CommandLine:
    """A user in an empty home directory, with no program in PATH."""
    return CommandLine(home, {"HOME": str(home), "PATH": "/nonexistent", "GOREV_LANG": "en", "GOREV_API_PORT": "0"})


def installed(home: Path) -> dict[str, Path]:
    """Every assistant's settings file, with what its owner wrote."""
    written = {
        "Claude Code": (home / ".claude.json", '{"numStartups": 3, "projects": {}}'),
        "Claude Desktop": (home / ".config/Claude/claude_desktop_config.json", ""),
        "Cursor": (home / ".cursor/mcp.json", '{\n  "mcpServers": {}\n}\n'),
        "Windsurf": (home / ".codeium/windsurf/mcp_config.json", "{}"),
        "VS Code": (home / ".config/Code/User/mcp.json", '{\n\t"inputs": [],\n\t"servers": {}\n}'),
        "Zed": (home / ".config/zed/settings.json", ZED),
        "Codex": (home / ".codex/config.toml", CODEX),
        "Gemini CLI": (home / ".gemini/settings.json", '{\r\n  "theme": "x"\r\n}\r\n'),
    }
    for file, content in written.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode())
    return {name: file for name, (file, _) in written.items()}


def test_every_assistant_is_told_after_a_backup_and_everything_can_be_put_back(user: CommandLine, home: Path) -> None:
    files = installed(home)
    before = {file: file.read_bytes() for file in files.values()}
    done = user.run("setup", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "24 tools" in done.stdout
    zed, codex = files["Zed"].read_text(), tomllib.loads(files["Codex"].read_text())
    assert all(line in zed for line in ZED.splitlines())
    assert codex["mcp_servers"]["gorev"]["args"] == ["mcp-proxy"]
    assert codex["mcp_servers"]["other"] == {"command": "x"}
    assert "# mine" in files["Codex"].read_text()
    code = json.loads(files["VS Code"].read_text())["servers"]["gorev"]
    assert (code["type"], code["args"], code["env"]) == ("stdio", ["mcp-proxy"], {"GOREV_LANG": "en"})
    assert Path(code["command"]).is_absolute()
    desktop = json.loads(files["Claude Desktop"].read_text())["mcpServers"]["gorev"]
    assert desktop["env"]["GOREV_WORKSPACE"] == str(home)
    for file, content in before.items():
        assert content in [copy.read_bytes() for copy in file.parent.glob(f"{file.name}.before-gorev-*")]
    again = user.run("setup", "--yes")
    assert again.stdout.count("Gorev is in it already.") == 8
    assert user.run("setup", "--remove", "--yes").returncode == 0
    assert {file: file.read_bytes() for file in before} == before


def test_a_file_that_its_owner_changed_since_loses_our_entry_only(user: CommandLine, home: Path) -> None:
    file = installed(home)["Zed"]
    user.run("setup", "--yes", "--only", "zed")
    file.write_text(file.read_text().replace('"One"', '"Two"'))
    user.run("setup", "--remove", "--yes")
    assert file.read_text() == ZED.replace('"One"', '"Two"')


def test_a_file_that_was_not_there_goes_again(user: CommandLine, home: Path) -> None:
    (home / ".cursor").mkdir()
    user.run("setup", "--yes")
    assert (home / ".cursor/mcp.json").exists()
    user.run("setup", "--remove", "--yes")
    assert not (home / ".cursor/mcp.json").exists()


@pytest.mark.parametrize(
    ("assistant", "content"),
    [
        ("Cursor", b'{"mcpServers": {'),
        ("Cursor", b'{"mcpServers": []}'),
        ("Cursor", b"[]"),
        ("Cursor", b"\xff\xfe{\x00}\x00"),
        ("Zed", b'{"context_servers": "x"}'),
        ("Codex", b"model = \n"),
        ("Codex", b"mcp_servers = 1\n"),
    ],
)
def test_a_file_that_is_not_understood_is_left_and_said_so(
    user: CommandLine, home: Path, assistant: str, content: bytes
) -> None:
    file = installed(home)[assistant]
    file.write_bytes(content)
    for options in ([], ["--remove"]):
        ended = user.run("setup", "--yes", "--only", assistant, *options)
        assert ended.returncode == 1
        assert str(file) in ended.stdout
        assert "It is left as it is: " in ended.stderr
        assert "Traceback" not in ended.stderr
    assert file.read_bytes() == content
    assert list(file.parent.glob("*.before-gorev-*")) == []


def test_without_a_terminal_it_shows_and_writes_nothing(user: CommandLine, home: Path) -> None:
    file = installed(home)["Cursor"]
    content = file.read_bytes()
    shown = user.run("setup", "--only", "cursor")
    assert shown.returncode == 1
    assert '"command": ' in shown.stdout
    assert "--yes" in shown.stderr
    assert file.read_bytes() == content


def test_on_a_terminal_it_asks(user: CommandLine, home: Path) -> None:
    file = installed(home)["Cursor"]
    content = file.read_bytes()
    assert "değiştirilmedi" in user.on_terminal("setup", "--only", "cursor", "--lang", "tr", typed="h\n")
    assert file.read_bytes() == content
    user.on_terminal("setup", "--only", "cursor", "--lang", "tr", typed="e\n")
    assert json.loads(file.read_text())["mcpServers"]["gorev"]["env"] == {"GOREV_LANG": "tr"}


def test_what_stands_beside_the_change_is_not_shown(user: CommandLine, home: Path) -> None:
    file = installed(home)["Zed"]
    file.write_text(ZED.replace('"command": "x"', '"key": "sesame"'))
    assert "sesame" not in user.run("setup").stdout


def test_a_linked_file_stays_a_link_and_keeps_its_mode(user: CommandLine, home: Path) -> None:
    kept = home / "dotfiles.json"
    kept.write_text("{}")
    kept.chmod(0o640)
    (home / ".cursor").mkdir()
    (home / ".cursor/mcp.json").symlink_to(kept)
    user.run("setup", "--yes")
    assert (home / ".cursor/mcp.json").is_symlink()
    assert "gorev" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o640


def test_where_there_is_no_assistant_it_says_which_it_looked_for(user: CommandLine) -> None:
    refused = user.run("setup")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Claude Code, Claude Desktop, Cursor, Windsurf, VS Code, Zed, Codex, Gemini CLI" in refused.stderr
    assert user.run("setup", "--remove").returncode == 0
    assert user.run("setup", "--only", "emacs").returncode == 2


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_the_places_of_every_system_are_absolute_and_apart(system: str) -> None:
    home = r"C:\Users\u" if system == "win32" else "/home/u"
    files = [each.file for each in assistants(system, home, {})]
    assert len(set(files)) == 8
    assert all(file.startswith(home) for file in files)


def test_variables_that_move_a_program_s_settings_are_heeded() -> None:
    moved = {"XDG_CONFIG_HOME": "/x", "CODEX_HOME": "/c", "CLAUDE_CONFIG_DIR": "/d", "APPDATA": r"D:\a"}
    on_linux = {each.name: each.file for each in assistants("linux", "/home/u", moved)}
    assert on_linux["VS Code"] == "/x/Code/User/mcp.json"
    assert on_linux["Codex"] == "/c/config.toml"
    assert on_linux["Claude Code"] == "/d/.claude.json"
    on_windows = {each.name: each.file for each in assistants("win32", r"C:\Users\u", moved)}
    assert on_windows["Claude Desktop"] == r"D:\a\Claude\claude_desktop_config.json"


def test_after_a_second_setup_the_first_state_comes_back(user: CommandLine, home: Path) -> None:
    files = installed(home)
    before = {file: file.read_bytes() for file in files.values()}
    user.run("setup", "--yes")
    user.run("setup", "--yes", "--lang", "tr")
    assert '"GOREV_LANG": "tr"' in files["Zed"].read_text()
    assert user.run("setup", "--remove", "--yes").returncode == 0
    assert {file: file.read_bytes() for file in before} == before


def test_a_table_that_follows_ours_keeps_its_distance(user: CommandLine, home: Path) -> None:
    file = installed(home)["Codex"]
    before = '[mcp_servers.other]\ncommand = "x"\n\n[profiles.a]\nb = 1\n'
    file.write_text(before)
    user.run("setup", "--yes", "--only", "codex")
    assert '"\n\n[profiles.a]\nb = 1\n' in file.read_text()
    file.write_text(file.read_text().replace("b = 1", "b = 2"))
    user.run("setup", "--remove", "--yes")
    assert file.read_text() == before.replace("b = 1", "b = 2")


def test_a_file_changed_between_two_setups_loses_our_entry_only(user: CommandLine, home: Path) -> None:
    file = installed(home)["Zed"]
    user.run("setup", "--yes", "--only", "zed")
    file.write_text(file.read_text().replace('"One"', '"Two"'))
    user.run("setup", "--yes", "--only", "zed", "--lang", "tr")
    user.run("setup", "--remove", "--yes")
    assert file.read_text() == ZED.replace('"One"', '"Two"')


def test_in_turkish_the_line_is_told_in_turkish(user: CommandLine, home: Path) -> None:
    files = installed(home)
    files["Cursor"].write_text('{\n"mcpServers": {')
    files["Codex"].write_text("a = 1\nmodel = \n")
    told = user.run("setup", "--yes", "--only", "cursor", "--only", "codex", "--lang", "tr").stderr
    assert "(2. satır)" in told
    assert "line" not in told


def test_programs_are_told_what_would_change_and_what_became_of_it(user: CommandLine, home: Path) -> None:
    files = installed(home)
    files["Zed"].write_text('{"context_servers": "x"}')
    asked = ["setup", "--json", "--only", "cursor", "--only", "zed"]
    before = files["Cursor"].read_bytes()
    plan = user.run(*asked)
    cursor, zed = json.loads(plan.stdout)["assistants"]
    assert plan.returncode == 1
    assert (cursor["name"], cursor["file"], cursor["state"]) == ("Cursor", str(files["Cursor"]), "not_agreed")
    assert any('"args"' in line for line in cursor["change"])
    assert (zed["state"], "change" in zed) == ("left", False)
    assert zed["reason"] in plan.stderr
    assert files["Cursor"].read_bytes() == before

    done = json.loads(user.run(*asked, "--yes").stdout)
    assert (done["assistants"][0]["state"], done["tools"]) == ("written", 24)
    assert Path(done["assistants"][0]["backup"]).read_bytes() == before
    again = user.json("setup", "--only", "cursor")
    assert ([row["state"] for row in again["assistants"]], again["tools"]) == (["current"], None)
    removed = user.json("setup", "--remove", "--yes", "--only", "cursor")
    assert [row["state"] for row in removed["assistants"]] == ["written"]
    assert user.json("setup", "--remove", "--only", "cursor") == {"assistants": [], "tools": None}
