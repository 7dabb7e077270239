"""The best of what was found: its score, its order, and how many there are, in one statement.

Of every task that is found only what is short is looked at: its hit, its labels, its status and priority. That gives
how many there are, and each one's score but for a title that contains the whole query. Their rows, which are long and
lie all over the file, are read of those alone that can be among the best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.search.request import HIGH_PRIORITY, IN_PROGRESS, WHOLE_IN_TITLE, SearchSort
from gorev.storage.search_labels import Labels
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import ALWAYS, NEVER, Condition, all_of

_COLUMN: Final[Mapping[SearchSort, str]] = {
    SearchSort.CREATED: "tasks.created_at",
    SearchSort.UPDATED: "tasks.updated_at",
    SearchSort.DUE: "tasks.due_date",
    SearchSort.PRIORITY: "tasks.priority_rank",
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

    def by(self, key: str) -> str:
        """What a result is ordered by before all else; what has no date comes last in both directions."""
        direction = "DESC" if self.descending else "ASC"
        return f"{key} IS NULL, {key} {direction}" if self.sort is SearchSort.DUE else f"{key} {direction}"


@attrs.frozen
class Hits:
    """Rows that match: the ``table`` or selection they are of, where in it, and each one's task number and score.

    It is joined with tasks as it is. As a selection of its own it would be written down first, and ranks be computed of
    rows that no filter lets pass: half as much again, of 80 ms at 100,000 tasks.
    """

    table: Condition
    number: str
    score: str
    where: Condition = ALWAYS


@attrs.frozen(kw_only=True)
class Scoring:
    """What a task's score is made of: that of its hit and of its labels, and with ``scaled``, as a part of 1, more for
    its kind and for a title that contains the ``whole`` query.
    """

    whole: str = ""
    scaled: bool = False

    def but_for_title(self, hit: str, label: str) -> str:
        """The score of a task whose title does not contain the query."""
        score = f"({hit} + {label})"
        return f"(1 - 1 / (1 + {score})) * {_BONUS}" if self.scaled else score

    @property
    def has_whole(self) -> Condition:
        """Whether a title contains the whole query."""
        return Condition("instr(tasks.title_folded, ?) > 0", (self.whole,)) if self.whole else NEVER

    @property
    def of_title(self) -> Condition:
        """What the score is multiplied with for the title's sake."""
        if not self.scaled:
            return Condition("1")
        has_whole = self.has_whole
        return Condition(f"CASE WHEN {has_whole.sql} THEN {WHOLE_IN_TITLE} ELSE 1 END", has_whole.values)


def best(
    cursor: Cursor, hits: Sequence[Hits], labels: Labels, scoring: Scoring, where: Condition, order: Order
) -> tuple[list[Found], int]:
    """One statement for the best tasks and how many there are, of the hits and of those that bear labels.

    No two of ``hits`` have a task in common.
    """
    column = _COLUMN.get(order.sort)
    rows = "task_sorts" if where.by_sort and labels.by_sort and column is None else "tasks"

    def scored(source: str, hit: str, asked: Condition) -> Condition:
        score = scoring.but_for_title(hit, labels.score)
        key = f", {column} AS key" if column else ""
        sql = f"SELECT tasks.number AS number, {score} AS score{key} FROM {source} WHERE {asked.sql}"
        return Condition(sql, asked.values)

    selections = list(labels.selections)
    parts: list[str] = []
    if hits:
        parts.append("hits")
        matching = []
        for each in hits:
            source = f"{each.table.sql} CROSS JOIN {rows} AS tasks ON tasks.number = {each.number} {labels.join}"
            part = scored(source, each.score, all_of([each.where, where]))
            matching.append(Condition(part.sql, (*each.table.values, *part.values)))
        selections.append(("hits", together(matching)))
    if labels.selections:
        others = Condition("tasks.number NOT IN (SELECT number FROM hits)") if hits else ALWAYS
        parts.append("bearers")
        bearing = [scored(source, "0", all_of([bears, where, others])) for source, bears in labels.bearers(rows)]
        selections.append(("bearers", together(bearing)))
    return _first(cursor, selections, parts, scoring, order) if parts else ([], 0)


def _first(
    cursor: Cursor, selections: Sequence[tuple[str, Condition]], parts: Sequence[str], scoring: Scoring, order: Order
) -> tuple[list[Found], int]:
    """The first of the selections called ``parts``, which tell scores but for the title, and how many they are in all.

    Of each part as many as are wanted are looked at whole: those that are its first but for the title. Where the last
    of the first stands among these is the ``bar``: what stays behind it whatever its title need not be looked at.
    """
    whole, title = scoring.has_whole, scoring.of_title
    by_score = order.sort is SearchSort.RELEVANCE
    score = f"found.score * {title.sql}"
    column, key = ("score", Condition(score, title.values)) if by_score else ("key", Condition("found.key"))
    at_best = f"score * {WHOLE_IN_TITLE}" if by_score and order.descending else column
    reaches = ">=" if order.descending else "<="
    bar = "(SELECT key FROM bar)"
    likely = " UNION ALL ".join(
        f"SELECT * FROM (SELECT * FROM {part} ORDER BY {order.by(column)} LIMIT ?)" for part in parts
    )
    hopeful = " UNION ALL ".join(
        f"SELECT * FROM {part} WHERE {bar} IS NULL OR {at_best} {reaches} {bar}" for part in parts
    )
    total = " + ".join(f"(SELECT count(*) FROM {part})" for part in parts)
    named = ", ".join(f"{name} AS MATERIALIZED ({selection.sql})" for name, selection in selections)
    statement = f"""
        WITH {named}, bar AS MATERIALIZED (
            SELECT {key.sql} AS key FROM ({likely}) AS found CROSS JOIN tasks ON tasks.number = found.number
            ORDER BY {order.by("key")} LIMIT 1 OFFSET ?
        )
        SELECT tasks.id, tasks.number, {score} AS score, {whole.sql}, {total}
        FROM ({hopeful}) AS found CROSS JOIN tasks ON tasks.number = found.number
        WHERE {bar} IS NULL OR {key.sql} {reaches} {bar}
        ORDER BY {order.by(column)}, tasks.updated_at DESC, tasks.id LIMIT ?
    """
    values = [value for _, selection in selections for value in selection.values]
    values += [*key.values, *[order.limit] * len(parts), order.limit - 1]
    values += [*title.values, *whole.values, *key.values, order.limit]
    rows = cursor.execute(statement, values).fetchall()
    page = [Found(task_id, number, score, bool(is_whole)) for task_id, number, score, is_whole, _ in rows]
    return page, rows[0][4] if rows else 0


def together(hits: Sequence[Condition]) -> Condition:
    """All the rows of several selections, one after the other."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({hit.sql})" for hit in hits)
    return Condition(sql, tuple(value for hit in hits for value in hit.values))
