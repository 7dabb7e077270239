"""Who is at the other end of a local socket."""

from __future__ import annotations

import os
import socket
import struct


def same_user(connected: socket.socket) -> bool:
    """Whether the peer of a connected Unix socket runs as this process's user.

    True as well where the system cannot tell: there the socket's mode and directory are the guard.

    :raises OSError: the peer cannot be asked about, for example because it is gone.
    """
    uid = _peer_uid(connected)
    return uid is None or uid == os.geteuid()


def _peer_uid(connected: socket.socket) -> int | None:
    if hasattr(socket, "SO_PEERCRED"):  # Linux: struct ucred {pid, uid, gid}, unix(7)
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII"))
        _, uid, _ = struct.unpack("iII", credentials)
        return int(uid)
    import ctypes  # 10 ms that Linux need not spend

    getpeereid = getattr(ctypes.CDLL(None, use_errno=True), "getpeereid", None)  # macOS and the BSDs
    if getpeereid is None:
        return None
    user, group = ctypes.c_uint32(), ctypes.c_uint32()
    if getpeereid(connected.fileno(), ctypes.byref(user), ctypes.byref(group)) != 0:
        raise OSError(ctypes.get_errno(), "getpeereid failed")
    return user.value
