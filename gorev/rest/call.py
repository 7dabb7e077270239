"""A request as handlers see it: decoded, attributed, and bound to a workspace when they ask for it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import attrs
import msgspec
from twisted.web.http import Request

from gorev.domain.errors import AsSpelt, BadRequest, InvalidValue
from gorev.domain.text import clean
from gorev.domain.values import COMMAND_LINE, Actor, ActorKind
from gorev.locale import LANGUAGES
from gorev.rest.fields import Fields
from gorev.services.store import Once
from gorev.services.workspace import Workspace
from gorev.services.workspaces import Workspaces
from gorev.wire import encode
from gorev.wire.decode import decode
from gorev.wire.encode import Encoder
from gorev.wire.rows import EncodedTasks, Rows
from gorev.wire.vocabulary import Vocabulary

S = TypeVar("S", bound=msgspec.Struct)

KEY_LIMIT: Final = 255
_ETAG: Final = re.compile(r'(?:W/)?"(\d{1,18})(?:-\d+)?"')
_KINDS: Final = {"web-ui": ActorKind.WEB, COMMAND_LINE: ActorKind.CLI}


@attrs.define
class Call:
    """One request of one route. ``path`` holds the route's own parameters, ``takes`` what its definition declares.

    ``unknown`` are the names in query and body that mean nothing to the route, as far as those have been read.
    """

    request: Request
    words: Vocabulary
    default_language: str
    workspaces: Workspaces
    path: Mapping[str, str]
    takes: Collection[Fields[Any]] = ()
    encoded_tasks: EncodedTasks = attrs.Factory(EncodedTasks)
    spelt: dict[str, str] = attrs.Factory(dict)
    unknown: list[str] = attrs.Factory(list)
    _workspace: Workspace | None = None

    @property
    def language(self) -> str:
        """The caller's language: the first of ours in ``Accept-Language``, by its order of preference."""
        return preferred_language(self.header("Accept-Language")) or self.default_language

    @property
    def encoder(self) -> Encoder:
        """Encodes in the route's vocabulary for the workspace that was resolved."""
        return Encoder(self.words, "" if self._workspace is None else self._workspace.id)

    @property
    def rows(self) -> Rows:
        """As `encoder`, for many tasks that may have been encoded before."""
        return Rows(self.encoder, self.encoded_tasks)

    @property
    def actor(self) -> Actor:
        """Who this is, as far as the transport tells."""
        named = self.header("X-Gorev-Client")
        agent = (self.header("User-Agent") or "").split(maxsplit=1)
        client = named or (agent[0].split("/")[0] if agent else "unknown")
        return Actor(client=client[:100], kind=_KINDS.get(named or "", ActorKind.REST))

    @property
    def rev(self) -> int | None:
        """The revision that ``If-Match`` demands (rule R2).

        @raise InvalidValue: the header is no tag of ours.
        """
        given = self.demand("If-Match")
        if given is None or given == "*":
            return None
        matched = _ETAG.fullmatch(given)
        if matched is None:
            raise InvalidValue(field="If-Match", value=given, allowed='an entity tag such as "3" or "3-41"')
        return int(matched[1])

    @property
    def once(self) -> Once | None:
        """The wish of ``Idempotency-Key`` (rule R4).

        @raise InvalidValue: the key is too long or not visible ASCII.
        """
        return self.once_of(self._asked)

    def once_of(self, asked: Callable[[], bytes]) -> Once | None:
        """As `once`, for a request that is told from others by what ``asked`` yields.

        @raise InvalidValue: the key is too long or not visible ASCII.
        """
        key = self.demand("Idempotency-Key")
        if key is None:
            return None
        if not 0 < len(key) <= KEY_LIMIT or not all("!" <= letter <= "~" for letter in key):
            raise InvalidValue(field="Idempotency-Key", value=key[:60], allowed="1 to 255 visible ASCII characters")
        return Once(key, hashlib.sha256(asked()).hexdigest())

    def _asked(self) -> bytes:
        return encode.canonical([self.request.method, self.request.path, self.json(or_null=True)])

    async def workspace(self) -> Workspace:
        """The workspace that headers or the query name (``rest-api.md`` §1).

        @raise WorkspaceNotFound, InvalidValue, WorkspaceUnavailable: see `Workspaces.resolve`.
        """
        self._workspace = workspace_at_hand(self.request, self.workspaces)
        if self._workspace is not None:
            return self._workspace
        path, name = self.header("X-Workspace-Path"), self.header("X-Workspace-Name")
        self._workspace = await self.workspaces.resolve(
            self.header("X-Workspace-Id") or self.argument("workspace_id"),
            None if path is None else unquote(path),
            None if name is None else unquote(name),
        )
        return self._workspace

    def demand(self, name: str) -> str | None:
        """The value of a header that changes what a write means: an empty one is a mistake, not none."""
        values = self.request.requestHeaders.getRawHeaders(name.encode())
        return values[0].decode("utf-8", "replace").strip() if values else None

    def header(self, name: str) -> str | None:
        """A header's value, or nothing if it is absent or empty."""
        values = self.request.requestHeaders.getRawHeaders(name.encode())
        return values[0].decode("utf-8", "replace").strip() or None if values else None

    def argument(self, name: str) -> str | None:
        """A query parameter's first value, or nothing if it is absent or empty."""
        values = self.request.args.get(name.encode(), [])
        return values[0].decode("utf-8", "replace") or None if values else None

    def query(self, fields: Fields[S]) -> S:
        """The query string; parameters that are empty are taken as absent.

        @raise InvalidValue, ConflictingAlias: see `decode`.
        """
        given = {
            key.decode("utf-8", "replace"): self.argument(key.decode("utf-8", "replace")) for key in self.request.args
        }
        return self._decoded(fields, given)

    def body(self, fields: Fields[S], given: Mapping[str, object] | None = None) -> S:
        """The JSON body, or what was read of it already; unknown keys are ignored (rule N3).

        @raise BadRequest: it is no JSON object.
        @raise MissingParameter, InvalidValue, ConflictingAlias: see `decode`.
        """
        return self._decoded(fields, self.json() if given is None else given)

    def json(self, *, or_null: bool = False) -> dict[str, Any]:
        """The body, an empty one being an empty object, and null too if that is allowed.

        @raise BadRequest: it is no JSON object.
        @raise InvalidValue: a text in it holds half a surrogate pair.
        """
        content = self.request.content.getvalue() if self.request.content else b""
        if not content.strip():
            return {}
        try:
            given = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            _refuse_half_characters(content)
            raise BadRequest(reason=str(error)) from None
        except RecursionError:
            raise BadRequest(reason="JSON is nested too deeply") from None
        if given is None and or_null:
            return {}
        if not isinstance(given, dict):
            raise BadRequest(reason="the body must be a JSON object")
        return given

    def _decoded(self, fields: Fields[S], given: Mapping[str, object]) -> S:
        if fields not in self.takes:
            raise LookupError(f"{fields.declared.__name__} is no part of the route's definition")
        decoded = decode(fields.declared, fields.names, given, self.words)
        self.spelt.update(decoded.spelt)
        self.unknown += decoded.unknown
        return decoded.value


