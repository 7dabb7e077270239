"""The language of those who name none (``rest-api.md`` §4.13)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rest.families import refused
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

LANGUAGE = "/api/v1/language"


@pytest.fixture(autouse=True)
def english_again(daemon: RunningDaemon) -> Iterator[None]:
    """The daemon of these tests was started in English."""
    yield
    daemon.post(LANGUAGE, {"language": "en"})


def message(daemon: RunningDaemon, **headers: str) -> str:
    """What somebody is told who asks for nothing that there is."""
    return str(daemon.get("/api/gorev/none", **headers).json["message"])


def test_the_language_is_told_and_changed_until_the_daemon_ends(daemon: RunningDaemon) -> None:
    assert daemon.get(LANGUAGE).json == {"success": True, "language": "en"}
    answer = daemon.post(LANGUAGE, {"language": "tr"}).json
    assert answer.keys() == {"success", "language", "message"}
    assert (answer["success"], answer["language"]) == (True, "tr")
    assert daemon.get(LANGUAGE).json["language"] == "tr"
    turkish = answer["message"]
    assert daemon.post(LANGUAGE, {"language": "en"}).json["message"] != turkish


def test_it_holds_for_requests_that_name_none_and_for_no_others(daemon: RunningDaemon) -> None:
    english, turkish = message(daemon, Accept_Language="en"), message(daemon, Accept_Language="tr")
    assert english != turkish
    for language, told in (("tr", turkish), ("en", english)):
        daemon.post(LANGUAGE, {"language": language})
        assert message(daemon) == told
        assert message(daemon, Accept_Language="de, fr;q=0.5") == told
        assert message(daemon, Accept_Language="en") == english
        assert message(daemon, Accept_Language="tr") == turkish


def test_it_holds_before_any_route_is_reached(daemon: RunningDaemon) -> None:
    told = []
    for language in ("tr", "en"):
        daemon.post(LANGUAGE, {"language": language})
        answers = [daemon.get("/api/none"), daemon.request("PATCH", LANGUAGE), daemon.get("/ws")]
        answers.append(daemon.get("/api/health", Origin="http://elsewhere.example"))
        told.append([answer.json["message"] for answer in answers])
    assert all(one != other for one, other in zip(*told, strict=True))


@pytest.mark.parametrize("language", ["de", "", 7, ["tr"], "x"])
def test_another_language_is_refused(daemon: RunningDaemon, language: object) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    details = refused(client, "POST", LANGUAGE, {"language": language}, status=400, code="invalid_value")
    assert details["allowed"] == ["tr", "en"]
    assert daemon.get(LANGUAGE).json["language"] == "en"


def test_a_language_must_be_named(daemon: RunningDaemon) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    refused(client, "POST", LANGUAGE, {}, status=400, code="missing_parameter")
