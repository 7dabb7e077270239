"""What options and arguments may hold: checked before anybody is asked, and refused in the user's language."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Generic, TypeVar

import click
from click.shell_completion import CompletionItem

from gorev.cli.speech import Misuse, language_of, named, with_nearest
from gorev.domain.search.days import Relative
from gorev.locale import text
from gorev.wire.vocabulary import RELATIVE, Names, Vocabulary, understood

E = TypeVar("E", bound=enum.Enum)

_DAYS_AHEAD: Final = {Relative.YESTERDAY: -1, Relative.TODAY: 0, Relative.TOMORROW: 1}


class Word(click.ParamType[str], Generic[E]):
    """A word of an enumeration of the wire in either vocabulary; it becomes the token."""

    name = "word"

    def __init__(self, tokens: Mapping[E, str]) -> None:
        self._tokens = tokens

    def allowed(self, language: str) -> list[str]:
        """The words, as they are spelt in a language."""
        return [str(value.value) if language == "en" else token for value, token in self._tokens.items()]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The token."""
        meant = understood(self._tokens, value)
        if meant is None:
            raise _not_among(value, self.allowed(_language(ctx)), param, ctx)
        return self._tokens[meant]

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The words that begin so."""
        return [CompletionItem(word) for word in self.allowed(language_of(ctx)) if word.startswith(incomplete)]


class OneOf(click.Choice[str]):
    """One of some fixed words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself."""
        if value not in self.choices:
            raise _not_among(value, self.choices, param, ctx)
        return str(value)


class Whole(click.ParamType[int]):
    """A whole number from ``least`` on, up to ``most`` if that is given."""

    name = "number"

    def __init__(self, least: int, most: int | None = None) -> None:
        self._least, self._most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        try:
            number = int(value)
        except ValueError:
            number = self._least - 1
        if self._least <= number and (self._most is None or number <= self._most):
            return number
        fields = {"name": named(param), "low": self._least, "high": self._most, "value": value}
        if self._most is None:
            message = "{name} must be a whole number from {low} on, not {value}"
        else:
            message = "{name} must be a whole number from {low} to {high}, not {value}"
        raise Misuse(text(_language(ctx), message, **fields), ctx)


class Day(click.ParamType[str]):
    """A date as YYYY-MM-DD, or today, tomorrow, yesterday in either language; it becomes the date. It may be empty."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date as YYYY-MM-DD."""
        given = str(value).strip()
        if not given:
            return ""
        ahead = _DAYS_AHEAD.get(understood(RELATIVE, given) or Relative.OVERDUE)
        if ahead is not None:
            return str(date.today() + timedelta(days=ahead))  # noqa: DTZ011  # the user's own day
        try:
            found = date.fromisoformat(given)
        except ValueError:
            found = None
        if found is None or str(found) != given:
            message = "{name} must be a date that exists, as YYYY-MM-DD, or a word such as tomorrow, not {value}"
            raise Misuse(text(_language(ctx), message, name=named(param), value=value), ctx)
        return given


class Given(click.ParamType[str]):
    """A text that is not blank, such as an id."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text."""
        if not str(value).strip():
            raise Misuse(text(_language(ctx), "{name} must not be empty", name=named(param)), ctx)
        return str(value)


class Place(click.ParamType[str]):
    """A path, which shells complete: of a folder, or of anything."""

    name = "path"

    def __init__(self, *, folder: bool = False) -> None:
        self._kind = "dir" if folder else "file"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """What the shell itself knows."""
        return [CompletionItem(incomplete, type=self._kind)]


def _language(context: click.Context | None) -> str:
    return "en" if context is None else language_of(context)


def _not_among(
    value: object, allowed: Sequence[str], param: click.Parameter | None, context: click.Context | None
) -> Misuse:
    language = _language(context)
    said = text(language, "{name} can be: {allowed}", name=named(param), allowed=", ".join(allowed))
    return Misuse(with_nearest(said, str(value), allowed, language), context)


def spelt(names: Names, language: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, None for nothing, by the names of a language, so that a refusal calls it so."""
    words = names.out(Vocabulary.ENGLISH if language == "en" else Vocabulary.TURKISH)
    return {words[name]: value for name, value in given.items() if value is not None}
