"""What an answer may cost (``mcp-tools.md`` §1), and how what is too long is cut: every cut says how much it took.

Costs are bytes of JSON or of text, whichever is more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import attrs

from gorev.domain.project import ProjectView
from gorev.domain.task import Link, TaskView
from gorev.domain.values import Tag
from gorev.locale import text
from gorev.wire import encode
from gorev.wire.encode import Encoder, Object
from gorev.wire.vocabulary import PROJECT, TASK

T = TypeVar("T")

# Without a limit asked for and with one; the rest up to 6 KB and 20 000 characters is for headings and notes.
DEFAULT_BUDGET: Final = 5_600
ASKED_BUDGET: Final = 19_400
PAGE: Final = 50

# Of a project's definition in a list.
DEFINITION_SHOWN: Final = 200


def size(value: object) -> int:
    """What an object costs as JSON, or a text as it is."""
    return len(value.encode() if isinstance(value, str) else encode.json(value))


def fitting(
    items: Iterable[T], budget: int, encoded: Callable[[T], Any], written: Callable[[T], str]
) -> tuple[list[Any], list[str]]:
    """As many items as the budget lets through, at least one, as objects and as lines."""
    rows: list[Any] = []
    lines: list[str] = []
    spent_rows = spent_lines = 0
    for item in items:
        row, line = encoded(item), written(item)
        spent_rows += size(row) + 1
        spent_lines += size(line) + 1
        if rows and max(spent_rows, spent_lines) > budget:
            break
        rows.append(row)
        lines.append(line)
    return rows, lines


def beginning(items: Sequence[T], budget: int, cost: Callable[[T], int]) -> Sequence[T]:
    """As many items as the budget lets through, perhaps none."""
    spent = 0
    for count, item in enumerate(items):
        spent += cost(item) + 1
        if spent > budget:
            return items[:count]
    return items


def clipped(whole: str, characters: int) -> str:
    """The text, or its beginning and how many characters follow."""
    return whole if len(whole) <= characters else f"{whole[:characters]}… (+{len(whole) - characters})"


def cut_task(encoder: Encoder, view: TaskView, budget: int = DEFAULT_BUDGET) -> tuple[TaskView, dict[str, int]]:
    """A task whose description, tags and links are as long as the budget lets them be.

    The second value says by their names how much of each is missing: characters, or items.
    """
    if size(encoder.task(view)) <= budget:
        return view, {}
    task, links = view.task, view.links or ()
    room = max(budget - size(encoder.task(_with(view, "", (), ()))) - 20, 0)

    def tag_cost(each: Tag) -> int:
        return size(encode.tag(each, encoder.words))

    def link_cost(each: Link) -> int:
        return size(encoder.links([each]))

    kept_tags = beginning(task.tags, room // 8, tag_cost)
    room -= sum(map(tag_cost, kept_tags)) + len(kept_tags)
    kept_links = beginning(links, room - min(size(task.description), room // 2), link_cost)
    room -= sum(map(link_cost, kept_links)) + len(kept_links)
    description = _prefix(task.description, room)
    names = TASK.out(encoder.words)
    left = {
        names["description"]: len(task.description) - len(description),
        names["tags"]: len(task.tags) - len(kept_tags),
        names["links"]: len(links) - len(kept_links),
    }
    return _with(view, description, kept_tags, kept_links), {name: count for name, count in left.items() if count}


def _with(view: TaskView, description: str, tags: Sequence[Tag], links: Sequence[Link]) -> TaskView:
    return attrs.evolve(
        view,
        task=attrs.evolve(view.task, description=description, tags=tuple(tags)),
        links=None if view.links is None else tuple(links),
    )


def cut_project(
    encoder: Encoder, view: ProjectView, budget: int = DEFAULT_BUDGET
) -> tuple[ProjectView, dict[str, int]]:
    """As `cut_task`, a project's definition."""
    room = budget - size(encoder.project(_defined(view, "")))
    definition = _prefix(view.project.definition, room)
    left = len(view.project.definition) - len(definition)
    return _defined(view, definition), {PROJECT.out(encoder.words)["definition"]: left} if left else {}


def brief_project(view: ProjectView) -> ProjectView:
    """A project as a list shows it."""
    return _defined(view, clipped(view.project.definition, DEFINITION_SHOWN))


def _defined(view: ProjectView, definition: str) -> ProjectView:
    return attrs.evolve(view, project=attrs.evolve(view.project, definition=definition))


def _prefix(whole: str, budget: int) -> str:
    """The longest beginning whose JSON is not longer than the budget."""
    if size([whole]) <= budget:
        return whole
    low, high = 0, min(len(whole), max(budget, 0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size([whole[:middle]]) <= budget else (low, middle - 1)
    return whole[:low]


def tell_cut(language: str, structured: Object, left: dict[str, int], resource: str | None = None) -> list[str]:
    """Say in the struct and in a line what was cut, and where all of it is: in ``gorev_detay``, or in a resource."""
    if not left:
        return []
    structured["kesilen"] = left
    cuts = ", ".join(f"{name} +{count}" for name, count in left.items())
    if resource is None:
        return [text(language, "Cut here: {cuts}. gorev_detay shows more.", cuts=cuts)]
    return [text(language, "Cut here: {cuts}. The resource {uri} has all of it.", cuts=cuts, uri=resource)]
