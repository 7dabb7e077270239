"""What assistants are offered beside tools: prompts and resources (``gorev.mcp``)."""

from __future__ import annotations

from collections.abc import Iterator

from docs.from_code.markup import code, codes, paragraph, plain, section, table
from gorev.mcp.addresses import SUMMARY
from gorev.mcp.prompts import PROMPTS
from gorev.mcp.resources import WorkspaceResources


def lines() -> Iterator[str]:
    """Prompts with their arguments, then resources."""
    yield from section("Prompts", "-")
    for prompt in PROMPTS:
        entry = prompt.entry("en")
        yield from section(code(prompt.name), "~", f"prompt-{prompt.name}")
        yield from paragraph(
            f"**{plain(entry['title'])}.** {plain(entry['description'])} Also called {code(prompt.english_name)}."
        )
        yield from table(
            ("Argument", "Also", "Value", "Needed"),
            (
                (
                    code(each.name),
                    codes(each.other_names),
                    plain(described["description"]),
                    "**required**" if each.required else "",
                )
                for each, described in zip(prompt.arguments, entry["arguments"], strict=True)
            ),
            (20, 25, 40, 15),
        )
    yield from section("Resources", "-")
    yield from paragraph(
        "Resources are Markdown documents in the caller's language. The list names the summary, every project and the"
        " open tasks; the others are found by these addresses. They can be subscribed to."
    )
    rows = [(code(SUMMARY), "Summary", "The workspace at a glance.")]
    rows += [
        (code(each["uriTemplate"]), plain(each["title"]), plain(each["description"]))
        for each in WorkspaceResources().templates("en")
    ]
    yield from table(("Address", "What", "Contents"), rows, (35, 20, 45))
