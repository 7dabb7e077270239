"""The daemon's flags, as every command that may start one has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import click

from gorev.cli.speech import Voice
from gorev.cli.words import OneOf, Place, Whole
from gorev.locale import text
from gorev.settings import Flags


def daemon_options(language: str) -> list[click.Parameter]:
    """The flags of ``gorev daemon`` (``lifecycle.md`` §5.1), explained in ``language``."""
    return [
        click.Option(
            ["port", "--api-port", "--port"],
            type=Whole(0, 65535),
            metavar="N",
            help=text(language, "HTTP port, 0 for any free one (default 5082)"),
        ),
        click.Option(
            ["--host"],
            metavar=text(language, "HOST"),
            help=text(language, "address for other machines too; needs a token and TLS"),
        ),
        click.Option(
            ["--workspace"],
            type=Place(folder=True),
            metavar=text(language, "FOLDER"),
            help=text(language, "workspace of requests that name none"),
        ),
        click.Option(
            ["--db-path"],
            type=Place(),
            metavar=text(language, "FILE"),
            help=text(language, "database file of the workspace of requests that name none"),
        ),
        click.Option(
            ["--mcp-endpoint"],
            metavar="tcp:127.0.0.1:PORT",
            help=text(language, "a loopback port instead of the local socket"),
        ),
        click.Option(["--mode"], type=OneOf(["local"]), help=text(language, "only local is offered")),
        click.Option(["--debug"], is_flag=True, help=text(language, "log everything")),
    ]


def flags_of(options: Mapping[str, Any], voice: Voice) -> Flags:
    """The values that click has found for `daemon_options`."""
    return Flags(**{name: options[name] for name in attrs.fields_dict(Flags) if name in options}, lang=voice.chosen)


def merged(outer: Flags, inner: Flags) -> Flags:
    """``gorev daemon FLAGS start FLAGS``: those given to the inner command win."""
    # Compared by identity: port 0 is a value.
    given = {name: value for name, value in attrs.asdict(inner).items() if value is not None and value is not False}
    return attrs.evolve(outer, **given)
