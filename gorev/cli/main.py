"""The root of the command line."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from gorev import __version__
from gorev.cli.speech import Failed, Group, Misuse, Voice, language_of, usage_message
from gorev.daemon.errors import StartError
from gorev.locale import LANGUAGES, text
from gorev.settings import spoken_language

# Module and function that makes the command in a language; imported when the command is named, or help asked for.
COMMANDS: Final = {
    "backup": ("gorev.cli.backup", "backup"),
    "completion": ("gorev.cli.completion", "completion"),
    "config": ("gorev.cli.config", "config"),
    "daemon": ("gorev.cli.daemon", "daemon"),
    "daemon-status": ("gorev.cli.daemon", "status"),
    "daemon-stop": ("gorev.cli.daemon", "stop"),
    "doctor": ("gorev.cli.doctor", "doctor"),
    "export": ("gorev.cli.transfer", "export"),
    "ide": ("gorev.cli.ide", "ide"),
    "import": ("gorev.cli.transfer", "import_"),
    "init": ("gorev.cli.init", "init"),
    "log": ("gorev.cli.events", "log"),
    "login": ("gorev.cli.token", "login"),
    "mcp": ("gorev.cli.mcp", "mcp"),
    "mcp-proxy": ("gorev.cli.serve", "mcp_proxy"),
    "project": ("gorev.cli.project", "project"),
    "restore": ("gorev.cli.backup", "restore"),
    "search": ("gorev.cli.search", "search"),
    "seed-test-data": ("gorev.cli.seed", "seed"),
    "serve": ("gorev.cli.serve", "serve"),
    "service": ("gorev.cli.service", "service"),
    "setup": ("gorev.cli.setup", "setup"),
    "task": ("gorev.cli.task", "task"),
    "template": ("gorev.cli.template", "template"),
    "token": ("gorev.cli.token", "token"),
    "version": ("gorev.cli.version", "version"),
    "watch": ("gorev.cli.events", "watch"),
    "workspace": ("gorev.cli.workspace", "workspace"),
}


def main(argv: Sequence[str]) -> int:
    """Run the command that ``argv`` names (without the program's name); returns the exit code."""
    chosen, rest = take_language(argv)
    language = spoken_language(chosen, os.environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Turkish letters
    try:
        if chosen is not None and chosen not in LANGUAGES:
            raise Misuse(text(language, "--lang must be tr or en, not {value}", value=chosen))
        return root(language).main(rest, "gorev", standalone_mode=False, obj=Voice(language, chosen)) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        click.echo(f"gorev: {usage_message(language, error)}", err=True)
        return 2
    except StartError as error:
        click.echo(f"gorev: {text(language, error.message, **error.fields)}", err=True)
        return 1
    except Failed as error:
        click.echo(f"gorev: {error}", err=True)
        return error.code
    except click.Abort:
        return 1


def take_language(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """``--lang`` out of ``argv``, where it may stand before or after any command, and the rest. The last one counts."""
    chosen: str | None = None
    rest: list[str] = []
    arguments = iter(argv)
    for argument in arguments:
        if argument == "--":
            rest += [argument, *arguments]
        elif argument == "--lang":
            chosen = next(arguments, "")
        elif argument.startswith("--lang="):
            chosen = argument.removeprefix("--lang=")
        else:
            rest.append(argument)
    return chosen, rest


def root(language: str) -> click.Group:
    """The root command."""
    return _Root(
        name="gorev",
        help=text(language, "One local task daemon shared by every assistant, editor and browser of a user."),
        params=[
            # Taken out of the arguments beforehand; here for the help page.
            click.Option(
                ["--lang"], metavar="tr|en", expose_value=False, help=text(language, "language of what is printed")
            ),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_print_version,
                help=text(language, "print the version"),
            ),
        ],
    )


class _Root(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        made: click.Command = getattr(importlib.import_module(module), function)(language_of(ctx))
        made.name = cmd_name
        return made


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"Gorev {__version__}")
        context.exit()
