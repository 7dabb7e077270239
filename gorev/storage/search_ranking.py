"""The best of what was found: its score, its order, and how many there are, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from gorev.domain.search.request import HIGH_PRIORITY, IN_PROGRESS, WHOLE_IN_TITLE, SearchSort
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import ALWAYS, Condition

_KEY: Final[Mapping[SearchSort, str]] = {
    SearchSort.RELEVANCE: "1",
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


@attrs.frozen
class Hits:
    """Rows that match: the ``table`` or selection they are of, where in it, and each one's task number and score.

    It is joined with ``tasks`` as it is. As a selection of its own it would be written down first, and ranks be
    computed of rows that no filter lets pass: half as much again, of 80 ms at 100,000 tasks.
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

    def of_tasks(self, hits: Hits, where: Condition, order: Order, *, with_labels: bool) -> Condition:
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


def best(
    cursor: Cursor,
    hits: Sequence[Hits],
    bearing: Sequence[Condition],
    scoring: Scoring,
    where: Condition,
    order: Order,
) -> tuple[list[Found], int]:
    """One statement for the best tasks and how many there are, of the hits and of those that are ``bearing`` labels.

    No two of ``hits`` have a task in common. One that bears labels as well has their scores on top, so that the best of
    all are among the best of the hits and the tasks that bear labels.
    """
    borne = together(bearing)
    labels = Condition(f"SELECT number, sum(score) AS score FROM ({borne.sql}) GROUP BY number", borne.values)
    if bearing and not hits:
        hits, bearing = [Hits(_bracketed(labels, "labels"), "labels.number", "labels.score")], ()
    if not hits:
        return [], 0
    key = "score" if order.sort is SearchSort.RELEVANCE else "key"
    first = f"ORDER BY {_by_key(order, key)}, updated_at DESC, id LIMIT ?"
    found = together([scoring.of_tasks(each, where, order, with_labels=bool(bearing)) for each in hits])
    if bearing:
        only = Hits(Condition("labels"), "labels.number", "0")
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


def together(hits: Sequence[Condition]) -> Condition:
    """All the rows of several selections, one after the other."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({hit.sql})" for hit in hits)
    return Condition(sql, tuple(value for hit in hits for value in hit.values))


def _bracketed(selection: Condition, name: str) -> Condition:
    return Condition(f"({selection.sql}) AS {name}", selection.values)


def _by_key(order: Order, key: str) -> str:
    """What a result is ordered by before all else; what has no date comes last in both directions."""
    direction = "DESC" if order.descending else "ASC"
    return f"{key} IS NULL, {key} {direction}" if order.sort is SearchSort.DUE else f"{key} {direction}"
