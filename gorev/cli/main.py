"""The root of the command line."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import click
from click.shell_completion import CompletionItem

from gorev import __version__
from gorev.cli.speech import Failed, Group, Misuse, Voice, language_of, usage_message
from gorev.daemon.errors import StartError
from gorev.locale import LANGUAGES, text
from gorev.settings import spoken_language

# Module and function that makes the command in a language; imported when the command is named.
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

# Told here, so that a list of all commands imports none of them.
PURPOSES: Final = {
    "backup": "copy the database of a workspace, also while it is in use",
    "completion": "print a script that completes gorev's commands in a shell",
    "config": "show each setting of a daemon that is started here, and where it comes from",
    "daemon": "run the daemon in the foreground, or do what the command below says",
    "daemon-status": "the same as daemon status",
    "daemon-stop": "the same as daemon stop",
    "doctor": "look for what is wrong, and say what to do; the exit code is 1 for a problem",
    "export": "write tasks and projects to a JSON, CSV or Markdown file",
    "ide": "find editors, and see to the Gorev extension in them",
    "import": "read tasks from an export, a list of tasks or a CSV file",
    "init": "make the current folder a workspace",
    "log": "tell who changed what, the latest first",
    "login": "print a link that lets a browser in; it is good once and for two minutes",
    "mcp": "call the tools that assistants have",
    "mcp-proxy": "join an assistant's standard input and output to the daemon",
    "project": "list, make and choose projects",
    "restore": "put a copy in the place of a workspace's database, which is kept beside it",
    "search": "search tasks by words, typing errors forgiven",
    "seed-test-data": "make sample projects and tasks in an empty workspace",
    "serve": "run the daemon on a terminal, or the bridge of an assistant on a pipe",
    "service": "have the system start the daemon at login and keep it running",
    "setup": "connect the assistants of this machine with Gorev, after showing how",
    "task": "list, show, make and change tasks",
    "template": "list and show the templates that tasks are made from",
    "token": "show or change the token that clients of HTTP need where one is required",
    "version": "print version, build time and commit",
    "watch": "tell each change as it happens, until interrupted",
    "workspace": "list and register the folders whose tasks the daemon keeps",
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
    except OSError as error:
        if error.filename is None:
            # What is left in the buffer would be tried again when the program ends.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        name = error.filename or text(language, "standard output")
        said = text(language, "{path} cannot be used: {reason}", path=name, reason=error.strerror or error)
        click.echo(f"gorev: {said}", err=True)
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
        made.help = text(language_of(ctx), PURPOSES[cmd_name])
        return made

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command and what it is for."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text(language_of(ctx), PURPOSES[name])) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin so."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        found = [CompletionItem(name, help=text(language_of(ctx), PURPOSES[name])) for name in names]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"Gorev {__version__}")
        context.exit()
