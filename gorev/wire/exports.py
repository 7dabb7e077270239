"""Exports as documents: JSON, CSV and Markdown (``behaviours.md`` §8.1 to §8.3).

Each writer yields the document in pieces, as the export is read, so that it is never whole in memory here. Documents
are in Turkish names, whoever asks, and in no language: neither keys nor columns are translated.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from gorev.domain.context import ContextRecord, Interaction
from gorev.domain.exporting import Document, Export, ExportedLink, Format
from gorev.domain.task import TaskView
from gorev.domain.values import Priority, Status
from gorev.wire.encode import Encoder, Object, instant, json, tag
from gorev.wire.vocabulary import CONTEXT, INTERACTION, LINK, LINK_KIND, PRIORITY, STATUS, Vocabulary

WORDS: Final = Vocabulary.TURKISH
VERSION: Final = "1.0"
_EXTENSIONS: Final = {
    Format.JSON: (".json",),
    Format.CSV: (".csv",),
    Format.MARKDOWN: (".md", ".markdown"),
}
COLUMNS: Final = (
    "ID",
    "Title",
    "Description",
    "Status",
    "Priority",
    "Project",
    "Created",
    "Updated",
    "Tags",
    "DueDate",
    "ParentID",
)
MARKDOWN_HEAD: Final = f"<!-- gorev export {VERSION} -->"

# What a spreadsheet would take for a formula; quotes before it are doubled, so that reading back takes away one only.
_FORMULA: Final = re.compile(r"'*[=+\-@\t]")
_BOX: Final = {Status.PENDING: " ", Status.IN_PROGRESS: " ", Status.COMPLETED: "x", Status.CANCELLED: "-"}
_MARK: Final = {Priority.HIGH: "🔴", Priority.MEDIUM: "🟡", Priority.LOW: "🟢"}

# How the beginning of a file looks that an export may replace.
_OWN: Final = {
    Format.JSON: re.compile(rb'\s*\{\s*"version"\s*:\s*"[^"\n]{1,40}"\s*,\s*"metadata"\s*:\s*\{\s*"export_date"'),
    Format.CSV: re.compile(rb"(?:\xef\xbb\xbf)?ID,Title,Description,Status,Priority,Project,Created,Updated,Tags"),
    Format.MARKDOWN: re.compile(rb"<!-- gorev export "),
}


def document(format_: Format, workspace_id: str, version: str, *, indented: bool) -> Document:
    """A format of documents. ``version`` is this program's; ``indented`` says whether people will read the JSON."""
    encoder = Encoder(WORDS, workspace_id)
    own = _OWN[format_]
    write = {
        Format.JSON: lambda export: _json_document(export, encoder, version, indented),
        Format.CSV: _csv_document,
        Format.MARKDOWN: _markdown_document,
    }[format_]
    return Document(
        write=write, extensions=_EXTENSIONS[format_], is_own=lambda beginning: own.match(beginning) is not None
    )


def _json_document(export: Export, encoder: Encoder, version: str, indented: bool) -> Iterator[bytes]:
    layout = _Indented() if indented else _Compact()
    yield layout.open
    yield layout.field("version", VERSION, first=True)
    yield layout.field("metadata", _metadata(export, version))
    yield layout.field("projects", [encoder.project(view) for view in export.projects])
    yield from layout.array("tasks", ([encoder.task(view) for view in batch] for batch in export.tasks))
    yield layout.field("tags", [tag(each, WORDS) for each in export.tags])
    pairs = ([{"task_id": task, "tag_id": tag_} for task, tag_ in batch] for batch in export.task_tags)
    yield from layout.array("task_tags", pairs)
    yield from layout.array("dependencies", (_links(batch) for batch in export.links))
    if export.templates is not None:
        yield layout.field("templates", [encoder.template(each) for each in export.templates])
    if export.context is not None:
        yield layout.field("ai_context", _context(export.context))
    yield layout.close


class _Compact:
    """JSON on one line."""

    open, close = b"{", b"}"

    def field(self, name: str, value: object, *, first: bool = False) -> bytes:
        """A member of the document."""
        return (b"" if first else b",") + json(name) + b":" + json(value)

    def array(self, name: str, batches: Iterable[Sequence[Object]]) -> Iterator[bytes]:
        """A member that is a long array."""
        yield b"," + json(name) + b":["
        comma = b""
        for batch in filter(None, batches):
            yield comma + json(batch)[1:-1]
            comma = b","
        yield b"]"


