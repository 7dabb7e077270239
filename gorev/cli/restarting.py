"""Restarting the daemon: nobody else can start one in between, and a service manager restarts its own."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import attrs

from gorev.cli import service_manager
from gorev.cli.control import POLL_SECONDS, look, stop
from gorev.cli.detached import print_running, size_of, start_detached, start_failure
from gorev.cli.speech import Failed
from gorev.daemon.record import LockRecord
from gorev.daemon.token import TokenFile
from gorev.daemon.units import unit_for
from gorev.launcher import Launch, StartFailed, take_start_lock
from gorev.locale import text
from gorev.settings import Flags, Settings

# The manager has waited for the end of the old one and, systemd, for the new one to be ready.
START_PATIENCE_SECONDS: Final = 15.0


def restart(flags: Flags, language: str, *, as_json: bool) -> int:
    """End the daemon, if one runs, and start the next one on its port, unless ``flags`` name another; returns 0.

    Raises as `start_detached` and `stop`; settings with which no daemon would start are told before anything is ended.
    """
    settings = Settings.resolve(flags, os.environ)
    if settings.needs_token:
        TokenFile(settings.token_file).required()
    sighting = look(settings.directory)
    if sighting.record is None or sighting.state == "dead":
        return start_detached(flags, language, as_json=as_json)
    try:
        start_lock = take_start_lock(Launch(str(settings.directory)))
    except StartFailed as error:
        raise start_failure(error, settings, size_of(settings.log_file), language) from error
    if sighting.record.supervised:
        try:
            successor = _restart_service(sighting.record, flags, settings.directory, language)
        finally:
            if start_lock is not None:
                os.close(start_lock)
        print_running(successor.pid, successor.daemon_url, settings.lock_file, language, as_json=as_json)
        return 0
    try:
        ended = stop(settings.directory, language)
    except BaseException:
        if start_lock is not None:
            os.close(start_lock)
        raise
    if flags.port is None:
        flags = attrs.evolve(flags, port=int(ended.port))
    return start_detached(flags, language, start_lock, as_json=as_json)


def _restart_service(record: LockRecord, flags: Flags, directory: Path, language: str) -> LockRecord:
    """Have the manager restart the daemon that said ``record``; returns what the new one says.

    Raises `Failed`, having changed nothing, for flags, which the unit's next daemon would not get, and for a daemon
    that is not of the unit that `gorev service` writes.
    """
    if attrs.evolve(flags, lang=None) != Flags():
        raise Failed(
            text(
                language,
                "the daemon of a service has its settings from {path}: change them there, and restart it without"
                " options",
                path=directory / "config.toml",
            )
        )
    unit = unit_for(directory.parent, ("twistd",), os.environ)
    if unit is None or service_manager.main_pid(unit) != record.pid:
        raise Failed(
            text(
                language,
                "the daemon (PID: {pid}) is kept by a service manager, and not as the unit of gorev service: restart it"
                " there",
                pid=record.pid,
            )
        )
    service_manager.run(service_manager.restarting(unit), language)
    successor = _successor(record, directory)
    if successor is None:
        log = directory / "daemon.log"
        raise Failed(text(language, "the service was restarted, but no daemon answers; its log is {path}", path=log))
    return successor


def _successor(former: LockRecord, directory: Path) -> LockRecord | None:
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    while True:
        sighting = look(directory)
        if sighting.state == "running" and sighting.record is not None and sighting.record.pid != former.pid:
            return sighting.record
        if time.monotonic() > deadline:
            return None
        time.sleep(POLL_SECONDS)
