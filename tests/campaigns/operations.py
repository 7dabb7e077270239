"""Random operations through REST and MCP on one workspace, each held against a plain model of what must come of it.

Every answer must be the one that the model expects; now and then, and in the end, everything that can be read must be
what the model holds, and the events told must be those of the model, numbered without gaps.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import attrs

from tests.campaigns.doors import Answer, Doors, opened
from tests.campaigns.looking import Differs, Look
from tests.campaigns.plain_model import PRIORITIES, STATUSES, Fields, Model, Refused
from tests.campaigns.tally import Tally

LOOK_EVERY: Final = 200
TASKS: Final = 60
PROJECTS: Final = 6

# Other spellings of fields and values (``data-model.md`` §2 to §4).
NAMES: Final = {
    "baslik": ["baslik", "title"],
    "aciklama": ["aciklama", "description"],
    "durum": ["durum", "status", "yeni_durum"],
    "oncelik": ["oncelik", "priority"],
    "proje_id": ["proje_id", "project_id"],
    "parent_id": ["parent_id"],
    "son_tarih": ["son_tarih", "due_date"],
    "etiketler": ["etiketler", "tags"],
}
WORDS: Final = {
    "beklemede": ["pending", "TODO"],
    "devam_ediyor": ["in_progress", "in-progress"],
    "tamamlandi": ["done", "tamamlandı"],
    "iptal": ["cancelled", "canceled"],
    "dusuk": ["low", "Düşük"],
    "orta": ["medium"],
    "yuksek": ["HIGH", "yüksek"],
}
TITLES: Final = ["Demo", "Işık", "  trimmed ", "x" * 500, "😀", "‮RTL", "'; DROP TABLE tasks;--", '"a OR b* NEAR']
TAGS: Final = ["a", "A", "b", "ı", "I", "çay", "ÇAY", " c ", "d e"]
WRONG: Final[list[tuple[Fields, str]]] = [
    ({"durum": "nope"}, "invalid_status"),
    ({"oncelik": "nope", "baslik": "never"}, "invalid_priority"),
    ({"son_tarih": "2025-02-30"}, "invalid_date"),
    ({"baslik": " "}, "invalid_value"),
    ({"aciklama": "a\0b"}, "invalid_value"),
    ({"etiketler": ["a,b"]}, "invalid_value"),
    ({"durum": "beklemede", "status": "iptal"}, "conflicting_alias"),
]
# Types of links as they are said, with what they mean; None is the wire's default.
LINK_WORDS: Final = {
    "onceki": ["onceki", "blocks", "bagimli", "engelliyor"],
    "back": ["depends_on", "blocked_by"],
    "iliskili": ["iliskili", "related", "related_to"],
}


@attrs.define
class Operations:
    """The operations, by one source of chance."""

    doors: Doors
    chance: random.Random
    model: Model = attrs.Factory(Model)
    first_seq: int = 0
    done: Counter[str] = attrs.Factory(Counter)
    outcomes: Counter[str] = attrs.Factory(Counter)

    def run(self) -> None:
        """One operation."""
        is_full = len(self.model.tasks) > TASKS
        weights = {
            self.create: 4 if is_full else 20,
            self.change: 22,
            self.change_status: 14,
            self.move: 10,
            self.delete: 16 if is_full else 4,
            self.link: 18,
            self.unlink: 3,
            self.change_project: 6,
            self.use: 4,
            self.bulk: 8,
            self.write_with_revision: 2,
            self.repeat: 1,
            self.mistake: 2,
        }
        (operation,) = self.chance.choices(list(weights), list(weights.values()))
        self.done[operation.__name__] += 1
        operation()

    def attempt(
        self,
        send: Callable[[], Answer],
        expect: Callable[[Model, str], object],
        new_id: Callable[[Any], str] = lambda _: "",
    ) -> None:
        """Do it, and in the model too; ``new_id`` finds the id of what was made in the answer."""
        codes: tuple[str, ...] = ()
        try:
            expect(self.model.copy(), "new")
        except Refused as refused:
            codes = refused.codes
        answer = send()
        self.outcomes[answer.code or "done"] += 1
        if (answer.code is not None) != bool(codes) or (codes and answer.code not in codes):
            raise Differs(f"expected {codes or 'success'}, got {answer}")
        if not codes:
            expect(self.model, new_id(answer.data))
        if answer.seq is not None and answer.seq != self.first_seq + len(self.model.events):
            raise Differs(f"seq {answer.seq}, expected {self.first_seq + len(self.model.events)}")

    def pick(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    def some(self, there: Mapping[str, object], missing: float = 0.03) -> str:
        """An id, now and then of nothing."""
        return str(uuid.uuid4()) if not there or self.likely(missing) else self.pick(*there)

    def task(self) -> str:
        return self.some(self.model.tasks)

    def short(self, id_: str) -> str:
        """The id, or its beginning where that is unique."""
        alike = [each for each in (*self.model.tasks, *self.model.projects) if each.startswith(id_[:8])]
        return id_[: self.pick(8, 13, 20)] if alike == [id_] and self.likely(0.2) else id_

    def spelt(self, fields: Fields) -> Fields:
        """The fields as some caller might send them."""
        sent = {}
        for name, value in fields.items():
            if name in ("durum", "oncelik") and self.likely(0.4):
                value = self.pick(*WORDS[value])
            elif name == "etiketler" and self.likely(0.5):
                value = ",".join(value)
            elif name == "son_tarih" and value and self.likely(0.3):
                value = f"{value}T23:59:59+03:00"
            elif name != "durum" and value is None and self.likely(0.5):
                value = ""
            sent[self.pick(*NAMES[name])] = value
        return sent

    def anything(self, *names: str) -> Fields:
        """Values of some of these fields."""
        values: dict[str, Callable[[], Any]] = {
            "baslik": lambda: self.pick(*TITLES),
            "aciklama": lambda: self.pick("", "x", "y" * 30),
            "durum": lambda: self.pick(*STATUSES),
            "oncelik": lambda: self.pick(*PRIORITIES),
            "son_tarih": lambda: self.pick(None, "2024-02-29", "2025-10-06", "2030-12-31"),
            "etiketler": lambda: self.chance.sample(TAGS, self.pick(0, 1, 3)),
            "proje_id": lambda: self.pick(None, self.some(self.model.projects)),
            "parent_id": lambda: self.pick(None, self.task()),
        }
        rare = ("proje_id", "parent_id")
        return {name: values[name]() for name in names if self.likely(0.12 if name in rare else 0.3)}

    def create(self) -> None:
        """A task, a subtask, by either wire, of a template or not."""
        fields = self.anything("aciklama", "oncelik", "son_tarih", "etiketler") | {"baslik": self.pick(*TITLES)}
        parent = self.task()
        match self.pick("rest", "subtask", "assistant", "intelligent", "template"):
            case "rest":
                fields |= {name: each for name, each in self.anything("durum", "parent_id", "proje_id").items() if each}
                path = self.pick("/api/gorev", "/api/v1/tasks")
                self._create(lambda: self.doors.rest("POST", path, self.spelt(fields)), fields)
            case "subtask":
                path = self.pick("/api/gorev/{}/altgorev", "/api/v1/tasks/{}/subtasks").format(self.short(parent))
                fields["parent_id"] = parent
                sent = self.spelt({name: value for name, value in fields.items() if name != "parent_id"})
                self._create(lambda: self.doors.rest("POST", path, sent), fields)
            case "assistant":
                sent = self.spelt(fields) | {self.pick("parent_id", "gorev_id", "ust_gorev_id"): self.short(parent)}
                fields["parent_id"] = parent
                self._create(lambda: self.call("gorev_hierarchy", action="create_subtask", **sent), fields)
            case "intelligent":
                fields = {name: fields[name] for name in ("baslik", "aciklama") if name in fields}
                self._create(lambda: self.call("gorev_intelligent_create", **self.spelt(fields)), fields)
            case "template":
                self._create_of_template()

    def _create(self, send: Callable[[], Answer], fields: Fields) -> None:
        self.attempt(
            send, lambda model, id_: model.create(id_, fields), lambda data: str(data.get("gorev", data)["id"])
        )

    def _create_of_template(self) -> None:
        values = {"title": "T", "test_turu": "unit", "scope": "s", "test_senaryolari": "-", "oncelik": "yüksek"}
        blank = self.pick("", "", "scope")
        values.pop(blank, None)
        project = self.pick(None, self.some(self.model.projects))
        told: list[Answer] = []

        def send() -> Answer:
            named = {} if project is None else {"proje_id": project}
            if self.likely(0.5):
                told.append(self.call("templateden_gorev_olustur", template_id="test", degerler=values, **named))
            else:
                told.append(self.doors.rest("POST", "/api/template/test/gorev", {"values": values, **named}))
            return told[0]

        def expect(model: Model, id_: str) -> None:
            if blank:
                raise Refused("missing_fields")
            if project is None and model.active_project is None:
                raise Refused("no_active_project")
            made = told[0].data if told and told[0].code is None else {}
            description = made.get("gorev", made).get("aciklama", "")
            fields = {"baslik": "🧪 T", "aciklama": description, "oncelik": "yuksek", "etiketler": ["test"]}
            model.create(id_, fields | ({} if project is None else {"proje_id": project}))

        self.attempt(send, expect, lambda data: str(data.get("gorev", data)["id"]))

    def call(self, tool: str, **arguments: Any) -> Answer:
        return self.doors.tool(self.pick(0, 1), tool, **arguments)

    def change(self) -> None:
        """Any fields of a task."""
        task_id = self.task()
        fields = self.anything(*NAMES)
        path = self.pick("/api/gorev/", "/api/v1/tasks/") + self.short(task_id)
        edited = {name: value for name, value in fields.items() if name not in ("durum", "parent_id")}
        if edited and self.likely(0.4):
            sent = {name: "" if value is None else value for name, value in self.spelt(edited).items()}
            self.attempt(
                lambda: self.call("gorev_duzenle", id=self.short(task_id), **sent),
                lambda model, _: model.change(task_id, edited),
            )
        else:
            method, sent = self.pick("PUT", "PATCH"), self.spelt(fields)
            self.attempt(lambda: self.doors.rest(method, path, sent), lambda model, _: model.change(task_id, fields))

    def change_status(self) -> None:
        task_id, fields = self.task(), {"durum": self.pick(*STATUSES)}
        sent = self.spelt(fields)
        if self.likely(0.5):
            sent = {"durum": next(iter(sent.values()))}
            self.attempt(
                lambda: self.call("gorev_guncelle", id=task_id, **sent), lambda model, _: model.change(task_id, fields)
            )
        else:
            self.attempt(
                lambda: self.doors.rest("PUT", f"/api/v1/tasks/{task_id}", sent),
                lambda model, _: model.change(task_id, fields),
            )

    def move(self) -> None:
        """Mostly within the project."""
        task_id = self.task()
        project = self.model.tasks.get(task_id, {}).get("proje_id")
        near = [id_ for id_, task in self.model.tasks.items() if task["proje_id"] == project]
        parent = self.pick(None, self.task(), *([self.pick(*near)] * 6 if near else []))
        if self.likely(0.4):
            name = self.pick("yeni_parent_id", "new_parent_id", "parent_id")
            sent = {"action": "change_parent", "gorev_id": task_id, name: parent or ""}
            send = partial(self.call, "gorev_hierarchy", **sent)
        else:
            path = self.pick(f"/api/gorev/{task_id}/ust", f"/api/v1/tasks/{task_id}/parent")
            send = partial(self.doors.rest, "PUT", path, {"new_parent_id": parent})
        self.attempt(send, lambda model, _: model.change(task_id, {"parent_id": parent}))

    def delete(self) -> None:
        task_id = self.task()
        path = self.pick("/api/gorev/", "/api/v1/tasks/") + self.short(task_id)
        by_tool = self.likely(0.4)
        self.attempt(
            lambda: self.call("gorev_sil", id=task_id, onay="evet") if by_tool else self.doors.rest("DELETE", path),
            lambda model, _: model.delete(task_id),
        )

    def link(self) -> None:
        """Rules D1 and D2."""
        one, other = self.task(), self.task()
        means = self.pick(None, "onceki", "onceki", "back", "iliskili")
        word = {} if means is None else {"baglanti_tipi": self.pick(*LINK_WORDS[means])}
        kind = "iliskili" if means == "iliskili" else "onceki"
        waits = means == "back"
        match self.pick("A", "B", "pair", "ends"):
            case "A":
                send = partial(self.doors.rest, "POST", "/api/baglanti", {"kaynak_id": one, "hedef_id": other} | word)
            case "B":
                path = f"/api/v1/tasks/{other}/dependencies"
                send = partial(self.doors.rest, "POST", path, {"source_id": one} | word)
            case "ends":
                waits = means in (None, "back")
                send = partial(self.call, "gorev_bagimlilik_ekle", kaynak_id=one, hedef_id=other, **word)
            case _:
                waits = kind == "onceki"
                send = partial(self.call, "gorev_bagimlilik_ekle", gorev_id=one, bagli_gorev_id=other, **word)
        source, target = (other, one) if waits else (one, other)
        self.attempt(
            send,
            lambda model, id_: model.link(id_, source, target, kind),
            lambda data: str(data.get("baglanti", data)["id"]),
        )

    def unlink(self) -> None:
        if not self.model.links:
            return
        link_id = self.some(self.model.links, missing=0)
        source = self.model.links[link_id][0]
        path = self.pick(f"/api/baglanti/{link_id}", f"/api/v1/tasks/{source}/dependencies/{link_id}")
        self.attempt(lambda: self.doors.rest("DELETE", path), lambda model, _: model.unlink(link_id))

    def change_project(self) -> None:
        """Make one, rename one, delete one, make it active or none."""
        project_id, name = self.some(self.model.projects, missing=0.1), self.pick("P", "Q", "Proje Ş")
        rest = self.doors.rest
        base = self.pick("/api/proje", "/api/v1/projects")
        path = f"{base}/{self.short(project_id)}"
        match self.pick("make", "rename", "delete", "activate", "activate by tool", "clear"):
            case "make" if len(self.model.projects) < PROJECTS:
                self.attempt(
                    lambda: rest("POST", base, {self.pick("isim", "name"): name}),
                    lambda model, id_: model.create_project(id_, name),
                    lambda data: str(data["id"]),
                )
            case "rename":
                self.attempt(
                    lambda: rest("PUT", path, {"isim": name}), lambda model, _: model.rename_project(project_id, name)
                )
            case "delete":
                self.attempt(lambda: rest("DELETE", path), lambda model, _: model.delete_project(project_id))
            case "activate":
                self.attempt(
                    lambda: rest("POST", f"/api/proje/{project_id}/aktif"),
                    lambda model, _: model.activate_project(project_id),
                )
            case "activate by tool":
                self.attempt(
                    lambda: self.call("aktif_proje", action="set", proje_id=project_id),
                    lambda model, _: model.activate_project(project_id),
                )
            case "clear":
                self.attempt(lambda: rest("DELETE", "/api/aktif-proje"), lambda model, _: model.activate_project(None))

    def use(self) -> None:
        """Look at a task, or make it the active one."""
        task_id = self.task()
        if self.likely(0.5):
            self.attempt(lambda: self.call("gorev_detay", id=task_id), lambda model, _: model.use(task_id))
        else:
            self.attempt(
                lambda: self.call("gorev_context", action="set_active", gorev_id=task_id),
                lambda model, _: model.activate(task_id),
            )

    def bulk(self) -> None:
        """Several tasks at once, each on its own; now and then only tried."""
        given = list(dict.fromkeys(self.task() for _ in range(self.pick(1, 3, 8))))
        trial = self.model.copy()
        status, force, tags = self.pick(*STATUSES), self.likely(0.2), self.chance.sample(TAGS, 2)
        transits = self.likely(0.6)
        known = [id_ for id_ in given if id_ in trial.tasks]
        failed: dict[str, Sequence[str]] = {id_: ["task_not_found"] for id_ in given if id_ not in known}
        changed = []
        if transits and status == "tamamlandi":
            known.sort(key=lambda id_: -len(trial.above(id_)))
        for id_ in known:
            try:
                if trial.transit(id_, status, force=force) if transits else trial.change(id_, {"etiketler": tags}):
                    changed.append(id_)
            except Refused as refused:
                failed[id_] = refused.codes
        data: Fields = {"operation": "tag", "tags": tags, "tag_operation": "replace"}
        if transits:
            data = {"operation": "transition", "durum": status, "force": force}
        dry_run = self.likely(0.3)
        told = self.call("gorev_bulk", ids=given, dry_run=dry_run, **data).data
        refusals = {each["task_id"]: each["code"] for each in told["failed"]}
        if set(told["successful"]) != set(() if dry_run else changed) or refusals.keys() != failed.keys():
            raise Differs(f"{data}: {told}, expected {changed} and {failed}")
        if any(code not in failed[id_] for id_, code in refusals.items()):
            raise Differs(f"{data}: {told}, expected {failed}")
        if not dry_run:
            self.model = trial

    def write_with_revision(self) -> None:
        """Rule R2."""
        if not self.model.tasks:
            return
        task_id = self.some(self.model.tasks, missing=0)
        rev = self.model.tasks[task_id]["rev"] + self.pick(0, 0, 1)
        fields = {"oncelik": self.pick(*PRIORITIES)}

        def expect(model: Model, _: str) -> None:
            if rev != model.tasks[task_id]["rev"]:
                raise Refused("stale_revision")
            model.change(task_id, fields)

        by_tool = self.likely(0.5)
        self.attempt(
            lambda: (
                self.call("gorev_guncelle", id=task_id, rev=rev, **fields)
                if by_tool
                else self.doors.rest("PUT", f"/api/gorev/{task_id}", fields, If_Match=f'"{rev}"')
            ),
            expect,
        )

    def repeat(self) -> None:
        """Rule R4: once done, the same key does it no second time."""
        key, fields = str(uuid.uuid4()), {"baslik": "once"}
        send = partial(self.doors.rest, "POST", "/api/gorev", fields, Idempotency_Key=key)
        self._create(send, fields)
        made = list(self.model.tasks)[-1]
        again = send()
        if again.code is not None or again.data["id"] != made:
            raise Differs(f"the same key made {made}, then {again}")

    def mistake(self) -> None:
        """A change that is refused whole."""
        if not self.model.tasks:
            return
        task_id = self.some(self.model.tasks, missing=0)
        fields, code = self.pick(*WRONG)

        def expect(model: Model, _: str) -> None:
            raise Refused(code)

        self.attempt(lambda: self.doors.rest("PUT", f"/api/gorev/{task_id}", fields), expect)

    def look(self) -> None:
        """Everything that can be read must be what the model holds."""
        Look(self.doors, self.model, self.first_seq, self.chance).at_everything()


def run(seed: int, seconds: float, at_least: int = 0) -> Tally:
    """Operations for so many seconds, and no fewer than ``at_least``."""
    begun, number, differences = time.monotonic(), 0, []
    with opened() as doors:
        first = doors.rest("GET", "/api/projeler").seq or 0
        operations = Operations(doors, random.Random(seed), first_seq=first)
        try:
            while number < at_least or time.monotonic() - begun < seconds:
                operations.run()
                number += 1
                if number % LOOK_EVERY == 0:
                    operations.look()
            operations.look()
        except Differs as difference:
            differences.append(str(difference))
        log = (doors.daemon.home / ".gorev-daemon" / "daemon.log").read_text()
    figures = {
        "seed": seed,
        "operations": number,
        "seconds": round(time.monotonic() - begun),
        "events": len(operations.model.events),
        "by kind": dict(operations.done.most_common()),
        "outcomes": dict(operations.outcomes.most_common()),
        "differences": differences,
    }
    return Tally("operations", figures, {"differences": len(differences), "failures logged": log.count("Traceback")})


def campaign(seconds: float) -> Tally:
    """Other operations each time; the seed is told."""
    return run(random.randrange(10**6), seconds)
