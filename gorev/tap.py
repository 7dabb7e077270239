"""``twistd gorev`` and ``twist gorev``: the daemon's options, and the one place where all its parts are put together.

Importing this module, and parsing the options, must neither install a reactor nor import klein, which would.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Final, cast

from twisted.application.service import IServiceCollection
from twisted.internet.interfaces import IReactorTime
from twisted.logger import ILogObserver, Logger
from twisted.python import usage
from twisted.python.components import Componentized

from gorev import __version__
from gorev.daemon.errors import StartError
from gorev.daemon.record import LockRecord
from gorev.daemon.tree import OrderedServices
from gorev.locale import LANGUAGES, text
from gorev.logs import LineObserver, RequestLog, RotatingFile, standard_error
from gorev.settings import Flags, Settings, exposure

TWISTD_PIDFILE: Final = "twistd.pid"


def _port(written: str) -> int:
    port = int(written)
    if not 0 <= port <= 65535:
        raise ValueError("not from 0 to 65535")
    return port


def _language(written: str) -> str:
    if written not in LANGUAGES:
        raise ValueError(f"not one of {', '.join(LANGUAGES)}")
    return written


class Options(usage.Options):
    """The daemon's flags; `settings` is what they come to, once parsed or given.

    ``background`` says that there is no terminal to log to.
    """

    synopsis = "[options]"
    optParameters: ClassVar[list[list[Any]]] = [
        ["port", None, None, "HTTP port, 0 for any free one (default 5082)", _port],
        ["api-port", None, None, "the same as --port", _port],
        ["host", None, None, "address for other machines too; needs a token and TLS"],
        ["workspace", None, None, "folder of the workspace of requests that name none"],
        ["db-path", None, None, "database file of the workspace of requests that name none"],
        ["mcp-endpoint", None, None, "tcp:127.0.0.1:PORT instead of the local socket"],
        ["mode", None, None, "only local is offered"],
        ["lang", None, None, "tr or en", _language],
    ]
    optFlags: ClassVar[list[list[Any]]] = [
        ["debug", None, "log everything"],
        ["no-api", None, "accepted, without effect: the API is always served"],
    ]

    settings: Settings
    background = False

    @classmethod
    def of(cls, settings: Settings) -> Options:
        """Options that need no parsing."""
        options = cls()
        options.settings = settings
        options.background = settings.started_by in ("cli", "bridge")
        return options

    def opt_version(self) -> None:
        """Print Gorev's version and exit."""
        print(f"Gorev {__version__}")  # noqa: T201  # the result of the command
        sys.exit(0)

    def postOptions(self) -> None:
        """Resolve the settings, and keep twistd from using its own pidfile and log, unless it was told to.

        Raises `UsageError` for what a `StartError` says.
        """
        flags = Flags(
            port=self["api-port"] if self["api-port"] is not None else self["port"],
            host=self["host"],
            workspace=self["workspace"],
            db_path=self["db-path"],
            mcp_endpoint=self["mcp-endpoint"],
            lang=self["lang"],
            mode=self["mode"],
            debug=bool(self["debug"]),
        )
        try:
            self.settings = Settings.resolve(flags, os.environ)
        except StartError as error:
            raise usage.UsageError(str(error)) from error
        twistd = self.parent if self.parent is not None and "nodaemon" in self.parent else None
        self.background = self.settings.started_by in ("cli", "bridge")
        if twistd is not None:
            self.background = self.background or not (twistd["nodaemon"] or twistd["debug"])
            if twistd["pidfile"] == TWISTD_PIDFILE:
                twistd["pidfile"] = ""

    @property
    def under_foreground_twistd(self) -> bool:
        """Whether this is ``twistd --nodaemon``; one that daemonizes has a parent process that tells of a failure."""
        return self.parent is not None and bool(self.parent.get("nodaemon"))

    @property
    def logs_elsewhere(self) -> bool:
        """Whether twistd was told where to log."""
        return self.parent is not None and any(self.parent.get(name) for name in ("logfile", "logger", "syslog"))


class Daemon(OrderedServices):
    """The service tree, which tells twistd's application how it logs."""

    def __init__(self, clock: IReactorTime, observer: LineObserver | None, plain_language: str | None) -> None:
        """``plain_language``: in which a failing start is told in one line, where twistd would print a traceback."""
        super().__init__(clock)
        self._observer = observer
        self._plain_language = plain_language

    def _in_order(self, step: str) -> None:
        try:
            super()._in_order(step)
        except StartError as error:
            if self._plain_language is None:
                raise
            sys.exit(f"gorev: {text(self._plain_language, error.message, **error.fields)}")

    def setServiceParent(self, parent: IServiceCollection) -> None:
        """Become part of ``parent``; twistd asks its application for an `ILogObserver` before it starts it."""
        if self._observer is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._observer)
        super().setServiceParent(parent)


