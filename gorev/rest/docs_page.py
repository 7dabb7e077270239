"""The API's document as a page for readers: one file that loads nothing, runs nothing and needs no styles of others.

What belongs together in the document's two families is one entry here, with the names of both.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

import attrs

from gorev.locale import LANGUAGES, text
from gorev.wire.json_schema import Schema

_NAMES: Final = {"tr": "Türkçe", "en": "English"}
_TURKISH: Final = "_tr"

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5b6477; --line: #dde1ea; --paper: #fff; --tint: #f4f6fa;
  --link: #1c55c9; --get: #0b6b3a; --post: #1c55c9; --put: #8a5200; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --soft: #a3adc2; --line: #323a4b; --paper: #161a22;
  --tint: #1e2430; --link: #8ab4ff; --get: #6fd39b; --post: #8ab4ff; --put: #f0b866; --delete: #ff9d94; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); }
header, nav, main { padding: 1rem 1.25rem; }
header { border-bottom: 1px solid var(--line); }
header p { max-width: 46rem; margin: .5rem 0; }
h1 { margin: 0; font-size: 1.6rem; }
h1 small { color: var(--soft); font-size: .9rem; font-weight: normal; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.3rem; }
h3 { margin: 0; font-size: 1.05rem; }
h4 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--soft); }
code { font: .875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
nav ul { margin: .25rem 0 1rem; padding: 0; list-style: none; }
nav summary { cursor: pointer; font-weight: 600; }
nav a { text-decoration: none; }
section > article { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
article > p { margin: .25rem 0; color: var(--soft); }
.paths { margin: .5rem 0; padding: 0; list-style: none; }
.paths b { display: inline-block; min-width: 4.2rem; font: 600 .8rem ui-monospace, monospace; }
.get { color: var(--get); } .post { color: var(--post); } .delete { color: var(--delete); }
.put, .patch { color: var(--put); }
.rows { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
.rows li { padding: .35rem 0; border-bottom: 1px solid var(--line); }
.rows > li > code { font-weight: 600; }
.rows small, .also { color: var(--soft); font-size: .875rem; }
.needed { color: var(--delete); font-size: .8rem; }
pre { margin: .5rem 0; padding: .75rem; overflow-x: auto; border-radius: .5rem; background: var(--tint); }
@media (min-width: 64rem) { .page { display: grid; grid-template-columns: 18rem minmax(0, 60rem); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
"""

_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page(document: Schema, language: str) -> str:
    """The page of a document in the same language."""
    return "".join(_Page(document, language).parts())


@attrs.frozen
class _Entry:
    """Operations that are one: of both families, at all their paths."""

    places: list[tuple[str, str]]
    operations: list[Schema]

    @property
    def anchor(self) -> str:
        return _base(self.operations[0]["operationId"])

    @property
    def main(self) -> Schema:
        """The one to describe: that of family B, where there is one."""
        return next((each for each in self.operations if not _is_turkish(each)), self.operations[0])

    @property
    def other(self) -> Schema | None:
        """The same in Turkish names, if it has any others."""
        if _is_turkish(self.main):
            return None
        return next((each for each in self.operations if _is_turkish(each)), None)


