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
from gorev.storage import tasks
from gorev.storage.encoding import packed
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import ALWAYS, NEVER, Condition, all_of

# How much more a word weighs in the title or a label than in the description.
_TITLE_WEIGHT: Final = 3.0
_LABEL_WEIGHT: Final = 2.0
# What FTS5 gives a word that more than half of all rows have, instead of nothing.
_LEAST_RARITY: Final = 1e-6

_COLUMNS: Final = {Field.TITLE: "title_folded", Field.DESCRIPTION: "description_folded"}
_TITLE: Final = frozenset({Field.TITLE})
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
    "project": """
        SELECT value, (SELECT coalesce(sum(number), 0) FROM task_counts WHERE project_id = value) FROM json_each(?)
    """,
}

_KEY: Final[Mapping[SearchSort, str]] = {
    SearchSort.RELEVANCE: "1",
    SearchSort.CREATED: "tasks.created_at",
    SearchSort.UPDATED: "tasks.updated_at",
    SearchSort.DUE: "tasks.due_date",
    SearchSort.PRIORITY: "tasks.priority_rank",
}
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


@attrs.frozen
class _Hits:
    """Rows that match: the ``table`` or selection they are of, where in it, and each one's task number and score.

    It is joined with ``tasks`` as it is. As a selection of its own it would be written down first, and ranks be
    computed of rows that no filter lets pass: half as much again, of 80 ms at 100,000 tasks.
    """

    table: Condition
    number: str
    score: str
    where: Condition = ALWAYS


_INDEX: Final = Condition("task_text")


@attrs.frozen(kw_only=True)
class _Scoring:
    """What a task's score is made of: that of its hit and of its labels, and with ``scaled``, as a part of 1, more for
    its kind and for a title that contains the ``whole`` query.
    """

    whole: str = ""
    scaled: bool = False

    def of_tasks(self, hits: _Hits, where: Condition, order: Order, *, with_labels: bool) -> Condition:
        """The hits whose tasks satisfy a condition, with all that they are ordered by."""
        has_whole = "instr(tasks.title_folded, ?) > 0" if self.whole else "0"
        score, labelled, join = hits.score, "0", ""
        if with_labels:
            score, labelled = f"({score} + coalesce(labels.score, 0))", "labels.number IS NOT NULL"
            if hits.table.sql != "labels":
                join = "LEFT JOIN labels ON labels.number = tasks.number"
        if self.scaled:
            score = f"(1 - 1 / (1 + {score})) * {_BONUS} * CASE WHEN {has_whole} THEN {WHOLE_IN_TITLE} ELSE 1 END"
        sql = f"""
            SELECT tasks.id, tasks.number, tasks.updated_at, {_KEY[order.sort]} AS key, {score} AS score,
                {has_whole} AS whole, {labelled} AS labelled
            FROM {hits.table.sql} CROSS JOIN tasks ON tasks.number = {hits.number} {join}
            WHERE {hits.where.sql} AND {where.sql}
        """
        wholes = [self.whole] * (1 + self.scaled) if self.whole else []
        return Condition(sql, (*wholes, *hits.table.values, *hits.where.values, *where.values))


def of_text(
    cursor: Cursor, text: TextQuery, fields: frozenset[Field], where: Condition, order: Order
) -> tuple[list[Found], int]:
    """The best tasks that match a text and a condition, and how many do."""
    clauses = text.clauses
    if not all(clauses):
        return [], 0
    labels = _labels(cursor, text.atoms, fields)
    needed = [where, without(cursor, text, fields)]
    if len(clauses) > 1 and not labels:
        hits = _ranked(fields, " AND ".join(map(_any, clauses)))
    else:
        hits = _scored(cursor, fields, text.atoms)
    if len(clauses) > 1 and labels:
        needed += [_matching(cursor, clause, fields) for clause in clauses]
    bearing = [_bearing(kind, scores) for kind, scores in _rarities(cursor, labels, text.atoms).items()]
    return _page(cursor, hits, bearing, _Scoring(whole=folded(text.whole), scaled=True), all_of(needed), order)


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
    named: list[Condition] = [_bearing("tag", likeness.tags)] if likeness.tags else []
    if likeness.tasks:
        sql = "SELECT value ->> 0 AS number, value ->> 1 AS score FROM json_each(?)"
        named.append(Condition(sql, (packed(list(likeness.tasks.items())),)))
    hits: list[_Hits] = []
    others = ALWAYS
    if named:
        both = _together(named)
        best = f"(SELECT number, max(score) AS score FROM ({both.sql}) GROUP BY number) AS chosen"
        hits.append(_Hits(Condition(best, both.values), "chosen.number", "chosen.score"))
        others = Condition(f"+task_text.rowid NOT IN (SELECT number FROM ({both.sql}))", both.values)
    better: list[Atom] = []
    for similarity, words in likeness.terms.items():
        atoms = [Atom(word, phrase=True) for word in words]
        expression = f"{_any(atoms)}{f' NOT {_any(better)}' if better else ''}"
        hits += _alike(fields, expression, f"{similarity:.9f}", others)
        better += atoms
    return _page(cursor, hits, (), _Scoring(), where, order)


