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
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import WORDS, Tool, ToolCall
from gorev.wire import encode, exports, import_report, imports, remarks
from gorev.wire.transfer_arguments import ExportArguments, ImportArguments
from gorev.wire.vocabulary import EXPORT_TOOL, IMPORT_TOOL

# What an inline export may have beside what is said of it.
_INLINE_BYTES: Final = ASKED_BUDGET - 800
# The lists of an import's result share what an answer may cost.
_LIST_BYTES: Final = DEFAULT_BUDGET // 4


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
    structured = import_report.head(report)
    structured["conflicts"] = _beginning(import_report.encoded(each, WORDS) for each in report.conflicts)
    structured["errors"] = []
    structured["warnings"] = _beginning(import_report.caution(each, call.language) for each in report.warnings)
    structured["id_map"] = dict(_beginning(report.id_map.items()))
    left = {
        name: total - len(structured[name])
        for name, total in (
            ("conflicts", len(report.conflicts)),
            ("warnings", len(report.warnings)),
            ("id_map", len(report.id_map)),
        )
        if total > len(structured[name])
    }
    # Each list is told to the same length in words, so that both forms say the same.
    shown = attrs.evolve(
        report,
        conflicts=report.conflicts[: len(structured["conflicts"])],
        warnings=report.warnings[: len(structured["warnings"])],
    )
    lines = [*import_report.lines(shown, call.language)]
    lines += [f"{old} → {new}" for old, new in structured["id_map"].items()]
    if left:
        structured["kalan"] = left
        lines += [
            call.say("{list}: {left} more, which POST /api/import tells in full.", list=name, left=count)
            for name, count in left.items()
        ]
    return ToolOutcome(text="\n".join(lines), structured=structured)


def _beginning(items: Iterable[Any]) -> list[Any]:
    """As many items as their share of the budget lets through."""
    taken: list[Any] = []
    spent = 0
    for item in items:
        spent += len(encode.json(item)) + 1
        if spent > _LIST_BYTES:
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
