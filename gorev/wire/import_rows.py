"""Single rows of documents to import, and the values in them (``behaviours.md`` §8.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from gorev.domain import text
from gorev.domain.dates import calendar_date
from gorev.domain.errors import ConflictingAlias, InvalidValue
from gorev.domain.identifiers import is_id
from gorev.domain.importing.document import Incoming, IncomingTask, IncomingTemplate, Problems
from gorev.domain.links import Relation
from gorev.domain.template import Field, FieldKind, Template
from gorev.domain.values import UNSET, Priority, Status, Unset
from gorev.wire.encode import json
from gorev.wire.json_stream import JsonText, Malformed
from gorev.wire.vocabulary import FIELD, FIELD_KIND, PRIORITY, RELATION, STATUS, TAG, Names, understood

_LANGUAGES: Final = ("tr", "en")


def fields_of(names: Names, given: object) -> dict[str, Any] | None:
    """The fields of an object by their names inside; keys that mean nothing are passed over.

    @raise ConflictingAlias: two spellings of one field mean different values.
    """
    if not isinstance(given, dict):
        return None
    found: dict[str, Any] = {}
    for spelling, value in given.items():
        name = names.inside(spelling)
        if name is None:
            continue
        if name in found and found[name] != value and _meaning(name, found[name]) != _meaning(name, value):
            raise ConflictingAlias(keys=[next(each for each in given if names.inside(each) == name), spelling])
        found[name] = value
    return found


def _meaning(name: str, value: object) -> object:
    """What is compared of a value, of which there may be several spellings."""
    if not isinstance(value, str):
        return value
    match name:
        case "status":
            return understood(STATUS, value) or value
        case "priority":
            return understood(PRIORITY, value) or value
        case "due_date":
            return calendar_date(value) or value
    return value


def parsed(value: object) -> object:
    """A value that earlier files have as JSON text; text that is none is taken as absent."""
    if not isinstance(value, str):
        return value
    try:
        return JsonText(iter([value])).value()
    except Malformed:
        return None


class Values:
    """Reads single values; what is wrong is noted as a problem, and read as absent."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        # The same few words occur again and again, and so do keys; each is looked at once.
        self._statuses: dict[str, Status | None] = {}
        self._priorities: dict[str, Priority | None] = {}
        self._tags: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def key(self, row: str, field: str, given: object) -> str | None:
        """An id, of whatever form."""
        if given is None or given == "":
            return None
        if isinstance(given, str):
            known = self._keys.get(given)
            if known is not None:
                return known
            key = given.strip()
            lower = key.lower()
            read = lower if is_id(lower) else self.checked(row, field, key, lambda value: text.clean(field, value))
            if read:
                self._keys[given] = read
            return read or None
        if isinstance(given, int) and not isinstance(given, bool):
            return str(given)
        self.problems.value(field, row, "an id")
        return None

    def checked(self, row: str, field: str, given: object, check: Callable[[str], str]) -> str | None:
        """A text that ``check`` lets pass."""
        if isinstance(given, int | float) and not isinstance(given, bool):
            given = str(given)
        if not isinstance(given, str):
            self.problems.value(field, row, "text")
            return None
        try:
            return check(given)
        except InvalidValue as error:
            self.problems.value(field, row, error.details["allowed"], error.details.get("limit"))
            return None

    def status(self, row: str, given: object) -> Status | Unset:
        """A status, or what means one."""
        if given is None or given == "":
            return UNSET
        if isinstance(given, str):
            if given not in self._statuses:
                self._statuses[given] = understood(STATUS, given)
            meant = self._statuses[given]
            if meant is not None:
                return meant
        self.problems.value("status", row, tuple(STATUS.values()))
        return UNSET

    def priority(self, row: str, given: object) -> Priority | Unset:
        """A priority, or what means one."""
        if given is None or given == "":
            return UNSET
        if isinstance(given, str):
            if given not in self._priorities:
                self._priorities[given] = understood(PRIORITY, given)
            meant = self._priorities[given]
            if meant is not None:
                return meant
        self.problems.value("priority", row, tuple(PRIORITY.values()))
        return UNSET

    def relation(self, row: str, given: object) -> Relation:
        """The type of a link (rule D1)."""
        if given is None or given == "":
            return Relation.BLOCKS
        word = text.folded(given.strip()) if isinstance(given, str) else None
        for relation, words in RELATION.items():
            if word in words:
                return relation
        self.problems.value("baglanti_tip", row, tuple(each for words in RELATION.values() for each in words))
        return Relation.BLOCKS

    def due_date(self, row: str, given: object) -> date | None:
        """A calendar date, or an instant of which the date counts."""
        if given is None or given == "":
            return None
        read = calendar_date(given) if isinstance(given, str) else None
        if read is None and not (isinstance(given, str) and not given.strip()):
            self.problems.value("due_date", row, "a date that exists, as YYYY-MM-DD")
        return read

    def instant(self, row: str, field: str, given: object) -> datetime | None:
        """An instant; without an offset it is UTC."""
        if given is None or given == "":
            return None
        try:
            read = datetime.fromisoformat(given) if isinstance(given, str) else None
            if read is not None:
                return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        except (ValueError, OverflowError):
            read = None
        self.problems.value(field, row, "an instant, as RFC 3339 writes it")
        return None

    def mapping(self, row: str, field: str, given: object) -> dict[str, Any]:
        """An object of whatever; empty if it is none."""
        given = parsed(given)
        if not isinstance(given, dict):
            return {}
        try:
            json(given)
        except UnicodeEncodeError:
            self.problems.value(field, row, "text without lone surrogates")
            return {}
        return given

    def tag(self, row: str, given: object) -> str | None:
        """A tag's name."""
        if isinstance(given, dict):
            # Clients write the tag objects they were given.
            given = (fields_of(TAG, given) or {}).get("name")
        if not isinstance(given, str):
            self.problems.value("tags", row, "a list of names, or names separated by commas")
            return None
        if given not in self._tags:
            name = self.checked(row, "tags", given, lambda value: text.tag_names([value])[0])
            if name is None:
                return None
            self._tags[given] = name
        return self._tags[given]

    def tags(self, row: str, given: object, separator: str = ",") -> tuple[str, ...]:
        """Names of tags, each once."""
        if isinstance(given, str):
            given = [each for each in given.split(separator) if each.strip()]
        if not isinstance(given, list):
            self.problems.value("tags", row, "a list of names, or names separated by commas")
            return ()
        names: dict[str, str] = {}
        for each in given:
            name = self.tag(row, each)
            if name is not None:
                names.setdefault(text.caseless(name), name)
        return tuple(names.values())


