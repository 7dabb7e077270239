"""``gorev project``: listing, making and choosing projects (``lifecycle.md`` §5.3)."""

from __future__ import annotations

import click

from gorev.cli.conversation import call
from gorev.cli.speech import Command, Group, Misuse, language_of
from gorev.cli.tables import Column, first_part, json_option, print_json, print_outcome, print_rows
from gorev.cli.words import Given
from gorev.locale import text


def project(language: str) -> click.Command:
    """``gorev project`` with the commands below it."""
    group = Group("project")
    group.add_command(list_command(language))
    group.add_command(
        Command(
            "create",
            params=[
                click.Argument(["name"], metavar=text(language, "NAME")),
                click.Option(["--definition"], metavar=text(language, "TEXT"), help=text(language, "what it is about")),
                json_option(language),
            ],
            callback=_create,
            help=text(language, "make a project"),
        )
    )
    group.add_command(
        Command(
            "use",
            params=[
                click.Argument(["id_"], metavar="ID", type=Given(), required=False),
                click.Option(["nothing", "--none"], is_flag=True, help=text(language, "no project is active any more")),
                json_option(language),
            ],
            callback=_use,
            help=text(language, "make a project the active one, or tell which one is"),
        )
    )
    return group


def list_command(language: str) -> Command:
    """``gorev project list`` and ``gorev mcp projects``."""
    return Command(
        "list", params=[json_option(language)], callback=_list, help=text(language, "list projects and their tasks")
    )


@click.pass_context
def _list(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    outcome = call(context, "proje_listele", {})
    rows = outcome.structured["projeler"]
    if as_json:
        print_json(outcome.structured)
    elif rows:
        print_rows(
            [
                Column("ID", lambda row: row["id"], brief=first_part),
                Column("", lambda row: "*" if row.get("is_active") else ""),
                Column(text(language, "Name"), lambda row: row["isim"], flexible=True),
                Column(text(language, "Tasks"), lambda row: row["gorev_sayisi"]),
                Column(text(language, "Open"), lambda row: row["bekleyen_sayisi"] + row["devam_eden_sayisi"]),
                Column(text(language, "Definition"), lambda row: row.get("tanim"), least_width=100, flexible=True),
            ],
            rows,
        )
    else:
        click.echo(text(language, "There are no projects."), err=True)
    return 0


@click.pass_context
def _create(context: click.Context, /, name: str, definition: str | None, as_json: bool) -> int:
    arguments = {"isim": name} if definition is None else {"isim": name, "tanim": definition}
    return print_outcome(call(context, "proje_olustur", arguments), as_json)


@click.pass_context
def _use(context: click.Context, /, id_: str | None, nothing: bool, as_json: bool) -> int:
    if nothing and id_ is not None:
        raise Misuse(text(language_of(context), "--none and a project exclude each other"), context)
    if nothing:
        arguments = {"action": "clear"}
    elif id_ is None:
        arguments = {"action": "get"}
    else:
        arguments = {"action": "set", "proje_id": id_}
    return print_outcome(call(context, "aktif_proje", arguments), as_json)
