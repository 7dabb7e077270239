"""Where each assistant keeps its MCP servers, from the table by which ``gorev setup`` finds and writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docs.from_code.markup import code, paragraph, plain, section
from gorev.cli.assistants import Assistant, assistants
from gorev.cli.server_entries import change_of

_SYSTEMS: Final = {"linux": "Linux", "darwin": "macOS"}
_HOME: Final = "/home/deniz"
_COMMAND: Final = [f"{_HOME}/gorev/.venv/bin/gorev", "mcp-proxy"]


def lines() -> Iterator[str]:
    """A section for each assistant."""
    found = {system: assistants(system, _HOME, {}) for system in _SYSTEMS}
    for number, assistant in enumerate(found["linux"]):
        yield from section(plain(assistant.name), "~")
        places = {system: known[number].file for system, known in found.items()}
        if len(set(places.values())) == 1:
            yield from paragraph(f"In {_place(assistant.file)}:")
        else:
            told = " or ".join(f"{_place(file)} ({_SYSTEMS[system]})" for system, file in places.items())
            yield from paragraph(f"In {told}:")
        yield from _contents(assistant)


def _place(file: str) -> str:
    return code(file.replace(_HOME, "~"))


def _contents(assistant: Assistant) -> Iterator[str]:
    """What ``gorev setup`` would write into an empty file."""
    written = change_of("", assistant, assistant.entry(_COMMAND, {"GOREV_LANG": "en"}, _HOME))
    yield from (f".. code-block:: {assistant.form}", "")
    yield from (f"   {line}".rstrip() for line in written.splitlines())
    yield ""
