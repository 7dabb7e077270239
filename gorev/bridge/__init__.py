"""The bridge: an assistant's standard input and output, joined to the daemon's local socket (``gorev mcp-proxy``).

One UTF-8 JSON-RPC message per ``\\n``-terminated line, both ways (lifecycle.md §7, mcp-protocol.md §1.5, §6.2). Lines
are copied unchanged; what the bridge learns from them is only what it needs to go on with another daemon when the one
it talks to is gone. ``invocation`` reads options and environment, ``cutter`` cuts lines and ``message`` looks into
them, ``session`` is the conversation without any I/O, ``link`` the way to the daemon, ``pump`` the client's side and
the loop, ``readiness`` how to wait for either, ``texts`` what a user may read.

An assistant waits for its start, so everything here is standard library, and only the cheap part of it: no typing,
argparse, logging, asyncio, subprocess, pathlib, re, and nothing of the rest of Gorev but ``launcher``,
``host_system`` and ``jsontext``. A test on ``sys.modules`` keeps it so.
"""

from __future__ import annotations

import os

from gorev.bridge.invocation import Refused, UsageError, read_invocation
from gorev.bridge.pump import Pump
from gorev.bridge.texts import say


def main(argv: list[str], serve: bool = False) -> int:
    """Run the bridge until its client leaves; returns the exit status.

    ``argv`` is what follows ``mcp-proxy``, or ``serve`` when that was the command.
    """
    try:
        invocation = read_invocation(argv, serve)
    except UsageError as error:
        os.write(2, f"{error}\n".encode())
        return 2
    except (Refused, OSError) as error:
        os.write(2, f"gorev: {error}\n".encode())
        return 1
    if invocation.help:
        os.write(1, f"{say(invocation.language, 'usage_serve' if serve else 'usage')}\n".encode())
        return 0
    for descriptor in range(3):  # one that the client has closed must not become a socket or a log
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    return Pump(invocation).run()
