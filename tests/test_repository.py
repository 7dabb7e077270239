"""What no file of the repository may contain."""

from __future__ import annotations

import json
import os
import pwd
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What tools and builds make (.gitignore), plus git's own folder.
MADE = {
    ".git",
    ".gorev",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "build",
    "dist",
    "gorev.egg-info",
    "node_modules",
}
# Written in two parts, so that this file does not name them.
REGISTRY_HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com")
INDEX_OPTION = re.compile(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", re.MULTILINE)


def files() -> Iterator[tuple[str, str]]:
    """Relative path and text of every file that is written by hand or kept in the repository."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE and Path(folder, name) != ROOT / "gorev" / "page"]
        for name in names:
            path = Path(folder, name)
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_a_package_registry() -> None:
    found = [(path, host) for path, text in files() for host in REGISTRY_HOSTS if host in text]
    assert found == []


def test_no_file_names_a_folder_of_the_machine_it_is_on() -> None:
    places = {str(Path.home()), pwd.getpwuid(os.getuid()).pw_dir, str(ROOT)} - {"/"}
    pattern = re.compile("|".join(rf"(?<![\w.~-]){re.escape(place)}(?=/)" for place in sorted(places)))
    found = [(path, match[0]) for path, text in files() for match in pattern.finditer(text)]
    assert found == []


def test_python_requirements_are_exact_and_name_no_index() -> None:
    text = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line)] == []
    assert not INDEX_OPTION.search(text)


@pytest.mark.parametrize("folder", ["web", "tests/conformance"])
def test_the_locks_of_the_javascript_packages_have_no_download_addresses(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
