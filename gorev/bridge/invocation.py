"""What the command line and the environment tell a bridge: its workspace, its language, how to start a daemon."""

from __future__ import annotations

import os

from gorev import __version__
from gorev.bridge.texts import say
from gorev.launcher import Launch, NoHome, daemon_directory, home_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN = ("--debug", "--help", "-h")
_PROXY_VALUES = ("--workspace", "--lang")
_SERVE_VALUES = ("--api-port", "--port", "--db-path", "--mode", "--lang")


class UsageError(Exception):
    """The command line is not understood; the text is for the user."""


class Refused(Exception):
    """The environment is none that a bridge can work in; the text is for the user."""


class Invocation:
    """The settings of one bridge. ``workspace`` is an absolute path or None, ``language`` is ``tr``, ``en`` or None."""

    __slots__ = ("debug", "help", "language", "launch", "workspace")

    def __init__(self, workspace: str | None, language: str | None, launch: Launch, debug: bool, help: bool) -> None:  # noqa: A002
        self.workspace = workspace
        self.language = language
        self.launch = launch
        self.debug = debug
        self.help = help

    def hello(self, token: str) -> dict[str, object]:
        """Return the parameters of the hello (lifecycle.md §7 step 2); ``token`` is the lock file's, maybe empty."""
        # "drains": on notifications/gorev/shutting_down this bridge ends its side once its last line has left.
        client = {"pid": os.getpid(), "ppid": os.getppid(), "cwd": _current_directory()}
        optional = {
            "lang": self.language,
            "workspace_id": os.environ.get("GOREV_WORKSPACE_ID"),
            "workspace_name": os.environ.get("GOREV_WORKSPACE_NAME"),
            "token": token,
        }
        given = {name: value for name, value in optional.items() if value}
        return {"workspace": self.workspace, "client": client, "bridge_version": __version__, "drains": True, **given}


def read_invocation(argv: list[str], serve: bool) -> Invocation:
    """Read options and environment; raises UsageError or Refused."""
    language = _environment_language()
    options: dict[str, str] = {}
    for option, value in _options(argv, serve, language):
        if option == "--lang" and value in ("tr", "en"):
            language = value
        options[option] = value
    wants_help = "--help" in options
    workspace, directory = None, ""
    if not wants_help:
        _check_mode(language)
        try:
            workspace, directory = choose_workspace(options.get("--workspace", "")), daemon_directory()
        except NoHome as error:
            raise Refused(say(language, "no_home")) from error
    daemon_arguments: list[str] = []
    if serve:
        if "--api-port" in options:
            daemon_arguments += ["--api-port", options["--api-port"]]
        if "--db-path" in options:
            daemon_arguments += ["--db-path", os.path.abspath(options["--db-path"])]
        if "--debug" in options:
            daemon_arguments.append("--debug")
    return Invocation(
        workspace,
        language,
        Launch(directory, daemon_arguments, by="bridge"),
        "--debug" in options,
        wants_help,
    )


def _options(argv: list[str], serve: bool, language: str | None) -> Iterator[tuple[str, str]]:
    """Yield each option with its value, ``--port`` as ``--api-port`` and ``-h`` as ``--help``."""
    command = "serve" if serve else "mcp-proxy"
    with_value = _SERVE_VALUES if serve else _PROXY_VALUES
    without_value = (*_PLAIN, "--no-api") if serve else _PLAIN
    words = iter(argv)
    for word in words:
        option, equals, value = word.partition("=")
        if option in without_value and not equals:
            yield ("--help" if option == "-h" else option), ""
            continue
        if option not in with_value:
            nearest = _nearest(option, (*with_value, *without_value), language)
            raise UsageError(say(language, "unknown_option", command=command, option=word, nearest=nearest))
        if not equals:
            value = next(words, "")
        if not value:
            raise UsageError(say(language, "missing_value", command=command, option=option))
        if not _is_value_of(option, value):
            raise UsageError(say(language, "bad_value", command=command, option=option, value=value))
        yield ("--api-port" if option == "--port" else option), value


def _nearest(option: str, known: tuple[str, ...], language: str | None) -> str:
    from difflib import get_close_matches  # only whoever mistypes pays for it

    found = get_close_matches(option, known, n=1)
    return say(language, "did_you_mean", name=found[0]) if found else ""


def _is_value_of(option: str, value: str) -> bool:
    if option in ("--api-port", "--port"):
        return value.isascii() and value.isdecimal() and int(value) <= 65535
    if option == "--lang":
        return value in ("tr", "en")
    return option != "--mode" or value == "local"


def _check_mode(language: str | None) -> None:
    for variable in ("GOREV_MCP_CONNECTION_MODE", "GOREV_CONNECTION_MODE"):
        mode = os.environ.get(variable, "")
        if mode.lower() in ("remote", "docker"):
            raise Refused(say(language, "local_only", variable=variable, value=mode))
        if mode:
            return


def _environment_language() -> str | None:
    """Return what ``GOREV_LANG``, else ``LANG``, says (lifecycle.md §6); None when neither says anything."""
    language = os.environ.get("GOREV_LANG", "")
    if language in ("tr", "en"):
        return language
    system = os.environ.get("LANG", "")
    if not system:
        return None
    return "en" if system.startswith("en") else "tr"


def choose_workspace(option: str) -> str | None:
    """Return the workspace folder (lifecycle.md §7 step 3), absolute and tidy; None where only an accident names one.

    The home directory and the file-system root are taken only when ``--workspace`` or ``GOREV_WORKSPACE`` says so.
    """
    explicit = option or os.environ.get("GOREV_WORKSPACE", "")
    if explicit:
        return _tidy(explicit)
    excluded = _identities((home_directory(), "/"))
    of_client = os.environ.get("CLAUDE_PROJECT_DIR", "")
    if of_client:
        chosen = _tidy(of_client)
        return None if _identities((chosen,)) & excluded else chosen
    current = _current_directory()
    if current is None:
        return None
    candidates = [folder for folder in _upwards(current) if not _identities((folder,)) & excluded]
    for mark in (".gorev", ".git"):
        for folder in candidates:
            if os.path.exists(os.path.join(folder, mark)):
                return folder
    return current if current in candidates else None


def _tidy(path: str) -> str:
    """Make a path absolute, without ``.``, ``..`` and a trailing separator; links are not followed."""
    if path == "~" or path.startswith("~/"):  # a client's configuration file knows no shell that would expand it
        path = home_directory() + path[1:]
    absolute = os.path.abspath(path)
    return "/" + absolute.lstrip("/") if os.sep == "/" else absolute  # POSIX lets two slashes at the head stay


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _identities(paths: Iterable[str]) -> set[tuple[int, int]]:
    """Return device and inode of those of the paths that exist: two names of one folder are one folder."""
    found = set()
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        found.add((status.st_dev, status.st_ino))
    return found


def _current_directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None  # removed under our feet
