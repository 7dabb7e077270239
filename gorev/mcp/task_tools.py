"""The tools on one task: show, update, edit, delete (``mcp-tools.md`` §3.2 to §3.5)."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain import values
from gorev.domain.errors import ConfirmationRequired, NothingGiven, ToolRemoved
from gorev.domain.task import TaskChange
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET, cut_task, size, tell_cut
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_answers import TASK_OUTPUT, changed_task
from gorev.mcp.task_trees import part, subtasks
from gorev.mcp.toolbox import OF_TASK, WORDS, Tool, ToolCall
from gorev.wire import encode, kinds
from gorev.wire.decode import or_absent
from gorev.wire.kinds import DueDate, Flag, Key, PriorityToken, Rev, StatusToken, Tags, Text
from gorev.wire.vocabulary import TASK, TASK_TOOL

# Of the budget of one task's answer, what its subtasks have to themselves: a quarter.
_SUBTASKS_SHARE: Final = 4
# A longer description makes the answer a long one: nothing else shows it.
_SHORT_DESCRIPTION_BYTES: Final = DEFAULT_BUDGET // 2


class DetailArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_detay``."""

    id: Text


async def show_task(call: ToolCall, given: DetailArguments) -> ToolOutcome:
    """One task in full."""
    detail = (await call.workspace.tasks.get(given.id, part(ASKED_BUDGET))).value
    view, language = detail.view, call.language
    call.workspace.context.note_view(call.actor, view.task.id)
    budget = DEFAULT_BUDGET if size(view.task.description) <= _SHORT_DESCRIPTION_BYTES else ASKED_BUDGET
    shown, cut = cut_task(call.encoder, view, budget - budget // _SUBTASKS_SHARE)
    encoded = call.encoder.task(shown)
    structured: dict[str, Any] = {"gorev": encoded}
    if detail.watches:
        structured["izlemeler"] = call.encoder.watches(detail.watches[: markdown.WATCHES_SHOWN])
    head = [markdown.task(shown, language, call.workspace.today()), *markdown.blocked(view, language)]
    head += tell_cut(language, structured, cut, f"gorev://gorev/{view.task.id}")
    head += markdown.subtasks_heading(detail, language)
    end = markdown.ending(detail, language)
    spent = max(sum(size(line) + 1 for line in [*head, *end]), size(structured))
    encoded[TASK.out(WORDS)["subtasks"]], lines, left = subtasks(call, detail, budget - spent)
    if left:
        structured["kalan"] = left
    return ToolOutcome(text="\n".join([*head, *lines, *end]), structured=structured)


class UpdateArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_guncelle``."""

    id: Text
    status: StatusToken | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    rev: Rev | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def update_task(call: ToolCall, given: UpdateArguments) -> ToolOutcome:
    """Status, priority, or both at once."""
    if given.status is UNSET and given.priority is UNSET:
        raise NothingGiven(fields=["status", "priority"])
    change = TaskChange(
        status=values.UNSET if given.status is UNSET else kinds.status(given.status),
        priority=values.UNSET if given.priority is UNSET else kinds.priority(given.priority),
    )
    rev = or_absent(given.rev)
    changed = (await call.workspace.tasks.change(call.actor, given.id, change, rev, call.once)).value
    names = TASK.out(WORDS)
    differences = {
        names[field]: {
            "eski": encode.token(getattr(changed.before, field)),
            "yeni": encode.token(getattr(changed.view.task, field)),
        }
        for field in changed.changed
    }
    lines = [
        call.say("Task updated." if differences else "Nothing to change."),
        f"ID: {changed.view.task.id}",
        markdown.one_line(changed.view.task.title),
        *(f"- {field}: {values_['eski']} → {values_['yeni']}" for field, values_ in differences.items()),
    ]
    return changed_task(call, changed, lines, degisiklikler=differences)


class EditArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_duzenle``."""

    id: Text
    title: Text | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    project_id: Text | UnsetType | None = UNSET
    due_date: DueDate | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    rev: Rev | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def edit_task(call: ToolCall, given: EditArguments) -> ToolOutcome:
    """Content: whatever is given."""
    change = TaskChange(
        title=values.UNSET if given.title is UNSET else given.title,
        description=values.UNSET if given.description is UNSET else given.description,
        priority=values.UNSET if given.priority is UNSET else kinds.priority(given.priority),
        project_id=values.UNSET if given.project_id is UNSET else given.project_id or None,
        due_date=values.UNSET if given.due_date is UNSET else kinds.due_date(given.due_date),
        tags=values.UNSET if given.tags is UNSET else tuple(given.tags),
    )
    if change == TaskChange():
        raise NothingGiven(fields=["title", "description", "priority", "project_id", "due_date", "tags"])
    rev = or_absent(given.rev)
    changed = (await call.workspace.tasks.change(call.actor, given.id, change, rev, call.once)).value
    said = call.say("Task updated." if changed.changed else "Nothing to change.")
    title = markdown.one_line(changed.view.task.title)
    return changed_task(call, changed, [said, title, f"ID: {changed.view.task.id}"])


class DeleteArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_sil``."""

    id: Text
    confirm: Flag | UnsetType = UNSET
    rev: Rev | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def delete_task(call: ToolCall, given: DeleteArguments) -> ToolOutcome:
    """Delete, if that was confirmed."""
    if given.confirm is not True:
        raise ConfirmationRequired(field=TASK_TOOL.out(WORDS)["confirm"])
    rev = or_absent(given.rev)
    task = (await call.workspace.tasks.delete(call.actor, given.id, rev, call.once)).value
    said = f"{call.say('Task deleted.')}\n{markdown.one_line(task.title)}\nID: {task.id}"
    return ToolOutcome(text=said, structured={"silinen": {"id": task.id, "baslik": task.title}})


DETAIL: Final = Tool(
    name="gorev_detay",
    title="Show a task",
    description="One task in full: description, dependencies, subtasks.",
    arguments=DetailArguments,
    names=TASK_TOOL,
    handler=show_task,
    output={**TASK_OUTPUT, "izlemeler": "array", "kalan": "integer"},
    read_only=True,
    errors=OF_TASK,
)

UPDATE: Final = Tool(
    name="gorev_guncelle",
    title="Change status or priority",
    description="Changes a task's status, priority, or both at once.",
    arguments=UpdateArguments,
    names=TASK_TOOL,
    handler=update_task,
    output={**TASK_OUTPUT, "degisiklikler": "object", "uyari": "string"},
    errors=("missing_parameter", *OF_TASK, "dependency_incomplete", "subtasks_incomplete"),
)

EDIT: Final = Tool(
    name="gorev_duzenle",
    title="Edit a task",
    description="Changes a task's content: only what is given. Tags replace the earlier ones.",
    arguments=EditArguments,
    names=TASK_TOOL,
    handler=edit_task,
    output=TASK_OUTPUT,
    hints={"project_id": "empty: no project", "due_date": "YYYY-MM-DD; empty: none"},
    errors=("missing_parameter", *OF_TASK, "project_not_found"),
)

DELETE: Final = Tool(
    name="gorev_sil",
    title="Delete a task",
    description="Deletes a task that has no subtasks, for good.",
    arguments=DeleteArguments,
    names=TASK_TOOL,
    handler=delete_task,
    output={"silinen": "object"},
    hints={"confirm": "must be true"},
    destructive=True,
    demanded=frozenset({"confirm"}),
    errors=("confirmation_required", *OF_TASK, "has_subtasks"),
)

TOOLS: Final = (DETAIL, UPDATE, EDIT, DELETE)


class AnyArguments(msgspec.Struct, kw_only=True):
    """Arguments that nothing is done with."""


async def removed(call: ToolCall, given: AnyArguments) -> ToolOutcome:
    """Tell the caller of a tool that is gone what to use instead."""
    raise ToolRemoved(tool="gorev_olustur", instead="templateden_gorev_olustur")


UNLISTED: Final = (
    Tool(
        name="gorev_olustur",
        title="Removed",
        description="Removed in 0.11.1.",
        arguments=AnyArguments,
        names=TASK_TOOL,
        handler=removed,
        output={},
        takes_anything=True,
        errors=("not_found",),
    ),
)
