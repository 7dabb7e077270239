"""What this daemon was told: by flags, the environment and the configuration files, in that order of precedence.

The table is ``lifecycle.md`` §6. Every path that belongs to the user rather than to a workspace is a property here.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from gorev.configuration import KEYS, LOG_LEVELS, Configuration, check_port, port_of
from gorev.daemon.errors import (
    HostRefused,
    InvalidEndpoint,
    InvalidPath,
    InvalidPort,
    ModeRefused,
    NoHome,
    NotADirectory,
    StartError,
)
from gorev.daemon.system import account_home, under_service_manager
from gorev.locale import DEFAULT_LANGUAGE, LANGUAGES, known, text
from gorev.small_file import content

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1", "[::1]")
CONFIGURATION_PATH: Final = Path(".gorev-daemon", "config.toml")
ORIGINAL_PATH: Final = Path(".gorev", "config.json")

StartedBy = Literal["hand", "cli", "bridge", "service"]


@attrs.frozen(kw_only=True)
class Flags:
    """What the command line says; None is not given."""

    port: int | None = None
    host: str | None = None
    workspace: str | None = None
    db_path: str | None = None
    mcp_endpoint: str | None = None
    lang: str | None = None
    mode: str | None = None
    debug: bool = False


@attrs.frozen
class DefaultWorkspace:
    """The workspace of requests that name none (``rest-api.md`` §1).

    ``path`` is absolute and clean but need not exist. With a ``database_file`` that file is used, existing or not,
    instead of the one that rule W2 would choose.
    """

    path: Path
    database_file: Path | None = None


@attrs.frozen(kw_only=True)
class Settings:
    """Everything that is fixed for the life of the process.

    ``port`` 0 means any free one; ``export_directory`` is one more folder where exports may be written;
    ``mcp_port`` None means a local socket, else the loopback port of the local protocol. ``start_lock`` is the
    inherited descriptor of ``start_file``. ``origins`` names for each key of the configuration what decided it: a flag,
    a variable, a file, or ``default``. ``warnings`` wait for the log to be there. What the other keys mean stands
    beside them in `KEYS`.
    """

    home: Path
    port: int
    workspace: DefaultWorkspace
    language: str
    log_level: str
    host: str = "localhost"
    require_token: bool = False
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    export_directory: Path | None = None
    allow_external_watches: bool = False
    allowed_origins: tuple[str, ...] = ()
    durability: str = "full"
    reader_connections: int = 2
    workspace_idle_minutes: int = 15
    event_retention_count: int = 100_000
    event_retention_days: int = 30
    max_websockets: int = 2_000
    mcp_port: int | None = None
    started_by: StartedBy = "hand"
    start_lock: int | None = None
    origins: Mapping[str, str] = attrs.Factory(dict)
    warnings: tuple[str, ...] = ()

    @property
    def is_remote(self) -> bool:
        """Whether other machines may reach the daemon."""
        return self.host not in LOOPBACK_NAMES

    @property
    def needs_token(self) -> bool:
        """Whether clients of HTTP must show the token."""
        return self.require_token or self.is_remote

    @property
    def token_file(self) -> Path:
        """The token that clients of HTTP show, if one is required."""
        return self.directory / "token"

    @property
    def directory(self) -> Path:
        """The daemon directory, mode 0700."""
        return self.home / ".gorev-daemon"

    @property
    def lock_file(self) -> Path:
        """What clients read to find the daemon."""
        return self.directory / ".lock"

    @property
    def start_file(self) -> Path:
        """Locked by whoever is starting a daemon."""
        return self.directory / ".lock.start"

    @property
    def socket(self) -> Path:
        """Where the local protocol listens, unless it uses TCP."""
        return self.directory / "mcp.sock"

    @property
    def log_file(self) -> Path:
        """The log of a daemon without a terminal."""
        return self.directory / "daemon.log"

    @property
    def registry_file(self) -> Path:
        """The workspaces this user has registered."""
        return self.directory / "workspaces.json"

    @property
    def user_database(self) -> Path:
        """The database of the per-user workspace, mode 0600."""
        return self.home / ".gorev" / "gorev.db"

    @property
    def ide_settings_file(self) -> Path:
        """The user's settings for editors."""
        return self.home / ".gorev" / "ide-config.json"

    @property
    def options(self) -> tuple[str, ...]:
        """The flags with which a daemon started elsewhere serves the same, but for its port.

        What the configuration says is left out, since the other daemon reads it too.
        """
        origin, workspace = self.origins.get("default_workspace"), self.workspace
        words: list[str] = []
        if workspace.database_file is None:
            if origin != _shown(CONFIGURATION_PATH):
                words += ["--workspace", str(workspace.path)]
        elif origin in ("--workspace", "--db-path", "GOREV_DB_PATH", "GOREV_ROOT"):
            words += ["--db-path", str(workspace.database_file)]
        if self.mcp_port is not None:
            words += ["--mcp-endpoint", f"tcp:127.0.0.1:{self.mcp_port}"]
        if self.origins.get("host") == "--host":
            words += ["--host", self.host]
        if self.origins.get("language") in ("--lang", "GOREV_LANG"):
            words += ["--lang", self.language]
        if self.origins.get("log_level") == "--debug":
            words.append("--debug")
        return tuple(words)

    @classmethod
    def resolve(cls, flags: Flags, environ: Mapping[str, str], start_directory: Path | None = None) -> Settings:
        """The settings of a daemon started in ``start_directory`` (the current one); reads both configuration files.

        Raises a `StartError` that names what is wrong: `NoHome`, `BrokenConfiguration`, `InvalidPort`, `InvalidChoice`,
        `InvalidPath`, `InvalidEndpoint`, `NotADirectory`, `HostRefused`, `ModeRefused`.
        """
        home = home_directory(environ)
        configuration = Configuration.read(home / CONFIGURATION_PATH)
        choices = _Choices(home, flags, environ, configuration)
        host, certificate, tls_key = choices.host(), choices.file("tls_certificate"), choices.file("tls_key")
        if host not in LOOPBACK_NAMES and (certificate is None or tls_key is None):
            raise HostRefused(host=host, file=home / CONFIGURATION_PATH)
        _refuse_other_modes(flags.mode or environ.get("GOREV_MODE"))
        started_by = _started_by(environ)
        workspace, workspace_origin = _Workspaces(home, start_directory or _current_directory()).default(
            flags, environ, configuration, started_by
        )
        choices.origins["default_workspace"] = workspace_origin
        return cls(
            home=home,
            port=choices.port(),
            workspace=workspace,
            language=choices.language(),
            log_level=choices.log_level(),
            host=host,
            require_token=choices.configured("require_token"),
            tls_certificate=certificate,
            tls_key=tls_key,
            export_directory=choices.file("export_directory"),
            allow_external_watches=choices.configured("allow_external_watches"),
            allowed_origins=tuple(choices.configured("allowed_origins")),
            durability=choices.configured("durability"),
            reader_connections=choices.configured("reader_connections"),
            workspace_idle_minutes=choices.configured("workspace_idle_minutes"),
            event_retention_count=choices.configured("event_retention_count"),
            event_retention_days=choices.configured("event_retention_days"),
            max_websockets=choices.configured("max_websockets"),
            mcp_port=_mcp_port(flags.mcp_endpoint),
            started_by=started_by,
            start_lock=_descriptor(environ.get("GOREV_START_LOCK_FD", "")),
            origins=choices.origins,
            warnings=(*configuration.warnings, *choices.warnings),
        )


