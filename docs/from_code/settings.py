"""The settings, from the table that reads and checks them (``gorev.configuration``)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from docs.from_code.markup import code, codes, plain, table
from gorev.configuration import KEYS, Key
from gorev.daemon.errors import InvalidChoice, InvalidKind, InvalidNumber, InvalidOrigin, InvalidPort


def lines() -> Iterator[str]:
    """A row for each key."""
    yield from table(
        ("Key", "Meaning", "Value", "Default", "Comes before it"), map(_row, KEYS.values()), (22, 27, 18, 12, 21)
    )


def _row(key: Key) -> tuple[str, ...]:
    return (
        code(key.name),
        plain(key.meaning),
        _allowed(key),
        "" if key.default is None else code(json.dumps(key.default)),
        codes(each for each in (key.flag, key.variable) if each),
    )


def _allowed(key: Key) -> str:
    """What a key may hold, as its own check tells it when it refuses something else."""
    for wrong in (["?"], "?"):
        try:
            key.check(key.name, wrong)
        except InvalidNumber as error:
            return f"whole number from {error.fields['low']:,} to {error.fields['high']:,}"
        except InvalidChoice as error:
            return codes(str(error.fields["choices"]).split(", "))
        except InvalidPort:
            return "port number"
        except InvalidOrigin:
            return "list of origins"
        except InvalidKind as error:
            if error.fields["example"] == "true":
                return "true or false"
    return "text"
