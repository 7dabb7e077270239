"""``gorev completion``: what a shell needs to complete command lines."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gorev.cli.speech import Command, Failed, language_of
from gorev.cli.words import OneOf
from gorev.locale import text


def completion(language: str) -> click.Command:
    """The command."""
    return Command(
        "completion",
        params=[click.Argument(["shell"], type=OneOf(["bash", "zsh", "fish"]), metavar=text(language, "SHELL"))],
        callback=_print,
    )


@click.pass_context
def _print(context: click.Context, /, shell: str) -> int:
    made = get_completion_class(shell)
    if made is None:
        raise Failed(text(language_of(context), "there is no completion for {shell}", shell=shell))
    root = context.find_root()
    # Not `source()`, which runs bash to ask its version: the one at hand need not be the one that completes.
    complete = made(root.command, {}, "gorev", "_GOREV_COMPLETE")
    click.echo(complete.source_template % complete.source_vars())
    return 0
