"""The contract between the MCP protocol core and what it offers.

The core (``session``) knows messages, revisions and eras; a `Registry` knows tools, resources and prompts, and when
they change. Tests give the core a registry of their own.

Entries, contents and content blocks are objects as the newest revision writes them; the core takes out what the
caller's revision does not know.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import attrs

from gorev.domain.errors import GorevError
from gorev.mcp.jsonrpc import Object

COMPLETIONS_SHOWN: Final = 100  # mcp-protocol.md §2


class UnknownResource(Exception):
    """There is nothing of this URI, or there never was."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.uri = uri


class UnknownPrompt(Exception):
    """There is no prompt of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UnknownCursor(Exception):
    """This cursor was never given out."""


@attrs.frozen(kw_only=True)
class ToolOutcome:
    """What a tool answers: the same information as Markdown for a model and as an object for a program.

    ``blocks`` are further content blocks (``image``, ``audio``, ``resource``, ``resource_link``, ``text``); an empty
    ``text`` beside them is left out, and an empty object always.
    """

    text: str
    structured: Mapping[str, Any] = attrs.Factory(dict)
    is_error: bool = False
    blocks: Sequence[Object] = ()


class Progress(Protocol):
    """Hears how far a call is."""

    def __call__(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """``done`` of ``total`` steps; what is no step further, or comes too soon after another, is not passed on."""


def unheard(done: float, total: float | None = None, message: str | None = None) -> None:
    """Progress that nobody asked for."""


@attrs.frozen(kw_only=True)
class CallContext:
    """Who calls, for whom, and in which language.

    ``workspace`` is whatever the connection's host attached (opaque to the core), None where it could not tell which;
    ``session`` is the connection's UUID; ``client`` the assistant's name as it gave it, else ``"unknown"``.
    ``progress`` may be told how far the call is, on the reactor thread.
    """

    workspace: Any
    language: str
    client: str
    session: str
    progress: Progress = unheard


@attrs.frozen(kw_only=True)
class ResourcePage:
    """Some ``resources/list`` entries, and the cursor of those that follow."""

    entries: Sequence[Object]
    next_cursor: str | None = None


@attrs.frozen(kw_only=True)
class PromptMessages:
    """What ``prompts/get`` answers: messages are ``{"role": …, "content": <block>}``."""

    description: str
    messages: Sequence[Object]


@attrs.frozen(kw_only=True)
class Completion:
    """The first `COMPLETIONS_SHOWN` values, or fewer, of ``total`` that fit."""

    values: Sequence[str] = ()
    total: int = 0


class Listing(enum.Enum):
    """What can be listed, and change as a list."""

    TOOLS = "tools"
    PROMPTS = "prompts"
    RESOURCES = "resources"


@attrs.frozen(kw_only=True)
class Change:
    """What is no longer as it was: resources by their canonical URIs, or ``all_resources``; and lists."""

    uris: frozenset[str] = frozenset()
    all_resources: bool = False
    listings: frozenset[Listing] = frozenset()


class Tools(Protocol):
    """Tools that can be listed and called."""

    def instructions(self, language: str) -> str:
        """A few sentences shown to the model at the start of a session."""

    def tools(self, language: str) -> list[Object]:
        """The ``tools/list`` entries in their fixed order, texts in ``language``."""

    def is_tool(self, name: str) -> bool:
        """Whether ``name`` can be called, listed or not."""

    def is_read(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Whether this call changes nothing, so that it need only wait for earlier writes."""

    def repeatable(self) -> list[str]:
        """Names of the tools whose every call may be sent twice without harm."""

    async def call(self, name: str, arguments: Mapping[str, Any], context: CallContext) -> ToolOutcome:
        """Do it. Bad arguments and broken rules are outcomes with ``is_error``; an exception is a bug."""

    def failure(self, error: GorevError, language: str) -> ToolOutcome:
        """An error in the caller's words, for example because the workspace cannot be opened."""


class Resources(Protocol):
    """Resources that can be listed, read and watched. A broken rule is a `GorevError`."""

    async def page(self, cursor: str | None, context: CallContext) -> ResourcePage:
        """The ``resources/list`` entries from a cursor on; None is the beginning.

        :raises UnknownCursor: the cursor is none of ours.
        """

    def templates(self, language: str) -> list[Object]:
        """The ``resources/templates/list`` entries, in their fixed order."""

    async def read(self, uri: str, context: CallContext) -> Sequence[Object]:
        """The contents, at least one: ``{"uri", "mimeType", "text" or "blob"}``.

        :raises UnknownResource: there is none.
        """

    async def identify(self, uri: str, context: CallContext) -> str:
        """The canonical URI of a resource, under which its changes are told.

        :raises UnknownResource: there is none.
        """

    async def complete(
        self, template: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        """Values of a variable of a template, by what was typed so far and the variables already ``given``.

        :raises UnknownResource: there is no such template.
        """


class Prompts(Protocol):
    """Prompts that can be listed and filled in. A broken rule is a `GorevError`."""

    def entries(self, language: str) -> list[Object]:
        """The ``prompts/list`` entries, in their fixed order, each with a description."""

    async def get(self, name: str, arguments: Mapping[str, str], context: CallContext) -> PromptMessages:
        """The messages.

        :raises UnknownPrompt: there is none.
        """

    async def complete(
        self, name: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        """Values of an argument.

        :raises UnknownPrompt: there is no such prompt.
        """


class Changes(Protocol):
    """Tells what changes."""

    def watch(self, workspace: Any, heard: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``heard``, on the reactor thread, with each change until the returned function is called.

        Without a workspace only lists can change.
        """


@attrs.frozen(kw_only=True)
class Registry:
    """All that is offered."""

    tools: Tools
    resources: Resources
    prompts: Prompts
    changes: Changes
