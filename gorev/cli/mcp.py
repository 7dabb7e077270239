"""``gorev mcp``: the tools as an assistant has them (``lifecycle.md`` §5.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import click

from gorev.cli.conversation import DEBUG, Rejected, conversation
from gorev.cli.speech import Command, Failed, Group, Misuse, language_of, with_nearest
from gorev.cli.tables import json_option, print_json, print_text
from gorev.locale import text

# JSON-RPC's code, by which MCP refuses the name of a tool that there is not.
_INVALID_PARAMS: Final = -32602


def mcp(language: str) -> click.Command:
    """``gorev mcp`` with the commands below it."""
    from gorev.cli import project, task

    group = Group(
        "mcp",
        params=[
            click.Option(["--debug"], is_flag=True, help=text(language, "tell which daemon is asked, and what")),
        ],
        callback=_mcp,
    )
    group.add_command(
        Command(
            "list",
            params=[json_option(language)],
            callback=_list,
            help=text(language, "tell each tool's name, purpose and parameters"),
        )
    )
    group.add_command(
        Command(
            "call",
            params=[
                click.Argument(["tool"], metavar=text(language, "TOOL"), shell_complete=_tool_names),
                click.Argument(["arguments"], nargs=-1, metavar=text(language, "[JSON | KEY=VALUE...]")),
                click.Option(
                    ["as_json", "--json"], is_flag=True, help=text(language, "print the whole result as JSON")
                ),
            ],
            callback=_call,
            help=text(language, "call a tool; values that are JSON are taken as such, others as text"),
        )
    )
    for name, command in (
        ("list-tasks", task.list_command(language)),
        ("create-task", task.create_command(language)),
        ("task-detail", task.show_command(language)),
        ("projects", project.list_command(language)),
    ):
        group.add_command(command, name)
        command.name = name
    return group


@click.pass_context
def _mcp(context: click.Context, /, debug: bool) -> int:
    context.meta[DEBUG] = debug
    return 0


@click.pass_context
def _list(context: click.Context, /, as_json: bool) -> int:
    with conversation(context) as talk:
        tools = talk.request("tools/list", {})["tools"]
    if as_json:
        print_json(tools)
        return 0
    for place, tool in enumerate(tools):
        if place:
            click.echo()
        click.echo(f"{tool['name']}  {tool['description']}")
        schema = tool["inputSchema"]
        for name, property_ in schema.get("properties", {}).items():
            click.echo(f"  {_parameter(name, property_, schema, language_of(context))}")
    return 0


def _parameter(name: str, property_: dict[str, Any], schema: dict[str, Any], language: str) -> str:
    kind = property_.get("enum") or property_.get("type", "")
    parts = [name, "|".join(kind) if isinstance(kind, list) else str(kind)]
    if name in schema.get("required", ()):
        parts.append(text(language, "(required)"))
    if "default" in property_:
        parts.append(f"= {json.dumps(property_['default'], ensure_ascii=False)}")
    if "description" in property_:
        parts.append(f"— {property_['description']}")
    return " ".join(part for part in parts if part)


@click.pass_context
def _call(context: click.Context, /, tool: str, arguments: Sequence[str], as_json: bool) -> int:
    given = _arguments(arguments, context)
    with conversation(context) as talk:
        try:
            outcome = talk.attempt(tool, given)
        except Rejected as error:
            names = [each["name"] for each in talk.request("tools/list", {})["tools"]]
            if error.error != _INVALID_PARAMS or tool in names:
                raise
            language = language_of(context)
            missing = text(language, "there is no tool {name}", name=tool)
            raise Failed(with_nearest(missing, tool, names, language)) from None
    if as_json:
        print_json(outcome.raw)
    elif not outcome.refused:
        print_text(outcome.text)
    if outcome.refused:
        raise Failed(outcome.text)
    return 0


def _arguments(words: Sequence[str], context: click.Context) -> dict[str, Any]:
    """One JSON object, then or instead ``key=value``; the last of one key counts."""
    language = language_of(context)
    given: dict[str, Any] = {}
    for place, word in enumerate(words):
        if place == 0 and word.lstrip().startswith("{"):
            try:
                given |= json.loads(word)
            except json.JSONDecodeError as error:
                message = "this is no JSON object: line {line}, column {column}"
                raise Misuse(text(language, message, line=error.lineno, column=error.colno), context) from None
            continue
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise Misuse(text(language, "{word} is not of the form key=value", word=word), context)
        given[key] = value if key == "id" or key.endswith("_id") else _value(value)
    return given


def _value(written: str) -> Any:
    """A JSON value if it is one; NaN and numbers beyond all bounds, which JSON has not, are text."""
    try:
        value = json.loads(written)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return written
    return value


def _tool_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    try:
        with conversation(context) as talk:
            tools = talk.request("tools/list", {})["tools"]
    except Exception:  # a completion says nothing
        return []
    return [tool["name"] for tool in tools if tool["name"].startswith(incomplete)]
