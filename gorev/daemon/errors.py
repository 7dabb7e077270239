"""Why the daemon does not start.

Each error has a ``message``, the gettext key of its English text with ``{fields}``, so that the command line can say it
in the user's language; ``str`` of the error is the English text, for the log.
"""

from __future__ import annotations

from typing import ClassVar


class StartError(Exception):
    """The daemon cannot start, for a reason its user can act on."""

    message: ClassVar[str]

    def __init__(self, **fields: object) -> None:
        super().__init__(self.message.format(**fields))
        self.fields = fields


class NoHome(StartError):
    """Neither ``HOME`` nor the account database names a home directory."""

    message = "there is no home directory: set HOME to an absolute path"


class UnusableDirectory(StartError):
    """``directory``, the home or the daemon directory, is missing or cannot be written, because of ``reason``."""

    message = "the directory {directory} cannot be used: {reason}"


class BrokenConfiguration(StartError):
    """``file`` exists, but ``reason`` keeps it from being read."""

    message = "the configuration {file} cannot be read: {reason}"


class InvalidKind(BrokenConfiguration):
    """``name`` (a key, with its file) holds something of another kind than ``example`` is."""

    message = "{name} must look like {example}"


class InvalidNumber(BrokenConfiguration):
    """``name`` has ``value``, which is no whole number from ``low`` to ``high``."""

    message = "{name} must be a whole number from {low} to {high}, not {value}"


class InvalidOrigin(BrokenConfiguration):
    """``name`` has ``value``, which is no web origin."""

    message = "{name} must hold origins such as http://localhost:5173, not {value}"


class InvalidPort(StartError):
    """``name`` (a flag, variable or key) has ``value``, which is no port."""

    message = "{name} must be a port number from 0 to 65535, not {value}"


class InvalidChoice(StartError):
    """``name`` has ``value``, which is none of ``choices``."""

    message = "{name} must be one of {choices}, not {value}"


class InvalidPath(StartError):
    """``name`` has ``value``, which is no absolute path."""

    message = "{name} must be an absolute path, not {value}"


class InvalidEndpoint(StartError):
    """``value`` is no address the local protocol can listen on."""

    message = "--mcp-endpoint must look like tcp:127.0.0.1:PORT, not {value}"


class NotADirectory(StartError):
    """``path``, given as the workspace, is no directory."""

    message = "the workspace {path} is not a directory"


class HostRefused(StartError):
    """``host`` is reachable from other machines, which needs TLS (``rest-api.md`` §1)."""

    message = "listening on {host} needs encryption: set tls_certificate and tls_key in {file}"


class UnknownHost(StartError):
    """``host`` is no address of this machine, because of ``reason``."""

    message = "cannot listen on the host {host}: {reason}"


class TlsMissing(StartError):
    """The optional packages that TLS needs are not installed; ``package`` is what to install."""

    message = "encryption needs packages that are not installed: install {package}"


class BrokenCertificate(StartError):
    """The certificate ``file``, or its key, cannot be used because of ``reason``."""

    message = "the certificate or key {file} cannot be used: {reason}"


class TokenMissing(StartError):
    """A token is required, but the file ``path`` is not there."""

    message = "a token is required, but there is none in {path}: gorev token create makes one"


class TokenUnreadable(StartError):
    """The token's file at ``path`` cannot be read or written because of ``reason``."""

    message = "the token file {path} cannot be used: {reason}"


class TokenForeign(TokenUnreadable):
    """The token's file at ``path`` is not this user's."""

    message = "the token file {path} belongs to another user"


class TokenExposed(TokenUnreadable):
    """Other users may read the token's file at ``path``."""

    message = "other users can read the token file {path}: gorev token rotate makes one that is yours alone"


class TokenMalformed(TokenUnreadable):
    """What is at ``path`` is no token."""

    message = "the token file {path} does not hold a token: gorev token rotate makes one"


class ModeRefused(StartError):
    """``GOREV_MODE`` asks for a mode other than ``local``."""

    message = "the mode {mode} is not offered: only local is"


class AlreadyRunning(StartError):
    """A healthy daemon of this user runs as ``pid`` and answers at ``url``, on ``port``."""

    message = "daemon already running (PID: {pid}) at {url}"

    def __init__(self, *, pid: int, url: str, port: str) -> None:
        super().__init__(pid=pid, url=url, port=port)
        self.pid = pid
        self.url = url
        self.port = port


class GuardHeld(StartError):
    """Another daemon held the guard for ``seconds`` without being or becoming healthy."""

    message = "another daemon is starting or stopping and was not done after {seconds} seconds"


class Unresponsive(StartError):
    """``pid`` is a live Gorev daemon that does not answer at ``url``."""

    message = "a daemon (PID: {pid}) is running but does not answer at {url}"


class PortBusy(StartError):
    """Another process, which cannot be told, listens on ``port``."""

    message = "port {port} is in use; another one can be chosen with --api-port"


class PortBusyBy(StartError):
    """``holder`` (process name and pid) listens on ``port``."""

    message = "port {port} is in use by {holder}; another one can be chosen with --api-port"


class CannotListen(StartError):
    """The system refuses ``address`` (a port or a socket's path) because of ``reason``."""

    message = "cannot listen on {address}: {reason}"


class SocketBlocked(StartError):
    """Something that is not a socket lies at ``path``, where the daemon listens."""

    message = "{path} is in the way: it is not a socket"
