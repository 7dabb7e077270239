"""``gorev seed-test-data``: sample tasks to try things with (``lifecycle.md`` §5.5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import attrs
import click

from gorev.cli.conversation import Conversation, open_conversation, own_workspace
from gorev.cli.requests import Requests
from gorev.cli.sample_tasks import DEPENDENCIES, MINIMAL, PROJECTS, TASKS, SampleSubtask, SampleTask
from gorev.cli.speech import Command, Failed, language_of
from gorev.cli.tables import json_option, print_json
from gorev.cli.task_rows import flattened, select
from gorev.locale import counts, text

_EVERYTHING: Final = 1_000_000_000


def seed(language: str) -> click.Command:
    """The command."""
    return Command(
        "seed-test-data",
        params=[
            click.Option(["--minimal"], is_flag=True, help=text(language, "one project with three tasks")),
            click.Option(
                ["--force"],
                is_flag=True,
                help=text(language, "also where there are tasks: they are deleted, after a backup"),
            ),
            json_option(language),
        ],
        callback=_seed,
    )


@click.pass_context
def _seed(context: click.Context, /, minimal: bool, force: bool, as_json: bool) -> int:
    language = language_of(context)
    folder = own_workspace(language)
    talk = open_conversation(language, folder)
    try:
        backup = _make_room(talk, folder, language, force=force)
        planting = _Planting(talk, Requests(port=int(talk.lock.port), language=language, workspace=folder), language)
        planting.plant(minimal=minimal)
    finally:
        talk.close()
    if as_json:
        made = {
            "projeler": planting.projects,
            "gorevler": planting.tasks,
            "alt_gorevler": planting.subtasks,
            "bagimlilik_sayisi": planting.dependencies,
            "backup": backup,
        }
        print_json(made)
        return 0
    if backup is not None:
        click.echo(text(language, "Backed up to {path}.", path=backup))
    said = text(
        language,
        "Made: {projects}, {tasks}, {subtasks}, {dependencies}.",
        projects=counts.projects(len(planting.projects)),
        tasks=counts.tasks(len(planting.tasks)),
        subtasks=counts.subtasks(len(planting.subtasks)),
        dependencies=counts.dependencies(planting.dependencies),
    )
    click.echo(said)
    for row in (*planting.projects, *planting.tasks, *planting.subtasks):
        click.echo(f"{row['id']}  {row.get('isim') or row['baslik']}")
    return 0


def _make_room(talk: Conversation, folder: str, language: str, *, force: bool) -> str | None:
    """See to it that there are no tasks; returns the path of a backup if there were some. Raises `Failed`."""
    present = talk.call("gorev_listele", {"tum_projeler": True, "limit": 1}).structured["toplam"]
    if not present and (force or not talk.call("proje_listele", {}).structured["projeler"]):
        return None
    if not force:
        raise Failed(text(language, "this workspace is not empty: sample data belong in an empty one"))
    backup = _back_up(folder, language)
    every = list(flattened(select(talk, limit=_EVERYTHING)["gorevler"]))
    for row in sorted(every, key=lambda each: each["depth"], reverse=True):
        talk.call("gorev_sil", {"id": row["id"], "onay": True})
    return backup


def _back_up(folder: str, language: str) -> str:
    from gorev.cli.backup import database_of
    from gorev.domain.errors import GorevError
    from gorev.storage import backups

    try:
        return str(backups.back_up(database_of(folder), None).path)
    except (GorevError, OSError) as error:
        raise Failed(
            text(language, "no backup could be made, so nothing was changed: {reason}", reason=error)
        ) from error


@attrs.define
class _Planting:
    """Makes the sample data, and keeps what was made: ids with names or titles."""

    talk: Conversation
    requests: Requests
    language: str
    projects: list[dict[str, str]] = attrs.Factory(list)
    tasks: list[dict[str, str]] = attrs.Factory(list)
    subtasks: list[dict[str, str]] = attrs.Factory(list)
    dependencies: int = 0
    _samples: dict[str, dict[str, Any]] = attrs.Factory(dict)

    def plant(self, *, minimal: bool) -> None:
        """Make everything, or the little that ``minimal`` asks for. Raises `Failed`."""
        present = {row["isim"]: row["id"] for row in self.talk.call("proje_listele", {}).structured["projeler"]}
        for project in PROJECTS[:1] if minimal else PROJECTS:
            name = self._said(project.name)
            if name in present:
                self.projects.append({"id": present[name], "isim": name})
                continue
            asked = {"isim": name, "tanim": self._said(project.definition)}
            made = self.talk.call("proje_olustur", asked).structured["proje"]
            self.projects.append({"id": made["id"], "isim": made["isim"]})
        for sample in [TASKS[place] for place in MINIMAL] if minimal else TASKS:
            self._plant_task(sample, with_subtasks=not minimal)
        if not minimal:
            for dependent, prerequisite in DEPENDENCIES:
                pair = {"gorev_id": self.tasks[dependent]["id"], "bagli_gorev_id": self.tasks[prerequisite]["id"]}
                self.talk.call("gorev_bagimlilik_ekle", pair)
                self.dependencies += 1
        self.talk.call("aktif_proje", {"action": "set", "proje_id": self.projects[0]["id"]})

    def _plant_task(self, sample: SampleTask, *, with_subtasks: bool) -> None:
        values = {**self._sample_values(sample.template), "baslik": self._said(sample.title)}
        if sample.template == "research":
            values["konu"] = values.pop("baslik")
        values["oncelik"] = sample.priority
        if self._said(sample.tags):
            values["etiketler"] = self._said(sample.tags)
        asked = {"template_id": sample.template, "degerler": values, "proje_id": self.projects[sample.project]["id"]}
        made = self.talk.call("templateden_gorev_olustur", asked).structured["gorev"]
        self.tasks.append({"id": made["id"], "baslik": made["baslik"]})
        due = "" if sample.due_days is None else str(date.today() + timedelta(days=sample.due_days))  # noqa: DTZ011
        self.talk.call("gorev_duzenle", {"id": made["id"], "son_tarih": due})
        self._set_status(made["id"], sample.status)
        for each in sample.subtasks if with_subtasks else ():
            self._plant_subtask(each, made["id"])

    def _plant_subtask(self, sample: SampleSubtask, parent: str) -> None:
        asked = {"baslik": self._said(sample.title), "oncelik": sample.priority, "parent_id": parent}
        made = self.talk.call("gorev_hierarchy", {"action": "create_subtask", **asked}).structured["gorev"]
        self.subtasks.append({"id": made["id"], "baslik": made["baslik"]})
        self._set_status(made["id"], sample.status)
        for each in sample.subtasks:
            self._plant_subtask(each, made["id"])

    def _set_status(self, id_: str, status: str) -> None:
        if status != "beklemede":
            self.talk.call("gorev_guncelle", {"id": id_, "durum": status})

    def _sample_values(self, alias: str) -> dict[str, Any]:
        """The sample values of a template, but for those that a task here has of its own."""
        if alias not in self._samples:
            found = self.requests.get(f"/api/template/{alias}", lang=self.language).body["data"]
            own = {
                "title",
                "baslik",
                "topic",
                "konu",
                "priority",
                "oncelik",
                "tags",
                "etiketler",
                "due_date",
                "son_tarih",
            }
            values = {name: value for name, value in (found.get("ornek_degerler") or {}).items() if name not in own}
            self._samples[alias] = values
        return self._samples[alias]

    def _said(self, both: tuple[str, str]) -> str:
        return both[self.language == "en"]
