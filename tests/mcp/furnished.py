"""A workspace with something of everything, and calls that name its things by placeholders."""

from __future__ import annotations

from typing import Any

from tests.mcp.assistants import UNKNOWN_ID, Assistants

TWINS = ("12345678-0000-4000-8000-000000000001", "12345678-0000-4000-8000-000000000002")
BUG = {
    "baslik": "Bozuk",
    "aciklama": "a",
    "modul": "m",
    "ortam": "production",
    "adimlar": "1",
    "beklenen": "b",
    "mevcut": "c",
}


def furnish(us: Assistants) -> dict[str, str]:
    """Make the things; the ids of tasks and projects by their placeholders.

    ``{blocked}`` waits for ``{free}``, ``{child}`` is below ``{parent}``, ``{member}`` belongs to ``{project}``; two
    tasks have ids that begin with ``{twins}``.
    """
    rest = us.rest
    project = rest.project("Ev", tanim="ev işleri")["id"]
    ids = {name: rest.task(name)["id"] for name in ("free", "blocked", "parent", "spare")}
    ids["child"] = rest.task("child", parent_id=ids["parent"])["id"]
    ids["member"] = rest.task("member", proje_id=project, oncelik="yuksek", son_tarih="2020-01-01")["id"]
    us.call("gorev_bagimlilik_ekle", gorev_id=ids["blocked"], bagli_gorev_id=ids["free"])
    us.call("gorev_import", data={"tasks": [{"id": id_, "title": "twin"} for id_ in TWINS]}, preserve_ids=True)
    (us.rest.folder / "export.json").write_text('{"version": "1.0", "tasks": []}')
    named = ids | {"project": project, "nowhere": UNKNOWN_ID, "twins": TWINS[0][:8]}
    return {f"{{{name}}}": id_ for name, id_ in named.items()}


def filled(value: Any, places: dict[str, str]) -> Any:
    """Arguments with ids in place of placeholders."""
    match value:
        case str():
            return places.get(value, value)
        case dict():
            return {name: filled(each, places) for name, each in value.items()}
        case list():
            return [filled(each, places) for each in value]
    return value