def task_of(
    fields: Mapping[str, Any], row: str, key: str | None, values: Values, incoming: Incoming, *, complete: bool
) -> IncomingTask:
    """A task by its fields. In a ``complete`` document what is missing is empty, elsewhere it was not said."""
    missing = None if complete else UNSET

    def given(name: str) -> Any:
        return fields.get(name, missing)

    title = values.checked(row, "title", fields.get("title"), lambda value: incoming.title(row, value))
    description = given("description")
    if description is not UNSET:
        description = values.checked(
            row, "description", description or "", lambda value: incoming.description("description", row, value)
        )
    project, parent, due, tags = given("project_id"), given("parent_id"), given("due_date"), given("tags")
    name = None
    if fields.get("project_name") and not isinstance(project, str | int):
        name = values.checked(row, "project_name", fields["project_name"], lambda value: incoming.name(row, value))
        project = UNSET
    return IncomingTask(
        row=row,
        key=key,
        title=title or "",
        description=UNSET if description is None else description,
        status=values.status(row, fields.get("status")),
        priority=values.priority(row, fields.get("priority")),
        project_key=UNSET if project is UNSET else values.key(row, "project_id", project),
        project_name=name,
        parent_key=UNSET if parent is UNSET else values.key(row, "parent_id", parent),
        due_date=UNSET if due is UNSET else values.due_date(row, due),
        tags=UNSET if tags is UNSET else values.tags(row, tags or []),
        created_at=values.instant(row, "created_at", fields.get("created_at")),
        updated_at=values.instant(row, "updated_at", fields.get("updated_at")),
    )


def template_of(fields: Mapping[str, Any], row: str, key: str | None, values: Values) -> IncomingTemplate:
    """A template by its fields."""

    def line(name: str) -> str:
        return values.checked(row, name, fields.get(name) or "", lambda value: text.clean(name, value)) or ""

    alias = line("alias").strip()
    language = str(fields.get("language") or _LANGUAGES[0])[:2].lower()
    if language not in _LANGUAGES:
        values.problems.value("language_code", row, _LANGUAGES)
    samples = parsed(fields.get("sample_values"))
    if not isinstance(samples, dict):
        samples = None
    template = Template(
        id=key or "",
        name=values.checked(row, "name", fields.get("name"), lambda value: text.filled("name", value)) or "",
        definition=line("definition"),
        alias=alias or None,
        default_title=line("default_title"),
        description_template=line("description_template"),
        fields=tuple(_template_fields(fields.get("fields"), row, values)),
        sample_values=None
        if samples is None
        else {str(name): str(value) for name, value in values.mapping(row, "sample_values", samples).items()},
        category=line("category"),
        active=fields.get("active") not in (False, 0, "0", "false"),
        language=language,
        base_id=line("base_id") or None,
    )
    return IncomingTemplate(row=row, key=key, template=template)


def _template_fields(given: object, row: str, values: Values) -> list[Field]:
    given = parsed(given)
    fields = []
    for each in given if isinstance(given, list) else ():
        found = fields_of(FIELD, values.mapping(row, "fields", each)) or {}
        kind = understood(FIELD_KIND, str(found.get("kind") or "text"))
        name = values.checked(row, "name", found.get("name"), lambda value: text.filled("fields", value))
        options = parsed(found.get("options"))
        if kind is None:
            values.problems.value("fields", row, tuple(FIELD_KIND.values()))
        fields.append(
            Field(
                name=name or "",
                kind=kind or FieldKind.TEXT,
                required=found.get("required") in (True, 1, "true"),
                default=str(found.get("default") or ""),
                options=tuple(map(str, options)) if isinstance(options, list) else (),
                description=str(found.get("description") or ""),
            )
        )
    return fields
