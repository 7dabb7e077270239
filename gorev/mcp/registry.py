"""The contract between the MCP protocol core and what it offers.

The core (``session``) knows messages, revisions and eras; a `Registry` knows tools. Tests give the core a registry of
their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from gorev.domain.errors import GorevError


@attrs.frozen(kw_only=True)
class ToolOutcome:
    """What a tool answers: the same information as Markdown for a model and as an object for a program."""

    text: str
    structured: Mapping[str, Any]
    is_error: bool = False


@attrs.frozen(kw_only=True)
class CallContext:
    """Who calls, for whom, and in which language.

    ``workspace`` is whatever the connection's host attached (opaque to the core); ``session`` is the connection's UUID;
    ``client`` the assistant's name as it gave it, else ``"unknown"``.
    """

    workspace: Any
    language: str
    client: str
    session: str


class Registry(Protocol):
    """Tools that can be listed and called."""

    def instructions(self, language: str) -> str:
        """A few sentences shown to the model at the start of a session."""

    def tools(self, language: str) -> list[dict[str, Any]]:
        """The ``tools/list`` entries of the newest revision, in their fixed order, texts in ``language``."""

    def is_tool(self, name: str) -> bool:
        """Whether ``name`` can be called, listed or not."""

    def is_read(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Whether this call changes nothing, so that it need only wait for earlier writes."""

    def repeatable(self) -> list[str]:
        """Names of the tools whose every call may be sent twice without harm."""

    async def call(self, name: str, arguments: Mapping[str, Any], context: CallContext) -> ToolOutcome:
        """Do it. Bad arguments and broken rules are outcomes with ``is_error``; an exception is a bug."""

    def failure(self, error: GorevError, language: str) -> ToolOutcome:
        """The outcome of a call that could not reach its tool, for example because the workspace cannot be opened."""
