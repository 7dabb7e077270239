"""What came of an import, in words and as an object (``behaviours.md`` §8.4 and §8.5).

Some lines hold tokens that programs look for, in every language the same, unless a person reads them at the command
line; the others must not hold those words, which is why no line quotes a title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from gorev.domain.importing.document import Caution, Entity, Warned
from gorev.domain.importing.plan import Conflict, ImportReport, Resolution
from gorev.locale import counts, text
from gorev.wire.encode import Object, json
from gorev.wire.vocabulary import PROJECT, TASK, TEMPLATE, Vocabulary

T = TypeVar("T")

_BATCH: Final = 500
_KEY_CHARACTERS: Final = 60

_CONFLICT: Final = {
    Entity.PROJECT: "conflict: project {id}",
    Entity.TEMPLATE: "conflict: template {id}",
    Entity.TASK: "conflict: task {id}",
}
_CAUTION: Final = {
    Caution.LONG_TITLE: "warning: a long title was taken as it is: {row}",
    Caution.LONG_DESCRIPTION: "warning: a long description was taken as it is: {row}",
    Caution.LONG_NAME: "warning: a long name was taken as it is: {row}",
    Caution.PROJECT_OF_PARENT: "warning: a subtask goes to its parent's project: {row}",
    Caution.MAPPING_UNUSED: "warning: project_mapping names a project that is not in the document: {row}",
    Caution.INTERACTION_LEFT_OUT: "warning: an interaction of no known task or kind was left out: {row}",
    Caution.UNKNOWN_KEY: "warning: this is no parameter, and was ignored: {row}",
}


def lines(report: ImportReport, language: str, *, to_a_person: bool = False) -> Iterator[str]:
    """The message, line by line."""
    if report.dry_run:
        yield text(language, "A trial run: nothing was changed.")
    else:
        yield text(language, "The import is done.")
    yield from _numbers(report, language) if to_a_person else _tokens(report)
    yield text(language, "Tags: {count}", count=report.imported_tags)
    yield text(language, "Templates: {count}", count=report.imported_templates)
    yield text(language, "Dependencies: {count}", count=report.imported_dependencies)
    if report.skipped:
        yield text(language, "skipped: {count}", count=report.skipped)
    if any(each.resolution is Resolution.PROMPT for each in report.conflicts):
        if to_a_person:
            yield text(language, "To be decided by you: import again with --conflicts skip or --conflicts overwrite.")
        else:
            yield text(language, "To be decided by you: call again with skip, overwrite or merge.")
    for conflict in report.conflicts:
        yield text(language, _CONFLICT[conflict.entity], id=conflict.existing_id)
    for warned in report.warnings:
        yield caution(warned, language)


def _tokens(report: ImportReport) -> Iterator[str]:
    tasks, projects = report.imported_tasks, report.imported_projects
    if report.dry_run:
        yield f"toplam {report.total_tasks} görev"
        yield f"toplam {report.total_projects} proje"
        yield f"import edilecek {tasks} görev"
        yield f"import edilecek {projects} proje"
    else:
        yield f"import edildi: {tasks} görev"
        yield f"import edildi: {projects} proje"


def _numbers(report: ImportReport, language: str) -> Iterator[str]:
    there = {"tasks": counts.tasks(report.total_tasks), "projects": counts.projects(report.total_projects)}
    taken = {"tasks": counts.tasks(report.imported_tasks), "projects": counts.projects(report.imported_projects)}
    if report.dry_run:
        yield text(language, "In the file: {tasks}, {projects}", **there)
        yield text(language, "To be imported: {tasks}, {projects}", **taken)
    else:
        yield text(language, "Imported: {tasks}, {projects}", **taken)


def caution(warned: Warned, language: str) -> str:
    """A warning as a sentence."""
    return text(language, _CAUTION[warned.caution], row=warned.row)


def shown_key(key: str) -> str:
    """A name that the caller gave, on a line."""
    clean = " ".join(key.encode("utf-8", "replace").decode().split())
    return clean if len(clean) <= _KEY_CHARACTERS else f"{clean[:_KEY_CHARACTERS]}…"


def written(report: ImportReport, words: Vocabulary, language: str) -> Iterator[bytes]:
    """The result object as JSON, all of it, in pieces, each too short to keep other threads waiting."""
    counts = {"imported_count": report.imported_tasks, "skipped_count": report.skipped}
    yield json(counts | head(report))[:-1]
    yield b',"errors":[],"conflicts":['
    yield from _items([encoded(each, words) for each in batch] for batch in _batches(report.conflicts))
    yield b'],"warnings":['
    yield from _items([caution(each, language) for each in batch] for batch in _batches(report.warnings))
    yield b'],"id_map":{'
    yield from _items(dict(batch) for batch in _batches(list(report.id_map.items())))
    yield b"}}"


def _items(batches: Iterable[list[Any] | dict[str, Any]]) -> Iterator[bytes]:
    """What stands between the brackets of all these, with commas."""
    comma = b""
    for batch in batches:
        yield comma + json(batch)[1:-1]
        comma = b","


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), _BATCH):
        yield items[begin : begin + _BATCH]


def head(report: ImportReport) -> Object:
    """The result object as far as it is numbers."""
    return {
        "success": True,
        "dry_run": report.dry_run,
        "imported_tasks": report.imported_tasks,
        "imported_projects": report.imported_projects,
        "imported_tags": report.imported_tags,
        "imported_templates": report.imported_templates,
        "imported_dependencies": report.imported_dependencies,
        "skipped": report.skipped,
    }


def encoded(conflict: Conflict, words: Vocabulary) -> Object:
    """A conflict: what there is, what came, and what there will be; nothing yet where the user shall decide."""
    name = {
        Entity.PROJECT: PROJECT.out(words)["name"],
        Entity.TEMPLATE: TEMPLATE.out(words)["name"],
        Entity.TASK: TASK.out(words)["title"],
    }[conflict.entity]
    existing: Object = {"id": conflict.existing_id, name: conflict.existing_name}
    incoming: Object = {"id": conflict.incoming_key, name: conflict.incoming_name}
    changed: Object = {"id": conflict.existing_id, name: conflict.incoming_name}
    after = {Resolution.OVERWRITE: changed, Resolution.PROMPT: None}
    return {
        "type": conflict.entity.value,
        "existing": existing,
        "incoming": incoming,
        "resolution": conflict.resolution.value,
        "new_value": after.get(conflict.resolution, existing),
    }