def _refuse_half_characters(content: bytes) -> None:
    """Name the field with half a surrogate pair in a body that msgspec could not read, if that was the reason.

    @raise InvalidValue: there is one.
    """
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        return
    for key, value in given.items() if isinstance(given, dict) else ():
        field = AsSpelt(key.encode("utf-8", "replace").decode())
        clean(field, json.dumps([key, value], ensure_ascii=False))


def workspace_at_hand(request: Request, workspaces: Workspaces) -> Workspace | None:
    """The workspace that a request is for, if that is plain and it is open."""
    headers = request.requestHeaders
    if headers.hasHeader(b"X-Workspace-Path") or headers.hasHeader(b"X-Workspace-Name"):
        return None
    if b"workspace_id" in request.args:
        return None
    named = headers.getRawHeaders(b"X-Workspace-Id")
    return workspaces.at_hand(named[0].decode("utf-8", "replace").strip() or None if named else None)


@lru_cache(maxsize=64)
def preferred_language(header: str | None) -> str | None:
    """The first of our languages in an ``Accept-Language`` value, by weight, then by order (RFC 9110 §12.5.4)."""
    ranked = []
    for position, part in enumerate((header or "").split(",")):
        tag, _, parameter = part.strip().partition(";")
        _, _, weight = parameter.partition("=")
        try:
            ranked.append((-float(weight or 1), position, tag[:2].lower()))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(ranked) if tag in LANGUAGES and weight < 0), None)