@attrs.frozen
class _Choices:
    """Decides among flags, environment and files, and remembers by which of them."""

    home: Path
    flags: Flags
    environ: Mapping[str, str]
    configuration: Configuration
    origins: dict[str, str] = attrs.Factory(dict)
    warnings: list[str] = attrs.Factory(list)

    def configured(self, name: str) -> Any:
        """The value of a key that neither flags nor the environment set."""
        value = self.configuration.get(name)
        self.origins[name] = "default" if value is None else _shown(CONFIGURATION_PATH)
        return KEYS[name].default if value is None else value

    def host(self) -> str:
        """The address to listen on."""
        if self.flags.host is not None:
            self.origins["host"] = "--host"
            return self.flags.host
        host: str = self.configured("host")
        return host

    def file(self, name: str) -> Path | None:
        """The absolute path in a key; ``~`` is the home directory. Raises `InvalidPath`."""
        configured = self.configured(name)
        return _absolute_path(name, configured, self.home) if configured else None

    def port(self) -> int:
        """Raises `InvalidPort`."""
        if self.flags.port is not None:
            return self._port("--api-port", self.flags.port)
        if variable := self.environ.get("GOREV_API_PORT"):
            return self._port("GOREV_API_PORT", port_of(variable))
        if self.configuration.get("port") is None:
            port = _original_port(self.home / ORIGINAL_PATH, self.warnings)
            if port is not None:
                self.origins["port"] = _shown(ORIGINAL_PATH)
                return port
        configured: int = self.configured("port")
        return configured

    def _port(self, origin: str, value: Any) -> int:
        check_port(origin, value)
        self.origins["port"] = origin
        port: int = value
        return port

    def language(self) -> str:
        """As the function of this name."""
        chosen, self.origins["language"] = _language(self.flags.lang, self.environ, self.configuration.get("language"))
        return chosen

    def log_level(self) -> str:
        """A variable that names none is ignored, with a warning."""
        if self.flags.debug:
            self.origins["log_level"] = "--debug"
            return "debug"
        variable = self.environ.get("GOREV_LOG_LEVEL", "").lower()
        if variable in LOG_LEVELS:
            self.origins["log_level"] = "GOREV_LOG_LEVEL"
            return variable
        if variable:
            self.warnings.append(f"GOREV_LOG_LEVEL is ignored: {variable} is none of {', '.join(LOG_LEVELS)}")
        level: str = self.configured("log_level")
        return level


