"""Two runs side by side: what was first, what is now, and by how much that differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Row = dict[str, Any]


def show(console: Console, first: Path, second: Path) -> None:
    """Every cell and figure that both have. A change of the ratio says more than one of a time: the floor is beside."""
    before, after = (json.loads(path.read_text()) for path in (first, second))
    former = {_key(row): row for row in before["cells"]}
    table = Table("operation", "tasks", "c", "p50 ms", "per s", "ratio", "CPU ms", "errors")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in after["cells"]:
        other = former.get(_key(row))
        if other is not None:
            pairs = (_pair(other, row, name) for name in ("p50_ms", "per_second", "ratio", "cpu_ms"))
            errors = f"{other['errors']} → {row['errors']}"
            table.add_row(row["operation"], f"{row['size']:,}", str(row["in_flight"]), *pairs, errors)
    console.print(table)
    values = {row["name"]: row for row in before["figures"]}
    table = Table("figure", "value")
    for row in after["figures"]:
        if row["name"] in values:
            table.add_row(row["name"], f"{_pair(values[row['name']], row, 'value')} {row['unit']}")
    if table.row_count:
        console.print(table)


def _key(row: Row) -> tuple[Any, ...]:
    return row["operation"], row["size"], row["in_flight"]


def _pair(before: Row, after: Row, name: str) -> str:
    old, new = before[name], after[name]
    if old is None or new is None:
        return ""
    change = f" ({(new / old - 1) * 100:+.0f} %)" if old else ""
    return f"{old:.4g} → {new:.4g}{change}"
