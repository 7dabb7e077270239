"""What is to be done with a document: what is made, what is changed, what is left."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from gorev.domain.context import ContextRecord
from gorev.domain.importing.document import Entity, Warned
from gorev.domain.links import NewLink
from gorev.domain.project import Project
from gorev.domain.task import Task
from gorev.domain.template import Template
from gorev.domain.values import LinkKind, Tag


class Resolution(enum.Enum):
    """What becomes of a row that the workspace has already."""

    SKIP = "skip"
    OVERWRITE = "overwrite"
    MERGE = "merge"
    PROMPT = "prompt"

    @property
    def changes(self) -> bool:
        """Whether the existing row is changed."""
        return self in (Resolution.OVERWRITE, Resolution.MERGE)


@attrs.frozen(kw_only=True)
class Terms:
    """How the caller wants it. Projects are named by whole ids; ``mapping`` is from a document's to a workspace's."""

    resolution: Resolution = Resolution.SKIP
    replace: bool = False
    preserve_ids: bool = False
    dry_run: bool = False
    mapping: Mapping[str, str] = attrs.Factory(dict)
    project_id: str | None = None


class Present(NamedTuple):
    """A task of the workspace, as far as the plan must know it."""

    title: str
    project_id: str | None
    parent_id: str | None


@attrs.frozen(kw_only=True)
class Existing:
    """What the workspace has that counts: after a replacement, less. All of it oldest first.

    ``former_revs`` are of rows that will be gone: one that comes back with its id goes on from there (rule R2).
    ``links`` are id, source, target and kind; ``templates`` id, alias, name and language.
    """

    projects: Sequence[Project] = ()
    tasks: Mapping[str, Present] = attrs.Factory(dict)
    tags: Sequence[Tag] = ()
    links: Sequence[tuple[str, str, str, LinkKind]] = ()
    templates: Sequence[tuple[str, str | None, str, str]] = ()
    former_revs: Mapping[str, int] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class Conflict:
    """A row that the workspace has already. Names are titles of tasks, names of others."""

    entity: Entity
    existing_id: str
    existing_name: str
    incoming_key: str | None
    incoming_name: str
    resolution: Resolution


@attrs.frozen
class Change:
    """New values of an existing row's fields."""

    id: str
    values: dict[str, Any]


@attrs.define(kw_only=True)
class Plan:
    """Everything that is to be done, in the order in which it is stored."""

    terms: Terms
    replaces_templates: bool = False
    projects: list[Project] = attrs.Factory(list)
    project_changes: list[Change] = attrs.Factory(list)
    active_project_id: str | None = None
    tags: list[Tag] = attrs.Factory(list)
    templates: list[Template] = attrs.Factory(list)
    template_changes: list[Template] = attrs.Factory(list)
    tasks: dict[str, Task] = attrs.Factory(dict)
    task_changes: dict[str, Change] = attrs.Factory(dict)
    links: list[tuple[str, NewLink]] = attrs.Factory(list)
    context: ContextRecord | None = None
    id_map: dict[str, str] = attrs.Factory(dict)
    conflicts: list[Conflict] = attrs.Factory(list)
    warnings: list[Warned] = attrs.Factory(list)
    skipped: int = 0
    total_projects: int = 0
    total_tasks: int = 0
    imported_projects: int = 0
    imported_templates: int = 0
    imported_tasks: int = 0

    def let_go(self) -> None:
        """Forget the tasks one by one; the end of so many at once would keep the interpreter for 0.2 s."""
        while self.tasks:
            self.tasks.popitem()

    def report(self) -> ImportReport:
        """What the caller is told. Ids that a dry run would make are not promised."""
        fresh: set[str] = set()
        if self.terms.dry_run:
            fresh = {*self.tasks, *(each.id for each in self.projects), *(each.id for each in self.tags)}
        return ImportReport(
            dry_run=self.terms.dry_run,
            total_tasks=self.total_tasks,
            total_projects=self.total_projects,
            imported_tasks=self.imported_tasks,
            imported_projects=self.imported_projects,
            imported_tags=len(self.tags),
            imported_templates=self.imported_templates,
            imported_dependencies=len(self.links),
            skipped=self.skipped,
            conflicts=tuple(self.conflicts),
            warnings=tuple(self.warnings),
            id_map={key: id_ for key, id_ in self.id_map.items() if id_ not in fresh},
        )


@attrs.frozen(kw_only=True)
class ImportReport:
    """What came of an import, or would come of it. Changed rows count as imported; ``id_map`` is from a document's ids
    to the workspace's, where those differ.
    """

    dry_run: bool
    total_tasks: int
    total_projects: int
    imported_tasks: int
    imported_projects: int
    imported_tags: int
    imported_templates: int
    imported_dependencies: int
    skipped: int
    conflicts: tuple[Conflict, ...]
    warnings: tuple[Warned, ...]
    id_map: dict[str, str]
