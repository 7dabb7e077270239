"""Tools as assistants find them: one definition per tool yields its schema, the check of arguments, and the decoding.

A tool is declared with a struct of arguments named as inside; the schema names them in Turkish, the canonical spelling,
and every other spelling is understood (``mcp-tools.md`` §1). Broken rules are outcomes in the caller's language.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs
import msgspec
from msgspec import UNSET
from twisted.logger import Logger

from gorev.domain.errors import GorevError, StaleRevision, WorkspaceRequired
from gorev.domain.event import Progress as Step
from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import COMMAND_LINE, Actor, ActorKind
from gorev.locale import text
from gorev.mcp import addresses, markdown
from gorev.mcp.budget import DEFAULT_BUDGET, beginning, cut_project, cut_task, size, tell_cut
from gorev.mcp.hidden_names import Hidden
from gorev.mcp.registry import CallContext, Progress, ToolOutcome, unheard
from gorev.services.store import Once
from gorev.services.workspace import Workspace
from gorev.wire import encode, errors, kinds
from gorev.wire.decode import decode, field_kinds
from gorev.wire.encode import Encoder
from gorev.wire.vocabulary import Names, Vocabulary

WORDS: Final = Vocabulary.TURKISH

# mcp-tools.md §2: the order in which tools are listed.
ORDER: Final = (
    "gorev_listele",
    "gorev_detay",
    "gorev_guncelle",
    "gorev_duzenle",
    "gorev_sil",
    "template_listele",
    "templateden_gorev_olustur",
    "proje_listele",
    "proje_olustur",
    "proje_gorevleri",
    "gorev_bagimlilik_ekle",
    "aktif_proje",
    "gorev_hierarchy",
    "gorev_bulk",
    "gorev_filter_profile",
    "gorev_file_watch",
    "ide_manage",
    "gorev_context",
    "gorev_search",
    "ozet_goster",
    "gorev_export",
    "gorev_import",
    "gorev_suggestions",
    "gorev_intelligent_create",
)

INSTRUCTIONS: Final = (
    "Gorev keeps the tasks and projects of this workspace; every assistant, editor and browser of the user sees the"
    " same ones at once. List with gorev_listele, read one with gorev_detay, change status or priority with"
    " gorev_guncelle, content with gorev_duzenle. Ids may be shortened to their first 8 characters."
)


@attrs.frozen(kw_only=True)
class ToolCall:
    """One call of a tool: on which workspace, by whom, in which language; ``progress`` may be told how far it is."""

    workspace: Workspace
    actor: Actor
    language: str
    once: Once | None
    progress: Progress = unheard

    def told(self, step: Step) -> None:
        """Pass on how far a long operation is."""
        self.progress(step.done, step.total)

    @property
    def encoder(self) -> Encoder:
        """Encodes for this workspace, in Turkish names."""
        return Encoder(WORDS, self.workspace.id)

    def say(self, message: str, **fields: object) -> str:
        """A text in the caller's language."""
        return text(self.language, message, **fields)


# What any call can meet, what is read of a task or project that a prefix may mean, and what comes with an argument.
_ANYWHERE: Final = ("invalid_value", "workspace_required", "workspace_unavailable", "busy", "shutting_down")
OF_TASK: Final = ("task_not_found", "ambiguous_id")
OF_PROJECT: Final = ("project_not_found", "ambiguous_id")
_OF_KIND: Final[Mapping[Any, str]] = {
    kinds.StatusToken: "invalid_status",
    kinds.PriorityToken: "invalid_priority",
    kinds.DueDate: "invalid_date",
}
_OF_FIELD: Final[Mapping[str, str]] = {"rev": "stale_revision", "idempotency_key": "idempotency_mismatch"}

# What an error costs beside its details.
_MESSAGE_BYTES: Final = 200

Handler: TypeAlias = Callable[[ToolCall, Any], Awaitable[ToolOutcome]]


