"""Names that are not listed but can be called: those of v0.17 and of the original's single-purpose tools.

``mcp-tools.md`` §2. Each stands for a listed tool with some arguments given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs


@attrs.frozen
class Hidden:
    """The tool that a hidden name means, and the arguments that the name itself gives."""

    tool: str
    given: Mapping[str, str] = attrs.Factory(dict)


def _with_actions(tool: str, names: Mapping[str, str], key: str = "action") -> dict[str, Hidden]:
    return {name: Hidden(tool, {key: value}) for name, value in names.items()}


HIDDEN: Final[Mapping[str, Hidden]] = {
    "gorev_ide": Hidden("ide_manage"),
    "gorev_ide_manage": Hidden("ide_manage"),
    **_with_actions(
        "ide_manage",
        {f"gorev_ide_{action}": action for action in ("detect", "install", "uninstall", "status", "update")},
    ),
    **_with_actions(
        "gorev_file_watch",
        {f"gorev_file_watch_{action}": action for action in ("add", "remove", "list", "stats")},
    ),
    **_with_actions(
        "aktif_proje",
        {
            "aktif_proje_ayarla": "set",
            "proje_aktif_yap": "set",
            "aktif_proje_goster": "get",
            "aktif_proje_kaldir": "clear",
        },
    ),
    **_with_actions(
        "gorev_hierarchy",
        {
            "gorev_altgorev_olustur": "create_subtask",
            "gorev_ust_degistir": "change_parent",
            "gorev_hiyerarsi_goster": "show",
        },
    ),
    **_with_actions("gorev_bulk", {"gorev_bulk_transition": "transition", "gorev_bulk_tag": "tag"}, key="operation"),
    **_with_actions(
        "gorev_search",
        {"gorev_search_advanced": "advanced", "gorev_nlp_query": "nlp", "gorev_search_history": "history"},
        key="mode",
    ),
    **_with_actions(
        "gorev_filter_profile",
        {f"gorev_filter_profile_{action}": action for action in ("save", "load", "list", "delete")},
    ),
    **_with_actions(
        "gorev_context",
        {
            "gorev_set_active": "set_active",
            "gorev_get_active": "get_active",
            "gorev_recent": "recent",
            "gorev_context_summary": "summary",
            "gorev_ai_context": "summary",
        },
    ),
}
