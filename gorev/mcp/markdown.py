"""What a model reads: tasks and projects as Markdown, in the caller's language (``mcp-tools.md`` §2 to §4).

Ids are always whole, so that the next call can use them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from gorev.domain.project import ProjectView
from gorev.domain.task import TaskView
from gorev.domain.values import LinkKind, Priority, Status
from gorev.domain.views import Hierarchy, TaskDetail
from gorev.domain.watches import Watch
from gorev.locale import percent, plural, text
from gorev.wire.names import PRIORITY_SYMBOL, STATUS_SYMBOL, priority_name, status_name

# data-model.md §2: the initials of the Turkish names, whatever the language.
LETTER: Final = {Priority.HIGH: "Y", Priority.MEDIUM: "O", Priority.LOW: "D"}
TAGS_SHOWN: Final = 3
TAGS_IN_PROJECT: Final = 2
DESCRIPTION_SHOWN: Final = 50
# Of a task's file watches; gorev_file_watch lists the others.
WATCHES_SHOWN: Final = 5


def row(view: TaskView, language: str, *, depth: int = 0, with_project: bool = False) -> str:
    """One line of a list."""
    parts = [f"{'  ' * depth}{_title(view)}"]
    if with_project and view.project_name:
        parts.append(f"📁 {one_line(view.project_name)}")
    return " | ".join([*parts, *_due_date(view), *tags(view), *_links_and_id(view, language)])


def row_in_project(view: TaskView, language: str) -> str:
    """One line of the list of a project's tasks, with the beginning of the description."""
    description = one_line(view.task.description[: 10 * DESCRIPTION_SHOWN])
    if len(description) > DESCRIPTION_SHOWN:
        description = f"{description[: DESCRIPTION_SHOWN - 3]}..."
    names = [one_line(tag.name) for tag in view.task.tags]
    more = "" if len(names) <= TAGS_IN_PROJECT else f" +{len(names) - TAGS_IN_PROJECT}"
    tagged = [f"🏷 {', '.join(names[:TAGS_IN_PROJECT])}{more}"] if names else []
    told = [description] if description else []
    return " | ".join([_title(view), *told, *_due_date(view), *tagged, *_links_and_id(view, language)])


def _title(view: TaskView) -> str:
    return f"- {STATUS_SYMBOL[view.task.status]} {one_line(view.task.title)} ({LETTER[view.task.priority]})"


def _due_date(view: TaskView) -> list[str]:
    return [f"📅 {view.task.due_date.isoformat()}"] if view.task.due_date else []


def tags(view: TaskView) -> list[str]:
    """A task's tags as a part of a line: few by name, of more how many."""
    names = [one_line(tag.name) for tag in view.task.tags]
    if not names:
        return []
    return [f"🏷 {', '.join(names) if len(names) <= TAGS_SHOWN else len(names)}"]


def _links_and_id(view: TaskView, language: str) -> list[str]:
    linked = view.dependency_count or view.dependent_count
    return [*([_counters(view, language)] if linked else []), f"ID:{view.task.id}"]


def legend(language: str) -> list[str]:
    """What the letters of rows mean, where they are not the initials of the words of this language."""
    named = ", ".join(f"{letter}: {priority_name(priority, language)}" for priority, letter in LETTER.items())
    return [] if language == "tr" else [f"({named})"]


def _counters(view: TaskView, language: str) -> str:
    return text(
        language,
        "waits for {all} ({open} not completed), blocks {blocked}",
        all=view.dependency_count,
        open=view.uncompleted_dependency_count,
        blocked=view.dependent_count,
    )


def task(view: TaskView, language: str, today: date) -> str:
    """A task in full, but for what belongs to it beside its links."""
    task = view.task
    facts = [
        ("ID", task.id),
        (text(language, "Status"), f"{STATUS_SYMBOL[task.status]} {status_name(task.status, language)}"),
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
    return "\n".join([*lines, *_links(view, language)])


def subtasks_heading(shown: TaskDetail, language: str) -> list[str]:
    """What stands above a task's subtasks: how many there are and how many of them are completed."""
    total = sum(shown.by_status.values())
    if not total:
        return []
    done = shown.by_status.get(Status.COMPLETED, 0)
    share = percent(language, 100 * done / total, 1)
    return ["", f"## {text(language, 'Subtasks')} ({done} / {total}, {share})", ""]


def ending(shown: TaskDetail, language: str) -> list[str]:
    """What follows a task's subtasks: the files that are watched for it, and when it was last changed."""
    lines = []
    if shown.watches:
        lines += ["", f"## {text(language, 'Watched files')} ({len(shown.watches)})", ""]
        lines += [watch(each) for each in shown.watches[:WATCHES_SHOWN]]
    updated = shown.view.task.updated_at.isoformat(timespec="seconds")
    return [*lines, "", text(language, "Last updated: {time}", time=updated)]


def watch(shown: Watch) -> str:
    """A file watch as an item of a list."""
    return f"- {one_line(shown.path)} | watch_id:{shown.id}"


def _links(view: TaskView, language: str) -> list[str]:
    if not view.links:
        return []
    own = view.task.id
    lines = ["", f"## {text(language, 'Dependencies')}", ""]
    for link in view.links:
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
        lines.append(
            f"- {kind}: {STATUS_SYMBOL[status]} {one_line(title)} ({status_name(status, language)}) | ID:{other}"
        )
    return lines


def blocked(view: TaskView, language: str) -> list[str]:
    """A warning, if the task is pending and may not start (rule S2); its links must be there, all of them."""
    waits = any(
        link.kind is LinkKind.BLOCKS and link.target_id == view.task.id and link.source_status.is_open
        for link in view.links or ()
    )
    if view.task.status is not Status.PENDING or not waits:
        return []
    return ["", f"⚠️ {text(language, 'This task cannot start before its prerequisites are finished.')}"]


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
            " {cancelled} cancelled), progress {progress}",
            total=shown.total,
            completed=count(Status.COMPLETED, 0),
            in_progress=count(Status.IN_PROGRESS, 0),
            pending=count(Status.PENDING, 0),
            cancelled=count(Status.CANCELLED, 0),
            progress=percent(language, shown.progress, 1),
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
        return left(days, language)
    return overdue(-days, language)


def left(days: int, language: str) -> str:
    """How far ahead a due date is."""
    return plural(language, "{count} day left", "{count} days left", days)


def overdue(days: int, language: str) -> str:
    """How long ago a due date was."""
    return plural(language, "{count} day overdue", "{count} days overdue", days)
