"""Documents to import, read into rows: JSON in its full and short forms, and CSV (``behaviours.md`` §8.4).

Names of either vocabulary are understood, and the aliases of values. Whatever is wrong with single rows is collected
and told at once; nothing of a document is ever quoted in an error, since it may be any file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from gorev.domain.context import Action
from gorev.domain.errors import InvalidFormat
from gorev.domain.exporting import Format
from gorev.domain.identifiers import is_id
from gorev.domain.importing.document import (
    Incoming,
    IncomingContext,
    IncomingInteraction,
    IncomingLink,
    IncomingProject,
    IncomingTag,
    IncomingTask,
    Problems,
)
from gorev.domain.links import NewLink
from gorev.wire.import_rows import Values, fields_of, task_of, template_of
from gorev.wire.json_stream import JsonText, Malformed, text_chunks
from gorev.wire.vocabulary import (
    CONTEXT,
    DOCUMENT,
    INTERACTION,
    LINK_TOOL,
    PROJECT,
    TAG,
    TASK,
    TASK_TAG,
    TEMPLATE,
    Names,
)

# behaviours.md §8.2: the columns, with what else a task's fields are called.
_COLUMNS: Final = {
    "project": "project_name",
    "created": "created_at",
    "updated": "updated_at",
    "duedate": "due_date",
    "parentid": "parent_id",
}
_ESCAPED: Final = re.compile(r"'+[=+\-@\t]")
_NEWER: Final = re.compile(r"([2-9]|\d\d+)(\..*)?")
# The parts of a full document, which must say its version; a short one has tasks only.
_FULL: Final = frozenset({"metadata", "projects", "tags", "task_tags", "links", "templates", "context"})


def read_file(file: BinaryIO, format_: Format) -> Incoming:
    """The document in a file that is open for reading.

    @raise InvalidFormat: it is no such document.
    @raise InvalidValue, ConflictingAlias: rows of it hold what they must not.
    """
    try:
        if format_ is Format.CSV:
            return _read_csv(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        return read_stream(JsonText(text_chunks(file)))
    except UnicodeDecodeError:
        raise InvalidFormat(reason="it is not UTF-8 text") from None
    except Malformed:
        raise InvalidFormat(reason="it is not JSON") from None


def read_stream(stream: JsonText, *, whole: bool = True) -> Incoming:
    """The document that comes next in a JSON text, and with ``whole`` last.

    @raise Malformed: the text is no JSON.
    @raise InvalidFormat, InvalidValue, ConflictingAlias: as `read_file`.
    """
    incoming = _read_document(_members(stream) if stream.peek() == "{" else [("tasks", _elements(stream))])
    if whole:
        stream.end()
    return incoming


def read_data(data: object, format_: Format | None) -> Incoming:
    """A document that came as an argument: an object, a list of tasks, or text.

    @raise InvalidFormat, InvalidValue, ConflictingAlias: as `read_file`.
    """
    if isinstance(data, dict | list):
        return _read_document(data.items() if isinstance(data, dict) else [("tasks", data)])
    if not isinstance(data, str):
        raise InvalidFormat(reason="it is neither an object nor a list nor text")
    data = data.removeprefix("\ufeff")
    if (format_ or format_of(None, data)) is Format.CSV:
        return _read_csv(io.StringIO(data, newline=""))
    try:
        return read_stream(JsonText(iter([data])))
    except Malformed:
        raise InvalidFormat(reason="it is not JSON") from None


def format_of(name: str | None, beginning: str) -> Format:
    """The format of a document, by its file's name, else by how it begins."""
    suffix = "" if name is None else name.lower().rpartition(".")[2]
    if suffix in ("json", "csv"):
        return Format(suffix)
    return Format.JSON if beginning.lstrip(" \t\r\n")[:1] in ("{", "[") else Format.CSV


def _members(stream: JsonText) -> Iterator[tuple[str, object]]:
    for name in stream.members():
        yield name, stream.elements() if stream.peek() == "[" else stream.value()


def _elements(stream: JsonText) -> Iterator[Any]:
    if stream.peek() != "[":
        raise InvalidFormat(reason="it is neither an object nor a list nor text")
    return stream.elements()


def _read_document(members: Iterable[tuple[str, object]]) -> Incoming:
    document = _Document()
    for name, value in members:
        document.take(DOCUMENT.inside(name), value)
    return document.finished()


