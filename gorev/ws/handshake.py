"""What a client asks for in the address it connects to (``websocket.md`` §1 and §2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.errors import InvalidValue
from gorev.services.folder import cleaned
from gorev.wire.events import Format

EVERYTHING: Final = "*"
SUBPROTOCOL: Final = "gorev.v1"

_ID: Final = re.compile(r"[\w.:-]{1,100}")
_SEQ: Final = re.compile(r"\d{1,18}")


@attrs.frozen(kw_only=True)
class Wish:
    """Which workspaces, in which format, from which ``seq`` on. No ids and no path mean the default workspace."""

    ids: tuple[str, ...]
    path: str | None
    format: Format
    since: int | None


def read(parameters: Mapping[str, Sequence[str]], headers: Mapping[str, str]) -> Wish:
    """The wish that a query string and headers (names in lower case) express.

    @raise InvalidValue: a parameter is malformed, or ``since`` is given for other than one workspace.
    """
    listed = [*parameters.get("workspace_id", ()), headers.get("x-workspace-id", "")]
    ids = tuple(dict.fromkeys(id_.strip() for each in listed for id_ in each.split(",") if id_.strip()))
    for id_ in ids:
        if id_ != EVERYTHING and not is_id(id_):
            raise InvalidValue(field="workspace_id", value=id_[:60], allowed="a workspace's id, or *")
    path = _path(next(iter(parameters.get("workspace_path", ())), None))
    since = next(iter(parameters.get("since", ())), None)
    if since is not None and (_SEQ.fullmatch(since) is None or len(ids) + bool(path) != 1 or EVERYTHING in ids):
        raise InvalidValue(field="since", value=since[:60], allowed="a whole number, with exactly one workspace")
    return Wish(
        ids=ids,
        path=path,
        format=_format(parameters, by_default=Format.CHANGE if ids else Format.SIMPLE),
        since=None if since is None else int(since),
    )


def is_id(text: object) -> bool:
    """Whether something can be the id of a workspace, known or not."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def _path(given: str | None) -> str | None:
    try:
        return None if given is None else str(cleaned(given))
    except InvalidValue as error:
        raise InvalidValue(**{**error.details, "field": "workspace_path"}) from None


def _format(parameters: Mapping[str, Sequence[str]], by_default: Format) -> Format:
    """Rule F1: the one asked for; else the extension's if it names a workspace, else the seed's."""
    asked = next(iter(parameters.get("format", ())), None)
    if asked is None:
        return by_default
    try:
        return Format(asked)
    except ValueError:
        allowed = [each.value for each in Format]
        raise InvalidValue(field="format", value=asked[:60], allowed=allowed) from None
