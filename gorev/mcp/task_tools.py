"""The tools on tasks (``mcp-tools.md`` §3.1 to §3.5 and §4.2)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType

from gorev.domain import values
from gorev.domain.errors import ConfirmationRequired, ConflictingAlias, MissingParameter, NothingGiven, ToolRemoved
from gorev.domain.query import Sort, TaskQuery
from gorev.domain.task import Branch, NewTask, TaskChange, TaskView
from gorev.domain.values import Priority
from gorev.domain.views import TaskChanged, TaskPage
from gorev.locale import plural
from gorev.mcp import markdown
from gorev.mcp.budget import ASKED_BUDGET, DEFAULT_BUDGET, PAGE, beginning, cut_task, size, tell_cut
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import OF_PROJECT, OF_TASK, WORDS, Tool, ToolCall
from gorev.wire import encode, kinds, remarks
from gorev.wire.decode import or_absent
from gorev.wire.kinds import (
    DueDate,
    Flag,
    HierarchyAction,
    Key,
    Offset,
    PriorityToken,
    QuickToken,
    Rev,
    SortToken,
    StatusToken,
    Tags,
    Text,
)
from gorev.wire.vocabulary import HIERARCHY, HIERARCHY_TOOL, LIST_TOOL, TASK, TASK_TOOL

Limit = Annotated[int, Meta(ge=1, le=200)]

# Of the budget of one task's answer, what its subtasks have to themselves: a quarter.
_SUBTASKS_SHARE: Final = 4
# A longer description makes the answer a long one: nothing else shows it.
_SHORT_DESCRIPTION_BYTES: Final = DEFAULT_BUDGET // 2


class ListArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_listele``."""

    status: StatusToken | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    all_projects: Flag = False
    project_id: Text | UnsetType = UNSET
    sort: SortToken | UnsetType = UNSET
    quick: QuickToken | UnsetType = UNSET
    tag: Text | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET
    offset: Offset = 0


async def list_tasks(call: ToolCall, given: ListArguments) -> ToolOutcome:
    """Roots by page, each with its subtree, as many as the budget lets through."""
    limit = PAGE if given.limit is UNSET else given.limit
    query = TaskQuery(
        statuses=() if given.status is UNSET else (kinds.status(given.status),),
        priorities=() if given.priority is UNSET else (kinds.priority(given.priority),),
        project_id=or_absent(given.project_id),
        all_projects=given.all_projects,
        tag=or_absent(given.tag),
        quick=None if given.quick is UNSET else kinds.quick_filter(given.quick),
        sort=Sort.CREATED_DESC if given.sort is UNSET else kinds.sort(given.sort),
        limit=limit,
        offset=given.offset,
    )
    page = (await call.workspace.tasks.trees(query)).value
    active = (await call.workspace.projects.active()).value.project
    named = [size(each.project.name) for each in (page.project, active) if each is not None]
    budget = (DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET) - max(named, default=0)
    rows, lines, cut = fitting(call, page.rows, budget, with_project=page.project is None)
    after = given.offset + len(rows)
    structured: dict[str, Any] = {
        "gorevler": rows,
        "toplam": page.total,
        "limit": limit,
        "offset": given.offset,
        "aktif_proje": None if active is None else {"id": active.project.id, "isim": active.project.name},
    }
    notes = [*cut]
    if after < page.total:
        structured["kalan"] = page.total - after
        notes.append(call.say("{left} more: call again with offset {offset}.", left=page.total - after, offset=after))
    heading = _heading(call, page, given.offset, len(rows))
    if not rows:
        return ToolOutcome(text=heading, structured=structured)
    legend = markdown.legend(call.language)
    return ToolOutcome(text="\n".join([heading, *legend, "", *lines, *notes]), structured=structured)


def _heading(call: ToolCall, page: TaskPage, offset: int, shown: int) -> str:
    project = None if page.project is None else markdown.one_line(page.project.project.name)
    if not page.total:
        if project is None:
            return call.say("There are no such tasks.")
        return call.say("There are no such tasks in the project {project}.", project=project)
    if not shown:
        return call.say("Nothing more: there are {total}.", total=page.total)
    place = f"{offset + 1}–{offset + shown} / {page.total}"
    return f"# {call.say('Tasks')} ({place})" + (f" — {project}" if project else "")