class _Document:
    """Takes the parts of a document in whatever order they come."""

    def __init__(self) -> None:
        self._incoming = Incoming()
        self._problems = Problems()
        self._values = Values(self._problems)
        self._parts: set[str] = set()
        self._tag_names: dict[str, str] = {}
        self._tags_of: dict[str, tuple[str, ...]] = {}
        self._readers: Mapping[str, Callable[[int, Any], None]] = {
            "projects": self._project,
            "tags": self._tag,
            "tasks": self._task,
            "task_tags": self._task_tag,
            "links": self._link,
            "templates": self._template,
        }

    def take(self, part: str | None, value: object) -> None:
        """One member of the document; one that means nothing is passed over."""
        reader = None if part is None else self._readers.get(part)
        if reader is not None:
            for number, element in enumerate(_listed(value), 1):
                reader(number, element)
        elif part == "context":
            self._context(value)
        elif part == "version":
            self._version(value)
        elif isinstance(value, Iterator):
            for _ in value:
                continue
        if part is not None:
            self._parts.add(part)
            self._incoming.has_templates |= part == "templates"

    def finished(self) -> Incoming:
        """The rows.

        @raise InvalidFormat, InvalidValue: the document as a whole, or rows of it, will not do.
        """
        if "version" not in self._parts and self._parts & _FULL:
            raise InvalidFormat(reason="it does not say its version")
        if not self._parts - {"version"}:
            raise InvalidFormat(reason="it has neither tasks nor projects")
        self._problems.refuse()
        return self._incoming

    def _version(self, value: object) -> None:
        if not isinstance(value, str | int | float) or not str(value).strip():
            raise InvalidFormat(reason="it does not say its version")
        if _NEWER.fullmatch(str(value).strip()):
            raise InvalidFormat(reason="it was written by a newer Gorev")

    def _project(self, number: int, given: object) -> None:
        fields, row, key = self._row(PROJECT, number, given)
        if fields is None:
            return
        values, incoming = self._values, self._incoming
        name = values.checked(row, "name", fields.get("name"), lambda value: incoming.name(row, value))
        definition = values.checked(
            row,
            "definition",
            fields.get("definition") or "",
            lambda value: incoming.description("definition", row, value),
        )
        incoming.projects.append(
            IncomingProject(
                row=row,
                key=key,
                name=name or "",
                definition=definition or "",
                created_at=values.instant(row, "created_at", fields.get("created_at")),
                updated_at=values.instant(row, "updated_at", fields.get("updated_at")),
                is_active=fields.get("is_active") is True,
            )
        )

    def _tag(self, number: int, given: object) -> None:
        fields, row, key = self._row(TAG, number, given)
        name = None if fields is None else self._values.tag(row, fields.get("name"))
        if name is not None:
            self._incoming.tags.append(IncomingTag(key=key, name=name))
            if key is not None:
                self._tag_names[key] = name

    def _task(self, number: int, given: object) -> None:
        fields, row, key = self._row(TASK, number, given)
        if fields is None:
            return
        task = task_of(fields, row, key, self._values, self._incoming, complete="version" in self._parts)
        self._incoming.tasks.append(task)
        if key is not None and isinstance(task.tags, tuple):
            self._tags_of[key] = task.tags

    def _task_tag(self, number: int, given: object) -> None:
        fields = fields_of(TASK_TAG, given) or {}
        row = f"#{number}"
        task = self._values.key(row, "task_id", fields.get("task_id"))
        tag = self._values.key(row, "tag_id", fields.get("tag_id"))
        if task is None or tag is None:
            self._problems.reference("task_tags", row)
        elif self._tag_names.get(tag) not in self._tags_of.get(task, ()):
            self._incoming.tagged.append((task, tag))

    def _link(self, number: int, given: object) -> None:
        fields, row, key = self._row(LINK_TOOL, number, given)
        if fields is None:
            return
        source = self._values.key(row, "source_id", fields.get("source_id"))
        target = self._values.key(row, "target_id", fields.get("target_id"))
        relation = self._values.relation(row, fields.get("relation"))
        if source is None or target is None:
            self._problems.reference("dependencies", row)
        else:
            self._incoming.links.append(IncomingLink(row=row, key=key, link=NewLink.said(source, relation, target)))

    def _template(self, number: int, given: object) -> None:
        fields, row, key = self._row(TEMPLATE, number, given)
        if fields is not None:
            self._incoming.templates.append(template_of(fields, row, key, self._values))

    def _context(self, value: object) -> None:
        if isinstance(value, dict):
            fields = fields_of(CONTEXT, value.get("context") or {}) or {}
            interactions = value.get("interactions")
            keys = (self._values.key("#1", "recent_tasks", each) for each in _listed(fields.get("recent_tasks")))
            session_data = self._values.mapping("#1", "session_data", fields.get("session_data"))
            self._incoming.context = IncomingContext(
                active_task_key=self._values.key("#1", "active_task_id", fields.get("active_task_id")),
                recent_keys=tuple(key for key in keys if key is not None),
                session_data=session_data,
                updated_at=self._values.instant("#1", "last_updated", fields.get("updated_at")),
            )
        else:
            interactions = value
        for number, each in enumerate(_listed(interactions), 1):
            self._interaction(number, each)

    def _interaction(self, number: int, given: object) -> None:
        fields = fields_of(INTERACTION, given)
        row = f"#{number}"
        task = None if fields is None else self._values.key(row, "task_id", fields.get("task_id"))
        if fields is None or task is None:
            self._problems.reference("ai_context", row)
            return
        context = self._values.mapping(row, "context", fields.get("context"))
        time = self._values.instant(row, "timestamp", fields.get("time"))
        session = fields.get("session_id")
        action = fields.get("action")
        self._incoming.interactions.append(
            IncomingInteraction(
                row=row,
                task_key=task,
                action=Action(action) if action in _ACTIONS else None,
                context=context,
                session_id=session if isinstance(session, str) else None,
                time=time or datetime.now(UTC),
            )
        )

    def _row(self, names: Names, number: int, given: object) -> tuple[dict[str, Any] | None, str, str | None]:
        """A row's fields, what it is called in messages, and its key; no fields where it is no object."""
        fields = fields_of(names, given)
        row = f"#{number}"
        if fields is None:
            self._problems.value("data", row, "an object")
            return None, row, None
        key = self._values.key(row, "id", fields.get("id"))
        return fields, key if key is not None and is_id(key) else row, key


