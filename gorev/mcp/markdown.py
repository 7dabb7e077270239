"""What a model reads: tasks and projects as Markdown, in the caller's language (``mcp-tools.md`` §2 to §4).

Ids are always whole, so that the next call can use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from gorev.domain.project import ProjectView
from gorev.domain.task import Branch, TaskView
from gorev.domain.values import LinkKind, Priority, Status
from gorev.domain.views import Hierarchy, TaskDetail
from gorev.domain.watches import Watch
from gorev.locale import text

SYMBOL: Final = {
    Status.PENDING: "⏳",
    Status.IN_PROGRESS: "🔄",
    Status.COMPLETED: "✅",
    Status.CANCELLED: "❌",
}
LETTER: Final = {Priority.HIGH: "Y", Priority.MEDIUM: "O", Priority.LOW: "D"}
PRIORITY_SYMBOL: Final = {Priority.HIGH: "🔴", Priority.MEDIUM: "🟡", Priority.LOW: "🟢"}

_STATUS_NAME: Final = {
    Status.PENDING: "Pending",
    Status.IN_PROGRESS: "In Progress",
    Status.COMPLETED: "Completed",
    Status.CANCELLED: "Cancelled",
}
_PRIORITY_NAME: Final = {Priority.HIGH: "High", Priority.MEDIUM: "Medium", Priority.LOW: "Low"}

TAGS_SHOWN: Final = 3
# Of a task's file watches; gorev_file_watch lists the others.
WATCHES_SHOWN: Final = 5


def status_name(status: Status, language: str) -> str:
    """A status as people call it."""
    return text(language, _STATUS_NAME[status])


def priority_name(priority: Priority, language: str) -> str:
    """A priority as people call it."""
    return text(language, _PRIORITY_NAME[priority])


def row(view: TaskView, language: str, *, depth: int = 0, with_project: bool = False) -> str:
    """One line of a list."""
    task = view.task
    parts = [f"{'  ' * depth}- {SYMBOL[task.status]} {one_line(task.title)} ({LETTER[task.priority]})"]
    if with_project and view.project_name:
        parts.append(f"📁 {one_line(view.project_name)}")
    if task.due_date:
        parts.append(f"📅 {task.due_date.isoformat()}")
    if task.tags:
        names = ", ".join(tag.name for tag in task.tags)
        parts.append(f"🏷 {names if len(task.tags) <= TAGS_SHOWN else len(task.tags)}")
    if view.dependency_count or view.dependent_count:
        parts.append(_counters(view, language))
    parts.append(f"ID:{task.id}")
    return " | ".join(parts)


def _counters(view: TaskView, language: str) -> str:
    return text(
        language,
        "waits for {all} ({open} open), blocks {blocked}",
        all=view.dependency_count,
        open=view.uncompleted_dependency_count,
        blocked=view.dependent_count,
    )


def detail(shown: TaskDetail, language: str, today: date) -> str:
    """A task in full, but for its subtasks: under the last heading the caller lists them."""
    view, task = shown.view, shown.view.task
    facts = [
        ("ID", task.id),
        (text(language, "Status"), f"{SYMBOL[task.status]} {status_name(task.status, language)}"),
        (text(language, "Priority"), f"{PRIORITY_SYMBOL[task.priority]} {priority_name(task.priority, language)}"),
        (text(language, "Created"), task.created_at.isoformat(timespec="seconds")),
        (text(language, "Updated"), task.updated_at.isoformat(timespec="seconds")),
    ]
    if task.project_id:
        facts.append((text(language, "Project"), f"{one_line(view.project_name or '')} (ID: {task.project_id})"))
    if task.parent_id:
        facts.append((text(language, "Parent"), task.parent_id))
    if task.due_date:
        facts.append((text(language, "Due"), f"{task.due_date.isoformat()} ({_due(task.due_date, today, language)})"))
    if task.tags:
        facts.append((text(language, "Tags"), ", ".join(tag.name for tag in task.tags)))
    facts.append((text(language, "Dependencies"), _counters(view, language)))
    facts.append((text(language, "Revision"), str(task.rev)))
    lines = [f"# {one_line(task.title)}", "", *(f"- **{name}:** {value}" for name, value in facts)]
    lines += ["", f"## {text(language, 'Description')}", "", task.description or text(language, "No description.")]
    lines += _links(shown, language)
    if shown.watches:
        lines += ["", f"## {text(language, 'Watched files')} ({len(shown.watches)})", ""]
        lines += [watch(each) for each in shown.watches[:WATCHES_SHOWN]]
    if shown.children:
        below = _statuses(shown.children)
        lines += ["", f"## {text(language, 'Subtasks')} ({below.count(Status.COMPLETED)} / {len(below)})", ""]
    return "\n".join(lines)


def watch(shown: Watch) -> str:
    """A file watch as an item of a list."""
    return f"- {one_line(shown.path)} | watch_id:{shown.id}"


def _statuses(branches: Sequence[Branch]) -> list[Status]:
    """The status of everything in these trees."""
    waiting = list(branches)
    for branch in waiting:
        waiting.extend(branch.children)
    return [branch.view.task.status for branch in waiting]


def _links(shown: TaskDetail, language: str) -> list[str]:
    if not shown.view.links:
        return []
    own = shown.view.task.id
    lines = ["", f"## {text(language, 'Dependencies')}", ""]
    for link in shown.view.links:
        waits = link.target_id == own
        other, title, status = (
            (link.source_id, link.source_title, link.source_status)
            if waits
            else (link.target_id, link.target_title, link.target_status)
        )
        if link.kind is LinkKind.RELATED:
            kind = text(language, "related to")
        else:
            kind = text(language, "waits for" if waits else "blocks")
        lines.append(f"- {kind}: {SYMBOL[status]} {one_line(title)} | ID:{other}")
    if shown.view.task.status is Status.PENDING and shown.view.uncompleted_dependency_count:
        lines.append(f"\n⚠️ {text(language, 'This task cannot start before its prerequisites are finished.')}")
    return lines


def hierarchy(shown: Hierarchy, language: str) -> str:
    """A task, its ancestors and how far its subtasks are; they are listed by the caller."""
    count = shown.by_status.get
    above = " › ".join(one_line(view.task.title) for view in reversed(shown.ancestors))
    lines = [f"# {one_line(shown.view.task.title)}", "", f"ID: {shown.view.task.id}"]
    if above:
        lines.append(f"{text(language, 'Ancestors')}: {above} (ID: {shown.ancestors[0].task.id})")
    lines.append(
        text(
            language,
            "Subtasks: {total} ({completed} completed, {in_progress} in progress, {pending} pending,"
            " {cancelled} cancelled), progress {progress:.1f} %",
            total=shown.total,
            completed=count(Status.COMPLETED, 0),
            in_progress=count(Status.IN_PROGRESS, 0),
            pending=count(Status.PENDING, 0),
            cancelled=count(Status.CANCELLED, 0),
            progress=shown.progress,
        )
    )
    return "\n".join(lines)


def project(view: ProjectView, language: str) -> str:
    """A project as an item of a list."""
    active = f" — {text(language, 'active')}" if view.is_active else ""
    lines = [f"## {one_line(view.project.name)}{active}", f"- ID: {view.project.id}"]
    if view.project.definition:
        lines.append(f"- {text(language, 'Definition')}: {view.project.definition}")
    lines.append(f"- {text(language, 'Created')}: {view.project.created_at.isoformat(timespec='seconds')}")
    lines.append(
        "- "
        + text(
            language,
            "Tasks: {total} ({completed} completed, {in_progress} in progress, {pending} pending,"
            " {cancelled} cancelled)",
            total=view.task_count,
            completed=view.completed_count,
            in_progress=view.in_progress_count,
            pending=view.pending_count,
            cancelled=view.cancelled_count,
        )
    )
    return "\n".join(lines)


def one_line(value: str) -> str:
    """A title without line breaks, which would break a list."""
    return " ".join(value.split())


def _due(due: date, today: date, language: str) -> str:
    days = (due - today).days
    if days == 0:
        return text(language, "today")
    if days > 0:
        return text(language, "{days} days left", days=days)
    return text(language, "{days} days overdue", days=-days)