def makeService(options: Options) -> Daemon:
    """The whole daemon, not yet started. Opens nothing and starts no thread: twistd forks after it.

    The services start in the order of the tuple at the end and stop in the reverse one (``architecture.md`` §4).
    """
    from twisted.internet import reactor as installed

    from gorev import web_page
    from gorev.access import Access
    from gorev.daemon.door import TokenService
    from gorev.daemon.handover import Handover, end, installed_version
    from gorev.daemon.lifecycle import Lifecycle
    from gorev.daemon.listener import Listener, Remote
    from gorev.daemon.local import LocalListener, local_endpoint
    from gorev.daemon.lock import DaemonLock, LockService
    from gorev.daemon.notify import ServiceManagerNotice
    from gorev.daemon.ready import Ready
    from gorev.daemon.requests import Requests
    from gorev.daemon.signals import Signals
    from gorev.daemon.system import is_taken, make_room_for_descriptors
    from gorev.daemon.timing import go_by_steady_clock
    from gorev.daemon.token import TokenFile
    from gorev.mcp import ide_tools, line
    from gorev.mcp.attach import WorkspaceHost
    from gorev.mcp.bare import BareCalls
    from gorev.mcp.changes import WorkspaceChanges
    from gorev.mcp.conversations import Conversations, HttpConversations
    from gorev.mcp.hidden_names import HIDDEN
    from gorev.mcp.http_resource import McpResource
    from gorev.mcp.prompts import WorkspacePrompts
    from gorev.mcp.reception import Service
    from gorev.mcp.registry import Registry
    from gorev.mcp.resources import WorkspaceResources
    from gorev.mcp.toolbox import Toolbox
    from gorev.mcp.tools import TOOLS, UNLISTED
    from gorev.metrics import Metrics, Punctuality
    from gorev.rest.api import Api
    from gorev.rest.call import preferred_language
    from gorev.rest.clients import ClientRoutes
    from gorev.rest.health import HealthRoutes
    from gorev.rest.language import LanguageRoutes
    from gorev.rest.mcp_calls import McpRoutes
    from gorev.rest.metrics import MetricsRoutes
    from gorev.rest.routes import all_routes
    from gorev.services.bus import EventBus
    from gorev.services.clients import ClientTracker
    from gorev.services.folder import Location
    from gorev.services.ides.editors import Editors
    from gorev.services.ides.settings import IdeSettingsFile
    from gorev.services.language import DefaultLanguage
    from gorev.services.registry import WorkspaceFile
    from gorev.services.retention import Retention
    from gorev.services.undertakings import Undertakings
    from gorev.services.watching.service import FileWatching
    from gorev.services.workspace import Places
    from gorev.services.workspaces import Workspaces
    from gorev.site import GuardedSite, Root, Socket
    from gorev.storage.database import Tuning
    from gorev.wire import errors
    from gorev.wire.vocabulary import Vocabulary
    from gorev.ws.hub import Hub

    reactor = cast("Any", installed)
    go_by_steady_clock(reactor)
    settings = options.settings
    log = RotatingFile(settings.log_file)
    output = log if options.background else standard_error()
    observer = LineObserver(output, settings.log_level)
    request_log = RequestLog(reactor, None if options.logs_elsewhere else output, settings.log_level)

    lock = DaemonLock(settings.directory, options=settings.options, supervised=settings.started_by == "service")
    lifecycle = Lifecycle(lock.instance)
    requests = Requests(reactor)

    metrics = Metrics()
    bus = EventBus()
    default = Location(
        path=settings.workspace.path,
        database=settings.workspace.database_file,
        mode=0o600 if settings.workspace.database_file == settings.user_database else 0o644,
    )
    watching = FileWatching(reactor)
    bus.listen(watching.told)
    places = Places(
        home=settings.home,
        own_folder=settings.directory,
        exports=settings.export_directory,
        allows_external_watches=settings.allow_external_watches,
    )
    workspaces = Workspaces(
        reactor,
        default,
        WorkspaceFile(settings.registry_file),
        bus.publish,
        places,
        watching,
        Undertakings(reactor, bus.publish_progress),
        settings.language,
        Tuning(readers=settings.reader_connections, fully_durable=settings.durability == "full"),
        Retention(count=settings.event_retention_count, age=timedelta(days=settings.event_retention_days)),
        settings.workspace_idle_minutes,
        bus.publish_removal,
    )
    default_language = DefaultLanguage(settings.language)

    def language(accepted: str | None) -> str:
        return preferred_language(accepted) or default_language.code

    supervised = settings.started_by == "service"
    handover = Handover(
        lambda: end(reactor, supervised=supervised),
        successor=partial(installed_version, reactor) if supervised else None,
    )
    hub = Hub(
        reactor,
        workspaces,
        bus,
        settings.max_websockets,
        make_room_for_descriptors,
        language,
        is_replaced=lambda: handover.asked or is_taken(settings.start_file),
    )
    bus.listen(metrics.committed)  # after the hub, so that what it measures includes that one

    editors = Editors(
        reactor, str(settings.home), os.environ, sys.platform, IdeSettingsFile(settings.ide_settings_file)
    )
    host = WorkspaceHost(workspaces, settings.language, handover.ask)
    endpoint = local_endpoint(settings.socket, settings.mcp_port)
    service = Service(
        host=host,
        clock=reactor,
        registry=Registry(
            tools=Toolbox((*TOOLS, *ide_tools.tools(editors)), HIDDEN, UNLISTED, partial(metrics.operation, "mcp")),
            resources=WorkspaceResources(),
            prompts=WorkspacePrompts(),
            changes=WorkspaceChanges(bus, workspaces),
        ),
        render=lambda error, language: errors.message(error, language, Vocabulary.TURKISH),
        version=__version__,
        instance=lock.instance,
        token=endpoint.token,
    )
    assistants = line.LineFactory(service)
    mcp = McpResource(
        service,
        resolve=workspaces.resolve,
        language=language,
        watch=requests.watch,
    )
    clients = ClientTracker(reactor)
    health = HealthRoutes(
        alive=lifecycle.health,
        workspaces=workspaces,
        websocket=hub.statistics,
        mcp_clients=lambda: host.client_count + clients.count("mcp-proxy"),
    )
    routes = all_routes(
        health=health,
        clients=ClientRoutes(clients, lambda: host.client_count + hub.editors),
        language=LanguageRoutes(default_language),
        mcp=McpRoutes(BareCalls(service)),
        metrics=MetricsRoutes(metrics, health, lambda: requests.in_flight),
    )
    api = Api(
        workspaces,
        routes,
        default_language,
        stopping=lambda: lifecycle.stopping,
        watch=requests.watch,
        observe=partial(metrics.operation, "rest"),
    )
    access = Access(lock.instance) if settings.needs_token else None

    def put_in_force(token: str | None) -> bool:
        changed = access is not None and access.change(token)
        if changed:
            hub.dismiss_all("the token was changed")
            site.dismiss_all()
        return changed

    page = web_page.Page(web_page.BUILD)
    site = GuardedSite(
        reactor=reactor,
        turns=service.turns,
        root=Root(api.resource(), Socket(hub.factory, language), mcp, page),
        hot=api.hot,
        load=page.load,
        port=lambda: lifecycle.port,
        language=language,
        allowed_origins=settings.allowed_origins,
        access=access,
        names=lambda: http.names,
        answered=request_log.answered,
    )

    remote = None
    if settings.is_remote and settings.tls_certificate is not None and settings.tls_key is not None:
        remote = Remote(settings.host, settings.tls_certificate, settings.tls_key)
    http = Listener(reactor, site, settings.port, remote)
    local = LocalListener(reactor, reactor, assistants, endpoint)
    ready = Ready(
        clock=reactor, lifecycle=lifecycle, lock=lock, http=http, local=local, published=_announcement(options)
    )
    signals = Signals(reactor, hang_up=_hang_up(options, log), withdraw=lock.release)

    plain = settings.language if options.under_foreground_twistd else None
    daemon = Daemon(reactor, None if options.logs_elsewhere else observer, plain)
    conversations = Conversations(assistants, mcp)
    services = (
        LockService(lock),
        request_log,
        workspaces,
        watching,
        conversations,
        clients,
        requests,
        workspaces.openings,
        hub,
        HttpConversations(mcp),
        *([] if access is None else [TokenService(reactor, TokenFile(settings.token_file), put_in_force)]),
        http,
        local,
        signals,
        ready,
        Punctuality(reactor, metrics.loop_lag.observe),
        ServiceManagerNotice(),
    )
    for each in services:
        each.setServiceParent(daemon)
    return daemon


