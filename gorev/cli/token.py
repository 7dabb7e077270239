"""``gorev token`` and ``gorev login``: what lets clients of HTTP in where a token is required."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

import click

from gorev.cli.speech import Command, Failed, Group, Misuse, language_of
from gorev.cli.tables import json_option, print_json
from gorev.daemon.token import TokenFile, new_code
from gorev.locale import text
from gorev.settings import Flags, Settings, home_directory

# Any route that a token is asked for and that answers at once.
_GUARDED_PATH: Final = "/api/v1/language"


def token(language: str) -> click.Command:
    """The command, with those below it."""
    group = Group(
        "token",
        invoke_without_command=True,
        params=[json_option(language)],
        callback=_token,
    )
    commands: tuple[tuple[str, Callable[..., int], str], ...] = (
        ("show", _show, text(language, "print it")),
        ("create", _create, text(language, "make one and print it")),
        ("rotate", _rotate, text(language, "replace it by a new one and print that")),
        ("remove", _remove, text(language, "remove it")),
    )
    for name, callback, purpose in commands:
        group.add_command(Command(name, params=[json_option(language)], callback=callback, help=purpose))
    return group


def login(language: str) -> click.Command:
    """The command."""
    return Command("login", params=[json_option(language)], callback=_login)


@click.pass_context
def _token(context: click.Context, /, as_json: bool) -> int:
    if context.invoked_subcommand is None:
        return _printed(language_of(context), as_json)
    if as_json:
        raise Misuse(text(language_of(context), "--json stands behind the command"), context)
    return 0


@click.pass_context
def _show(context: click.Context, /, as_json: bool) -> int:
    return _printed(language_of(context), as_json)


@click.pass_context
def _create(context: click.Context, /, as_json: bool) -> int:
    language, file = language_of(context), _file()
    _prepare(file)
    try:
        made = file.create()
    except FileExistsError:
        message = "there is a token already: gorev token shows it, gorev token rotate replaces it"
        raise Failed(text(language, message)) from None
    is_needed = Settings.resolve(Flags(), os.environ).needs_token
    if as_json:
        print_json({"token": made, "file": str(file.path), "required": is_needed})
        return 0
    click.echo(made)
    if not is_needed:
        message = "It is asked for once require_token = true stands in {file} and the daemon was restarted."
        click.echo(text(language, message, file=file.path.with_name("config.toml")), err=True)
    return 0


@click.pass_context
def _rotate(context: click.Context, /, as_json: bool) -> int:
    language, file = language_of(context), _file()
    _prepare(file)
    made = file.rotate()
    if as_json:
        print_json({"token": made, "file": str(file.path)})
        return 0
    click.echo(made)
    message = "A running daemon takes it within seconds; connections that are open stay until it is restarted."
    click.echo(text(language, message), err=True)
    return 0


@click.pass_context
def _remove(context: click.Context, /, as_json: bool) -> int:
    language, file = language_of(context), _file()
    if not file.remove():
        raise Failed(text(language, "there is no token"))
    if as_json:
        print_json({"removed": True, "file": str(file.path)})
        return 0
    click.echo(text(language, "The token is removed. Where one is required, HTTP admits nobody now."))
    return 0


@click.pass_context
def _login(context: click.Context, /, as_json: bool) -> int:
    from gorev.cli.control import look
    from gorev.daemon.probe import status_of

    language, file = language_of(context), _file()
    sighting = look(file.path.parent)
    record = sighting.record
    if record is None or sighting.state != "running":
        raise Failed(text(language, "no daemon is running: gorev daemon --detach starts one"))
    if status_of(int(record.port), _GUARDED_PATH) != 401:
        message = "No token is required here: {url}/ is open to your browser."
        said = text(language, message, url=record.daemon_url)
        return _tell([f"{record.daemon_url}/"], as_json, said)
    known = file.read()
    if known is None:
        raise Failed(text(language, "there is no token: gorev token create makes one"))
    code = new_code(known, record.instance)
    urls = [f"{record.daemon_url}/login?code={code}"]
    settings = Settings.resolve(Flags(), os.environ)
    if settings.is_remote and settings.host not in ("0.0.0.0", "::"):  # noqa: S104  # which are nobody's names
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        urls.append(f"https://{host}:{record.port}/login?code={code}")
    return _tell(urls, as_json, "\n".join(urls))


def _tell(urls: list[str], as_json: bool, said: str) -> int:
    print_json({"urls": urls}) if as_json else click.echo(said)
    return 0


def _printed(language: str, as_json: bool) -> int:
    file = _file()
    found = file.read()
    if found is None:
        raise Failed(text(language, "there is no token: gorev token create makes one"))
    print_json({"token": found, "file": str(file.path)}) if as_json else click.echo(found)
    return 0


def _file() -> TokenFile:
    return TokenFile(home_directory(os.environ) / ".gorev-daemon" / "token")


def _prepare(file: TokenFile) -> None:
    from gorev.daemon.system import prepare_directory

    prepare_directory(file.path.parent)
