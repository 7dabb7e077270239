"""Prompts, which assistants offer as commands: a plan for the day, a task broken down, a report (``mcp-tools.md`` §1).

Each is one message of the user: what is asked for, and what is known for it, so that no tool need be called first.
Prompts are listed under their Turkish names; the English ones, and English names of arguments, are understood.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import attrs

from gorev.domain.errors import InvalidValue, MissingParameter, UnknownField
from gorev.domain.project import ProjectView
from gorev.locale import text
from gorev.mcp import markdown
from gorev.mcp.jsonrpc import Object
from gorev.mcp.registry import CallContext, Completion, PromptMessages, UnknownPrompt
from gorev.mcp.resources import project_ids, task_document, task_ids, tool_call
from gorev.mcp.toolbox import ToolCall
from gorev.services.briefing import Part

TASKS_SHOWN: Final = 10  # of each kind
DAYS_BACK: Final = 7
DAYS_LIMIT: Final = 365
_DAYS_OFFERED: Final = ("1", "7", "14", "30", "90")

Given: TypeAlias = Mapping[str, str]


@attrs.frozen(kw_only=True)
class Argument:
    """An argument of a prompt: its Turkish name, other names, and how it is completed. ``hint`` is a text key."""

    name: str
    other_names: tuple[str, ...]
    hint: str
    complete: Callable[[str, CallContext], Awaitable[Completion]]
    required: bool = False


@attrs.frozen(kw_only=True)
class Prompt:
    """A prompt: its two names, what it says of itself (text keys), its arguments, and how it is written."""

    name: str
    english_name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    write: Callable[[ToolCall, Given], Awaitable[str]]

    def entry(self, language: str) -> Object:
        """The ``prompts/list`` entry."""
        return {
            "name": self.name,
            "title": text(language, self.title),
            "description": text(language, self.description),
            "arguments": [
                {"name": each.name, "description": text(language, each.hint), "required": each.required}
                for each in self.arguments
            ],
        }

    def argument(self, name: str) -> Argument | None:
        """The argument of one of its names."""
        return next((each for each in self.arguments if name in (each.name, *each.other_names)), None)

    def understood(self, arguments: Given) -> Given:
        """The arguments under their Turkish names, empty ones left out: a client sends those that nobody filled in.

        @raise UnknownField: there is no such argument.
        @raise MissingParameter: one that is required is missing.
        """
        given: dict[str, str] = {}
        for name, value in arguments.items():
            known = self.argument(name)
            if known is None:
                raise UnknownField(field=name, value=name, allowed=[each.name for each in self.arguments])
            if value.strip():
                given[known.name] = value.strip()
        for each in self.arguments:
            if each.required and each.name not in given:
                raise MissingParameter(field=each.name)
        return given


class WorkspacePrompts:
    """The `registry.Prompts` of a workspace."""

    def __init__(self) -> None:
        self._prompts = {name: each for each in PROMPTS for name in (each.name, each.english_name)}

    def entries(self, language: str) -> list[Object]:
        """All of them."""
        return [each.entry(language) for each in PROMPTS]

    async def get(self, name: str, arguments: Mapping[str, str], context: CallContext) -> PromptMessages:
        """One message."""
        prompt = self._prompt(name)
        given = prompt.understood(arguments)
        call = tool_call(context)
        said = await prompt.write(call, given)
        return PromptMessages(
            description=call.say(prompt.description),
            messages=[{"role": "user", "content": {"type": "text", "text": said}}],
        )

    async def complete(
        self, name: str, argument: str, value: str, given: Mapping[str, str], context: CallContext
    ) -> Completion:
        """Ids by title or name, and numbers of days."""
        known = self._prompt(name).argument(argument)
        return Completion() if known is None else await known.complete(value, context)

    def _prompt(self, name: str) -> Prompt:
        if name not in self._prompts:
            raise UnknownPrompt(name)
        return self._prompts[name]


async def _daily_plan(call: ToolCall, given: Given) -> str:
    day = (await call.workspace.briefing.day(given.get("proje_id"), TASKS_SHOWN)).value
    asked = call.say(
        "Plan my working day ({date}) from the tasks below. Choose what can really be done in a day and put it in an"
        " order: what is overdue and due today first, then what is in progress, then what matters. Say why, name what"
        " waits, and what should be moved or dropped. Give each task's id. Change nothing before I agree."
        " gorev_detay shows a task in full, gorev_guncelle starts it.",
        date=call.workspace.today().isoformat(),
    )
    parts = (
        (call.say("Overdue"), day.overdue),
        (call.say("Due today"), day.due_today),
        (call.say("In progress"), day.in_progress),
        (call.say("Due within 7 days"), day.due_soon),
        (call.say("High priority"), day.important),
    )
    return "\n".join([asked, *_scope(call, day.project), *_sections(call, parts)])


async def _break_down(call: ToolCall, given: Given) -> str:
    shown = await task_document(call, given["gorev_id"])
    asked = call.say(
        "Break the task below down into subtasks that can each be done in a few hours and checked when done. Keep"
        " those that exist, leave out what they already cover, and put the rest in an order. Show me the list with a"
        " title and one sentence each; once I agree, make them with gorev_hierarchy, action create_subtask."
    )
    return f"{asked}\n\n{shown}"


async def _status_report(call: ToolCall, given: Given) -> str:
    days = _days(given.get("gun"))
    report = (await call.workspace.briefing.report(given.get("proje_id"), days, TASKS_SHOWN)).value
    since = report.since.astimezone().date().isoformat()
    asked = call.say(
        "Write a status report of the time since {date} from what is below, for people who do not know the details:"
        " what was finished, what is being worked on, what is late or at risk, what comes next. Half a page, no"
        " invented facts; mention a task by its title.",
        date=since,
    )
    numbers = call.say(
        "Since {date}: {finished} finished, {created} created. Completed in all: {completed} of {total}.",
        date=since,
        finished=report.finished.total,
        created=report.created,
        completed=report.completed,
        total=report.total,
    )
    parts = (
        (call.say("Finished"), report.finished),
        (call.say("In progress"), report.in_progress),
        (call.say("Overdue"), report.overdue),
        (call.say("Due within 7 days"), report.due_soon),
    )
    return "\n".join([asked, *_scope(call, report.project), "", numbers, *_sections(call, parts)])


def _days(given: str | None) -> int:
    if given is None:
        return DAYS_BACK
    if not re.fullmatch("[0-9]{1,3}", given) or not 1 <= int(given) <= DAYS_LIMIT:
        raise InvalidValue(
            field="gun", value=given[:20], allowed="a whole number from {least} to {most}", least=1, most=DAYS_LIMIT
        )
    return int(given)


def _scope(call: ToolCall, project: ProjectView | None) -> list[str]:
    return [] if project is None else ["", markdown.project(project, call.language)]


def _sections(call: ToolCall, parts: tuple[tuple[str, Part], ...]) -> list[str]:
    """Each part under its heading; a task that was told in an earlier one is only counted."""
    lines: list[str] = []
    told: set[str] = set()
    for heading, part in parts:
        new = [view for view in part.views if view.task.id not in told]
        told |= {view.task.id for view in new}
        lines += ["", f"## {heading} ({part.total})"]
        lines += [markdown.row(view, call.language, with_project=True) for view in new]
        if part.total > len(part.views):
            left = part.total - len(part.views)
            lines.append(call.say("{left} more: gorev_listele shows them.", left=left))
        elif not new:
            lines.append(call.say("All named above.") if part.views else "–")
    return lines


async def _day_numbers(typed: str, context: CallContext) -> Completion:
    values = [each for each in _DAYS_OFFERED if each.startswith(typed.strip())]
    return Completion(values=values, total=len(values))


_PROJECT: Final = Argument(name="proje_id", other_names=("project_id",), hint="Only this project", complete=project_ids)

PROMPTS: Final = (
    Prompt(
        name="gunluk_plan",
        english_name="daily_plan",
        title="Plan the day",
        description="Plans today's work from what is overdue, due, in progress and important.",
        arguments=(_PROJECT,),
        write=_daily_plan,
    ),
    Prompt(
        name="gorev_parcala",
        english_name="break_down",
        title="Break a task down",
        description="Breaks a task down into subtasks.",
        arguments=(
            Argument(
                name="gorev_id",
                other_names=("task_id", "id"),
                hint="The task to break down",
                complete=task_ids,
                required=True,
            ),
        ),
        write=_break_down,
    ),
    Prompt(
        name="durum_raporu",
        english_name="status_report",
        title="Status report",
        description="Writes a report of what was done lately, what is open, and what is late.",
        arguments=(
            _PROJECT,
            Argument(
                name="gun", other_names=("days",), hint="Days to look back, 7 if not given", complete=_day_numbers
            ),
        ),
        write=_status_report,
    ),
)