def without(cursor: Cursor, text: TextQuery, fields: frozenset[Field]) -> Condition:
    """True of the tasks that have nothing of what the text excludes."""
    excluded = searchable(text.excluded)
    if not excluded:
        return all_of([])
    matching = _matching(cursor, excluded, fields)
    return Condition(f"NOT {matching.sql}", matching.values)


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
        (_within(frozenset({Field.DESCRIPTION}), _any(atoms)), packed(list(numbers))),
    )
    return {number for (number,) in rows}


def terms(cursor: Cursor) -> list[str]:
    """Every word of titles and descriptions, once. Takes 30 ms at 10,000 tasks, 120 ms at 100,000."""
    return [term for (term,) in cursor.execute("SELECT term FROM task_terms")]


def titles_with(cursor: Cursor, groups: Sequence[Sequence[str]], limit: int) -> list[tuple[int, str]]:
    """Numbers and folded titles of so many tasks with a word of each group in the title, or else of the rarest one."""
    each_group = [_any([Atom(word, phrase=True) for word in words]) for words in groups if words]
    if not each_group:
        return []
    found = dict(_titles(cursor, " AND ".join(each_group), limit))
    if len(each_group) > 1 and len(found) < limit:
        rarest = min(each_group, key=lambda group: _count(cursor, _within(_TITLE, group)))
        found |= dict(_titles(cursor, rarest, limit - len(found)))
    return list(found.items())


def _titles(cursor: Cursor, expression: str, limit: int) -> list[tuple[int, str]]:
    rows = cursor.execute(
        "SELECT number, title_folded FROM tasks WHERE number IN"
        " (SELECT rowid FROM task_text WHERE task_text MATCH ? LIMIT ?)",
        (_within(_TITLE, expression), limit),
    )
    return rows.fetchall()


def _page(
    cursor: Cursor,
    hits: Sequence[_Hits],
    bearing: Sequence[Condition],
    scoring: _Scoring,
    where: Condition,
    order: Order,
) -> tuple[list[Found], int]:
    """One statement for the best tasks and how many there are, of the hits and of those that are ``bearing`` labels.

    No two of ``hits`` have a task in common. One that bears labels as well has their scores on top, so that the best of
    all are among the best of the hits and the tasks that bear labels.
    """
    together = _together(bearing)
    labels = Condition(f"SELECT number, sum(score) AS score FROM ({together.sql}) GROUP BY number", together.values)
    if bearing and not hits:
        hits, bearing = [_Hits(_bracketed(labels, "labels"), "labels.number", "labels.score")], ()
    if not hits:
        return [], 0
    key = "score" if order.sort is SearchSort.RELEVANCE else "key"
    first = f"ORDER BY {_by_key(order, key)}, updated_at DESC, id LIMIT ?"
    found = _together([scoring.of_tasks(each, where, order, with_labels=bool(bearing)) for each in hits])
    if bearing:
        only = _Hits(Condition("labels"), "labels.number", "0")
        named = scoring.of_tasks(only, where, order, with_labels=True)
        statement = f"""
            WITH labels AS MATERIALIZED ({labels.sql}), found AS MATERIALIZED ({found.sql}),
            named AS MATERIALIZED ({named.sql}), best AS MATERIALIZED (SELECT * FROM found {first})
            SELECT id, number, score, whole,
                (SELECT count(*) FROM found WHERE NOT labelled) + (SELECT count(*) FROM named)
            FROM (SELECT * FROM best UNION ALL SELECT * FROM named WHERE number NOT IN (SELECT number FROM best))
            {first}
        """
        values = (*labels.values, *found.values, *named.values, order.limit, order.limit)
    else:
        statement = f"""
            WITH found AS MATERIALIZED ({found.sql})
            SELECT id, number, score, whole, (SELECT count(*) FROM found) FROM found {first}
        """
        values = (*found.values, order.limit)
    rows = cursor.execute(statement, values).fetchall()
    page = [Found(task_id, number, score, bool(is_whole)) for task_id, number, score, is_whole, _ in rows]
    return page, rows[0][4] if rows else 0