def _announcement(options: Options) -> Callable[[LockRecord], None]:
    """What is done once the lock file is there: let the starter go on, and tell a terminal where the daemon is."""
    settings = options.settings

    def announce(record: LockRecord) -> None:
        from gorev.daemon.ready import let_starter_go

        let_starter_go(settings.start_lock, settings.start_file)
        # What a started daemon consists of lives as long as it does: the collector need not look at it again.
        gc.freeze()
        for warning in settings.warnings:
            Logger(namespace="gorev.settings").warn("{warning}", warning=warning)
        if settings.is_remote:
            Logger(namespace="gorev.settings").warn("{warning}", warning=exposure(settings, "en"))
        if not options.background:
            say = settings.language
            lines = (
                text(say, "Gorev {version} is running (PID: {pid}).", version=record.version, pid=record.pid),
                text(say, "Web and API: {url}", url=record.daemon_url),
                text(say, "Lock file: {path}", path=settings.lock_file),
            )
            risk = (exposure(settings, say),) if settings.is_remote else ()
            standard_error().write("\n".join((*lines, *risk, "")))

    return announce


def _hang_up(options: Options, log: RotatingFile) -> Callable[[], None] | None:
    """What SIGHUP means: reopen the log; on a terminal, the terminal's end (None, that of the daemon)."""
    if options.background:
        return log.reopen
    on_terminal = standard_error().isatty() or (sys.stdin is not None and sys.stdin.isatty())
    return None if on_terminal else lambda: None
