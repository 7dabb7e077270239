"""What is asked over each wire, as bytes."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from itertools import count, cycle
from typing import Any, Final

import attrs

from tests.bench.daemons import NoAnswer
from tests.bench.lanes import body_length, is_whole_http
from tests.bench.seeds import Seed

PAGE: Final = 50
BULK: Final = 10
WARM_IDS: Final = 100
ANY_IDS: Final = 20_000
# How often each is asked in the mixed load, of a hundred.
MIX: Final = {"list": 35, "get_any": 30, "update": 15, "create": 10, "search": 5, "summary": 5}
MCP_HEADERS: Final = ("Accept: application/json, text/event-stream",)
HELLO: Final = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}


def http(method: str, path: str, body: Any = None, *headers: str) -> bytes:
    """A request."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def rpc(identity: int, method: str, params: Any) -> bytes:
    """A JSON-RPC request, as a line."""
    return json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params}).encode() + b"\n"


@attrs.frozen
class Asked:
    """Endless requests on a seed, a new sequence at each call; the same ones in each run."""

    seed: Seed
    _numbers: Iterator[int] = attrs.field(factory=count, init=False)

    def one(self, path: str) -> Iterator[bytes]:
        """The same GET again and again."""
        return cycle([http("GET", path)])

    def page(self) -> Iterator[bytes]:
        """The first page."""
        return self.one(f"/api/gorevler?tum_projeler=true&limit={PAGE}")

    def get(self) -> Iterator[bytes]:
        """A few tasks, asked for again and again."""
        return cycle([http("GET", f"/api/gorev/{id_}") for id_ in self._ids(WARM_IDS)])

    def get_any(self) -> Iterator[bytes]:
        """Tasks all over the file."""
        return cycle([http("GET", f"/api/gorev/{id_}") for id_ in self._ids(ANY_IDS)])

    def hierarchy(self) -> Iterator[bytes]:
        """The root of the large tree."""
        return self.one(f"/api/gorev/{self.seed.root_of_many}/hiyerarsi")

    def search(self, words: tuple[str, ...]) -> Iterator[bytes]:
        """The best fifty for one word after the other."""
        return cycle([http("POST", "/api/search", {"query": word, "limit": PAGE}) for word in words])

    def create(self) -> Iterator[bytes]:
        """New tasks."""
        for number in self._numbers:
            body = {"baslik": f"yeni görev {number}", "aciklama": "toplantı öncesi notlar", "oncelik": "yuksek"}
            yield http("POST", "/api/gorev", body)

    def update(self) -> Iterator[bytes]:
        """New titles of tasks all over the file."""
        for id_ in cycle(self._ids(ANY_IDS)):
            yield http("PUT", f"/api/gorev/{id_}", {"baslik": f"değişen görev {next(self._numbers)}"})

    def bulk(self) -> Iterator[bytes]:
        """New titles of ten tasks."""
        ids = self._ids(ANY_IDS)
        for begin in cycle(range(0, len(ids) - BULK + 1, BULK)):
            data = {"baslik": f"toplu görev {next(self._numbers)}"}
            body = {"operation": "update", "ids": ids[begin : begin + BULK], "data": data}
            yield http("POST", "/api/v1/mcp/gorev_bulk", body)

    def mix(self, words: tuple[str, ...]) -> Iterator[bytes]:
        """All sorts of requests."""
        chance = random.Random(self.seed.size)
        kinds = {
            "list": self.page(),
            "get_any": self.get_any(),
            "update": self.update(),
            "create": self.create(),
            "search": self.search(words),
            "summary": self.one("/api/ozet"),
        }
        while True:
            for kind in chance.choices(list(MIX), list(MIX.values()), k=1000):
                yield next(kinds[kind])

    def calls(self, tool: str, **arguments: Any) -> Iterator[bytes]:
        """The same call of a tool again and again, as a line."""
        for number in count(1):
            yield rpc(number, "tools/call", {"name": tool, "arguments": arguments})

    def mcp_posts(self, session: str, tool: str, **arguments: Any) -> Iterator[bytes]:
        """The same over HTTP."""
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        return cycle([http("POST", "/mcp", call, *MCP_HEADERS, f"Mcp-Session-Id: {session}")])

    def _ids(self, number: int) -> list[str]:
        ids = self.seed.ids
        random.Random(self.seed.size).shuffle(ids)
        return ids[:number]


def answered(port: int, question: bytes) -> bytes:
    """The whole answer to a request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port)) as peer:
        peer.sendall(question)
        answer = b""
        while not is_whole_http(answer):
            part = peer.recv(1 << 20)
            if not part:
                raise NoAnswer(f"no whole answer: {answer[:200]!r}")
            answer += part
        return answer


def size_of_answer(port: int, question: bytes) -> int:
    """The bytes of its body."""
    answer = answered(port, question)
    return body_length(answer, answer.index(b"\r\n\r\n"))


def mcp_session(port: int) -> str:
    """The id of a new session of ``/mcp``."""
    opening = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO}
    head = answered(port, http("POST", "/mcp", opening, *MCP_HEADERS)).partition(b"\r\n\r\n")[0].decode()
    session = head[head.lower().index("mcp-session-id:") :].partition(":")[2].partition("\r\n")[0].strip()
    done = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answered(port, http("POST", "/mcp", done, *MCP_HEADERS, f"Mcp-Session-Id: {session}"))
    return session
