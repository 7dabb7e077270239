"""The parts of the reference that are made of the program's own definitions, each time the documentation is built.

A page says ``.. from-code:: tools`` where such a part is to stand. Each module here writes one part as
reStructuredText; none of them keeps a copy of what the program says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs.from_code import assistants, commands, errors, limits, prompts, rest, settings, shapes, tools, words

PARTS: Final[dict[str, Callable[[], Iterable[str]]]] = {
    "assistants": assistants.lines,
    "commands": commands.lines,
    "errors": errors.lines,
    "limits": limits.lines,
    "prompts": prompts.lines,
    "rest": rest.lines,
    "settings": settings.lines,
    "shapes": shapes.lines,
    "tools": tools.lines,
    "words": words.lines,
}


class FromCode(SphinxDirective):
    """``.. from-code:: PART``."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The part, as if it had been written here."""
        part = self.arguments[0]
        if part not in PARTS:
            raise self.error(f"there is no part {part}; there are {', '.join(PARTS)}")
        self.env.note_reread()  # the code may have changed where the page has not
        return self.parse_text_to_nodes("\n".join(PARTS[part]()), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("from-code", FromCode)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
