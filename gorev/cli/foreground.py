"""Running the daemon in this process, by twistd's own machinery."""

from __future__ import annotations

import os

from twisted.application.service import ServiceMaker
from twisted.logger import Logger
from twisted.scripts import twistd

from gorev.daemon.errors import StartError
from gorev.locale import text
from gorev.logs import standard_error
from gorev.settings import Flags, Settings
from gorev.tap import Options


def run_in_foreground(flags: Flags) -> int:
    """Run until a signal; returns 1 if the daemon does not start, having said why. Raises `StartError` of settings.

    This is ``twistd --nodaemon --pidfile= gorev …`` without its search for plugins. A signal ends the process by that
    signal: then this does not return.
    """
    settings = Settings.resolve(flags, os.environ)
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
