"""The ``gorev`` command. What an assistant starts is decided before anything else is imported: its client waits."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command of ``sys.argv``; returns the exit status. ``serve`` on anything but a terminal is a bridge."""
    arguments = sys.argv[1:]
    command = arguments[0] if arguments else ""
    if command == "mcp-proxy" or (command == "serve" and not os.isatty(0)):
        from gorev.bridge import main as run_bridge

        return run_bridge(arguments[1:], serve=command == "serve")
    from gorev.cli.main import main as run_command

    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
