"""``gorev config``: every setting, its value, and what decided it."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from gorev.cli.speech import Command, language_of
from gorev.cli.tables import json_option, print_json
from gorev.configuration import KEYS
from gorev.locale import text
from gorev.settings import CONFIGURATION_PATH, Flags, Settings


def config(language: str) -> click.Command:
    """The command."""
    return Command(
        "config",
        params=[json_option(language)],
        callback=_print,
    )


@click.pass_context
def _print(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    settings = Settings.resolve(Flags(), os.environ)
    file = settings.home / CONFIGURATION_PATH
    if as_json:
        rows = {name: {"value": _value(settings, name), "origin": settings.origins[name]} for name in KEYS}
        print_json({"file": str(file), "settings": rows})
        return 0
    said = text(language, "Settings file: {path}", path=file)
    click.echo(said if file.exists() else f"{said} ({text(language, 'there is none')})")
    width = max(map(len, KEYS))
    for name, key in KEYS.items():
        origin = settings.origins[name]
        if origin == "default":
            origin = text(language, "default")
        click.echo(f"\n{name:<{width}}  {_shown(_value(settings, name))}  ({origin})")
        click.echo(f"{'':<{width}}  {text(language, key.meaning)}")
    for warning in settings.warnings:
        click.echo(f"gorev: {warning}", err=True)
    return 0


def _value(settings: Settings, name: str) -> Any:
    if name == "default_workspace":
        return str(settings.workspace.database_file or settings.workspace.path)
    value = getattr(settings, name)
    return value if isinstance(value, bool | int | str | None) else _plain(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else str(value)


def _shown(value: Any) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False)
