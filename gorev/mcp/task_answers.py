"""What tools say of a task that was made or changed."""

from __future__ import annotations

from typing import Any, Final

from gorev.domain.task import TaskView
from gorev.domain.views import TaskChanged
from gorev.mcp.budget import DEFAULT_BUDGET, cut_task, size, tell_cut
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.toolbox import ToolCall
from gorev.wire import remarks

TASK_OUTPUT: Final = {"gorev": "object", "kesilen": "object"}


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
