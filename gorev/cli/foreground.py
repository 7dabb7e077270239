"""Running the daemon in this process, by twistd's own machinery."""

from __future__ import annotations

import os

import attrs
from twisted.application.service import ServiceMaker
from twisted.logger import Logger
from twisted.scripts import twistd

from gorev.daemon.errors import StartError
from gorev.host_system import is_alive
from gorev.launcher import Launch, Reached, StartFailed, connect, hand_over, read_lock
from gorev.locale import text
from gorev.logs import standard_error
from gorev.settings import Flags, Settings
from gorev.tap import Options


def run_in_foreground(flags: Flags) -> int:
    """Run until a signal; returns 1 if the daemon does not start, having said why. Raises `StartError` of settings.

    One of an older version hands over to it first, with its port unless another one is given. This is
    ``twistd --nodaemon --pidfile= gorev …`` without its search for plugins. A signal ends the process by that signal:
    then this does not return.
    """
    settings = _after_older(flags, Settings.resolve(flags, os.environ))
    options = Options.of(settings)
    config = twistd.ServerOptions()  # type: ignore[attr-defined]  # not in __all__, but what runApp takes
    config.update(nodaemon=True, pidfile="", no_save=True, rundir=os.sep)
    config.subCommand = "gorev"
    config.subOptions = options
    config.loadedPlugins = {"gorev": ServiceMaker("Gorev", "gorev.tap", "", "gorev")}
    try:
        twistd.runApp(config)
    except StartError as error:
        if options.background:
            Logger(namespace="gorev.daemon").error("{reason}", reason=str(error))
        else:
            reason = text(settings.language, error.message, **error.fields)
            standard_error().write(f"gorev: {reason}\n")
        return 1
    return 0


def _after_older(flags: Flags, settings: Settings) -> Settings:
    """The settings as they are once a daemon of an older version, if one runs, has made room."""
    lock = read_lock(str(settings.directory))
    if lock is None or not lock.is_outdated or not is_alive(lock.pid):
        return settings
    try:
        # The start lock is let go, as an inherited one is, when this daemon is ready.
        held = hand_over(Launch(str(settings.directory)), Reached(lock, connect(lock), started=False))
    except (OSError, StartFailed):
        return settings
    port = int(lock.port) if flags.port is None and lock.port.isdecimal() else settings.port
    return attrs.evolve(settings, start_lock=held, port=port)
