"""Tasks to measure with: the same ones in every run, imported by the program itself.

A seed of ``n`` tasks has mixed trees, four levels deep, tags, links, projects, due dates, and Turkish text. From 1,000
tasks on there is one tree more, of `DESCENDANTS` tasks below one root, which hierarchies are asked of.
"""

from __future__ import annotations

import json
import random
import shutil
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import attrs

from tests.bench.daemons import Daemon, folder, running_daemon

SIZES: Final = (50, 1_000, 10_000, 100_000)
DESCENDANTS: Final = 1_000
DESCENDANTS_FROM: Final = 1_000
# A word of every task, and one of every 25th, as they are asked for; several of each, so that no answer is an old one.
WORST_WORDS: Final = ("görev", "çalışma", "şube", "ölçüm")
MIDDLING_WORDS: Final = tuple(f"konu{letter}" for letter in "abcdefghijklmnopqrstuvwxy")
PROJECTS: Final = 12
TAGS: Final = ("acil", "müşteri", "güvenlik", "arayüz", "bütçe", "işlem", "ödeme", "çeviri", "ölçüm", "şablon")
TEXT: Final = """
rapor sunum toplantı müşteri fatura ödeme sipariş teslimat sözleşme teklif yazılım sürüm hata düzeltme arayüz
tasarım sayfa ekran düğme renk ağ sunucu veritabanı yedek güncelleme kurulum eğitim belge çeviri özet inceleme
görüşme ziyaret bütçe plan takvim hedef ölçü deneme kabul onay imza arşiv dosya klasör kayıt liste ızgara İzmir
"""
WORDS: Final = TEXT.split()
STATUSES: Final = ("beklemede", "beklemede", "beklemede", "devam_ediyor", "tamamlandi", "iptal")
PRIORITIES: Final = ("dusuk", "orta", "orta", "yuksek")
CHILDREN_SHARE: Final = 0.6
LINKS_SHARE: Final = 0.1
DEPTH: Final = 4
TODAY: Final = date(2026, 1, 1)
BEGINNING: Final = datetime(2025, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


@attrs.frozen
class Seed:
    """A document for import, with the ids of what is asked for."""

    size: int
    document: Row
    root_of_many: str | None

    @property
    def ids(self) -> list[str]:
        """Of all tasks but those of the large tree."""
        return [row["id"] for row in self.document["tasks"][: self.size]]


def sown(size: int) -> Seed:
    """The seed of so many tasks."""
    chance = random.Random(size)
    projects = [{"id": _id(chance), "isim": f"Proje {number} · Şube İzmir"} for number in range(PROJECTS)]
    tasks: list[Row] = []
    depths: list[int] = []
    roots: list[int] = []
    for number in range(size):
        parent = chance.randrange(max(0, number - 200), number) if number and chance.random() < CHILDREN_SHARE else None
        if parent is not None and depths[parent] >= DEPTH - 1:
            parent = None
        project = chance.choice(projects)["id"] if parent is None else tasks[parent]["proje_id"]
        tasks.append(_task(chance, number, project, None if parent is None else tasks[parent]["id"]))
        depths.append(0 if parent is None else depths[parent] + 1)
        roots.append(number if parent is None else roots[parent])
    pairs = (sorted(chance.sample(range(size), 2)) for _ in range(int(size * LINKS_SHARE)))
    links = [
        {"id": _id(chance), "kaynak_id": tasks[first]["id"], "hedef_id": tasks[second]["id"]}
        for first, second in dict.fromkeys(map(tuple, pairs))
        if roots[first] != roots[second]  # a task and one above it may not be linked
    ]
    root = None
    if size >= DESCENDANTS_FROM:
        tree = _tree(chance, projects[0]["id"], size)
        root = tree[0]["id"]
        tasks += tree
    document = {"version": "1.0", "projects": projects, "tasks": tasks, "dependencies": links}
    return Seed(size, document, root)


def _tree(chance: random.Random, project: str, beginning: int) -> list[Row]:
    """A root with so many descendants, five to each parent."""
    rows = [_task(chance, beginning, project, None)]
    for number in range(DESCENDANTS):
        rows.append(_task(chance, beginning + number + 1, project, rows[number // 5]["id"]))
    return rows


def _task(chance: random.Random, number: int, project: str, parent: str | None) -> Row:
    words = chance.choices(WORDS, k=10)
    middling = MIDDLING_WORDS[number % len(MIDDLING_WORDS)]
    row: Row = {
        "id": _id(chance),
        "baslik": f"{' '.join(words[:3])} {middling} {number}",
        "aciklama": f"{' '.join(words[3:])} {' '.join(WORST_WORDS)}",
        "durum": chance.choice(STATUSES),
        "oncelik": chance.choice(PRIORITIES),
        "proje_id": project,
        "etiketler": chance.sample(TAGS, chance.randrange(4)),
        "olusturma_tarihi": (BEGINNING + timedelta(seconds=number * 37)).isoformat(),
    }
    if parent is not None:
        row["parent_id"] = parent
    if chance.random() < 0.4:
        row["son_tarih"] = (TODAY + timedelta(days=chance.randrange(-60, 120))).isoformat()
    return row


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


@attrs.frozen
class Imported:
    """How an import went: what it took, and what the daemon and its other clients made of it."""

    seconds: float
    cpu_seconds: float


def imported(daemon: Daemon, seed: Seed) -> Imported:
    """Import a seed into the daemon's workspace, under the seed's own ids.

    @raise AssertionError: not everything went in.
    """
    file = daemon.workspace / "seed.json"
    file.write_text(json.dumps(seed.document))
    before, begun = daemon.cpu_seconds(), time.perf_counter()
    answer = daemon.ask("/api/import", {"file_path": file.name, "preserve_ids": True})
    took = Imported(time.perf_counter() - begun, daemon.cpu_seconds() - before)
    assert answer["data"]["imported_count"] == len(seed.document["tasks"]), answer
    return took


class Store:
    """Database files of seeds, each made once; kept in ``folder`` for later runs if that outlives this one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def plant(self, seed: Seed, home: Path) -> None:
        """Give the default workspace of ``home``, where no daemon has run yet, the seed's database."""
        kept = self._folder / f"{seed.size}.db"
        if not kept.exists():
            with folder() as made:
                with running_daemon(made) as daemon:
                    imported(daemon, seed)
                (file,) = (made / "workspace" / ".gorev").glob("gorev-*.db")
                shutil.move(file, kept)
        database(home).parent.mkdir(parents=True)
        shutil.copyfile(kept, database(home))


def database(home: Path) -> Path:
    """The database file that `Store.plant` put there."""
    return home / "workspace" / ".gorev" / "gorev.db"
