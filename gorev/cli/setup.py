"""``gorev setup``: the assistants of this machine are told of Gorev, or of its end."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import attrs
import click

from gorev.cli.asking import agreed
from gorev.cli.assistants import Assistant, assistants
from gorev.cli.server_entries import Unusable, change_of
from gorev.cli.settings_files import Changed, SettingsFiles
from gorev.cli.speech import Command, Failed, Misuse, language_of
from gorev.cli.tables import Row, json_option, print_json, safe
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
            json_option(language),
        ],
        callback=_setup,
    )


# What became of an assistant's settings: changed, right before, as they were since nobody agreed or for a reason.
_State = Literal["written", "current", "not_agreed", "left"]


@attrs.define
class _Course:
    """How it went; what is said on the way goes to standard error where the answer is JSON."""

    language: str
    yes: bool
    as_json: bool
    rows: list[Row] = attrs.Factory(list)
    written: int = 0
    failed: int = 0

    def say(self, message: str, **fields: object) -> None:
        """Tell the user."""
        self.show(text(self.language, message, **fields))

    def show(self, line: str = "") -> None:
        """Show the user a line."""
        click.echo(line, err=self.as_json)

    def begin(self, assistant: Assistant) -> None:
        """Come to an assistant that is there."""
        self.rows.append({"name": assistant.name, "file": assistant.file})
        self.show(f"\n{assistant.name}: {assistant.file}")

    def end(self, state: _State, **more: object) -> None:
        """Keep what became of it."""
        self.rows[-1] |= {"state": state, **more}
        self.written += state == "written"
        self.failed += state == "left"


@click.pass_context
def _setup(context: click.Context, /, remove: bool, yes: bool, only: Sequence[str], as_json: bool) -> int:
    language = language_of(context)
    home = home_directory(os.environ)
    wanted = _wanted(assistants(sys.platform, str(home), os.environ), only, context)
    files = SettingsFiles(home / ".gorev-daemon")
    course = _Course(language, yes, as_json)
    command = bridge_command(language)
    for assistant in wanted:
        if remove:
            _take_out(assistant, files, course)
        elif _is_installed(assistant):
            entry = assistant.entry(command, {"GOREV_LANG": language}, str(home))
            _put_in(assistant, entry, files, course)
    if not course.rows and remove:
        course.say("No assistant has Gorev in its settings.")
    elif not course.rows:
        names = ", ".join(each.name for each in wanted)
        raise Failed(text(language, "none of these was found on this machine: {names}", names=names))
    count = None
    if course.written and not remove:
        count = _verify(command, home, course)
        course.say("Restart the assistants, so that they read their settings.")
    if as_json:
        print_json({"assistants": course.rows, "tools": count})
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
    course.begin(assistant)
    path = Path(assistant.file)
    try:
        before = files.read(path)
        after = change_of(before, assistant, entry)
    except (Unusable, OSError) as error:
        _leave(error, course)
        return
    if after == before:
        course.say("Gorev is in it already.")
        course.end("current")
        return
    _show(before, after, course)
    if not _agreed(text(course.language, "Write this?"), course):
        return
    try:
        backup = files.write(path, before, after)
    except (Changed, OSError) as error:
        _leave(error, course)
        return
    course.end("written", backup=None if backup is None else str(backup))
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
        course.begin(assistant)
        _leave(error, course)
        return
    course.begin(assistant)
    _show(before, after or "", course)
    if not _agreed(text(course.language, "Write this?"), course):
        return
    try:
        files.restore(path, before, after)
    except (Changed, OSError) as error:
        _leave(error, course)
        return
    course.end("written")
    course.say("Written.")


def _leave(error: Exception, course: _Course) -> None:
    if isinstance(error, Unusable):
        reason = text(course.language, error.reason, **error.fields)
    elif isinstance(error, Changed):
        reason = text(course.language, "it was changed meanwhile")
    else:
        reason = str(getattr(error, "strerror", None) or error)
    course.end("left", reason=reason)
    click.echo(text(course.language, "It is left as it is: {reason}", reason=reason), err=True)


def _agreed(question: str, course: _Course) -> bool:
    if course.yes:
        return True
    try:
        agreed(question, course.language)
    except Failed as error:
        click.echo(str(error), err=True)
        course.end("not_agreed")
        course.failed += not sys.stdin.isatty()
        return False
    return True


def _show(before: str, after: str, course: _Course) -> None:
    # No lines around the change: there may be keys of other programs in them.
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    changed = [line for line in list(lines)[2:] if not line.startswith("@@")]
    course.rows[-1]["change"] = changed
    for line in changed:
        course.show(f"  {safe(line)}")


def bridge_command(language: str) -> list[str]:
    """How an assistant starts the bridge: by an absolute path, since it may know no PATH of a shell."""
    scripts = Path(sysconfig.get_path("scripts"))
    program = next((each for each in (scripts / "gorev", scripts / "gorev.exe") if each.exists()), None)
    return [str(program), "mcp-proxy"] if program is not None else [sys.executable, "-m", "gorev", "mcp-proxy"]


def _verify(command: list[str], home: Path, course: _Course) -> int | None:
    """How many tools the bridge offers, if it works."""
    from gorev.cli.trial import Silent, count_tools

    try:
        count = count_tools(command, home)
    except Silent as error:
        course.failed += 1
        said = text(course.language, "The bridge does not work: {reason}", reason=error)
        click.echo(f"\n{said}", err=True)
        click.echo(text(course.language, "gorev doctor looks for the cause."), err=True)
        return None
    course.show()
    course.say("Tried: the bridge answers, with {tools}.", tools=counts.tools(count))
    return count
