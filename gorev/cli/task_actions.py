"""What the commands below ``gorev task`` do; `task` says how they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import click

from gorev.cli.asking import agreed
from gorev.cli.conversation import Conversation, call, conversation
from gorev.cli.requests import Requests
from gorev.cli.speech import Failed, Misuse, language_of
from gorev.cli.tables import Column, Row, first_part, print_json, print_outcome, print_rows, print_text, safe
from gorev.cli.task_rows import DONE, columns, flattened, note_rest, print_trees, select
from gorev.cli.words import spelt
from gorev.domain.query import Sort
from gorev.domain.values import Status
from gorev.locale import text
from gorev.wire.vocabulary import SORT, STATUS, TASK, TASK_TOOL, TEMPLATE_TOOL

_NEXT: Final = 5


@click.pass_context
def list_tasks(context: click.Context, /, as_json: bool, **selection: Any) -> int:
    """``gorev task list``."""
    with conversation(context) as talk:
        found = select(talk, **selection)
    if as_json:
        print_json(found)
        return 0
    language = language_of(context)
    rows = list(flattened(found["gorevler"]))
    if not rows:
        click.echo(text(language, "There are no such tasks."), err=True)
        return 0
    print_rows(columns(language), rows)
    note_rest(found, language)
    return 0


@click.pass_context
def draw_tree(context: click.Context, /, id_: str | None, as_json: bool, **selection: Any) -> int:
    """``gorev task tree``."""
    language = language_of(context)
    if id_ is not None:
        path = f"/api/gorev/{quote(id_, safe='', errors='surrogateescape')}"
        found: dict[str, Any] = {"gorevler": [Requests.of_this_folder(language).get(path).body["data"]]}
    else:
        with conversation(context) as talk:
            found = select(talk, **selection)
    if as_json:
        print_json(found)
        return 0
    print_trees(found["gorevler"])
    if not found["gorevler"]:
        click.echo(text(language, "There are no such tasks."), err=True)
    elif id_ is None:
        note_rest(found, language)
    return 0


@click.pass_context
def show(context: click.Context, /, id_: str, as_json: bool) -> int:
    """``gorev task show``."""
    return print_outcome(call(context, "gorev_detay", {"id": id_}), as_json)


@click.pass_context
def create(
    context: click.Context,
    /,
    words: Sequence[str],
    title: str | None,
    template: str | None,
    fields: Sequence[str],
    as_json: bool,
    tags: str | None,
    **further: str | None,
) -> int:
    """``gorev task create``."""
    language = language_of(context)
    if words and title is not None:
        raise Misuse(text(language, "the title is given twice"), context)
    if fields and template is None:
        raise Misuse(text(language, "--field needs --template"), context)
    named = " ".join(words) if words else title
    if template is not None:
        given = {**further, "title": named, "tags": tags}
        return _create_from_template(context, template, _values(context, fields, given), further, as_json)
    if named is None:
        raise Misuse(text(language, "a task needs a title, or --template with its fields"), context)
    requests = Requests.of_this_folder(language)
    if further["project_id"] is None and further["parent_id"] is None:
        active = requests.get("/api/aktif-proje").body.get("data")
        further["project_id"] = None if active is None else active["id"]
    body = spelt(TASK, language, {**further, "title": named, "tags": _tags(tags)})
    made = requests.post("/api/gorev", body).body
    if as_json:
        print_json({"gorev": made["data"]})
    else:
        print_text(f"{made['message']}\n{made['data']['baslik']}\nID: {made['data']['id']}")
    return 0


def _values(context: click.Context, fields: Sequence[str], further: dict[str, str | None]) -> dict[str, Any]:
    """The fields of a template: those that every one has, and those that are given by name."""
    general = ("title", "description", "priority", "due_date", "tags")
    values = spelt(TASK, "tr", {name: further[name] for name in general})
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise Misuse(text(language_of(context), "{word} is not of the form key=value", word=field), context)
        values[name] = value
    return values


def _create_from_template(
    context: click.Context, template: str, values: dict[str, Any], further: dict[str, str | None], as_json: bool
) -> int:
    language = language_of(context)
    if further["parent_id"] is not None:
        raise Misuse(text(language, "a task from a template cannot be made a subtask"), context)
    given = {"template_id": template, "values": values, "project_id": further["project_id"]}
    with conversation(context) as talk:
        outcome = talk.attempt("templateden_gorev_olustur", spelt(TEMPLATE_TOOL, language, given))
    match outcome.structured.get("code") if outcome.refused else None:
        case None:
            return print_outcome(outcome, as_json)
        case "no_active_project":
            message = (
                "a task from a template needs a project: name one with --project, or choose one with gorev project use"
            )
            raise Failed(text(language, message))
        case "missing_fields":
            names = ", ".join(map(str, outcome.structured["details"]["fields"]))
            message = (
                "the template {template} needs further fields: {names}. Give each as --field KEY=VALUE;"
                " {command} explains them"
            )
            command = f"gorev template show {template}"
            raise Failed(text(language, message, template=template, names=names, command=command))
        case _:
            raise Failed(outcome.text)


@click.pass_context
def update(context: click.Context, /, id_: str, as_json: bool, **changes: str | None) -> int:
    """``gorev task update``."""
    language = language_of(context)
    arguments = spelt(TASK_TOOL, language, changes)
    if not arguments:
        raise Misuse(text(language, "give --status, --priority or both"), context)
    return print_outcome(call(context, "gorev_guncelle", {"id": id_, **arguments}), as_json)


@click.pass_context
def edit(context: click.Context, /, id_: str, as_json: bool, tags: str | None, **changes: str | None) -> int:
    """``gorev task edit``."""
    language = language_of(context)
    arguments = spelt(TASK_TOOL, language, {**changes, "tags": _tags(tags)})
    if not arguments:
        options = "--title, --description, --due, --tags, --project"
        raise Misuse(text(language, "give at least one of {options}", options=options), context)
    return print_outcome(call(context, "gorev_duzenle", {"id": id_, **arguments}), as_json)


@click.pass_context
def complete(context: click.Context, /, ids: Sequence[str], as_json: bool) -> int:
    """``gorev task done``: those that can be; the others are told with the reason."""
    arguments = spelt(TASK_TOOL, language_of(context), {"status": STATUS[Status.COMPLETED]})
    refused = 0
    done = []
    with conversation(context) as talk:
        for id_ in ids:
            outcome = talk.attempt("gorev_guncelle", {"id": id_, **arguments})
            if outcome.refused:
                refused += 1
                whose = f"{id_}: " if len(ids) > 1 else ""
                click.echo(f"gorev: {safe(whose + outcome.text)}", err=True)
                continue
            done.append(outcome.structured)
            if not as_json:
                click.echo(f"{DONE} {safe(outcome.structured['gorev']['baslik'])}")
    if as_json:
        print_json(done)
    return 1 if refused else 0


@click.pass_context
def delete(context: click.Context, /, id_: str, yes: bool, as_json: bool) -> int:
    """``gorev task delete``."""
    language = language_of(context)
    if not yes:
        found = call(context, "gorev_detay", {"id": id_}).structured["gorev"]
        agreed(text(language, "Delete {title}?", title=safe(found["baslik"])), language)
        id_ = found["id"]
    return print_outcome(call(context, "gorev_sil", {"id": id_, "onay": True}), as_json)


@click.pass_context
def tell_next(context: click.Context, /, as_json: bool) -> int:
    """``gorev task next``."""
    language = language_of(context)
    with conversation(context) as talk:
        found = talk.call("gorev_suggestions", {"types": ["deadline_risk", "next_action"], "limit": _NEXT})
        # A task may be suggested for two reasons; the first is the weightier.
        reasons = {row["task_id"]: row for row in reversed(found.structured["suggestions"]) if row.get("task_id")}
        suggested = list(reversed(reasons.values()))
        others = [] if suggested else _most_important(talk)
    if as_json:
        print_json({"suggestions": suggested, "gorevler": others})
    elif suggested:
        print_rows(
            [
                Column("ID", lambda row: row["task_id"], brief=first_part),
                Column(text(language, "What"), lambda row: row["title"], flexible=True),
                Column(
                    text(language, "Why"), lambda row: row["description"], least_width=60, flexible=True, wraps=True
                ),
            ],
            suggested,
        )
    elif others:
        print_rows(columns(language), list(flattened(others)))
    else:
        click.echo(text(language, "There is nothing to do."), err=True)
    return 0


def _most_important(talk: Conversation) -> list[Row]:
    pending, order = STATUS[Status.PENDING], SORT[Sort.PRIORITY_DESC]
    found = select(talk, status=pending, sort=order, all_projects=True, limit=_NEXT)
    return list(found["gorevler"])


def _tags(written: str | None) -> list[str] | None:
    return None if written is None else [tag.strip() for tag in written.split(",") if tag.strip()]
