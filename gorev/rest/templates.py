"""Routes on templates and on tasks made from them (``rest-api.md`` §4.2, §4.3 and §4.10)."""

from __future__ import annotations

from typing import Final

import msgspec

from gorev.locale import text
from gorev.rest.call import Call
from gorev.rest.fields import Fields
from gorev.rest.reply import Reply, enveloped
from gorev.rest.route import GET, OF_PROJECT, POST, Area, Route, one, several
from gorev.wire import json_schema, kinds, shapes
from gorev.wire.kinds import LanguageToken, Object, Text
from gorev.wire.vocabulary import TEMPLATE_QUERY, TEMPLATE_TOOL


class TemplateQuery(msgspec.Struct, kw_only=True):
    """Which templates, in which language instead of the caller's."""

    category: Text | None = None
    language: LanguageToken | None = None


class Filling(msgspec.Struct, kw_only=True):
    """What is put into a template."""

    values: Object
    project_id: Text | None = None


class TemplateTask(Filling, kw_only=True):
    """A template and what is put into it."""

    template_id: Text


_HINTS: Final = {"values": "values by the template's field names"}
TEMPLATE_LIST: Final = Fields(TemplateQuery, TEMPLATE_QUERY, hints={"language": "instead of Accept-Language"})
FILLING: Final = Fields(Filling, TEMPLATE_TOOL, hints=_HINTS)
TEMPLATE_TASK: Final = Fields(TemplateTask, TEMPLATE_TOOL, hints=_HINTS, rules={"template_id": {"minLength": 1}})


async def listed(call: Call) -> Reply:
    """The templates of a language."""
    query = call.query(TEMPLATE_LIST)
    operations = (await call.workspace()).templates
    answer = await operations.listed(query.language or call.language, query.category)
    rows = [call.encoder.template(template) for template in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows))


async def shown(call: Call) -> Reply:
    """One template, by id or alias."""
    query = call.query(TEMPLATE_LIST)
    operations = (await call.workspace()).templates
    answer = await operations.get(call.path["id"], query.language or call.language)
    return enveloped(call.encoder.template(answer.value), seq=answer.seq)


async def task_created(call: Call) -> Reply:
    """Make a task of the template that the body names."""
    body = call.body(TEMPLATE_TASK)
    return await _created(call, body.template_id, body)


async def task_created_of(call: Call) -> Reply:
    """Make a task of the template that the path names."""
    return await _created(call, call.path["id"], call.body(FILLING))


def is_meant(call: Call) -> bool:
    """Whether a body that makes a task names a template to make it from."""
    return any(value and TEMPLATE_TOOL.inside(key) == "template_id" for key, value in call.json().items())


async def initialised(call: Call) -> Reply:
    """Add the default templates that are missing."""
    answer = await (await call.workspace()).templates.initialise(call.actor, call.once)
    created = answer.value.created
    message = text(call.language, "Templates added: {count}.", count=created)
    return enveloped({"created": created}, seq=answer.seq, message=message)


async def _created(call: Call, template: str, body: Filling) -> Reply:
    operations = (await call.workspace()).templates
    values = kinds.texts(body.values)
    answer = await operations.create_task(call.actor, template, call.language, values, body.project_id, call.once)
    view = answer.value.view
    return enveloped(
        call.encoder.task(view),
        seq=answer.seq,
        status=201,
        rev=view.task.rev,
        message=text(call.language, "Task created."),
    )


REFUSED: Final = ("missing_parameter", "missing_fields", "invalid_date", "no_active_project", "template_not_found")
_MADE: Final = one(shapes.TASK_SHAPE, 201, tagged=True)

ROUTES: Final = (
    Route(
        name="list_templates",
        area=Area.TEMPLATES,
        summary="The templates of a language",
        methods=GET,
        family_a=("/template", "/templateler"),
        family_b=("/templates",),
        handler=listed,
        query=TEMPLATE_LIST,
        answer=several(shapes.TEMPLATE_SHAPE),
    ),
    Route(
        name="get_template",
        area=Area.TEMPLATES,
        summary="A template, by its id or alias",
        methods=GET,
        family_a=("/template/{id}",),
        family_b=("/templates/{id}",),
        handler=shown,
        query=TEMPLATE_LIST,
        answer=one(shapes.TEMPLATE_SHAPE),
        errors=("template_not_found",),
    ),
    Route(
        name="create_task_of_template",
        area=Area.TEMPLATES,
        summary="Make a task of this template",
        methods=POST,
        family_a=("/template/{id}/gorev",),
        handler=task_created_of,
        bodies=(FILLING,),
        answer=_MADE,
        errors=(*REFUSED, "invalid_priority", *OF_PROJECT),
        repeatable=True,
    ),
    Route(
        name="create_task_from_template",
        area=Area.TEMPLATES,
        summary="Make a task of a template",
        methods=POST,
        family_b=("/tasks/from-template",),
        handler=task_created,
        bodies=(TEMPLATE_TASK,),
        answer=_MADE,
        errors=(*REFUSED, "invalid_priority", *OF_PROJECT),
        repeatable=True,
    ),
    Route(
        name="initialise_templates",
        area=Area.TEMPLATES,
        summary="Add the default templates that are missing",
        methods=POST,
        family_a=("/template/init",),
        family_b=("/template/init",),
        aliases=("/api/v1/template/init",),  # one shipped client puts the base in front of the path twice
        handler=initialised,
        answer=one({"type": "object", "properties": {"created": json_schema.COUNT}, "required": ["created"]}),
        repeatable=True,
    ),
)
