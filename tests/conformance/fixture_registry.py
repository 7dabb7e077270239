"""What the official conformance suite wants a server to offer, given to the protocol core in place of tasks.

Names and answers are those of the suite's own descriptions of its scenarios.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import attrs
from twisted.internet.task import deferLater

from gorev.domain.errors import GorevError
from gorev.mcp.jsonrpc import Fault, Object
from gorev.mcp.registry import (
    CallContext,
    Change,
    Completion,
    Listing,
    PromptMessages,
    Registry,
    ResourcePage,
    ToolOutcome,
    UnknownPrompt,
    UnknownResource,
)

PIXEL: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # a 1x1 PNG
)
SILENCE: Final = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="  # a WAV without samples
MISSING_CAPABILITY: Final = -32021
STEP_SECONDS: Final = 0.05

IMAGE: Final[Object] = {"type": "image", "data": PIXEL, "mimeType": "image/png"}
AUDIO: Final[Object] = {"type": "audio", "data": SILENCE, "mimeType": "audio/wav"}

TEXTS: Final = {
    "test://static-text": ("text/plain", "This is the content of the static text resource."),
    "test://watched-resource": ("text/plain", "Watched resource content"),
}
BINARY: Final = "test://static-binary"
TEMPLATE: Final = "test://template/{id}/data"

SCHEMA_2020_12: Final[Object] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


def embedded(uri: str, kind: str, text: str) -> Object:
    """A content block that is a whole resource."""
    return {"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}}


def said(text: str) -> ToolOutcome:
    """An outcome of text alone."""
    return ToolOutcome(text=text)


def shown(*blocks: Object) -> ToolOutcome:
    """An outcome of content blocks alone."""
    return ToolOutcome(text="", blocks=blocks)


@attrs.define(eq=False)
class Watchers:
    """`Changes`, which tells what the fixtures change."""

    heard: list[Callable[[Change], None]] = attrs.Factory(list)

    def watch(self, workspace: Any, heard: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``heard`` with each change."""
        self.heard.append(heard)
        return lambda: self.heard.remove(heard)

    def tell(self, listing: Listing) -> None:
        """A list has changed."""
        self._tell(Change(listings=frozenset({listing})))

    def update(self, uri: str) -> None:
        """A resource has changed."""
        self._tell(Change(uris=frozenset({uri})))

    def _tell(self, change: Change) -> None:
        for heard in list(self.heard):
            heard(change)


async def slow(context: CallContext) -> ToolOutcome:
    """Report 0, 50 and 100 of 100 steps."""
    from twisted.internet import reactor  # not at the head of the module: pytest-twisted chooses the reactor

    for done in (0, 50, 100):
        context.progress(done, 100)
        await deferLater(reactor, STEP_SECONDS)
    return said("Done.")


async def demanding(context: CallContext) -> ToolOutcome:
    """Fail for the want of something that a client may be able to do."""
    raise Fault(MISSING_CAPABILITY, "The client cannot sample", {"requiredCapabilities": {"sampling": {}}})


