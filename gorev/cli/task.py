"""``gorev task``: tasks from day to day (``lifecycle.md`` §5.3)."""

from __future__ import annotations

from typing import Any, Final

import click

from gorev.cli import task_actions
from gorev.cli.speech import Command, Group
from gorev.cli.tables import json_option
from gorev.cli.template import aliases
from gorev.cli.words import Day, Given, Whole, Word
from gorev.locale import text
from gorev.wire.vocabulary import PRIORITY, QUICK_FILTER, SORT, STATUS

_STATUS: Final = Word(STATUS)
_PRIORITY: Final = Word(PRIORITY)
_QUICK: Final = Word(QUICK_FILTER)
_SORT: Final = Word(SORT)


def task(language: str) -> click.Command:
    """``gorev task`` with the commands below it."""
    group = Group("task")
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
        callback=task_actions.list_tasks,
        help=text(language, "list tasks, each with its subtasks below it"),
    )


def _tree_command(language: str) -> Command:
    return Command(
        "tree",
        params=[
            click.Argument(["id_"], metavar="ID", type=Given(), required=False),
            *_selection(language),
            json_option(language),
        ],
        callback=task_actions.draw_tree,
        help=text(language, "draw tasks as a tree, or one task with all below it"),
    )


def show_command(language: str) -> Command:
    """``gorev task show`` and ``gorev mcp task-detail``."""
    return Command(
        "show",
        params=[click.Argument(["id_"], metavar="ID", type=Given()), json_option(language)],
        callback=task_actions.show,
        help=text(language, "show a task in full; the first eight characters of an id are enough"),
    )


def create_command(language: str) -> Command:
    """``gorev task create`` and ``gorev mcp create-task``."""
    return Command(
        "create",
        params=[
            click.Argument(["words"], metavar=text(language, "TITLE..."), nargs=-1, required=False),
            click.Option(
                ["--title"], metavar=text(language, "TEXT"), help=text(language, "title, if not given as the argument")
            ),
            click.Option(
                ["--template"],
                metavar=text(language, "ALIAS"),
                shell_complete=aliases,
                help=text(language, "make it from a template"),
            ),
            click.Option(
                ["fields", "--field"],
                metavar=text(language, "KEY=VALUE"),
                multiple=True,
                help=text(language, "a field of the template; may be given several times"),
            ),
            click.Option(
                ["--description"], metavar=text(language, "TEXT"), help=text(language, "description, in Markdown")
            ),
            _priority_option(language),
            click.Option(
                ["project_id", "--project"],
                type=Given(),
                metavar="ID",
                help=text(language, "project, instead of the active one"),
            ),
            click.Option(
                ["due_date", "--due"], type=Day(), metavar=text(language, "YYYY-MM-DD"), help=text(language, "due date")
            ),
            click.Option(["--tags"], metavar="A,B", help=text(language, "tags, with commas between")),
            click.Option(
                ["parent_id", "--parent"],
                type=Given(),
                metavar="ID",
                help=text(language, "make it a subtask of this task"),
            ),
            json_option(language),
        ],
        callback=task_actions.create,
        help=text(language, "make a task, from a template or from its title alone"),
    )


def _update_command(language: str) -> Command:
    return Command(
        "update",
        params=[
            click.Argument(["id_"], metavar="ID", type=Given()),
            _status_option(language),
            _priority_option(language),
            json_option(language),
        ],
        callback=task_actions.update,
        help=text(language, "change status or priority"),
    )


def _edit_command(language: str) -> Command:
    return Command(
        "edit",
        params=[
            click.Argument(["id_"], metavar="ID", type=Given()),
            click.Option(["--title"], metavar=text(language, "TEXT"), help=text(language, "new title")),
            click.Option(["--description"], metavar=text(language, "TEXT"), help=text(language, "new description")),
            click.Option(
                ["due_date", "--due"],
                type=Day(),
                metavar=text(language, "YYYY-MM-DD"),
                help=text(language, "due date; empty removes it"),
            ),
            click.Option(["--tags"], metavar="A,B", help=text(language, "tags in place of the present ones")),
            click.Option(
                ["project_id", "--project"], metavar="ID", help=text(language, "other project; empty removes it")
            ),
            json_option(language),
        ],
        callback=task_actions.edit,
        help=text(language, "change title, description, due date, tags or project"),
    )


def _done_command(language: str) -> Command:
    return Command(
        "done",
        params=[
            click.Argument(["ids"], metavar=text(language, "ID..."), type=Given(), nargs=-1, required=True),
            json_option(language),
        ],
        callback=task_actions.complete,
        help=text(language, "complete tasks"),
    )


def _delete_command(language: str) -> Command:
    return Command(
        "delete",
        params=[
            click.Argument(["id_"], metavar="ID", type=Given()),
            click.Option(["--yes"], is_flag=True, help=text(language, "do not ask")),
            json_option(language),
        ],
        callback=task_actions.delete,
        help=text(language, "delete a task"),
    )


def _next_command(language: str) -> Command:
    return Command(
        "next",
        params=[json_option(language)],
        callback=task_actions.tell_next,
        help=text(language, "tell what is best done next, and why"),
    )


def _selection(language: str) -> list[click.Parameter]:
    return [
        click.Option(
            ["--all-projects/--active-project"],
            default=True,
            help=text(language, "of all projects (the default), or of the active one only"),
        ),
        click.Option(
            ["project_id", "--project"], type=Given(), metavar="ID", help=text(language, "of this project only")
        ),
        _status_option(language),
        _priority_option(language),
        click.Option(["--tag"], metavar=text(language, "NAME"), help=text(language, "with this tag")),
        click.Option(
            ["quick", "--filter"],
            type=_QUICK,
            metavar="|".join(_QUICK.allowed(language)),
            help=text(language, "due within 7 days, overdue, due today, due this week"),
        ),
        click.Option(["--sort"], type=_SORT, metavar=text(language, "ORDER"), help=_one_of(_SORT, language)),
        click.Option(
            ["--limit"],
            type=Whole(1),
            default=50,
            metavar="N",
            help=text(language, "at most this many (default 50)"),
        ),
        click.Option(
            ["--offset"],
            type=Whole(0),
            default=0,
            metavar="N",
            help=text(language, "leave out the first ones"),
        ),
    ]


def _status_option(language: str) -> click.Option:
    return click.Option(["--status"], type=_STATUS, metavar=text(language, "STATUS"), help=_one_of(_STATUS, language))


def _priority_option(language: str) -> click.Option:
    return click.Option(
        ["--priority"], type=_PRIORITY, metavar=text(language, "LEVEL"), help=_one_of(_PRIORITY, language)
    )


def _one_of(words: Word[Any], language: str) -> str:
    return text(language, "one of: {allowed}", allowed=", ".join(words.allowed(language)))
