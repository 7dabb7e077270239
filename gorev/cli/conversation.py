"""Talking with the daemon from a command: MCP on its local socket, as a bridge does, but waiting for each answer.

Everything here blocks, and is cheap to import: whoever typed the command waits for it (200 ms with a running daemon).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from gorev import __version__
from gorev.bridge.invocation import choose_workspace
from gorev.cli.speech import Failed, language_of
from gorev.launcher import DRAIN_SECONDS, HELLO, Launch, Lock, Reached, StartFailed, replace_daemon, start_daemon
from gorev.locale import text
from gorev.settings import Flags, Settings, home_directory

if TYPE_CHECKING:
    import _socket

# By this name the daemon knows that a change came from the command line (gorev.domain.values.COMMAND_LINE).
CLIENT: Final = "gorev-cli"
WELCOME_SECONDS: Final = 15.0
# Without any sign of life; the import of 100,000 tasks reports its progress many times.
ANSWER_SECONDS: Final = 60.0
# Set in a context's ``meta`` by ``--debug``.
DEBUG: Final = "gorev.debug"
_DRAINING_POLL_SECONDS: Final = 0.1
_READ_BYTES: Final = 65536
_REVISION: Final = "2025-11-25"

Message = dict[str, Any]
Told = Callable[[float, float | None, str | None], None]
"""Hears how far a call is: done, total if known, and what is being done."""


class Lost(Exception):
    """The daemon has hung up."""


class Draining(Exception):
    """The daemon ends; another one can be started soon."""


class Rejected(Failed):
    """A request that MCP has an error for; ``error`` is that error's code."""

    def __init__(self, message: str, error: int) -> None:
        super().__init__(message)
        self.error = error


@attrs.frozen
class Outcome:
    """What a tool said: to people, to programs, and the whole result."""

    text: str
    structured: Message
    raw: Message

    @property
    def refused(self) -> bool:
        """Whether the tool did not do it."""
        return bool(self.raw.get("isError"))


