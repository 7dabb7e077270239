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

from gorev.daemon.errors import (
    BrokenConfiguration,
    HostRefused,
    InvalidChoice,
    InvalidEndpoint,
    InvalidPath,
    InvalidPort,
    ModeRefused,
    NoHome,
    NotADirectory,
    StartError,
)
from gorev.daemon.system import account_home, under_service_manager
from gorev.locale import DEFAULT_LANGUAGE, LANGUAGES, known

DEFAULT_PORT: Final = 5082
LOG_LEVELS: Final = ("debug", "info", "warn", "error")
LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1", "[::1]")
CONFIGURATION_PATH: Final = Path(".gorev-daemon", "config.toml")
CONFIGURATION_KEYS: Final = (
    "port",
    "host",
    "default_workspace",
    "export_directory",
    "allow_external_watches",
    "log_level",
    "language",
)

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
    ``allow_external_watches`` lets tasks watch files outside their workspace; ``mcp_port`` None means a local socket,
    else the loopback port of the local protocol. ``start_lock`` is the inherited descriptor of ``start_file``.
    ``warnings`` wait for the log to be there.
    """

    home: Path
    port: int
    workspace: DefaultWorkspace
    language: str
    log_level: str
    export_directory: Path | None = None
    allow_external_watches: bool = False
    mcp_port: int | None = None
    started_by: StartedBy = "hand"
    start_lock: int | None = None
    warnings: tuple[str, ...] = ()

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

    @classmethod
    def resolve(cls, flags: Flags, environ: Mapping[str, str], start_directory: Path | None = None) -> Settings:
        """The settings of a daemon started in ``start_directory`` (the current one); reads both configuration files.

        Raises a `StartError` that names what is wrong: `NoHome`, `BrokenConfiguration`, `InvalidPort`, `InvalidChoice`,
        `InvalidPath`, `InvalidEndpoint`, `NotADirectory`, `HostRefused`, `ModeRefused`.
        """
        home = home_directory(environ)
        configuration = _Configuration.read(home / CONFIGURATION_PATH)
        warnings = list(configuration.warnings)
        _refuse_other_hosts(flags.host or configuration.host)
        _refuse_other_modes(flags.mode or environ.get("GOREV_MODE"))
        started_by = _started_by(environ)
        return cls(
            home=home,
            port=_port(flags, environ, configuration, home / ".gorev" / "config.json", warnings),
            workspace=_Workspaces(home, start_directory or _current_directory()).default(
                flags, environ, configuration, started_by
            ),
            language=language(flags.lang, environ, configuration.language),
            log_level=_log_level(flags, environ, configuration, warnings),
            export_directory=_export_directory(configuration.export_directory, home),
            allow_external_watches=configuration.allow_external_watches is True,
            mcp_port=_mcp_port(flags.mcp_endpoint),
            started_by=started_by,
            start_lock=_descriptor(environ.get("GOREV_START_LOCK_FD", "")),
            warnings=tuple(warnings),
        )


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
    for choice in (flag, environ.get("GOREV_LANG"), configured):
        if choice in LANGUAGES:
            return choice
    return known(environ.get("LANG")) if environ.get("LANG") else DEFAULT_LANGUAGE


def spoken_language(flag: str | None, environ: Mapping[str, str]) -> str:
    """As `language`, for a command that must speak before, or without, anything else being right."""
    try:
        return language(flag, environ, _Configuration.read(home_directory(environ) / CONFIGURATION_PATH).language)
    except StartError:
        return language(flag, environ)


@attrs.frozen(kw_only=True)
class _Configuration:
    """``config.toml``, its values checked; None is not set."""

    port: int | None = None
    host: str | None = None
    default_workspace: str | None = None
    export_directory: str | None = None
    allow_external_watches: bool | None = None
    log_level: str | None = None
    language: str | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def read(cls, file: Path) -> _Configuration:
        try:
            content = file.read_text("utf-8")
            import tomllib  # after the reading: there is seldom a file

            found = tomllib.loads(content)
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            raise BrokenConfiguration(file=file, reason=error) from error
        unknown = [key for key in found if key not in CONFIGURATION_KEYS]
        values = {key: found.get(key) for key in CONFIGURATION_KEYS}
        for key in ("host", "default_workspace", "export_directory", "log_level", "language"):
            if not isinstance(values[key], str | None):
                raise BrokenConfiguration(file=file, reason=f"{key} is not a text")
        if not isinstance(values["allow_external_watches"], bool | None):
            raise BrokenConfiguration(file=file, reason="allow_external_watches is not true or false")
        _check_choice(f"log_level ({file})", values["log_level"], LOG_LEVELS)
        _check_choice(f"language ({file})", values["language"], LANGUAGES)
        if values["port"] is not None:
            _check_port(f"port ({file})", values["port"])
        return cls(**values, warnings=tuple(f"{file}: unknown key {key} is ignored" for key in unknown))


@attrs.frozen
class _Workspaces:
    """Finds the default workspace of a daemon that is started in ``start``."""

    home: Path
    start: Path

    def default(
        self, flags: Flags, environ: Mapping[str, str], configuration: _Configuration, started_by: StartedBy
    ) -> DefaultWorkspace:
        """The first that applies, in the order of the table in ``rest-api.md`` §1."""
        database = flags.db_path or environ.get("GOREV_DB_PATH")
        if flags.workspace:
            return self._given(flags.workspace)
        if database:
            return self._of_database(self._absolute(database))
        if configuration.default_workspace:
            return self._configured(configuration.default_workspace)
        found = self._nearest() if started_by == "hand" else None
        return found or self._of_database(self.home / ".gorev" / "gorev.db")

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


def _port(
    flags: Flags, environ: Mapping[str, str], configuration: _Configuration, original: Path, warnings: list[str]
) -> int:
    if flags.port is not None:
        return _check_port("--api-port", flags.port)
    if variable := environ.get("GOREV_API_PORT"):
        return _check_port("GOREV_API_PORT", int(variable) if re.fullmatch("[0-9]{1,5}", variable) else variable)
    if configuration.port is not None:
        return configuration.port
    port = _original_port(original, warnings)
    return DEFAULT_PORT if port is None else port


def _original_port(file: Path, warnings: list[str]) -> int | None:
    """``server_port`` of the original program's settings; it is not ours to complain about more than in the log."""
    try:
        port = json.loads(file.read_text("utf-8")).get("server_port")
        return None if port in (None, "") else _check_port("server_port", int(port))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError, InvalidPort) as error:
        warnings.append(f"{file} is ignored: {error}")
        return None


