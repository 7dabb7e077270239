"""Everything that can be read of a workspace, held against a plain model of it."""

from __future__ import annotations

import random
from collections import Counter

import attrs

from tests.campaigns.doors import Doors
from tests.campaigns.plain_model import OPEN, STATUSES, Model
from tests.support.running_daemon import wait_for


class Differs(Exception):
    """The daemon is not as the model is."""


def same(what: str, found: object, expected: object) -> None:
    """Raise unless they are equal."""
    if found != expected:
        raise Differs(f"{what}: {found!r}, expected {expected!r}")


@attrs.frozen
class Look:
    """One look at a workspace whose events begin after ``first_seq``."""

    doors: Doors
    model: Model
    first_seq: int
    chance: random.Random

    def at_everything(self) -> None:
        """Everything that can be read must be what the model holds."""
        rest, model = self.doors.rest, self.model
        rows = {row["id"]: row for row in rest("GET", "/api/gorevler?tum_projeler=true&limit=1000").data}
        same("ids of tasks", set(rows), set(model.tasks))
        for id_, task in model.tasks.items():
            row = {"son_tarih": None, "proje_id": None, "parent_id": None, "etiketler": []} | rows[id_]
            row["son_tarih"] = row["son_tarih"] and row["son_tarih"].removesuffix("T00:00:00Z")
            row["etiketler"] = {tag["isim"] for tag in row["etiketler"]}
            before = [model.tasks[source]["durum"] for source in model.prerequisites(id_)]
            derived = {
                "etiketler": set(task["etiketler"].values()),
                "seviye": len(model.above(id_)),
                "subtask_count": len(model.children(id_)),
                "bagimli_gorev_sayisi": len(before),
                "tamamlanmamis_bagimlilik_sayisi": len(before) - before.count("tamamlandi"),
                "bu_goreve_bagimli_sayisi": len(model.dependents(id_)),
            }
            expected = task | derived
            same(f"task {id_}", {name: row[name] for name in expected}, expected)
        for id_ in self.chance.sample(list(model.tasks), min(3, len(model.tasks))):
            self._look_at_surroundings(id_)
        counts = ("tamamlandi", "devam_ediyor", "beklemede", "iptal")
        names = ("tamamlanan_sayisi", "devam_eden_sayisi", "bekleyen_sayisi", "iptal_sayisi")
        projects = {row["id"]: row for row in rest("GET", "/api/projeler").data}
        same("ids of projects", set(projects), set(model.projects))
        for id_, project in model.projects.items():
            inside = model.of_project(id_)
            expected = project | {"is_active": id_ == model.active_project, "gorev_sayisi": len(inside)}
            expected |= {name: inside.count(status) for name, status in zip(names, counts, strict=True)}
            same(f"project {id_}", {name: projects[id_][name] for name in expected}, expected)
        self._look_at_summary_and_context()
        self._look_at_events()

    def _look_at_surroundings(self, id_: str) -> None:
        rest, model = self.doors.rest, self.model
        tree = rest("GET", f"/api/gorev/{id_}/hiyerarsi").data
        below = [model.tasks[each]["durum"] for each in model.below(id_)]
        same("ancestors", [each["id"] for each in tree["ust_gorevler"]], model.above(id_))
        same("descendants", (tree["toplam_alt_gorev"], tree["tamamlanan_alt"]), (len(below), below.count("tamamlandi")))
        done = below.count("tamamlandi") / len(below) if below else model.tasks[id_]["durum"] == "tamamlandi"
        same("progress", abs(tree["ilerleme_yuzdesi"] - 100 * done) < 0.06, True)
        links = {row["id"]: row for row in rest("GET", f"/api/gorev/{id_}/baglantilar").data}
        ends = {key: (row["kaynak_id"], row["hedef_id"], row["baglanti_tip"]) for key, row in links.items()}
        same("links", ends, {key: link for key, link in model.links.items() if id_ in link[:2]})

    def _look_at_summary_and_context(self) -> None:
        model = self.model
        summary = self.doors.rest("GET", "/api/ozet").data
        statuses = Counter(task["durum"] for task in model.tasks.values())
        names = ("beklemede_gorev", "devam_eden_gorev", "tamamlanan_gorev", "iptal_gorev")
        same("counts", [summary[name] for name in names], [statuses[status] for status in STATUSES])
        waiting = [
            id_
            for id_, task in model.tasks.items()
            if task["durum"] in OPEN and any(model.tasks[each]["durum"] in OPEN for each in model.prerequisites(id_))
        ]
        same("blocked", len(summary["blocked_tasks"]), min(5, len(waiting)))
        same("blocked tasks", {each["id"] for each in summary["blocked_tasks"]} <= set(waiting), True)
        active = self.doors.tool(0, "gorev_context", action="get_active").data["gorev"]
        same("active task", active and active["id"], model.active_task)
        recent = self.doors.tool(0, "gorev_context", action="recent", limit=10).data["gorevler"]
        same("recent tasks", [each["id"] for each in recent], model.recent)

    def _look_at_events(self) -> None:
        """One for each change of each entity, numbered without gaps; within one operation in any order."""
        last, frames = self.first_seq + len(self.model.events), self.doors.frames
        if self.model.events:
            wait_for(lambda: bool(frames) and frames[-1]["seq"] >= last)
        same("seq", [frame["seq"] for frame in frames], list(range(self.first_seq + 1, last + 1)))
        told = Counter((frame["type"], frame.get("entity_id")) for frame in frames)
        same("events", told, Counter(self.model.events))
