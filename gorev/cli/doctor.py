"""``gorev doctor``: what is wrong, and what to do about it."""

from __future__ import annotations

from typing import Final

import click

from gorev.cli.examination import Finding, Level, examine
from gorev.cli.speech import Command, language_of
from gorev.cli.tables import json_option, print_json
from gorev.locale import text

_SIGNS: Final[dict[Level, str]] = {"ok": "✓", "warning": "!", "problem": "✗"}


def doctor(language: str) -> click.Command:
    """The command."""
    return Command(
        "doctor",
        params=[json_option(language)],
        callback=_examine,
    )


@click.pass_context
def _examine(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            _print(finding, language)
    problems = sum(finding.level == "problem" for finding in findings)
    if as_json:
        rows = [_row(finding, language) for finding in findings]
        print_json({"healthy": not problems, "findings": rows})
    elif problems:
        click.echo(text(language, "Problems found: {count}", count=problems))
    else:
        click.echo(text(language, "No problems found."))
    return 1 if problems else 0


def _print(finding: Finding, language: str) -> None:
    click.echo(f"{_SIGNS[finding.level]} {_said(finding.message, finding, language)}")
    if finding.remedy is not None:
        click.echo(f"    → {_said(finding.remedy, finding, language)}")


def _row(finding: Finding, language: str) -> dict[str, object]:
    row: dict[str, object] = {
        "level": finding.level,
        "code": finding.code,
        "message": _said(finding.message, finding, language),
    }
    if finding.remedy is not None:
        row["remedy"] = _said(finding.remedy, finding, language)
    return row


def _said(key: str, finding: Finding, language: str) -> str:
    fields = {
        name: text(language, value.message, **value.fields) if hasattr(value, "fields") else value
        for name, value in finding.fields.items()
    }
    return text(language, key, **fields)
