"""What becomes of a document in a workspace that has some of it already (``behaviours.md`` §8.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from gorev.domain.errors import InvalidReference, InvalidValue
from gorev.domain.importing.document import (
    Caution,
    Incoming,
    IncomingLink,
    IncomingProject,
    IncomingTag,
    IncomingTask,
    IncomingTemplate,
)
from gorev.domain.importing.plan import Existing, Plan, Present, Resolution, Terms
from gorev.domain.importing.planning import planned
from gorev.domain.links import NewLink
from gorev.domain.project import Project
from gorev.domain.template import Template
from gorev.domain.values import LinkKind, Status, Tag

NOW = datetime(2025, 10, 6, 10, 30, tzinfo=UTC)
A, B, C, D, E = (f"{letter * 8}-{letter * 4}-4{letter * 3}-8{letter * 3}-{letter * 12}" for letter in "abcde")
P, Q = f"1{A[1:]}", f"2{A[1:]}"


def task(key: str | None, title: str = "Demo", **values: Any) -> IncomingTask:
    values = {"project_key": None, "parent_key": None, "description": "", "due_date": None, "tags": (), **values}
    return IncomingTask(row=key or "#1", key=key, title=title, **values)


def project(id_: str, name: str = "P", definition: str = "") -> Project:
    return Project(id=id_, name=name, definition=definition, created_at=NOW, updated_at=NOW, rev=1)


def template(name: str, alias: str | None, definition: str = "") -> Template:
    return Template(
        id=D,
        name=name,
        definition=definition,
        alias=alias,
        default_title="",
        description_template="",
        fields=(),
        sample_values=None,
        category="",
        active=True,
        language="tr",
        base_id=None,
    )


def link(source: str, target: str, kind: LinkKind = LinkKind.BLOCKS) -> IncomingLink:
    return IncomingLink(row=f"{source}>{target}", key=None, link=NewLink(source_id=source, target_id=target, kind=kind))


def plan(incoming: Incoming, existing: Existing | None = None, **terms: Any) -> Plan:
    return planned(incoming, existing or Existing(), Terms(**terms), NOW)


@pytest.mark.parametrize(
    ("resolution", "imported", "skipped", "changed"),
    [
        (Resolution.SKIP, 0, 1, set()),
        (Resolution.OVERWRITE, 1, 0, {"title", "description", "due_date", "tags", "status"}),
        (Resolution.MERGE, 1, 0, {"description", "due_date", "tags"}),
        (Resolution.PROMPT, 0, 0, set()),
    ],
)
@pytest.mark.parametrize("by_id", [True, False])
def test_a_task_that_there_is_already_meets_the_resolution(
    by_id: bool, resolution: Resolution, imported: int, skipped: int, changed: set[str]
) -> None:
    incoming = Incoming(tasks=[task(A if by_id else B, status=Status.COMPLETED), task(C, "child", parent_key=A)])
    if not by_id:
        incoming.tasks[1] = task(C, "child", parent_key=B)
    made = plan(incoming, Existing(tasks={A: Present("Demo", None, None)}), resolution=resolution)
    (conflict,) = made.conflicts
    assert (conflict.existing_id, conflict.incoming_key, conflict.resolution) == (A, A if by_id else B, resolution)
    assert made.report().imported_tasks == imported + 1
    assert made.skipped == skipped
    assert (made.task_changes[A].values.keys() if A in made.task_changes else set()) == changed
    (child,) = made.tasks.values()
    assert child.parent_id == A
    assert made.id_map.get(B) == (None if by_id else A)


@pytest.mark.parametrize(
    ("title", "project_id", "parent_id", "same"),
    [("Demo", P, None, True), ("demo", P, None, False), ("Demo", None, None, False), ("Demo", P, D, False)],
)
def test_tasks_are_the_same_by_title_project_and_parent_together(
    title: str, project_id: str | None, parent_id: str | None, same: bool
) -> None:
    there = {D: Present("parent", P, None), A: Present(title, project_id, parent_id)}
    made = plan(Incoming(tasks=[task(B, project_key=P)]), Existing(projects=[project(P)], tasks=there))
    assert bool(made.conflicts) == same


def test_tasks_that_look_alike_meet_one_each_and_those_left_over_are_new() -> None:
    there = {A: Present("Demo", None, None), B: Present("Demo", None, None)}
    made = plan(Incoming(tasks=[task(C), task(D), task(E)]), Existing(tasks=there))
    assert [conflict.existing_id for conflict in made.conflicts] == [A, B]
    assert len(made.tasks) == 1


def test_a_task_met_by_its_id_is_not_met_by_the_title_of_another() -> None:
    there = {A: Present("Demo", None, None)}
    made = plan(Incoming(tasks=[task(B), task(A)]), Existing(tasks=there))
    assert [conflict.incoming_key for conflict in made.conflicts] == [A]


def test_a_project_is_the_same_by_its_id_else_by_its_name_and_tasks_follow() -> None:
    incoming = Incoming(
        projects=[IncomingProject(row=P, key=P, name="renamed"), IncomingProject(row=A, key=A, name="Q")],
        tasks=[task(B, project_key=A)],
    )
    made = plan(incoming, Existing(projects=[project(P), project(Q, "Q")]))
    assert [(each.existing_id, each.incoming_key) for each in made.conflicts] == [(P, P), (Q, A)]
    assert not made.projects
    assert [each.project_id for each in made.tasks.values()] == [Q]
    assert made.id_map[A] == Q


def test_merging_a_project_fills_its_definition_only() -> None:
    incoming = Incoming(projects=[IncomingProject(row=P, key=P, name="new", definition="new")])
    for definition, values in (("old", {}), ("", {"definition": "new"})):
        existing = Existing(projects=[project(P, definition=definition)])
        made = plan(incoming, existing, resolution=Resolution.MERGE)
        assert [change.values for change in made.project_changes] == [values]


def test_a_mapped_project_is_not_made_and_an_unused_mapping_is_told() -> None:
    incoming = Incoming(projects=[IncomingProject(row=A, key=A, name="X")], tasks=[task(B, project_key=A)])
    made = plan(incoming, Existing(projects=[project(P)]), mapping={A: P, C: P})
    assert (made.projects, made.conflicts) == ([], [])
    assert [each.project_id for each in made.tasks.values()] == [P]
    assert [(each.caution, each.row) for each in made.warnings] == [(Caution.MAPPING_UNUSED, C)]


def test_tasks_without_a_project_go_to_the_one_named_for_them_but_subtasks_to_their_parents() -> None:
    incoming = Incoming(
        projects=[IncomingProject(row=Q, key=Q, name="Q")],
        tasks=[task(A), task(B, "b", project_key=Q), task(C, "c", parent_key=B)],
    )
    made = plan(incoming, Existing(projects=[project(P)]), project_id=P, preserve_ids=True)
    assert {id_: each.project_id for id_, each in made.tasks.items()} == {A: P, B: Q, C: Q}
    assert made.warnings == []


def test_a_subtask_of_another_project_goes_to_its_parents_with_a_warning() -> None:
    incoming = Incoming(
        projects=[IncomingProject(row=P, key=P, name="P"), IncomingProject(row=Q, key=Q, name="Q")],
        tasks=[task(A, project_key=P), task(B, "b", project_key=Q, parent_key=A)],
    )
    made = plan(incoming, preserve_ids=True)
    assert made.tasks[B].project_id == P
    assert [each.caution for each in made.warnings] == [Caution.PROJECT_OF_PARENT]


def test_overwriting_a_project_takes_along_what_is_below_also_what_the_document_does_not_have() -> None:
    there = {A: Present("a", P, None), B: Present("b", P, A), C: Present("c", P, B)}
    incoming = Incoming(tasks=[task(A, "a", project_key=Q)])
    existing = Existing(projects=[project(P), project(Q, "Q")], tasks=there)
    made = plan(incoming, existing, resolution=Resolution.OVERWRITE)
    assert {id_: change.values["project_id"] for id_, change in made.task_changes.items()} == {A: Q, B: Q, C: Q}


def test_what_a_short_document_does_not_say_is_left_alone() -> None:
    incoming = Incoming(tasks=[IncomingTask(row=A, key=A, title="new")])
    there = {A: Present("old", P, B), B: Present("parent", P, None)}
    made = plan(incoming, Existing(projects=[project(P)], tasks=there), resolution=Resolution.OVERWRITE)
    assert made.task_changes[A].values == {"title": "new"}


def test_tags_are_the_same_by_name_without_regard_to_case_and_never_a_conflict() -> None:
    incoming = Incoming(
        tags=[IncomingTag(key=A, name="API"), IncomingTag(key=B, name="web")],
        tasks=[task(C, tags=("api", "Web", "new"))],
    )
    made = plan(incoming, Existing(tags=[Tag(id=D, name="Api")]), preserve_ids=True)
    assert made.conflicts == []
    assert [(tag.id, tag.name) for tag in made.tags[:1]] == [(B, "web")]
    assert [tag.name for tag in made.tasks[C].tags] == ["Api", "web", "new"]
    assert made.id_map[A] == D


def test_assignments_apart_from_the_tasks_count_too() -> None:
    incoming = Incoming(tags=[IncomingTag(key=A, name="x")], tasks=[task(B, tags=("y",))], tagged=[(B, A), (B, D)])
    made = plan(incoming, Existing(tags=[Tag(id=D, name="z")]), preserve_ids=True)
    assert [tag.name for tag in made.tasks[B].tags] == ["y", "x", "z"]


@pytest.mark.parametrize(
    ("name", "alias", "same"),
    [("other", "bug", True), ("Bug", "other", True), ("other", "other", False), ("Bug", None, True)],
)
def test_templates_are_the_same_by_alias_else_by_name(name: str, alias: str | None, same: bool) -> None:
    incoming = Incoming(templates=[IncomingTemplate(row=A, key=A, template=template(name, alias))])
    made = plan(incoming, Existing(templates=[(B, "bug", "Bug", "tr")]), preserve_ids=True)
    assert [conflict.existing_id for conflict in made.conflicts] == ([B] if same else [])
    assert [each.id for each in made.templates] == ([] if same else [A])


def test_links_are_taken_over_once_and_between_the_tasks_that_are_there_now() -> None:
    incoming = Incoming(
        tasks=[task(B, "b"), task(C, "c")], links=[link(B, C), link(C, B, LinkKind.RELATED), link(A, C)]
    )
    there = {A: Present("a", None, None), D: Present("b", None, None)}
    made = plan(incoming, Existing(tasks=there, links=[(E, D, A, LinkKind.BLOCKS)]), preserve_ids=True)
    assert [(each.source_id, each.target_id, each.kind) for _, each in made.links] == [
        (D, C, LinkKind.BLOCKS),
        (C, D, LinkKind.RELATED),
        (A, C, LinkKind.BLOCKS),
    ]
    again = Existing(
        tasks={**there, C: Present("c", None, None)}, links=[(E, C, D, LinkKind.BLOCKS), (B, A, C, LinkKind.BLOCKS)]
    )
    assert [each.kind for _, each in plan(incoming, again).links] == [LinkKind.RELATED]


@pytest.mark.parametrize(
    ("incoming", "field", "rows"),
    [
        (Incoming(tasks=[task(A, parent_key=B)]), "parent_id", [A]),
        (Incoming(tasks=[task(A, parent_key=B), task(B, parent_key=A)]), "parent_id", [A, B]),
        (Incoming(tasks=[task(A, parent_key=A)]), "parent_id", [A]),
        (Incoming(tasks=[task(A, project_key=P)]), "project_id", [A]),
        (Incoming(tasks=[task(A)], tagged=[(A, B)]), "task_tags", [A]),
        (Incoming(tasks=[task(A)], links=[link(A, B)]), "dependencies", [f"{A}>{B}"]),
        (Incoming(tasks=[task(A)], links=[link(A, A)]), "dependencies", [f"{A}>{A}"]),
        (
            Incoming(tasks=[task(A), task(B), task(C)], links=[link(A, B), link(B, C), link(C, A)]),
            "dependencies",
            [f"{A}>{B}", f"{B}>{C}", f"{C}>{A}"],
        ),
        (
            Incoming(
                tasks=[task(A), task(B, parent_key=A), task(C, parent_key=B)], links=[link(C, A, LinkKind.RELATED)]
            ),
            "dependencies",
            [f"{C}>{A}"],
        ),
    ],
)
def test_a_document_that_points_nowhere_or_in_a_circle_is_refused_with_its_rows(
    incoming: Incoming, field: str, rows: list[str]
) -> None:
    with pytest.raises(InvalidReference) as refused:
        plan(incoming)
    assert refused.value.details == {"field": field, "count": len(rows), "ids": rows}


def test_circles_that_close_only_in_the_workspace_are_refused() -> None:
    there = {A: Present("a", None, None), B: Present("b", None, A), C: Present("c", None, None)}
    moved = Incoming(tasks=[task(A, "a", parent_key=B)])
    with pytest.raises(InvalidReference, match="parent_id"):
        plan(moved, Existing(tasks=there), resolution=Resolution.OVERWRITE)
    linked = Incoming(tasks=[task(D)], links=[link(C, D), link(D, A)])
    with pytest.raises(InvalidReference, match="dependencies"):
        plan(linked, Existing(tasks=there, links=[(E, A, C, LinkKind.BLOCKS)]))
    under = Incoming(tasks=[task(C, "c", parent_key=B)])
    with pytest.raises(InvalidReference, match="parent_id"):
        plan(under, Existing(tasks=there, links=[(E, A, C, LinkKind.BLOCKS)]), resolution=Resolution.OVERWRITE)


@pytest.mark.parametrize(
    ("incoming", "terms"),
    [
        (Incoming(tasks=[task(A), task(A, "twice")]), {}),
        (Incoming(tasks=[task("7")]), {"preserve_ids": True}),
        (Incoming(projects=[IncomingProject(row=P, key=P, name="x"), IncomingProject(row=P, key=P, name="y")]), {}),
    ],
)
def test_ids_must_be_ids_if_they_are_kept_and_occur_once(incoming: Incoming, terms: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as refused:
        plan(incoming, **terms)
    assert refused.value.details["field"] == "id"


def test_only_the_first_rows_of_many_are_named() -> None:
    incoming = Incoming(tasks=[task(None, parent_key=f"x{number}") for number in range(50)])
    with pytest.raises(InvalidReference) as refused:
        plan(incoming)
    assert refused.value.details["count"] == 50
    ids = refused.value.details["ids"]
    assert isinstance(ids, list)
    assert len(ids) == 20


def test_rows_that_do_not_say_when_they_were_made_keep_their_order() -> None:
    made = plan(Incoming(tasks=[task(A, "a"), task(B, "b", due_date=date(2025, 1, 1))]), preserve_ids=True)
    assert NOW < made.tasks[A].created_at < made.tasks[B].created_at
    assert made.tasks[B].due_date == date(2025, 1, 1)


def test_a_row_that_comes_back_goes_on_from_its_former_revision() -> None:
    existing = Existing(former_revs={A: 7})
    made = plan(Incoming(tasks=[task(A), task(B, "b")]), existing, preserve_ids=True, replace=True)
    assert {id_: each.rev for id_, each in made.tasks.items()} == {A: 8, B: 1}


def test_the_documents_active_project_is_taken_over_where_there_was_nothing() -> None:
    incoming = Incoming(projects=[IncomingProject(row=P, key=P, name="P", is_active=True)])
    assert plan(incoming, preserve_ids=True).active_project_id == P
    assert plan(incoming, Existing(projects=[project(Q, "Q")]), preserve_ids=True).active_project_id is None
    spared = Existing(projects=[project(Q, "Q")])
    assert plan(incoming, spared, preserve_ids=True, replace=True).active_project_id == P


def test_a_trial_promises_no_ids_that_it_would_make() -> None:
    incoming = Incoming(tasks=[task(A), task(B, "b")])
    report = plan(incoming, Existing(tasks={C: Present("b", None, None)}), dry_run=True).report()
    assert report.id_map == {B: C}
