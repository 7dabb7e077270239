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
from gorev.storage.task_selection import Condition

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


def rarities(cursor: Cursor, labels: Sequence[Label], atoms: Sequence[Atom]) -> dict[str, dict[str, float]]:
    """What each label adds to the score of a task that bears it, by kind: its rarity, for each atom that it matches."""
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
    return scores


def bearers_of(kind: str, scores: Mapping[str, float]) -> Condition:
    """Tasks that bear labels, with the labels' scores."""
    return Condition(_OF_TAGS if kind == "tag" else _OF_PROJECTS, (packed(list(scores.items())),))
