"""Finds every text key in the source: what a user may read, and so what the catalogue must have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import gorev

PACKAGE = Path(gorev.__file__).parent

# Calls whose argument at this position is a text key, and keywords and names that always hold text keys.
CALLS = {
    "text": 1,
    "say": 0,
    "Refusal": 2,
    "value": 2,
    "noted": 1,
    "_header": 1,
    "Key": 3,
    "_fine": 1,
    "_warning": 1,
    "_problem": 1,
    "Unusable": 0,
}
KEYWORDS = {"allowed", "hints", "hint", "title", "description", "reason", "summary", "detail"}
TABLES = {
    "MESSAGES",
    "UNAVAILABLE",
    "_STATUS_NAME",
    "_PRIORITY_NAME",
    "_REFUSAL",
    "_RANGE",
    "_STATE_TEXT",
    "_DONE_TEXT",
    "_REASONS",
    "_CONFLICT",
    "_CAUTION",
    "_SENTENCE",
    "_LABEL",
    "INSTRUCTIONS",
    "PURPOSES",
    "ABOUT",
    "_HINTS",
    "_QUERY_HINTS",
    "message",
    "remedy",
}


def keys() -> set[str | tuple[str, str]]:
    """Every text key of the package; one with plural forms as the pair of them."""
    return {key for path in PACKAGE.rglob("*.py") for key in _keys_in(ast.parse(path.read_text(encoding="utf-8")))}


def _keys_in(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="plural" | "Count"), args=[_, one, many, *_]):
                yield from zip(_sentences(one), _sentences(many), strict=True)
            case ast.Call():
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in CALLS and len(node.args) > CALLS[name]:
                    yield from _sentences(node.args[CALLS[name]])
                if name in ("_warning", "_problem"):
                    yield from _sentences(node.args[2])
                described = name.endswith("Tool") or name in ("Prompt", "Argument", "Route", "Fields")
                if described or name.startswith(("Invalid", "Missing", "PathNotAllowed")):
                    for keyword in node.keywords:
                        if keyword.arg in KEYWORDS:
                            yield from _texts(keyword.value)
            case ast.ClassDef(name="Area", body=body):
                for line in body:
                    if isinstance(line, ast.Assign):
                        yield from _sentences(line.value)
            # Tables that others import say their type; what has none may be the member of an enumeration.
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in TABLES and not name.isupper():
                yield from _texts(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if name in TABLES and value is not None:
                yield from _texts(value)


def _sentences(node: ast.AST) -> Iterator[str]:
    """String literals that an expression may yield; values of a dict, never the elements of a list."""
    match node:
        case ast.Constant(value=str(sentence)) if any(letter.isalpha() for letter in sentence):
            yield sentence
        case ast.IfExp(body=first, orelse=second):
            yield from _sentences(first)
            yield from _sentences(second)


def _texts(node: ast.AST) -> Iterator[str]:
    """As `_sentences`, for tables: also what stands in dicts and tuples."""
    match node:
        case ast.Dict(values=values) | ast.Tuple(elts=values):
            for value in values:
                yield from _texts(value)
        case _:
            yield from _sentences(node)
