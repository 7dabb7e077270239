"""Tasks that resemble a query, for words that were misspelt (``behaviours.md`` §1, fuzzy complement).

What is compared are the distinct words of the index, not the tasks: there are far fewer, and they are kept in memory.
Titles are compared as a whole and by runs of words, where they have a word that resembles one of the query.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

import attrs
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from gorev.domain.search.similarity import compared, title_texts
from gorev.domain.search.words import Field, TextQuery, plain, tokens
from gorev.domain.task import TaskView
from gorev.storage import events, search_index, tags
from gorev.storage.search_index import Likeness
from gorev.storage.search_ranking import Found, Order
from gorev.storage.sqlite import Cursor
from gorev.storage.task_selection import Condition, all_of

# Longer words are hashes, addresses and the like, which nobody misspells.
_WORD_LIMIT: Final = 40
# So many changed tasks are read for their words; after more of them the whole list is read anew.
_CHANGES_LIMIT: Final = 2_000
_TERMS_LIMIT: Final = 100
_QUERY_WORDS_LIMIT: Final = 8
_TITLES_LIMIT: Final = 300
_PART_LENGTH: Final = 3
# 1 - 2/5 is 0.6, but rapidfuzz refuses it at a cut-off of 0.6, and of 0.6 less 1e-9 too.
_TOLERANCE: Final = 1e-6


@attrs.frozen
class Closeness:
    """How close two texts must be: a similarity from 0 to 1, or a number of edits if greater."""

    threshold: float

    def among(self, wanted: str, texts: Iterable[str]) -> dict[str, float]:
        """Those texts that are close, with their similarity: 1 less the edits as a part of the longer length."""
        if self.threshold > 1:
            most = int(self.threshold)
            edits = {text: Levenshtein.distance(wanted, text, score_cutoff=most) for text in texts}
            return {text: 1 - n / max(len(wanted), len(text), 1) for text, n in edits.items() if n <= most}
        similar = process.extract(
            wanted,
            texts,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=max(0.0, self.threshold - _TOLERANCE),
            limit=None,
        )
        return {text: similarity for text, similarity, _ in similar}

    def best(self, wanted: str, texts: Iterable[str]) -> float | None:
        """The greatest similarity of a text that is close."""
        return max(self.among(wanted, texts).values(), default=None)

    def lengths(self, wanted: str) -> tuple[int, float]:
        """How short and how long a close text can be."""
        length = len(wanted)
        if self.threshold > 1:
            return length - int(self.threshold), length + int(self.threshold)
        if self.threshold <= _TOLERANCE:
            return 0, math.inf
        return math.ceil(length * self.threshold - _TOLERANCE), length / self.threshold + _TOLERANCE


class Vocabulary:
    """The words of a workspace's titles and descriptions, kept from search to search. For reader threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seq: int | None = None
        self._by_length: dict[int, dict[str, None]] = {}

    def close_to(self, cursor: Cursor, wanted: str, closeness: Closeness) -> dict[str, float]:
        """Words that are close to ``wanted``, with their similarity. A word that no task has any more may be there."""
        shortest, longest = closeness.lengths(wanted)
        with self._lock:
            self._refresh(cursor)
            groups = [list(group) for length, group in self._by_length.items() if shortest <= length <= longest]
        found: dict[str, float] = {}
        for group in groups:
            found |= closeness.among(wanted, group)
        return found

    def _refresh(self, cursor: Cursor) -> None:
        seq = events.current_seq(cursor)
        if self._seq is None or seq - self._seq > _CHANGES_LIMIT or events.oldest_seq(cursor) > self._seq + 1:
            self._by_length = {}
            self._add(search_index.terms(cursor))
            self._seq = seq
        elif seq > self._seq:
            for title, description in search_index.texts_since(cursor, self._seq):
                self._add(tokens(title))
                self._add(tokens(description))
            self._seq = seq

    def _add(self, words: Iterable[str]) -> None:
        for word in words:
            if len(word) <= _WORD_LIMIT:
                self._by_length.setdefault(len(word), {})[word] = None


@attrs.frozen
class Resemblance:
    """A query that may be misspelt, as it is compared."""

    wanted: str
    words: tuple[str, ...]
    closeness: Closeness

    @classmethod
    def of(cls, text: TextQuery, threshold: float) -> Resemblance:
        """What is compared of a text: what it wants, folded, exclusions left out."""
        return cls(" ".join(plain(text.whole).split()), tuple(tokens(text.whole)), Closeness(threshold))

    def found(
        self,
        cursor: Cursor,
        vocabulary: Vocabulary,
        fields: frozenset[Field],
        where: Condition,
        order: Order,
        but_not: Sequence[str],
    ) -> tuple[list[Found], int]:
        """The closest tasks of a condition, and how many are close; not those that were found otherwise."""
        likeness = Likeness(
            terms=self._terms(cursor, vocabulary) if fields & {Field.TITLE, Field.DESCRIPTION} else {},
            tags=self._tags(cursor) if Field.TAGS in fields else {},
            tasks=self._titles(cursor, vocabulary) if Field.TITLE in fields else {},
        )
        others = Condition(f"tasks.id NOT IN ({', '.join('?' * len(but_not))})", tuple(but_not))
        return search_index.alike(cursor, likeness, fields, all_of([where, others]), order)

    def fields(self, view: TaskView, searched: frozenset[Field]) -> tuple[float, tuple[Field, ...]]:
        """How close a task is, and in which fields."""
        close: dict[Field, float] = {}
        for field, texts in compared(view, len(self.words)):
            best = self.closeness.best(self.wanted, texts) if field in searched else None
            if best is not None:
                close[field] = best
        return max(close.values(), default=0.0), tuple(close)

    def _terms(self, cursor: Cursor, vocabulary: Vocabulary) -> dict[float, list[str]]:
        close = vocabulary.close_to(cursor, self.wanted, self.closeness)
        groups: dict[float, list[str]] = {}
        for term in sorted(close, key=lambda each: (-close[each], each))[:_TERMS_LIMIT]:
            groups.setdefault(close[term], []).append(term)
        return groups

    def _tags(self, cursor: Cursor) -> dict[str, float]:
        names = {tag.id: plain(tag.name) for tag in tags.every(cursor)}
        close = self.closeness.among(self.wanted, set(names.values()))
        return {id_: close[name] for id_, name in names.items() if name in close}

    def _titles(self, cursor: Cursor, vocabulary: Vocabulary) -> dict[int, float]:
        """Titles of which the whole or a run of words is close: those with a word close to one of the query's.

        A single word may have been written apart or together with its neighbour, so its beginnings and ends count too.
        """
        groups: list[list[str]] = []
        for word in self.words[:_QUERY_WORDS_LIMIT]:
            close = vocabulary.close_to(cursor, word, self.closeness)
            groups.append(sorted(close, key=lambda each: (-close[each], each))[:_TERMS_LIMIT])
        if len(self.words) == 1:
            (word,) = self.words
            cuts = range(_PART_LENGTH, min(len(word) - 1, _WORD_LIMIT))
            groups[0] += [part for cut in cuts for part in (word[:cut], word[-cut:])]
        best: dict[int, float] = {}
        for number, title in search_index.titles_with(cursor, groups, _TITLES_LIMIT):
            close = self.closeness.among(self.wanted, title_texts(title, len(self.words)))
            words = set(tokens(title))
            # A title that is close by a single word is found by that word.
            longer = max((close[text] for text in close if text not in words), default=0.0)
            if longer > max((close[text] for text in close if text in words), default=0.0):
                best[number] = longer
        return best
