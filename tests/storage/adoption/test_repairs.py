"""What cannot be taken over as it is is repaired the least way, and every repair is in the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from gorev.domain.search.filters import Filters
from gorev.domain.values import Priority, Status
from gorev.storage import context, links, profiles, projects, tags, tasks, templates, watches
from gorev.storage.adoption.rows import shown
from tests.storage.adoption.conftest import Adopted
from tests.support.original_content import project_id, tag_id, task_id
from tests.support.original_database import OriginalDatabase, Shape, new_uuid

Make = Callable[..., Adopted]

AT: Final = "2025-10-06 10:30:00"
A, B, C, D = (task_id(number) for number in range(4))
P, Q = project_id(0), project_id(1)


def task(id_: Any = A, **cells: Any) -> dict[str, Any]:
    given = {"title": "Görev", "description": "", "status": "beklemede", "priority": "orta", "created_at": AT}
    return {"id": id_, **given, "updated_at": AT, "project_id": None, "parent_id": None, "due_date": None} | cells


def project(id_: Any = P, **cells: Any) -> dict[str, Any]:
    return {"id": id_, "name": "Proje", "definition": "", "created_at": AT, "updated_at": AT} | cells


def link(source: Any, target: Any, kind: Any = "onceki") -> dict[str, Any]:
    return {"source_id": source, "target_id": target, "kind": kind}


def holding(**tables: list[dict[str, Any]]) -> Callable[[OriginalDatabase], None]:
    """A filler: these rows; links and interactions get ids."""

    def fill(database: OriginalDatabase) -> None:
        for table, rows in tables.items():
            for number, row in enumerate(rows):
                if table == "baglantilar":
                    row = {"id": new_uuid(4_000_000 + number), **row}
                database.insert(table, **row)

    return fill


def only_task(adopted: Adopted) -> tuple[Any, ...]:
    """The stored fields of the only task."""
    ((id_,),) = adopted.ask("SELECT id FROM tasks")
    (view,) = tasks.by_ids(adopted.cursor, [id_])
    found = view.task
    return (
        found.id,
        found.title,
        found.status.value,
        found.priority.value,
        found.due_date,
        found.created_at.isoformat(),
    )


@pytest.mark.parametrize("given", ["task_1759746600", 17, A.replace("-", ""), "", None, b"\xff"])
def test_an_id_that_has_not_our_form_is_replaced_everywhere(adopted: Make, given: Any) -> None:
    rows = {
        "gorevler": [task(given), task(B, parent_id=given)],
        "baglantilar": [link(given, C)],
        "etiketler": [{"id": tag_id(0), "name": "x"}],
        "gorev_etiketleri": [{"task_id": given, "tag_id": tag_id(0)}],
        "ai_interactions": [{"task_id": given, "action_type": "viewed", "context": "", "timestamp": AT}],
    }
    rows["gorevler"].append(task(C))
    found = adopted(holding(**rows))
    ((changed,),) = found.ask("SELECT id FROM tasks WHERE id NOT IN (?, ?)", B, C)
    (item,) = found.noted("The id did not have the form of an id, or was taken; it was replaced.")
    assert item.endswith(f"id = {shown(given)} → {changed}")
    if given not in ("", None):
        assert found.ask("SELECT parent_id FROM tasks WHERE id = ?", B) == [(changed,)]
        assert found.ask("SELECT source_id FROM links") == [(changed,)]
        assert found.ask("SELECT task_id FROM task_tags") == [(changed,)]
        assert found.ask("SELECT task_id FROM interactions") == [(changed,)]


def test_an_id_in_capitals_is_the_same_id(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(A.upper()), task(B, parent_id=A.upper())]))
    assert found.ask("SELECT parent_id FROM tasks WHERE id = ?", B) == [(A,)]


def test_of_two_equal_ids_the_first_is_kept_with_what_refers_to_it(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(A, title="ilk"), task(A, title="ikinci"), task(B, parent_id=A)]))
    assert found.ask("SELECT title FROM tasks WHERE id = ?", A) == [("ilk",)]
    assert found.counts("gorevler") == (3, 3, 0)
    assert found.ask("SELECT parent_id FROM tasks WHERE id = ?", B) == [(A,)]


@pytest.mark.parametrize(
    ("cells", "kept", "sentence"),
    [
        ({"title": " iki yan "}, "iki yan", "White space around the text was removed."),
        ({"title": "x" * 501}, "x" * 501, "The text is longer than allowed today. It was kept whole."),
        (
            {"title": b"a\xffb\x00"},
            "a\ufffdb\ufffd",
            "The text held bytes that cannot be kept; a replacement character stands for each.",
        ),
        ({"title": 2025}, "2025", None),
        ({"title": None}, f"#{A[:8]}", "The title or name was blank; the beginning of the id stands there now."),
        ({"title": " \n"}, f"#{A[:8]}", "The title or name was blank; the beginning of the id stands there now."),
    ],
)
def test_a_title_is_kept_as_far_as_it_can_be(adopted: Make, cells: Any, kept: str, sentence: str | None) -> None:
    found = adopted(holding(gorevler=[task(**cells)]))
    assert only_task(found)[1] == kept
    if sentence is None:
        assert "Nothing was changed or left out." in found.report
    else:
        assert found.noted(sentence) == [
            f"gorevler {A}: title = {shown(cells['title'])}" + (f" → {kept}" if "#" in kept else "")
        ]


def test_a_long_description_is_kept_with_a_warning(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(description="ş" * 100_001)]))
    assert found.ask("SELECT length(description) FROM tasks") == [(100_001,)]
    assert len(found.noted("The text is longer than allowed today. It was kept whole.")) == 1


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        *[("beklemede", "pending"), ("BEKLEMEDE", "pending"), ("Devam Ediyor", "in_progress"), ("todo", "pending")],
        *[("tamamlandı", "completed"), ("TAMAMLANDI", "completed"), ("İptal", "cancelled"), ("canceled", "cancelled")],
    ],
)
def test_a_status_is_understood_in_every_spelling(adopted: Make, status: str, meant: str) -> None:
    found = adopted(holding(gorevler=[task(status=status, priority="YÜKSEK")]))
    assert only_task(found)[2:4] == (meant, "high")
    assert "Nothing was changed or left out." in found.report


def test_unknown_words_become_the_default(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(status="ertelendi", priority=None)]))
    assert only_task(found)[2:4] == ("pending", "medium")
    assert found.noted("The value is unknown; the default stands there now (links: related).") == [
        f"gorevler {A}: status = 'ertelendi'",
        f"gorevler {A}: priority = None",
    ]


def test_one_time_stands_in_for_the_other(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(created_at="dün", updated_at="2025-10-07T00:00:00+03:00")]))
    assert only_task(found)[5] == "2025-10-06T21:00:00+00:00"
    sentence = "The time is missing or cannot be read; the row's other one, else today's, stands there."
    assert found.noted(sentence) == [f"gorevler {A}: created_at = 'dün'"]


def test_gos_zero_time_is_no_time(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(updated_at="0001-01-01 00:00:00 +0000 UTC")]))
    assert found.ask("SELECT updated_at = created_at FROM tasks") == [(1,)]


def test_an_impossible_due_date_is_cleared(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(due_date="2025-02-30")]))
    assert only_task(found)[4] is None
    assert found.noted("The value cannot be read, or is taken; it was cleared.") == [
        f"gorevler {A}: due_date = '2025-02-30'"
    ]


def test_parents_and_projects_that_are_nowhere_are_cleared(adopted: Make) -> None:
    found = adopted(holding(gorevler=[task(project_id=Q, parent_id=D)]))
    assert found.ask("SELECT project_id, parent_id FROM tasks") == [(None, None)]
    assert found.noted("It referred to something that does not exist; the reference was cleared.") == [
        f"gorevler {A}: parent_id = '{D}'",
        f"gorevler {A}: project_id = '{Q}'",
    ]


def test_a_circle_of_parents_is_opened_at_its_oldest_task(adopted: Make) -> None:
    found = adopted(
        holding(gorevler=[task(A, parent_id=C), task(B, parent_id=A), task(C, parent_id=B), task(D, parent_id=D)])
    )
    assert dict(found.ask("SELECT id, parent_id FROM tasks")) == {A: None, B: A, C: B, D: None}
    assert found.noted("The tasks were one another's parents; the first one has no parent now.") == [
        f"gorevler {A}: 3: {A} → {C} → {B} → {A}",
        f"gorevler {D}: 1: {D} → {D}",
    ]


def test_a_child_in_another_project_becomes_a_root_with_its_children(adopted: Make) -> None:
    rows = [task(A, project_id=P), task(B, project_id=Q, parent_id=A), task(C, project_id=Q, parent_id=B)]
    found = adopted(holding(projeler=[project(P), project(Q)], gorevler=rows))
    assert dict(found.ask("SELECT id, parent_id FROM tasks")) == {A: None, B: None, C: B}
    assert found.noted("The parent is in another project; the task has no parent now.") == [
        f"gorevler {B}: parent_id = {A}"
    ]


def test_a_child_of_no_project_comes_into_its_parents(adopted: Make) -> None:
    rows = [task(C, parent_id=B, project_id=P), task(B, parent_id=A), task(A, project_id=P)]
    found = adopted(holding(projeler=[project(P)], gorevler=rows))
    assert set(found.ask("SELECT project_id FROM tasks")) == {(P,)}
    assert dict(found.ask("SELECT id, parent_id FROM tasks")) == {A: None, B: A, C: B}
    assert found.noted("The subtask was in no project; it is in its parent's now.") == [
        f"gorevler {B}: parent_id = {A}"
    ]


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        *[(word, (A, B, "blocks")) for word in ("onceki", "blocks", "blocker", "engelliyor", "bagimli", "ONCEKI")],
        *[(word, (B, A, "blocks")) for word in ("depends_on", "blocked_by")],
        *[(word, (A, B, "related")) for word in ("iliskili", "related", "related_to")],
        *[(word, (A, B, "related")) for word in ("tuhaf", "", None)],
    ],
)
def test_a_link_means_what_its_type_says(adopted: Make, kind: Any, stored: tuple[str, str, str]) -> None:
    found = adopted(holding(gorevler=[task(A), task(B)], baglantilar=[link(A, B, kind)]))
    assert found.ask("SELECT source_id, target_id, kind FROM links") == [stored]
    assert ("The value is unknown" in found.report) == (kind in ("tuhaf", "", None))


@pytest.mark.parametrize(
    ("rows", "kept", "sentence"),
    [
        ([link(A, D)], 0, "It belonged to something that does not exist. It was left out."),
        ([link(None, A)], 0, "It belonged to something that does not exist. It was left out."),
        ([link(A, A)], 0, "A task was linked with itself. The link was left out."),
        (
            [link(A, B), link(B, A, "depends_on")],
            1,
            "There is another one of the same meaning, which was kept. This one was left out.",
        ),
        (
            [link(A, B, "related"), link(B, A, "iliskili")],
            1,
            "There is another one of the same meaning, which was kept. This one was left out.",
        ),
        (
            [link(A, B), link(B, C), link(C, A)],
            2,
            "The tasks would have waited for one another. The link was left out.",
        ),
        ([link(A, B), link(A, B, "related")], 2, None),
    ],
)
def test_a_link_that_may_not_be_is_left_out(adopted: Make, rows: Any, kept: int, sentence: str | None) -> None:
    found = adopted(holding(gorevler=[task(A), task(B), task(C)], baglantilar=rows))
    assert found.counts("baglantilar") == (len(rows), kept, len(rows) - kept)
    if sentence is not None:
        last = new_uuid(4_000_000 + len(rows) - 1)
        assert [item.split(":")[0] for item in found.noted(sentence)] == [f"baglantilar {last}"]


def test_a_link_between_ancestor_and_descendant_is_left_out(adopted: Make) -> None:
    rows = [task(A), task(B, parent_id=A), task(C, parent_id=B)]
    found = adopted(holding(gorevler=rows, baglantilar=[link(C, A), link(A, B, "related")]))
    assert links.of_task(found.cursor, A) == ()
    assert len(found.noted("One of the tasks is above the other, and waits for it anyway. The link was left out.")) == 2


def test_tags_that_differ_in_case_become_the_first_of_them(adopted: Make) -> None:
    names = ["Bug", "bug", "İŞ", "iş"]
    rows = [{"id": tag_id(number), "name": name} for number, name in enumerate(names)]
    given = [{"task_id": A, "tag_id": tag_id(number)} for number in (1, 3, 0)]
    found = adopted(holding(gorevler=[task()], etiketler=rows, gorev_etiketleri=given))
    assert sorted(tag.name for tag in tags.every(found.cursor)) == ["Bug", "İŞ"]
    (view,) = tasks.by_ids(found.cursor, [A])
    assert [tag.name for tag in view.task.tags] == ["Bug", "İŞ"]
    assert found.counts("etiketler") == (4, 2, 2)
    assert found.counts("gorev_etiketleri") == (3, 2, 1)


def test_tags_are_trimmed_lose_their_commas_and_are_not_blank(adopted: Make) -> None:
    rows = [{"id": tag_id(number), "name": name} for number, name in enumerate([" a ", "b,c", " , ", None])]
    given = [{"task_id": A, "tag_id": tag_id(number)} for number in range(4)]
    found = adopted(holding(gorevler=[task()], etiketler=rows, gorev_etiketleri=given))
    assert sorted(tag.name for tag in tags.every(found.cursor)) == ["a", "b c"]
    assert found.noted("The name is taken or not allowed; it was changed.") == [
        f"etiketler {tag_id(0)}: name = ' a ' → 'a'",
        f"etiketler {tag_id(1)}: name = 'b,c' → 'b c'",
    ]
    assert found.counts("gorev_etiketleri") == (4, 2, 2)


def test_assignments_of_nothing_or_to_nothing_are_left_out(adopted: Make) -> None:
    pairs = [(B, tag_id(0)), (A, tag_id(1)), (A, None)]
    given: list[dict[str, Any]] = [{"task_id": id_, "tag_id": tag} for id_, tag in pairs]
    rows = [{"id": tag_id(0), "name": "a"}]
    found = adopted(holding(gorevler=[task()], etiketler=rows, gorev_etiketleri=given))
    assert found.counts("gorev_etiketleri") == (3, 0, 3)


def test_of_two_active_projects_the_first_that_exists_is_active(adopted: Make) -> None:
    given = [
        {"project_id": new_uuid(9), "workspace_id": "x"},
        {"project_id": Q, "workspace_id": "default"},
        {"project_id": P, "workspace_id": "y"},
    ]
    found = adopted(holding(projeler=[project(P), project(Q)], aktif_proje=given))
    assert projects.active_id(found.cursor) == Q
    assert found.counts("aktif_proje") == (3, 1, 2)
    assert "into this one: x, y" in found.report


def test_a_context_that_refers_to_nothing_is_cleared_of_it(adopted: Make) -> None:
    row = {"id": 1, "active_task_id": D, "recent_tasks": f'["{D}", "{B}", "{A}", "{B}"]', "session_data": "[1"}
    found = adopted(holding(gorevler=[task(A), task(B)], ai_context=[row | {"last_updated": AT}]))
    assert context.active_task_id(found.cursor) is None
    assert context.recent_ids(found.cursor, 10) == [B, A]
    assert found.ask("SELECT session_data FROM workspace") == [("{}",)]
    assert len(found.noted("It referred to something that does not exist; the reference was cleared.")) == 2
    assert found.noted("The JSON cannot be read, or parts of it mean nothing; those were left away.") == [
        "ai_context 1: session_data = '[1'"
    ]


def test_every_kind_of_interaction_is_kept_as_it_is(adopted: Make) -> None:
    """The kinds of ``data-model.md`` §2."""
    kinds = ["viewed", "created", "updated", "completed", "set_active", "bulk_operation", "file_change", "deleted"]
    given = [
        {"id": number, "task_id": A, "action_type": kind, "context": "", "timestamp": AT}
        for number, kind in enumerate(kinds, 1)
    ]
    found = adopted(holding(gorevler=[task(A)], ai_interactions=given))
    assert found.ask("SELECT action FROM interactions ORDER BY id") == [(kind,) for kind in kinds]
    assert found.counts("ai_interactions") == (8, 8, 0)


def test_interactions_are_kept_with_known_actions_and_readable_contexts(adopted: Make) -> None:
    given = [
        {"id": number, "task_id": id_, "action_type": action, "context": text, "timestamp": AT}
        for number, (id_, action, text) in enumerate(
            [(A, "viewed", '{"a": {"b": 1}}'), (A, "okundu", "bozuk"), (D, "viewed", "")], 1
        )
    ]
    found = adopted(holding(gorevler=[task(A)], ai_interactions=given))
    assert found.ask("SELECT id, action, context FROM interactions") == [
        (1, "viewed", '{"a":{"b":1}}'),
        (2, "viewed", "{}"),
    ]
    assert found.counts("ai_interactions") == (3, 2, 1)


def test_only_so_many_interactions_and_searches_are_taken_over_as_are_ever_kept(adopted: Make) -> None:
    def fill(database: OriginalDatabase) -> None:
        database.insert("gorevler", **task())
        row = {"task_id": A, "action_type": "viewed", "context": "", "timestamp": AT}
        database.insert_many("ai_interactions", [row] * 20_003)
        database.insert_many("search_history", [{"query": "x", "filters": "", "created_at": AT}] * 1_002)

    found = adopted(fill)
    assert found.counts("ai_interactions") == (20_003, 20_000, 3)
    assert found.counts("search_history") == (1_002, 1_000, 2)
    assert found.ask("SELECT min(id), (SELECT min(id) FROM search_history) FROM interactions") == [(4, 3)]


def test_profiles_of_one_name_are_told_apart(adopted: Make) -> None:
    rows = [{"name": name, "filters": "{}", "created_at": AT, "updated_at": AT} for name in ("Benim", "benim", "Benim")]
    found = adopted(holding(filter_profiles=rows))
    names = [profile.name for profile in profiles.every(found.cursor) if not profile.is_default]
    assert sorted(names) == ["Benim", "Benim (3)", "benim (2)"]


def test_filters_that_mean_nothing_are_left_away(adopted: Make) -> None:
    given = '{"durum": ["iptal", "tuhaf"], "oncelik": "yuksek", "renk": "mavi", "due_after": "2025-13-01"}'
    row = {"name": "Benim", "filters": given, "created_at": AT, "updated_at": AT}
    found = adopted(holding(filter_profiles=[row]))
    (mine,) = [profile for profile in profiles.every(found.cursor) if not profile.is_default]
    assert mine.filters == Filters(statuses=(Status.CANCELLED,), priorities=(Priority.HIGH,))
    assert len(found.noted("The JSON cannot be read, or parts of it mean nothing; those were left away.")) == 1


@pytest.mark.parametrize("shape", Shape)
def test_templates_of_one_alias_or_with_broken_fields_are_kept(adopted: Make, shape: Shape) -> None:
    fields = ['[{"isim": "a", "tip": "secim", "secenekler": ["x"]}]', '[{"name": "b", "type": "select"}]', "[{"]
    rows = [
        {"id": new_uuid(number), "name": f"Şablon {number}", "alias": "aynı", "fields": each, "sample_values": "bozuk"}
        for number, each in enumerate(fields)
    ]
    found = adopted(holding(gorev_templateleri=rows), shape)
    kept = {each.id: each for each in templates.every(found.cursor)}
    assert [kept[new_uuid(number)].alias for number in range(3)] == ["aynı", None, None]
    assert [[(field.name, field.kind.value) for field in kept[new_uuid(number)].fields] for number in range(3)] == [
        [("a", "select")],
        [("b", "text")],
        [],
    ]
    assert found.counts("gorev_templateleri") == (3, 3, 0)


def test_a_default_whose_name_a_template_has_is_told_apart(adopted: Make) -> None:
    row = {"id": new_uuid(1), "name": "Bug Raporu", "alias": None, "fields": "[]", "sample_values": "{}"}
    found = adopted(holding(gorev_templateleri=[row]), Shape.V16)
    names = {(each.name, each.alias) for each in templates.every(found.cursor)}
    assert {("Bug Raporu", None), ("Bug Raporu (bug)", "bug")} <= names


def test_watched_paths_become_absolute_and_are_watched_once(adopted: Make) -> None:
    paths = ["src/./main.go", "src/main.go", "/etc/../var/x", " ", "/y"]
    rows = [{"task_id": A, "file_path": path, "created_at": AT, "updated_at": AT} for path in paths]
    found = adopted(holding(gorevler=[task()], task_file_paths=[*rows, rows[-1] | {"task_id": D}]))
    assert [watch.path for watch in watches.every(found.cursor)] == [f"{found.path.parent}/src/main.go", "/var/x", "/y"]
    assert found.counts("task_file_paths") == (6, 3, 3)
