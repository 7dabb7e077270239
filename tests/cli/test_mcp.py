"""``gorev mcp``: the tools from a shell."""

from __future__ import annotations

import json

from tests.support.command_line import CommandLine


def test_every_listed_tool_is_told_with_its_parameters(gorev: CommandLine) -> None:
    listed = gorev.json("mcp", "list")
    assert len(listed) == 24
    told = gorev.run("mcp", "list").stdout
    assert all(f"{tool['name']}  {tool['description']}\n" in told for tool in listed)
    assert "  id string (required)" in told
    assert "Görev" in gorev.run("mcp", "list", "--lang", "tr").stdout


def test_a_tool_takes_keys_and_values_or_an_object(gorev: CommandLine) -> None:
    made = gorev.run("mcp", "call", "gorev_intelligent_create", "baslik=42 things", "auto_split=false")
    assert "42 things" in made.stdout
    listed = gorev.run("mcp", "call", "gorev_listele", '{"limit": 1}', "offset=0", "--json")
    assert json.loads(listed.stdout)["structuredContent"]["limit"] == 1


def test_an_id_of_digits_stays_an_id(gorev: CommandLine) -> None:
    refused = gorev.run("mcp", "call", "gorev_detay", "id=12345678")
    assert refused.returncode == 1
    assert "12345678" in refused.stderr


def test_a_number_beyond_all_bounds_is_text(gorev: CommandLine) -> None:
    made = gorev.run("mcp", "call", "gorev_intelligent_create", "baslik=1e999")
    assert "1e999" in made.stdout


def test_a_refusal_is_on_standard_error_and_the_whole_result_on_standard_output(gorev: CommandLine) -> None:
    refused = gorev.run("mcp", "call", "gorev_detay", "id=00000000", "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["structuredContent"]["code"] == "task_not_found"
    assert refused.stderr.startswith("gorev: ")


def test_an_unknown_tool_is_refused(gorev: CommandLine) -> None:
    refused = gorev.run("mcp", "call", "gorev_yok")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "gorev_yok" in refused.stderr


def test_the_four_shortcuts_do_what_the_daily_commands_do(gorev: CommandLine) -> None:
    id_ = json.loads(gorev.run("mcp", "create-task", "--title", "Shortcut", "--json").stdout)["gorev"]["id"]
    assert id_ in gorev.run("mcp", "list-tasks").stdout
    assert "Shortcut" in gorev.run("mcp", "task-detail", id_).stdout
    assert gorev.run("mcp", "projects").returncode == 0


def test_debug_tells_the_daemon_the_workspace_and_the_parameters(gorev: CommandLine) -> None:
    told = gorev.run("mcp", "--debug", "list-tasks", "--limit", "3").stderr
    called = gorev.run("mcp", "--debug", "call", "ozet_goster").stderr
    assert str(gorev.folder) in called
    assert "ozet_goster {}" in called
    assert '"limit": 3' in told
