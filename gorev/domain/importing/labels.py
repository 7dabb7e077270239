"""Projects, tags and templates of a document, held against those of the workspace."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from gorev.domain.identifiers import is_id, new_id
from gorev.domain.importing.document import (
    Caution,
    Entity,
    Incoming,
    IncomingProject,
    IncomingTag,
    IncomingTemplate,
    Warned,
)
from gorev.domain.importing.draft import Draft, said
from gorev.domain.importing.plan import Change, Resolution
from gorev.domain.project import Project
from gorev.domain.text import caseless
from gorev.domain.values import Tag, Unset


class Projects:
    """Which project of the workspace each of the document's is, or will be."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._ids = {project.id: project.id for project in draft.existing.projects} | dict(draft.terms.mapping)
        self._names: dict[str, str] = {}
        for project in draft.existing.projects:
            self._names.setdefault(project.name, project.id)

    def place(self, incoming: Incoming) -> None:
        """Settle the document's projects: the one of the same id, else of the same name, else a new one."""
        draft, plan, mapping = self._draft, self._draft.plan, self._draft.terms.mapping
        keys = {project.key for project in incoming.projects}
        waiting: dict[str, list[Project]] = {}
        by_id = {project.id: project for project in draft.existing.projects}
        for project in draft.existing.projects:
            if project.id not in keys:
                waiting.setdefault(project.name, []).append(project)
        holds_nothing = draft.terms.replace or not (draft.existing.projects or draft.existing.tasks)
        named: dict[str, str] = {}
        seen: set[str] = set()
        for each in incoming.projects:
            if each.key is not None and each.key in seen:
                draft.problems.value("id", each.row, "ids that occur once")
            seen.add(each.key or "")
            if each.key is not None and each.key in mapping:
                draft.map(each.key, mapping[each.key])
                continue
            match = by_id.get(each.key or "")
            if match is None and waiting.get(each.name):
                match = waiting[each.name].pop(0)
            id_ = self._new(each) if match is None else self._meet(each, match)
            if each.key is not None:
                self._ids[each.key] = id_
            draft.map(each.key, id_)
            named.setdefault(each.name, id_)
            if each.is_active and holds_nothing:
                plan.active_project_id = id_
        self._names |= named
        plan.total_projects = len(incoming.projects)
        unused = set(mapping) - keys - {task.project_key for task in incoming.tasks}
        plan.warnings += [Warned(Caution.MAPPING_UNUSED, key if is_id(key) else "?") for key in sorted(unused)]

    def of_key(self, key: str) -> str | None:
        """The project that tasks call by its id in the document."""
        return self._ids.get(key)

    def of_name(self, row: str, name: str) -> str:
        """The project that tasks call by its name; made if there is none."""
        if name not in self._names:
            self._draft.plan.total_projects += 1
            self._names[name] = self._new(IncomingProject(row=row, key=None, name=name))
        return self._names[name]

    def _new(self, incoming: IncomingProject) -> str:
        draft = self._draft
        id_ = draft.own_id(incoming.row, incoming.key)
        created = incoming.created_at or draft.moment()
        draft.plan.imported_projects += 1
        draft.plan.projects.append(
            Project(
                id=id_,
                name=incoming.name,
                definition="" if isinstance(incoming.definition, Unset) else incoming.definition,
                created_at=created,
                updated_at=max(created, incoming.updated_at or created),
                rev=draft.rev_of(id_),
            )
        )
        return id_

    def _meet(self, incoming: IncomingProject, present: Project) -> str:
        """A project of the document that the workspace has."""
        draft = self._draft
        if draft.conflict(Entity.PROJECT, present.id, present.name, incoming.key, incoming.name):
            values = said({"name": incoming.name, "definition": incoming.definition})
            if draft.terms.resolution is Resolution.MERGE:
                values = {name: value for name, value in values.items() if not getattr(present, name)}
            draft.plan.imported_projects += 1
            draft.plan.project_changes.append(Change(present.id, values))
        return present.id


class Tags:
    """The tags: one of a name that there is, is that one, whatever its id."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._tags = {caseless(tag.name): tag for tag in draft.existing.tags}
        self._names = {tag.id: tag.name for tag in draft.existing.tags}

    def place(self, incoming: Sequence[IncomingTag]) -> None:
        """Settle the document's tags."""
        taken = set(self._names)
        for each in incoming:
            key = caseless(each.name)
            if key not in self._tags:
                self._add(key, Tag(id=self._draft.free_id(each.key, taken), name=each.name))
            if each.key is not None:
                self._names[each.key] = each.name
                self._draft.map(each.key, self._tags[key].id)

    def name_of(self, key: str) -> str | None:
        """The name of the tag that the document, or the workspace, calls so."""
        return self._names.get(key)

    def named(self, name: str) -> Tag:
        """The tag of a name; made if there is none."""
        key = caseless(name)
        if key not in self._tags:
            self._add(key, Tag(id=new_id(), name=name))
        return self._tags[key]

    def _add(self, key: str, tag: Tag) -> None:
        self._tags[key] = tag
        self._draft.plan.tags.append(tag)


def place_templates(draft: Draft, incoming: Sequence[IncomingTemplate]) -> None:
    """Settle the templates: one of the same alias and language is the same, or of the same name and language."""
    plan = draft.plan
    taken = {id_ for id_, *_ in draft.existing.templates}
    known: dict[tuple[str, str, str], tuple[str, str]] = {}
    for id_, alias, name, language in draft.existing.templates:
        known["name", name, language] = id_, name
        if alias is not None:
            known["alias", alias, language] = id_, name
    for each in incoming:
        template = each.template
        by_name = ("name", template.name, template.language)
        by_alias = ("alias", template.alias or "", template.language)
        match = known.get(by_alias) or known.get(by_name)
        if match is None:
            made = attrs.evolve(template, id=draft.free_id(each.key, taken))
            known[by_name] = known[by_alias] = made.id, made.name
            plan.imported_templates += 1
            plan.templates.append(made)
            continue
        if known.get(by_name, match) != match:
            draft.problems.value("templates", each.row, "a name and an alias of one template")
        if draft.conflict(Entity.TEMPLATE, match[0], match[1], each.key, template.name):
            plan.imported_templates += 1
            plan.template_changes.append(attrs.evolve(template, id=match[0]))
