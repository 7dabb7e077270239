"""``gorev log`` and ``gorev watch``: who changed what, up to now and from now on (``rest-api.md`` rule R3)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import attrs
import click

from gorev.cli.conversation import Conversation, Draining, Lost, open_conversation, own_workspace
from gorev.cli.requests import Requests
from gorev.cli.speech import Command, Failed, language_of
from gorev.cli.tables import (
    Column,
    Row,
    first_part,
    json_option,
    print_json,
    print_json_line,
    print_rows,
    safe,
)
from gorev.cli.words import Whole
from gorev.host_system import is_alive
from gorev.launcher import connect, read_lock
from gorev.locale import text
from gorev.settings import home_directory
from gorev.wire.names import priority_name, status_name
from gorev.wire.vocabulary import PRIORITY, STATUS, understood

_EVENTS: Final = "/api/olaylar"
# Every change touches the summary, so whoever subscribes to it hears of each (mcp-tools.md §1).
_SUMMARY: Final = "gorev://ozet"
_PAGE: Final = 500
_RETURN_POLL_SECONDS: Final = 0.5

_DONE_TEXT: Final = {
    "created": "made",
    "updated": "changed",
    "deleted": "deleted",
    "project_created": "made the project",
    "project_updated": "changed the project",
    "project_deleted": "deleted the project",
    "template_changed": "put templates in",
    "workspace_sync": "changed the workspace",
}
_LABEL: Final = {
    "baslik": "title",
    "aciklama": "description",
    "durum": "status",
    "oncelik": "priority",
    "son_tarih": "due date",
    "etiketler": "tags",
    "proje_id": "project",
    "parent_id": "parent",
    "bagimliliklar": "links",
    "isim": "name",
    "tanim": "definition",
    "is_active": "active",
}


def log(language: str) -> click.Command:
    """``gorev log``."""
    return Command(
        "log",
        params=[
            click.Option(
                ["--limit"],
                type=Whole(1, 5000),
                default=20,
                metavar="N",
                help=text(language, "at most this many (default 20)"),
            ),
            json_option(language),
        ],
        callback=_log,
    )


def watch(language: str) -> click.Command:
    """``gorev watch``."""
    return Command(
        "watch",
        params=[
            click.Option(
                ["--since"],
                type=Whole(0),
                metavar="SEQ",
                help=text(language, "begin with what came after this number"),
            ),
            click.Option(["as_json", "--json"], is_flag=True, help=text(language, "print JSON, one change per line")),
        ],
        callback=_watch,
    )


@click.pass_context
def _log(context: click.Context, /, limit: int, as_json: bool) -> int:
    language = language_of(context)
    events = latest(Requests.of_this_folder(language), limit)
    if as_json:
        print_json(events)
    elif events:
        print_rows(
            [
                Column(text(language, "When"), lambda row: row["timestamp"], brief=_local),
                Column(text(language, "Who"), lambda row: row["actor"]["client"]),
                Column(text(language, "What"), lambda row: _did(row, language), least_width=60),
                Column(text(language, "Which"), lambda row: _what(row, language), flexible=True),
                Column("ID", lambda row: row.get("task_id") or row.get("project_id"), least_width=80, brief=first_part),
            ],
            events,
        )
    else:
        click.echo(text(language, "Nothing has changed yet."), err=True)
    return 0


def latest(requests: Requests, limit: int) -> list[Row]:
    """The last changes of the workspace, the latest first."""
    oldest, current = _span(requests)
    since = max(current - limit, oldest - 1)
    return list(reversed(list(_after(requests, since))))


def _span(requests: Requests) -> tuple[int, int]:
    """The number of the oldest change that is kept, and of the latest."""
    reply = requests.attempt("GET", _EVENTS, {"since": 0, "limit": 1})
    if reply.body.get("code") == "resync":
        details = reply.body["details"]
        return int(details["oldest"]), int(details["current"])
    if reply.status >= 400:
        raise Failed(str(reply.body.get("message")))
    return 1, reply.seq


def _after(requests: Requests, since: int) -> Iterator[Row]:
    while True:
        body = requests.get(_EVENTS, since=since, limit=_PAGE).body
        yield from body["data"]
        since = body["seq"]
        if not body["more"]:
            return


@click.pass_context
def _watch(context: click.Context, /, since: int | None, as_json: bool) -> int:
    language = language_of(context)
    folder = own_workspace(language)
    talk = open_conversation(language, folder)
    follower = _Follower(folder, language, as_json, since)
    try:
        follower.begin(talk)
        if sys.stderr.isatty():
            click.echo(text(language, "(Changes in {path} from now on; Ctrl-C ends.)", path=folder), err=True)
        while True:
            follower.go_on(talk)
            talk.close()
            click.echo(text(language, "(The daemon has ended; waiting for the next one.)"), err=True)
            talk = _return(follower)
    except KeyboardInterrupt:
        return 0
    finally:
        talk.close()


@attrs.define
class _Follower:
    """Tells the changes of a folder's workspace; every one up to ``seq`` was told, None before the beginning."""

    folder: str
    language: str
    as_json: bool
    seq: int | None

    def begin(self, talk: Conversation) -> None:
        """Listen to a daemon. Raises `Failed`."""
        talk.request("resources/subscribe", {"uri": _SUMMARY})
        oldest, current = _span(self._requests(talk))
        seq = current if self.seq is None else self.seq
        if not oldest - 1 <= seq <= current:
            click.echo(text(self.language, "(Some changes are no longer kept.)"), err=True)
            seq = current if seq > current else oldest - 1
        self.seq = seq

    def go_on(self, talk: Conversation) -> None:
        """Tell changes until the daemon ends."""
        requests = self._requests(talk)
        try:
            while True:
                for event in _after(requests, self.seq or 0):
                    self.seq = event["seq"]
                    _tell(event, self.language, self.as_json)
                talk.hear(None)
        except (Lost, Failed):
            return

    def _requests(self, talk: Conversation) -> Requests:
        return Requests(port=int(talk.lock.port), language=self.language, workspace=self.folder)