def exposure(settings: Settings, spoken: str) -> str:
    """The warning of a daemon that other machines can reach."""
    message = (
        "Other machines can reach this daemon as {host}, with the token. It is made for your own machine and network:"
        " never let the Internet reach it."
    )
    return text(spoken, message, host=settings.host)


def home_directory(environ: Mapping[str, str]) -> Path:
    """The user's home: ``HOME``, else what the account database says. Raises `NoHome`."""
    home = environ.get("HOME") or account_home()
    if not home or not Path(home).is_absolute():
        raise NoHome
    return Path(os.path.normpath(home))


def language(flag: str | None, environ: Mapping[str, str], configured: str | None = None) -> str:
    """``tr`` or ``en``: the flag, ``GOREV_LANG``, the configuration, the locale, Turkish.

    The locale comes after the configuration, because nearly every environment sets it without Gorev in mind.
    """
    return _language(flag, environ, configured)[0]


def _language(flag: str | None, environ: Mapping[str, str], configured: str | None) -> tuple[str, str]:
    given = {"--lang": flag, "GOREV_LANG": environ.get("GOREV_LANG"), _shown(CONFIGURATION_PATH): configured}
    for origin, choice in given.items():
        if choice in LANGUAGES:
            return choice, origin
    if environ.get("LANG"):
        return known(environ.get("LANG")), "LANG"
    return DEFAULT_LANGUAGE, "default"


def spoken_language(flag: str | None, environ: Mapping[str, str]) -> str:
    """As `language`, for a command that must speak before, or without, anything else being right."""
    try:
        return language(flag, environ, Configuration.read(home_directory(environ) / CONFIGURATION_PATH).get("language"))
    except StartError:
        return language(flag, environ)


