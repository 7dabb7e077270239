"""``gorev service``: having systemd or launchd run the daemon from login on."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

import click

from gorev.cli import service_manager
from gorev.cli.control import look, stop
from gorev.cli.speech import Command, Failed, Group, language_of
from gorev.cli.tables import json_option, print_json
from gorev.daemon.record import LockRecord
from gorev.daemon.units import Unit, is_ours, unit_for
from gorev.launcher import Launch, take_start_lock
from gorev.locale import text
from gorev.settings import home_directory

_Kept = Literal["missing", "foreign", "current", "outdated"]


def service(language: str) -> click.Group:
    """``gorev service`` with the commands below it."""
    group = Group("service")
    yes = click.Option(["--yes"], is_flag=True, help=text(language, "do it without asking"))
    group.add_command(
        Command(
            "install",
            params=[yes, json_option(language)],
            callback=_install,
            help=text(language, "show the unit file, then write and start it"),
        )
    )
    group.add_command(
        Command(
            "uninstall",
            params=[yes, json_option(language)],
            callback=_uninstall,
            help=text(language, "stop it and remove the unit file"),
        )
    )
    group.add_command(
        Command(
            "status",
            params=[json_option(language)],
            callback=_status,
            help=text(language, "tell whether there is a unit, and whether it runs"),
        )
    )
    return group


@click.pass_context
def _install(context: click.Context, /, yes: bool, as_json: bool) -> int:
    language = language_of(context)
    unit = _unit(language)
    found = _found(unit, language)
    # What is asked about and done must be seen; to programs it is no part of the answer.
    say = partial(click.echo, err=as_json)
    if found is not None and not is_ours(found):
        raise Failed(text(language, "{path} was not written by Gorev and is left as it is", path=unit.path))
    if found == unit.content:
        say(text(language, "{path} is there already and up to date.", path=unit.path))
    else:
        say(text(language, "This is written to {path}:", path=unit.path))
        say(f"\n{unit.content}")
        _ask(text(language, "Write it and start the service?"), yes, language)
        _write(unit, language)
    try:
        ended = _start(unit, language, say)
    except Failed as error:
        left = text(language, "the unit file is in place, but the service could not be started: {reason}", reason=error)
        raise Failed(left) from error
    if as_json:
        stopped = None if ended is None else ended.pid
        print_json(
            {"manager": unit.manager, "file": str(unit.path), "written": found != unit.content, "stopped_pid": stopped}
        )
        return 0
    say(text(language, "The service is installed; it starts at every login."))
    return 0


def _start(unit: Unit, language: str, say: Callable[[str], None]) -> LockRecord | None:
    """Start the service, in the place of a daemon that runs by itself; one that cannot be replaced is left alone.

    Returns what the replaced one said, if there was one.
    """
    first, *others = service_manager.starting(unit)
    service_manager.run(first, language)  # where there is no manager, this tells
    directory = home_directory(os.environ) / ".gorev-daemon"
    sighting = look(directory)
    if sighting.record is None or sighting.record.supervised or sighting.state == "dead":
        start_lock = ended = None
    else:
        start_lock = take_start_lock(Launch(str(directory)))
        ended = stop(directory, language)
        say(text(language, "The daemon (PID: {pid}) has stopped.", pid=ended.pid))
    try:
        for step in others:
            service_manager.run(step, language)
    finally:
        if start_lock is not None:
            os.close(start_lock)
    return ended


@click.pass_context
def _uninstall(context: click.Context, /, yes: bool, as_json: bool) -> int:
    language = language_of(context)
    unit = _unit(language)
    found = _found(unit, language)
    answer = {"manager": unit.manager, "file": str(unit.path)}
    if found is None:
        if as_json:
            print_json({**answer, "removed": False})
        else:
            click.echo(text(language, "There is no unit file at {path}.", path=unit.path))
        return 0
    if not is_ours(found):
        raise Failed(text(language, "{path} was not written by Gorev and is left as it is", path=unit.path))
    _ask(text(language, "Stop the service and remove {path}?", path=unit.path), yes, language)
    for command in service_manager.stopping(unit):
        service_manager.run(command, language)
    unit.path.unlink(missing_ok=True)
    for command in service_manager.forgetting(unit):
        service_manager.run(command, language)
    if as_json:
        print_json({**answer, "removed": True})
    else:
        click.echo(text(language, "The service is removed. Your tasks stay where they are."))
    return 0


@click.pass_context
def _status(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    unit = _unit(language)
    kept = _kept(unit, language)
    running = None if kept == "missing" else service_manager.state(unit)
    if as_json:
        print_json({"manager": unit.manager, "file": str(unit.path), "unit": kept, "state": running})
    elif kept == "missing":
        click.echo(text(language, "There is no unit file at {path}.", path=unit.path))
    else:
        states: dict[_Kept, str] = {
            "foreign": text(language, "not written by Gorev"),
            "current": text(language, "up to date"),
            "outdated": text(language, "written by another version or for another place; install writes it anew"),
        }
        click.echo(text(language, "Unit file: {path} ({state})", path=unit.path, state=states[kept]))
        if running is None:
            click.echo(text(language, "{manager} cannot be asked whether it runs.", manager=unit.manager))
        else:
            click.echo(text(language, "State: {state}", state=running))
    if running is None and kept != "missing":
        return 1
    return 0 if running in ("active", "running") else 3


def _kept(unit: Unit, language: str) -> _Kept:
    """Whether there is a unit file, and whose it is."""
    found = _found(unit, language)
    if found is None:
        return "missing"
    if not is_ours(found):
        return "foreign"
    return "current" if found == unit.content else "outdated"


def _unit(language: str) -> Unit:
    unit = unit_for(home_directory(os.environ), _command(language), os.environ)
    if unit is None:
        raise Failed(text(language, "this system has neither systemd nor launchd: start the daemon at login yourself"))
    return unit


def _command(language: str) -> tuple[str, ...]:
    """``twistd`` of the environment that this program is installed in."""
    twistd = Path(sysconfig.get_path("scripts")) / "twistd"
    if not twistd.exists():
        raise Failed(text(language, "{path} is missing: it belongs to the installation of Gorev", path=twistd))
    return (str(twistd), "--nodaemon", "--pidfile=", "gorev")


def _found(unit: Unit, language: str) -> str | None:
    try:
        if unit.path.is_symlink() or not unit.path.is_file():
            return "" if unit.path.is_symlink() or unit.path.exists() else None
        return unit.path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise _unusable(unit, error, language) from error


def _write(unit: Unit, language: str) -> None:
    draft = unit.path.with_name(f".{unit.path.name}.new")
    try:
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(unit.content, "utf-8")
        draft.replace(unit.path)
    except OSError as error:
        raise _unusable(unit, error, language) from error


def _unusable(unit: Unit, error: OSError, language: str) -> Failed:
    return Failed(text(language, "{path} cannot be used: {reason}", path=unit.path, reason=error.strerror or error))


def _ask(question: str, yes: bool, language: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failed(text(language, "nothing was changed: without a terminal to ask on, --yes is needed"))
    if not click.confirm(question, err=True):
        raise Failed(text(language, "nothing was changed"))
