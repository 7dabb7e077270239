"""``gorev template``: what tasks can be made from (``lifecycle.md`` §5.4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from gorev.cli.requests import Requests
from gorev.cli.speech import Command, Failed, Group, language_of
from gorev.cli.tables import Column, json_option, print_json, print_rows, print_text
from gorev.locale import text


def template(language: str) -> click.Command:
    """``gorev template`` with the commands below it."""
    group = Group("template")
    group.add_command(
        Command(
            "list",
            params=[
                click.Argument(["category"], metavar=text(language, "CATEGORY"), required=False),
                json_option(language),
            ],
            callback=_list,
            help=text(language, "list the templates, of one category or of all"),
        )
    )
    group.add_command(
        Command(
            "show",
            params=[
                click.Argument(["which"], metavar=text(language, "ID|ALIAS"), shell_complete=aliases),
                json_option(language),
            ],
            callback=_show,
            help=text(language, "show a template with its fields"),
        )
    )
    group.add_command(
        Command(
            "init",
            params=[json_option(language)],
            callback=_init,
            help=text(language, "put the shipped templates in again where they are missing"),
        )
    )
    group.add_command(
        Command(
            "aliases",
            params=[json_option(language)],
            callback=_list_aliases,
            help=text(language, "list the short names of the templates"),
        )
    )
    return group


@click.pass_context
def _list(context: click.Context, /, category: str | None, as_json: bool) -> int:
    language = language_of(context)
    rows = _all(language, category)
    if as_json:
        print_json(rows)
    elif rows:
        print_rows(
            [
                Column(text(language, "Alias"), lambda row: row.get("alias")),
                Column(text(language, "Name"), lambda row: row["isim"], flexible=True),
                Column(text(language, "Category"), lambda row: row.get("kategori"), least_width=60),
                Column(text(language, "Definition"), lambda row: row.get("tanim"), least_width=80, flexible=True),
            ],
            rows,
        )
    else:
        missing = text(language, "There are no templates of the category {category}.", category=category)
        known = ", ".join(sorted({row["kategori"] for row in _all(language) if row.get("kategori")}))
        click.echo(f"{missing} {text(language, 'Categories: {known}.', known=known)}", err=True)
    return 0


@click.pass_context
def _show(context: click.Context, /, which: str, as_json: bool) -> int:
    language = language_of(context)
    path = f"/api/template/{quote(which, safe='', errors='surrogateescape')}"
    found = Requests.of_this_folder(language).get(path, lang=language).body["data"]
    if as_json:
        print_json(found)
        return 0
    lines = [
        f"{found['isim']} ({found.get('alias') or '-'})",
        found.get("tanim") or "",
        text(language, "Category: {category}", category=found.get("kategori") or "-"),
        text(language, "Title: {title}", title=found["varsayilan_baslik"]),
        f"ID: {found['id']}",
        "",
    ]
    lines += [f"  {_field(each, language)}" for each in found["alanlar"]]
    print_text("\n".join(lines))
    return 0


def _field(field: dict[str, Any], language: str) -> str:
    parts = [field["isim"]]
    if field.get("secenekler"):
        parts.append("|".join(field["secenekler"]))
    elif field["tip"] != "text":
        parts.append(field["tip"])
    if field.get("zorunlu") and not field.get("varsayilan"):
        parts.append(text(language, "(required)"))
    if field.get("varsayilan"):
        parts.append(f"= {field['varsayilan']}")
    return " ".join(parts)


@click.pass_context
def _init(context: click.Context, /, as_json: bool) -> int:
    done = Requests.of_this_folder(language_of(context)).post("/api/template/init", {}).body
    print_json(done["data"]) if as_json else print_text(done["message"])
    return 0


@click.pass_context
def _list_aliases(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    rows = [row for row in _all(language) if row.get("alias")]
    if as_json:
        print_json({row["alias"]: row["isim"] for row in rows})
    else:
        print_rows(
            [
                Column(text(language, "Alias"), lambda row: row["alias"]),
                Column(text(language, "Name"), lambda row: row["isim"], flexible=True),
            ],
            rows,
        )
    return 0


def _all(language: str, category: str | None = None) -> list[dict[str, Any]]:
    found = Requests.of_this_folder(language).get("/api/template", kategori=category, lang=language)
    rows: list[dict[str, Any]] = found.body["data"]
    return rows


def aliases(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The short names of templates that begin so, for a shell."""
    try:
        rows = _all(language_of(context))
    except (Failed, LookupError):  # a completion says nothing
        return []
    return [row["alias"] for row in rows if (row.get("alias") or "").startswith(incomplete)]
