"""``gorev version``: product version, build time, commit, one line each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import attrs
import click

from gorev import __version__
from gorev.cli.speech import Command, language_of
from gorev.cli.tables import json_option, print_json
from gorev.locale import text


def version(language: str) -> click.Command:
    """The command."""
    return Command("version", params=[json_option(language)], callback=_print)


@click.pass_context
def _print(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    build = Build.of_this_copy()
    if as_json:
        print_json({"version": __version__, "built": build.time, "commit": build.commit})
        return 0
    unknown = text(language, "unknown")
    click.echo(text(language, "Gorev {version}", version=__version__))
    click.echo(text(language, "built: {time}", time=build.time or unknown))
    click.echo(text(language, "commit: {commit}", commit=build.commit or unknown))
    return 0


@attrs.frozen
class Build:
    """When this copy was installed (RFC 3339) and from which commit, as far as that can be told."""

    time: str | None
    commit: str | None

    @classmethod
    def of_this_copy(cls) -> Build:
        """Ask the package's installation record, then the checkout it runs from, or what its build noted."""
        root = Path(__file__).parents[2]
        commit = _commit_of_checkout(root) if (root / ".git").exists() else _commit_of_build()
        try:
            installed = distribution("gorev")
        except PackageNotFoundError:
            return cls(None, commit)
        return cls(_installation_time(installed), _commit_of_installation(installed) or commit)


def _installation_time(installed: Distribution) -> str | None:
    record = Path(str(installed.locate_file(f"gorev-{installed.version}.dist-info"))) / "METADATA"
    try:
        modified = datetime.fromtimestamp(record.stat().st_mtime, UTC)
    except OSError:
        return None
    return modified.isoformat(timespec="seconds").replace("+00:00", "Z")


def _commit_of_installation(installed: Distribution) -> str | None:
    """What PEP 610 records of an installation from a repository."""
    try:
        commit = json.loads(installed.read_text("direct_url.json") or "{}")["vcs_info"]["commit_id"]
    except (KeyError, TypeError, ValueError):
        return None
    return str(commit)


def _commit_of_build() -> str | None:
    """What ``setup.py record_commit`` noted."""
    try:
        return (Path(__file__).parents[1] / "commit").read_text("utf-8").strip() or None
    except OSError:
        return None


def _commit_of_checkout(root: Path) -> str | None:
    git = root / ".git"
    try:
        head = (git / "HEAD").read_text("utf-8").strip()
        name = head.removeprefix("ref: ")
        return head if name == head else (git / name).read_text("utf-8").strip()
    except OSError:
        return None
