"""The document of the API is true: it is valid, says all there is, and the daemon does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.raw_http import is_well
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

DOCUMENT: Final = "/api/openapi.json"
FUZZING: Final = Path(__file__).parent / "fuzzing"


@pytest.fixture(params=["tr", "en"])
def document(daemon: RunningDaemon, request: pytest.FixtureRequest) -> Any:
    """The document in a language."""
    response = daemon.get(DOCUMENT, Accept_Language=request.param)
    assert response.status == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    return response.json


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Every method, path and operation of a document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


# rest-api.md §3, §4 and §5: the paths that the contract names.
OF_THE_CONTRACT: Final = """
    GET /api/gorevler, GET /api/gorev, POST /api/gorev, GET /api/gorev/{id}, PUT /api/gorev/{id}, PATCH /api/gorev/{id},
    DELETE /api/gorev/{id}, POST /api/gorev/{id}/altgorev, GET /api/gorev/{id}/hiyerarsi, GET /api/projeler,
    GET /api/proje, POST /api/proje, GET /api/proje/{id}/gorevler, POST /api/proje/{id}/aktif, GET /api/template,
    GET /api/templateler, GET /api/template/{id}, POST /api/template/{id}/gorev, POST /api/baglanti,
    DELETE /api/baglanti/{id}, DELETE /api/baglanti, POST /api/search, GET /api/search/history, POST /api/export,
    POST /api/import, GET /api/health, GET /api/health/ready, GET /api/ozet, GET /api/health/db, GET /api/health/ws,
    GET /api/proje/{id}, PUT /api/proje/{id}, DELETE /api/proje/{id}, GET /api/aktif-proje, DELETE /api/aktif-proje,
    PUT /api/gorev/{id}/ust, GET /api/gorev/{id}/baglantilar, GET /api/olaylar, GET /api/v1/events,
    GET /api/v1/health, GET /api/v1/tasks, POST /api/v1/tasks, POST /api/v1/tasks/from-template,
    GET /api/v1/tasks/{id}, PUT /api/v1/tasks/{id}, DELETE /api/v1/tasks/{id}, GET /api/v1/tasks/{id}/subtasks,
    POST /api/v1/tasks/{id}/subtasks, PUT /api/v1/tasks/{id}/parent, GET /api/v1/tasks/{id}/hierarchy,
    GET /api/v1/tasks/{id}/dependencies, POST /api/v1/tasks/{id}/dependencies,
    DELETE /api/v1/tasks/{id}/dependencies/{other}, GET /api/v1/projects, POST /api/v1/projects,
    GET /api/v1/projects/{id}, PUT /api/v1/projects/{id}, DELETE /api/v1/projects/{id},
    GET /api/v1/projects/{id}/tasks, PUT /api/v1/projects/{id}/activate, GET /api/v1/active-project,
    DELETE /api/v1/active-project, GET /api/v1/templates, GET /api/v1/templates/{id}, POST /api/v1/template/init,
    GET /api/v1/summary, GET /api/v1/language, POST /api/v1/language, POST /api/v1/search,
    GET /api/v1/search/history, POST /api/v1/export, POST /api/v1/import, POST /api/v1/workspaces/register,
    GET /api/v1/workspaces, GET /api/v1/workspaces/{id}, DELETE /api/v1/workspaces/{id},
    GET /api/v1/daemon/clients/count, POST /api/v1/daemon/clients/register, POST /api/v1/daemon/clients/unregister,
    POST /api/v1/daemon/heartbeat, POST /api/v1/mcp/{name}, GET /api/v1/ws/stats,
    DELETE /api/v1/operations/{id}
"""


def test_every_route_of_the_contract_is_described(document: Any) -> None:
    described = {f"{method} {path}" for method, path, _ in operations(document)}
    assert {route.strip() for route in OF_THE_CONTRACT.split(",")} <= described


def test_every_described_route_is_there_in_both_families(daemon: RunningDaemon, document: Any) -> None:
    client = WorkspaceClient(daemon, daemon.workspace)
    for method, path, _ in operations(document):
        if method in ("GET", "DELETE"):
            response = client.request(method, path.replace("{id}", "none-such").replace("{other}", "none-such"))
            assert response.status != 405, (method, path)
            assert response.status != 404 or response.json["code"] != "not_found" or "operations" in path


def test_operations_have_names_of_their_own_and_say_what_they_do(document: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(operation["summary"] and operation["tags"] for _, _, operation in operations(document))


def test_the_two_languages_say_the_same_in_other_words(daemon: RunningDaemon) -> None:
    def prose(part: Any) -> Iterator[str]:
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            if name in ("summary", "description") and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from prose(value)

    turkish, english = (daemon.get(DOCUMENT, Accept_Language=each).json for each in ("tr", "en"))
    assert [each[:2] for each in operations(turkish)] == [each[:2] for each in operations(english)]
    pairs = set(zip(prose(turkish), prose(english), strict=True))
    alike = {one for one, other in pairs if one == other}
    # Error codes, and names that are names everywhere.
    assert all(re.fullmatch(r"([a-z_]+(, [a-z_]+)*|YYYY-MM-DD)?", each) for each in alike), alike


def test_each_family_speaks_its_own_vocabulary(document: Any) -> None:
    task, gorev = document["components"]["schemas"]["Task"], document["components"]["schemas"]["Gorev"]
    assert {"title", "status", "due_date"} <= task["properties"].keys()
    assert {"baslik", "durum", "son_tarih"} <= gorev["properties"].keys()
    assert not task["properties"].keys() & {"baslik", "durum"}
    assert not gorev["properties"].keys() & {"title", "status"}
    body = document["paths"]["/api/v1/tasks/{id}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["title"]["x-also"] == ["baslik"]
    assert document["paths"]["/api/v1/tasks"]["get"]["parameters"][0]["name"] == "status"
    assert document["paths"]["/api/gorevler"]["get"]["parameters"][0]["name"] == "durum"


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(part: Any) -> Iterator[str]:
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            if name == "$ref":
                yield value
            elif isinstance(value, dict | list):
                yield from references(value)

    for reference in set(references(document)):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_the_document_is_not_sent_again_while_it_is_the_same(daemon: RunningDaemon) -> None:
    tag = daemon.get(DOCUMENT, Accept_Language="en").headers["etag"]
    assert daemon.get(DOCUMENT, Accept_Language="en", If_None_Match=tag).status == 304
    assert daemon.get(DOCUMENT, Accept_Language="tr", If_None_Match=tag).status == 200


def test_the_daemon_does_what_the_document_says(own_daemon: RunningDaemon, tmp_path: Path) -> None:
    """Whatever schemathesis makes of the document, all its checks hold; the same requests in every run."""
    own_daemon.start()
    folder = own_daemon.home / "registered"
    folder.mkdir()
    # The schemathesis command by its module, since scripts are not where the interpreter is everywhere.
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    options = ["--phases", "coverage,fuzzing,stateful", "--max-examples", "4", "--seed", "1", "--continue-on-failure"]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(FUZZING),
        "FUZZED_FOLDER": str(folder),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path),
    }
    run = subprocess.run(
        [*command, "--config-file", str(FUZZING / "schemathesis.toml"), "run", own_daemon.url + DOCUMENT, *options],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-5_000:]
    assert is_well(own_daemon)
