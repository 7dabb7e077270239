"""``gorev export`` and ``gorev import``: a workspace's tasks to a file, and from one (``lifecycle.md`` §5.2)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, Final

import click

from gorev.cli.asking import agreed
from gorev.cli.conversation import Told, call
from gorev.cli.speech import Command, language_of
from gorev.cli.tables import json_option, path_argument, print_outcome
from gorev.cli.words import Day, Given, OneOf, Place, Word
from gorev.locale import text
from gorev.wire.vocabulary import STATUS

_FORMATS: Final = {".json": "json", ".csv": "csv", ".md": "markdown", ".markdown": "markdown"}


def export(language: str) -> click.Command:
    """``gorev export``."""
    return Command(
        "export",
        params=[
            click.Argument(["path"], metavar=text(language, "FILE"), type=Place()),
            click.Option(
                ["form", "--format"],
                type=OneOf(["json", "csv", "markdown"]),
                help=text(language, "format, if the file's name does not tell it"),
            ),
            click.Option(
                ["--project"], type=Given(), metavar="ID", multiple=True, help=text(language, "of this project only")
            ),
            click.Option(
                ["--status"],
                type=Word(STATUS),
                metavar=text(language, "STATUS"),
                help=text(language, "with this status only"),
            ),
            click.Option(
                ["--tag"], metavar=text(language, "NAME"), multiple=True, help=text(language, "with this tag")
            ),
            click.Option(
                ["--from", "begin"],
                type=Day(),
                metavar=text(language, "YYYY-MM-DD"),
                help=text(language, "made on this day or later"),
            ),
            click.Option(
                ["--to", "end"],
                type=Day(),
                metavar=text(language, "YYYY-MM-DD"),
                help=text(language, "made on this day or before"),
            ),
            click.Option(["--no-completed"], is_flag=True, help=text(language, "without completed tasks")),
            click.Option(["--no-subtasks"], is_flag=True, help=text(language, "without subtasks")),
            click.Option(["--no-dependencies"], is_flag=True, help=text(language, "without links between tasks")),
            click.Option(["--templates"], is_flag=True, help=text(language, "with templates")),
            click.Option(["--ai-context"], is_flag=True, help=text(language, "with the working context")),
            json_option(language),
        ],
        callback=_export,
    )


def import_(language: str) -> click.Command:
    """``gorev import``."""
    return Command(
        "import",
        params=[
            click.Argument(["path"], metavar=text(language, "FILE"), type=Place()),
            click.Option(
                ["form", "--format"],
                type=OneOf(["json", "csv"]),
                help=text(language, "format, if the file's name does not tell it"),
            ),
            click.Option(
                ["--mode"],
                type=OneOf(["merge", "replace"]),
                default="merge",
                help=text(language, "add to what is there, or put in its place"),
            ),
            click.Option(
                ["--conflicts"],
                type=OneOf(["skip", "overwrite", "prompt"]),
                default="skip",
                help=text(language, "what becomes of a task that is there already"),
            ),
            click.Option(["--project"], metavar="ID", help=text(language, "project of tasks that have none")),
            click.Option(["--preserve-ids"], is_flag=True, help=text(language, "keep the ids of the file")),
            click.Option(
                ["--dry-run"], is_flag=True, help=text(language, "tell what would happen, and change nothing")
            ),
            click.Option(["--yes"], is_flag=True, help=text(language, "do not ask")),
            json_option(language),
        ],
        callback=_import,
    )


@click.pass_context
def _export(
    context: click.Context,
    /,
    path: str,
    form: str | None,
    project: Sequence[str],
    status: str | None,
    tag: Sequence[str],
    begin: str | None,
    end: str | None,
    as_json: bool,
    **flags: bool,
) -> int:
    asked: dict[str, Any] = {
        "output_path": path_argument(path),
        "format": form or _FORMATS.get(PurePath(path).suffix.lower(), "json"),
        "include_completed": not flags["no_completed"],
        "include_subtasks": not flags["no_subtasks"],
        "include_dependencies": not flags["no_dependencies"],
        "include_templates": flags["templates"],
        "include_ai_context": flags["ai_context"],
    }
    range_ = {name: day for name, day in (("from", begin), ("to", end)) if day is not None}
    further = {"project_filter": list(project), "durum": status, "tag_filter": list(tag), "date_range": range_}
    asked |= {name: value for name, value in further.items() if value}
    with _progress(text(language_of(context), "Exporting")) as told:
        outcome = call(context, "gorev_export", asked, told)
    return print_outcome(outcome, as_json)


@click.pass_context
def _import(
    context: click.Context,
    /,
    path: str,
    form: str | None,
    mode: str,
    conflicts: str,
    project: str | None,
    preserve_ids: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    language = language_of(context)
    if mode == "replace" and not dry_run and not yes:
        agreed(text(language, "Replace all tasks and projects of this workspace?"), language)
    asked: dict[str, Any] = {
        "file_path": path_argument(path),
        "import_mode": mode,
        "conflict_resolution": conflicts,
        "preserve_ids": preserve_ids,
        "dry_run": dry_run,
    }
    asked |= {name: value for name, value in (("format", form), ("proje_id", project)) if value}
    with _progress(text(language, "Importing")) as told:
        outcome = call(context, "gorev_import", asked, told)
    return print_outcome(outcome, as_json)


@contextmanager
def _progress(title: str) -> Iterator[Told | None]:
    """Draws a bar on a terminal at standard error; elsewhere the daemon is only heard, to know that it lives."""
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    console = Console(stderr=True, highlight=False)
    shown = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=console, transient=True
    )
    with shown:
        bar = shown.add_task(title, total=None)

        def told(done: float, total: float | None, _: str | None) -> None:
            shown.update(bar, completed=done, total=total)

        yield told


def _unseen(done: float, total: float | None, message: str | None) -> None:
    """Nobody looks."""
