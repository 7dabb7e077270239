"""``gorev init``: a workspace in this folder (``lifecycle.md`` §5.2). Needs no daemon."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from gorev.cli.speech import Command, Failed, language_of
from gorev.cli.tables import json_option, print_json
from gorev.domain.errors import GorevError
from gorev.locale import text
from gorev.services.folder import Location, database_in, open_database
from gorev.settings import Flags, Settings, home_directory
from gorev.wire import errors
from gorev.wire.vocabulary import Vocabulary

_IGNORED: Final = ".gorev/"


def init(language: str) -> click.Command:
    """The command."""
    return Command(
        "init",
        params=[
            click.Option(
                ["everywhere", "--global"],
                is_flag=True,
                help=text(language, "for tasks that belong to no folder, in the home directory"),
            ),
            click.Option(["--gitignore"], is_flag=True, help=text(language, "add .gorev/ to .gitignore")),
            json_option(language),
        ],
        callback=_init,
    )


@click.pass_context
def _init(context: click.Context, /, everywhere: bool, gitignore: bool, as_json: bool) -> int:
    language = language_of(context)
    home = home_directory(os.environ)
    folder = Path(os.path.abspath(os.curdir))  # noqa: PTH100  # as named: the id is made of it, rule W1
    place = _place(home, folder, everywhere)
    database = place.database or database_in(place.path)
    if database.exists():
        raise Failed(text(language, "{path} is there already", path=database))
    try:
        made = open_database(place, language)
    except GorevError as error:
        raise Failed(errors.message(error, language, Vocabulary.TURKISH)) from error
    if not as_json:
        click.echo(text(language, "Made {path}.", path=made.database))
    file = place.path / ".gitignore"
    added = gitignore and _ignore(file, language)
    if as_json:
        print_json({"database": str(made.database), "gitignore": str(file) if added else None})
    elif added:
        click.echo(text(language, "Added {line} to {path}.", line=_IGNORED, path=file))
    return 0


def _place(home: Path, folder: Path, everywhere: bool) -> Location:
    if everywhere or (folder.exists() and folder.samefile(home)):
        return Location(path=home, database=home / ".gorev" / "gorev.db", mode=0o600)
    if os.environ.get("GOREV_DB_PATH"):
        chosen = Settings.resolve(Flags(), os.environ).workspace
        return Location(path=chosen.path, database=chosen.database_file)
    return Location(path=folder)


def _ignore(file: Path, language: str) -> bool:
    """Add the line; returns whether it was missing."""
    try:
        present = file.read_text("utf-8") if file.exists() else ""
        if _IGNORED in (line.strip() for line in present.splitlines()):
            return False
        with file.open("a", encoding="utf-8") as appended:
            appended.write(("" if not present or present.endswith("\n") else "\n") + _IGNORED + "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Failed(text(language, "{path} cannot be used: {reason}", path=file, reason=reason)) from error
    return True
