"""A workspace as plain dictionaries: what `data-model.md` says must come of each operation, written without its code.

Every method either does what the daemon must do, and notes the events that the daemon must tell, or raises `Refused`
with the codes of which the daemon must answer one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, TypeAlias

import attrs

OPEN: Final = ("beklemede", "devam_ediyor")
STATUSES: Final = (*OPEN, "tamamlandi", "iptal")
PRIORITIES: Final = ("dusuk", "orta", "yuksek")
# behaviours.md §5
MATRIX: Final = {
    "beklemede": ("devam_ediyor", "iptal"),
    "devam_ediyor": ("beklemede", "tamamlandi", "iptal"),
    "tamamlandi": ("devam_ediyor",),
    "iptal": ("beklemede",),
}
RECENT: Final = 10

Fields: TypeAlias = dict[str, Any]


class Refused(Exception):
    """The operation breaks a rule; ``codes`` are those of the rules that it breaks."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = codes


def caseless(name: str) -> str:
    """A tag's name for comparison."""
    return name.translate(str.maketrans("İIı", "iii")).casefold()


@attrs.define
class Model:
    """Tasks and projects by id, links as source, target and type, and the events so far as type and id."""

    tasks: dict[str, Fields] = attrs.Factory(dict)
    projects: dict[str, Fields] = attrs.Factory(dict)
    links: dict[str, tuple[str, str, str]] = attrs.Factory(dict)
    tags: dict[str, str] = attrs.Factory(dict)
    active_project: str | None = None
    active_task: str | None = None
    recent: list[str] = attrs.Factory(list)
    events: list[tuple[str, str | None]] = attrs.Factory(list)

    def copy(self) -> Model:
        """Another one of the same content. What the dictionaries hold is replaced, never changed."""
        return Model(
            tasks=dict(self.tasks),
            projects=dict(self.projects),
            links=dict(self.links),
            tags=dict(self.tags),
            active_project=self.active_project,
            active_task=self.active_task,
            recent=self.recent,
            events=list(self.events),
        )

    def children(self, task_id: str) -> list[str]:
        return [id_ for id_, task in self.tasks.items() if task["parent_id"] == task_id]

    def below(self, task_id: str) -> list[str]:
        found: list[str] = []
        waiting = [task_id]
        while waiting:
            children = self.children(waiting.pop())
            found += children
            waiting += children
        return found

    def above(self, task_id: str) -> list[str]:
        line: list[str] = []
        while (parent := self.tasks[(line or [task_id])[-1]]["parent_id"]) is not None:
            line.append(parent)
        return line

    def prerequisites(self, task_id: str) -> list[str]:
        return [source for source, target, kind in self.links.values() if (target, kind) == (task_id, "onceki")]

    def dependents(self, task_id: str) -> list[str]:
        return [target for source, target, kind in self.links.values() if (source, kind) == (task_id, "onceki")]

    def of_project(self, project_id: str) -> list[str]:
        return [task["durum"] for task in self.tasks.values() if task["proje_id"] == project_id]

    def create(self, new_id: str, fields: Fields) -> None:
        """A project that ``fields`` do not name is the parent's, else the active one."""
        parent, named = fields.get("parent_id"), fields.get("proje_id")
        if parent is not None and parent not in self.tasks:
            raise Refused("parent_not_found", "task_not_found")
        if named is not None and named not in self.projects:
            raise Refused("project_not_found")
        around = self.active_project if parent is None else self.tasks[parent]["proje_id"]
        if parent is not None and named not in (None, around):
            raise Refused("project_mismatch")
        empty = {"aciklama": "", "durum": "beklemede", "oncelik": "orta", "son_tarih": None, "parent_id": None}
        task = empty | fields | {"baslik": fields["baslik"].strip(), "proje_id": named or around, "rev": 1}
        self.tasks[new_id] = task | {"etiketler": self._tags(fields.get("etiketler", ()))}
        self.events.append(("task_created", new_id))

    def change(self, task_id: str, fields: Fields, *, force: bool = False, dependencies: bool = True) -> bool:
        """Whether anything has changed."""
        before = self._known(task_id)
        codes: list[str] = []
        after = before | self._place(task_id, fields, codes)
        if "durum" in fields and not force:
            codes += self._held_back(task_id, fields["durum"], dependencies)
        if codes:
            raise Refused(*codes)
        after |= {name: fields[name] for name in ("aciklama", "durum", "oncelik", "son_tarih") if name in fields}
        if "baslik" in fields:
            after["baslik"] = fields["baslik"].strip()
        if "etiketler" in fields and {caseless(name.strip()) for name in fields["etiketler"]} != set(
            before["etiketler"]
        ):
            after["etiketler"] = self._tags(fields["etiketler"])
        if after == before:
            return False
        self.tasks[task_id] = after
        self._touch(task_id)
        if after["proje_id"] != before["proje_id"]:
            for id_ in self.below(task_id):
                self.tasks[id_] = self.tasks[id_] | {"proje_id": after["proje_id"]}
                self._touch(id_)
        return True

    def delete(self, task_id: str) -> None:
        self._known(task_id)
        if self.children(task_id):
            raise Refused("has_subtasks")
        del self.tasks[task_id]
        self.events.append(("task_deleted", task_id))
        broken = [link_id for link_id, (source, target, _) in self.links.items() if task_id in (source, target)]
        others = {end for link_id in broken for end in self.links.pop(link_id)[:2]} - {task_id}
        for other in others:
            self._touch(other)
        self.recent = [id_ for id_ in self.recent if id_ != task_id]
        if self.active_task == task_id:
            self.active_task = None

    def check_link(self, source: str, target: str, kind: str) -> None:
        """May it be made? In the stored direction."""
        if source not in self.tasks or target not in self.tasks:
            raise Refused("task_not_found")
        if source == target:
            raise Refused("self_dependency")
        if any({one, other} == {source, target} and kind == there for one, other, there in self.links.values()):
            raise Refused("duplicate_dependency")
        if source in self.above(target) or target in self.above(source):
            raise Refused("cycle_detected")
        if kind == "onceki" and source in self._waiting_for(target):
            raise Refused("cycle_detected")

    def link(self, link_id: str, source: str, target: str, kind: str) -> None:
        self.check_link(source, target, kind)
        self.links[link_id] = source, target, kind
        self._touch(source)
        self._touch(target)

    def unlink(self, link_id: str) -> None:
        source, target, _ = self.links.pop(link_id)
        self._touch(source)
        self._touch(target)

    def create_project(self, new_id: str, name: str) -> None:
        self.projects[new_id] = {"isim": name, "rev": 1}
        self.events.append(("project_created", new_id))

    def rename_project(self, project_id: str, name: str) -> None:
        if project_id not in self.projects:
            raise Refused("project_not_found")
        if self.projects[project_id]["isim"] != name:
            self._touch_project(project_id, isim=name)

    def delete_project(self, project_id: str) -> None:
        if project_id not in self.projects:
            raise Refused("project_not_found")
        if self.of_project(project_id):
            raise Refused("has_tasks")
        del self.projects[project_id]
        self.events.append(("project_deleted", project_id))
        if self.active_project == project_id:
            self.active_project = None
            self.events.append(("workspace_sync", None))

    def activate_project(self, project_id: str | None) -> None:
        if project_id is not None and project_id not in self.projects:
            raise Refused("project_not_found")
        if project_id == self.active_project:
            return
        for each in (self.active_project, project_id):
            if each is not None:
                self._touch_project(each)
        self.active_project = project_id
        self.events.append(("workspace_sync", None))

    def use(self, task_id: str) -> None:
        """It is the first of the recent tasks."""
        self._known(task_id)
        self.recent = [task_id, *(id_ for id_ in self.recent if id_ != task_id)][:RECENT]

    def activate(self, task_id: str) -> None:
        self.use(task_id)
        self.active_task = task_id
        if self.tasks[task_id]["durum"] == "beklemede" and not self._held_back(task_id, "devam_ediyor", True):
            self.change(task_id, {"durum": "devam_ediyor"})

    def transit(self, task_id: str, status: str, *, force: bool) -> bool:
        """A bulk transition of one task."""
        current = self._known(task_id)["durum"]
        if current == status:
            return False
        if not force and status not in MATRIX[current]:
            raise Refused("invalid_value")
        return self.change(task_id, {"durum": status}, force=force)

    def _known(self, task_id: str) -> Fields:
        if task_id not in self.tasks:
            raise Refused("task_not_found")
        return self.tasks[task_id]

    def _place(self, task_id: str, fields: Fields, codes: list[str]) -> Fields:
        """Project and parent after a change (§9)."""
        place = {name: self.tasks[task_id][name] for name in ("proje_id", "parent_id")}
        if "proje_id" in fields and fields["proje_id"] != place["proje_id"]:
            place = {"proje_id": fields["proje_id"], "parent_id": None}
            if place["proje_id"] is not None and place["proje_id"] not in self.projects:
                codes.append("project_not_found")
        if "parent_id" in fields:
            parent = place["parent_id"] = fields["parent_id"]
            if parent is not None and parent not in self.tasks:
                codes.append("parent_not_found")
            elif parent is not None:
                codes += self._misplaced(task_id, parent, place["proje_id"])
        return place

    def _misplaced(self, task_id: str, parent: str, project_id: str | None) -> Collection[str]:
        line, own = {parent, *self.above(parent)}, {task_id, *self.below(task_id)}
        if task_id in line:
            return ["cycle_detected"]
        if self.tasks[parent]["proje_id"] != project_id:
            return ["project_mismatch"]
        pairs = ({source, target} for source, target, _ in self.links.values())
        return ["cycle_detected"] if any(pair & line and pair & own for pair in pairs) else []

    def _held_back(self, task_id: str, status: str, dependencies: bool) -> list[str]:
        """Rules S2 and S3."""
        current = self.tasks[task_id]["durum"]
        starts = status == "devam_ediyor" != current
        finishes = status == "tamamlandi" and current in ("beklemede", "iptal")
        codes = []
        if dependencies and (starts or finishes) and self._any_open(self.prerequisites(task_id)):
            codes.append("dependency_incomplete")
        if status == "tamamlandi" != current and self._any_open(self.below(task_id)):
            codes.append("subtasks_incomplete")
        return codes

    def _any_open(self, ids: Iterable[str]) -> bool:
        return any(self.tasks[id_]["durum"] in OPEN for id_ in ids)

    def _waiting_for(self, task_id: str) -> set[str]:
        found: set[str] = set()
        waiting = [task_id]
        while waiting:
            fresh = set(self.dependents(waiting.pop())) - found
            found |= fresh
            waiting += fresh
        return found

    def _tags(self, names: Iterable[str]) -> dict[str, str]:
        """The first spelling of a name in the workspace is kept."""
        return {key: self.tags.setdefault(key, name.strip()) for name in names for key in [caseless(name.strip())]}

    def _touch(self, task_id: str) -> None:
        self.tasks[task_id] = self.tasks[task_id] | {"rev": self.tasks[task_id]["rev"] + 1}
        self.events.append(("task_updated", task_id))

    def _touch_project(self, project_id: str, **fields: str) -> None:
        project = self.projects[project_id]
        self.projects[project_id] = project | fields | {"rev": project["rev"] + 1}
        self.events.append(("project_updated", project_id))
