"""Every tool there is; `Toolbox` puts them in order. `UNLISTED` can be called by those who know their names."""

from __future__ import annotations

from typing import Final

from gorev.mcp import (
    bulk_tools,
    context_tools,
    hierarchy_tool,
    intelligent_tools,
    link_tools,
    profile_tools,
    project_tools,
    search_tools,
    suggestion_tools,
    summary_tools,
    task_listing,
    task_tools,
    template_tools,
    transfer_tools,
    watch_tools,
)

TOOLS: Final = (
    task_listing.LISTING,
    *task_tools.TOOLS,
    hierarchy_tool.SUBTASKS,
    *project_tools.TOOLS,
    *link_tools.TOOLS,
    *context_tools.TOOLS,
    *bulk_tools.TOOLS,
    *template_tools.TOOLS,
    *summary_tools.TOOLS,
    *suggestion_tools.TOOLS,
    *intelligent_tools.TOOLS,
    *watch_tools.TOOLS,
    *transfer_tools.TOOLS,
    *search_tools.TOOLS,
    *profile_tools.TOOLS,
)

UNLISTED: Final = (*bulk_tools.UNLISTED, *task_tools.UNLISTED)
