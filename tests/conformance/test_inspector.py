"""MCP Inspector's command line, through the bridge: the list of tools in its strict mode, and a call of each tool."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conformance.official import HERE, LONGEST_SECONDS, NODE
from tests.support.running_daemon import RunningDaemon
from tests.support.workspace_client import WorkspaceClient

ERAS: Final = ("legacy", "modern")


def inspected(client: WorkspaceClient, era: str, *runs: Sequence[str]) -> list[str]:
    """What Inspector says to each of these lists of arguments; none may be refused."""
    gorev = str(Path(sys.executable).with_name("gorev"))
    bridge = ["--protocol-era", era, gorev, "mcp-proxy", "--workspace", str(client.folder)]
    done = subprocess.run(
        [NODE, str(HERE / "scripts" / "inspect.mjs")],
        input=json.dumps([[*bridge, "--format", "json", *run] for run in runs]),
        env=client.daemon.environment,
        cwd=client.folder,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["refusal"] for answer in answers] == [None] * len(runs), done.stderr
    return [answer["said"] for answer in answers]


def calls(client: WorkspaceClient) -> dict[str, dict[str, Any]]:
    """Arguments of a call of each tool that succeeds, in an order in which all do."""
    project = client.project("Inspected")["id"]
    one, two, three = (client.task(f"Task {number}", proje_id=project)["id"] for number in (1, 2, 3))
    (client.folder / "notes.txt").write_text("notes")
    bug = {"baslik": "B", "aciklama": "A", "modul": "m", "ortam": "production", "adimlar": "1", "beklenen": "x"}
    bug |= {"mevcut": "y", "oncelik": "orta"}
    document = {"version": "1.0", "tasks": [{"id": "t1", "baslik": "Imported"}]}
    return {
        "gorev_listele": {"tum_projeler": True},
        "gorev_detay": {"id": one},
        "gorev_guncelle": {"id": one, "durum": "devam_ediyor"},
        "gorev_duzenle": {"id": one, "baslik": "Edited"},
        "template_listele": {},
        "templateden_gorev_olustur": {"template_id": "bug", "degerler": bug, "proje_id": project},
        "proje_listele": {},
        "proje_olustur": {"isim": "Made by Inspector"},
        "proje_gorevleri": {"proje_id": project},
        "gorev_bagimlilik_ekle": {"kaynak_id": one, "hedef_id": two, "baglanti_tipi": "blocks"},
        "aktif_proje": {"action": "set", "proje_id": project},
        "gorev_hierarchy": {"action": "show", "gorev_id": one},
        "gorev_bulk": {"operation": "tag", "ids": [one, two], "data": {"operation": "add", "tags": ["x"]}},
        "gorev_filter_profile": {"action": "list"},
        "gorev_file_watch": {"action": "add", "task_id": one, "file_path": "notes.txt"},
        "ide_manage": {"action": "detect"},
        "gorev_context": {"action": "set_active", "gorev_id": one},
        "gorev_search": {"mode": "nlp", "query": "task"},
        "ozet_goster": {},
        "gorev_export": {"format": "json", "output_path": "export.json"},
        "gorev_import": {"data": document, "format": "json", "dry_run": True},
        "gorev_suggestions": {},
        "gorev_intelligent_create": {"baslik": "Clever"},
        "gorev_sil": {"id": three, "onay": True},
    }


@pytest.mark.parametrize("era", ERAS)
def test_inspector_lists_strictly_and_calls_every_tool(daemon: RunningDaemon, era: str) -> None:
    client = WorkspaceClient.of_new_folder(daemon)
    arguments = calls(client)
    listed, templates, prompts, *outcomes = inspected(
        client,
        era,
        ["--method", "tools/list", "--strict"],
        ["--method", "resources/templates/list"],
        ["--method", "prompts/list"],
        *(
            ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", json.dumps(given)]
            for tool, given in arguments.items()
        ),
    )
    assert {tool["name"] for tool in json.loads(listed)["result"]["tools"]} == arguments.keys()
    assert "schemaFindings" not in json.loads(listed)
    assert json.loads(templates)["result"]["resourceTemplates"]
    assert json.loads(prompts)["result"]["prompts"]
    for tool, outcome in zip(arguments, outcomes, strict=True):
        result = json.loads(outcome)["result"]
        assert not result.get("isError"), (tool, result)
        assert result["structuredContent"], tool
