"""Which setting wins, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gorev.configuration import KEYS
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
from gorev.settings import DefaultWorkspace, Flags, Settings, home_directory, language, spoken_language

NO_FLAGS = Flags()


def resolve(home: Path, flags: Flags = NO_FLAGS, start: Path | None = None, **environ: str) -> Settings:
    """The settings of a daemon with this environment and nothing else in it."""
    return Settings.resolve(flags, {"HOME": str(home), **environ}, start or home)


def configure(home: Path, content: str) -> None:
    (home / ".gorev-daemon").mkdir(exist_ok=True)
    (home / ".gorev-daemon" / "config.toml").write_text(content)


def leave_original_settings(home: Path, content: str) -> None:
    (home / ".gorev").mkdir(exist_ok=True)
    (home / ".gorev" / "config.json").write_text(content)


def workspace_in(folder: Path) -> Path:
    (folder / ".gorev").mkdir(parents=True)
    return folder


def per_user(home: Path) -> DefaultWorkspace:
    return DefaultWorkspace(home, home / ".gorev" / "gorev.db")


def test_without_anything_the_defaults_hold(home: Path) -> None:
    settings = resolve(home)
    assert (settings.port, settings.mcp_port, settings.language, settings.log_level) == (5082, None, "tr", "info")
    assert settings.workspace == per_user(home)
    assert settings.started_by == "hand"
    assert settings.warnings == ()


def test_every_path_of_the_user_lies_in_the_home_directory(home: Path) -> None:
    settings = resolve(home)
    directory = home / ".gorev-daemon"
    assert settings.directory == directory
    assert settings.lock_file == directory / ".lock"
    assert settings.start_file == directory / ".lock.start"
    assert settings.socket == directory / "mcp.sock"
    assert settings.log_file == directory / "daemon.log"
    assert settings.registry_file == directory / "workspaces.json"
    assert settings.user_database == home / ".gorev" / "gorev.db"


def test_resolving_creates_nothing(home: Path) -> None:
    resolve(home)
    assert list(home.iterdir()) == []


def test_the_port_is_the_flag_the_variable_the_configuration_the_original_s_or_5082(home: Path) -> None:
    leave_original_settings(home, '{"server_port": "6001"}')
    assert resolve(home).port == 6001
    configure(home, "port = 6002")
    assert resolve(home).port == 6002
    assert resolve(home, GOREV_API_PORT="6003").port == 6003
    assert resolve(home, Flags(port=0), GOREV_API_PORT="6003").port == 0


@pytest.mark.parametrize("value", ["http", "65536", "-1", "5 082", "٣", "5082.0"])
def test_a_variable_that_is_no_port_is_refused_by_name(home: Path, value: str) -> None:
    with pytest.raises(InvalidPort, match="GOREV_API_PORT"):
        resolve(home, GOREV_API_PORT=value)


@pytest.mark.parametrize("value", ["'5082'", "true", "70000", "50.5"])
def test_a_configured_port_that_is_none_is_refused_by_file(home: Path, value: str) -> None:
    configure(home, f"port = {value}")
    with pytest.raises(InvalidPort, match=r"config\.toml"):
        resolve(home)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"server_port": "many"}', '{"server_port": 99999}', '{"server_port": {}}']
)
def test_the_original_s_settings_are_ignored_with_a_warning_when_broken(home: Path, content: str) -> None:
    leave_original_settings(home, content)
    settings = resolve(home)
    assert settings.port == 5082
    assert "config.json is ignored" in settings.warnings[0]


@pytest.mark.parametrize("content", ["{}", '{"server_port": null}', '{"server_port": ""}', '{"server_port": 6001}'])
def test_the_original_s_settings_may_leave_the_port_out(home: Path, content: str) -> None:
    leave_original_settings(home, content)
    assert resolve(home).warnings == ()


def test_an_unknown_key_is_warned_about_and_ignored(home: Path) -> None:
    configure(home, "color = 'red'\nport = 6002")
    settings = resolve(home)
    assert settings.port == 6002
    assert "color" in settings.warnings[0]


@pytest.mark.parametrize("content", ["port = ", "\x00", "host = 5", "language = true", "allow_external_watches = 1"])
def test_a_broken_configuration_is_an_error_that_names_it(home: Path, content: str) -> None:
    configure(home, content)
    with pytest.raises(BrokenConfiguration, match=r"config\.toml"):
        resolve(home)


def test_a_configuration_that_is_not_utf_8_is_an_error_that_names_it(home: Path) -> None:
    configure(home, "")
    (home / ".gorev-daemon" / "config.toml").write_bytes(b"host = '\xff'")
    with pytest.raises(BrokenConfiguration, match=r"config\.toml"):
        resolve(home)


@pytest.mark.parametrize(("content", "allowed"), [("", False), ("allow_external_watches = true", True)])
def test_files_outside_a_workspace_are_watched_where_that_is_configured(
    home: Path, content: str, allowed: bool
) -> None:
    configure(home, content)
    assert resolve(home).allow_external_watches is allowed


@pytest.mark.parametrize("content", ["log_level = 'loud'", "language = 'de'"])
def test_a_configured_value_that_is_no_choice_is_refused(home: Path, content: str) -> None:
    configure(home, content)
    with pytest.raises(InvalidChoice, match=r"config\.toml"):
        resolve(home)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]"])
def test_the_loopback_may_be_named(home: Path, host: str) -> None:
    assert resolve(home, Flags(host=host)).port == 5082


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "127.0.0.2", "example.org", ""])
def test_another_host_needs_encryption(home: Path, host: str) -> None:
    with pytest.raises(HostRefused, match="tls_certificate"):
        resolve(home, Flags(host=host))
    configure(home, f"host = '{host}'\ntls_certificate = '~/c.pem'")
    with pytest.raises(HostRefused, match="tls_key"):
        resolve(home)


def test_another_host_needs_a_token_whatever_is_set(home: Path) -> None:
    configure(home, "tls_certificate = '~/c.pem'\ntls_key = '/k.pem'\nrequire_token = false")
    settings = resolve(home, Flags(host="192.168.1.5"))
    assert (settings.is_remote, settings.needs_token) == (True, True)
    assert (settings.tls_certificate, settings.tls_key) == (home / "c.pem", Path("/k.pem"))


@pytest.mark.parametrize(("content", "needed"), [("", False), ("require_token = true", True)])
def test_on_the_loopback_a_token_is_needed_where_that_is_configured(home: Path, content: str, needed: bool) -> None:
    configure(home, content)
    assert resolve(home).needs_token is needed


def test_a_certificate_is_named_by_an_absolute_path(home: Path) -> None:
    configure(home, "tls_certificate = 'c.pem'")
    with pytest.raises(InvalidPath, match="tls_certificate"):
        resolve(home)


def test_another_mode_is_refused(home: Path) -> None:
    assert resolve(home, Flags(mode="local"), GOREV_MODE="centralized").port == 5082
    with pytest.raises(ModeRefused, match="centralized"):
        resolve(home, GOREV_MODE="centralized")


@pytest.mark.parametrize(("endpoint", "port"), [("tcp:127.0.0.1:0", 0), ("tcp:127.0.0.1:65535", 65535)])
def test_the_local_protocol_may_use_tcp(home: Path, endpoint: str, port: int) -> None:
    assert resolve(home, Flags(mcp_endpoint=endpoint)).mcp_port == port


@pytest.mark.parametrize(
    "endpoint", ["tcp", "tcp:0.0.0.0:0", "tcp:127.0.0.1:65536", "tcp:127.0.0.1:", "unix:/x", "tcp:127.0.0.1:0 "]
)
def test_another_address_of_the_local_protocol_is_refused(home: Path, endpoint: str) -> None:
    with pytest.raises(InvalidEndpoint):
        resolve(home, Flags(mcp_endpoint=endpoint))


@pytest.mark.parametrize(
    ("flag", "gorev_lang", "configured", "lang", "spoken"),
    [
        (None, None, None, None, "tr"),
        (None, None, None, "en_GB.UTF-8", "en"),
        (None, None, None, "de_DE.UTF-8", "tr"),
        (None, None, None, "C", "tr"),
        (None, None, None, "POSIX", "tr"),
        (None, None, None, "", "tr"),
        (None, None, "tr", "en_GB.UTF-8", "tr"),
        (None, "en", "tr", None, "en"),
        (None, "de", None, "en_US", "en"),
        ("tr", "en", "en", "en_US", "tr"),
    ],
)
def test_the_language_is_the_flag_the_variable_the_configuration_or_the_locale(
    flag: str | None, gorev_lang: str | None, configured: str | None, lang: str | None, spoken: str
) -> None:
    given = {"GOREV_LANG": gorev_lang, "LANG": lang}
    assert language(flag, {name: value for name, value in given.items() if value is not None}, configured) == spoken


def test_a_command_speaks_the_configured_language(home: Path) -> None:
    configure(home, "language = 'en'")
    assert spoken_language(None, {"HOME": str(home)}) == "en"


def test_a_command_speaks_even_when_everything_is_broken(home: Path) -> None:
    configure(home, "language = ")
    assert spoken_language(None, {"HOME": str(home), "LANG": "en_US"}) == "en"
    assert spoken_language("en", {"HOME": "nowhere"}) == "en"


@pytest.mark.parametrize(
    ("flags", "variable", "configured", "level"),
    [
        (Flags(), "", "", "info"),
        (Flags(), "", "error", "error"),
        (Flags(), "WARN", "error", "warn"),
        (Flags(debug=True), "error", "", "debug"),
    ],
)
def test_the_log_level_is_the_flag_the_variable_or_the_configuration(
    home: Path, flags: Flags, variable: str, configured: str, level: str
) -> None:
    if configured:
        configure(home, f"log_level = '{configured}'")
    assert resolve(home, flags, GOREV_LOG_LEVEL=variable).log_level == level


def test_an_unknown_log_level_in_the_environment_is_warned_about(home: Path) -> None:
    settings = resolve(home, GOREV_LOG_LEVEL="loud")
    assert settings.log_level == "info"
    assert "GOREV_LOG_LEVEL" in settings.warnings[0]


def test_the_workspace_of_the_start_directory_is_the_nearest_above_it(home: Path) -> None:
    outer = workspace_in(home / "outer")
    inner = workspace_in(outer / "inner")
    (inner / "deep" / "er").mkdir(parents=True)
    assert resolve(home, start=inner / "deep" / "er").workspace == DefaultWorkspace(inner)
    assert resolve(home, start=outer).workspace == DefaultWorkspace(outer)


def test_the_home_directory_is_no_workspace_by_accident(home: Path) -> None:
    workspace_in(home)
    (home / "project").mkdir()
    assert resolve(home, start=home / "project").workspace == per_user(home)


def test_the_home_directory_is_known_by_another_name(home: Path) -> None:
    workspace_in(home / "real")
    (home / "link").symlink_to(home / "real")
    (home / "real" / "project").mkdir()
    assert resolve(home / "link", start=home / "real" / "project").workspace == per_user(home / "link")


def test_a_file_of_the_name_is_no_workspace(home: Path) -> None:
    (home / "project").mkdir()
    (home / "project" / ".gorev").write_text("")
    assert resolve(home, start=home / "project").workspace == per_user(home)


@pytest.mark.parametrize("starter", ["bridge", "cli"])
def test_a_daemon_that_was_not_started_by_hand_does_not_look_where_it_stands(home: Path, starter: str) -> None:
    project = workspace_in(home / "project")
    settings = resolve(home, start=project, GOREV_STARTED_BY=starter)
    assert settings.workspace == per_user(home)
    assert settings.started_by == starter


def test_a_service_does_not_look_where_it_stands(home: Path) -> None:
    project = workspace_in(home / "project")
    settings = resolve(home, start=project, SYSTEMD_EXEC_PID=str(os.getpid()))
    assert settings.workspace == per_user(home)
    assert settings.started_by == "service"


def test_the_default_workspace_is_the_flag_the_database_the_configuration_or_the_nearest(home: Path) -> None:
    project = workspace_in(home / "project")
    given = home / "given"
    given.mkdir()
    assert resolve(home, start=project).workspace == DefaultWorkspace(project)
    configure(home, "default_workspace = '~/configured'")
    assert resolve(home, start=project).workspace == DefaultWorkspace(home / "configured")
    by_variable = resolve(home, start=project, GOREV_DB_PATH="data/tasks.db").workspace
    assert by_variable == DefaultWorkspace(project / "data", project / "data" / "tasks.db")
    by_flag = resolve(home, Flags(db_path="/x/.gorev/tasks.db"), project, GOREV_DB_PATH="data/tasks.db").workspace
    assert by_flag == DefaultWorkspace(Path("/x"), Path("/x/.gorev/tasks.db"))
    flags = Flags(workspace="../given/", db_path="/x/tasks.db")
    assert resolve(home, flags, project).workspace == DefaultWorkspace(given)


def test_a_workspace_given_by_flag_must_be_a_directory(home: Path) -> None:
    (home / "file").write_text("")
    for path in ("file", "missing"):
        with pytest.raises(NotADirectory, match=str(home / path)):
            resolve(home, Flags(workspace=path))


def test_the_home_directory_given_as_the_workspace_is_the_per_user_one(home: Path) -> None:
    assert resolve(home, Flags(workspace="~")).workspace == per_user(home)


def test_a_configured_workspace_must_be_absolute(home: Path) -> None:
    configure(home, "default_workspace = 'project'")
    with pytest.raises(InvalidPath, match="default_workspace"):
        resolve(home)


def test_a_link_in_a_workspace_s_path_is_kept(home: Path) -> None:
    """Its id is made of the path as it was named, rule W1."""
    (home / "real").mkdir()
    (home / "link").symlink_to(home / "real")
    assert resolve(home, Flags(workspace="link")).workspace == DefaultWorkspace(home / "link")


def test_the_inherited_start_lock_is_known_by_its_number(home: Path) -> None:
    assert resolve(home, GOREV_START_LOCK_FD="7").start_lock == 7
    assert resolve(home, GOREV_START_LOCK_FD="x").start_lock is None
    assert resolve(home).start_lock is None


def test_a_home_that_is_no_absolute_path_is_no_home() -> None:
    with pytest.raises(NoHome, match="HOME"):
        home_directory({"HOME": "relative"})


def test_without_the_variable_the_account_database_knows_the_home() -> None:
    assert home_directory({}).is_absolute()


def test_the_text_of_an_error_is_filled_in() -> None:
    error: StartError = InvalidPort(name="GOREV_API_PORT", value="x")
    assert str(error) == "GOREV_API_PORT must be a port number from 0 to 65535, not x"
    assert error.message.format(**error.fields) == str(error)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("reader_connections = 0", "from 1 to 8"),
        ("reader_connections = true", "from 1 to 8"),
        ("workspace_idle_minutes = -1", "from 0 to 10080"),
        ("event_retention_count = 10", "from 1000 to"),
        ("durability = 'most'", "full, normal"),
        ("durability = 1", "must look like"),
        ("allowed_origins = 'http://localhost:5173'", "must look like"),
        ("allowed_origins = ['http://localhost:5173/']", "must hold origins"),
        ("allowed_origins = ['*']", "must hold origins"),
        ("allowed_origins = ['null']", "must hold origins"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_its_key_file_and_bounds(home: Path, content: str, said: str) -> None:
    configure(home, content)
    with pytest.raises(StartError, match=rf"{content.split()[0]} \(.*config\.toml\).*{said}"):
        resolve(home)


def test_every_setting_tells_what_decided_it(home: Path) -> None:
    configure(home, "durability = 'normal'\nallowed_origins = ['http://localhost:5173']\nlog_level = 'warn'")
    leave_original_settings(home, '{"server_port": 6001}')
    settings = resolve(home, GOREV_LANG="en", GOREV_LOG_LEVEL="error", GOREV_DB_PATH="/x/y.db")
    assert settings.origins.keys() == KEYS.keys()
    assert (settings.durability, settings.allowed_origins) == ("normal", ("http://localhost:5173",))
    told = {name: origin for name, origin in settings.origins.items() if origin != "default"}
    assert told == {
        "port": "~/.gorev/config.json",
        "language": "GOREV_LANG",
        "log_level": "GOREV_LOG_LEVEL",
        "default_workspace": "GOREV_DB_PATH",
        "durability": "~/.gorev-daemon/config.toml",
        "allowed_origins": "~/.gorev-daemon/config.toml",
    }


def test_what_is_no_file_in_the_configuration_s_place_is_an_error_that_names_it(home: Path) -> None:
    (home / ".gorev-daemon").mkdir()
    place = home / ".gorev-daemon" / "config.toml"
    place.mkdir()
    with pytest.raises(BrokenConfiguration, match=r"config\.toml"):
        resolve(home)
    place.rmdir()
    os.mkfifo(place)
    with pytest.raises(BrokenConfiguration, match=r"config\.toml.*regular file"):
        resolve(home)


def database_in(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "gorev.db"
    file.touch()
    return file


@pytest.mark.parametrize("place", [".", ".gorev"])
def test_a_database_in_the_folder_of_the_original_installer_is_the_default_one(home: Path, place: str) -> None:
    file = database_in(home / "root" / place)
    settings = resolve(home, GOREV_ROOT=str(home / "root"))
    assert settings.workspace == DefaultWorkspace(home / "root", file)
    assert settings.origins["default_workspace"] == "GOREV_ROOT"


def test_a_folder_of_the_original_installer_without_a_database_changes_nothing(home: Path) -> None:
    assert resolve(home, GOREV_ROOT=str(home)).workspace == per_user(home)
    assert resolve(home, GOREV_ROOT="").workspace == per_user(home)


def test_a_database_that_is_named_comes_before_the_folder_of_the_original_installer(home: Path) -> None:
    database_in(home / "root")
    settings = resolve(home, GOREV_ROOT=str(home / "root"), GOREV_DB_PATH="/x/y.db")
    assert settings.origins["default_workspace"] == "GOREV_DB_PATH"


def test_the_folder_of_the_original_installer_comes_before_the_configuration(home: Path) -> None:
    database_in(home / "root")
    configure(home, 'default_workspace = "/elsewhere"\n')
    assert resolve(home, GOREV_ROOT="root", start=home).workspace.path == home / "root"


@pytest.mark.parametrize(
    ("flags", "environ", "options"),
    [
        (Flags(), {}, ()),
        (Flags(db_path="/x/y.db"), {}, ("--db-path", "/x/y.db")),
        (Flags(), {"GOREV_DB_PATH": "/x/y.db", "GOREV_LANG": "en"}, ("--db-path", "/x/y.db", "--lang", "en")),
        (Flags(mcp_endpoint="tcp:127.0.0.1:0", debug=True), {}, ("--mcp-endpoint", "tcp:127.0.0.1:0", "--debug")),
        (Flags(host="localhost", lang="tr"), {"LANG": "en_US"}, ("--host", "localhost", "--lang", "tr")),
    ],
)
def test_a_successor_is_told_what_it_cannot_find_out_itself(
    home: Path, flags: Flags, environ: dict[str, str], options: tuple[str, ...]
) -> None:
    assert resolve(home, flags, None, **environ).options == options


def test_a_successor_serves_the_same_workspace_wherever_it_is_started(home: Path) -> None:
    project = workspace_in(home / "project")
    assert resolve(home, start=project).options == ("--workspace", str(project))
    assert resolve(home, Flags(workspace=str(project))).options == ("--workspace", str(project))
    configure(home, f'default_workspace = "{project}"\n')
    assert resolve(home).options == ()
