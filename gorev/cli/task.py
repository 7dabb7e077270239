"""``gorev task``: tasks from day to day (``lifecycle.md`` §5.3)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from gorev.cli.asking import agreed
from gorev.cli.conversation import Conversation, call, conversation
from gorev.cli.requests import Requests
from gorev.cli.speech import Command, Group, Misuse, language_of
from gorev.cli.tables import Column, Row, day, first_part, json_option, print_json, print_rows, print_text, safe
from gorev.locale import text

STATUSES: Final = {
    "beklemede": "Pending",
    "devam_ediyor": "In Progress",
    "tamamlandi": "Completed",
    "iptal": "Cancelled",
}
PRIORITIES: Final = {"dusuk": "Low", "orta": "Medium", "yuksek": "High"}
_SYMBOL: Final = {"beklemede": "⏳", "devam_ediyor": "🔄", "tamamlandi": "✅", "iptal": "❌"}
# The tool gives no more at once (mcp-tools.md §3.1).
_PAGE: Final = 200
_SUBTASKS: Final = "alt_gorevler"
_DEPTH: Final = "depth"
_NEXT: Final = 5

SORTS: Final = (
    "due_date_asc",
    "due_date_desc",
    "priority_asc",
    "priority_desc",
    "created_at_asc",
    "created_at_desc",
)
FILTERS: Final = ("urgent", "overdue", "today", "this_week")


def task(language: str) -> click.Command:
    """``gorev task`` with the commands below it."""
    group = Group("task", help=text(language, "List, show, make and change tasks."))
    for command in (
        list_command(language),
        _tree_command(language),
        show_command(language),
        create_command(language),
        _update_command(language),
        _edit_command(language),
        _done_command(language),
        _delete_command(language),
        _next_command(language),
    ):
        group.add_command(command)
    return group


def list_command(language: str) -> Command:
    """``gorev task list`` and ``gorev mcp list-tasks``."""
    return Command(
        "list",
        params=[*_selection(language), json_option(language)],
        callback=_list,
        help=text(language, "list tasks, each with its subtasks below it"),
    )


def _tree_command(language: str) -> Command:
    return Command(
        "tree",
        params=[click.Argument(["id_"], metavar="ID", required=False), *_selection(language), json_option(language)],
        callback=_tree,
        help=text(language, "draw tasks as a tree, or one task with all below it"),
    )


def show_command(language: str) -> Command:
    """``gorev task show`` and ``gorev mcp task-detail``."""
    return Command(
        "show",
        params=[click.Argument(["id_"], metavar="ID"), json_option(language)],
        callback=_show,
        help=text(language, "show a task in full; the first eight characters of an id are enough"),
    )


def create_command(language: str) -> Command:
    """``gorev task create`` and ``gorev mcp create-task``."""
    return Command(
        "create",
        params=[
            click.Argument(["words"], metavar=text(language, "TITLE..."), nargs=-1, required=False),
            click.Option(["--title"], metavar="TEXT", help=text(language, "title, if not given as the argument")),
            click.Option(["--template"], metavar="ALIAS", help=text(language, "make it from a template")),
            click.Option(
                ["fields", "--field"],
                metavar="KEY=VALUE",
                multiple=True,
                help=text(language, "a field of the template; may be given several times"),
            ),
            click.Option(["--description"], metavar="TEXT", help=text(language, "description, in Markdown")),
            click.Option(["--priority"], metavar="LEVEL", help=text(language, "low, medium (the default) or high")),
            click.Option(["--project"], metavar="ID", help=text(language, "project, instead of the active one")),
            click.Option(["--due"], metavar="YYYY-MM-DD", help=text(language, "due date")),
            click.Option(["--tags"], metavar="A,B", help=text(language, "tags, with commas between")),
            click.Option(["--parent"], metavar="ID", help=text(language, "make it a subtask of this task")),
            json_option(language),
        ],
        callback=_create,
        help=text(language, "make a task, from a template or from its title alone"),
    )


def _update_command(language: str) -> Command:
    return Command(
        "update",
        params=[
            click.Argument(["id_"], metavar="ID"),
            click.Option(
                ["--status"],
                metavar="STATUS",
                shell_complete=_status_words,
                help=text(language, "pending, in_progress, completed or cancelled"),
            ),
            click.Option(["--priority"], metavar="LEVEL", help=text(language, "low, medium or high")),
            json_option(language),
        ],
        callback=_update,
        help=text(language, "change status or priority"),
    )


def _edit_command(language: str) -> Command:
    return Command(
        "edit",
        params=[
            click.Argument(["id_"], metavar="ID"),
            click.Option(["--title"], metavar="TEXT", help=text(language, "new title")),
            click.Option(["--description"], metavar="TEXT", help=text(language, "new description")),
            click.Option(["--due"], metavar="YYYY-MM-DD", help=text(language, "due date; empty removes it")),
            click.Option(["--tags"], metavar="A,B", help=text(language, "tags in place of the present ones")),
            click.Option(["--project"], metavar="ID", help=text(language, "other project; empty removes it")),
            json_option(language),
        ],
        callback=_edit,
        help=text(language, "change title, description, due date, tags or project"),
    )


def _done_command(language: str) -> Command:
    return Command(
        "done",
        params=[click.Argument(["ids"], metavar="ID", nargs=-1, required=True), json_option(language)],
        callback=_done,
        help=text(language, "complete tasks"),
    )


def _delete_command(language: str) -> Command:
    return Command(
        "delete",
        params=[
            click.Argument(["id_"], metavar="ID"),
            click.Option(["--yes"], is_flag=True, help=text(language, "do not ask")),
            json_option(language),
        ],
        callback=_delete,
        help=text(language, "delete a task"),
    )


def _next_command(language: str) -> Command:
    return Command(
        "next",
        params=[json_option(language)],
        callback=_next,
        help=text(language, "tell what is best done next, and why"),
    )


def _selection(language: str) -> list[click.Parameter]:
    return [
        click.Option(
            ["--all-projects/--active-project"],
            default=True,
            help=text(language, "of all projects (the default), or of the active one only"),
        ),
        click.Option(["--project"], metavar="ID", help=text(language, "of this project only")),
        click.Option(
            ["--status"],
            metavar="STATUS",
            shell_complete=_status_words,
            help=text(language, "pending, in_progress, completed or cancelled"),
        ),
        click.Option(["--priority"], metavar="LEVEL", help=text(language, "low, medium or high")),
        click.Option(["--tag"], metavar="NAME", help=text(language, "with this tag")),
        click.Option(
            ["quick", "--filter"],
            metavar="|".join(FILTERS),
            help=text(language, "due within 7 days, overdue, due today, due this week"),
        ),
        click.Option(["--sort"], metavar="ORDER", help=text(language, "one of: {allowed}", allowed=", ".join(SORTS))),
        click.Option(
            ["--limit"],
            type=click.IntRange(1),
            default=50,
            metavar="N",
            help=text(language, "at most this many (default 50)"),
        ),
        click.Option(
            ["--offset"],
            type=click.IntRange(0),
            default=0,
            metavar="N",
            help=text(language, "leave out the first ones"),
        ),
    ]


@click.pass_context
def _list(context: click.Context, /, as_json: bool, **selection: Any) -> int:
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
    _note_rest(found, language)
    return 0


@click.pass_context
def _tree(context: click.Context, /, id_: str | None, as_json: bool, **selection: Any) -> int:
    language = language_of(context)
    if id_ is not None:
        whole = Requests.of_this_folder(language).get(f"/api/gorev/{_segment(id_)}").body["data"]
        found: dict[str, Any] = {"gorevler": [whole]}
    else:
        with conversation(context) as talk:
            found = select(talk, **selection)
    if as_json:
        print_json(found)
        return 0
    for root in found["gorevler"]:
        for line in _drawn(root):
            click.echo(line)
    if not found["gorevler"]:
        click.echo(text(language, "There are no such tasks."), err=True)
    elif id_ is None:
        _note_rest(found, language)
    return 0


def _segment(id_: str) -> str:
    from urllib.parse import quote

    return quote(id_, safe="", errors="surrogateescape")


@click.pass_context
def _show(context: click.Context, /, id_: str, as_json: bool) -> int:
    outcome = call(context, "gorev_detay", {"id": id_})
    print_json(outcome.structured) if as_json else print_text(outcome.text)
    return 0


@click.pass_context
def _create(
    context: click.Context,
    /,
    words: Sequence[str],
    title: str | None,
    template: str | None,
    fields: Sequence[str],
    as_json: bool,
    **further: str | None,
) -> int:
    language = language_of(context)
    if words and title is not None:
        raise Misuse(text(language, "the title is given twice"), context)
    if fields and template is None:
        raise Misuse(text(language, "--field needs --template"), context)
    named = " ".join(words) if words else title
    if template is not None:
        return _create_from_template(context, template, _values(context, fields, named, further), further, as_json)
    if named is None:
        raise Misuse(text(language, "a task needs a title, or --template with its fields"), context)
    body: dict[str, Any] = {"baslik": named}
    keys = {"description": "aciklama", "priority": "oncelik", "due": "son_tarih", "parent": "parent_id"}
    body |= {key: further[name] for name, key in keys.items() if further[name] is not None}
    if further["tags"] is not None:
        body["etiketler"] = _tags(further["tags"])
    requests = Requests.of_this_folder(language)
    project = further["project"]
    if project is None and further["parent"] is None:
        active = requests.get("/api/aktif-proje").body.get("data")
        project = None if active is None else active["id"]
    if project is not None:
        body["proje_id"] = project
    made = requests.post("/api/gorev", body).body
    if as_json:
        print_json({"gorev": made["data"]})
    else:
        print_text(f"{made['message']}\n{made['data']['baslik']}\nID: {made['data']['id']}")
    return 0


def _values(
    context: click.Context, fields: Sequence[str], title: str | None, further: dict[str, str | None]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    given = {"baslik": title, "aciklama": further["description"], "oncelik": further["priority"]}
    given |= {"son_tarih": further["due"], "etiketler": further["tags"]}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise Misuse(text(language_of(context), "{word} is not of the form key=value", word=field), context)
        values[name] = value
    return {name: value for name, value in given.items() if value is not None} | values


def _create_from_template(
    context: click.Context, template: str, values: dict[str, Any], further: dict[str, str | None], as_json: bool
) -> int:
    if further["parent"] is not None:
        raise Misuse(text(language_of(context), "a task from a template cannot be made a subtask"), context)
    arguments: dict[str, Any] = {"template_id": template, "degerler": values}
    if further["project"] is not None:
        arguments["proje_id"] = further["project"]
    return _say(call(context, "templateden_gorev_olustur", arguments), as_json)


@click.pass_context
def _update(context: click.Context, /, id_: str, status: str | None, priority: str | None, as_json: bool) -> int:
    given = {"durum": status, "oncelik": priority}
    if status is None and priority is None:
        raise Misuse(text(language_of(context), "give --status, --priority or both"), context)
    changes = {name: value for name, value in given.items() if value is not None}
    return _say(call(context, "gorev_guncelle", {"id": id_, **changes}), as_json)


@click.pass_context
def _edit(context: click.Context, /, id_: str, as_json: bool, **changes: str | None) -> int:
    keys = {"title": "baslik", "description": "aciklama", "due": "son_tarih", "project": "proje_id"}
    arguments: dict[str, Any] = {key: changes[name] for name, key in keys.items() if changes[name] is not None}
    if changes["tags"] is not None:
        arguments["etiketler"] = _tags(changes["tags"])
    if not arguments:
        options = "--title, --description, --due, --tags, --project"
        raise Misuse(text(language_of(context), "give at least one of {options}", options=options), context)
    return _say(call(context, "gorev_duzenle", {"id": id_, **arguments}), as_json)


@click.pass_context
def _done(context: click.Context, /, ids: Sequence[str], as_json: bool) -> int:
    refused = 0
    done = []
    with conversation(context) as talk:
        for id_ in ids:
            outcome = talk.attempt("gorev_guncelle", {"id": id_, "durum": "tamamlandi"})
            if outcome.refused:
                refused += 1
                click.echo(f"gorev: {safe(outcome.text)}", err=True)
                continue
            done.append(outcome.structured)
            if not as_json:
                click.echo(f"{_SYMBOL['tamamlandi']} {safe(outcome.structured['gorev']['baslik'])}")
    if as_json:
        print_json(done)
    return 1 if refused else 0


@click.pass_context
def _delete(context: click.Context, /, id_: str, yes: bool, as_json: bool) -> int:
    language = language_of(context)
    if not yes:
        found = call(context, "gorev_detay", {"id": id_}).structured["gorev"]
        agreed(text(language, "Delete {title}?", title=safe(found["baslik"])), language)
        id_ = found["id"]
    return _say(call(context, "gorev_sil", {"id": id_, "onay": True}), as_json)


@click.pass_context
def _next(context: click.Context, /, as_json: bool) -> int:
    language = language_of(context)
    with conversation(context) as talk:
        found = talk.call("gorev_suggestions", {"types": ["deadline_risk", "next_action"], "limit": _NEXT})
        # A task may be suggested for two reasons; the first is the weightier.
        reasons = {row["task_id"]: row for row in reversed(found.structured["suggestions"]) if row.get("task_id")}
        suggested = list(reversed(reasons.values()))
        others = [] if suggested else select(talk, status="beklemede", sort="priority_desc", limit=_NEXT)["gorevler"]
    if as_json:
        print_json({"suggestions": suggested, "gorevler": others})
    elif suggested:
        print_rows(
            [
                Column("ID", lambda row: row["task_id"], brief=first_part),
                Column(text(language, "What"), lambda row: row["title"], flexible=True),
                Column(text(language, "Why"), lambda row: row["description"], least_width=60, flexible=True),
            ],
            suggested,
        )
    elif others:
        print_rows(columns(language), list(flattened(others)))
    else:
        click.echo(text(language, "There is nothing to do."), err=True)
    return 0


def select(
    talk: Conversation,
    *,
    all_projects: bool = True,
    project: str | None = None,
    status: str | None = None,
    priority: str | None = None,
    tag: str | None = None,
    quick: str | None = None,
    sort: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> dict[str, Any]:
    """The result of the listing tool, asked as often as it takes to have ``limit`` tasks with their subtrees."""
    given = {"proje_id": project, "durum": status, "oncelik": priority, "etiket": tag, "filtre": quick, "sirala": sort}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if project is None:
        chosen["tum_projeler"] = all_projects
    roots: list[Row] = []
    while True:
        wanted = min(limit - len(roots), _PAGE)
        asked = {**chosen, "limit": wanted, "offset": offset + len(roots)}
        page = talk.call("gorev_listele", asked).structured
        roots += page["gorevler"]
        if not page["gorevler"] or len(roots) >= limit or offset + len(roots) >= page["toplam"]:
            break
    left = max(page["toplam"] - offset - len(roots), 0)
    found = {**page, "gorevler": roots, "limit": limit, "offset": offset}
    found.pop("kalan", None)
    return {**found, "kalan": left} if left else found


def flattened(roots: Sequence[Row], depth: int = 0) -> Iterator[Row]:
    """Tasks with their subtasks below them, each with its depth."""
    for root in roots:
        yield {**root, _DEPTH: depth}
        yield from flattened(root.get(_SUBTASKS, ()), depth + 1)


def columns(language: str) -> list[Column]:
    """How rows of tasks are shown."""
    return [
        Column("ID", lambda row: row["id"], brief=first_part),
        Column("", lambda row: _SYMBOL.get(row["durum"]) if sys.stdout.isatty() else row["durum"]),
        Column(text(language, "Title"), _indented, flexible=True),
        Column(text(language, "Priority"), lambda row: _priority(row, language), least_width=50),
        Column(text(language, "Due"), lambda row: day(row.get("son_tarih")), least_width=70),
        Column(text(language, "Project"), lambda row: row.get("proje_adi"), least_width=90),
        Column(text(language, "Tags"), lambda row: ", ".join(row.get("etiketler", ())), least_width=110),
    ]


def _indented(row: Row) -> str:
    return ("· " * row.get(_DEPTH, 0) if sys.stdout.isatty() else "") + str(row["baslik"])


def _priority(row: Row, language: str) -> str:
    if not sys.stdout.isatty():
        return str(row["oncelik"])
    return text(language, PRIORITIES[row["oncelik"]]) if row["oncelik"] in PRIORITIES else str(row["oncelik"])


def _drawn(root: Row) -> Iterator[str]:
    yield _line(root)
    yield from _branches(root.get(_SUBTASKS, ()), "")


def _branches(rows: Sequence[Row], margin: str) -> Iterator[str]:
    for place, row in enumerate(rows):
        last = place == len(rows) - 1
        yield f"{margin}{'└─' if last else '├─'} {_line(row)}"
        yield from _branches(row.get(_SUBTASKS, ()), margin + ("   " if last else "│  "))


def _line(row: Row) -> str:
    title = " ".join(str(row["baslik"]).split())
    return f"{_SYMBOL.get(row['durum'], '')} {safe(title)}  [{first_part(row['id'])}]"


def _note_rest(found: dict[str, Any], language: str) -> None:
    """What is not shown is said, to whoever reads."""
    if left := found.get("kalan"):
        offset = found["offset"] + len(found["gorevler"])
        said = text(language, "{left} more: --offset {offset} shows them.", left=left, offset=offset)
        click.echo(said, err=True)
    every = list(flattened(found["gorevler"]))
    cut = sum(max(row.get("subtask_count", 0) - len(row.get(_SUBTASKS, ())), 0) for row in every)
    if cut:
        said = text(language, "{count} subtasks are not shown: gorev task tree ID shows all of a task.", count=cut)
        click.echo(said, err=True)


def _say(outcome: Any, as_json: bool) -> int:
    print_json(outcome.structured) if as_json else print_text(outcome.text)
    return 0


def _tags(written: str) -> list[str]:
    return [tag.strip() for tag in written.split(",") if tag.strip()]


def _status_words(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    words = ("pending", "in_progress", "completed", "cancelled", *STATUSES)
    return [word for word in words if word.startswith(incomplete)]
