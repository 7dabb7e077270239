"""Reading the small files that Gorev keeps about itself, whatever may lie in their place."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

LARGEST_BYTES: Final = 16 * 1024 * 1024
# Neither a pipe without a writer nor a terminal holds the reader up.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)


def content(path: Path, largest_bytes: int = LARGEST_BYTES) -> bytes:
    """All of a regular file, symlinks being followed.

    :raises OSError: there is none, it cannot be read, it is something else, or it is larger than ``largest_bytes``.
    """
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("it is not a regular file")
        if found.st_size > largest_bytes:
            raise OSError(f"it is larger than {largest_bytes // 1024} KiB")
        return file.read(largest_bytes)
