"""Trees of tasks in the answers of tools: as many as the budget lets through (``mcp-tools.md`` §1)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import Meta

from gorev.domain.query import Part
from gorev.domain.task import Branch
from gorev.domain.views import Hierarchy, TaskDetail
from gorev.locale import plural
from gorev.mcp import markdown
from gorev.mcp.budget import PAGE, size
from gorev.mcp.toolbox import WORDS, ToolCall
from gorev.wire.vocabulary import TASK

Limit = Annotated[int, Meta(ge=1, le=200)]

# What a task costs at least: its id alone has 36 characters, the names of its fields have more.
_LEAST_BYTES: Final = 100


def fitting(
    call: ToolCall, roots: tuple[Branch, ...], unread: int, budget: int, *, with_project: bool
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """As many whole trees as the budget lets through, as objects and as lines; of a first one too large, a part.

    The third value says what of such a tree is missing; ``unread`` are missing in any case.
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
        too_much = max(spent_rows + cost_rows, spent_lines + cost_lines) > budget
        if too_much or unread:
            if rows:
                break
            if too_much:
                encoded, written = encoded[:-1] or encoded, written[:-1] or written
            missing = len(nodes) - len(encoded) + unread
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


def most(budget: int) -> int:
    """More tasks than the budget lets through."""
    return budget // _LEAST_BYTES + 1


def part(budget: int, limit: int = PAGE, offset: int = 0) -> Part:
    """Of a task's subtasks and what is below them, more than the budget lets through."""
    return Part(most=most(budget), limit=limit, offset=offset)


def subtasks(
    call: ToolCall, shown: TaskDetail | Hierarchy, budget: int, offset: int = 0
) -> tuple[list[dict[str, Any]], list[str], int]:
    """Subtasks that were read from ``offset`` on, each with its subtree, as many as the budget lets through.

    The third value says how many subtasks follow.
    """
    rows, lines, cut = fitting(call, shown.children, shown.unread, budget, with_project=False)
    after = offset + len(rows)
    left = max(shown.view.subtask_count - after, 0)
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
