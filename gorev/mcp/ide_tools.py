"""The tool on editors and the extension in them (``mcp-tools.md`` §4.6)."""

from __future__ import annotations

from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.errors import MissingParameter
from gorev.domain.ides import Done, ExtensionResult, ExtensionStatus, FoundIde, Ide, IdeStatus
from gorev.locale import text
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.services.ides.editors import Editors
from gorev.wire import errors, kinds
from gorev.wire.kinds import IdeAction, IdeToken, Text
from gorev.wire.vocabulary import FOUND_IDE, IDE_TOOL

_DONE_TEXT: Final = {
    Done.INSTALLED: "{ide}: {extension} {version} was installed.",
    Done.WAS_INSTALLED: "{ide}: {extension} {version} is installed already.",
    Done.UPDATED: "{ide}: {extension} was updated to {version}.",
    Done.UP_TO_DATE: "{ide}: {extension} {version} is the newest that there is.",
    Done.REMOVED: "{ide}: {extension} was removed.",
    Done.NOT_INSTALLED: "{ide}: {extension} is not installed.",
    Done.FAILED: "{ide}: {reason}.",
}


class IdeArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``ide_manage``."""

    action: IdeAction
    ide: IdeToken | UnsetType = UNSET
    extension_id: Text | UnsetType = UNSET


@attrs.frozen
class IdeTool:
    """The tool's handler."""

    editors: Editors

    async def __call__(self, call: ToolCall, given: IdeArguments) -> ToolOutcome:
        """Find editors, or see to the extension in them."""
        if given.action == "detect":
            return _detected(call, await self.editors.detect())
        ide = None if given.ide in (UNSET, "all") else Ide(given.ide)
        if given.action == "status":
            return _status(call, await self.editors.status(ide))
        if given.ide is UNSET:
            raise MissingParameter(field=IDE_TOOL.out(WORDS)["ide"], allowed=kinds.tokens(IdeToken))
        match given.action:
            case "install":
                results = await self.editors.install(ide)
            case "update":
                results = await self.editors.update(ide)
            case "uninstall":
                extension = None if given.extension_id is UNSET else given.extension_id
                results = await self.editors.uninstall(ide, extension)
        encoded = [_result(call, each) for each in results]
        return ToolOutcome(text="\n".join(each["message"] for each in encoded), structured={"results": encoded})


def _detected(call: ToolCall, found: list[FoundIde]) -> ToolOutcome:
    structured = {"ides": [_encoded(each) for each in found]}
    if not found:
        return ToolOutcome(text=call.say("None of the supported editors was found."), structured=structured)
    lines = [f"# {call.say('Editors')} ({len(found)})"]
    for each in found:
        lines += ["", f"## {each.name} {each.version or ''}".rstrip()]
        lines += [f"- {key}: {value}" for key, value in _encoded(each).items() if key != FOUND_IDE.out(WORDS)["name"]]
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _encoded(found: FoundIde) -> dict[str, Any]:
    names = FOUND_IDE.out(WORDS)
    encoded = {
        names["ide"]: found.ide.value,
        names["name"]: found.name,
        names["executable"]: found.executable,
        names["config_path"]: found.config_path,
        names["extensions_path"]: found.extensions_path,
    }
    return encoded if found.version is None else {**encoded, names["version"]: found.version}


def _status(call: ToolCall, status: ExtensionStatus) -> ToolOutcome:
    ides = []
    lines = [call.say("Extension: {extension}", extension=status.extension)]
    if status.latest is not None:
        lines.append(call.say("Newest version in any editor: {version}", version=status.latest))
    if not status.ides:
        lines.append(call.say("None of the supported editors was found."))
    for each in status.ides:
        message = _told(call, each)
        lines.append(f"- {each.found.name}: {message}")
        encoded: dict[str, Any] = {
            "ide": each.found.ide.value,
            "installed": each.installed is not None,
            "update_available": each.has_update,
            "message": message,
        }
        if each.installed is not None:
            encoded["version"] = each.installed
        ides.append(encoded)
    structured = {"extension": status.extension, "latest_version": status.latest, "ides": ides}
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _told(call: ToolCall, status: IdeStatus) -> str:
    if status.problem is not None:
        return call.say("not known: {reason}", reason=text(call.language, status.problem))
    if status.installed is None:
        return call.say("not installed")
    if status.has_update:
        return call.say("{version} is installed, an update is available", version=status.installed)
    return call.say("{version} is installed", version=status.installed)


def _result(call: ToolCall, result: ExtensionResult) -> dict[str, Any]:
    if result.error is not None:
        message = errors.message(result.error, call.language, WORDS)
    else:
        message = call.say(
            _DONE_TEXT[result.done],
            ide=result.name,
            extension=result.extension,
            version=result.version,
            reason="" if result.reason is None else text(call.language, result.reason),
        )
    encoded: dict[str, Any] = {
        "success": result.success,
        "message": message,
        "extension": result.extension,
        "ide": result.ide.value,
        "version": result.version,
    }
    return encoded if result.error is None else {**encoded, "code": result.error.code}


def tools(editors: Editors) -> tuple[Tool, ...]:
    """The tool, on these editors."""
    return (
        Tool(
            name="ide_manage",
            title="Editors",
            description=(
                "Finds VS Code, Cursor and Windsurf, and installs, updates or removes the Gorev extension through the"
                " editor itself."
            ),
            arguments=IdeArguments,
            names=IDE_TOOL,
            handler=IdeTool(editors),
            output={"ides": "array", "extension": "string", "latest_version": "string|null", "results": "array"},
            hints={"ide": "for all but detect", "extension_id": "for uninstall, if not the Gorev extension"},
            reads=frozenset({"detect", "status"}),
            destructive=True,
            reaches_out=True,
            errors=("missing_parameter", "ide_not_found", "download_failed"),
        ),
    )