@attrs.frozen(kw_only=True)
class Tool:
    """A tool. ``title``, ``description`` and ``hints`` (by field) are text keys; ``output`` names the struct's keys.

    ``reads`` are the actions that change nothing, of a tool with actions; ``read_only`` says it of the whole tool.
    ``reaches_out`` says that it has to do with more than this machine.
    ``demanded`` are fields that are required too, but missed by the tool itself, in its own words.
    ``errors`` are the codes beyond those that follow from the arguments.
    """

    name: str
    title: str
    description: str
    arguments: type[msgspec.Struct]
    names: Names
    handler: Handler
    output: Mapping[str, str]
    hints: Mapping[str, str] = attrs.Factory(dict)
    read_only: bool = False
    reads: frozenset[str] = frozenset()
    destructive: bool = False
    idempotent: bool = True
    takes_anything: bool = False
    reaches_out: bool = False
    demanded: frozenset[str] = frozenset()
    errors: tuple[str, ...] = ()

    def codes(self) -> tuple[str, ...]:
        """Every error code that it may answer."""
        fields = field_kinds(self.arguments)
        found = [*_ANYWHERE, *self.errors]
        if any(self.names.others(name, WORDS) for name in fields):
            found.append("conflicting_alias")
        if self.demanded or any(field.required for field in msgspec.structs.fields(self.arguments)):
            found.append("missing_parameter")
        found += (_OF_KIND[kind] for kind, _ in fields.values() if kind in _OF_KIND)
        found += (_OF_FIELD[name] for name in fields if name in _OF_FIELD)
        return tuple(sorted(set(found)))

    def listed(self, language: str) -> dict[str, Any]:
        """The ``tools/list`` entry."""
        return {
            "name": self.name,
            "title": text(language, self.title),
            "description": text(language, self.description),
            "inputSchema": self._schema(language),
            "outputSchema": {
                "type": "object",
                "properties": {key: _output_schema(type_) for key, type_ in self.output.items()},
            },
            "annotations": {
                "readOnlyHint": self.read_only,
                "destructiveHint": self.destructive,
                "idempotentHint": self.idempotent or self.read_only,
                "openWorldHint": self.reaches_out,
            },
        }

    def _schema(self, language: str) -> dict[str, Any]:
        names = self.names.out(WORDS)
        properties: dict[str, Any] = {}
        for name, (kind, _) in field_kinds(self.arguments).items():
            schema = kinds.schema(kind)
            if name in self.hints:
                schema["description"] = text(language, self.hints[name])
            properties[names[name]] = schema
        required = []
        for field in msgspec.structs.fields(self.arguments):
            if field.required or field.name in self.demanded:
                required.append(names[field.name])
            elif field.default not in (UNSET, None, msgspec.NODEFAULT):
                properties[names[field.name]]["default"] = field.default
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | {"required": required} if required else schema


