"""``gorev search``: tasks by their words, or by a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from gorev.cli.conversation import call
from gorev.cli.speech import Command, Misuse, language_of
from gorev.cli.tables import json_option, print_json, print_rows
from gorev.cli.task_rows import columns
from gorev.cli.words import Given, Whole
from gorev.locale import text


def search(language: str) -> click.Command:
    """The command."""
    return Command(
        "search",
        params=[
            click.Argument(["words"], metavar=text(language, "WORDS..."), type=Given(), nargs=-1, required=True),
            click.Option(["sentence", "--sentence"], is_flag=True, help=text(language, "the words are a question")),
            click.Option(["completed", "--all"], is_flag=True, help=text(language, "completed and cancelled ones too")),
            click.Option(
                ["--limit"],
                type=Whole(1, 200),
                default=50,
                metavar="N",
                help=text(language, "at most this many (default 50)"),
            ),
            json_option(language),
        ],
        callback=_search,
    )


@click.pass_context
def _search(
    context: click.Context, /, words: Sequence[str], sentence: bool, completed: bool, limit: int, as_json: bool
) -> int:
    language = language_of(context)
    if sentence and completed:
        raise Misuse(text(language, "--sentence and --all exclude each other: the sentence itself says which"), context)
    asked: dict[str, Any] = {"mode": "nlp" if sentence else "advanced", "query": " ".join(words), "max_results": limit}
    if completed:
        asked["include_completed"] = True
    outcome = call(context, "gorev_search", asked)
    found = outcome.structured
    if as_json:
        print_json(found)
        return 0
    rows = [result["task"] for result in found["results"]]
    if rows:
        print_rows(columns(language), rows)
    else:
        click.echo(text(language, "Nothing was found."), err=True)
        if found.get("suggestions"):
            shown = ", ".join(map(str, found["suggestions"]))
            click.echo(text(language, "Did you mean: {words}", words=shown), err=True)
    if left := found.get("total_count", 0) - len(rows):
        click.echo(text(language, "{left} more: --limit shows them.", left=left), err=True)
    return 0