def _check_port(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 65535:
        raise InvalidPort(name=name, value=value)
    return value


def _check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise InvalidChoice(name=name, choices=", ".join(choices), value=value)


def _log_level(flags: Flags, environ: Mapping[str, str], configuration: _Configuration, warnings: list[str]) -> str:
    if flags.debug:
        return "debug"
    variable = environ.get("GOREV_LOG_LEVEL", "").lower()
    if variable in LOG_LEVELS:
        return variable
    if variable:
        warnings.append(f"GOREV_LOG_LEVEL is ignored: {variable} is none of {', '.join(LOG_LEVELS)}")
    return configuration.log_level or "info"


def _export_directory(configured: str | None, home: Path) -> Path | None:
    if not configured:
        return None
    expanded = home / configured[2:] if configured == "~" or configured.startswith("~/") else Path(configured)
    if not expanded.is_absolute():
        raise InvalidPath(name="export_directory", value=configured)
    return Path(os.path.normpath(expanded))


def _mcp_port(endpoint: str | None) -> int | None:
    if endpoint is None:
        return None
    found = re.fullmatch(r"tcp:127\.0\.0\.1:([0-9]{1,5})", endpoint)
    if found is None or int(found[1]) > 65535:
        raise InvalidEndpoint(value=endpoint)
    return int(found[1])


def _refuse_other_hosts(host: str | None) -> None:
    if host and host not in LOOPBACK_NAMES:
        raise HostRefused(host=host)


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
