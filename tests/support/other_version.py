"""This program under another version number, as if a second one were installed."""

from __future__ import annotations

import re
from pathlib import Path

import gorev


def program_of(version: str, folder: Path) -> Path:
    """A directory for PYTHONPATH, made in ``folder``, whose package differs from the one under test in its version."""
    source, package = Path(gorev.__file__).parent, folder / f"gorev-{version}" / "gorev"
    package.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.name not in ("__init__.py", "__pycache__"):
            (package / entry.name).symlink_to(entry)
    text, count = re.subn(r'__version__ = ".*"', f'__version__ = "{version}"', (source / "__init__.py").read_text())
    assert count == 1
    (package / "__init__.py").write_text(text)
    return package.parent