def fitting(
    call: ToolCall, roots: tuple[Branch, ...], budget: int, *, with_project: bool
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """As many whole trees as the budget lets through, as objects and as lines; of a first one too large, a part.

    The third value says what of such a tree is missing.
    """
    below = TASK.out(WORDS)["subtasks"]
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    cut: list[str] = []
    spent_rows = spent_lines = 0
    for root in roots:
        nodes = _preorder(root)
        encoded: list[dict[str, Any]] = []
        written: list[str] = []
        cost_rows = cost_lines = 0
        for depth, _, branch in nodes:
            encoded.append(call.encoder.brief(branch.view))
            written.append(markdown.row(branch.view, call.language, depth=depth, with_project=with_project))
            cost_rows += size(encoded[-1]) + len(below) + 6
            cost_lines += size(written[-1]) + 1
            if max(spent_rows + cost_rows, spent_lines + cost_lines) > budget:
                break
        if max(spent_rows + cost_rows, spent_lines + cost_lines) > budget:
            if rows:
                break
            encoded, written = encoded[:-1] or encoded, written[:-1] or written
            missing = len(nodes) - len(encoded)
            if missing:
                cut.append(
                    plural(
                        call.language,
                        "{count} subtask of this task is not shown: use gorev_hierarchy with action show.",
                        "{count} subtasks of this task are not shown: use gorev_hierarchy with action show.",
                        missing,
                    )
                )
        for node, (_, parent, _) in zip(encoded, nodes, strict=False):
            if parent is not None:
                encoded[parent].setdefault(below, []).append(node)
        rows.append(encoded[0])
        lines += written
        spent_rows, spent_lines = spent_rows + cost_rows, spent_lines + cost_lines
        if cut:
            break
    return rows, lines, cut


def subtasks(
    call: ToolCall, children: tuple[Branch, ...], budget: int, *, limit: int = PAGE, offset: int = 0
) -> tuple[list[dict[str, Any]], list[str], int]:
    """A page of a task's subtasks, each with its subtree, as many as the budget lets through, and how many follow."""
    rows, lines, cut = fitting(call, children[offset : offset + limit], budget, with_project=False)
    after = offset + len(rows)
    left = max(len(children) - after, 0)
    if left:
        cut.append(
            plural(
                call.language,
                "{count} more subtask: call gorev_hierarchy with action show and offset {offset}.",
                "{count} more subtasks: call gorev_hierarchy with action show and offset {offset}.",
                left,
                offset=after,
            )
        )
    return rows, [*lines, *cut], left


def _preorder(root: Branch) -> list[tuple[int, int | None, Branch]]:
    """Depth, position of the parent in this list, and branch, of everything in a tree."""
    nodes: list[tuple[int, int | None, Branch]] = []
    waiting: list[tuple[int, int | None, Branch]] = [(0, None, root)]
    while waiting:
        depth, parent, branch = waiting.pop()
        position = len(nodes)
        nodes.append((depth, parent, branch))
        waiting.extend((depth + 1, position, child) for child in reversed(branch.children))
    return nodes


class DetailArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_detay``."""

    id: Text


async def show_task(call: ToolCall, given: DetailArguments) -> ToolOutcome:
    """One task in full."""
    detail = (await call.workspace.tasks.get(given.id)).value
    view, language = detail.view, call.language
    await call.workspace.context.note_view(call.actor, view.task.id)
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
    encoded[TASK.out(WORDS)["subtasks"]], lines, left = subtasks(call, detail.children, budget - spent)
    if left:
        structured["kalan"] = left
    return ToolOutcome(text="\n".join([*head, *lines, *end]), structured=structured)


def told(call: ToolCall, view: TaskView, lines: list[str], **further: Any) -> ToolOutcome:
    """The outcome of a change: what is said, and the task as far as the budget lets it through."""
    shown, cut = cut_task(call.encoder, view, DEFAULT_BUDGET - size(further))
    structured = {"gorev": call.encoder.task(shown), **further}
    return ToolOutcome(text="\n".join([*lines, *tell_cut(call.language, structured, cut)]), structured=structured)


def changed_task(call: ToolCall, changed: TaskChanged, lines: list[str], **further: Any) -> ToolOutcome:
    """As `told`, with what there is to remark."""
    remark = remarks.cancelled(changed.cancelled, call.language)
    if remark is None:
        return told(call, changed.view, lines, **further)
    return told(call, changed.view, [*lines, f"⚠️ {remark}"], uyari=remark, **further)


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


class HierarchyArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``gorev_hierarchy``."""

    action: HierarchyAction
    parent_id: Text | UnsetType | None = UNSET
    task_id: Text | UnsetType = UNSET
    new_parent_id: Text | UnsetType | None = UNSET
    title: Text | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    priority: PriorityToken | UnsetType = UNSET
    due_date: DueDate | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET
    offset: Offset = 0
    rev: Rev | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def hierarchy(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    """Subtasks: make one, move one, show them."""
    match given.action:
        case "create_subtask":
            return await _create_subtask(call, given)
        case "change_parent":
            return await _change_parent(call, given)
        case "show":
            return await _show_hierarchy(call, given)


async def _create_subtask(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    parent = given.parent_id or given.task_id
    if not isinstance(parent, str):
        raise MissingParameter(field="parent_id")
    _refuse_two(parent_id=given.parent_id, task_id=given.task_id)
    if given.title is UNSET:
        raise MissingParameter(field="title")
    new = NewTask(
        title=given.title,
        description="" if given.description is UNSET else given.description,
        priority=Priority.MEDIUM if given.priority is UNSET else kinds.priority(given.priority),
        parent_id=parent,
        due_date=None if given.due_date is UNSET else kinds.due_date(given.due_date),
        tags=() if given.tags is UNSET else tuple(given.tags),
    )
    view = (await call.workspace.tasks.create(call.actor, new, call.once)).value
    return told(call, view, [call.say("Subtask created."), markdown.one_line(view.task.title), f"ID: {view.task.id}"])


async def _change_parent(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    if given.task_id is UNSET:
        raise MissingParameter(field=HIERARCHY_TOOL.out(WORDS)["task_id"])
    _refuse_two(new_parent_id=given.new_parent_id, parent_id=given.parent_id)
    parent = given.parent_id if given.new_parent_id is UNSET else given.new_parent_id
    change = TaskChange(parent_id=parent if isinstance(parent, str) and parent else None)
    rev = or_absent(given.rev)
    changed = (await call.workspace.tasks.change(call.actor, given.task_id, change, rev, call.once)).value
    task = changed.view.task
    place = (
        call.say("It is a root task now.")
        if task.parent_id is None
        else call.say("Its parent is {parent} now.", parent=task.parent_id)
    )
    return told(call, changed.view, [markdown.one_line(task.title), f"ID: {task.id}", place])


def _refuse_two(**given: str | UnsetType | None) -> None:
    """Do nothing unless the parent is named under two names, differently.

    @raise ConflictingAlias: it is (rule N3).
    """
    if not any(each is UNSET for each in given.values()) and len({each or "" for each in given.values()}) > 1:
        raise ConflictingAlias(keys=[HIERARCHY_TOOL.out(WORDS)[name] for name in given])


async def _show_hierarchy(call: ToolCall, given: HierarchyArguments) -> ToolOutcome:
    target = given.task_id or given.parent_id
    if not isinstance(target, str):
        raise NothingGiven(fields=[HIERARCHY_TOOL.out(WORDS)[name] for name in ("task_id", "parent_id")])
    shown = (await call.workspace.tasks.hierarchy(target)).value
    budget = DEFAULT_BUDGET if given.limit is UNSET else ASKED_BUDGET
    names = HIERARCHY.out(WORDS)
    above = beginning(shown.ancestors, budget // 3, lambda view: size(call.encoder.brief(view))) or shown.ancestors[:1]
    missing = len(shown.ancestors) - len(above)
    structured: dict[str, Any] = call.encoder.hierarchy(attrs.evolve(shown, ancestors=(), children=()))
    structured[names["task"]] = call.encoder.brief(shown.view)
    structured[names["ancestors"]] = [call.encoder.brief(view) for view in above]
    head = [markdown.hierarchy(attrs.evolve(shown, ancestors=tuple(above)), call.language)]
    if missing:
        structured["kesilen"] = {names["ancestors"]: missing}
        head.append(
            call.say("{count} more above: show the one named first, {id}.", count=missing, id=above[-1].task.id)
        )
    rows, lines, left = subtasks(
        call,
        shown.children,
        budget - max(sum(map(size, head)), size(structured)),
        limit=PAGE if given.limit is UNSET else given.limit,
        offset=given.offset,
    )
    structured[names["children"]] = rows
    if left:
        structured["kalan"] = left
    legend = markdown.legend(call.language) if rows else []
    return ToolOutcome(text="\n".join([*head, *legend, "", *lines]), structured=structured)


TASK_OUTPUT: Final = {"gorev": "object", "kesilen": "object"}

LISTING: Final = Tool(
    name="gorev_listele",
    title="List tasks",
    description="Lists and filters tasks as a tree. Without a project: the active one, else all.",
    arguments=ListArguments,
    names=LIST_TOOL,
    handler=list_tasks,
    output={
        "gorevler": "array",
        "toplam": "integer",
        "limit": "integer",
        "offset": "integer",
        "aktif_proje": "object|null",
        "kalan": "integer",
    },
    hints={"quick": "acil: due within 7 days; gecmis: overdue", "tag": "a tag's name"},
    read_only=True,
    errors=OF_PROJECT,
)

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

SUBTASKS: Final = Tool(
    name="gorev_hierarchy",
    title="Subtasks",
    description="Makes a subtask, moves a task elsewhere in the tree, or shows a task's ancestors and subtasks.",
    arguments=HierarchyArguments,
    names=HIERARCHY_TOOL,
    handler=hierarchy,
    output={
        **TASK_OUTPUT,
        "ust_gorevler": "array",
        "alt_gorevler": "array",
        "toplam_alt_gorev": "integer",
        "tamamlanan_alt": "integer",
        "devam_eden_alt": "integer",
        "beklemede_alt": "integer",
        "iptal_alt": "integer",
        "ilerleme_yuzdesi": "number",
        "kalan": "integer",
    },
    hints={
        "new_parent_id": "empty: make it a root task",
        "parent_id": "for create_subtask",
        "task_id": "for the others",
        "limit": "for show",
    },
    reads=frozenset({"show"}),
    idempotent=False,
    errors=("missing_parameter", *OF_TASK, "parent_not_found", "project_mismatch", "cycle_detected"),
)

TOOLS: Final = (LISTING, DETAIL, UPDATE, EDIT, DELETE, SUBTASKS)


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
