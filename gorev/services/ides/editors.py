"""What can be done with editors: find them, and see to Gorev's extension in them (``mcp-tools.md`` §4.6)."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
from twisted.internet.defer import Deferred, DeferredLock, gatherResults
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger

from gorev.domain.errors import DownloadFailed, IdeNotFound
from gorev.domain.ides import (
    Done,
    ExtensionResult,
    ExtensionStatus,
    FoundIde,
    Ide,
    IdeSettings,
    IdeStatus,
    extension_id,
    is_newer,
    newest,
)
from gorev.services.ides.places import NAME, places
from gorev.services.ides.program import Ended, TookTooLong, run
from gorev.services.ides.settings import IdeSettingsFile

T = TypeVar("T")

_VERSION: Final = re.compile(r"\d+(\.\d+)+\S*")
_REASONS: Final = {
    "slow": "it did not answer in time",
    "broken": "it cannot be started",
    "silent": "it does not say why",
    "unnoticed": "it is still not installed",
}
# In another editor's terminals, `code` is that editor.
_OTHERS: Final = frozenset({"cursor", "cursor.app", "windsurf", "windsurf.app"})


@attrs.frozen(kw_only=True)
class Patience:
    """How long an editor may take, in seconds: to answer a question, and to fetch an extension."""

    answer: float = 20.0
    download: float = 180.0


class _Refused(Exception):
    """The editor did not do what it was asked; the argument says why, as a text key or in its own words."""


class Editors:
    """The editors on this machine. Used from the reactor thread."""

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        home: str,
        environ: Mapping[str, str],
        system: str,
        settings: IdeSettingsFile,
        patience: Patience | None = None,
    ) -> None:
        self._reactor = reactor
        self._home = home
        self._environ = environ
        self._system = system
        self._settings = settings
        self._patience = patience or Patience()
        # Two of one editor's commands at once would write the same files.
        self._changing = DeferredLock()

    async def detect(self) -> list[FoundIde]:
        """The supported editors that are installed, each with its version if it tells."""
        settings = await self._in_thread(self._settings.read)
        found = await self._found(settings.supported_ides)
        versions = await gatherResults([Deferred.fromCoroutine(self._version(each)) for each in found])
        return [attrs.evolve(each, version=version) for each, version in zip(found, versions, strict=True)]

    async def status(self, ide: Ide | None) -> ExtensionStatus:
        """How the extension is installed in one editor or in all.

        @raise IdeNotFound: the one is not installed.
        """
        settings = await self._in_thread(self._settings.read)
        found = await (self._found(settings.supported_ides) if ide is None else self._wanted(ide, settings))
        asked = [Deferred.fromCoroutine(self._status(each, settings.extension_id)) for each in found]
        statuses: list[IdeStatus] = await gatherResults(asked)
        latest = newest([each.installed for each in statuses if each.installed is not None])
        return ExtensionStatus(
            extension=settings.extension_id,
            latest=latest,
            ides=tuple(attrs.evolve(each, has_update=_is_behind(each.installed, latest)) for each in statuses),
        )

    async def install(self, ide: Ide | None) -> list[ExtensionResult]:
        """Let one editor fetch the extension, or all, of which each has its own result.

        @raise IdeNotFound: it, or every one, is not installed.
        @raise DownloadFailed: the one could not.
        """
        return await self._each(ide, None, self._install)

    async def update(self, ide: Ide | None) -> list[ExtensionResult]:
        """Let one editor or all fetch the newest version where the extension is installed.

        @raise IdeNotFound, DownloadFailed: as `install`.
        """
        results = await self._each(ide, None, self._update)
        await self._in_thread(self._note_check)
        return results

    async def uninstall(self, ide: Ide | None, extension: str | None = None) -> list[ExtensionResult]:
        """Let one editor or all remove the extension, or another one.

        @raise InvalidValue: that is no id of an extension.
        @raise IdeNotFound: as `install`.
        """
        wanted = None if extension is None else extension_id("extension_id", extension)
        return await self._each(ide, wanted, self._uninstall)

    async def _each(
        self,
        ide: Ide | None,
        extension: str | None,
        action: Callable[[FoundIde, str], Awaitable[ExtensionResult]],
    ) -> list[ExtensionResult]:
        settings = await self._in_thread(self._settings.read)
        results = []
        for found in await self._wanted(ide, settings):
            try:
                results.append(await self._alone(action, found, extension or settings.extension_id))
            except DownloadFailed as error:
                if ide is not None:
                    raise
                results.append(
                    _result(found, extension or settings.extension_id, Done.FAILED, success=False, error=error)
                )
        return results

    async def _alone(
        self, action: Callable[[FoundIde, str], Awaitable[ExtensionResult]], found: FoundIde, extension: str
    ) -> ExtensionResult:
        await self._changing.acquire()
        try:
            return await action(found, extension)
        finally:
            self._changing.release()

    async def _install(self, found: FoundIde, extension: str) -> ExtensionResult:
        try:
            before = await self._installed(found, extension)
            if before is not None:
                return _result(found, extension, Done.WAS_INSTALLED, version=before)
            await self._told(found, self._patience.download, "--install-extension", extension)
            after = await self._installed(found, extension)
            if after is None:
                raise _Refused(_REASONS["unnoticed"])
        except _Refused as refused:
            raise DownloadFailed(ide=found.name, extension=extension, reason=str(refused)) from None
        return _result(found, extension, Done.INSTALLED, version=after)

    async def _update(self, found: FoundIde, extension: str) -> ExtensionResult:
        try:
            before = await self._installed(found, extension)
            if before is None:
                return _result(found, extension, Done.NOT_INSTALLED, success=False)
            await self._told(found, self._patience.download, "--install-extension", extension, "--force")
            after = await self._installed(found, extension)
        except _Refused as refused:
            raise DownloadFailed(ide=found.name, extension=extension, reason=str(refused)) from None
        return _result(found, extension, Done.UP_TO_DATE if after == before else Done.UPDATED, version=after)

    async def _uninstall(self, found: FoundIde, extension: str) -> ExtensionResult:
        try:
            if await self._installed(found, extension) is None:
                return _result(found, extension, Done.NOT_INSTALLED)
            await self._told(found, self._patience.answer, "--uninstall-extension", extension)
        except _Refused as refused:
            return _result(found, extension, Done.FAILED, success=False, reason=str(refused))
        return _result(found, extension, Done.REMOVED)

    def _note_check(self) -> None:
        """Keep when updates were looked for; in a thread."""
        try:
            self._settings.write(attrs.evolve(self._settings.read(), last_update_check=datetime.now(UTC)))
        except OSError as error:
            self._log.warn("the time of the update is not kept: {error}", error=error)

    async def _status(self, found: FoundIde, extension: str) -> IdeStatus:
        try:
            return IdeStatus(found=found, installed=await self._installed(found, extension))
        except _Refused as refused:
            return IdeStatus(found=found, installed=None, problem=str(refused))

    async def _version(self, found: FoundIde) -> str | None:
        try:
            said = (await self._told(found, self._patience.answer, "--version")).output
        except _Refused as refused:
            self._log.info("{ide} does not tell its version: {reason}", ide=found.name, reason=str(refused))
            return None
        version = _VERSION.fullmatch(said.strip().split("\n")[0].strip())
        return None if version is None else version[0]

    async def _installed(self, found: FoundIde, extension: str) -> str | None:
        """The installed version."""
        said = await self._told(found, self._patience.answer, "--list-extensions", "--show-versions")
        for line in said.output.splitlines():
            name, _, version = line.strip().rpartition("@")
            if name.lower() == extension.lower():
                return version
        return None

    async def _told(self, found: FoundIde, limit_seconds: float, *arguments: str) -> Ended:
        """Run the editor's command line.

        @raise _Refused: it failed.
        """
        try:
            ended = await run(self._reactor, [found.executable, *arguments], self._environ, self._home, limit_seconds)
        except TookTooLong:
            raise _Refused(_REASONS["slow"]) from None
        except OSError as error:
            self._log.warn("{path} cannot be started: {error}", path=found.executable, error=error)
            raise _Refused(_REASONS["broken"]) from None
        if ended.code:
            raise _Refused(ended.complaint or _REASONS["silent"])
        return ended

    async def _wanted(self, ide: Ide | None, settings: IdeSettings) -> list[FoundIde]:
        found = await self._found(settings.supported_ides if ide is None else (ide,))
        if not found:
            wanted = settings.supported_ides if ide is None else (ide,)
            raise IdeNotFound(ide=", ".join(NAME[each] for each in wanted))
        return found

    def _found(self, ides: tuple[Ide, ...]) -> Deferred[list[FoundIde]]:
        return self._in_thread(lambda: [found for ide in ides if (found := self._find(ide)) is not None])

    def _find(self, ide: Ide) -> FoundIde | None:
        """Look for an editor; in a thread."""
        known = places(ide, self._system, self._home, self._environ)
        candidates = [shutil.which(known.command, path=self._environ.get("PATH", "")), *known.executables]
        for path in candidates:
            if path is None or not os.access(path, os.X_OK) or Path(path).is_dir():
                continue
            if ide is Ide.VSCODE and not _OTHERS.isdisjoint(part.lower() for part in Path(path).resolve().parts):
                continue
            return FoundIde(
                ide=ide,
                name=NAME[ide],
                executable=path,
                config_path=known.config_path,
                extensions_path=known.extensions_path,
            )
        return None

    def _in_thread(self, work: Callable[[], T]) -> Deferred[T]:
        return deferToThreadPool(self._reactor, self._reactor.getThreadPool(), work)


def _is_behind(installed: str | None, latest: str | None) -> bool:
    return installed is not None and latest is not None and is_newer(latest, installed)


def _result(
    found: FoundIde,
    extension: str,
    done: Done,
    *,
    success: bool = True,
    version: str | None = None,
    error: DownloadFailed | None = None,
    reason: str | None = None,
) -> ExtensionResult:
    return ExtensionResult(
        ide=found.ide,
        name=found.name,
        extension=extension,
        done=done,
        success=success,
        version=version,
        error=error,
        reason=reason,
    )
