"""Tasks whose words resemble a text.

The search index proposes, the domain compares: of the longest words of the text the rarest are looked up, and the best
of what they find is read. So the cost has a bound whatever the number of tasks is, and a task is passed over only if
all it shares are words that thousands of newer tasks have as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from gorev.domain.likeness import DESCRIPTION_COMPARED
from gorev.domain.search.words import tokens
from gorev.domain.values import Status
from gorev.storage.encoding import packed
from gorev.storage.sqlite import Cursor

# At 100,000 tasks: 2 to 5 ms for the rarity of so many words, 6 to 8 ms for so many matches.
WORDS_WEIGHED: Final = 16
MATCHES_WEIGHED: Final = 3_000
COMPARED: Final = 200

_FREQUENCY: Final = "SELECT term, doc FROM task_terms WHERE term IN (SELECT value FROM json_each(?)) ORDER BY doc, term"
_BEST: Final = """
    SELECT tasks.id, tasks.title_folded, substr(tasks.description_folded, 1, ?)
    FROM (
        SELECT rowid AS number, rank AS place FROM task_text WHERE task_text MATCH ? ORDER BY rowid DESC LIMIT ?
    ) AS found JOIN tasks ON tasks.number = found.number
    WHERE tasks.status IN (SELECT value FROM json_each(?)) ORDER BY found.place, tasks.id LIMIT ?
"""


def candidates(
    cursor: Cursor, keywords: Collection[str], statuses: Sequence[Status] = tuple(Status)
) -> list[tuple[str, str, str]]:
    """Tasks that may resemble a text of these keywords: id, folded title, and the folded description's beginning."""
    words = {token for keyword in keywords for token in tokens(keyword) if len(token) > 1}
    weighed = sorted(words, key=lambda word: (-len(word), word))[:WORDS_WEIGHED]
    rare: list[str] = []
    matches = 0
    for word, number in cursor.execute(_FREQUENCY, (packed(weighed),)):
        matches += number
        if rare and matches > MATCHES_WEIGHED:
            break
        rare.append(word)
    if not rare:
        return []
    expression = " OR ".join(f'"{word}"' for word in rare)
    values = (DESCRIPTION_COMPARED, expression, MATCHES_WEIGHED, packed(statuses), COMPARED)
    return cursor.execute(_BEST, values).fetchall()
