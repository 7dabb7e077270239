"""What a caller may say of an export or an import, the same over REST and MCP (``mcp-tools.md`` §5.2 and §5.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain import text
from gorev.domain.dates import calendar_date
from gorev.domain.errors import InvalidDate, InvalidValue, NothingGiven
from gorev.domain.exporting import Format, Selection
from gorev.domain.importing.plan import Resolution, Terms
from gorev.wire import kinds
from gorev.wire.kinds import (
    ConflictToken,
    ExportFormat,
    Flag,
    ImportFormat,
    ImportMode,
    Key,
    Object,
    StatusToken,
    Tags,
    Text,
)

_RANGE_ENDS: Final = ("from", "to")


class ExportArguments(msgspec.Struct, kw_only=True):
    """What shall be exported, how, and where to."""

    output_path: Text | UnsetType = UNSET
    format: ExportFormat = "json"
    include_completed: Flag = True
    include_dependencies: Flag = True
    include_templates: Flag = False
    include_ai_context: Flag = False
    include_subtasks: Flag = True
    project_filter: Tags | UnsetType = UNSET
    project_id: Text | UnsetType = UNSET
    status: StatusToken | UnsetType = UNSET
    tag_filter: Tags | UnsetType = UNSET
    date_range: Object | UnsetType = UNSET

    @property
    def form(self) -> Format:
        """The format meant."""
        return Format(self.format)

    def selection(self) -> Selection:
        """What shall be exported.

        @raise InvalidValue, InvalidDate: the range is none.
        """
        begin, end = (None, None) if self.date_range is UNSET else _range(self.date_range)
        projects = [] if self.project_filter is UNSET else [each.strip() for each in self.project_filter]
        if self.project_id:
            projects.append(self.project_id)
        selection = Selection(
            projects=tuple(filter(None, projects)),
            status=None if self.status is UNSET else kinds.status(self.status),
            tags=() if self.tag_filter is UNSET else tuple(filter(None, (each.strip() for each in self.tag_filter))),
            created_from=begin,
            created_to=end,
            completed=self.include_completed,
            subtasks=self.include_subtasks,
            dependencies=self.include_dependencies,
            templates=self.include_templates,
            context=self.include_ai_context,
        )
        selection.span()
        return selection


class ImportArguments(msgspec.Struct, kw_only=True):
    """What shall be imported, and how."""

    file_path: Text | UnsetType = UNSET
    data: Any = UNSET
    format: ImportFormat | UnsetType = UNSET
    import_mode: ImportMode = "merge"
    conflict_resolution: ConflictToken = "skip"
    preserve_ids: Flag = False
    dry_run: Flag = False
    project_mapping: Object | UnsetType = UNSET
    project_id: Text | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET

    @property
    def form(self) -> Format | None:
        """The format meant, if it was said."""
        return None if self.format is UNSET else Format(self.format)

    def path(self, *, has_data: bool) -> str | None:
        """The file to read; none if there is data.

        @raise NothingGiven, InvalidValue: there is neither, or both.
        """
        if has_data:
            if self.file_path:
                raise InvalidValue(field="file_path", value=self.file_path, allowed="either a file or data, not both")
            return None
        if not self.file_path:
            raise NothingGiven(fields=["file_path", "data"])
        return self.file_path

    def terms(self) -> Terms:
        """How it shall be imported.

        @raise InvalidValue: the mapping is not from ids to ids.
        """
        mapping = {} if self.project_mapping is UNSET else self.project_mapping
        for key, value in mapping.items():
            if not isinstance(value, str):
                raise InvalidValue(field="project_mapping", value=key, allowed="an object of ids to ids")
            text.clean("project_mapping", key + value)
        return Terms(
            resolution=Resolution(self.conflict_resolution),
            replace=self.import_mode == "replace",
            preserve_ids=self.preserve_ids,
            dry_run=self.dry_run,
            mapping={_key(key): value for key, value in mapping.items()},
            project_id=self.project_id or None,
        )


def _key(given: str) -> str:
    """A document's id, in the case in which ids of ours are."""
    return given.strip().lower() if len(given.strip()) == 36 else given.strip()


def _range(given: Object) -> tuple[date | datetime | None, date | datetime | None]:
    for key in given:
        if key not in _RANGE_ENDS:
            raise InvalidValue(field="date_range", value=key, allowed=list(_RANGE_ENDS))
    begin, end = (_moment(given.get(key)) for key in _RANGE_ENDS)
    return begin, end


def _moment(given: object) -> date | datetime | None:
    if given is None or given == "":
        return None
    shown = str(given)[:40]
    if isinstance(given, str):
        written = given.strip()
        try:
            if len(written) > len("YYYY-MM-DD"):
                moment = datetime.fromisoformat(written)
                return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            written = ""
        day = calendar_date(written)
        if day is not None:
            return day
    raise InvalidDate(field="date_range", value=shown, allowed="a date as YYYY-MM-DD, or an instant")
