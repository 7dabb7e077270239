"""``gorev daemon``: starting, stopping and looking at the daemon (``lifecycle.md`` §5.1)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from gorev.cli.options import daemon_options, flags_of, merged
from gorev.cli.speech import Command, Group, Misuse, language_of, voice
from gorev.cli.tables import json_option, print_json
from gorev.locale import text
from gorev.settings import Flags, home_directory


def daemon(language: str) -> click.Command:
    """``gorev daemon`` with the commands below it."""
    group = Group(
        "daemon",
        invoke_without_command=True,
        params=[
            *daemon_options(language),
            click.Option(["--detach"], is_flag=True, help=text(language, "run in the background")),
            click.Option(["stopped", "--stop"], is_flag=True, help=text(language, "the same as daemon stop")),
            json_option(language),
        ],
        callback=_daemon,
    )
    commands = (
        Command(
            "start",
            params=[*daemon_options(language), json_option(language)],
            callback=_start,
            help=text(language, "start it in the background"),
        ),
        stop(language),
        status(language),
        Command(
            "restart",
            params=[*daemon_options(language), json_option(language)],
            callback=_restart,
            help=text(language, "stop it if it runs, and start it in the background on the same port"),
        ),
    )
    for command in commands:
        group.add_command(command)
    return group


def stop(language: str) -> Command:
    """``gorev daemon stop`` and ``gorev daemon-stop``."""
    return Command(
        "stop",
        params=[json_option(language)],
        callback=_stop,
        help=text(language, "stop it and wait until it is gone"),
    )


def status(language: str) -> Command:
    """``gorev daemon status`` and ``gorev daemon-status``."""
    return Command(
        "status",
        params=[json_option(language)],
        callback=_status,
        help=text(language, "tell whether it runs; the exit code is 0 or 3"),
    )


@click.pass_context
def _daemon(context: click.Context, /, detach: bool, stopped: bool, as_json: bool, **options: Any) -> int:
    language, flags = language_of(context), flags_of(options, voice(context))
    if (detach and stopped) or (context.invoked_subcommand is not None and (detach or stopped)):
        raise Misuse(text(language, "--detach, --stop and a command exclude each other"), context)
    if as_json and not (detach or stopped):
        raise Misuse(text(language, "--json is for --detach and --stop, or stands behind a command"), context)
    if context.invoked_subcommand is not None:
        context.meta["gorev.flags"] = flags
        return 0
    if stopped:
        return _stop_and_tell(language, as_json)
    if detach:
        return _start_detached(flags, language, as_json)
    from gorev.cli.foreground import run_in_foreground

    return run_in_foreground(flags)


@click.pass_context
def _start(context: click.Context, /, as_json: bool, **options: Any) -> int:
    return _start_detached(_flags(context, options), language_of(context), as_json)


@click.pass_context
def _stop(context: click.Context, /, as_json: bool) -> int:
    return _stop_and_tell(language_of(context), as_json)


@click.pass_context
def _status(context: click.Context, /, as_json: bool) -> int:
    from gorev.cli.control import print_status

    return print_status(_directory(), language_of(context), as_json)


@click.pass_context
def _restart(context: click.Context, /, as_json: bool, **options: Any) -> int:
    from gorev.cli.restarting import restart

    return restart(_flags(context, options), language_of(context), as_json=as_json)


def _flags(context: click.Context, /, options: dict[str, Any]) -> Flags:
    return merged(context.meta.get("gorev.flags", Flags()), flags_of(options, voice(context)))


def _start_detached(flags: Flags, language: str, as_json: bool) -> int:
    from gorev.cli.detached import start_detached

    return start_detached(flags, language, as_json=as_json)


def _stop_and_tell(language: str, as_json: bool) -> int:
    from gorev.cli.control import stop

    ended = stop(_directory(), language)
    if as_json:
        print_json({"stopped": True, "pid": ended.pid, "instance": ended.instance})
    else:
        click.echo(text(language, "The daemon (PID: {pid}) has stopped.", pid=ended.pid))
    return 0


def _directory() -> Path:
    return home_directory(os.environ) / ".gorev-daemon"
