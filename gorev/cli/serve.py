"""``gorev serve`` and ``gorev mcp-proxy``: the daemon on a terminal, the bridge on a pipe.

The program's entry sends what belongs to the bridge there before this package is imported; what comes here had a global
option before the command, or asked for help.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from gorev.cli.options import daemon_options, flags_of
from gorev.cli.speech import Command, voice
from gorev.locale import text


def serve(language: str) -> click.Command:
    """The command: with a terminal on standard input the daemon in the foreground, else the bridge."""
    return Command(
        "serve",
        params=[
            *daemon_options(language),
            click.Option(["--no-api"], is_flag=True, help=text(language, "accepted, without effect")),
        ],
        callback=_serve,
    )


def mcp_proxy(_: str) -> click.Command:
    """The command: the bridge, which reads its own arguments."""
    return _Bridge("mcp-proxy", add_help_option=False, callback=_bridge)


class _Bridge(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.args = list(args)
        return []


@click.pass_context
def _bridge(context: click.Context, /) -> int:
    from gorev.bridge import main

    return main([*context.args, *_language_argument(context)])


@click.pass_context
def _serve(context: click.Context, /, **options: Any) -> int:
    if sys.stdin is not None and sys.stdin.isatty():
        from gorev.cli.foreground import run_in_foreground

        return run_in_foreground(flags_of(options, voice(context)))
    from gorev.bridge import main

    given = [
        argument
        for name, option in (("port", "--api-port"), ("db_path", "--db-path"), ("mode", "--mode"))
        if options[name] is not None
        for argument in (option, str(options[name]))
    ]
    flags = [option for name, option in (("debug", "--debug"), ("no_api", "--no-api")) if options[name]]
    return main([*given, *flags, *_language_argument(context)], serve=True)


def _language_argument(context: click.Context, /) -> list[str]:
    chosen = voice(context).chosen
    return [] if chosen is None else ["--lang", chosen]
