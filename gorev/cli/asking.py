"""Asking before something is done that is hard to undo."""

from __future__ import annotations

import sys

import click

from gorev.cli.speech import Failed
from gorev.locale import text


def agreed(question: str, language: str) -> None:
    """Return if the user says yes on the terminal. Raises `Failed` for a no, and where nobody can be asked."""
    if not sys.stdin.isatty():
        raise Failed(text(language, "nothing was changed: without a terminal to ask on, --yes is needed"))
    click.echo(f"{question} {text(language, '[y/N]')} ", nl=False, err=True)
    answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes", "e", "evet"):
        raise Failed(text(language, "nothing was changed"))
