"""The objects that the API answers with, as the OpenAPI document describes them."""

from __future__ import annotations

from collections.abc import Iterator

from docs.from_code import schemas
from docs.from_code.markup import code, section, table
from docs.from_code.routes import openapi


def lines() -> Iterator[str]:
    """A table for each shape."""
    for name, schema in openapi()["components"]["schemas"].items():
        yield from section(code(name), "~", f"shape-{name}")
        yield from table(
            ("Member", "Value", "", "Note"),
            (
                (
                    code(member),
                    schemas.told(kind),
                    "" if member in schema["required"] else "optional",
                    schemas.hint(kind),
                )
                for member, kind in schema["properties"].items()
            ),
            (30, 35, 12, 23),
        )
