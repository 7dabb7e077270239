"""Every tool there is; `Toolbox` puts them in order. `UNLISTED` can be called by those who know their names."""

from __future__ import annotations

from typing import Final

from gorev.mcp import bulk_tools, context_tools, link_tools, project_tools, task_tools

TOOLS: Final = (
    *task_tools.TOOLS,
    *project_tools.TOOLS,
    *link_tools.TOOLS,
    *context_tools.TOOLS,
    *bulk_tools.TOOLS,
)

UNLISTED: Final = (*bulk_tools.UNLISTED, *task_tools.UNLISTED)
