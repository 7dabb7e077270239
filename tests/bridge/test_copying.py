"""Lines through a real bridge process: what it passes on, what it keeps to itself, how it starts and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import gorev
from tests.fake_stage import CHECKOUT, INITIALIZE, Stage, call, request, until

LIMIT = 16 * 1024 * 1024


def test_the_first_bridge_starts_the_daemon_and_gets_its_answer(stage: Stage) -> None:
    bridge = stage.bridge()
    answer = bridge.ask(INITIALIZE)
    assert answer["result"]["pid"] == stage.daemon_pid()
    (only,) = stage.starts()
    assert only["argv"] == ["daemon"]
    assert only["environment"]["GOREV_STARTED_BY"] == "bridge"
    assert bridge.end() == (0, b"")


def test_the_hello_comes_first_and_tells_who_is_there(stage: Stage) -> None:
    workspace = stage.home / "work"
    workspace.mkdir()
    bridge = stage.bridge(
        cwd=workspace, GOREV_LANG="en", GOREV_WORKSPACE_ID="alias", GOREV_WORKSPACE_NAME="İş", GOREV_WORKSPACE=""
    )
    bridge.ask(INITIALIZE)
    first = json.loads(stage.received()[0])
    assert first["method"] == "notifications/gorev/hello"
    assert "id" not in first
    assert first["params"] == {
        "workspace": str(workspace),
        "client": {"pid": bridge.process.pid, "ppid": os.getpid(), "cwd": str(workspace)},
        "bridge_version": gorev.__version__,
        "drains": True,
        "lang": "en",
        "workspace_id": "alias",
        "workspace_name": "İş",
    }


def test_the_token_of_a_daemon_on_tcp_is_shown_to_it(stage: Stage) -> None:
    stage.behave(tcp=True)
    stage.bridge().ask(INITIALIZE)
    assert stage.requests("notifications/gorev/hello")[0]["params"]["token"] == "secret"


def test_eight_bridges_starting_together_end_up_on_one_daemon(stage: Stage) -> None:
    bridges = [stage.bridge() for _ in range(8)]
    pids = {bridge.ask(INITIALIZE)["result"]["pid"] for bridge in bridges}
    assert pids == {stage.daemon_pid()}
    assert len(stage.starts()) == 1


def test_lines_of_the_client_arrive_as_they_are(stage: Stage) -> None:
    bridge = stage.bridge()
    lines = [
        '  { "params" : {"x":1.50, "y":"\\u0131\u2028ğ"}, "id":"a" , "method":"ping", "jsonrpc":"2.0" } \r\n',
        '{"jsonrpc":"2.0","method":"notifications/other"}\n',
        '{"jsonrpc":"2.0","id":99,"result":{}}\n',
        '{"jsonrpc":"2.0","id":"last","method":"ping"}\n',
    ]
    bridge.write("".join(lines).encode())
    assert [bridge.receive()["id"] for _ in range(2)] == ["a", "last"]
    assert stage.received()[1:] == lines


def test_lines_of_the_daemon_arrive_as_they_are(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    for line in (
        '{ "result" : {"n":1.50, "t":"\\u0131ğ"}, "jsonrpc":"2.0" , "id": 1 }',
        '{"jsonrpc":"2.0","method":"notifications/message","params":{}}',
        '{"jsonrpc":"2.0","id":"of-nobody","result":{}}',
        "not JSON at all",
        "",
    ):
        bridge.send(call(f"raw {line}", "raw", line=line))
        assert bridge.line() == line.encode() + b"\n"


def test_ids_that_differ_only_in_type_stay_apart(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.send(call(1, "hold", length=1), call("1", "echo", length=2))
    second = bridge.receive()
    (stage.home / "release").touch()
    first = bridge.receive()
    assert (second["id"], second["result"]["text"]) == ("1", "xx")
    assert (first["id"], first["result"]["text"]) == (1, "x")


def test_junk_of_the_client_is_the_daemon_s_to_refuse(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.write(b'{"jsonrpc":"2.0","id":1,\n\xff\xfe\n')
    assert [bridge.receive()["error"]["code"] for _ in range(2)] == [-32700, -32700]
    assert "result" in bridge.ask(request(2, "ping"))


def test_a_line_may_come_in_pieces(stage: Stage) -> None:
    bridge = stage.bridge()
    for byte in json.dumps(request("ı", "ping"), ensure_ascii=False).encode():
        bridge.write(bytes([byte]))
    bridge.write(b"\n")
    assert bridge.receive()["id"] == "ı"


def test_half_a_line_at_the_end_is_not_passed_on(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    bridge.write(b'{"jsonrpc":"2.0","id":5,"method":"ping"}')
    assert bridge.end() == (0, b"")
    assert not stage.requests("ping")


def test_a_line_of_the_longest_length_passes_and_a_longer_one_is_refused_with_its_id(stage: Stage) -> None:
    bridge = stage.bridge()
    head, tail = b'{"jsonrpc":"2.0","id":"long","method":"ping","params":{"t":"', b'"}}'
    longest = head + b"x" * (LIMIT - len(head) - len(tail)) + tail
    bridge.write(longest + b"\n")
    assert "result" in bridge.receive()
    bridge.write(head + b"x" + longest[len(head) :] + b"\n")
    answer = bridge.receive()
    assert answer["id"] == "long"
    assert answer["error"]["code"] == -32600
    assert answer["error"]["data"] == {"code": "payload_too_large"}
    assert "result" in bridge.ask(request(2, "ping"))


def test_a_line_that_is_too_long_to_tell_its_id_is_refused_without_one(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.write(b'{"method":"ping","params":{"t":"' + b"x" * LIMIT + b'"},"jsonrpc":"2.0","id":3}\n')
    answer = bridge.receive()
    assert "id" not in answer
    assert answer["error"]["code"] == -32600


def test_a_client_that_reads_late_gets_everything(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.send(*(call(number, "echo", length=1_000_000) for number in range(40)))
    bridge.send(request("after", "ping"))
    answers = [bridge.receive() for _ in range(41)]
    assert {answer["id"] for answer in answers} == {*range(40), "after"}
    assert all(len(answer["result"]["text"]) == 1_000_000 for answer in answers if answer["id"] != "after")


def test_lines_sent_before_the_daemon_is_ready_wait_for_it_in_order(stage: Stage) -> None:
    stage.behave(waits_for="ready")
    bridge = stage.bridge()
    filling = "x" * 1000
    for number in range(3000):
        if number == 500:
            (stage.home / "ready").touch()
        bridge.send(request(number, "ping", filling=filling))
    assert [bridge.receive()["id"] for _ in range(3000)] == list(range(3000))


def test_each_request_is_answered_with_the_message_of_a_refusal(stage: Stage) -> None:
    stage.behave(refused={"code": "workspace_unavailable", "message": "database is newer"})
    bridge = stage.bridge()
    for identity in (1, "1"):
        error = bridge.ask(request(identity, "tools/list"))["error"]
        assert error == {"code": -32603, "message": "database is newer", "data": {"code": "workspace_unavailable"}}
    assert not stage.requests("tools/list")


def test_pending_answers_are_awaited_when_the_input_ends(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    bridge.send(call(1, "hold"))
    until(lambda: stage.requests("tools/call"))
    bridge.stdin.close()
    (stage.home / "release").touch()
    assert bridge.receive()["id"] == 1
    assert bridge.exit_status() == 0


def test_an_answer_that_never_comes_does_not_keep_the_bridge_when_the_input_ends(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    bridge.send(call(1, "hang"), request(2, "subscriptions/listen"))
    assert bridge.receive()["method"] == "notifications/subscriptions/acknowledged"
    assert bridge.end() == (0, b"")


def test_an_open_listen_alone_does_not_keep_the_bridge(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.ask(request(1, "ping"))
    bridge.send(request(2, "subscriptions/listen"))
    bridge.receive()
    assert bridge.end() == (0, b"")


def test_input_that_has_ended_already_ends_the_bridge(stage: Stage) -> None:
    assert stage.bridge().end() == (0, b"")


def test_a_closed_output_ends_the_bridge(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    bridge.stdout.close()
    assert bridge.exit_status() == 0


def test_sigterm_ends_the_bridge_at_once_and_the_daemon_goes_on(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    bridge.send(call(1, "hang"))
    bridge.process.send_signal(signal.SIGTERM)
    assert bridge.exit_status() == 0
    assert stage.bridge().ask(INITIALIZE)["result"]["pid"] == stage.starts()[0]["pid"]


def test_a_daemon_that_cannot_be_started_is_reported_to_each_request_and_tried_again(stage: Stage) -> None:
    stage.behave(dies_at_start=True)
    bridge = stage.bridge(GOREV_LANG="en")
    for identity in (1, "1"):
        error = bridge.ask(request(identity, "tools/list"))["error"]
        assert error["code"] == -32603
        assert error["message"] == f"The Gorev daemon ended before it was ready. Its log says why: {stage.log}"
    stage.behave()
    until(lambda: "result" in bridge.ask(request(3, "tools/list")))


def test_a_silent_failure_speaks_turkish_unless_told_otherwise(stage: Stage) -> None:
    stage.behave(dies_at_start=True)
    error = stage.bridge().ask(request(1, "ping"))["error"]
    assert error["message"] == f"Gorev süreci hazır olmadan sona erdi. Nedeni günlüğünde: {stage.log}"


def test_serve_on_a_pipe_starts_the_daemon_with_its_flags_and_is_a_bridge(stage: Stage) -> None:
    flags = ("--api-port=6000", "--db-path", "own.db", "--no-api", "--mode", "local", "--debug")
    bridge = stage.bridge(*flags, command="serve")
    assert "result" in bridge.ask(INITIALIZE)
    assert stage.starts()[0]["argv"] == [
        "daemon",
        "--api-port",
        "6000",
        "--db-path",
        f"{stage.home}/own.db",
        "--debug",
    ]
    assert bridge.end() == (0, b"")
    assert b"started daemon" in bridge.stderr.read()


def test_without_debug_nothing_is_said_on_standard_error(stage: Stage) -> None:
    bridge = stage.bridge()
    bridge.initialize()
    bridge.end()
    assert bridge.stderr.read() == b""


def test_nothing_but_the_protocol_can_reach_the_client(stage: Stage) -> None:
    code = "import os; from gorev.bridge import main; main([]); print('stray', flush=True); os.write(1, b'stray')"
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    line = json.dumps(INITIALIZE).encode() + b"\n"
    ran = subprocess.run([sys.executable, "-c", code], input=line, capture_output=True, env=environment, check=True)
    assert json.loads(ran.stdout)["id"] == 0
    assert ran.stderr.startswith(b"stray")


def test_a_whole_exchange_imports_nothing_that_costs_time(stage: Stage) -> None:
    """The modules are those loaded when a call has been answered, beyond what the interpreter itself loads."""
    code = (
        "import sys; before = set(sys.modules); sys.argv = ['gorev', 'mcp-proxy']; from gorev.__main__ import main\n"
        "main(); sys.stderr.write(' '.join(set(sys.modules) - before))"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    line = json.dumps(call(1, "echo")).encode() + b"\n"
    ran = subprocess.run([sys.executable, "-c", code], input=line, capture_output=True, env=environment, check=True)
    assert json.loads(ran.stdout)["id"] == 1
    assert set(ran.stderr.decode().split()) <= {
        "_collections",
        "__future__",
        "_json",
        "_socket",
        "fcntl",
        "gorev",
        "gorev.__main__",
        "gorev.bridge",
        "gorev.bridge.cutter",
        "gorev.bridge.invocation",
        "gorev.bridge.link",
        "gorev.bridge.message",
        "gorev.bridge.pump",
        "gorev.bridge.readiness",
        "gorev.bridge.session",
        "gorev.bridge.texts",
        "gorev.host_system",
        "gorev.jsontext",
        "gorev.launcher",
        "itertools",
        "select",
    }


def test_a_bridge_without_a_directory_to_stand_in_still_works(stage: Stage) -> None:
    gone = stage.home / "gone"
    gone.mkdir()
    bridge = stage.bridge(cwd=gone)
    bridge.ask(INITIALIZE)
    Path(gone).rmdir()
    assert "result" in bridge.ask(request(1, "ping"))
