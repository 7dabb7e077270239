"""The documentation builds without a warning, and its reference has everything that the program offers."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from docs.from_code.commands import contexts
from docs.from_code.errors import every_code
from docs.from_code.rest import shown
from docs.from_code.routes import routes
from docs.from_code.tools import LISTED
from gorev.cli.main import COMMANDS
from gorev.configuration import KEYS
from gorev.domain.event import EventKind
from gorev.limits import LIMITS
from gorev.mcp.hidden_names import HIDDEN
from gorev.mcp.prompts import PROMPTS
from gorev.mcp.toolbox import ORDER
from gorev.mcp.tools import UNLISTED
from gorev.rest.reply import STATUS
from gorev.wire.events import Format
from gorev.wire.vocabulary import Vocabulary

ROOT: Final = Path(__file__).resolve().parents[2]
# How the program tells itself who started it, and the shell that it is to complete: nobody sets these.
OF_THE_PROGRAM_ITSELF: Final = {"GOREV_STARTED_BY", "GOREV_START_LOCK_FD", "GOREV_COMPLETE"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The text of a page, built as ``make docs`` does it."""
    target = tmp_path_factory.mktemp("docs")
    options = ("--fail-on-warning", "--nitpicky", "--quiet", "--doctree-dir", str(target / "doctrees"))
    command = [sys.executable, "-m", "sphinx", *options, "docs", str(target / "html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr)
    return lambda name: _text((target / "html" / f"{name}.html").read_text(encoding="utf-8"))


def _text(written: str) -> str:
    """What a reader sees: the article of a page, without its tags, its apostrophes as they are typed."""
    article = written[written.index("<article") : written.index("</article>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", article)).replace("’", "'").split())


def missing(names: Iterable[object], text: str) -> list[str]:
    """The names that do not stand in a text as words."""
    return [str(name) for name in names if not re.search(rf"(?<![\w-]){re.escape(str(name))}(?![\w-])", text)]


def test_every_tool_is_there_with_its_arguments_and_errors(page: Callable[[str], str]) -> None:
    text = page("reference/tools")
    assert missing([*ORDER, *HIDDEN, *(tool.name for tool in UNLISTED), *(each.name for each in PROMPTS)], text) == []
    for tool in LISTED:
        section = text[text.index(f"{tool.name}¶") :].partition("Errors:")
        for words in Vocabulary:
            names = tool.names.out(words)
            assert missing([names[field] for field in tool.arguments.__struct_fields__], section[0]) == []
        assert missing(tool.codes(), section[2].partition("¶")[0]) == []


def test_every_route_is_there_with_its_methods_and_errors(page: Callable[[str], str]) -> None:
    text = page("reference/rest")
    for route in routes():
        places = [f"{' | '.join(route.methods)} {shown(path)}" for path, _ in route.paths()]
        assert missing(places, text) == []
        begun = re.search(rf"{re.escape(places[0])}(?![\w/{{-])", text)
        assert begun is not None
        errors = text[begun.end() :].partition("Errors:")[2].partition("¶")[0]
        assert missing(route.codes(), errors) == []


def test_every_command_is_there_with_its_options(page: Callable[[str], str]) -> None:
    text = page("reference/commands")
    assert missing((f"gorev {name}" for name in COMMANDS), text) == []
    for context in contexts():
        section = text[text.index(f"{context.command_path}¶") :].partition("¶")[2].partition("¶")[0]
        options: list[Any] = [each for each in context.command.get_params(context) if "--help" not in each.opts]
        assert (
            missing((name for each in options if each.param_type_name == "option" for name in each.opts), section) == []
        )


def test_every_error_code_is_there_with_its_status(page: Callable[[str], str]) -> None:
    text = page("reference/errors")
    assert missing((f"{code} {STATUS.get(code, 400)}" for code in every_code()), text) == []


def test_every_setting_is_there_with_what_comes_before_it(page: Callable[[str], str]) -> None:
    text = page("reference/settings")
    wanted = [each for key in KEYS.values() for each in (key.name, key.flag, key.variable) if each]
    assert missing(wanted, text) == []


def test_every_variable_of_the_environment_is_there(page: Callable[[str], str]) -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "gorev").rglob("*.py"))
    read = set(re.findall(r"\bGOREV_[A-Z_]+\b", sources)) - OF_THE_PROGRAM_ITSELF
    assert missing(read, page("reference/settings")) == []


def test_every_limit_is_there(page: Callable[[str], str]) -> None:
    text = page("reference/limits")
    assert [limit.what for limit in LIMITS if limit.what not in text] == []


def test_every_kind_of_event_is_there(page: Callable[[str], str]) -> None:
    wanted = [*(kind.value for kind in EventKind), *(format_.value for format_ in Format)]
    assert missing(wanted, page("reference/websocket")) == []


def test_the_readme_is_short_and_sound_and_has_its_pictures() -> None:
    written = (ROOT / "README.rst").read_text(encoding="utf-8")
    parsed = publish_doctree(written, settings_overrides={"report_level": 2, "halt_level": 2, "warning_stream": False})
    pictures = [image["uri"] for image in parsed.findall(nodes.image)]
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []
    assert len(written.splitlines()) <= 150


def test_no_command_that_deletes_or_kills_is_shown_ready_to_run() -> None:
    shown_lines = [
        (path.name, line)
        for path in (ROOT / "docs").rglob("*.rst")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\$.*\b(rm|unlink|kill|pkill|killall|dd|truncate)\b|--force", line)
    ]
    assert shown_lines == []
