"""The search index: what is asked of SQLite's FTS5, which no other engine understands.

``task_text`` is over the folded titles and descriptions of tasks, ``label_text`` over the names of tags and projects
(migration 3). A task's relevance is its bm25 in the first plus, for each label of it that matches, the rarity of that
label among tasks, which is what bm25 comes to for a field of one word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.search.request import FILTER_SCORE, HIGH_PRIORITY, IN_PROGRESS, WHOLE_IN_TITLE, SearchSort
from gorev.domain.search.words import ATOMS_LIMIT, Atom, Field, TextQuery, pattern, plain, searchable
from gorev.domain.text import folded
from gorev.storage.encoding import packed
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import Condition, all_of

# How much more a word weighs in the title or a label than in the description.
_TITLE_WEIGHT: Final = 3.0
_LABEL_WEIGHT: Final = 2.0
# What FTS5 gives a word that more than half of all rows have, instead of nothing.
_LEAST_RARITY: Final = 1e-6

_COLUMNS: Final = {Field.TITLE: "title_folded", Field.DESCRIPTION: "description_folded"}
_KINDS: Final = {Field.TAGS: "tag", Field.PROJECT: "project"}

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
    "project": "SELECT value, (SELECT count(*) FROM tasks WHERE project_id = value) FROM json_each(?)",
}

_PRIORITY_RANK: Final = "CASE tasks.priority WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END"
_KEY: Final[Mapping[SearchSort, str]] = {
    SearchSort.RELEVANCE: "1",
    SearchSort.CREATED: "tasks.created_at",
    SearchSort.UPDATED: "tasks.updated_at",
    SearchSort.DUE: "tasks.due_date",
    SearchSort.PRIORITY: _PRIORITY_RANK,
}
_BONUS: Final = f"""
    CASE tasks.priority WHEN 'high' THEN {HIGH_PRIORITY} ELSE 1 END
    * CASE tasks.status WHEN 'in_progress' THEN {IN_PROGRESS} ELSE 1 END
