"""The search index asked directly: ``python -m tests.bench.floors.searches FILE``, a file of the program's own schema.

Asked ``{"words", "seconds"}``: the best fifty tasks for one word after the other, whole rows.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import sys
import time
from typing import Final

BEST: Final = """
    SELECT tasks.* FROM (
        SELECT rowid FROM task_text WHERE task_text MATCH ? AND rank MATCH 'bm25(10.0, 1.0)' ORDER BY rank LIMIT 50
    ) AS best JOIN tasks ON tasks.number = best.rowid
"""


def main() -> None:
    """Serve until standard input ends."""
    connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        words = itertools.cycle(asked["words"])
        latencies = []
        begun = time.perf_counter()
        until = begun + asked["seconds"]
        while begun < until:
            connection.execute(BEST, (next(words),)).fetchall()
            ended = time.perf_counter()
            latencies.append(ended - begun)
            begun = ended
        sys.stdout.write(json.dumps(latencies) + "\n")
        sys.stdout.flush()


main()
