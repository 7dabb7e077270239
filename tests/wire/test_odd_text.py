"""Any text goes through a workspace and comes out as it went in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import pytest
import pytest_twisted
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gorev.domain.errors import InvalidValue
from gorev.domain.query import TaskQuery
from gorev.domain.task import NewTask
from gorev.domain.text import caseless, folded
from gorev.wire import encode
from gorev.wire.encode import Encoder
from gorev.wire.events import Format, frame
from gorev.wire.vocabulary import Vocabulary
from tests.support.open_store import ACTOR, open_store

Test = TypeVar("Test", bound=Callable[..., object])
in_reactor: Callable[[Test], Test] = pytest_twisted.ensureDeferred

few = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

# What programs stumble over: emoji with modifiers and joiners, right-to-left text and marks, combining marks, both
# forms of one letter, line ends that are not, control characters, quotes, and what looks like SQL, markup or a format.
ODD = st.sampled_from(
    [
        "👩‍👩‍👧‍👦",
        "🇹🇷",
        "👍🏽",
        "مرحبا",
        "שלום",
        "\u202egnirts\u202c",
        "\u200f",
        "e\u0301",
        "é",
        "s\u0327",
        "i\u0307",
        "Zalgo\u0300\u0301\u0302\u0303",
        "\u2028",
        "\u2029",
        "\u0085",
        "\r\n",
        "\t",
        "\x01",
        "\x7f",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "İIıi",
        "ŞĞÇÖÜ",
        "ﬁ",
        "ẞ",
        "'; DROP TABLE tasks; --",
        '"',
        "\\",
        "%_*?",
        "<script>",
        "{title}",
        "${x}",
        "NULL",
        "0",
    ]
)
plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
texts = st.lists(ODD | plain, max_size=5).map("".join)
lines = texts.map(lambda text: text[:200]).filter(str.strip)


def usable_tags(names: list[str]) -> list[str]:
    return [name.strip() for name in names if "," not in name]


@few
@given(lines, texts, st.lists(lines, max_size=3), lines)
@example("\ufeff", "", ["\u200b"], "\u2060")
@in_reactor
async def test_text_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, title: str, description: str, tags: list[str], project: str
) -> None:
    names = usable_tags(tags)
    async with open_store(tmp_path_factory.mktemp("odd")) as store:
        project_id = (await store.project(project)).id
        made = NewTask(title=title, description=description, tags=tuple(names), project_id=project_id)
        view = (await store.tasks.create(ACTOR, made)).value
        read = (await store.tasks.get(view.task.id)).value.view
        (event,) = store.events[1:]
        found = [
            (await store.tasks.page(query)).value.total
            for query in (
                TaskQuery(search=title.strip()),
                TaskQuery(search=description),
                *(TaskQuery(tag=name) for name in names),
                *(TaskQuery(search=name) for name in names),
            )
        ]
    assert read == view
    assert event.after == view
    assert (read.task.title, read.task.description, read.project_name) == (
        title.strip(),
        description,
        project.strip(),
    )
    expected = {caseless(name): name for name in reversed(names)}
    assert sorted(tag.name for tag in read.task.tags) == sorted(expected.values())
    assert found == [1] * len(found)
    for words in Vocabulary:
        encoded = Encoder(words, "w").task(read)
        assert json.loads(encode.json(encoded).decode()) == encoded
    for format_ in Format:
        told = frame(event, "w", format_)
        assert json.loads(encode.json(told).decode()) == told


@given(texts)
def test_folded_text_has_no_capitals_and_no_turkish_letters(text: str) -> None:
    assert not set(folded(text)) & set("İIıŞşĞğÇçÖöÜü")


@few
@given(st.text(st.characters(categories=["Cs", "Lu", "Cc"]), min_size=1, max_size=5))
@in_reactor
async def test_what_cannot_be_kept_is_refused_before_anything_is_written(
    tmp_path_factory: pytest.TempPathFactory, foul: str
) -> None:
    async with open_store(tmp_path_factory.mktemp("odd")) as store:
        for new in (
            NewTask(title=f"x{foul}x"),
            NewTask(title="x", description=foul),
            NewTask(title="x", tags=(f"x{foul}x",)),
        ):
            refused = "\0" in foul or any("\ud800" <= letter <= "\udfff" for letter in foul)
            if refused:
                with pytest.raises(InvalidValue):
                    await store.tasks.create(ACTOR, new)
            else:
                assert (await store.tasks.create(ACTOR, new)).value.task.rev == 1
        assert len(store.events) == (0 if refused else 3)
