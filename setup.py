"""What a build makes besides copying files: the translations, the web page, and a note of the commit it is made from.

All metadata is in setup.cfg. The three are made in place, in the source tree, so that wheels, sdists and editable
installs find them alike. They are sub-commands of ``build`` and not a changed ``build_py``, because setuptools turns an
error of the latter into a mere warning when it makes an editable install.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from setuptools import Command, setup
from setuptools.command.build import build
from setuptools.command.sdist import sdist
from setuptools.errors import ExecError, PlatformError

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
PAGE = ROOT / "gorev" / "page" / "index.html"
COMMIT = ROOT / "gorev" / "commit"
OLDEST_NODE = 20


class BuildPage(Command):
    """Build ``web/`` into ``gorev/page`` with npm, unless the page there is newer than all it is made from."""

    description = "build the web page"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = []

    def initialize_options(self) -> None:
        """Required by setuptools; there are no options."""

    def finalize_options(self) -> None:
        """Required by setuptools; there are no options."""

    def get_source_files(self) -> list[str]:
        """None of its own: MANIFEST.in names what an sdist carries, the built page included."""
        return []

    def run(self) -> None:
        """Build if need be.

        :raises PlatformError: there is no Node.js that could build the page
        :raises ExecError: npm failed
        """
        if (ROOT / "PKG-INFO").exists():  # an sdist: its page was built with it, and unpacking may change file times
            return
        if PAGE.exists() and PAGE.stat().st_mtime >= max(path.stat().st_mtime for path in _sources()):
            return
        npm = _npm()
        installed = WEB / "node_modules" / ".package-lock.json"
        locked = WEB / "package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
            _run(npm, "ci", "--no-fund", "--no-audit")
        try:
            _run(npm, "run", "build")
        except BaseException:
            PAGE.unlink(missing_ok=True)  # half a page must not pass for a newer one
            raise


def _sources() -> Iterator[Path]:
    """What the page is made from; folders too, because their times tell of a file that was deleted."""
    yield from (path for path in WEB.iterdir() if path.is_file() and path.suffix != ".tsbuildinfo")
    for folder in (WEB / "src", WEB / "public"):
        yield folder
        yield from folder.rglob("*")


def _npm() -> str:
    """The path of npm, which on Windows is a script that only its full name starts."""
    need = f"Gorev's web page is built with Node >= {OLDEST_NODE} and its npm"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise PlatformError(f"{need}; {'node' if node is None else 'npm'} was not found. A Gorev wheel needs neither.")
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", answer)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise PlatformError(f"{need}; {node} is {answer.strip() or 'of an unknown version'}.")
    return npm


def _run(*command: str) -> None:
    result = subprocess.run(command, cwd=WEB, env={**os.environ, "NO_UPDATE_NOTIFIER": "1"}, check=False)
    if result.returncode:
        raise ExecError(f"{' '.join(command)} in {WEB} failed with exit code {result.returncode}.")


class RecordCommit(Command):
    """Note the commit that is checked out in ``gorev/commit``, for ``gorev version``; -dirty if files are changed."""

    description = "note the commit that is built"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = []

    def initialize_options(self) -> None:
        """Required by setuptools; there are no options."""

    def finalize_options(self) -> None:
        """Required by setuptools; there are no options."""

    def get_source_files(self) -> list[str]:
        """None of its own: MANIFEST.in names the note."""
        return []

    def run(self) -> None:
        """Note it; of a tree that is no checkout nothing is noted, and of an sdist what was."""
        if (ROOT / "PKG-INFO").exists():
            return
        COMMIT.unlink(missing_ok=True)
        git = shutil.which("git")
        if git is None or not (ROOT / ".git").exists():
            return
        words = (git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
        told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if told.returncode == 0:
            COMMIT.write_text(told.stdout, "utf-8")


class Build(build):
    sub_commands: ClassVar = [
        ("compile_catalog", None),
        ("build_page", None),
        ("record_commit", None),
        *build.sub_commands,
    ]

    def run(self) -> None:
        """Build from nothing: setuptools would pack what an earlier build left, such as scripts of an older page."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class SourceDistribution(sdist):
    def run(self) -> None:
        """Build the page first: an install from an sdist must not need Node, and cannot ask git."""
        self.run_command("build_page")
        self.run_command("record_commit")
        super().run()


setup(
    cmdclass={"build": Build, "build_page": BuildPage, "record_commit": RecordCommit, "sdist": SourceDistribution},
)
