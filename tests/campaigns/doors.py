"""Both wires of a daemon of a campaign's own, and what its event stream tells."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.running_daemon import McpClient, RunningDaemon


@attrs.frozen
class Answer:
    """What a wire said: the code of an error, or the data; and the ``seq`` that REST tells."""

    code: str | None
    data: Any
    seq: int | None = None


@attrs.define
class Doors:
    """Both wires of a daemon, and everything that its event stream tells."""

    daemon: RunningDaemon
    assistants: list[McpClient]
    frames: list[dict[str, Any]] = attrs.Factory(list)

    def rest(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.daemon.request(method, path, body, named)
        seq = response.headers.get("x-gorev-seq")
        body = response.json
        return Answer(body.get("code"), body.get("data"), None if seq is None else int(seq))

    def tool(self, assistant: int, name: str, **arguments: Any) -> Answer:
        """One call."""
        outcome = self.assistants[assistant % len(self.assistants)].call(name, **arguments)
        struct = outcome["structuredContent"]
        return Answer(struct["code"] if outcome["isError"] else None, struct)

    def listen(self, connection: ClientConnection) -> None:
        """Keep the events; in a thread of its own."""
        with suppress(ConnectionClosed):
            for message in connection:
                frame = json.loads(message)
                if "seq" in frame and frame.get("action") != "connected":
                    self.frames.append(frame)


@contextmanager
def opened() -> Iterator[Doors]:
    """A daemon with a home of its own, two assistants of different languages, and a listener."""
    home = Path(tempfile.mkdtemp(prefix="gorev-")).resolve()
    workspace = home / "workspace"
    workspace.mkdir()
    daemon = RunningDaemon(home, workspace)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.callback(daemon.stop)
        daemon.start()
        doors = Doors(daemon, [stack.enter_context(daemon.mcp(language)) for language in ("en", "tr")])
        address = daemon.url.replace("http", "ws") + "/ws?format=change"
        connection = stack.enter_context(connect(address, max_size=None))
        connection.recv()
        listener = threading.Thread(target=doors.listen, args=[connection])
        listener.start()
        stack.callback(listener.join)
        stack.callback(connection.close)
        yield doors
