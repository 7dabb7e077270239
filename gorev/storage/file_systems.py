"""Whether a database lies where SQLite can work: its log needs memory that processes share, and locks that hold.

Blocks for some milliseconds, the first time more; for threads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

# As the systems name them; https://www.sqlite.org/wal.html and https://www.sqlite.org/useovernet.html tell why.
NETWORK: Final = frozenset(
    {
        "9p",
        "afpfs",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "drvfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "ncpfs",
        "nfs",
        "nfs4",
        "prl_fs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "webdav",
    }
)


def network_file_system_of(folder: Path) -> str | None:
    """The kind of the network file system that ``folder`` is on; None if it is on a disk, or nobody knows."""
    kind = file_system_of(folder)
    return kind if kind is not None and kind.lower() in NETWORK else None


def file_system_of(folder: Path) -> str | None:
    """The kind of file system that ``folder`` is on, as the system names it; None if it does not tell."""
    import psutil  # no start waits for it

    resolved = folder.resolve()
    mounted = {
        Path(partition.mountpoint): partition.fstype
        for partition in psutil.disk_partitions(all=True)
        if resolved.is_relative_to(partition.mountpoint)
    }
    return mounted[max(mounted, key=lambda place: len(place.parts))] if mounted else None