@attrs.frozen
class _Workspaces:
    """Finds the default workspace of a daemon that is started in ``start``."""

    home: Path
    start: Path

    def default(
        self, flags: Flags, environ: Mapping[str, str], configuration: Configuration, started_by: StartedBy
    ) -> tuple[DefaultWorkspace, str]:
        """The first that applies, in the order of the table in ``rest-api.md`` §1, and what decided it."""
        if flags.workspace:
            return self._given(flags.workspace), "--workspace"
        if flags.db_path:
            return self._of_database(self._absolute(flags.db_path)), "--db-path"
        if variable := environ.get("GOREV_DB_PATH"):
            return self._of_database(self._absolute(variable)), "GOREV_DB_PATH"
        if found := self._of_root(environ.get("GOREV_ROOT")):
            return found, "GOREV_ROOT"
        if configured := configuration.get("default_workspace"):
            return self._configured(configured), _shown(CONFIGURATION_PATH)
        nearest = self._nearest() if started_by == "hand" else None
        return nearest or self._of_database(self.home / ".gorev" / "gorev.db"), "default"

    def _given(self, path: str) -> DefaultWorkspace:
        absolute = self._absolute(path)
        if not absolute.is_dir():
            raise NotADirectory(path=absolute)
        return self._of_folder(absolute)

    def _configured(self, path: str) -> DefaultWorkspace:
        """Its folder may be missing today, on a disk that is not mounted: that does not stop the start."""
        expanded = self._expanded(path)
        if not expanded.is_absolute():
            raise InvalidPath(name="default_workspace", value=path)
        return self._of_folder(self._absolute(path))

    def _of_root(self, root: str | None) -> DefaultWorkspace | None:
        """The folder that the original program's installer names, if there is a database in it."""
        folder = self._absolute(root) if root else None
        for file in () if folder is None else (folder / "gorev.db", folder / ".gorev" / "gorev.db"):
            if file.is_file():
                return self._of_database(file)
        return None

    def _nearest(self) -> DefaultWorkspace | None:
        for folder in (self.start, *self.start.parents):
            if (folder / ".gorev").is_dir() and not self._is_nobodys(folder):
                return DefaultWorkspace(folder)
        return None

    def _is_nobodys(self, folder: Path) -> bool:
        """The home directory and the root are no workspace by accident, by whatever name they are reached."""
        return any(place.exists() and folder.samefile(place) for place in (self.home, Path(self.home.anchor)))

    def _of_folder(self, folder: Path) -> DefaultWorkspace:
        if folder == self.home:
            return self._of_database(self.home / ".gorev" / "gorev.db")
        return DefaultWorkspace(folder)

    def _of_database(self, file: Path) -> DefaultWorkspace:
        folder = file.parent
        return DefaultWorkspace(folder.parent if folder.name == ".gorev" else folder, file)

    def _absolute(self, path: str) -> Path:
        # normpath rather than resolve: the workspace id is made of the path as it was named, rule W1.
        return Path(os.path.normpath(self.start / self._expanded(path)))

    def _expanded(self, path: str) -> Path:
        return self.home / path[2:] if path == "~" or path.startswith("~/") else Path(path)


def _original_port(file: Path, warnings: list[str]) -> int | None:
    """``server_port`` of the original program's settings; it is not ours to complain about more than in the log."""
    try:
        port = json.loads(content(file)).get("server_port")
        if port in (None, ""):
            return None
        check_port("server_port", int(port))
        return int(port)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, InvalidPort) as error:
        warnings.append(f"{file} is ignored: {error}")
        return None


def _absolute_path(name: str, configured: str, home: Path) -> Path:
    expanded = home / configured[2:] if configured == "~" or configured.startswith("~/") else Path(configured)
    if not expanded.is_absolute():
        raise InvalidPath(name=name, value=configured)
    return Path(os.path.normpath(expanded))


def _shown(below_home: Path) -> str:
    return f"~/{below_home.as_posix()}"


def _mcp_port(endpoint: str | None) -> int | None:
    if endpoint is None:
        return None
    found = re.fullmatch(r"tcp:127\.0\.0\.1:([0-9]{1,5})", endpoint)
    if found is None or int(found[1]) > 65535:
        raise InvalidEndpoint(value=endpoint)
    return int(found[1])


def _refuse_other_modes(mode: str | None) -> None:
    if mode and mode != "local":
        raise ModeRefused(mode=mode)


def _current_directory() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:  # it was deleted under this process
        return Path(os.sep)


def _started_by(environ: Mapping[str, str]) -> StartedBy:
    starter = environ.get("GOREV_STARTED_BY")
    if starter in ("cli", "bridge"):
        return starter  # type: ignore[return-value]  # narrowed by `in`, which mypy does not follow
    return "service" if under_service_manager(environ) else "hand"


def _descriptor(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None
