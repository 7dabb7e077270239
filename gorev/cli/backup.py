"""``gorev backup`` and ``gorev restore``: copies of a workspace's database, made while it is in use."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gorev.cli.control import look
from gorev.cli.speech import Command, Failed, language_of
from gorev.cli.tables import json_option, print_json
from gorev.cli.words import Place
from gorev.daemon.probe import get_json
from gorev.daemon.token import TokenFile
from gorev.domain.errors import GorevError
from gorev.locale import counts, text
from gorev.services.folder import database_in
from gorev.settings import Flags, Settings
from gorev.storage import backups
from gorev.wire import errors
from gorev.wire.vocabulary import Vocabulary


def backup(language: str) -> click.Command:
    """``gorev backup``."""
    return Command(
        "backup",
        params=[
            click.Argument(["folder"], metavar=text(language, "[FOLDER]"), type=Place(folder=True), required=False),
            click.Option(
                ["--to"],
                type=Place(),
                metavar=text(language, "FILE"),
                help=text(language, "where to, instead of backups/ beside the database"),
            ),
            json_option(language),
        ],
        callback=_backup,
    )


def restore(language: str) -> click.Command:
    """``gorev restore``."""
    return Command(
        "restore",
        params=[
            click.Argument(["copy"], metavar=text(language, "COPY"), type=Place()),
            click.Argument(["folder"], metavar=text(language, "[FOLDER]"), type=Place(folder=True), required=False),
            json_option(language),
        ],
        callback=_restore,
    )


@click.pass_context
def _backup(context: click.Context, /, folder: str | None, to: str | None, as_json: bool) -> int:
    language = language_of(context)
    database = database_of(folder)
    target = None if to is None else Path(os.path.abspath(os.path.expanduser(to)))  # noqa: PTH100, PTH111  # as named
    try:
        made = backups.back_up(database, target)
    except (GorevError, OSError) as error:
        raise _failed(error, language) from error
    if as_json:
        found = {"path": str(made.path), "tasks": made.task_count, "bytes": made.size_bytes, "database": str(database)}
        print_json(found)
    else:
        click.echo(
            text(language, "Backed up to {path} ({tasks}).", path=made.path, tasks=counts.tasks(made.task_count or 0))
        )
    return 0


@click.pass_context
def _restore(context: click.Context, /, copy: str, folder: str | None, as_json: bool) -> int:
    language = language_of(context)
    if not Path(copy).is_file():
        raise Failed(text(language, "There is no file {path}.", path=copy))
    database = database_of(folder)
    settings = Settings.resolve(Flags(), os.environ)
    sighting = look(settings.directory)
    if sighting.record is not None and _is_open(settings, int(sighting.record.port), database):
        raise Failed(text(language, "the daemon has {path} open: stop the daemon first", path=database))
    try:
        aside = backups.restore(Path(copy), database)
    except (GorevError, OSError) as error:
        raise _failed(error, language) from error
    if as_json:
        print_json({"database": str(database), "copy": copy, "set_aside": None if aside is None else str(aside)})
        return 0
    click.echo(text(language, "{path} is now what {copy} holds.", path=database, copy=copy))
    if aside is not None:
        click.echo(text(language, "What was there before is {path}.", path=aside))
    return 0


def database_of(folder: str | None) -> Path:
    """The database of a workspace folder, by default of what a daemon started here would serve.

    Raises `StartError` for a folder that is none.
    """
    workspace = Settings.resolve(Flags(workspace=folder), os.environ).workspace
    return workspace.database_file or database_in(workspace.path)


def _is_open(settings: Settings, port: int, database: Path) -> bool:
    """Whether the daemon on ``port`` serves the workspace of ``database``."""
    found = get_json(port, "/api/health/db", TokenFile(settings.token_file).known())
    if found is None:
        return False
    folder = database.parent.parent if database.parent.name == ".gorev" else database.parent
    rows = found.get("workspaces", [])
    return any(row.get("path") == str(folder) and row.get("status") == "connected" for row in rows)


def _failed(error: GorevError | OSError, language: str) -> Failed:
    if isinstance(error, GorevError):
        return Failed(errors.message(error, language, Vocabulary.TURKISH))
    return Failed(
        text(language, "{path} cannot be used: {reason}", path=error.filename, reason=error.strerror or str(error))
    )