_ACTIONS: Final = frozenset(action.value for action in Action)


def _listed(value: object) -> Iterable[Any]:
    if value is None:
        return ()
    if isinstance(value, list | Iterator):
        return value
    raise InvalidFormat(reason="a part of it is no list")


def _read_csv(lines: Iterable[str]) -> Incoming:
    # The module's own limit is 128 KiB, and is for the whole process.
    csv.field_size_limit(2**31 - 1)
    rows = csv.reader(lines, strict=True)
    incoming = Incoming()
    problems = Problems()
    values = Values(problems)
    try:
        columns = _columns(next(rows, []))
        for number, cells in enumerate(rows, 1):
            if any(cells):
                fields = {name: cell for name, cell in zip(columns, map(_unescaped, cells), strict=False) if name}
                incoming.tasks.append(_csv_task(fields, number, values, incoming))
    except csv.Error:
        raise InvalidFormat(reason="it is not CSV as RFC 4180 describes it") from None
    problems.refuse()
    return incoming


def _columns(header: list[str]) -> list[str | None]:
    """The field of each column; none for a column that means nothing."""
    named = [cell.strip().casefold() for cell in header]
    columns = [_COLUMNS.get(name) or TASK.inside(name) for name in named]
    if "title" not in columns:
        raise InvalidFormat(reason="it has no column Title")
    if any(columns.count(name) > 1 for name in columns if name):
        raise InvalidFormat(reason="two of its columns mean the same")
    return columns


def _unescaped(cell: str) -> str:
    return cell[1:] if _ESCAPED.match(cell) else cell


def _csv_task(fields: dict[str, Any], number: int, values: Values, incoming: Incoming) -> IncomingTask:
    row = f"#{number}"
    key = values.key(row, "id", fields.get("id"))
    row = key if key is not None and is_id(key) else row
    if "tags" in fields:
        fields["tags"] = [each for each in fields["tags"].split(";") if each.strip()]
    if fields.get("project_name") == "" and "project_id" not in fields:
        fields["project_id"] = None
    return task_of(fields, row, key, values, incoming, complete=False)
