"""``gorev workspace``: the folders that the daemon knows (``lifecycle.md`` §5.2)."""

from __future__ import annotations

import click

from gorev.cli.requests import Requests
from gorev.cli.speech import Command, Group, language_of
from gorev.cli.tables import Column, json_option, path_argument, print_json, print_rows, print_text
from gorev.cli.words import Place
from gorev.locale import text


def workspace(language: str) -> click.Command:
    """``gorev workspace`` with the commands below it."""
    group = Group("workspace")
    group.add_command(
        Command("list", params=[json_option(language)], callback=_list, help=text(language, "list the workspaces"))
    )
    group.add_command(
        Command(
            "register",
            params=[
                click.Argument(["path"], metavar=text(language, "FOLDER"), type=Place(folder=True), default="."),
                json_option(language),
            ],
            callback=_register,
            help=text(language, "make a folder known, by default the current one"),
        )
    )
    return group


@click.pass_context
def _list(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    rows = Requests.of_the_daemon(language).get("/api/v1/workspaces").body["workspaces"]
    if as_json:
        print_json(rows)
        return 0
    print_rows(
        [
            Column("ID", lambda row: row["id"]),
            Column(text(language, "Name"), lambda row: row["name"], flexible=True),
            Column(text(language, "Tasks"), lambda row: row.get("task_count", "-"), least_width=50),
            Column(text(language, "Folder"), lambda row: row["path"], least_width=60, flexible=True),
        ],
        rows,
    )
    return 0


@click.pass_context
def _register(context: click.Context, /, path: str, as_json: bool) -> int:
    language = language_of(context)
    done = Requests.of_the_daemon(language).post("/api/v1/workspaces/register", {"path": path_argument(path)}).body
    if as_json:
        print_json(done["workspace"])
    else:
        print_text(
            text(language, "{path} is a workspace. ID: {id}", path=done["workspace"]["path"], id=done["workspace_id"])
        )
    return 0
