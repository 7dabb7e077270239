"""Rows that are encoded once are what encoding them each time would give."""

from __future__ import annotations

import json
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.task import Branch, TaskView
from gorev.wire import encode
from gorev.wire.encode import Encoder
from gorev.wire.rows import EncodedTasks, Rows
from gorev.wire.vocabulary import TASK, Vocabulary
from tests.support.any_entity import task_views

leaves = st.builds(Branch, view=task_views, children=st.just(()))
trees = st.recursive(
    leaves,
    lambda below: st.builds(Branch, view=task_views, children=st.lists(below, max_size=3).map(tuple)),
    max_leaves=6,
)


def read(raw: object) -> Any:
    """What is sent, as a client reads it."""
    return json.loads(encode.json(raw))


@given(trees, st.sampled_from(Vocabulary))
def test_trees_are_encoded_as_ever_the_second_time_too(tree: Branch, words: Vocabulary) -> None:
    encoder = Encoder(words, "workspace")
    rows = Rows(encoder, EncodedTasks())
    for _ in range(2):
        assert read(rows.branches([tree, tree])) == read(encoder.branches([tree, tree]))
        assert read(rows.task(tree.view)) == read(encoder.task(tree.view))


@given(task_views)
def test_vocabularies_and_workspaces_are_not_mixed_up(view: TaskView) -> None:
    tasks = EncodedTasks()
    encoders = [Encoder(words, workspace) for words in Vocabulary for workspace in ("one", "other")]
    for encoder in encoders * 2:
        assert read(Rows(encoder, tasks).task(view)) == read(encoder.task(view))


@given(task_views)
def test_a_task_that_comes_to_lie_where_another_one_was_is_itself(view: TaskView) -> None:
    rows = Rows(Encoder(Vocabulary.ENGLISH, "workspace"), EncodedTasks())
    places = set()
    for number in range(50):
        another = attrs.evolve(view, level=number)
        places.add(id(another))
        assert read(rows.task(another))[TASK.out(Vocabulary.ENGLISH)["level"]] == number
        del another
    assert len(places) < 50
