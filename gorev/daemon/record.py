"""The lock file's content (``lifecycle.md`` §2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class LockRecord:
    """Who runs, since when, and where it can be reached.

    ``port`` is text on the wire; ``mcp_token`` is given only with a TCP ``mcp_endpoint``. With ``options`` a successor
    serves the same as this daemon, its port apart; one that is ``supervised`` is started again by a service manager.
    Of a file written by another program, what it does not know is empty.
    """

    pid: int
    port: str
    start_time: datetime | None
    daemon_url: str
    version: str = ""
    mcp_endpoint: str = ""
    mcp_token: str | None = None
    instance: str = ""
    options: tuple[str, ...] = ()
    supervised: bool = False

    def encode(self) -> bytes:
        """The file's bytes: a JSON object indented by two spaces."""
        fields = attrs.asdict(self, filter=lambda _, value: value is not None)
        if self.start_time is not None:
            fields["start_time"] = rfc3339(self.start_time)
        return json.dumps(fields, indent=2).encode() + b"\n"

    @classmethod
    def decode(cls, content: bytes) -> LockRecord | None:
        """The record in ``content``, None when it is empty, half written or not one."""
        try:
            found: Any = json.loads(content)
            pid, port = found["pid"], int(found["port"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0 or not 0 < port < 65536:
            return None
        options = found.get("options")
        texts = {name: str(found.get(name) or "") for name in ("daemon_url", "version", "mcp_endpoint", "instance")}
        return cls(
            pid=pid,
            port=str(port),
            start_time=_instant(found.get("start_time")),
            mcp_token=found.get("mcp_token"),
            options=tuple(map(str, options)) if isinstance(options, list) else (),
            supervised=found.get("supervised") is True,
            **{**texts, "daemon_url": texts["daemon_url"] or f"http://localhost:{port}"},
        )


def rfc3339(instant: datetime) -> str:
    """An aware instant in UTC, to the millisecond, ending in ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(written: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return instant if instant.tzinfo else None
