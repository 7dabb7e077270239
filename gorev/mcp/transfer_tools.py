"""The tools that export and import (``mcp-tools.md`` §5.2 and §5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs
import msgspec

from gorev import __version__
from gorev.domain.exporting import Format
from gorev.domain.importing.document import Incoming
from gorev.domain.importing.plan import ImportReport
from gorev.domain.values import ActorKind
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode, exports, import_report, imports, remarks
from gorev.wire.transfer_arguments import ExportArguments, ImportArguments
from gorev.wire.vocabulary import EXPORT_TOOL, IMPORT_TOOL

# What an inline export may have beside what is said of it.
_INLINE_BYTES: Final = ASKED_BUDGET - 800
# The lists of an import's result share what an answer may cost; a program at the command line takes more.
_LIST_BYTES: Final = DEFAULT_BUDGET // 4
_COMMAND_LINE_BYTES: Final = 256 * 1024


async def export(call: ToolCall, given: ExportArguments) -> ToolOutcome:
    """Write a file, or give the document itself if it is short enough."""
    workspace, selection = call.workspace, given.selection()
    document = exports.document(given.form, workspace.id, __version__, indented=bool(given.output_path))
    if given.output_path:
        done = (
            await workspace.exports.to_file(call.actor, selection, given.output_path, document, told=call.told)
        ).value
    else:
        done = (await workspace.exports.inline(call.actor, selection, document, _INLINE_BYTES, told=call.told)).value
    counts = attrs.asdict(done.counts)
    structured: dict[str, Any] = {"path": done.path, "format": given.format, "counts": counts}
    lines = [f"# {call.say('Export')} ({given.format})", remarks.exported(done.counts, call.language)]
    if done.path is not None:
        lines.insert(1, call.say("File: {path}", path=done.path))
    elif done.content is None:
        structured["uyari"] = call.say("It is too long to be shown: give output_path, or choose less.")
        lines.append(structured["uyari"])
    else:
        structured["data"] = _content(given.form, done.content)
        lines += ["", done.content.decode()]
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _content(format_: Format, content: bytes) -> Any:
    return msgspec.json.decode(content) if format_ is Format.JSON else {"content": content.decode()}


async def import_(call: ToolCall, given: ImportArguments) -> ToolOutcome:
    """Import a file or the data given; of a long result, the beginning."""
    data, form, terms = given.data, given.form, given.terms()
    has_data = data is not msgspec.UNSET
    path = given.path(has_data=has_data)
    operations = call.workspace.imports
    if path is not None:

        def read_file(place: Path, file: BinaryIO) -> Incoming:
            return imports.read_file(file, form or imports.format_of(place.name, ""))

        report = (await operations.from_file(call.actor, path, read_file, terms, call.once, told=call.told)).value
    else:

        def load() -> Incoming:
            return imports.read_data(data, form)

        report = (await operations.from_document(call.actor, load, terms, call.once, told=call.told)).value
    return _told(call, report)


def _told(call: ToolCall, report: ImportReport) -> ToolOutcome:
    to_a_person = call.actor.kind is ActorKind.CLI
    budget = _COMMAND_LINE_BYTES if to_a_person else _LIST_BYTES
    totals = {"conflicts": len(report.conflicts), "warnings": len(report.warnings), "id_map": len(report.id_map)}
    given: dict[str, list[Any]] = {
        "conflicts": _beginning((import_report.encoded(each, WORDS) for each in report.conflicts), budget),
        "warnings": _beginning((import_report.caution(each, call.language) for each in report.warnings), budget),
        "id_map": _beginning(report.id_map.items(), budget),
    }
    structured = import_report.head(report) | {"errors": []} | given | {"id_map": dict(given["id_map"])}
    left = {name: total - len(given[name]) for name, total in totals.items() if total > len(given[name])}
    if left:
        structured["kalan"] = left
    # To an assistant each list is told to the same length in words, so that both forms say the same.
    shown = {name: len(_beginning(each, _LIST_BYTES)) for name, each in given.items()}
    told = attrs.evolve(
        report,
        conflicts=report.conflicts[: shown["conflicts"]],
        warnings=report.warnings[: shown["warnings"]],
    )
    lines = [*import_report.lines(told, call.language, to_a_person=to_a_person)]
    lines += [f"{old} → {new}" for old, new in given["id_map"][: shown["id_map"]]]
    for name, total in totals.items():
        more = {"list": name, "left": total - shown[name]}
        if not more["left"]:
            continue
        if to_a_person:
            printed = len(given[name]) - shown[name]
            lines.append(call.say("{list}: {left} more; --json prints {printed} of them.", **more, printed=printed))
        else:
            lines.append(call.say("{list}: {left} more, which POST /api/import tells in full.", **more))
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _beginning(items: Iterable[Any], budget: int) -> list[Any]:
    """As many items as fit into so many bytes."""
    taken: list[Any] = []
    spent = 0
    for item in items:
        spent += len(encode.json(item)) + 1
        if spent > budget:
            break
        taken.append(item)
    return taken


TOOLS: Final = (
    Tool(
        name="gorev_export",
        title="Export",
        description="Writes tasks and projects to a JSON, CSV or Markdown file; without a path it returns them.",
        arguments=ExportArguments,
        names=EXPORT_TOOL,
        handler=export,
        output={"path": "string|null", "format": "string", "counts": "object", "data": "object", "uyari": "string"},
        hints={"output_path": "from the workspace folder, absolute, or ~/…", "date_range": "{from, to}, of creation"},
        errors=("invalid_date", "path_not_allowed", "io_error", "cancelled", "conflict"),
    ),
    Tool(
        name="gorev_import",
        title="Import",
        description="Reads an export, a list of tasks or CSV, from a file or data. dry_run tells what would happen.",
        arguments=ImportArguments,
        names=IMPORT_TOOL,
        handler=import_,
        output={
            **dict.fromkeys(("success", "dry_run"), "boolean"),
            **dict.fromkeys(("imported_tasks", "imported_projects", "imported_tags"), "integer"),
            **dict.fromkeys(("imported_templates", "imported_dependencies", "skipped"), "integer"),
            **dict.fromkeys(("conflicts", "errors", "warnings"), "array"),
            **dict.fromkeys(("id_map", "kalan"), "object"),
        },
        hints={
            "data": "an export object, {tasks: […]}, or text",
            "import_mode": "replace: first deletes all tasks and projects",
            "project_id": "for tasks without one",
        },
        destructive=True,
        idempotent=False,
        errors=(
            "missing_parameter",
            "file_not_found",
            "invalid_format",
            "invalid_reference",
            "path_not_allowed",
            "project_not_found",
            "cancelled",
            "conflict",
        ),
    ),
)