def _bracketed(selection: Condition, name: str) -> Condition:
    return Condition(f"({selection.sql}) AS {name}", selection.values)


def _by_key(order: Order, key: str) -> str:
    """What a result is ordered by before all else; what has no date comes last in both directions."""
    direction = "DESC" if order.descending else "ASC"
    return f"{key} IS NULL, {key} {direction}" if order.sort is SearchSort.DUE else f"{key} {direction}"


def _quoted(atom: Atom) -> str:
    # Quoted, so that nothing in it means anything to FTS5.
    return '"' + plain(atom.text).replace('"', '""') + ('"' if atom.phrase else '" *')


def _any(atoms: Iterable[Atom]) -> str:
    return "(" + " OR ".join(map(_quoted, atoms)) + ")"


def _within(fields: frozenset[Field], expression: str) -> str:
    """An expression for the columns of these fields, of which there is at least one."""
    columns = [column for field, column in _COLUMNS.items() if field in fields]
    # Without need a restriction costs the index two thirds more.
    return expression if len(columns) == len(_COLUMNS) else f"{{{' '.join(columns)}}} : ({expression})"


def _scored(cursor: Cursor, fields: frozenset[Field], atoms: Sequence[Atom]) -> list[_Hits]:
    """The rows with any of the atoms, with their scores.

    An atom that more than half of all rows have is worth next to nothing, but it is that which costs: 60 ms for each
    100,000 rows. Rows that have no other are not scored one by one.
    """
    if not fields & _COLUMNS.keys():
        return []
    (rows,) = cursor.execute("SELECT coalesce(max(number), 0) FROM tasks").fetchone()
    common: list[Atom] = []
    if _count(cursor, _within(fields, _any(atoms))) > rows / 2:
        common = [atom for atom in atoms if len(atoms) == 1 or _count(cursor, _within(fields, _any([atom]))) > rows / 2]
    rare = [atom for atom in atoms if atom not in common]
    scored = _ranked(fields, _any(rare)) if rare else []
    if common:
        others = f"{_any(common)}{f' NOT {_any(rare)}' if rare else ''}"
        scored += _alike(fields, others, f"{_LEAST_RARITY:.7f}")
    return scored


def _ranked(fields: frozenset[Field], expression: str) -> list[_Hits]:
    """The rows of an expression, by relevance."""
    if not fields & _COLUMNS.keys():
        return []
    where = Condition(
        f"task_text MATCH ? AND task_text.rank MATCH 'bm25({_TITLE_WEIGHT}, 1.0)'", (_within(fields, expression),)
    )
    return [_Hits(_INDEX, "task_text.rowid", "-task_text.rank", where)]


def _alike(fields: frozenset[Field], expression: str, score: str, further: Condition = ALWAYS) -> list[_Hits]:
    """The rows of an expression, all of the same score."""
    if not fields & _COLUMNS.keys():
        return []
    matching = Condition("task_text MATCH ?", (_within(fields, expression),))
    return [_Hits(_INDEX, "task_text.rowid", score, all_of([matching, further]))]


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
    all_tasks = tasks.number(cursor)
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
    parts = _having(cursor, atoms, fields)
    if not parts:
        return NEVER
    having = _together(parts)
    return Condition(f"tasks.number IN ({having.sql})", having.values)


def _having(cursor: Cursor, atoms: Sequence[Atom], fields: frozenset[Field]) -> list[Condition]:
    """Selections of the tasks that have any of the atoms: in their texts, and in labels of each kind."""
    parts: list[Condition] = []
    if fields & _COLUMNS.keys():
        expression = _within(fields, _any(atoms))
        parts.append(Condition("SELECT rowid FROM task_text WHERE task_text MATCH ?", (expression,)))
    labels = _labels(cursor, atoms[:ATOMS_LIMIT], fields)
    for kind in _BEARERS:
        ids = {label.id: 0.0 for label in labels if label.kind == kind}
        if ids:
            bearing = _bearing(kind, ids)
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
