"""``gorev setup``: the assistants of this machine are told of Gorev, or of its end."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import attrs
import click

from gorev.cli.asking import agreed
from gorev.cli.assistants import Assistant, assistants
from gorev.cli.server_entries import Unusable, change_of
from gorev.cli.settings_files import Changed, SettingsFiles
from gorev.cli.speech import Command, Failed, Misuse, language_of
from gorev.cli.tables import safe
from gorev.locale import counts, text
from gorev.settings import home_directory


def setup(language: str) -> click.Command:
    """The command."""
    return Command(
        "setup",
        params=[
            click.Option(["--remove"], is_flag=True, help=text(language, "take out again what was added")),
            click.Option(["--yes"], is_flag=True, help=text(language, "do not ask")),
            click.Option(
                ["only", "--only"],
                metavar=text(language, "NAME"),
                multiple=True,
                help=text(language, "only this assistant; may be given several times"),
            ),
        ],
        callback=_setup,
    )


@attrs.define
class _Course:
    """How it went."""

    language: str
    yes: bool
    found: int = 0
    written: int = 0
    failed: int = 0

    def say(self, message: str, **fields: object) -> None:
        """Tell the user."""
        click.echo(text(self.language, message, **fields))


@click.pass_context
def _setup(context: click.Context, /, remove: bool, yes: bool, only: Sequence[str]) -> int:
    language = language_of(context)
    home = home_directory(os.environ)
    wanted = _wanted(assistants(sys.platform, str(home), os.environ), only, context)
    files = SettingsFiles(home / ".gorev-daemon")
    course = _Course(language, yes)
    command = bridge_command(language)
    for assistant in wanted:
        if remove:
            _take_out(assistant, files, course)
        elif _is_installed(assistant):
            entry = assistant.entry(command, {"GOREV_LANG": language}, str(home))
            _put_in(assistant, entry, files, course)
    if remove:
        if not course.found:
            course.say("No assistant has Gorev in its settings.")
        return 1 if course.failed else 0
    if not course.found:
        names = ", ".join(each.name for each in wanted)
        raise Failed(text(language, "none of these was found on this machine: {names}", names=names))
    if course.written:
        _verify(command, home, course)
        course.say("Restart the assistants, so that they read their settings.")
    return 1 if course.failed else 0


def _wanted(every: Sequence[Assistant], only: Sequence[str], context: click.Context) -> list[Assistant]:
    known = {_folded(each.name): each for each in every}
    for name in only:
        if _folded(name) not in known:
            allowed = ", ".join(each.name for each in every)
            raise Misuse(text(language_of(context), "--only can be: {allowed}", allowed=allowed), context)
    return [known[_folded(name)] for name in only] if only else list(every)


def _folded(name: str) -> str:
    return name.lower().replace(" ", "").replace("-", "")


def _is_installed(assistant: Assistant) -> bool:
    if any(Path(mark).exists() for mark in assistant.marks):
        return True
    return assistant.command is not None and shutil.which(assistant.command) is not None


def _put_in(assistant: Assistant, entry: dict[str, object], files: SettingsFiles, course: _Course) -> None:
    course.found += 1
    path = Path(assistant.file)
    click.echo(f"\n{assistant.name}: {path}")
    try:
        before = files.read(path)
        after = change_of(before, assistant, entry)
    except (Unusable, OSError) as error:
        _leave(error, course)
        return
    if after == before:
        course.say("Gorev is in it already.")
        return
    _show(before, after)
    if not _agreed(text(course.language, "Write this?"), course):
        return
    try:
        backup = files.write(path, before, after)
    except (Changed, OSError) as error:
        _leave(error, course)
        return
    course.written += 1
    if backup is not None:
        course.say("Written; the file as it was is {path}.", path=backup)
    else:
        course.say("Written.")


def _take_out(assistant: Assistant, files: SettingsFiles, course: _Course) -> None:
    path = Path(assistant.file)
    try:
        before = files.read(path)
        if not before:
            return
        original = files.as_it_was(path)
        after = original.text if original is not None else change_of(before, assistant, None)
        if after == before:
            return
    except (Unusable, OSError) as error:
        click.echo(f"\n{assistant.name}: {path}")
        _leave(error, course)
        return
    course.found += 1
    click.echo(f"\n{assistant.name}: {path}")
    _show(before, after or "")
    if not _agreed(text(course.language, "Write this?"), course):
        return
    try:
        files.restore(path, before, after)
    except (Changed, OSError) as error:
        _leave(error, course)
        return
    course.say("Written.")


def _leave(error: Exception, course: _Course) -> None:
    course.failed += 1
    if isinstance(error, Unusable):
        reason = text(course.language, error.reason, **error.fields)
    elif isinstance(error, Changed):
        reason = text(course.language, "it was changed meanwhile")
    else:
        reason = str(getattr(error, "strerror", None) or error)
    click.echo(text(course.language, "It is left as it is: {reason}", reason=reason), err=True)


def _agreed(question: str, course: _Course) -> bool:
    if course.yes:
        return True
    try:
        agreed(question, course.language)
    except Failed as error:
        click.echo(str(error), err=True)
        course.failed += not sys.stdin.isatty()
        return False
    return True


def _show(before: str, after: str) -> None:
    # No lines around the change: there may be keys of other programs in them.
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            click.echo(f"  {safe(line)}")


def bridge_command(language: str) -> list[str]:
    """How an assistant starts the bridge: by an absolute path, since it may know no PATH of a shell."""
    scripts = Path(sysconfig.get_path("scripts"))
    program = next((each for each in (scripts / "gorev", scripts / "gorev.exe") if each.exists()), None)
    return [str(program), "mcp-proxy"] if program is not None else [sys.executable, "-m", "gorev", "mcp-proxy"]


def _verify(command: list[str], home: Path, course: _Course) -> None:
    from gorev.cli.trial import Silent, count_tools

    try:
        count = count_tools(command, home)
    except Silent as error:
        course.failed += 1
        said = text(course.language, "The bridge does not work: {reason}", reason=error)
        click.echo(f"\n{said}", err=True)
        click.echo(text(course.language, "gorev doctor looks for the cause."), err=True)
        return
    click.echo()
    course.say("Tried: the bridge answers, with {tools}.", tools=counts.tools(count))