class Toolbox:
    """Every tool that can be called; the `Registry` of the protocol core."""

    _log = Logger()

    def __init__(
        self,
        tools: Sequence[Tool],
        hidden: Mapping[str, Hidden] | None = None,
        unlisted: Sequence[Tool] = (),
        observe: Callable[[str, str, float], None] = lambda tool, outcome, seconds: None,
    ) -> None:
        """``observe`` is told of each call: the tool, ``ok`` or the code of the error, and the seconds it took."""
        self._observe = observe
        self._hidden = hidden or {}
        self._unlisted = {tool.name: tool for tool in unlisted}
        self._tools = {tool.name: tool for tool in sorted(tools, key=lambda tool: ORDER.index(tool.name))}

    def instructions(self, language: str) -> str:
        """What Gorev is and which tool to take first."""
        return text(language, INSTRUCTIONS)

    def tools(self, language: str) -> list[dict[str, Any]]:
        """All entries, in `ORDER`."""
        return [tool.listed(language) for tool in self._tools.values()]

    def is_tool(self, name: str) -> bool:
        """Whether there is a tool of this name, listed or not."""
        return self._found(name) is not None

    def is_read(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Whether the call changes nothing."""
        found = self._found(name)
        if found is None:
            return False
        tool, given = found
        action = {**arguments, **given}.get("action")
        return tool.read_only or (isinstance(action, str) and action in tool.reads)

    def repeatable(self) -> list[str]:
        """Tools that only read, by every name they have."""
        reading = {tool.name for tool in self._tools.values() if tool.read_only}
        return [*sorted(reading), *(name for name, hidden in self._hidden.items() if hidden.tool in reading)]

    async def call(self, name: str, arguments: Mapping[str, Any], context: CallContext) -> ToolOutcome:
        """Check the arguments and do it."""
        found = self._found(name)
        if found is None:
            raise LookupError(name)
        begun = time.perf_counter()
        outcome = await self._call(*found, arguments, context)
        ended = str(outcome.structured.get("code", "error")) if outcome.is_error else "ok"
        self._observe(found[0].name, ended, time.perf_counter() - begun)
        return outcome

    async def _call(
        self, tool: Tool, given: Mapping[str, str], arguments: Mapping[str, Any], context: CallContext
    ) -> ToolOutcome:
        arguments = {**arguments, **given}
        encoder = Encoder(WORDS, "" if context.workspace is None else context.workspace.id)
        spelt: Mapping[str, str] = {}
        try:
            decoded = decode(tool.arguments, tool.names, arguments, WORDS, refuse_unknown=not tool.takes_anything)
            # Operations speak of the task's `id`, whatever the tool calls that argument.
            spelt = {"id": decoded.spelt["task_id"], **decoded.spelt} if "task_id" in decoded.spelt else decoded.spelt
            if context.workspace is None:
                raise WorkspaceRequired
            call = ToolCall(
                workspace=context.workspace,
                actor=Actor(client=context.client[:100], kind=_kind(context.client), session=context.session),
                language=context.language,
                once=_once(tool.name, arguments),
                progress=context.progress,
            )
            outcome = await tool.handler(call, decoded.value)
            return attrs.evolve(outcome, blocks=(*outcome.blocks, *addresses.links(outcome.structured)))
        except StaleRevision as error:
            return _stale(error, context, encoder, spelt)
        except GorevError as error:
            return _failed(error, context.language, encoder, spelt)

    def _found(self, name: str) -> tuple[Tool, Mapping[str, str]] | None:
        """The tool of a name, and the arguments that the name gives."""
        tool = self._tools.get(name) or self._unlisted.get(name)
        if tool is not None:
            return tool, {}
        hidden = self._hidden.get(name)
        meant = None if hidden is None else self._tools.get(hidden.tool)
        return None if hidden is None or meant is None else (meant, hidden.given)

    def failure(self, error: GorevError, language: str) -> ToolOutcome:
        """The outcome of a call that never reached its tool."""
        return _failed(error, language, Encoder(WORDS, ""), {})


def _output_schema(written: str) -> dict[str, Any]:
    """The schema of ``"object"`` or ``"object|null"``; some clients take no list of types."""
    types = [{"type": type_} for type_ in written.split("|")]
    return {"anyOf": types} if len(types) > 1 else types[0]


def _kind(client: str) -> ActorKind:
    return ActorKind.CLI if client == COMMAND_LINE else ActorKind.MCP


def _once(name: str, arguments: Mapping[str, Any]) -> Once | None:
    key = arguments.get("idempotency_key")
    if not isinstance(key, str):
        return None
    asked = encode.canonical([name, {each: arguments[each] for each in arguments if each != "idempotency_key"}])
    return Once(key, hashlib.sha256(asked).hexdigest())


def _failed(error: GorevError, language: str, encoder: Encoder, spelt: Mapping[str, str]) -> ToolOutcome:
    message = errors.message(error, language, WORDS, spelt)
    structured: dict[str, Any] = {"code": error.code, "message": message}
    details = errors.details(error, language, encoder, spelt)
    room = DEFAULT_BUDGET - size(message)
    if size(details) > room:
        details |= _shortened(details, room)
    if details:
        structured["details"] = details
    return ToolOutcome(text=message, structured=structured, is_error=True)


def _shortened(details: Mapping[str, Any], budget: int) -> dict[str, Any]:
    """The beginnings of the lists, and how much is left of each."""
    lists = {name: value for name, value in details.items() if isinstance(value, list)}
    kept = {name: list(beginning(value, budget // len(lists), size)) for name, value in lists.items()}
    return {**kept, "kalan": {name: len(value) - len(kept[name]) for name, value in lists.items()}}


def _stale(error: StaleRevision, context: CallContext, encoder: Encoder, spelt: Mapping[str, str]) -> ToolOutcome:
    """A refusal whose text tells the entity as it is too, so that its reader need not ask again."""
    language, current = context.language, error.details["current"]
    if isinstance(current, TaskView):
        current, left = cut_task(encoder, current, DEFAULT_BUDGET - _MESSAGE_BYTES)
        shown, whole = markdown.task(current, language, context.workspace.today()), None
    elif isinstance(current, ProjectView):
        current, left = cut_project(encoder, current, DEFAULT_BUDGET - _MESSAGE_BYTES)
        shown, whole = markdown.project(current, language), f"gorev://proje/{current.project.id}"
    else:
        return _failed(error, language, encoder, spelt)
    message = errors.message(error, language, WORDS, spelt)
    details: dict[str, Any] = {"current": encoder.entity(current)}
    lines = [message, "", shown, *tell_cut(language, details, left, whole)]
    structured = {"code": error.code, "message": message, "details": details}
    return ToolOutcome(text="\n".join(lines), structured=structured, is_error=True)