"""


@attrs.frozen
class Found:
    """A task that matches; ``whole`` says that its title contains the whole query."""

    task_id: str
    number: int
    score: float
    whole: bool = False


@attrs.frozen
class Order:
    """How found tasks are ordered, and how many are wanted."""

    sort: SearchSort
    descending: bool
    limit: int


@attrs.frozen
class Likeness:
    """What resembles a query, and how much: words of the index, tags by their ids, tasks by their numbers."""

    terms: Mapping[float, Sequence[str]]
    tags: Mapping[str, float]
    tasks: Mapping[int, float]


@attrs.frozen
class _Label:
    kind: str
    id: str
    name: str


def of_text(
    cursor: Cursor, text: TextQuery, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """The best tasks that match a text and a condition, and how many do."""
    clauses = text.clauses
    if not all(clauses):
        return [], 0
    labels = _labels(cursor, text.atoms, fields)
    columns = _columns(fields)
    needed = [where, without(cursor, text, fields)]
    if labels:
        hits = _scored(cursor, columns, text.atoms)
        hits += [_bearing(kind, scores) for kind, scores in _rarities(cursor, labels, text.atoms).items()]
        if len(clauses) > 1:
            needed += [_matching(cursor, clause, fields) for clause in clauses]
        summed = _together(hits)
        source = Condition(f"SELECT number, sum(score) FROM ({summed.sql}) GROUP BY number", summed.values)
    elif not columns:
        return [], 0
    elif len(clauses) > 1:
        source = _ranked(columns, " AND ".join(map(_any, clauses)))
    else:
        source = _together(_scored(cursor, columns, text.atoms))
    return _page(cursor, source, "raw / (1 + raw) * bonus", folded(text.whole), all_of(needed), order)


def of_filters(
    cursor: Cursor, text: TextQuery, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """Tasks of a condition, in order, without those that a text excludes, and how many there are."""
    asked = all_of([where, without(cursor, text, fields)])
    (total,) = cursor.execute(f"SELECT count(*) FROM tasks WHERE {asked.sql}", asked.values).fetchone()
    # In terms of the columns, since an alias for a constant would keep SQLite from an index that has the order.
    best = "" if order.sort is SearchSort.RELEVANCE else f"{_by_key(order, _KEY[order.sort])}, "
    rows = cursor.execute(
        f"SELECT tasks.id, tasks.number FROM tasks WHERE {asked.sql}"
        f" ORDER BY {best}tasks.updated_at DESC, tasks.id LIMIT ?",
        (*asked.values, order.limit),
    )
    return [Found(task_id, number, FILTER_SCORE) for task_id, number in rows], total


def alike(
    cursor: Cursor, likeness: Likeness, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """The tasks of a condition that resemble a query most, and how many do.

    What resembles by its title or a tag counts by that, whatever words it has; of the others the best word counts.
    """
    named: list[Condition] = [_bearing("tag", likeness.tags)] if likeness.tags else []
    if likeness.tasks:
        sql = "SELECT value ->> 0 AS number, value ->> 1 AS score FROM json_each(?)"
        named.append(Condition(sql, (packed(list(likeness.tasks.items())),)))
    hits: list[Condition] = []
    if named:
        both = _together(named)
        hits.append(Condition(f"SELECT number, max(score) FROM ({both.sql}) GROUP BY number", both.values))
    columns = _columns(fields)
    better: list[Atom] = []
    for similarity, words in likeness.terms.items() if columns else ():
        atoms = [Atom(word, phrase=True) for word in words]
        expression = f"{columns}({_any(atoms)}{f' NOT {_any(better)}' if better else ''})"
        sql = f"SELECT rowid, {similarity:.9f} FROM task_text WHERE task_text MATCH ?"
        if named:
            both = _together(named)
            sql += f" AND rowid NOT IN (SELECT number FROM ({both.sql}))"
            hits.append(Condition(sql, (expression, *both.values)))
        else:
            hits.append(Condition(sql, (expression,)))
        better += atoms
    return _page(cursor, _together(hits), "raw", "", where, order) if hits else ([], 0)


def without(cursor: Cursor, text: TextQuery, fields: frozenset[Field]) -> Condition:
    """True of the tasks that have nothing of what the text excludes."""
    excluded = searchable(text.excluded)
    if not excluded:
        return all_of([])
    matching = _matching(cursor, excluded, fields)
    return Condition(f"NOT {matching.sql}", matching.values)


def occurs(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> bool:
    """Whether any task has any of the atoms."""
    matching = _matching(cursor, atoms, fields)
    (found,) = cursor.execute(f"SELECT EXISTS (SELECT 1 FROM tasks WHERE {matching.sql})", matching.values).fetchone()
    return bool(found)


def described_by(cursor: Cursor, atoms: Sequence[Atom], numbers: Sequence[int]) -> set[int]:
    """Those of the tasks with these numbers that have any of the atoms in their descriptions."""
    columns = _columns(frozenset({Field.DESCRIPTION}))
    # The plus keeps SQLite from asking the index anew for each number, which would take seconds for "a *".
    rows = cursor.execute(
        "SELECT rowid FROM task_text WHERE task_text MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (f"{columns}{_any(atoms)}", packed(list(numbers))),
    )
    return {number for (number,) in rows}


def terms(cursor: Cursor) -> list[str]:
    """Every word of titles and descriptions, once. Takes 30 ms at 10,000 tasks, 120 ms at 100,000."""
    return [term for (term,) in cursor.execute("SELECT term FROM task_terms")]


def titles_with(cursor: Cursor, groups: Sequence[Sequence[str]], limit: int) -> list[tuple[int, str]]:
    """Numbers and folded titles of so many tasks with a word of each group in the title, or else of the rarest one."""
    columns = _columns(frozenset({Field.TITLE}))
    each_group = [_any([Atom(word, phrase=True) for word in words]) for words in groups if words]
    if not each_group:
        return []
    found = dict(_titles(cursor, f"{columns}({' AND '.join(each_group)})", limit))
    if len(each_group) > 1 and len(found) < limit:
        rarest = min(each_group, key=lambda group: _count(cursor, f"{columns}{group}"))
        found |= dict(_titles(cursor, f"{columns}{rarest}", limit - len(found)))
    return list(found.items())


def _titles(cursor: Cursor, expression: str, limit: int) -> list[tuple[int, str]]:
    rows = cursor.execute(
        "SELECT number, title_folded FROM tasks WHERE number IN"
        " (SELECT rowid FROM task_text WHERE task_text MATCH ? LIMIT ?)",
        (expression, limit),
    )
    return rows.fetchall()


def _page(
    cursor: Cursor, hits: Condition, formula: str, whole: str, where: Condition, order: Order
) -> tuple[list[Found], int]:
    """One statement for the best hits and their number, which looks at each hit once.

    ``formula`` makes the final score of the hit's ``raw`` one and the task's ``bonus``.
    """
    key = "score" if order.sort is SearchSort.RELEVANCE else "key"
    statement = f"""
        WITH hits (number, raw) AS ({hits.sql}),
        scored AS MATERIALIZED (
            SELECT tasks.id, tasks.number, tasks.updated_at, {_KEY[order.sort]} AS key, hits.raw, {_BONUS} AS bonus,
                ? <> '' AND instr(tasks.title_folded, ?) AS whole
            FROM hits CROSS JOIN tasks ON tasks.number = hits.number
            WHERE {where.sql}
        )
        SELECT id, number, {formula} * CASE WHEN whole THEN {WHOLE_IN_TITLE} ELSE 1 END AS score, whole,
            (SELECT count(*) FROM scored)
        FROM scored ORDER BY {_by_key(order, key)}, updated_at DESC, id LIMIT ?
    """
    rows = cursor.execute(statement, (*hits.values, whole, whole, *where.values, order.limit)).fetchall()
    found = [Found(task_id, number, score, bool(is_whole)) for task_id, number, score, is_whole, _ in rows]
    return found, rows[0][4] if rows else 0


def _by_key(order: Order, key: str) -> str:
    """What a result is ordered by before all else; what has no date comes last in both directions."""
    direction = "DESC" if order.descending else "ASC"
    return f"{key} IS NULL, {key} {direction}" if order.sort is SearchSort.DUE else f"{key} {direction}"


def _quoted(atom: Atom) -> str:
    # Quoted, so that nothing in it means anything to FTS5.
    return '"' + plain(atom.text).replace('"', '""') + ('"' if atom.phrase else '" *')


def _any(atoms: Iterable[Atom]) -> str:
    return "(" + " OR ".join(map(_quoted, atoms)) + ")"


def _columns(fields: frozenset[Field]) -> str:
    """What restricts the bracket after it to these columns; empty if there are none."""
    named = " ".join(column for field, column in _COLUMNS.items() if field in fields)
    return f"{{{named}}} : " if named else ""


def _scored(cursor: Cursor, columns: str, atoms: Sequence[Atom]) -> list[Condition]:
    """The rows with any of the atoms, with their scores.

    An atom that more than half of all rows have is worth next to nothing, but it is that which costs: 60 ms for each
    100,000 rows. Rows that have no other are not scored one by one.
    """
    if not columns:
        return []
    (rows,) = cursor.execute("SELECT coalesce(max(number), 0) FROM tasks").fetchone()
    common: list[Atom] = []
    if _count(cursor, f"{columns}{_any(atoms)}") > rows / 2:
        common = [atom for atom in atoms if len(atoms) == 1 or _count(cursor, f"{columns}{_any([atom])}") > rows / 2]
    rare = [atom for atom in atoms if atom not in common]
    scored = [_ranked(columns, _any(rare))] if rare else []
    if common:
        others = f"{_any(common)}{f' NOT {_any(rare)}' if rare else ''}"
        sql = f"SELECT rowid AS number, {_LEAST_RARITY:.7f} AS score FROM task_text WHERE task_text MATCH ?"
        scored.append(Condition(sql, (f"{columns}({others})",)))
    return scored


def _ranked(columns: str, expression: str) -> Condition:
    return Condition(
        "SELECT rowid AS number, -rank AS score FROM task_text"
        f" WHERE task_text MATCH ? AND rank MATCH 'bm25({_TITLE_WEIGHT}, 1.0)'",
        (f"{columns}({expression})",),
    )


def _count(cursor: Cursor, expression: str) -> int:
    (count,) = cursor.execute("SELECT count(*) FROM task_text WHERE task_text MATCH ?", (expression,)).fetchone()
    return int(count)


def _together(hits: Sequence[Condition]) -> Condition:
    """All the rows of several selections, one after the other."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({hit.sql})" for hit in hits)
    return Condition(sql, tuple(value for hit in hits for value in hit.values))


