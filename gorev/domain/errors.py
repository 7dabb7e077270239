"""Everything that can be wrong with a request, as exceptions with a stable code (``rest-api.md`` §2).

A domain error carries structured details under domain names; the wires translate them into the caller's words, names
and language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class AsSpelt(str):
    """The name of a field in the caller's own spelling, which is to be told back as it is."""


class GorevError(Exception):
    """A request that cannot be done, for a reason its sender can act on."""

    code: ClassVar[str]

    def __init__(self, **details: object) -> None:
        super().__init__(self.code, details)
        self.details: Mapping[str, object] = details
        # The number of the last change of the workspace in which it was found wrong (rule R3), where that is known.
        self.seq: int | None = None


class MissingParameter(GorevError):
    """``field`` was not given; ``allowed`` lists its values where they are few."""

    code = "missing_parameter"


class NothingGiven(MissingParameter):
    """None of ``fields`` was given, of which at least one is needed."""


class MissingFields(GorevError):
    """``fields`` of a template were left blank; ``example`` holds values that would do."""

    code = "missing_fields"


class InvalidValue(GorevError):
    """``field`` got ``value``, which is not ``allowed``: a list of values, or an English description (a text key)."""

    code = "invalid_value"


class UnknownField(InvalidValue):
    """There is no ``field`` of this name; ``allowed`` are the known ones most like it, or all of them."""


class InvalidStatus(InvalidValue):
    """As `InvalidValue`, for a task's status (rule S1)."""

    code = "invalid_status"


class InvalidPriority(InvalidValue):
    """As `InvalidValue`, for a task's priority."""

    code = "invalid_priority"


class InvalidDate(InvalidValue):
    """As `InvalidValue`, for a calendar date or instant."""

    code = "invalid_date"


class ConflictingAlias(GorevError):
    """``keys`` are spellings of one field and were given different values (rule N3)."""

    code = "conflicting_alias"


class AmbiguousId(GorevError):
    """``id`` is a prefix of more than one id; ``matches`` lists some of them."""

    code = "ambiguous_id"


class NoActiveProject(GorevError):
    """A project is needed, none was named and none is active."""

    code = "no_active_project"


class ConfirmationRequired(GorevError):
    """Something is about to be deleted and ``field`` did not confirm it."""

    code = "confirmation_required"


class TaskNotFound(GorevError):
    """No task has ``id``; ``field`` says in which parameter it was named."""

    code = "task_not_found"


class ProjectNotFound(GorevError):
    """No project has ``id``."""

    code = "project_not_found"


class ParentNotFound(GorevError):
    """The task that was to become the parent, ``id``, does not exist."""

    code = "parent_not_found"


class TemplateNotFound(GorevError):
    """No active template has ``id`` as its id or alias."""

    code = "template_not_found"


class ProfileNotFound(GorevError):
    """No filter profile has ``profile`` as its number or name."""

    code = "profile_not_found"


class DefaultProfile(GorevError):
    """The filter profile ``name`` came with the program and is not deleted."""

    code = "default_profile"


class Conflict(GorevError):
    """The ``name`` is another one's."""

    code = "conflict"


class DependencyIncomplete(GorevError):
    """Rule S2: ``open`` lists the prerequisites (id, title, status) that are not finished."""

    code = "dependency_incomplete"


class SubtasksIncomplete(GorevError):
    """Rule S3: ``count`` descendants are not finished."""

    code = "subtasks_incomplete"


class HasSubtasks(GorevError):
    """A task with ``count`` subtasks is not deleted."""

    code = "has_subtasks"


class HasTasks(GorevError):
    """A project with ``count`` tasks is not deleted."""

    code = "has_tasks"


class CycleDetected(GorevError):
    """The change would close the circle ``path`` (ids)."""

    code = "cycle_detected"


class SelfDependency(GorevError):
    """A task cannot wait for itself."""

    code = "self_dependency"


class DuplicateDependency(GorevError):
    """The two tasks have a link of this kind already, in whichever direction."""

    code = "duplicate_dependency"


class DependencyNotFound(GorevError):
    """No link has this id or joins these tasks."""

    code = "dependency_not_found"


class WatchNotFound(GorevError):
    """No file watch has ``id`` or is of ``path``."""

    code = "watch_not_found"


class IdeNotFound(GorevError):
    """The editor ``ide`` is not installed, or not where it could be found."""

    code = "ide_not_found"


class DownloadFailed(GorevError):
    """The editor ``ide`` could not fetch the extension ``extension``; ``reason`` is what it said."""

    code = "download_failed"


class ProjectMismatch(GorevError):
    """Parent and child must be of one project."""

    code = "project_mismatch"


class StaleRevision(GorevError):
    """The write named a ``rev`` that is out of date; ``current`` is the entity as it is (rule R2)."""

    code = "stale_revision"


class IdempotencyMismatch(GorevError):
    """The idempotency key was used within 24 hours with other arguments."""

    code = "idempotency_mismatch"


class ToolRemoved(GorevError):
    """A tool of earlier versions, ``tool``, is gone; ``instead`` does its work."""

    code = "not_found"


class NoSuchTool(GorevError):
    """There is no tool of the name ``tool``, nor ever was."""

    code = "not_found"


class NoSuchMethod(GorevError):
    """MCP has no ``method`` of this name."""

    code = "not_found"


class WorkspaceNotFound(GorevError):
    """No workspace has ``id`` and no usable path was given."""

    code = "workspace_not_found"


class WorkspaceRequired(GorevError):
    """The caller must name a workspace: none can be told from where it runs."""

    code = "workspace_required"


class WorkspaceUnavailable(GorevError):
    """The database cannot be used: ``reason`` is ``corrupt``, ``too_new``, ``read_only``, ``disk_full`` or ``io``."""

    code = "workspace_unavailable"


class Busy(GorevError):
    """The database lock was not had in time."""

    code = "busy"


class ShuttingDown(GorevError):
    """The daemon is stopping and takes no new work."""

    code = "shutting_down"


class Resync(GorevError):
    """Changes that were asked for are no longer kept: ``oldest`` is the first that is, ``current`` the last made."""

    code = "resync"


class Unauthorized(GorevError):
    """The caller did not prove who it is."""

    code = "unauthorized"


class BadRequest(GorevError):
    """What arrived cannot be read at all; ``reason`` says why, in English technical terms."""

    code = "bad_request"


class InvalidFormat(GorevError):
    """A document to import cannot be read; ``reason`` says why, as a text key, and quotes nothing of it."""

    code = "invalid_format"


class InvalidReference(GorevError):
    """``count`` rows of a document, some of them ``ids``, name in ``field`` what is nowhere, or make a circle."""

    code = "invalid_reference"


class PathNotAllowed(GorevError):
    """A file at ``path`` may not be read or written; ``reason`` says why, as a text key."""

    code = "path_not_allowed"


class FileMissing(GorevError):
    """There is no file at ``path``."""

    code = "file_not_found"


class FileUnusable(GorevError):
    """The operating system could not read or write the file at ``path``; ``system`` is what it says."""

    code = "io_error"


class Cancelled(GorevError):
    """Somebody ended the operation by its id; nothing of it remains."""

    code = "cancelled"


class OperationTaken(GorevError):
    """An operation with this ``operation_id`` is under way already."""

    code = "conflict"


class OperationNotFound(GorevError):
    """No operation with this ``operation_id`` is under way."""

    code = "not_found"
