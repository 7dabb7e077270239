"""``gorev service``: having systemd or launchd run the daemon from login on."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import click

from gorev.cli import service_manager
from gorev.cli.control import look, stop
from gorev.cli.speech import Command, Failed, Group, language_of
from gorev.daemon.units import Unit, is_ours, unit_for
from gorev.launcher import Launch, take_start_lock
from gorev.locale import text
from gorev.settings import home_directory


def service(language: str) -> click.Group:
    """``gorev service`` with the commands below it."""
    group = Group("service")
    yes = click.Option(["--yes"], is_flag=True, help=text(language, "do it without asking"))
    group.add_command(
        Command(
            "install",
            params=[yes],
            callback=_install,
            help=text(language, "show the unit file, then write and start it"),
        )
    )
    group.add_command(
        Command("uninstall", params=[yes], callback=_uninstall, help=text(language, "stop it and remove the unit file"))
    )
    group.add_command(
        Command("status", callback=_status, help=text(language, "tell whether there is a unit, and whether it runs"))
    )
    return group


@click.pass_context
def _install(context: click.Context, /, yes: bool) -> int:
    language = language_of(context)
    unit = _unit(language)
    found = _found(unit, language)
    if found is not None and not is_ours(found):
        raise Failed(text(language, "{path} was not written by Gorev and is left as it is", path=unit.path))
    if found == unit.content:
        click.echo(text(language, "{path} is there already and up to date.", path=unit.path))
    else:
        click.echo(text(language, "This is written to {path}:", path=unit.path))
        click.echo(f"\n{unit.content}")
        _ask(text(language, "Write it and start the service?"), yes, language)
        _write(unit, language)
    try:
        _start(unit, language)
    except Failed as error:
        left = text(language, "the unit file is in place, but the service could not be started: {reason}", reason=error)
        raise Failed(left) from error
    click.echo(text(language, "The service is installed; it starts at every login."))
    return 0


def _start(unit: Unit, language: str) -> None:
    """Start the service, in the place of a daemon that runs by itself; one that cannot be replaced is left alone."""
    first, *others = service_manager.starting(unit)
    service_manager.run(first, language)  # where there is no manager, this tells
    directory = home_directory(os.environ) / ".gorev-daemon"
    sighting = look(directory)
    if sighting.record is None or sighting.record.supervised or sighting.state == "dead":
        start_lock = None
    else:
        start_lock = take_start_lock(Launch(str(directory)))
        ended = stop(directory, language)
        click.echo(text(language, "The daemon (PID: {pid}) has stopped.", pid=ended.pid))
    try:
        for step in others:
            service_manager.run(step, language)
    finally:
        if start_lock is not None:
            os.close(start_lock)


@click.pass_context
def _uninstall(context: click.Context, /, yes: bool) -> int:
    language = language_of(context)
    unit = _unit(language)
    found = _found(unit, language)
    if found is None:
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
    click.echo(text(language, "The service is removed. Your tasks stay where they are."))
    return 0


@click.pass_context
def _status(context: click.Context, /) -> int:
    language = language_of(context)
    unit = _unit(language)
    found = _found(unit, language)
    if found is None:
        click.echo(text(language, "There is no unit file at {path}.", path=unit.path))
        return 3
    if not is_ours(found):
        state = text(language, "not written by Gorev")
    elif found == unit.content:
        state = text(language, "up to date")
    else:
        state = text(language, "written by another version or for another place; install writes it anew")
    click.echo(text(language, "Unit file: {path} ({state})", path=unit.path, state=state))
    running = service_manager.state(unit)
    if running is None:
        click.echo(text(language, "{manager} cannot be asked whether it runs.", manager=unit.manager))
        return 1
    click.echo(text(language, "State: {state}", state=running))
    return 0 if running in ("active", "running") else 3


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
