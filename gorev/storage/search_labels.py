"""Tags and projects in searches: whose names match, who bears them, and what that adds to a task's score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.search.words import Atom, Field, pattern, plain
from gorev.storage import tasks
from gorev.storage.encoding import packed
from gorev.storage.search_expressions import any_of
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import ALWAYS, Condition

# How much more a word weighs in a label than in the description.
_WEIGHT: Final = 2.0
# What FTS5 gives a word that more than half of all rows have, instead of nothing.
LEAST_RARITY: Final = 1e-6

KINDS: Final = {Field.TAGS: "tag", Field.PROJECT: "project"}
_OF_TAGS: Final = """
    SELECT tasks.number AS number, given.value ->> 1 AS score FROM json_each(?) AS given
    JOIN task_tags ON task_tags.tag_id = given.value ->> 0 JOIN tasks ON tasks.id = task_tags.task_id
"""
_OF_PROJECTS: Final = """
    SELECT tasks.number AS number, given.value ->> 1 AS score FROM json_each(?) AS given
    JOIN tasks ON tasks.project_id = given.value ->> 0
"""
_BEARERS: Final = {
    "tag": "SELECT value, (SELECT count(*) FROM task_tags WHERE tag_id = value) FROM json_each(?)",
    "project": """
        SELECT value, (SELECT coalesce(sum(number), 0) FROM task_counts WHERE project_id = value) FROM json_each(?)
    """,
}


@attrs.frozen(kw_only=True)
class Labels:
    """What the labels of a kind that match add to the score of a task that bears them, by their ids.

    ``selections`` are written down before a statement, and named in the others: a task's tags together, by its number,
    and the projects.
    """

    tags: Mapping[str, float] = attrs.field(factory=dict)
    projects: Mapping[str, float] = attrs.field(factory=dict)

    @property
    def by_sort(self) -> bool:
        """Whether no column of a task is asked for but its number, status and priority."""
        return not self.projects

    @property
    def selections(self) -> list[tuple[str, Condition]]:
        """Selections by their names."""
        selections = []
        if self.tags:
            bearers = bearers_of("tag", self.tags)
            sql = f"SELECT number, sum(score) AS score FROM ({bearers.sql}) GROUP BY number"
            selections.append(("tagged", Condition(sql, bearers.values)))
        if self.projects:
            sql = "SELECT value ->> 0 AS id, value ->> 1 AS score FROM json_each(?)"
            selections.append(("named", Condition(sql, (packed(list(self.projects.items())),))))
        return selections

    @property
    def join(self) -> str:
        """What is joined with tasks for the score."""
        return "LEFT JOIN tagged ON tagged.number = tasks.number" if self.tags else ""

    @property
    def score(self) -> str:
        """What the labels add to a task's score."""
        tags = ["coalesce(tagged.score, 0)"] if self.tags else []
        projects = ["coalesce((SELECT score FROM named WHERE id = tasks.project_id), 0)"] if self.projects else []
        return " + ".join([*tags, *projects]) or "0"

    def bearers(self, rows: str) -> list[tuple[str, Condition]]:
        """Where those that bear any are found, each once; ``rows`` are those that tell of a task of some number."""
        parts = []
        if self.tags:
            tables = f"tagged CROSS JOIN {rows} AS tasks ON tasks.number = tagged.number"
            others = Condition("tasks.project_id IS NULL OR tasks.project_id NOT IN (SELECT id FROM named)")
            parts.append((tables, others if self.projects else ALWAYS))
        if self.projects:
            parts.append((f"tasks {self.join}", Condition("tasks.project_id IN (SELECT id FROM named)")))
        return parts


@attrs.frozen
class Label:
    """A tag or project; its name is plain words."""

    kind: str
    id: str
    name: str


def labels_with(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> list[Label]:
    """The tags and projects whose names have any of the atoms."""
    kinds = [kind for field, kind in KINDS.items() if field in fields]
    if not atoms or not kinds:
        return []
    rows = cursor.execute(
        "SELECT kind, label_id, name_folded FROM label_text WHERE label_text MATCH ?", (any_of(atoms),)
    )
    return [Label(kind, id_, plain(name)) for kind, id_, name in rows if kind in kinds]


def rarities(cursor: Cursor, labels: Sequence[Label], atoms: Sequence[Atom]) -> Labels:
    """What each label adds to the score of a task that bears it: its rarity, for each atom that it matches."""
    all_tasks = tasks.number(cursor)
    patterns = [pattern([atom]) for atom in atoms]
    scores: dict[str, dict[str, float]] = {}
    for kind, statement in _BEARERS.items():
        of_kind = {label.id: label for label in labels if label.kind == kind}
        if not of_kind:
            continue
        for id_, bearers in cursor.execute(statement, (packed(list(of_kind)),)).fetchall():
            rarity = max(LEAST_RARITY, math.log((all_tasks - bearers + 0.5) / (bearers + 0.5)))
            matched = sum(each.search(of_kind[id_].name) is not None for each in patterns)
            scores.setdefault(kind, {})[id_] = _WEIGHT * rarity * max(1, matched)
    return Labels(tags=scores.get("tag", {}), projects=scores.get("project", {}))


def bearers_of(kind: str, scores: Mapping[str, float]) -> Condition:
    """Tasks that bear labels, with the labels' scores."""
    return Condition(_OF_TAGS if kind == "tag" else _OF_PROJECTS, (packed(list(scores.items())),))
