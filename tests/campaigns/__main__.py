"""``python -m tests.campaigns [--seconds N] [NAME ...]``: every campaign of this folder, or those that are named.

A campaign is a module here with a function ``campaign(seconds: float) -> Tally`` that works for about so long. The exit
code is 1 when one of them lost anything.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from tests.campaigns.tally import Tally

SECONDS = 60.0


def campaigns() -> dict[str, Callable[[float], Tally]]:
    """The function of each module of this folder that has one."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py") if not file.stem.startswith("test_"))
    modules = {name: importlib.import_module(f"tests.campaigns.{name}") for name in names}
    return {name: module.campaign for name, module in modules.items() if hasattr(module, "campaign")}


def main() -> int:
    """Run them one after another and print what they say."""
    found = campaigns()
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each campaign (default: %(default)s)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(found))
    chosen = parser.parse_args()
    lost = False
    for name in chosen.names or found:
        if name not in found:
            parser.error(f"there is no campaign {name}")
        tally = found[name](chosen.seconds)
        sys.stdout.write("\n".join([*tally.lines(), ""]))
        sys.stdout.flush()
        lost = lost or tally.lost
    return int(lost)


if __name__ == "__main__":
    sys.exit(main())
