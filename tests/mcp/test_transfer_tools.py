"""``gorev_export`` and ``gorev_import`` (``mcp-tools.md`` §5.2 and §5.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.mcp.assistants import UNKNOWN_ID, Assistants, assistants_of_new_workspace
from tests.support.running_daemon import RunningDaemon

SHORT = 6 * 1024
LONG = 20_000


@pytest.fixture
def us(daemon: RunningDaemon) -> Iterator[Assistants]:
    with assistants_of_new_workspace(daemon) as assistants:
        yield assistants


def size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def test_an_export_to_a_file_tells_where_and_how_much(us: Assistants) -> None:
    us.rest.task("a", etiketler="x")
    text, struct = us.call("gorev_export", output_path="x.csv", format="csv")
    path = str(us.rest.folder / "x.csv")
    counts = {"tasks": 1, "projects": 0, "tags": 1, "templates": 0, "dependencies": 0}
    assert struct == {"path": path, "format": "csv", "counts": counts}
    assert path in text
    assert "1 task," in text
    assert "1 görev" in us.in_turkish("gorev_export", output_path="x.csv", format="csv")


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_a_short_export_is_given_inline_in_words_and_as_an_object(us: Assistants, form: str) -> None:
    us.rest.task("Demo, a")
    text, struct = us.call("gorev_export", format=form)
    assert (struct["path"], struct["format"]) == (None, form)
    content = struct["data"]["tasks"][0]["baslik"] if form == "json" else struct["data"]["content"]
    assert "Demo, a" in content
    assert "Demo, a" in text


def test_an_export_that_is_too_long_says_how_to_get_it(us: Assistants) -> None:
    us.call("gorev_import", data=[{"title": f"Task {number}"} for number in range(200)])
    text, struct = us.call("gorev_export")
    assert struct.keys() == {"path", "format", "counts", "uyari"}
    assert struct["counts"]["tasks"] == 200
    assert "output_path" in text
    assert size(struct) < SHORT


def test_an_inline_export_is_never_longer_than_an_answer_may_be(us: Assistants) -> None:
    for number in range(60):
        us.rest.task(f"Görev {number} ğüşıöç")
        text, struct = us.call("gorev_export")
        assert len(text.encode()) <= LONG
        assert size(struct) <= LONG
        if "data" not in struct:
            break
    else:
        raise AssertionError("it never became too long")


def test_what_is_exported_is_chosen_by_the_arguments(us: Assistants) -> None:
    project = us.rest.project("P")
    us.rest.task("a", proje_id=project["id"], durum="tamamlandi", etiketler="x")
    us.rest.task("b", etiketler="y")
    for arguments, expected in (
        ({"proje_id": project["id"][:8]}, ["a"]),
        ({"project_filter": [project["id"]]}, ["a"]),
        ({"durum": "tamamlandi"}, ["a"]),
        ({"include_completed": "hayır"}, ["b"]),
        ({"tag_filter": ["Y", "z"]}, ["b"]),
        ({"date_range": {"to": "2001-01-01"}}, []),
    ):
        _, struct = us.call("gorev_export", **arguments)
        assert [task["baslik"] for task in struct["data"]["tasks"]] == expected


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("path_not_allowed", {"output_path": "/etc/x.json"}),
        ("invalid_value", {"format": "xml"}),
        ("invalid_date", {"date_range": {"from": "2025-02-02", "to": "2025-01-01"}}),
        ("project_not_found", {"proje_id": UNKNOWN_ID}),
        ("io_error", {"output_path": f"{'x' * 300}.json"}),
        ("invalid_value", {"output": "x"}),
    ],
)
def test_an_export_that_will_not_do_is_refused(us: Assistants, code: str, arguments: dict[str, object]) -> None:
    us.refused("gorev_export", code, **arguments)


def test_an_import_tells_the_same_in_words_and_as_an_object(us: Assistants) -> None:
    text, struct = us.call("gorev_import", data={"tasks": [{"id": "7", "title": "a", "project_name": "P"}]})
    assert struct.keys() == {
        "success",
        "dry_run",
        "imported_tasks",
        "imported_projects",
        "imported_tags",
        "imported_templates",
        "imported_dependencies",
        "skipped",
        "conflicts",
        "errors",
        "warnings",
        "id_map",
    }
    assert (struct["imported_tasks"], struct["imported_projects"]) == (1, 1)
    assert {"import edildi: 1 görev", "import edildi: 1 proje"} <= set(text.splitlines())
    assert struct["id_map"]["7"] in text


def test_a_trial_changes_nothing_and_names_conflicts(us: Assistants) -> None:
    there = us.rest.task("a")
    before = us.rest.seq()
    text, struct = us.call("gorev_import", data=[{"baslik": "a"}], dry_run=True, conflict_resolution="overwrite")
    (conflict,) = struct["conflicts"]
    assert conflict["existing"] == {"id": there["id"], "baslik": "a"}
    assert conflict["resolution"] == "overwrite"
    assert f"conflict: task {there['id']}" in text.splitlines()
    assert us.rest.seq() == before
    turkish = us.in_turkish("gorev_import", data=[{"baslik": "a"}], dry_run=True)
    assert {"toplam 1 görev", "import edilecek 0 görev", "atlandı: 1"} <= set(turkish.splitlines())


def test_a_long_result_is_cut_and_says_what_is_left(us: Assistants) -> None:
    rows = [{"id": f"{number}", "title": f"Task {number}"} for number in range(300)]
    us.call("gorev_import", data=rows)
    for data in (rows, [{"id": f"x{number}", "title": f"{number} {'x' * 500}"} for number in range(300)]):
        text, struct = us.call("gorev_import", data=data)
        assert len(text.encode()) <= SHORT
        assert size(struct) <= SHORT
        for name, left in struct["kalan"].items():
            assert len(struct[name]) + left == 300
            assert f"{name}: {left} more" in text


def test_a_file_is_imported_by_its_path_from_the_workspace_folder(us: Assistants) -> None:
    us.rest.task("a")
    us.call("gorev_export", path="x.json")
    _, struct = us.call("gorev_import", path="x.json")
    assert (struct["imported_tasks"], struct["skipped"]) == (0, 1)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("missing_parameter", {}),
        ("file_not_found", {"file_path": "none.json"}),
        ("path_not_allowed", {"file_path": "/"}),
        ("invalid_format", {"data": {"projects": []}}),
        ("invalid_reference", {"data": [{"title": "a", "parent_id": UNKNOWN_ID}]}),
        ("invalid_value", {"data": [{"title": "a", "durum": "x"}]}),
        ("invalid_value", {"data": [], "import_mode": "x"}),
        ("project_not_found", {"data": [], "proje_id": UNKNOWN_ID}),
    ],
)
def test_an_import_that_will_not_do_is_refused(us: Assistants, code: str, arguments: dict[str, object]) -> None:
    us.refused("gorev_import", code, **arguments)


def test_the_same_key_imports_once(us: Assistants) -> None:
    first = us.call("gorev_import", data=[{"title": "a"}], idempotency_key="k")
    assert us.call("gorev_import", data=[{"title": "a"}], idempotency_key="k") == first
    assert us.rest.get("/api/gorevler")["total"] == 1