def _bearing(kind: str, scores: Mapping[str, float]) -> Condition:
    """Tasks that bear labels, with the labels' scores."""
    return Condition(_OF_TAGS if kind == "tag" else _OF_PROJECTS, (packed(list(scores.items())),))


def _labels(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> list[_Label]:
    """The tags and projects whose names have any of the atoms."""
    kinds = [kind for field, kind in _KINDS.items() if field in fields]
    if not atoms or not kinds:
        return []
    rows = cursor.execute("SELECT kind, label_id, name_folded FROM label_text WHERE label_text MATCH ?", (_any(atoms),))
    return [_Label(kind, id_, plain(name)) for kind, id_, name in rows if kind in kinds]


def _rarities(cursor: Cursor, labels: Sequence[_Label], atoms: Sequence[Atom]) -> dict[str, dict[str, float]]:
    """What each label adds to the score of a task that bears it, by kind: its rarity, for each atom that it matches."""
    (all_tasks,) = cursor.execute("SELECT count(*) FROM tasks").fetchone()
    patterns = [pattern([atom]) for atom in atoms]
    scores: dict[str, dict[str, float]] = {}
    for kind, statement in _BEARERS.items():
        of_kind = {label.id: label for label in labels if label.kind == kind}
        if not of_kind:
            continue
        for id_, bearers in cursor.execute(statement, (packed(list(of_kind)),)).fetchall():
            rarity = max(_LEAST_RARITY, math.log((all_tasks - bearers + 0.5) / (bearers + 0.5)))
            matched = sum(each.search(of_kind[id_].name) is not None for each in patterns)
            scores.setdefault(kind, {})[id_] = _LABEL_WEIGHT * rarity * max(1, matched)
    return scores


def _matching(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> Condition:
    """True of the tasks that have any of the atoms in their texts or labels."""
    parts: list[Condition] = []
    columns = _columns(fields)
    if columns:
        parts.append(Condition("SELECT rowid FROM task_text WHERE task_text MATCH ?", (f"{columns}{_any(atoms)}",)))
    labels = _labels(cursor, atoms[:ATOMS_LIMIT], fields)
    for kind in _BEARERS:
        ids = {label.id: 0.0 for label in labels if label.kind == kind}
        if ids:
            bearing = _bearing(kind, ids)
            parts.append(Condition(f"SELECT number FROM ({bearing.sql})", bearing.values))
    if not parts:
        return Condition("0")
    sql = " UNION ALL ".join(part.sql for part in parts)
    return Condition(f"tasks.number IN ({sql})", tuple(value for part in parts for value in part.values))


def texts_since(cursor: Cursor, seq: int) -> list[tuple[str, str]]:
    """Folded titles and descriptions of the tasks that were made or changed after ``seq``."""
    rows = cursor.execute(
        "SELECT title_folded, description_folded FROM tasks WHERE id IN"
        " (SELECT entity_id FROM events WHERE seq > ? AND kind IN ('task_created', 'task_updated'))",
        (seq,),
    )
    return rows.fetchall()