class _Indented:
    """JSON for people, indented by two spaces."""

    open, close = b"{", b"\n}\n"

    def field(self, name: str, value: object, *, first: bool = False) -> bytes:
        """A member of the document."""
        return (b"" if first else b",") + b"\n  " + json(name) + b": " + _deeper(value)

    def array(self, name: str, batches: Iterable[Sequence[Object]]) -> Iterator[bytes]:
        """A member that is a long array."""
        yield b",\n  " + json(name) + b": ["
        comma = b""
        for batch in filter(None, batches):
            # Without the brackets: "[" before the first line, "\n  ]" after the last one.
            yield comma + _deeper(batch)[1:-4]
            comma = b","
        yield b"\n  ]" if comma else b"]"


def _deeper(value: object) -> bytes:
    # A line break in JSON is always layout: within strings it is escaped.
    return msgspec.json.format(json(value), indent=2).replace(b"\n", b"\n  ")


def _metadata(export: Export, version: str) -> Object:
    return {
        "export_date": instant(export.time),
        "gorev_version": version,
        "database_version": str(export.schema_version),
        "total_tasks": export.counts.tasks,
        "total_projects": export.counts.projects,
        "exported_by": export.exported_by,
        "description": export.description,
    }


def _links(links: Sequence[ExportedLink]) -> list[Object]:
    names = LINK.out(WORDS)
    return [
        {
            names["id"]: link.id,
            names["source_id"]: link.source_id,
            names["target_id"]: link.target_id,
            names["kind"]: LINK_KIND[link.kind],
        }
        for link in links
    ]


def _context(record: ContextRecord) -> Object:
    names = CONTEXT.out(WORDS)
    context: Object = {
        names["recent_tasks"]: list(record.recent_tasks),
        names["session_data"]: record.session_data,
    }
    if record.active_task_id is not None:
        context[names["active_task_id"]] = record.active_task_id
    if record.updated_at is not None:
        context[names["updated_at"]] = instant(record.updated_at)
    return {"context": context, "interactions": [_interaction(each) for each in record.interactions]}


def _interaction(each: Interaction) -> Object:
    names = INTERACTION.out(WORDS)
    encoded: Object = {
        names["task_id"]: each.task_id,
        names["action"]: each.action.value,
        names["context"]: each.context,
        names["time"]: instant(each.time),
    }
    if each.session_id is not None:
        encoded[names["session_id"]] = each.session_id
    return encoded


def _csv_document(export: Export) -> Iterator[bytes]:
    yield _csv_rows([COLUMNS])
    for batch in export.tasks:
        yield _csv_rows([_csv_row(view) for view in batch])


def _csv_rows(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _csv_row(view: TaskView) -> list[str]:
    task = view.task
    cells = (
        task.id,
        task.title,
        task.description,
        STATUS[task.status],
        PRIORITY[task.priority],
        view.project_name or "",
        instant(task.created_at),
        instant(task.updated_at),
        ";".join(each.name for each in task.tags),
        "" if task.due_date is None else task.due_date.isoformat(),
        task.parent_id or "",
    )
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells]


def _markdown_document(export: Export) -> Iterator[bytes]:
    yield f"{MARKDOWN_HEAD}\n\n# {_one_line(export.description)}\n".encode()
    titles: dict[str | None, str] = {view.project.id: view.project.name for view in export.projects}
    told: set[str | None] = set()
    for batch in export.tasks:
        lines: list[str] = []
        for view in batch:
            if view.task.project_id not in told:
                told.add(view.task.project_id)
                lines += ["", f"## {_one_line(titles.get(view.task.project_id, '—'))}", ""]
            lines.append(_markdown_line(view))
        yield "".join(f"{line}\n" for line in lines).encode()
    left = [view.project.name for view in export.projects if view.project.id not in told]
    yield "".join(f"\n## {_one_line(name)}\n" for name in left).encode()


def _markdown_line(view: TaskView) -> str:
    task = view.task
    parts = [f"{'  ' * view.level}- [{_BOX[task.status]}] {_one_line(task.title)}"]
    parts.append(f"{_MARK[task.priority]} {PRIORITY[task.priority]}")
    if task.due_date is not None:
        parts.append(f"📅 {task.due_date.isoformat()}")
    if task.tags:
        parts.append("🏷 " + ", ".join(each.name for each in task.tags))
    parts.append(f"ID:{task.id}")
    return " | ".join(parts)


def _one_line(value: str) -> str:
    return " ".join(value.split())


def content(format_: Format, document: bytes) -> Any:
    """A whole document as a value to send: JSON as it is, the others as text in an object."""
    if format_ is Format.JSON:
        return msgspec.Raw(document)
    return {"content": document.decode()}
