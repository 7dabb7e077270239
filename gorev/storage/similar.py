"""Tasks whose words resemble a text.

The search index proposes, the domain compares: of the longest words of the text the rarest are looked up, and the best
of what they find is read. So the cost has a bound whatever the number of tasks is, and a task is passed over only if
all it shares are words that more than a thousand tasks have.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from gorev.domain.likeness import DESCRIPTION_COMPARED
from gorev.domain.search.words import tokens
from gorev.domain.values import Status
from gorev.storage.encoding import packed
from gorev.storage.sqlite import Cursor

WORDS_WEIGHED: Final = 16
MATCHES_WEIGHED: Final = 1_000
COMPARED: Final = 200

# A word that so many tasks have is not counted to the end, which would take as long as there are tasks.
_FREQUENCY: Final = """
    SELECT value AS word, (
        SELECT count(*) FROM (SELECT 1 FROM task_text WHERE task_text MATCH '"' || words.value || '"' LIMIT ?2)
    ) AS number
    FROM json_each(?1) AS words WHERE number ORDER BY number, length(word) DESC, word
"""
_MATCHING: Final = """
    SELECT tasks.id, tasks.title_folded, substr(tasks.description_folded, 1, ?)
    FROM (
        SELECT rowid AS number, {} AS place FROM task_text WHERE task_text MATCH ? ORDER BY rowid DESC LIMIT ?
    ) AS found JOIN tasks ON tasks.number = found.number
    WHERE tasks.status IN (SELECT value FROM json_each(?)) ORDER BY found.place, tasks.id LIMIT ?
"""
_BEST: Final = _MATCHING.format("rank")
# To rank by so common a word would mean to count it to the end, for an order by its share of the text alone.
_NEWEST: Final = _MATCHING.format("-rowid")


def candidates(
    cursor: Cursor, keywords: Collection[str], statuses: Sequence[Status] = tuple(Status)
) -> list[tuple[str, str, str]]:
    """Tasks that may resemble a text of these keywords: id, folded title, and the folded description's beginning."""
    words = {token for keyword in keywords for token in tokens(keyword) if len(token) > 1}
    weighed = sorted(words, key=lambda word: (-len(word), word))[:WORDS_WEIGHED]
    chosen: list[str] = []
    matches = 0
    statement = _BEST
    for word, number in cursor.execute(_FREQUENCY, (packed(weighed), MATCHES_WEIGHED)):
        matches += number
        if chosen and matches > MATCHES_WEIGHED:
            break
        chosen.append(word)
        if number == MATCHES_WEIGHED:
            statement = _NEWEST
            break
    if not chosen:
        return []
    expression = " OR ".join(f'"{word}"' for word in chosen)
    values = (DESCRIPTION_COMPARED, expression, MATCHES_WEIGHED, packed(statuses), COMPARED)
    return cursor.execute(statement, values).fetchall()