@attrs.define
class Conversation:
    """A connection that was welcomed. ``workspace`` has ``id``, ``name`` and ``path``, or is None.

    With ``debug`` it says on standard error what is asked, and of whom.
    """

    language: str
    lock: Lock
    _connection: _socket.socket
    workspace: Mapping[str, str] | None = None
    debug: bool = False
    _received: bytearray = attrs.Factory(bytearray)
    _last_id: int = 0

    def call(self, tool: str, arguments: Mapping[str, Any], told: Told | None = None) -> Outcome:
        """Call a tool; raises `Failed` with what it says if it refuses."""
        outcome = self.attempt(tool, arguments, told)
        if outcome.refused:
            raise Failed(outcome.text)
        return outcome

    def attempt(self, tool: str, arguments: Mapping[str, Any], told: Told | None = None) -> Outcome:
        """As `call`, but a refusal is an outcome too."""
        if self.debug:
            self._note(tool, arguments)
        params: Message = {"name": tool, "arguments": dict(arguments)}
        if told is not None:
            params["_meta"] = {"progressToken": 1}
        result = self.request("tools/call", params, told)
        blocks = [block["text"] for block in result.get("content", ()) if block.get("type") == "text"]
        return Outcome("\n".join(blocks), result.get("structuredContent") or {}, result)

    def request(self, method: str, params: Mapping[str, Any], told: Told | None = None) -> Message:
        """The result of an MCP request; raises `Rejected` for an error, `Failed` without an answer."""
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": dict(params)}
        try:
            self._send(message)
            while True:
                answer = self.hear(ANSWER_SECONDS)
                if answer is None:
                    raise Failed(_silent(self.language, self.lock))
                if answer.get("id") == self._last_id:
                    break
                if told is not None and answer.get("method") == "notifications/progress":
                    step = answer["params"]
                    told(step["progress"], step.get("total"), step.get("message"))
        except Lost:
            said = text(
                self.language,
                "the daemon ended before it answered: look at how things stand before you repeat the command",
            )
            raise Failed(said) from None
        if "error" in answer:
            raise Rejected(str(answer["error"].get("message")), answer["error"].get("code"))
        result: Message = answer["result"]
        return result

    def hear(self, seconds: float | None) -> Message | None:
        """The next message, None if there is none in time; without ``seconds`` it waits. Raises `Lost`."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            line, found, rest = self._received.partition(b"\n")
            if found:
                self._received = rest
                message: Message = json.loads(line)
                return message
            self._connection.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
            try:
                received = self._connection.recv(_READ_BYTES)
            except TimeoutError:
                return None
            except OSError:
                received = b""
            if not received:
                raise Lost
            self._received += received

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def greet(self, workspace: str | None) -> None:
        """Say hello and shake hands. Raises `Failed` if refused."""
        client = {"pid": os.getpid(), "ppid": os.getppid(), "name": CLIENT}
        named = {"workspace_id": "GOREV_WORKSPACE_ID", "workspace_name": "GOREV_WORKSPACE_NAME"}
        given = {name: os.environ[variable] for name, variable in named.items() if os.environ.get(variable)}
        hello = {
            "workspace": workspace,
            "client": client,
            "lang": self.language,
            "bridge_version": __version__,
            **given,
        }
        if self.lock.mcp_token:
            hello["token"] = self.lock.mcp_token
        info = {"name": CLIENT, "version": __version__}
        handshake = {"protocolVersion": _REVISION, "capabilities": {}, "clientInfo": info}
        try:
            self._send(
                {"jsonrpc": "2.0", "method": HELLO, "params": hello},
                {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": handshake},
                {"jsonrpc": "2.0", "method": "notifications/initialized"},
            )
            answer = self.hear(WELCOME_SECONDS)
        except Lost:
            raise Draining from None
        if answer is None:
            raise Failed(_silent(self.language, self.lock))
        params = answer.get("params", {})
        if answer.get("method") == "notifications/gorev/welcome":
            self.workspace = params.get("workspace")
        elif params.get("code") == "shutting_down":
            raise Draining
        else:
            raise Failed(str(params.get("message")))

    def _note(self, tool: str, arguments: Mapping[str, Any]) -> None:
        language, lock = self.language, self.lock
        place = "-" if self.workspace is None else self.workspace["path"]
        click.echo(text(language, "daemon: PID {pid}, {endpoint}", pid=lock.pid, endpoint=lock.mcp_endpoint), err=True)
        click.echo(text(language, "workspace: {path}", path=place), err=True)
        click.echo(f"{tool} {json.dumps(dict(arguments), ensure_ascii=False)}", err=True)

    def _send(self, *messages: Message) -> None:
        try:
            lines = b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in messages)
        except UnicodeEncodeError:
            raise Failed(text(self.language, "an argument is not valid UTF-8")) from None
        self._connection.settimeout(ANSWER_SECONDS)
        try:
            self._connection.sendall(lines)
        except OSError:
            raise Lost from None


@contextmanager
def conversation(context: click.Context) -> Iterator[Conversation]:
    """A conversation about the workspace of the current folder; the daemon is started if need be. Raises `Failed`."""
    language = language_of(context)
    opened = open_conversation(language, own_workspace(language))
    opened.debug = bool(context.meta.get(DEBUG))
    try:
        yield opened
    finally:
        opened.close()


def open_conversation(language: str, workspace: str | None) -> Conversation:
    """A conversation about a workspace folder, or none; the daemon is started if need be. Raises `Failed`."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        reached = reach(language)
        opened = Conversation(language, reached.lock, reached.connection)
        try:
            opened.greet(workspace)
            return opened
        except Draining:
            opened.close()
            if time.monotonic() > deadline:
                raise Failed(_silent(language, reached.lock)) from None
            time.sleep(_DRAINING_POLL_SECONDS)
        except BaseException:
            opened.close()
            raise


def call(context: click.Context, tool: str, arguments: Mapping[str, Any], told: Told | None = None) -> Outcome:
    """Call one tool for the workspace of the current folder. Raises `Failed`."""
    with conversation(context) as talk:
        return talk.call(tool, arguments, told)


def reach(language: str) -> Reached:
    """The running daemon of this user, which is started if there is none; one of an older version hands over first.

    Raises `Failed` when that cannot be had, `StartError` when the settings are wrong.
    """
    directory = home_directory(os.environ) / ".gorev-daemon"
    launch = Launch(str(directory), by="cli")
    log = Path(launch.log)
    try:
        log_size = log.stat().st_size
    except OSError:
        log_size = 0
    try:
        reached = start_daemon(launch)
        if not reached.started and reached.lock.is_outdated:
            reached = replace_daemon(launch.after(reached.lock), reached)
    except StartFailed as error:
        from gorev.cli.detached import start_failure

        raise start_failure(error, Settings.resolve(Flags(), os.environ), log_size, language) from error
    return reached


def own_workspace(language: str) -> str:
    """The workspace folder of this command (``lifecycle.md`` §7 step 3).

    In the home directory and at the root it is the user's own, if that exists. Raises `Failed` where there is none.
    """
    home = home_directory(os.environ)
    chosen = choose_workspace("")
    if chosen is not None:
        return chosen
    if (home / ".gorev" / "gorev.db").is_file():
        click.echo(text(language, "(Your own workspace, {path})", path=home), err=True)
        return str(home)
    missing = text(
        language,
        "this folder belongs to no workspace: go to a project's folder, or name one with GOREV_WORKSPACE; for tasks"
        " that belong to no project, begin with: gorev init --global",
    )
    raise Failed(missing)


def _silent(language: str, lock: Lock) -> str:
    return text(language, "the daemon (PID: {pid}) does not answer at {url}", pid=lock.pid, url=lock.mcp_endpoint)
