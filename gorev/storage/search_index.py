"""The search index: what is asked of SQLite's FTS5, which no other engine understands.

``task_text`` is over the folded titles and descriptions of tasks, ``label_text`` over the names of tags and projects
(migration 3). A task's relevance is its bm25 in the first plus, for each label of it that matches, the rarity of that
label among tasks, which is what bm25 comes to for a field of one word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.search.request import FILTER_SCORE, SearchSort
from gorev.domain.search.words import ATOMS_LIMIT, Atom, Field, TextQuery, searchable
from gorev.domain.text import folded
from gorev.storage import tasks
from gorev.storage.encoding import packed
from gorev.storage.search_expressions import COLUMNS, TITLE, any_of, within
from gorev.storage.search_labels import KINDS, LEAST_RARITY, Labels, bearers_of, labels_with, rarities
from gorev.storage.search_ranking import Found, Hits, Order, Scoring, best, together
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import ALWAYS, NEVER, Condition, all_of

# How much more a word weighs in the title than in the description.
_TITLE_WEIGHT: Final = 3.0
# As the columns of the indexes are, where there is one.
_BY: Final[Mapping[SearchSort, str]] = {
    SearchSort.RELEVANCE: "tasks.updated_at DESC",
    SearchSort.CREATED: "tasks.created_at {}",
    SearchSort.UPDATED: "tasks.updated_at {}",
    SearchSort.DUE: "tasks.is_undated, tasks.due_date {}",
    SearchSort.PRIORITY: "tasks.priority_rank {}",
}
_IN_ORDER: Final[Mapping[SearchSort, str]] = {
    SearchSort.RELEVANCE: "tasks_by_update",
    SearchSort.CREATED: "tasks_by_creation",
    SearchSort.UPDATED: "tasks_by_update",
    SearchSort.DUE: "tasks_by_due_date",
}


@attrs.frozen
class Likeness:
    """What resembles a query, and how much: words of the index, tags by their ids, tasks by their numbers."""

    terms: Mapping[float, Sequence[str]]
    tags: Mapping[str, float]
    tasks: Mapping[int, float]


_INDEX: Final = Condition("task_text")


def of_text(
    cursor: Cursor, text: TextQuery, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """The best tasks that match a text and a condition, and how many do."""
    clauses = text.clauses
    if not all(clauses):
        return [], 0
    labels = labels_with(cursor, text.atoms, fields)
    needed = [where, without(cursor, text, fields)]
    if len(clauses) > 1 and not labels:
        hits = _ranked(fields, " AND ".join(map(any_of, clauses)))
    else:
        hits = _scored(cursor, fields, text.atoms)
    if len(clauses) > 1 and labels:
        needed += [_matching(cursor, clause, fields) for clause in clauses]
    bearing = rarities(cursor, labels, text.atoms)
    return best(cursor, hits, bearing, Scoring(whole=folded(text.whole), scaled=True), all_of(needed), order)


def of_filters(
    cursor: Cursor, text: TextQuery, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """Tasks of a condition, in order, without those that a text excludes, and how many there are."""
    asked = all_of([where, without(cursor, text, fields)])
    (total,) = cursor.execute(f"SELECT count(*) FROM tasks WHERE {asked.sql}", asked.values).fetchone()
    if not total:
        return [], 0
    by = _BY[order.sort].format("DESC" if order.descending else "ASC")
    index = _IN_ORDER.get(order.sort)
    if index is not None and order.limit * tasks.number(cursor) <= total * total:
        source = f"tasks INDEXED BY {index}"  # gone through in order, until enough match
    else:
        source, by = "tasks", f"+{by}"  # looked up, and then sorted: the plus keeps SQLite from an index for that
    rows = cursor.execute(
        f"SELECT tasks.id, tasks.number FROM {source} WHERE {asked.sql}"
        f" ORDER BY {by}, tasks.updated_at DESC, tasks.id LIMIT ?",
        (*asked.values, order.limit),
    )
    return [Found(task_id, number, FILTER_SCORE) for task_id, number in rows], total


def alike(
    cursor: Cursor, likeness: Likeness, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """The tasks of a condition that resemble a query most, and how many do.

    What resembles by its title or a tag counts by that, whatever words it has; of the others the best word counts.
    """
    named: list[Condition] = [bearers_of("tag", likeness.tags)] if likeness.tags else []
    if likeness.tasks:
        sql = "SELECT value ->> 0 AS number, value ->> 1 AS score FROM json_each(?)"
        named.append(Condition(sql, (packed(list(likeness.tasks.items())),)))
    hits: list[Hits] = []
    others = ALWAYS
    if named:
        both = together(named)
        chosen = f"(SELECT number, max(score) AS score FROM ({both.sql}) GROUP BY number) AS chosen"
        hits.append(Hits(Condition(chosen, both.values), "chosen.number", "chosen.score"))
        others = Condition(f"+task_text.rowid NOT IN (SELECT number FROM ({both.sql}))", both.values)
    better: list[Atom] = []
    for similarity, words in likeness.terms.items():
        atoms = [Atom(word, phrase=True) for word in words]
        expression = f"{any_of(atoms)}{f' NOT {any_of(better)}' if better else ''}"
        hits += _alike(fields, expression, f"{similarity:.9f}", others)
        better += atoms
    return best(cursor, hits, Labels(), Scoring(), where, order)


def without(cursor: Cursor, text: TextQuery, fields: frozenset[Field]) -> Condition:
    """True of the tasks that have nothing of what the text excludes."""
    excluded = searchable(text.excluded)
    if not excluded:
        return all_of([])
    matching = _matching(cursor, excluded, fields)
    return Condition(f"NOT {matching.sql}", matching.values, by_sort=True)


def occurs(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> bool:
    """Whether any task has any of the atoms."""
    return any(
        cursor.execute(f"SELECT EXISTS ({part.sql})", part.values).fetchone()[0]
        for part in _having(cursor, atoms, fields)
    )


def described_by(cursor: Cursor, atoms: Sequence[Atom], numbers: Sequence[int]) -> set[int]:
    """Those of the tasks with these numbers that have any of the atoms in their descriptions."""
    # The plus keeps SQLite from asking the index anew for each number, which would take seconds for "a *".
    rows = cursor.execute(
        "SELECT rowid FROM task_text WHERE task_text MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (within(frozenset({Field.DESCRIPTION}), any_of(atoms)), packed(list(numbers))),
    )
    return {number for (number,) in rows}


def terms(cursor: Cursor) -> list[str]:
    """Every word of titles and descriptions, once. Takes 30 ms at 10,000 tasks, 120 ms at 100,000."""
    return [term for (term,) in cursor.execute("SELECT term FROM task_terms")]


def titles_with(cursor: Cursor, groups: Sequence[Sequence[str]], limit: int) -> list[tuple[int, str]]:
    """Numbers and folded titles of so many tasks with a word of each group in the title, or else of the rarest one."""
    each_group = [any_of([Atom(word, phrase=True) for word in words]) for words in groups if words]
    if not each_group:
        return []
    found = dict(_titles(cursor, " AND ".join(each_group), limit))
    if len(each_group) > 1 and len(found) < limit:
        rarest = min(each_group, key=lambda group: _count(cursor, within(TITLE, group)))
        found |= dict(_titles(cursor, rarest, limit - len(found)))
    return list(found.items())


def _titles(cursor: Cursor, expression: str, limit: int) -> list[tuple[int, str]]:
    rows = cursor.execute(
        "SELECT number, title_folded FROM tasks WHERE number IN"
        " (SELECT rowid FROM task_text WHERE task_text MATCH ? LIMIT ?)",
        (within(TITLE, expression), limit),
    )
    return rows.fetchall()


def _scored(cursor: Cursor, fields: frozenset[Field], atoms: Sequence[Atom]) -> list[Hits]:
    """The rows with any of the atoms, with their scores.

    An atom that more than half of all rows have is worth next to nothing, but it is that which costs: 60 ms for each
    100,000 rows. Rows that have no other are not scored one by one.
    """
    if not fields & COLUMNS.keys():
        return []
    (rows,) = cursor.execute("SELECT coalesce(max(number), 0) FROM tasks").fetchone()
    common: list[Atom] = []
    if _more_than(cursor, rows // 2, within(fields, any_of(atoms))):
        common = [
            atom for atom in atoms if len(atoms) == 1 or _more_than(cursor, rows // 2, within(fields, any_of([atom])))
        ]
    rare = [atom for atom in atoms if atom not in common]
    scored = _ranked(fields, any_of(rare)) if rare else []
    if common:
        others = f"{any_of(common)}{f' NOT {any_of(rare)}' if rare else ''}"
        scored += _alike(fields, others, f"{LEAST_RARITY:.7f}")
    return scored


def _ranked(fields: frozenset[Field], expression: str) -> list[Hits]:
    """The rows of an expression, by relevance."""
    if not fields & COLUMNS.keys():
        return []
    where = Condition(
        f"task_text MATCH ? AND task_text.rank MATCH 'bm25({_TITLE_WEIGHT}, 1.0)'", (within(fields, expression),)
    )
    return [Hits(_INDEX, "task_text.rowid", "-task_text.rank", where)]


def _alike(fields: frozenset[Field], expression: str, score: str, further: Condition = ALWAYS) -> list[Hits]:
    """The rows of an expression, all of the same score."""
    if not fields & COLUMNS.keys():
        return []
    matching = Condition("task_text MATCH ?", (within(fields, expression),))
    return [Hits(_INDEX, "task_text.rowid", score, all_of([matching, further]))]


def _count(cursor: Cursor, expression: str) -> int:
    (count,) = cursor.execute("SELECT count(*) FROM task_text WHERE task_text MATCH ?", (expression,)).fetchone()
    return int(count)


def _more_than(cursor: Cursor, number: int, expression: str) -> bool:
    """Whether an expression has more rows than so many."""
    rows = cursor.execute("SELECT 1 FROM task_text WHERE task_text MATCH ? LIMIT 1 OFFSET ?", (expression, number))
    return rows.fetchone() is not None


def _matching(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> Condition:
    """True of the tasks that have any of the atoms in their texts or labels."""
    parts = _having(cursor, atoms, fields)
    if not parts:
        return NEVER
    having = together(parts)
    return Condition(f"tasks.number IN ({having.sql})", having.values, by_sort=True)


def _having(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> list[Condition]:
    """Selections of the tasks that have any of the atoms: in their texts, and in labels of each kind."""
    parts: list[Condition] = []
    if fields & COLUMNS.keys():
        expression = within(fields, any_of(atoms))
        parts.append(Condition("SELECT rowid FROM task_text WHERE task_text MATCH ?", (expression,)))
    labels = labels_with(cursor, atoms[:ATOMS_LIMIT], fields)
    for kind in KINDS.values():
        ids = {label.id: 0.0 for label in labels if label.kind == kind}
        if ids:
            bearing = bearers_of(kind, ids)
            parts.append(Condition(f"SELECT number FROM ({bearing.sql})", bearing.values))
    return parts


def texts_since(cursor: Cursor, seq: int) -> list[tuple[str, str]]:
    """Folded titles and descriptions of the tasks that were made or changed after ``seq``."""
    rows = cursor.execute(
        "SELECT title_folded, description_folded FROM tasks WHERE id IN"
        " (SELECT entity_id FROM events WHERE seq > ? AND kind IN ('task_created', 'task_updated'))",
        (seq,),
    )
    return rows.fetchall()
