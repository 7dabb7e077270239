"""Routes on exports and imports (``rest-api.md`` §4.14).

Bodies and answers may be large, so they are read and written on threads; what is left for the reactor is to copy bytes.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs
import msgspec
from msgspec import UNSET, UnsetType
from twisted.internet.threads import deferToThread

from gorev import __version__
from gorev.domain.errors import BadRequest
from gorev.domain.importing.document import Caution, Incoming, Warned
from gorev.domain.importing.plan import ImportReport
from gorev.locale import text
from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import DELETE, OF_PROJECT, POST, Area, Route, said
from gorev.wire import encode, exports, import_report, imports, json_schema, remarks, shapes
from gorev.wire.decode import or_absent
from gorev.wire.json_stream import JsonText, Malformed, text_chunks
from gorev.wire.kinds import Key
from gorev.wire.transfer_arguments import ExportArguments, ImportArguments
from gorev.wire.vocabulary import EXPORT_TOOL, IMPORT_TOOL


class ExportBody(ExportArguments, kw_only=True):
    """An export, with an id by which it can be ended."""

    operation_id: Key | UnsetType = UNSET


class ImportBody(ImportArguments, kw_only=True):
    """An import, with an id by which it can be ended."""

    operation_id: Key | UnsetType = UNSET


_NAMES: Final = {"anyOf": [{"type": "array", "items": json_schema.TEXT}, json_schema.TEXT]}
EXPORT: Final = Fields(
    ExportBody,
    EXPORT_TOOL,
    rules={"project_filter": _NAMES, "tag_filter": _NAMES},
    hints={
        "output_path": "absolute, beginning with ~/, or relative to the workspace; without it the export is answered",
        "date_range": "from and to, by the day of creation",
        "operation_id": "an id made by the caller, by which it can be ended",
    },
)
IMPORT: Final = Fields(
    ImportBody,
    IMPORT_TOOL,
    hints={
        "file_path": "absolute, beginning with ~/, or relative to the workspace",
        "data": "the document itself, instead of a file",
        "project_mapping": "ids of the document to ids of projects here",
        "operation_id": "an id made by the caller, by which it can be ended",
    },
    at_least=(
        {"file_path": {"type": "string", "minLength": 1}},
        {"data": {"type": ["object", "array", "string"]}},
    ),
    without=frozenset({"idempotency_key"}),
)


async def exported(call: Call) -> Reply:
    """Write an export to a file, or send it."""
    body = call.body(EXPORT)
    workspace = await call.workspace()
    selection, operation_id = body.selection(), or_absent(body.operation_id)
    document = exports.document(body.form, workspace.id, __version__, indented=bool(body.output_path))
    if body.output_path:
        answer = await workspace.exports.to_file(call.actor, selection, body.output_path, document, operation_id)
    else:
        answer = await workspace.exports.inline(call.actor, selection, document, operation_id=operation_id)
    done = answer.value
    message = remarks.exported(done.counts, call.language)
    if done.path is None:
        return enveloped(exports.content(body.form, done.content or b""), seq=answer.seq, message=message)
    data = {
        "file_path": done.path,
        "exported_count": done.counts.tasks,
        "counts": attrs.asdict(done.counts),
    }
    return Reply(
        body={"success": True, "message": message, "path": done.path, "data": data},
        seq=answer.seq,
    )


async def imported(call: Call) -> Reply:
    """Import a file, or what the body holds."""
    workspace = await call.workspace()
    content = call.request.content.getvalue() if call.request.content else b""
    read: _Body = await deferToThread(_read_body, content)
    body = call.body(IMPORT, read.given)
    data, form = read.data, body.form
    path = body.path(has_data=data is not None)
    once = call.once_of(lambda: b" ".join((call.request.method, call.request.path, read.digest)))
    operation_id = or_absent(body.operation_id)
    if path is not None:

        def read_file(place: Path, file: BinaryIO) -> Incoming:
            return imports.read_file(file, form or imports.format_of(place.name, ""))

        answer = await workspace.imports.from_file(call.actor, path, read_file, body.terms(), once, operation_id)
    else:

        def load() -> Incoming:
            return data if isinstance(data, Incoming) else imports.read_data(data, form)

        answer = await workspace.imports.from_document(call.actor, load, body.terms(), once, operation_id)
    ignored = tuple(Warned(Caution.UNKNOWN_KEY, import_report.shown_key(key)) for key in call.unknown)
    report = attrs.evolve(answer.value, warnings=(*answer.value.warnings, *ignored))
    written = await deferToThread(_written, report, call)
    return Reply(body=written, seq=answer.seq)


async def cancelled(call: Call) -> Reply:
    """End an operation by its id."""
    call.workspaces.undertakings.cancel(call.path["id"])
    return Reply(body={"success": True, "message": text(call.language, "The operation is being cancelled.")})


@attrs.frozen(kw_only=True)
class _Body:
    """An import's body: its arguments, and its document, as rows where it is JSON."""

    given: dict[str, Any]
    data: Incoming | object | None
    digest: bytes


