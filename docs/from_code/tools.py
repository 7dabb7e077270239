"""The tools for assistants, from the definitions that list, check and decode their calls (``gorev.mcp``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from docs.from_code import schemas
from docs.from_code.markup import code, codes, error, link, paragraph, plain, section, table
from gorev.mcp import ide_tools
from gorev.mcp.hidden_names import HIDDEN
from gorev.mcp.toolbox import ORDER, Tool
from gorev.mcp.tools import TOOLS, UNLISTED
from gorev.services.ides.editors import Editors
from gorev.wire.decode import field_kinds
from gorev.wire.vocabulary import Vocabulary

# They are described here and never called, so that they need no editors.
LISTED: Final = tuple(
    sorted((*TOOLS, *ide_tools.tools(cast("Editors", None))), key=lambda tool: ORDER.index(tool.name))
)


def lines() -> Iterator[str]:
    """A section for each tool, then the names that are not listed."""
    yield from table(
        ("Tool", "What it does", "Effect"),
        ((link(f"tool-{tool.name}", tool.name), plain(tool.listed("en")["title"]), _effect(tool)) for tool in LISTED),
        (30, 40, 30),
    )
    for tool in LISTED:
        yield from _tool(tool)
    yield from section("Names that are not listed", "-", "hidden-tools")
    yield from paragraph(
        "These can be called and are in no list. They are for clients of earlier versions; each stands for a listed"
        " tool, with an argument given where one is shown."
    )
    yield from table(
        ("Name", "Stands for", "With"),
        (
            (
                code(name),
                link(f"tool-{hidden.tool}", hidden.tool),
                codes(f"{key} = {value}" for key, value in hidden.given.items()),
            )
            for name, hidden in HIDDEN.items()
        ),
        (40, 30, 30),
    )
    for tool in UNLISTED:
        yield from _tool(tool)


def _tool(tool: Tool) -> Iterator[str]:
    entry = tool.listed("en")
    yield from section(code(tool.name), "-", f"tool-{tool.name}")
    yield from paragraph(f"**{plain(entry['title'])}.** {plain(entry['description'])}")
    yield from paragraph(_effects(tool))
    yield from table(
        ("Argument", "Also", "Value", "Default", "Note"), _arguments(tool, entry["inputSchema"]), (18, 22, 30, 12, 18)
    )
    answer = entry["outputSchema"]["properties"]
    if answer:
        members = ", ".join(f"{code(name)} ({schemas.told(schema)})" for name, schema in answer.items())
        yield from paragraph(f"*Answers* {members}.")
    yield from paragraph(f"*Errors:* {', '.join(error(each) for each in tool.codes())}.")


def _arguments(tool: Tool, schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    turkish = tool.names.out(Vocabulary.TURKISH)
    english = tool.names.out(Vocabulary.ENGLISH)
    for name in field_kinds(tool.arguments):
        member = schema["properties"][turkish[name]]
        others = dict.fromkeys((english[name], *tool.names.others(name, Vocabulary.TURKISH)))
        required = turkish[name] in schema.get("required", ())
        yield (
            code(turkish[name]),
            codes(other for other in others if other != turkish[name]),
            schemas.told(member),
            "**required**" if required else schemas.default(member),
            "" if schemas.hint(member) == schemas.told(member) else schemas.hint(member),
        )


def _effect(tool: Tool) -> str:
    if tool.read_only:
        return "reads"
    return "changes, may delete" if tool.destructive else "changes"


def _effects(tool: Tool) -> str:
    said = [_effect(tool).capitalize()]
    if tool.reads:
        said.append(f"the actions {codes(sorted(tool.reads))} only read")
    if tool.read_only or tool.idempotent:
        said.append("doing it twice is as good as once")
    if tool.reaches_out:
        said.append("may reach other machines, through the editor")
    return "; ".join(said) + "."
