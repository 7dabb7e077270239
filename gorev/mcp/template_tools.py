"""The tools on templates (``mcp-tools.md`` §3.6 and §3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from gorev.domain.template import Field, FieldKind, Template
from gorev.mcp import markdown
from gorev.mcp.budget import DEFAULT_BUDGET, clipped, size
from gorev.mcp.registry import ToolOutcome
from gorev.mcp.task_answers import TASK_OUTPUT, told
from gorev.mcp.toolbox import OF_PROJECT, WORDS, Tool, ToolCall
from gorev.wire import encode, kinds
from gorev.wire.decode import or_absent
from gorev.wire.kinds import Key, Object, Text
from gorev.wire.names import priority_name
from gorev.wire.vocabulary import FIELD_KIND, TEMPLATE, TEMPLATE_TOOL

_ECHO_CHARACTERS: Final = 200


class ListArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``template_listele``."""

    category: Text | UnsetType = UNSET


async def list_templates(call: ToolCall, given: ListArguments) -> ToolOutcome:
    """The templates in full if that is short enough, else in outline, as many as the budget lets through."""
    category = or_absent(given.category)
    found = (await call.workspace.templates.listed(call.language, category)).value
    if not found:
        return await _nothing(call, category)
    heading = f"# {call.say('Templates')} ({len(found)})"
    rows, lines = [call.encoder.template(each) for each in found], [_in_full(call, each) for each in found]
    if _size(rows, lines) <= DEFAULT_BUDGET:
        return ToolOutcome(text="\n\n".join([heading, *lines]), structured={"templateler": rows})
    rows, lines = [_row(call, each) for each in found], [_in_outline(each) for each in found]
    while len(rows) > 1 and _size(rows, lines) > DEFAULT_BUDGET:
        rows.pop()
        lines.pop()
    legend = call.say(
        "Fields: * is required, in braces one of these, :date as YYYY-MM-DD, after = the default."
        " Some in full: name a kategori."
    )
    structured: dict[str, Any] = {"templateler": rows, "aciklama": legend}
    notes = []
    if len(rows) < len(found):
        structured["kalan"] = len(found) - len(rows)
        notes.append(call.say("{left} more: name a kategori to see them.", left=structured["kalan"]))
    return ToolOutcome(text="\n\n".join([heading, legend, *lines, *notes]), structured=structured)


async def _nothing(call: ToolCall, category: str | None) -> ToolOutcome:
    if category is None:
        return ToolOutcome(text=call.say("There are no templates."), structured={"templateler": []})
    others = (await call.workspace.templates.listed(call.language)).value
    known = ", ".join(dict.fromkeys(each.category for each in others))
    asked = clipped(category, _ECHO_CHARACTERS)
    said = call.say("There are no templates of the category {category}.", category=asked)
    return ToolOutcome(text=f"{said} {call.say('Categories: {known}.', known=known)}", structured={"templateler": []})


def _size(rows: Sequence[Any], lines: Sequence[str]) -> int:
    return max(size(rows), sum(size(line) + 2 for line in lines))


def _row(call: ToolCall, template: Template) -> dict[str, Any]:
    """A template whose fields are told by their outlines."""
    names = TEMPLATE.out(WORDS)
    left_out = ("description_template", "sample_values", "active", "language", "base_id")
    row = call.encoder.template(template)
    for name in left_out:
        row.pop(names[name], None)
    return row | {names["fields"]: [_outline(field) for field in template.fields]}


def _in_full(call: ToolCall, template: Template) -> str:
    lines = [_heading(template), f"ID: {template.id}", f"{call.say('Category')}: {template.category}"]
    if template.base_id:
        lines.append(f"base_template_id: {template.base_id}")
    lines += [f"{call.say('Definition')}: {template.definition}", f"{call.say('Title')}: {template.default_title}"]
    for field in template.fields:
        required = call.say("required") if field.required else call.say("optional")
        parts = [f"- {field.name}: {FIELD_KIND[field.kind]}, {required}"]
        if field.default:
            parts.append(call.say("default {value}", value=field.default))
        if field.options:
            parts.append(f"{{{'|'.join(field.options)}}}")
        lines.append(", ".join(parts) + (f" — {field.description}" if field.description else ""))
    if template.sample_values:
        samples = encode.json(template.sample_values).decode()
        lines.append(f"{call.say('Sample values')}: {samples}")
    lines += [f"{call.say('Description')}:", template.description_template]
    return "\n".join(lines)


def _in_outline(template: Template) -> str:
    fields = ", ".join(_outline(field) for field in template.fields)
    head = f"{_heading(template)} | {template.category} | ID:{template.id}"
    return f"{head}\n{template.definition}\n{template.default_title}\n{fields}"


def _heading(template: Template) -> str:
    return f"## {template.name} `{template.alias or template.id}`"


def _outline(field: Field) -> str:
    """A field in a word: its name, whether it is required, what it must be, and what it is if left out."""
    kind = "" if field.kind in (FieldKind.TEXT, FieldKind.SELECT) else f":{FIELD_KIND[field.kind]}"
    options = f"{{{'|'.join(field.options)}}}" if field.options else ""
    default = f"={field.default}" if field.default else ""
    return f"{field.name}{'*' if field.required else ''}{kind}{options}{default}"


class FillArguments(msgspec.Struct, kw_only=True):
    """Arguments of ``templateden_gorev_olustur``."""

    template_id: Text
    values: Object
    project_id: Text | UnsetType = UNSET
    idempotency_key: Key | UnsetType = UNSET


async def create_from_template(call: ToolCall, given: FillArguments) -> ToolOutcome:
    """Make a task of a template."""
    made = (
        await call.workspace.templates.create_task(
            call.actor,
            given.template_id,
            call.language,
            kinds.texts(given.values),
            or_absent(given.project_id),
            call.once,
        )
    ).value
    task = made.view.task
    lines = [
        call.say("Task created from the template {name}.", name=made.template_name),
        markdown.one_line(task.title),
        f"ID: {task.id}",
        f"{call.say('Priority')}: {priority_name(task.priority, call.language)}",
        f"{call.say('Project')}: {markdown.one_line(made.view.project_name or '')} (ID: {task.project_id})",
    ]
    if task.due_date:
        lines.append(f"{call.say('Due')}: {task.due_date.isoformat()}")
    lines.append(call.say("Read it in full with gorev_detay."))
    if not made.ignored:
        return told(call, made.view, lines)
    fields = clipped(", ".join(made.ignored), _ECHO_CHARACTERS)
    warning = call.say("The template has no such fields: {fields}.", fields=fields)
    return told(call, made.view, [*lines, f"⚠️ {warning}"], warnings=[warning])


TOOLS: Final = (
    Tool(
        name="template_listele",
        title="List templates",
        description="The templates for new tasks with their fields, by category.",
        arguments=ListArguments,
        names=TEMPLATE_TOOL,
        handler=list_templates,
        output={"templateler": "array", "aciklama": "string", "kalan": "integer"},
        read_only=True,
    ),
    Tool(
        name="templateden_gorev_olustur",
        title="Create a task from a template",
        description="Makes a task: template_listele tells the templates and what each one asks for in degerler.",
        arguments=FillArguments,
        names=TEMPLATE_TOOL,
        handler=create_from_template,
        output={**TASK_OUTPUT, "warnings": "array"},
        hints={
            "template_id": "id or alias, for example bug",
            "values": "value of each field, by its name",
            "project_id": "default: the active project",
        },
        idempotent=False,
        errors=("missing_fields", "template_not_found", *OF_PROJECT, "no_active_project", "invalid_date"),
    ),
)
