"""What a service manager that started the daemon is told: ``READY=1``, ``STOPPING=1`` (``sd_notify(3)``)."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Final

from twisted.application.service import Service

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"


def tell_service_manager(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send ``state`` to the socket that ``NOTIFY_SOCKET`` names; whether it was sent. Never blocks, never raises."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not hasattr(socket, "AF_UNIX") or address[:1] not in ("/", "@"):
        return False
    if address.startswith("@"):  # the abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0)) as out:
            out.setblocking(False)
            out.sendto(f"{state}\nMAINPID={os.getpid()}".encode(), address)
    except OSError:
        return False
    return True


class ServiceManagerNotice(Service):
    """Tells the service manager, if there is one, of the moments it waits for. The last to start, the first to stop."""

    def startService(self) -> None:
        """Clients may connect."""
        super().startService()
        tell_service_manager(READY)

    def stopService(self) -> None:
        """The end has begun."""
        super().stopService()
        tell_service_manager(STOPPING)
