"""Routes on templates and on tasks made from them (``rest-api.md`` §4.2, §4.3 and §4.10)."""

from __future__ import annotations

import msgspec

from gorev.locale import text
from gorev.rest.call import Call
from gorev.rest.reply import Reply, enveloped
from gorev.wire import kinds
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


async def listed(call: Call) -> Reply:
    """The templates of a language."""
    query = call.query(TemplateQuery, TEMPLATE_QUERY)
    operations = (await call.workspace()).templates
    answer = await operations.listed(query.language or call.language, query.category)
    rows = [call.encoder.template(template) for template in answer.value]
    return enveloped(rows, seq=answer.seq, total=len(rows))


async def shown(call: Call) -> Reply:
    """One template, by id or alias."""
    query = call.query(TemplateQuery, TEMPLATE_QUERY)
    operations = (await call.workspace()).templates
    answer = await operations.get(call.path["id"], query.language or call.language)
    return enveloped(call.encoder.template(answer.value), seq=answer.seq)


async def task_created(call: Call) -> Reply:
    """Make a task of the template that the body names."""
    body = call.body(TemplateTask, TEMPLATE_TOOL)
    return await _created(call, body.template_id, body)


async def task_created_of(call: Call) -> Reply:
    """Make a task of the template that the path names."""
    return await _created(call, call.path["id"], call.body(Filling, TEMPLATE_TOOL))


def is_meant(call: Call) -> bool:
    """Whether a body that makes a task names a template to make it from."""
    return any(value and TEMPLATE_TOOL.inside(key) == "template_id" for key, value in call.json().items())


async def initialised(call: Call) -> Reply:
    """Add the default templates that are missing."""
    answer = await (await call.workspace()).templates.initialise(call.actor)
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
