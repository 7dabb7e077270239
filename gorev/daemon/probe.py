"""Asking a daemon for its health, from a process that has no reactor running."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any, Final

import attrs

# lifecycle.md §2.2
HEALTH_TIMEOUT_SECONDS: Final = 2.0
_ANSWER_LIMIT_BYTES: Final = 1024 * 1024


@attrs.frozen
class Health:
    """What answered ``GET /api/health``: the HTTP status and the pid in the body, if it held one."""

    status: int
    pid: int | None

    def is_of(self, pid: int) -> bool:
        """Whether this is the answer of a serving daemon that runs as ``pid``."""
        return self.status == 200 and self.pid in (None, pid)


Probe = Callable[[int], Health | None]
"""Tells the health of whatever listens on a port of the loopback, None when nothing answers in time."""


def health_on(port: int) -> Health | None:
    """The health of the server on ``port`` of the loopback, None when there is none or no answer within 2 s. Blocks."""
    answer = _get(port, "/api/health")
    return None if answer is None else Health(answer[0], _pid_in(answer[1]))


def get_json(port: int, path: str, token: str | None = None) -> dict[str, Any] | None:
    """The JSON object at ``path`` of the server on ``port``, whatever its status; None as `health_on`. Blocks."""
    answer = _get(port, path, token)
    try:
        found = None if answer is None else json.loads(answer[1])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def status_of(port: int, path: str) -> int | None:
    """The HTTP status of a GET of ``path``, without a token; None as `health_on`. Blocks."""
    answer = _get(port, path)
    return None if answer is None else answer[0]


def _get(port: int, path: str, token: str | None = None) -> tuple[int, bytes] | None:
    # http.client rather than urllib: no proxy of the environment may come between.
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection("127.0.0.1", port, timeout=HEALTH_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={} if token is None else {"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        return response.status, response.read(_ANSWER_LIMIT_BYTES)
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def is_listening(port: int) -> bool:
    """Whether anything accepts connections on ``port`` of the loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), HEALTH_TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def _pid_in(body: bytes) -> int | None:
    try:
        pid = json.loads(body)["pid"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return pid if isinstance(pid, int) else None
