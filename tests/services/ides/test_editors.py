"""Editors with real processes. The system is one on which none is found but by PATH."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
import pytest_twisted
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater

from gorev.domain.errors import DownloadFailed, IdeNotFound, InvalidValue
from gorev.domain.ides import DEFAULT_EXTENSION, Done, Ide
from gorev.services.ides.editors import Editors, Patience
from gorev.services.ides.program import Ended, TookTooLong, run
from gorev.services.ides.settings import IdeSettingsFile
from tests.support.fake_editor import FakeEditor
from tests.support.running_daemon import PATIENCE_SECONDS

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred


class Desk:
    """A home and a PATH with editors of the test's own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.bin = home / "bin"
        self.bin.mkdir()

    def editor(self, name: str, **how: Any) -> FakeEditor:
        """A new editor in PATH."""
        return FakeEditor.make(self.bin, name, **how)

    def editors(self, patience: Patience | None = None) -> Editors:
        """The operations."""
        from twisted.internet import reactor

        environ = {"PATH": f"{self.bin}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(self.home)}
        return Editors(reactor, str(self.home), environ, "win32", IdeSettingsFile(self.settings), patience)

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.home / ".gorev" / "ide-config.json"

    def set(self, **settings: Any) -> None:
        """Write the settings file."""
        self.settings.parent.mkdir(exist_ok=True)
        self.settings.write_text(json.dumps(settings))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def until(condition: Callable[[], object]) -> None:
    """Wait while the reactor runs."""
    from twisted.internet import reactor

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        await deferLater(reactor, 0.02)


@in_reactor
async def test_editors_are_found_with_their_versions(desk: Desk) -> None:
    code, windsurf = desk.editor("code"), desk.editor("windsurf")
    windsurf.break_("--version")
    found = await desk.editors().detect()
    assert [(each.ide, each.executable, each.version) for each in found] == [
        (Ide.VSCODE, str(code.folder / "code"), "1.95.3"),
        (Ide.WINDSURF, str(windsurf.folder / "windsurf"), None),
    ]


@in_reactor
async def test_without_an_editor_nothing_is_found_and_nothing_can_be_done(desk: Desk) -> None:
    editors = desk.editors()
    assert await editors.detect() == []
    assert (await editors.status(None)).ides == ()
    for action in (editors.install, editors.update, editors.uninstall):
        with pytest.raises(IdeNotFound):
            await action(None)
        with pytest.raises(IdeNotFound):
            await action(Ide.CURSOR)
    with pytest.raises(IdeNotFound):
        await editors.status(Ide.CURSOR)


@in_reactor
async def test_another_editors_code_command_is_not_vs_code(desk: Desk) -> None:
    (desk.home / "Cursor.app").mkdir()
    FakeEditor.make(desk.home / "Cursor.app", "code")
    (desk.bin / "code").symlink_to(desk.home / "Cursor.app" / "code")
    assert await desk.editors().detect() == []


@in_reactor
async def test_only_supported_editors_count_where_none_is_named(desk: Desk) -> None:
    desk.editor("code")
    desk.editor("cursor")
    desk.set(supported_ides=["cursor"])
    editors = desk.editors()
    assert [each.ide for each in await editors.detect()] == [Ide.CURSOR]
    assert [each.ide for each in await editors.install(None)] == [Ide.CURSOR]
    assert [each.ide for each in await editors.install(Ide.VSCODE)] == [Ide.VSCODE]


@in_reactor
async def test_the_extension_is_installed_once(desk: Desk) -> None:
    code = desk.editor("code")
    editors = desk.editors()
    (first,) = await editors.install(Ide.VSCODE)
    (again,) = await editors.install(Ide.VSCODE)
    assert (first.done, first.success, first.version) == (Done.INSTALLED, True, "1.2.0")
    assert (again.done, again.success, again.version) == (Done.WAS_INSTALLED, True, "1.2.0")
    assert code.calls.count(f"--install-extension {DEFAULT_EXTENSION}") == 1


@in_reactor
async def test_the_configured_extension_is_meant(desk: Desk) -> None:
    code = desk.editor("code")
    desk.set(extension_id="some.one")
    await desk.editors().install(None)
    assert "some.one@1.2.0" in code.installed


@in_reactor
async def test_an_update_fetches_the_newest_and_is_kept_in_mind(desk: Desk) -> None:
    code = desk.editor("code", installed="1.0.0")
    editors = desk.editors()
    (updated,) = await editors.update(Ide.VSCODE)
    (again,) = await editors.update(Ide.VSCODE)
    assert (updated.done, updated.version, again.done) == (Done.UPDATED, "1.2.0", Done.UP_TO_DATE)
    assert code.calls.count(f"--install-extension {DEFAULT_EXTENSION} --force") == 2
    assert json.loads(desk.settings.read_text())["last_update_check"] is not None


@in_reactor
async def test_what_is_not_installed_is_neither_updated_nor_removed(desk: Desk) -> None:
    code = desk.editor("code")
    editors = desk.editors()
    (updated,) = await editors.update(Ide.VSCODE)
    (removed,) = await editors.uninstall(Ide.VSCODE)
    assert (updated.done, updated.success) == (Done.NOT_INSTALLED, False)
    assert (removed.done, removed.success) == (Done.NOT_INSTALLED, True)
    assert set(code.calls) == {"--list-extensions --show-versions"}


@in_reactor
async def test_the_extension_is_removed_or_another_one(desk: Desk) -> None:
    code = desk.editor("code", installed="1.0.0")
    editors = desk.editors()
    (first,) = await editors.uninstall(Ide.VSCODE)
    (second,) = await editors.uninstall(Ide.VSCODE, "ms-python.python")
    assert (first.done, second.done) == (Done.REMOVED, Done.REMOVED)
    assert code.installed == []
    with pytest.raises(InvalidValue):
        await editors.uninstall(Ide.VSCODE, "--force")


@in_reactor
async def test_a_removal_that_fails_says_why(desk: Desk) -> None:
    desk.editor("code", installed="1.0.0").break_("--uninstall-extension", "one\ntwo \x1b[31mred\x1b[0m\n\n")
    (result,) = await desk.editors().uninstall(None)
    assert (result.done, result.success, result.reason) == (Done.FAILED, False, "one two red")


@in_reactor
async def test_an_editor_that_is_offline_fails_with_its_own_words(desk: Desk) -> None:
    desk.editor("code", offered=None)
    with pytest.raises(DownloadFailed) as failed:
        await desk.editors().install(Ide.VSCODE)
    assert "ENOTFOUND" in str(failed.value.details["reason"])


@in_reactor
async def test_an_editor_that_only_says_it_did_it_is_not_believed(desk: Desk) -> None:
    code = desk.editor("code")
    (code.folder / "code").write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(DownloadFailed) as failed:
        await desk.editors().install(Ide.VSCODE)
    assert failed.value.details["reason"] == "it is still not installed"


@in_reactor
async def test_of_all_editors_those_that_can_are_served(desk: Desk) -> None:
    desk.editor("code", offered=None)
    desk.editor("cursor")
    desk.editor("windsurf", installed="1.0.0")
    results = await desk.editors().install(None)
    assert [(each.ide, each.done, each.success) for each in results] == [
        (Ide.VSCODE, Done.FAILED, False),
        (Ide.CURSOR, Done.INSTALLED, True),
        (Ide.WINDSURF, Done.WAS_INSTALLED, True),
    ]
    assert isinstance(results[0].error, DownloadFailed)


@in_reactor
async def test_the_status_knows_who_is_behind_and_who_does_not_answer(desk: Desk) -> None:
    desk.editor("code", installed="1.0.0")
    desk.editor("cursor", installed="1.10.0")
    desk.editor("windsurf").break_("--list-extensions", "no display")
    status = await desk.editors().status(None)
    assert (status.extension, status.latest) == (DEFAULT_EXTENSION, "1.10.0")
    assert [(each.found.ide, each.installed, each.has_update, each.problem) for each in status.ides] == [
        (Ide.VSCODE, "1.0.0", True, None),
        (Ide.CURSOR, "1.10.0", False, None),
        (Ide.WINDSURF, None, False, "no display"),
    ]


@in_reactor
async def test_an_editor_that_takes_too_long_is_ended_with_all_it_started(desk: Desk) -> None:
    code = desk.editor("code")
    code.slow_down("--install-extension")
    with pytest.raises(DownloadFailed) as failed:
        await desk.editors(Patience(answer=PATIENCE_SECONDS, download=1.0)).install(Ide.VSCODE)
    assert failed.value.details["reason"] == "it did not answer in time"
    child = code.child
    assert child is not None
    await until(lambda: not psutil.pid_exists(child))


@in_reactor
async def test_who_gives_up_ends_the_editor(desk: Desk) -> None:
    code = desk.editor("code")
    code.slow_down("--install-extension")
    installing = Deferred.fromCoroutine(desk.editors().install(Ide.VSCODE))
    await until(lambda: code.child)
    installing.cancel()
    with pytest.raises(CancelledError):
        await installing
    child = code.child
    assert child is not None
    await until(lambda: not psutil.pid_exists(child))


@in_reactor
async def test_two_changes_never_run_at_once(desk: Desk) -> None:
    """Whichever is first, the other one begins when it is done."""
    code = desk.editor("code")
    editors = desk.editors()
    installing = Deferred.fromCoroutine(editors.install(Ide.VSCODE))
    removing = Deferred.fromCoroutine(editors.uninstall(Ide.VSCODE))
    (installed,), (removed,) = await installing, await removing
    asked, made, taken = "--list-extensions", "--install-extension", "--uninstall-extension"
    assert installed.done is Done.INSTALLED
    assert (removed.done, [call.split()[0] for call in code.calls]) in (
        (Done.REMOVED, [asked, made, asked, asked, taken]),
        (Done.NOT_INSTALLED, [asked, asked, made, asked]),
    )


@in_reactor
async def test_a_program_is_run_with_what_it_says(tmp_path: Path) -> None:
    from twisted.internet import reactor

    script = "echo out; echo err >&2; pwd; cat; exit 3"
    ended = await run(reactor, ["/bin/sh", "-c", script], {"PATH": "/bin"}, str(tmp_path), PATIENCE_SECONDS)
    assert ended == Ended(3, f"out\n{tmp_path}\n", "err\n")
    assert ended.complaint == "err"


@in_reactor
async def test_a_program_that_dies_of_a_signal_has_not_succeeded(tmp_path: Path) -> None:
    from twisted.internet import reactor

    ended = await run(reactor, ["/bin/sh", "-c", "kill -9 $$"], {"PATH": "/bin"}, str(tmp_path), PATIENCE_SECONDS)
    assert ended.code == -9


@in_reactor
async def test_a_program_that_talks_without_end_is_cut_and_ended(tmp_path: Path) -> None:
    from twisted.internet import reactor

    with pytest.raises(TookTooLong):
        await run(reactor, ["/bin/sh", "-c", "while :; do echo y; done"], {"PATH": "/bin"}, str(tmp_path), 0.5)


@in_reactor
async def test_a_program_that_is_none_has_not_succeeded(tmp_path: Path) -> None:
    from twisted.internet import reactor

    ended = await run(reactor, [str(tmp_path / "none")], {}, str(tmp_path), PATIENCE_SECONDS)
    assert ended.code != 0


def test_a_long_complaint_is_cut() -> None:
    assert len(Ended(1, "", "x" * 10_000).complaint) == 301
    assert Ended(1, "from the output\n", "").complaint == "from the output"
