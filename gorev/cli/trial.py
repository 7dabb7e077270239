"""A trial of the bridge as an assistant starts it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gorev.launcher import BRIDGE_VARIABLES

# The daemon may have to be started first.
_SECONDS: Final = 40.0


class Silent(Exception):
    """The bridge did not answer as it should."""


def count_tools(command: Sequence[str], home: Path) -> int:
    """How many tools the bridge offers. Raises `Silent`."""
    info = {"name": "gorev-setup", "version": "1"}
    handshake = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info}
    asked = (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": handshake},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    )
    environment = {name: value for name, value in os.environ.items() if name not in BRIDGE_VARIABLES}
    lines = "".join(json.dumps(each) + "\n" for each in asked)
    try:
        # In the home directory, which is no workspace by accident: nothing is made there.
        running = subprocess.Popen(
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
    except OSError as error:
        raise Silent(error.strerror or str(error)) from error
    try:
        return _tools_of(running, lines)
    finally:
        running.kill()
        running.communicate()


def _tools_of(running: subprocess.Popen[str], lines: str) -> int:
    from threading import Timer

    if running.stdin is None or running.stdout is None or running.stderr is None:
        raise Silent("no pipes")
    limit = Timer(_SECONDS, running.kill)
    limit.start()
    try:
        running.stdin.write(lines)
        running.stdin.flush()
        for line in running.stdout:
            answer = json.loads(line)
            if answer.get("id") == 2:
                if "error" in answer:
                    raise Silent(answer["error"].get("message"))
                return len(answer["result"]["tools"])
            if "error" in answer:
                raise Silent(answer["error"].get("message"))
        raise Silent(running.stderr.read().strip() or "?")
    except (OSError, ValueError) as error:
        raise Silent(str(error)) from error
    finally:
        limit.cancel()
