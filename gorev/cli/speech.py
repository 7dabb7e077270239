"""Click in the user's language: help pages and usage errors, whose texts click itself has in English only."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import attrs
import click

from gorev.locale import text

_HELP_NAMES: Final = ["-h", "--help"]
# Of help pages, in characters: lines longer than this are hard to read, and words do not fit into less.
_HELP_WIDTH: Final = 81
_LEAST_HELP_WIDTH: Final = 20


class Misuse(click.UsageError):
    """A command line that cannot be obeyed; the message is in the user's language."""


class Failed(Exception):
    """A command that did not succeed; the message is in the user's language. ``code`` is the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@attrs.frozen
class Voice:
    """The language to speak, and the ``--lang`` that was given, if one was."""

    language: str
    chosen: str | None = None


class _Formatter(click.HelpFormatter):
    language = "en"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or text(self.language, "Usage: "))

    def write_heading(self, heading: str) -> None:
        headings = {"Options": text(self.language, "Options"), "Commands": text(self.language, "Commands")}
        super().write_heading(headings.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands, each with its purpose beside it; in a narrow terminal below it."""
        super().write_dl(rows, min(col_max, self.width // 3), col_spacing)


class _Context(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        formatter = _Formatter(width=max(min(shutil.get_terminal_size().columns, _HELP_WIDTH) - 1, _LEAST_HELP_WIDTH))
        formatter.language = language_of(self)
        return formatter


def voice(context: click.Context) -> Voice:
    """The voice that `main` gave to the root command."""
    given = context.find_object(Voice)
    if given is None:
        raise LookupError("the root command was run without a Voice")
    return given


def language_of(context: click.Context) -> str:
    """The language to speak."""
    return voice(context).language


class Command(click.Command):
    """A command that says what is wrong with its arguments in the user's language."""

    context_class = _Context

    def __init__(self, name: str, *, help: str = "", **settings: Any) -> None:  # noqa: A002  # click's name for it
        given = {"allow_extra_args": True, "help_option_names": _HELP_NAMES}
        super().__init__(name, context_settings=given, help=help, short_help=help, **settings)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The ``--help`` option, explained in the user's language."""
        return _explained(super().get_help_option(ctx), ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the command's name in its usage line."""
        arguments = [each.make_metavar(ctx) for each in self.get_params(ctx) if isinstance(each, click.Argument)]
        return [text(language_of(ctx), "[OPTIONS]"), *arguments]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the exit code tells."""
        _write_exit_codes(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and refuse surplus arguments."""
        with _misuses_of(ctx):
            rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            raise Misuse(text(language_of(ctx), "unexpected argument: {argument}", argument=ctx.args[0]), ctx)
        return rest


class Group(click.Group):
    """A command with commands below it."""

    context_class = _Context

    def __init__(self, name: str, *, help: str = "", **settings: Any) -> None:  # noqa: A002  # click's name for it
        given = {"help_option_names": _HELP_NAMES}
        super().__init__(name, context_settings=given, help=help, short_help=help, **settings)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The ``--help`` option, explained in the user's language."""
        return _explained(super().get_help_option(ctx), ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the command's name in its usage line."""
        return [text(language_of(ctx), "[OPTIONS] COMMAND")]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the exit code tells."""
        _write_exit_codes(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what stands before the command below."""
        with _misuses_of(ctx):
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` name, and what is left of them."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None:
            language = language_of(ctx)
            missing = text(language, "there is no command {name}", name=name)
            raise Misuse(with_nearest(missing, name, self.list_commands(ctx), language), ctx)
        return name, command, args[1:]


@contextmanager
def _misuses_of(context: click.Context) -> Iterator[None]:
    """Some of click's errors do not say which command they are about."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or context
        raise


def _explained(option: click.Option | None, context: click.Context) -> click.Option | None:
    if option is not None:
        option.help = text(language_of(context), "show this message")
    return option


def _write_exit_codes(context: click.Context, formatter: click.HelpFormatter) -> None:
    said = text(language_of(context), "Exit codes: 0 success, 1 failure, 2 wrong usage, 3 not running (status only).")
    formatter.write_paragraph()
    formatter.write_text(said)


def usage_message(language: str, error: click.UsageError) -> str:
    """What is wrong with the command line, in ``language``."""
    match error:
        case click.NoSuchOption():
            missing = text(language, "there is no option {name}", name=error.option_name)
            known = [] if error.ctx is None else list(_options(error.ctx))
            return with_nearest(missing, error.option_name, known, language)
        case click.BadOptionUsage():
            if _is_flag(error):
                return text(language, "the option {name} takes no value", name=error.option_name)
            return text(language, "the option {name} needs a value", name=error.option_name)
        case click.MissingParameter():
            return text(language, "{name} is missing", name=named(error.param))
        case click.BadParameter():
            return text(language, "the value of {name} is not valid", name=named(error.param))
        case _:
            return error.format_message()


def _options(context: click.Context) -> dict[str, click.Option]:
    """The options of a command, each under all its names."""
    options = [each for each in context.command.get_params(context) if isinstance(each, click.Option)]
    return {name: each for each in options for name in (*each.opts, *each.secondary_opts)}


def _is_flag(error: click.BadOptionUsage) -> bool:
    option = None if error.ctx is None else _options(error.ctx).get(error.option_name)
    return option is not None and option.is_flag


def with_nearest(message: str, given: str, known: Sequence[str], language: str) -> str:
    """The message, with what was probably meant if anything comes near."""
    from difflib import get_close_matches

    nearest = get_close_matches(given, known, n=1)
    if not nearest:
        return message
    return text(language, "{message} (did you mean {name}?)", message=message, name=nearest[0])


def named(parameter: click.Parameter | None) -> str:
    """An argument or option as the command line and the help page call it."""
    if parameter is None:
        return "?"
    if isinstance(parameter, click.Argument):
        return (parameter.metavar or parameter.human_readable_name).removesuffix("...")
    return " / ".join(parameter.opts)
