"""How a document is taken into a workspace: what is made, what is changed, what is left (``behaviours.md`` §8.4).

The plan is made of the document and of what is there, and decides everything; a dry run stops here. It is either whole
or not made at all.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import attrs

from gorev.domain.context import ContextRecord, Interaction
from gorev.domain.forest import Lineage, circle_above, on_circles, parents_first
from gorev.domain.identifiers import is_id, new_id
from gorev.domain.incoming import Caution, Entity, Incoming, IncomingProject, IncomingTask, Problems, Warned
from gorev.domain.links import NewLink
from gorev.domain.project import Project
from gorev.domain.task import Task
from gorev.domain.template import Template
from gorev.domain.text import caseless
from gorev.domain.values import UNSET, LinkKind, Priority, Status, Tag, Unset

CHECK_EVERY: Final = 500


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


def plan(
    incoming: Incoming, existing: Existing, terms: Terms, now: datetime, check: Callable[[], None] = lambda: None
) -> Plan:
    """The plan for a document. ``check`` is called now and then, and may raise to end the work.

    @raise InvalidReference, InvalidValue: rows refer to nothing or in a circle, or their ids will not do.
    """
    planner = _Planner(incoming, existing, terms, now, check)
    planner.place_projects()
    planner.place_tags()
    planner.place_templates()
    planner.place_tasks()
    planner.place_links()
    planner.place_context()
    return planner.finished()


class _Planner:
    def __init__(
        self, incoming: Incoming, existing: Existing, terms: Terms, now: datetime, check: Callable[[], None]
    ) -> None:
        self._incoming = incoming
        self._existing = existing
        self._terms = terms
        self._now = now
        self._check = check
        self._problems = Problems()
        self._plan = Plan(
            terms=terms,
            replaces_templates=terms.replace and incoming.has_templates,
            warnings=list(incoming.warnings),
            total_tasks=len(incoming.tasks),
        )
        self._numbered = 0
        # From what the document calls a row to what the workspace does.
        self._project_ids: dict[str, str] = {}
        self._project_names: dict[str, str] = {}
        self._tag_names: dict[str, str] = {}
        self._tags = {caseless(tag.name): tag for tag in existing.tags}
        self._task_ids: list[str] = []
        self._places: dict[str, int] = {}
        # The project and the parent of every task that the plan moves or makes.
        self._project_of: dict[str, str | None] = {}
        self._parent_of: dict[str, str | None] = {}

    def finished(self) -> Plan:
        """The plan.

        @raise InvalidReference, InvalidValue: there was a problem.
        """
        self._problems.refuse()
        return self._plan

    # Projects

    def place_projects(self) -> None:
        """Settle which project each of the document's is, or will be."""
        plan, terms = self._plan, self._terms
        by_id = {project.id: project for project in self._existing.projects}
        by_name: dict[str, list[Project]] = {}
        keys = {project.key for project in self._incoming.projects}
        for project in self._existing.projects:
            self._project_names.setdefault(project.name, project.id)
            if project.id not in keys:
                by_name.setdefault(project.name, []).append(project)
        self._project_ids = {id_: id_ for id_ in by_id} | dict(terms.mapping)
        unused = set(terms.mapping) - {task.project_key for task in self._incoming.tasks if task.project_key}
        seen: set[str] = set()
        named: dict[str, str] = {}
        for incoming in self._incoming.projects:
            key = incoming.key
            if key is not None and key in seen:
                self._problems.value("id", incoming.row, "ids that occur once")
            seen.add(key or "")
            if key is not None and key in terms.mapping:
                unused.discard(key)
                self._map(key, terms.mapping[key])
                continue
            match = by_id.get(key or "") or next(iter(by_name.get(incoming.name, ())), None)
            if match is not None and match.id != key:
                by_name[incoming.name].pop(0)
            id_ = self._project(incoming, match)
            if key is not None:
                self._project_ids[key] = id_
                self._map(key, id_)
            named.setdefault(incoming.name, id_)
            if incoming.is_active and (terms.replace or not (self._existing.projects or self._existing.tasks)):
                plan.active_project_id = id_
        self._project_names |= named
        plan.total_projects = len(self._incoming.projects)
        plan.warnings += [Warned(Caution.MAPPING_UNUSED, key if is_id(key) else "?") for key in sorted(unused)]

    def _project(self, incoming: IncomingProject, match: Project | None) -> str:
        values = {"name": incoming.name, "definition": incoming.definition}
        if match is None:
            self._plan.imported_projects += 1
            return self._new_project(incoming)
        if self._conflict(Entity.PROJECT, match.id, match.name, incoming.key, incoming.name):
            self._plan.imported_projects += 1
            if self._terms.resolution is Resolution.MERGE:
                values = {} if match.definition else {"definition": incoming.definition}
            self._plan.project_changes.append(Change(match.id, _said(values)))
        return match.id

    def _new_project(self, incoming: IncomingProject) -> str:
        id_ = self._own_id(incoming.row, incoming.key)
        created = incoming.created_at or self._moment()
        self._plan.projects.append(
            Project(
                id=id_,
                name=incoming.name,
                definition="" if isinstance(incoming.definition, Unset) else incoming.definition,
                created_at=created,
                updated_at=max(created, incoming.updated_at or created),
                rev=self._existing.former_revs.get(id_, 0) + 1,
            )
        )
        return id_

    def _named_project(self, row: str, name: str) -> str:
        """The project that tasks call by its name; made if there is none."""
        if name not in self._project_names:
            self._plan.imported_projects += 1
            self._plan.total_projects += 1
            self._project_names[name] = self._new_project(IncomingProject(row=row, key=None, name=name))
        return self._project_names[name]

    # Tags

    def place_tags(self) -> None:
        """Settle the tags; those of a name that there is are that one, whatever their ids."""
        taken = {tag.id for tag in self._existing.tags}
        for tag in self._existing.tags:
            self._tag_names[tag.id] = tag.name
        for incoming in self._incoming.tags:
            free = incoming.key is not None and is_id(incoming.key) and incoming.key not in taken
            tag = self._tag(incoming.name, incoming.key if free and self._terms.preserve_ids else None)
            if incoming.key is not None:
                taken.add(incoming.key)
                self._tag_names[incoming.key] = incoming.name
                self._map(incoming.key, tag.id)

    def _tag(self, name: str, id_: str | None = None) -> Tag:
        key = caseless(name)
        if key not in self._tags:
            self._tags[key] = Tag(id=id_ or new_id(), name=name)
            self._plan.tags.append(self._tags[key])
        return self._tags[key]

    # Templates

    def place_templates(self) -> None:
        """Settle the templates: one of the same alias and language is the same, or of the same name and language."""
        taken = {id_ for id_, *_ in self._existing.templates}
        known: dict[tuple[str, str, str], tuple[str, str]] = {}
        for id_, alias, name, language in self._existing.templates:
            known["name", name, language] = id_, name
            if alias is not None:
                known["alias", alias, language] = id_, name
        for incoming in self._incoming.templates:
            template = incoming.template
            by_name = ("name", template.name, template.language)
            by_alias = ("alias", template.alias or "", template.language)
            match = known.get(by_alias) or known.get(by_name)
            if match is not None and known.get(by_name, match) != match:
                self._problems.value("templates", incoming.row, "a name and an alias of one template")
            if match is None:
                free = incoming.key is not None and is_id(incoming.key) and incoming.key not in taken
                id_ = incoming.key if incoming.key is not None and free and self._terms.preserve_ids else new_id()
                taken.add(id_)
                known[by_name] = id_, template.name
                if template.alias is not None:
                    known[by_alias] = id_, template.name
                self._plan.imported_templates += 1
                self._plan.templates.append(attrs.evolve(template, id=id_))
            elif self._conflict(Entity.TEMPLATE, match[0], match[1], incoming.key, template.name):
                self._plan.imported_templates += 1
                self._plan.template_changes.append(attrs.evolve(template, id=match[0]))

    # Tasks

    def place_tasks(self) -> None:
        """Settle which task each of the document's is, or will be, parents before children."""
        tasks, problems = self._incoming.tasks, self._problems
        self._task_ids = [""] * len(tasks)
        for place, task in enumerate(tasks):
            if task.key is not None and self._places.setdefault(task.key, place) != place:
                problems.value("id", task.row, "ids that occur once")
        order, circles = parents_first([self._parent_place(task) for task in tasks])
        for place in circles:
            problems.reference("parent_id", tasks[place].row)
        extra = self._assigned()
        same = self._by_place_and_title()
        for number, place in enumerate(order):
            if number % CHECK_EVERY == 0:
                self._check()
            task = tasks[place]
            parent_id = self._parent(task)
            project_id = self._project_for(task, parent_id)
            match = task.key if task.key in self._existing.tasks else None
            if match is None and (parent_id is None or parent_id in self._existing.tasks):
                waiting = same.get((task.title, project_id, parent_id))
                match = waiting.pop(0) if waiting else None
            if match is None:
                self._task_ids[place] = self._new_task(task, place, parent_id, project_id, extra.get(place, ()))
            else:
                self._task_ids[place] = match
                self._meet(task, match, parent_id, project_id, extra.get(place, ()))
            if task.key is not None:
                self._map(task.key, self._task_ids[place])
        if not circles:
            self._carry_projects_down()
            moved = [id_ for id_, change in self._plan.task_changes.items() if "parent_id" in change.values]
            circle = circle_above(self._every_parent(), moved) if moved else []
            for id_ in circle:
                problems.reference("parent_id", id_)

    def _parent_place(self, task: IncomingTask) -> int | None:
        if not isinstance(task.parent_key, str):
            return None
        place = self._places.get(task.parent_key)
        if place is None and task.parent_key not in self._existing.tasks:
            self._problems.reference("parent_id", task.row)
        return place

    def _assigned(self) -> dict[int, list[str]]:
        """Names of tags that the document assigns apart from the tasks."""
        found: dict[int, list[str]] = {}
        for task_key, tag_key in self._incoming.tagged:
            place, name = self._places.get(task_key), self._tag_names.get(tag_key)
            if place is None or name is None:
                self._problems.reference("task_tags", task_key if is_id(task_key) else tag_key)
            else:
                found.setdefault(place, []).append(name)
        return found

    def _by_place_and_title(self) -> dict[tuple[str, str | None, str | None], list[str]]:
        """Existing tasks that no row has by its id, by title, project and parent."""
        found: dict[tuple[str, str | None, str | None], list[str]] = {}
        for id_, present in self._existing.tasks.items():
            if id_ not in self._places:
                found.setdefault((present.title, present.project_id, present.parent_id), []).append(id_)
        return found

    def _parent(self, task: IncomingTask) -> str | None:
        if not isinstance(task.parent_key, str):
            return None
        place = self._places.get(task.parent_key)
        return task.parent_key if place is None else self._task_ids[place]

    def _project_for(self, task: IncomingTask, parent_id: str | None) -> str | None:
        """The project of a task that is new: its parent's, else its own, else the one for tasks that have none."""
        own = self._own_project(task)
        if parent_id is None:
            return own or self._terms.project_id
        of_parent = self._project_now(parent_id)
        if own is not None and own != of_parent:
            self._plan.warnings.append(Warned(Caution.PROJECT_OF_PARENT, task.row))
        return of_parent

    def _own_project(self, task: IncomingTask) -> str | None:
        if isinstance(task.project_key, str):
            known = self._project_ids.get(task.project_key)
            if known is None:
                self._problems.reference("project_id", task.row)
            return known
        if isinstance(task.project_key, Unset) and task.project_name is not None:
            return self._named_project(task.row, task.project_name)
        return None

    def _project_now(self, task_id: str) -> str | None:
        if task_id in self._project_of:
            return self._project_of[task_id]
        present = self._existing.tasks.get(task_id)
        return None if present is None else present.project_id

    def _new_task(
        self, incoming: IncomingTask, place: int, parent_id: str | None, project_id: str | None, extra: Sequence[str]
    ) -> str:
        id_ = self._own_id(incoming.row, incoming.key)
        created = incoming.created_at or self._moment()
        self._project_of[id_] = project_id
        self._parent_of[id_] = parent_id
        self._plan.imported_tasks += 1
        self._plan.tasks[id_] = Task(
            id=id_,
            title=incoming.title,
            description="" if isinstance(incoming.description, Unset) else incoming.description,
            status=Status.PENDING if isinstance(incoming.status, Unset) else incoming.status,
            priority=Priority.MEDIUM if isinstance(incoming.priority, Unset) else incoming.priority,
            project_id=project_id,
            parent_id=parent_id,
            due_date=None if isinstance(incoming.due_date, Unset) else incoming.due_date,
            tags=self._tags_of(incoming, extra),
            created_at=created,
            updated_at=max(created, incoming.updated_at or created),
            rev=self._existing.former_revs.get(id_, 0) + 1,
        )
        return id_

    def _tags_of(self, incoming: IncomingTask, extra: Sequence[str]) -> tuple[Tag, ...]:
        names = () if isinstance(incoming.tags, Unset) else incoming.tags
        if not extra:
            return tuple(map(self._tag, names))
        return tuple({tag.id: tag for tag in map(self._tag, (*names, *extra))}.values())

    def _meet(
        self, incoming: IncomingTask, id_: str, parent_id: str | None, project_id: str | None, extra: Sequence[str]
    ) -> None:
        """A task of the document that the workspace has."""
        present = self._existing.tasks[id_]
        if not self._conflict(Entity.TASK, id_, present.title, incoming.key, incoming.title):
            return
        self._plan.imported_tasks += 1
        values: dict[str, Any] = _said(
            {
                "description": incoming.description,
                "due_date": incoming.due_date,
                "tags": UNSET if isinstance(incoming.tags, Unset) and not extra else self._tags_of(incoming, extra),
            }
        )
        if self._terms.resolution is Resolution.MERGE:
            if present.project_id is None and present.parent_id is None and parent_id is None and project_id:
                values["project_id"] = self._project_of[id_] = project_id
        else:
            values |= _said({"title": incoming.title, "status": incoming.status, "priority": incoming.priority})
            values |= self._new_place(incoming, id_, present, parent_id, project_id)
        self._plan.task_changes[id_] = Change(id_, values)

    def _new_place(
        self, incoming: IncomingTask, id_: str, present: Present, parent_id: str | None, project_id: str | None
    ) -> dict[str, str | None]:
        place: dict[str, str | None] = {}
        stays = isinstance(incoming.parent_key, Unset)
        if not stays:
            self._parent_of[id_] = parent_id
            if parent_id != present.parent_id:
                place["parent_id"] = parent_id
        below = present.parent_id if stays else parent_id
        if below is not None:
            project_id = self._project_now(below)
        elif isinstance(incoming.project_key, Unset) and incoming.project_name is None:
            project_id = present.project_id
        self._project_of[id_] = project_id
        if project_id != present.project_id:
            place["project_id"] = project_id
        return place

    def _carry_projects_down(self) -> None:
        """What is below a task whose project changes goes along (``data-model.md`` §9)."""
        changing = [id_ for id_, change in self._plan.task_changes.items() if "project_id" in change.values]
        if not changing:
            return
        children: dict[str, list[str]] = {}
        for id_, parent in self._every_parent().items():
            if parent is not None:
                children.setdefault(parent, []).append(id_)
        while changing:
            above = changing.pop()
            project_id = self._project_now(above)
            for id_ in children.get(above, ()):
                if self._project_now(id_) == project_id:
                    continue
                self._project_of[id_] = project_id
                if id_ in self._plan.tasks:
                    self._plan.tasks[id_] = attrs.evolve(self._plan.tasks[id_], project_id=project_id)
                else:
                    change = self._plan.task_changes.setdefault(id_, Change(id_, {}))
                    change.values["project_id"] = project_id
                changing.append(id_)

    def _every_parent(self) -> dict[str, str | None]:
        """The parent of every task there will be."""
        return {id_: present.parent_id for id_, present in self._existing.tasks.items()} | self._parent_of

    # Links

    def place_links(self) -> None:
        """Settle the links, and whether all of them together, with where tasks now stand, make sense."""
        taken = {id_ for id_, *_ in self._existing.links}
        joined = {(*sorted((source, target)), kind) for _, source, target, kind in self._existing.links}
        moved = any("parent_id" in change.values for change in self._plan.task_changes.values())
        rows: dict[tuple[str, str], str] = {}
        for incoming in self._incoming.links:
            source, target = self._end(incoming.link.source_id), self._end(incoming.link.target_id)
            if source is None or target is None or source == target:
                self._problems.reference("dependencies", incoming.row)
                continue
            pair = (*sorted((source, target)), incoming.link.kind)
            if pair in joined:
                continue
            joined.add(pair)
            free = incoming.key is not None and is_id(incoming.key) and incoming.key not in taken
            id_ = incoming.key if incoming.key is not None and free and self._terms.preserve_ids else new_id()
            taken.add(id_)
            rows[source, target] = incoming.row
            self._plan.links.append((id_, attrs.evolve(incoming.link, source_id=source, target_id=target)))
        if rows or (moved and joined):
            self._check_links(rows, moved)

    def _check_links(self, rows: Mapping[tuple[str, str], str], moved: bool) -> None:
        old = [(source, target, kind) for _, source, target, kind in self._existing.links]
        new = [(link.source_id, link.target_id, link.kind) for _, link in self._plan.links]
        blocking = [(source, target) for source, target, kind in (*old, *new) if kind is LinkKind.BLOCKS]
        circular = on_circles(blocking) if rows else set()
        lineage = Lineage(self._every_parent())
        for source, target, kind in new:
            circle = kind is LinkKind.BLOCKS and source in circular and target in circular
            if circle or lineage.joins(source, target):
                self._problems.reference("dependencies", rows[source, target])
        for source, target, _ in old if moved else ():
            if lineage.joins(source, target):
                self._problems.reference("parent_id", source)

    def _end(self, key: str) -> str | None:
        place = self._places.get(key)
        if place is not None:
            return self._task_ids[place] or None
        return key if key in self._existing.tasks else None

    # Context

    def place_context(self) -> None:
        """Settle the context; what it says of tasks that there are not is left out."""
        incoming = self._incoming.context
        interactions: list[Interaction] = []
        for each in self._incoming.interactions:
            task_id = self._end(each.task_key)
            if task_id is None or each.action is None:
                self._plan.warnings.append(Warned(Caution.INTERACTION_LEFT_OUT, each.row))
                continue
            interactions.append(
                Interaction(
                    task_id=task_id,
                    action=each.action,
                    context=each.context,
                    session_id=each.session_id,
                    time=each.time,
                )
            )
        if incoming is None and not interactions:
            return
        recent = [] if incoming is None else [self._end(key) for key in incoming.recent_keys]
        active = None if incoming is None or incoming.active_task_key is None else self._end(incoming.active_task_key)
        self._plan.context = ContextRecord(
            active_task_id=active,
            recent_tasks=tuple(dict.fromkeys(each for each in recent if each is not None)),
            session_data={} if incoming is None else incoming.session_data,
            updated_at=None if incoming is None else incoming.updated_at,
            interactions=tuple(interactions),
        )

    # What all kinds share

    def _own_id(self, row: str, key: str | None) -> str:
        """The id of a row that is to be made."""
        if key is None or not self._terms.preserve_ids:
            return new_id()
        if not is_id(key):
            self._problems.value("id", row, "UUIDs, if they shall be kept")
        return key

    def _moment(self) -> datetime:
        """When a row was made that does not say it: now, and each a little later than the one before it."""
        self._numbered += 1
        return self._now + timedelta(microseconds=self._numbered)

    def _map(self, key: str, id_: str) -> None:
        if id_ and key != id_:
            self._plan.id_map[key] = id_

    def _conflict(
        self, entity: Entity, existing_id: str, existing_name: str, key: str | None, incoming_name: str
    ) -> bool:
        """Note a row that there is already; whether it is to be changed."""
        resolution = self._terms.resolution
        self._plan.conflicts.append(
            Conflict(
                entity=entity,
                existing_id=existing_id,
                existing_name=existing_name,
                incoming_key=key,
                incoming_name=incoming_name,
                resolution=resolution,
            )
        )
        self._plan.skipped += resolution is Resolution.SKIP
        return resolution.changes


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not UNSET}