def _return(follower: _Follower) -> Conversation:
    """A conversation with the next daemon, which somebody else starts."""
    directory = str(home_directory(os.environ) / ".gorev-daemon")
    while True:
        lock = read_lock(directory)
        if lock is not None and is_alive(lock.pid):
            try:
                talk = Conversation(follower.language, lock, connect(lock))
                talk.greet(follower.folder)
                follower.begin(talk)
                return talk
            except (OSError, Draining, Failed):
                pass
        time.sleep(_RETURN_POLL_SECONDS)


def _tell(event: Row, language: str, as_json: bool) -> None:
    if as_json:
        print_json_line(event)
        return
    id_ = event.get("task_id") or event.get("project_id") or ""
    said = (
        f"{_local(event['timestamp'])}  {event['actor']['client']}  {_did(event, language)}  {_what(event, language)}"
    )
    click.echo(safe(" ".join(f"{said}  [{first_part(id_)}]".split("\n"))))


def _did(event: Row, language: str) -> str:
    done = _DONE_TEXT.get(event["type"])
    return str(event["type"]) if done is None else text(language, done)


def _what(event: Row, language: str) -> str:
    data = event.get("data") or {}
    title = str(data.get("baslik") or data.get("isim") or "")
    changed = [_field(name, data, language) for name in event.get("changed_fields", ())]
    return f"{title} ({', '.join(changed)})" if changed else title


def _field(name: str, data: dict[str, Any], language: str) -> str:
    value = data.get(name)
    if name == "durum" and (status := understood(STATUS, str(value))):
        return f"→ {status_name(status, language)}"
    if name == "oncelik" and (priority := understood(PRIORITY, str(value))):
        return f"→ {priority_name(priority, language)}"
    return text(language, _LABEL[name]) if name in _LABEL else name


def _local(instant: str) -> str:
    """An instant in the time zone of the terminal, to the minute."""
    return datetime.fromisoformat(instant).astimezone().strftime("%Y-%m-%d %H:%M")
