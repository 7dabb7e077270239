"""Which resources a committed change touches, and who is told (``mcp-tools.md`` §1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from gorev.domain.errors import GorevError
from gorev.domain.event import Event, EventKind
from gorev.domain.task import TaskView
from gorev.mcp.addresses import SUMMARY, project_uri, task_uri
from gorev.mcp.registry import Change, Listing
from gorev.services.bus import EventBus
from gorev.services.workspace import Workspace
from gorev.services.workspaces import Workspaces

Heard = Callable[[Change], None]

# What an entry of the list of resources shows of a task.
_LISTED: Final = frozenset({"title", "status", "priority", "due_date"})
_LISTS: Final = frozenset({Listing.RESOURCES})


class WorkspaceChanges:
    """The `registry.Changes` of all workspaces. Tools and prompts change with the program only, so none here."""

    _log = Logger()

    def __init__(self, bus: EventBus, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._watchers: dict[str, list[Heard]] = {}
        bus.listen(self._deliver)
        # So that the changes of other programs are noticed.
        workspaces.keep_open_while(lambda id_: id_ in self._watchers)
        self._looks: set[Deferred[None]] = set()

    def watch(self, workspace: Workspace | None, heard: Heard) -> Callable[[], None]:
        """Call ``heard`` with what changes in a workspace."""
        if workspace is None:
            return _nothing
        self._watchers.setdefault(workspace.id, []).append(heard)

        def stop() -> None:
            watchers = self._watchers.get(workspace.id, [])
            if heard in watchers:
                watchers.remove(heard)
            if not watchers:
                self._watchers.pop(workspace.id, None)

        return stop

    def _deliver(self, workspace_id: str, events: list[Event]) -> None:
        if workspace_id not in self._watchers:
            return
        change = change_of(events)
        self._tell(workspace_id, change)
        parents = () if change.all_resources else _deep(events)
        if parents:
            # The one that is open now: it may have been closed and opened anew since it was watched.
            for workspace in self._workspaces.open_workspaces():
                if workspace.id == workspace_id:
                    self._look_above(workspace, parents)

    def _look_above(self, workspace: Workspace, parents: tuple[str, ...]) -> None:
        look: Deferred[None] = Deferred.fromCoroutine(self._tell_above(workspace, parents))
        self._looks.add(look)
        look.addErrback(self._failed).addCallback(lambda _: self._looks.discard(look))

    def _tell(self, workspace_id: str, change: Change) -> None:
        for heard in list(self._watchers.get(workspace_id, ())):
            try:
                heard(change)
            except Exception:
                self._log.failure("an MCP subscription failed")

    async def _tell_above(self, workspace: Workspace, parents: tuple[str, ...]) -> None:
        """A task shows its whole subtree, so what changes deep in it touches all above."""
        try:
            above = (await workspace.catalogue.ancestors(parents)).value
        except GorevError as error:
            self._log.warn("not all above a changed task were told: {code}", code=error.code)
            return
        self._tell(workspace.id, Change(uris=frozenset(map(task_uri, above))))

    def _failed(self, failure: Failure) -> None:
        self._log.failure("not all above a changed task were told", failure)


def change_of(events: Sequence[Event]) -> Change:
    """What is touched by these events; not the tasks above the parent of a task."""
    uris: set[str] = {SUMMARY}
    listed = False
    for event in events:
        match event.kind:
            case EventKind.TASK_CREATED | EventKind.TASK_UPDATED | EventKind.TASK_DELETED:
                for view in _tasks(event):
                    uris |= _around(view)
                listed = listed or event.kind is not EventKind.TASK_UPDATED or bool(_LISTED & set(event.changed))
            case EventKind.PROJECT_CREATED:
                listed = True
            case EventKind.PROJECT_UPDATED if "name" not in event.changed and event.entity_id is not None:
                uris.add(project_uri(event.entity_id))
            case EventKind.TEMPLATE_CHANGED:
                pass
            case _:
                # A project's name is shown with each of its tasks; a sync stands for any number of events.
                return Change(all_resources=True, listings=_LISTS)
    return Change(uris=frozenset(uris), listings=_LISTS if listed else frozenset())


def _tasks(event: Event) -> list[TaskView]:
    return [view for view in (event.before, event.after) if isinstance(view, TaskView)]


def _around(view: TaskView) -> set[str]:
    """The task, its project and parent, and the tasks it is linked with, which show its state."""
    task = view.task
    uris = {task_uri(task.id)}
    if task.project_id is not None:
        uris.add(project_uri(task.project_id))
    if task.parent_id is not None:
        uris.add(task_uri(task.parent_id))
    for each in view.links or ():
        uris |= {task_uri(each.source_id), task_uri(each.target_id)}
    return uris


def _deep(events: Sequence[Event]) -> tuple[str, ...]:
    """The parents that have parents of their own."""
    found = {view.task.parent_id for event in events for view in _tasks(event) if view.level > 1}
    return tuple(parent for parent in found if parent is not None)


def _nothing() -> None:
    """Nothing is watched."""