def _read_body(content: bytes) -> _Body:
    """Read an import's body, the document in it piece by piece.

    @raise BadRequest: it is no JSON object.
    @raise InvalidFormat, InvalidValue, ConflictingAlias: the document in it will not do.
    """
    given: dict[str, Any] = {}
    data: Incoming | object | None = None
    if content.strip():
        stream = JsonText(text_chunks(BytesIO(content)))
        try:
            if stream.peek() != "{":
                raise BadRequest(reason="the body must be a JSON object")
            for name in stream.members():
                if name != "data":
                    given[name] = stream.value()
                elif stream.peek() in "{[":
                    data = imports.read_stream(stream, whole=False)
                else:
                    data = stream.value()
            stream.end()
        except (Malformed, UnicodeDecodeError):
            raise BadRequest(reason="the body is no JSON") from None
    return _Body(given=given, data=data, digest=hashlib.sha256(content).digest())


def _written(report: ImportReport, call: Call) -> dict[str, Any]:
    return {
        "success": True,
        "message": msgspec.Raw(encode.json("\n".join(import_report.lines(report, call.language)))),
        "data": msgspec.Raw(b"".join(import_report.written(report, call.words, call.language))),
    }


_EXPORTED: Final = {
    "type": "object",
    "properties": {"file_path": json_schema.TEXT, "exported_count": json_schema.COUNT, "counts": shapes.EXPORT_COUNTS},
    "required": ["file_path", "exported_count", "counts"],
    "additionalProperties": False,
}
_DOCUMENT: Final = json_schema.noted(
    {"type": "object", "not": {"required": ["exported_count"]}},
    "the document; one that is not JSON as a text under content",
)

ROUTES: Final = (
    Route(
        name="export",
        area=Area.TRANSFER,
        summary="Export to a file, or as the answer",
        methods=POST,
        family_a=("/export",),
        family_b=("/export",),
        handler=exported,
        bodies=(EXPORT,),
        answer=route.enveloped(
            {"message": json_schema.TEXT, "path": json_schema.TEXT, "data": {"anyOf": [_EXPORTED, _DOCUMENT]}}, "path"
        ),
        errors=(
            "invalid_status",
            "invalid_date",
            "path_not_allowed",
            *OF_PROJECT,
            "io_error",
            "conflict",
            "cancelled",
        ),
    ),
    Route(
        name="import",
        area=Area.TRANSFER,
        summary="Import a file, or a document in the body",
        methods=POST,
        family_a=("/import",),
        family_b=("/import",),
        handler=imported,
        bodies=(IMPORT,),
        answer=route.enveloped({"message": json_schema.TEXT, "data": shapes.IMPORT_SHAPE}),
        errors=(
            "missing_parameter",
            "invalid_format",
            "invalid_reference",
            "invalid_status",
            "invalid_priority",
            "invalid_date",
            "path_not_allowed",
            "file_not_found",
            *OF_PROJECT,
            "io_error",
            "conflict",
            "cancelled",
        ),
        repeatable=True,
    ),
    Route(
        name="cancel_operation",
        area=Area.TRANSFER,
        summary="End an export or import that is under way",
        methods=DELETE,
        family_a=("/operations/{id}",),
        family_b=("/operations/{id}",),
        handler=cancelled,
        answer=said(),
        errors=("not_found",),
        of_workspace=False,
    ),
)