@attrs.frozen
class _Page:
    _document: Schema
    _language: str

    def say(self, message: str) -> str:
        return escape(text(self._language, message))

    def parts(self) -> Iterator[str]:
        info = self._document["info"]
        areas = self._areas()
        yield f'<!doctype html><html lang="{self._language}"><head><meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>Gorev API {escape(info['version'])}</title><style>{STYLE}</style></head><body>"
        yield f"<header><h1>Gorev API <small>{escape(info['version'])}</small></h1>"
        for paragraph in info["description"].split("\n\n"):
            yield f"<p>{escape(paragraph)}</p>"
        others = (each for each in LANGUAGES if each != self._language)
        links = [f'<a href="?lang={each}" lang="{each}" hreflang="{each}">{_NAMES[each]}</a>' for each in others]
        yield f'<p><a href="/api/openapi.json">openapi.json</a> · {" · ".join(links)}</p></header>'
        yield f'<div class="page"><nav aria-label="{self.say("Contents")}">'
        for number, (area, entries) in enumerate(areas.items()):
            yield f"<details open><summary>{escape(area)}</summary><ul>"
            for entry in entries:
                yield f'<li><a href="#{entry.anchor}">{escape(entry.main["summary"])}</a></li>'
            yield "</ul></details>" if number < len(areas) else ""
        yield f'<a href="#shapes"><b>{self.say("Shapes")}</b></a></nav><main>'
        for area, entries in areas.items():
            yield f"<section><h2>{escape(area)}</h2>"
            for entry in entries:
                yield from self._entry(entry)
            yield "</section>"
        yield from self._shapes()
        yield "</main></div></body></html>"

    def _areas(self) -> dict[str, list[_Entry]]:
        entries: dict[str, _Entry] = {}
        for path, methods in self._document["paths"].items():
            for method, operation in methods.items():
                entry = entries.setdefault(_base(operation["operationId"]), _Entry([], []))
                entry.places.append((method.upper(), path))
                entry.operations.append(operation)
        areas: dict[str, list[_Entry]] = {tag["name"]: [] for tag in self._document["tags"]}
        for entry in entries.values():
            areas[entry.main["tags"][0]].append(entry)
        return areas

    def _entry(self, entry: _Entry) -> Iterator[str]:
        main, other = entry.main, entry.other
        yield f'<article id="{entry.anchor}"><h3>{escape(main["summary"])}</h3><ul class="paths">'
        for method, path in sorted(entry.places, key=lambda place: (place[1], place[0])):
            yield f'<li><b class="{method.lower()}">{method}</b> <code>{escape(path)}</code></li>'
        yield "</ul>"
        if note := main.get("x-detail"):
            yield f"<p>{escape(note)}</p>"
        yield from self._parameters(main, other)
        yield from self._body(main, other)
        yield from self._answers(main, other)
        yield "</article>"

    def _parameters(self, main: Schema, other: Schema | None) -> Iterator[str]:
        given = [each for each in main["parameters"] if "$ref" not in each]
        turkish = [] if other is None else [each for each in other["parameters"] if "$ref" not in each]
        if given:
            yield f'<h4>{self.say("Parameters")}</h4><ul class="rows">'
            for position, each in enumerate(given):
                names = [each["name"], *([turkish[position]["name"]] if position < len(turkish) else [])]
                yield self._row(names, each["schema"], each, needed=each.get("required", False))
            yield "</ul>"
        headers = [self._found(each) for each in main["parameters"] if "$ref" in each]
        if headers:
            yield f'<h4>{self.say("Headers")}</h4><p class="also">'
            yield " · ".join(f"<code>{escape(each['name'])}</code>" for each in headers)
            yield "</p>"

    def _body(self, main: Schema, other: Schema | None) -> Iterator[str]:
        schemas = [_body_of(each) for each in (main, other) if each is not None]
        if not schemas or schemas[0] is None:
            return
        yield f"<h4>{self.say('Body')}</h4>"
        alternatives = [[] if each is None else _alternatives(each) for each in schemas]
        for position, schema in enumerate(alternatives[0]):
            turkish = alternatives[1][position] if len(alternatives) > 1 else {}
            names = list(turkish.get("properties", {}))
            if position:
                yield f'<p class="also">{self.say("or")}</p>'
            yield '<ul class="rows">'
            for number, (name, member) in enumerate(schema.get("properties", {}).items()):
                both = [name, *([names[number]] if number < len(names) else [])]
                yield self._row(both, member, member, needed=name in schema.get("required", ()))
            yield "</ul>"

    def _answers(self, main: Schema, other: Schema | None) -> Iterator[str]:
        yield f'<h4>{self.say("Answers")}</h4><ul class="rows">'
        for status, response in main["responses"].items():
            found = self._found(response)
            content = next(iter(found.get("content", {}).values()), None)
            if status.startswith("2") and content is not None:
                kinds = [self._type(content["schema"])]
                theirs = None if other is None else other["responses"][status]["content"]["application/json"]["schema"]
                if theirs is not None and self._type(theirs) != kinds[0]:
                    kinds.append(self._type(theirs))
                told = " · ".join(kinds)
            elif content is None or (status == "503" and "Refused" not in response.get("$ref", "")):
                told = escape(found["description"])
            else:
                told = ", ".join(f"<code>{escape(code)}</code>" for code in found["description"].split(", "))
            yield f"<li><code>{status}</code> {told}</li>"
        yield "</ul>"

    def _shapes(self) -> Iterator[str]:
        yield f'<section id="shapes"><h2>{self.say("Shapes")}</h2>'
        for name, schema in self._document["components"]["schemas"].items():
            yield f'<article id="shape-{name}"><h3><code>{name}</code></h3><ul class="rows">'
            for member, kind in schema["properties"].items():
                yield self._row([member], kind, kind, needed=member in schema["required"])
            yield "</ul></article>"
        yield "</section>"

    def _row(self, names: list[str], schema: Schema, about: Schema, *, needed: bool) -> str:
        shown = " / ".join(f"<code>{escape(name)}</code>" for name in dict.fromkeys(names))
        parts = [shown, f"<small>{self._type(schema)}</small>"]
        if needed:
            parts.append(f'<span class="needed">{self.say("required")}</span>')
        if "default" in schema:
            parts.append(f"<small>= <code>{escape(_written(schema['default']))}</code></small>")
        if "description" in about:
            parts.append(f"<br><small>{escape(about['description'])}</small>")
        also = [each for each in about.get("x-also", ()) if each not in names]
        if (also and about is schema) or (also and "in" in about):
            parts.append(f"<small>({', '.join(map(escape, also))})</small>")
        return f"<li>{' '.join(parts)}</li>"

    def _type(self, schema: Schema) -> str:
        """A type in few words, shapes as links."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return f'<a href="#shape-{name}">{name}</a>'
        if "anyOf" in schema and "type" not in schema:
            return " | ".join(dict.fromkeys(self._type(each) for each in _plain(schema["anyOf"])))
        if "enum" in schema:
            return " | ".join(f"<code>{escape(_written(each))}</code>" for each in schema["enum"])
        if "const" in schema:
            return f"<code>{escape(_written(schema['const']))}</code>"
        kind = schema.get("type", "")
        if kind == "array":
            return f"[{self._type(schema.get('items', {}))}]"
        if kind == "object" and "data" in schema.get("properties", {}):
            return f"{{data: {self._type(schema['properties']['data'])}}}"
        if kind == "object" and schema.get("properties"):
            return f"{{{', '.join(escape(name) for name in schema['properties'])}}}"
        kind = " | ".join(kind) if isinstance(kind, list) else kind
        bounds = [str(schema[each]) for each in ("minimum", "maximum") if each in schema]
        return escape(" ".join([kind, schema.get("format", ""), "…".join(bounds)]).strip())

    def _found(self, part: Schema) -> Schema:
        if "$ref" not in part:
            return part
        place: Any = self._document
        for step in part["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        found: Schema = place
        return found


def _base(operation_id: str) -> str:
    """What the names of operations that are one begin with: without method, family and number."""
    name = operation_id.removeprefix("patch_")
    stem, _, number = name.rpartition("_")
    name = stem if number.isdigit() else name
    return name.removesuffix(_TURKISH)


def _is_turkish(operation: Schema) -> bool:
    return _base(operation["operationId"]) + _TURKISH in operation["operationId"]


def _body_of(operation: Schema) -> Schema | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Schema | None = content.get("application/json", {}).get("schema")
    return schema


def _alternatives(schema: Schema) -> list[Schema]:
    return schema["anyOf"] if "anyOf" in schema and "properties" not in schema else [schema]


def _plain(options: list[Schema]) -> list[Schema]:
    """The forms that a reader should use: a number or a flag as itself, nothing at all rather than an empty text."""
    options = [each for each in options if each != {"const": ""}]
    typed = [each for each in options if each.get("type") in ("boolean", "integer", "number")]
    return [each for each in options if each in typed or each == {"type": "null"}] if typed else options


def _written(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
