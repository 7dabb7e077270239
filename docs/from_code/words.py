"""The two vocabularies, from the module that translates between them (``gorev.wire.vocabulary``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from docs.from_code.markup import code, codes, plain, section, table
from gorev.wire import vocabulary
from gorev.wire.vocabulary import Names, Vocabulary, understood

_OBJECTS: Final = {
    "Task": vocabulary.TASK,
    "Project": vocabulary.PROJECT,
    "Tag": vocabulary.TAG,
    "Dependency": vocabulary.LINK,
    "Template": vocabulary.TEMPLATE,
    "Field of a template": vocabulary.FIELD,
    "Task among its relatives": vocabulary.HIERARCHY,
    "Summary": vocabulary.SUMMARY,
    "Filters": vocabulary.FILTERS,
}
_VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "Status": vocabulary.STATUS,
    "Priority": vocabulary.PRIORITY,
    "Quick filter": vocabulary.QUICK_FILTER,
    "Order": vocabulary.SORT,
    "Kind of a dependency": vocabulary.LINK_KIND,
    "Kind of a template's field": vocabulary.FIELD_KIND,
}


def lines() -> Iterator[str]:
    """Values, then the members of each kind of object."""
    yield from section("Values", "-", "words-values")
    for what, tokens in _VALUES.items():
        yield from section(plain(what), "~")
        yield from table(("Value", "Also understood"), _values(tokens), (35, 65))
    yield from section("Names", "-", "words-names")
    for what, names in _OBJECTS.items():
        yield from section(plain(what), "~")
        yield from table(("Turkish", "English", "Also understood"), _members(names), (35, 35, 30))


def _values(tokens: Mapping[Any, str]) -> Iterator[tuple[str, str]]:
    words = vocabulary.also_understood(tokens)
    for value, token in tokens.items():
        yield code(token), codes(word for word in words if understood(tokens, word) is value)


def _members(names: Names) -> Iterator[tuple[str, str, str]]:
    turkish, english = names.out(Vocabulary.TURKISH), names.out(Vocabulary.ENGLISH)
    for field in turkish:
        spelt = (turkish[field], english[field])
        others = (each for each in names.others(field, Vocabulary.TURKISH) if each not in spelt)
        yield code(turkish[field]), code(english[field]), codes(others)
