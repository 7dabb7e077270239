"""The same operation by REST and by a tool leads to the same state, with the same events, one for each change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.mcp.assistants import Assistants, assistants_of_new_workspace
from tests.mcp.furnished import BUG, filled, furnish
from tests.support.running_daemon import RunningDaemon

NEW: Final = {"baslik": "new", "aciklama": "d", "oncelik": "yuksek", "son_tarih": "2031-02-03", "etiketler": "a,b"}
DOCUMENT: Final = {"tasks": [{"id": "t1", "title": "imported", "tags": ["i"]}, {"title": "other", "parent_id": "t1"}]}

# What is done: method, path and body of REST; tool and arguments; how many changes of entities that is.
OPERATIONS: Final[dict[str, tuple[tuple[str, str, Any], tuple[str, dict[str, Any]], int]]] = {
    "make a subtask": (
        ("POST", "/api/gorev/{parent}/altgorev", NEW),
        ("gorev_hierarchy", {"action": "create_subtask", "parent_id": "{parent}", **NEW}),
        1,
    ),
    "make a task of a template": (
        ("POST", "/api/template/bug/gorev", {"degerler": BUG, "proje_id": "{project}"}),
        ("templateden_gorev_olustur", {"template_id": "bug", "degerler": BUG, "proje_id": "{project}"}),
        1,
    ),
    "make a task": (
        ("POST", "/api/gorev", {"baslik": "new", "aciklama": "d", "proje_id": "{project}"}),
        ("gorev_intelligent_create", {"baslik": "new", "aciklama": "d", "proje_id": "{project}"}),
        1,
    ),
    "change status and priority": (
        ("PUT", "/api/gorev/{free}", {"durum": "devam_ediyor", "oncelik": "dusuk"}),
        ("gorev_guncelle", {"id": "{free}", "durum": "devam_ediyor", "oncelik": "dusuk"}),
        1,
    ),
    "change a status to what it is": (
        ("PUT", "/api/gorev/{free}", {"durum": "beklemede"}),
        ("gorev_guncelle", {"id": "{free}", "durum": "beklemede"}),
        0,
    ),
    "edit": (
        ("PUT", "/api/gorev/{free}", NEW),
        ("gorev_duzenle", {"id": "{free}", **NEW}),
        1,
    ),
    "clear": (
        ("PUT", "/api/gorev/{member}", {"son_tarih": "", "proje_id": ""}),
        ("gorev_duzenle", {"id": "{member}", "son_tarih": "", "proje_id": ""}),
        1,
    ),
    "take a subtree to a project": (
        ("PUT", "/api/gorev/{parent}", {"proje_id": "{project}"}),
        ("gorev_duzenle", {"id": "{parent}", "proje_id": "{project}"}),
        2,
    ),
    "move under another task": (
        ("PUT", "/api/gorev/{spare}/ust", {"yeni_parent_id": "{child}"}),
        ("gorev_hierarchy", {"action": "change_parent", "gorev_id": "{spare}", "yeni_parent_id": "{child}"}),
        1,
    ),
    "make a root": (
        ("PUT", "/api/gorev/{child}/ust", {"yeni_parent_id": ""}),
        ("gorev_hierarchy", {"action": "change_parent", "gorev_id": "{child}"}),
        1,
    ),
    "delete": (("DELETE", "/api/gorev/{spare}", None), ("gorev_sil", {"id": "{spare}", "onay": True}), 1),
    "delete a task with a link": (
        ("DELETE", "/api/gorev/{free}", None),
        ("gorev_sil", {"id": "{free}", "onay": True}),
        2,
    ),
    "link": (
        ("POST", "/api/baglanti", {"gorev_id": "{spare}", "bagli_gorev_id": "{free}"}),
        ("gorev_bagimlilik_ekle", {"gorev_id": "{spare}", "bagli_gorev_id": "{free}"}),
        2,
    ),
    "make a project": (
        ("POST", "/api/proje", {"isim": "new", "tanim": "d"}),
        ("proje_olustur", {"isim": "new", "tanim": "d"}),
        1,
    ),
    "activate a project": (
        ("POST", "/api/proje/{project}/aktif", None),
        ("aktif_proje", {"action": "set", "proje_id": "{project}"}),
        2,
    ),
    "deactivate when none is active": (("DELETE", "/api/aktif-proje", None), ("aktif_proje", {"action": "clear"}), 0),
    "import": (("POST", "/api/import", {"data": DOCUMENT}), ("gorev_import", {"data": DOCUMENT}), 2),
    "change one of several": (
        ("PUT", "/api/gorev/{free}", {"baslik": "renamed", "etiketler": ["t"]}),
        ("gorev_bulk", {"operation": "update", "ids": ["{free}"], "data": {"baslik": "renamed", "etiketler": ["t"]}}),
        1,
    ),
    "start work": (
        ("PUT", "/api/gorev/{free}", {"durum": "devam_ediyor"}),
        ("gorev_context", {"action": "set_active", "gorev_id": "{free}"}),
        1,
    ),
}
# What no two workspaces have in common.
OWN: Final = ("id", "olusturma_tarihi", "guncelleme_tarihi", "workspace_id")


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[tuple[Assistants, Assistants]]:
    """Two workspaces furnished alike."""
    with assistants_of_new_workspace(daemon) as one, assistants_of_new_workspace(daemon) as other:
        yield one, other


def state(us: Assistants) -> Any:
    """Every task with its links, every project, and which is active; with names in place of ids."""
    tasks = us.rest.get("/api/gorevler?tum_projeler=true&limit=1000&sirala=olusturma_asc")["data"]
    projects = us.rest.get("/api/projeler")["data"]
    named = {each["id"]: each.get("baslik") or each.get("isim") for each in [*tasks, *projects]}

    def plain(value: Any) -> Any:
        match value:
            case dict():
                return {name: plain(each) for name, each in value.items() if name not in OWN}
            case list():
                return [plain(each) for each in value]
            case str():
                return named.get(value, value)
        return value

    whole = [us.rest.get(f"/api/gorev/{task['id']}")["data"] for task in tasks]
    return plain([whole, projects, us.rest.get("/api/aktif-proje")["data"]])


@pytest.mark.parametrize("name", OPERATIONS)
def test_either_door_leads_to_the_same_state_with_the_same_events(us: tuple[Assistants, Assistants], name: str) -> None:
    (method, path, body), (tool, arguments), changes = OPERATIONS[name]
    by_rest, by_tool = us
    told: list[list[Any]] = []
    for own in us:
        places = furnish(own)
        before = own.rest.seq()
        with own.rest.daemon.events(f"workspace_id={own.rest.id}&format=simple") as stream:
            if own is by_rest:
                for place, id_ in places.items():
                    path = path.replace(place, id_)
                answer = own.rest.request(method, path, filled(body, places))
                assert answer.status in (200, 201), answer.content
            else:
                own.call(tool, **filled(arguments, places))
            assert own.rest.seq() == before + changes
            events: list[Any] = []
            while changes and (not events or events[-1]["seq"] < before + changes):
                events.append(stream.until(lambda frame: "seq" in frame))  # how far a slow import is has none
        # An import is told of at once, whatever it made (websocket.md E5).
        seqs = [before + changes] if name == "import" else list(range(before + 1, before + changes + 1))
        assert [event["seq"] for event in events] == seqs
        assert {event["actor"]["type"] for event in events} <= {"rest" if own is by_rest else "mcp"}
        told.append([(event["type"], event.get("changed_fields")) for event in events])
    assert told[0] == told[1]
    assert state(by_rest) == state(by_tool)
