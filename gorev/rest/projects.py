"""Routes on projects and the active one (``rest-api.md`` §4.9)."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain import values
from gorev.domain.errors import MissingParameter
from gorev.domain.project import ProjectChange, ProjectView
from gorev.locale import text
from gorev.rest import route
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import DELETE, GET, OF_PROJECT, POST, PUT, Area, Route, one, said, several
from gorev.wire import json_schema, shapes
from gorev.wire.json_schema import Maybe
from gorev.wire.kinds import Text
from gorev.wire.limits import DEFINITION, NAME
from gorev.wire.vocabulary import PROJECT


class ProjectBody(msgspec.Struct, kw_only=True):
    """Writable fields of a project."""

    name: Text | UnsetType = UNSET
    definition: Text | UnsetType = UNSET


_RULES: Final = {"name": NAME, "definition": DEFINITION}
NEW_PROJECT: Final = Fields(ProjectBody, PROJECT, rules=_RULES, demanded=frozenset({"name"}))
PROJECT_CHANGE: Final = Fields(ProjectBody, PROJECT, rules=_RULES)


async def listed(call: Call) -> Reply:
    """All projects."""
    answer = await (await call.workspace()).projects.every()
    rows = [call.encoder.project(view) for view in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows))


async def created(call: Call) -> Reply:
    """Make a project."""
    body = call.body(NEW_PROJECT)
    if body.name is UNSET:
        raise MissingParameter(field="name")
    definition = "" if body.definition is UNSET else body.definition
    answer = await (await call.workspace()).projects.create(call.actor, body.name, definition, call.once)
    return _one(call, answer.value, answer.seq, 201, text(call.language, "Project created."))


async def shown(call: Call) -> Reply:
    """One project."""
    answer = await (await call.workspace()).projects.get(call.path["id"])
    return _one(call, answer.value, answer.seq)


async def changed(call: Call) -> Reply:
    """Rename or redefine a project."""
    body = call.body(PROJECT_CHANGE)
    change = ProjectChange(
        name=values.UNSET if body.name is UNSET else body.name,
        definition=values.UNSET if body.definition is UNSET else body.definition,
    )
    answer = await (await call.workspace()).projects.change(call.actor, call.path["id"], change, call.rev)
    return _one(call, answer.value, answer.seq, 200, text(call.language, "Project updated."))


async def deleted(call: Call) -> Reply:
    """Delete a project without tasks."""
    answer = await (await call.workspace()).projects.delete(call.actor, call.path["id"], call.rev)
    body = {"success": True, "message": text(call.language, "Project deleted.")}
    return Reply(body=body, seq=answer.seq)


async def activated(call: Call) -> Reply:
    """Make a project the active one."""
    answer = await (await call.workspace()).projects.activate(call.actor, call.path["id"], call.rev, call.once)
    return _one(call, answer.value, answer.seq, 200, text(call.language, "This project is active now."))


async def active(call: Call) -> Reply:
    """The active project, or null."""
    answer = await (await call.workspace()).projects.active()
    project = answer.value.project
    if project is None:
        return enveloped(None, seq=answer.seq, message=text(call.language, "No project is active."))
    return _one(call, project, answer.seq)


async def deactivated(call: Call) -> Reply:
    """Leave no project active."""
    answer = await (await call.workspace()).projects.deactivate(call.actor, call.once)
    return enveloped(None, seq=answer.seq, message=text(call.language, "No project is active."))


def _one(call: Call, view: ProjectView, seq: int, status: int = 200, message: str | None = None) -> Reply:
    return enveloped(call.encoder.project(view), seq=seq, status=status, rev=view.project.rev, message=message)


_PROJECT: Final = one(shapes.PROJECT_SHAPE, tagged=True)

ROUTES: Final = (
    Route(
        name="list_projects",
        area=Area.PROJECTS,
        summary="All projects",
        detail="The newest first.",
        methods=GET,
        family_a=("/projeler", "/proje"),
        family_b=("/projects",),
        handler=listed,
        answer=several(shapes.PROJECT_SHAPE),
    ),
    Route(
        name="create_project",
        area=Area.PROJECTS,
        summary="Make a project",
        methods=POST,
        family_a=("/proje", "/projeler"),
        family_b=("/projects",),
        handler=created,
        bodies=(NEW_PROJECT,),
        answer=one(shapes.PROJECT_SHAPE, 201, tagged=True),
        errors=("missing_parameter",),
        repeatable=True,
    ),
    Route(
        name="get_project",
        area=Area.PROJECTS,
        summary="A project",
        methods=GET,
        family_a=("/proje/{id}",),
        family_b=("/projects/{id}",),
        handler=shown,
        answer=_PROJECT,
        errors=OF_PROJECT,
    ),
    Route(
        name="change_project",
        area=Area.PROJECTS,
        summary="Change a project",
        detail="What is left out stays as it is.",
        methods=PUT,
        family_a=("/proje/{id}",),
        family_b=("/projects/{id}",),
        handler=changed,
        bodies=(PROJECT_CHANGE,),
        answer=_PROJECT,
        errors=OF_PROJECT,
        revised=True,
    ),
    Route(
        name="delete_project",
        area=Area.PROJECTS,
        summary="Delete a project that has no tasks",
        methods=DELETE,
        family_a=("/proje/{id}",),
        family_b=("/projects/{id}",),
        handler=deleted,
        answer=said(),
        errors=(*OF_PROJECT, "has_tasks"),
        revised=True,
    ),
    Route(
        name="activate_project",
        area=Area.PROJECTS,
        summary="Make a project the active one",
        methods=POST,
        family_a=("/proje/{id}/aktif",),
        handler=activated,
        answer=_PROJECT,
        errors=OF_PROJECT,
        revised=True,
        repeatable=True,
    ),
    Route(
        name="put_active_project",
        area=Area.PROJECTS,
        summary="Make a project the active one",
        methods=PUT,
        family_b=("/projects/{id}/activate",),
        handler=activated,
        answer=_PROJECT,
        errors=OF_PROJECT,
        revised=True,
    ),
    Route(
        name="get_active_project",
        area=Area.PROJECTS,
        summary="The active project, or null",
        methods=GET,
        family_a=("/aktif-proje",),
        family_b=("/active-project",),
        handler=active,
        answer=one(Maybe(shapes.PROJECT_SHAPE)),
    ),
    Route(
        name="clear_active_project",
        area=Area.PROJECTS,
        summary="Leave no project active",
        methods=DELETE,
        family_a=("/aktif-proje",),
        family_b=("/active-project",),
        handler=deactivated,
        answer=route.enveloped({"data": {"type": "null"}, "message": json_schema.TEXT}),
    ),
)
