"""Every bound on what comes from outside, from the program's own table (``gorev.limits``)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from docs.from_code.markup import plain, section, table
from gorev.limits import LIMITS, Limit


def lines() -> Iterator[str]:
    """A table for each place where something is bounded."""
    for where, limits in groupby(LIMITS, key=lambda limit: limit.where):
        yield from section(plain(where[:1].upper() + where[1:]), "-")
        yield from table(
            ("What", "At most", "Beyond that"),
            ((plain(each.what), _value(each), plain(each.beyond)) for each in limits),
            (40, 30, 30),
        )


def _value(limit: Limit) -> str:
    if limit.unit == "bytes" and limit.value >= 1024 * 1024 and limit.value % (1024 * 1024) == 0:
        return f"{limit.value // (1024 * 1024):g} MiB"
    if limit.unit == "bytes" and limit.value >= 1024 and limit.value % 1024 == 0:
        return f"{limit.value // 1024:g} KiB"
    return f"{limit.value:,g} {plain(limit.unit)}" if limit.value < 1e6 else f"{int(limit.value):,} {plain(limit.unit)}"
