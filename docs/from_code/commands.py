"""The command line, from the commands themselves (``gorev.cli``)."""

from __future__ import annotations

from collections.abc import Iterator

import click

from docs.from_code.markup import code, paragraph, plain, section, table
from gorev.cli.main import root
from gorev.cli.speech import Voice


def contexts() -> Iterator[click.Context]:
    """A context of every command below the root, groups before what is in them."""
    top = root("en")
    yield from _below(top.make_context("gorev", [], obj=Voice("en"), resilient_parsing=True))


def _below(context: click.Context) -> Iterator[click.Context]:
    group = context.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = command.context_class(command, info_name=name, parent=context)
        yield inner
        yield from _below(inner)


def lines() -> Iterator[str]:
    """A section for each command."""
    for context in contexts():
        is_top = context.parent is not None and context.parent.parent is None
        path = context.command_path
        yield from section(code(path), "-" if is_top else "~", f"command-{path.replace(' ', '_')}")
        yield from paragraph(_sentence(context.command.help or ""))
        usage = " ".join(context.command.collect_usage_pieces(context))
        yield from (".. code-block:: text", "", f"   {path} {usage}".rstrip(), "")
        yield from table(("Option", "Meaning"), _options(context), (40, 60))


def _sentence(text: str) -> str:
    said = plain(text)
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('.') else '.'}"


def _options(context: click.Context) -> Iterator[tuple[str, str]]:
    for option in context.command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None and "--help" not in option.opts:
            names, meaning = record
            yield code(" ".join(names.split())), plain(meaning)
