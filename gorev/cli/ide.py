"""``gorev ide``: editors and the Gorev extension in them (``lifecycle.md`` §5.6)."""

from __future__ import annotations

import os
from typing import Any, Final

import click

from gorev.cli.conversation import call
from gorev.cli.speech import Command, Failed, Group, Misuse, language_of
from gorev.cli.tables import json_option, print_json, print_outcome
from gorev.cli.words import OneOf
from gorev.locale import text
from gorev.settings import home_directory

_IDES: Final = ("vscode", "cursor", "windsurf", "all")


def ide(language: str) -> click.Command:
    """``gorev ide`` with the commands below it."""
    group = Group("ide")
    purposes = {
        "detect": text(language, "find VS Code, Cursor and Windsurf"),
        "install": text(language, "have editors install the extension"),
        "uninstall": text(language, "have an editor remove the extension"),
        "status": text(language, "tell where the extension is installed"),
        "update": text(language, "have editors update the extension"),
    }
    for action, purpose in purposes.items():
        params: list[click.Parameter] = [json_option(language)]
        if action in ("install", "uninstall", "update"):
            default = None if action == "uninstall" else "all"
            params.append(
                click.Argument(["which"], type=OneOf(_IDES), metavar="IDE", default=default)
                if default
                else click.Argument(["which"], type=OneOf(_IDES), metavar="IDE")
            )
        group.add_command(Command(action, params=params, callback=_act, help=purpose))
    config = Group(
        "config",
        invoke_without_command=True,
        params=[json_option(language)],
        callback=_config,
        help=text(language, "show the settings for editors"),
    )
    config.add_command(
        Command(
            "set",
            params=[
                click.Argument(["key"], metavar=text(language, "KEY")),
                click.Argument(["value"], metavar=text(language, "VALUE")),
                json_option(language),
            ],
            callback=_set,
            help=text(language, "change a setting for editors"),
        )
    )
    group.add_command(config)
    return group


@click.pass_context
def _act(context: click.Context, /, as_json: bool, which: str | None = None) -> int:
    asked: dict[str, Any] = {"action": context.info_name}
    if which is not None:
        asked["ide"] = which
    outcome = call(context, "ide_manage", asked)
    print_outcome(outcome, as_json)
    results = outcome.structured.get("results", ())
    return 0 if all(result["success"] for result in results) else 1


@click.pass_context
def _config(context: click.Context, /, as_json: bool) -> int:
    if context.invoked_subcommand is not None:
        if as_json:
            raise Misuse(text(language_of(context), "--json stands behind the command"), context)
        return 0
    settings = _file().read().stored()
    if as_json:
        print_json(settings)
        return 0
    for key, value in settings.items():
        click.echo(f"{key} = {_written(value)}")
    return 0


@click.pass_context
def _set(context: click.Context, /, key: str, value: str, as_json: bool) -> int:
    from gorev.domain.errors import InvalidValue
    from gorev.domain.ides import KEYS

    language = language_of(context)
    if key not in KEYS:
        raise Failed(text(language, "there is no setting {name}; there are: {known}", name=key, known=", ".join(KEYS)))
    file = _file()
    try:
        changed = file.read().changed(key, value)
        file.write(changed)
    except InvalidValue as error:
        from gorev.wire import errors
        from gorev.wire.vocabulary import Vocabulary

        raise Failed(errors.message(error, language, Vocabulary.TURKISH)) from error
    except OSError as error:
        reason = error.strerror or error
        raise Failed(text(language, "{path} cannot be used: {reason}", path=error.filename, reason=reason)) from error
    stored = changed.stored()[key]
    print_json({key: stored}) if as_json else click.echo(f"{key} = {_written(stored)}")
    return 0


def _file() -> Any:
    # Its room logs by Twisted, which is expensive to import.
    from gorev.services.ides.settings import IdeSettingsFile

    return IdeSettingsFile(home_directory(os.environ) / ".gorev" / "ide-config.json")


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