@attrs.frozen
class FixtureTools:
    """`Tools` by name."""

    changes: Watchers

    def instructions(self, language: str) -> str:
        """Nothing in particular."""
        return "Fixtures of the conformance suite."

    def tools(self, language: str) -> list[Object]:
        """Each takes nothing, but one whose schema is the fixture."""
        return [
            {
                "name": name,
                "description": f"Fixture {name}.",
                "inputSchema": SCHEMA_2020_12 if name == "json_schema_2020_12_tool" else {"type": "object"},
            }
            for name in self._handlers()
        ]

    def is_tool(self, name: str) -> bool:
        """Whether there is a fixture of this name."""
        return name in self._handlers()

    def is_read(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """None need wait for another."""
        return True

    def repeatable(self) -> list[str]:
        """None."""
        return []

    async def call(self, name: str, arguments: Mapping[str, Any], context: CallContext) -> ToolOutcome:
        """Do as the suite says."""
        answer = self._handlers()[name]
        return answer if isinstance(answer, ToolOutcome) else await answer(context)

    def failure(self, error: GorevError, language: str) -> ToolOutcome:
        """There is no workspace that could fail."""
        raise AssertionError(error)

    def _handlers(self) -> dict[str, ToolOutcome | Callable[[CallContext], Awaitable[ToolOutcome]]]:
        mixed = embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')
        text = {"type": "text", "text": "Multiple content types test:"}
        return {
            "test_simple_text": said("This is a simple text response for testing."),
            "test_image_content": shown(IMAGE),
            "test_audio_content": shown(AUDIO),
            "test_embedded_resource": shown(
                embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")
            ),
            "test_multiple_content_types": shown(text, IMAGE, mixed),
            "test_error_handling": ToolOutcome(
                text="This tool intentionally returns an error for testing", is_error=True
            ),
            "test_tool_with_progress": slow,
            "test_missing_capability": demanding,
            "test_streaming_elicitation": slow,
            "test_logging_tool": said("Nothing is logged."),
            "test_trigger_tool_change": self._changing(Listing.TOOLS),
            "test_trigger_prompt_change": self._changing(Listing.PROMPTS),
            "json_schema_2020_12_tool": said("Valid."),
        }

    def _changing(self, listing: Listing) -> Callable[[CallContext], Awaitable[ToolOutcome]]:
        async def change(context: CallContext) -> ToolOutcome:
            self.changes.tell(listing)
            return said("Changed.")

        return change


class FixtureResources:
    """`Resources` by URI."""

    async def page(self, cursor: str | None, context: CallContext) -> ResourcePage:
        """All of them."""
        entries: list[Object] = [{"uri": uri, "name": uri, "mimeType": kind} for uri, (kind, _) in TEXTS.items()]
        return ResourcePage(entries=[*entries, {"uri": BINARY, "name": BINARY, "mimeType": "image/png"}])

    def templates(self, language: str) -> list[Object]:
        """The one that there is."""
        return [{"uriTemplate": TEMPLATE, "name": "template", "mimeType": "application/json"}]

    async def read(self, uri: str, context: CallContext) -> Sequence[Object]:
        """One content each."""
        if uri in TEXTS:
            kind, text = TEXTS[uri]
            return [{"uri": uri, "mimeType": kind, "text": text}]
        if uri == BINARY:
            return [{"uri": uri, "mimeType": "image/png", "blob": PIXEL}]
        head, _, tail = TEMPLATE.partition("{id}")
        if not (uri.startswith(head) and uri.endswith(tail)):
            raise UnknownResource(uri)
        id_ = uri[len(head) : -len(tail)]
        text = json.dumps({"id": id_, "templateTest": True, "data": f"Data for ID: {id_}"})
        return [{"uri": uri, "mimeType": "application/json", "text": text}]

    async def identify(self, uri: str, context: CallContext) -> str:
        """Each has one URI."""
        if uri not in TEXTS:
            raise UnknownResource(uri)
        return uri

    async def complete(
        self, template: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        """Nothing is known of them."""
        return Completion()


class FixturePrompts:
    """`Prompts` by name."""

    def entries(self, language: str) -> list[Object]:
        """Each with its arguments, all of them required."""
        arguments = {
            "test_simple_prompt": (),
            "test_prompt_with_arguments": ("arg1", "arg2"),
            "test_prompt_with_embedded_resource": ("resourceUri",),
            "test_prompt_with_image": (),
        }
        return [
            {
                "name": name,
                "description": f"Fixture {name}.",
                "arguments": [
                    {"name": argument, "description": f"Argument {argument}.", "required": True} for argument in taken
                ],
            }
            for name, taken in arguments.items()
        ]

    async def get(self, name: str, arguments: Mapping[str, str], context: CallContext) -> PromptMessages:
        """Messages of the user."""
        blocks: dict[str, list[Object]] = {
            "test_simple_prompt": [{"type": "text", "text": "This is a simple prompt for testing."}],
            "test_prompt_with_arguments": [
                {
                    "type": "text",
                    "text": f"Prompt with arguments: arg1='{arguments.get('arg1')}', arg2='{arguments.get('arg2')}'",
                }
            ],
            "test_prompt_with_embedded_resource": [
                embedded(arguments.get("resourceUri", ""), "text/plain", "Embedded resource content for testing."),
                {"type": "text", "text": "Please process the embedded resource above."},
            ],
            "test_prompt_with_image": [IMAGE, {"type": "text", "text": "Please analyze the image above."}],
        }
        if name not in blocks:
            raise UnknownPrompt(name)
        messages = [{"role": "user", "content": block} for block in blocks[name]]
        return PromptMessages(description=f"Fixture {name}.", messages=messages)

    async def complete(
        self, name: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        """Cities, as in the suite's example."""
        values = [city for city in ("paris", "park", "party") if city.startswith(value)]
        return Completion(values=values, total=len(values))


def fixtures() -> Registry:
    """All fixtures."""
    changes = Watchers()
    return Registry(
        tools=FixtureTools(changes), resources=FixtureResources(), prompts=FixturePrompts(), changes=changes
    )
