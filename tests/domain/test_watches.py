"""Which changes matter to which task, and which folders have to be looked at for that."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.watches import FileOperation, Watch, WatchIndex, WatchPlan, merged

CREATE, WRITE, REMOVE, RENAME = FileOperation
THEN = datetime(2025, 1, 1, tzinfo=UTC)
PARTS = st.lists(st.sampled_from(["a", "b", "src", "node_modules", ".git", "x.log", "deep"]), min_size=1, max_size=5)


def watch(path: str, task_id: str = "task", *, active: bool = True) -> Watch:
    return Watch(id=1, task_id=task_id, path=path, active=active, created_at=THEN, updated_at=THEN)


def told(watched: str, path: str, *, is_folder: bool = False) -> bool:
    return bool(WatchIndex.of([watch(watched)]).tasks_of(path, is_folder=is_folder))


@pytest.mark.parametrize(
    ("earlier", "later", "together"),
    [
        (CREATE, WRITE, CREATE),
        (CREATE, CREATE, CREATE),
        (WRITE, WRITE, WRITE),
        (WRITE, CREATE, WRITE),
        (REMOVE, CREATE, WRITE),
        (RENAME, CREATE, WRITE),
        (RENAME, WRITE, WRITE),
        (CREATE, REMOVE, REMOVE),
        (WRITE, RENAME, RENAME),
        (REMOVE, RENAME, RENAME),
    ],
)
def test_two_events_of_a_path_are_what_happened_to_it_on_the_whole(
    earlier: FileOperation, later: FileOperation, together: FileOperation
) -> None:
    assert merged(earlier, later) is together


@given(st.lists(st.sampled_from(FileOperation), min_size=1))
def test_after_merging_a_file_has_content_exactly_if_its_last_event_left_some(events: list[FileOperation]) -> None:
    state = events[0]
    for event in events[1:]:
        state = merged(state, event)
    assert state.leaves_content is events[-1].leaves_content


@pytest.mark.parametrize(
    ("watched", "path", "expected"),
    [
        ("/w/a.py", "/w/a.py", True),
        ("/w/a.exe", "/w/a.exe", True),
        ("/w/node_modules/a.js", "/w/node_modules/a.js", True),
        ("/w/a.py", "/w/a.pyc", False),
        ("/w/a.py", "/w/b/a.py", False),
        ("/w", "/w/a.py", True),
        ("/w", "/w/x/y/A.PY", True),
        ("/w", "/w/a.exe", False),
        ("/w", "/w/a", False),
        ("/w", "/wider/a.py", False),
        ("/w", "/w/x/node_modules/y/a.js", False),
        ("/w", "/w/.git/config.json", False),
        ("/w", "/w/.gorev/a.json", False),
        ("/w", "/w/.github/a.yml", True),
        ("/w", "/w/builder/a.py", True),
        ("/w", "/w/cache.tmp/a.py", False),
        ("/w/node_modules/mine", "/w/node_modules/mine/a.js", True),
        ("/home/build/w", "/home/build/w/a.js", True),
        ("/", "/a.py", True),
        ("/w/*.py", "/w/a.py", True),
        ("/w/*.py", "/w/x/a.py", False),
        ("/w/*.log", "/w/a.log", True),
        ("/w/*", "/w/a.md", True),
        ("/w/*", "/w/a.log", False),
        ("/w/*", "/w/a", False),
        ("/w/a?.md", "/w/ab.md", True),
        ("/w/a[12].md", "/w/a1.md", True),
        ("/w/a[12].md", "/w/a3.md", False),
        ("/w/[id].ts", "/w/[id].ts", True),
        ("/w/[id]", "/w/[id]/page.ts", True),
    ],
)
def test_a_change_matters_to_watches_of_the_path_of_a_folder_above_and_of_a_fitting_pattern(
    watched: str, path: str, expected: bool
) -> None:
    assert told(watched, path) is expected


@pytest.mark.parametrize(("watched", "expected"), [("/w/x", True), ("/w", False), ("/w/*", False)])
def test_a_change_of_a_folder_matters_to_watches_of_this_very_folder(watched: str, expected: bool) -> None:
    assert told(watched, "/w/x", is_folder=True) is expected


def test_each_task_is_found_whichever_way_it_watches_and_inactive_watches_count_nothing() -> None:
    index = WatchIndex.of(
        [
            watch("/w/a.py", "file"),
            watch("/w", "folder"),
            watch("/w/*.py", "pattern"),
            watch("/w/?.py", "pattern"),
            watch("/w/a.py", "asleep", active=False),
            watch("/x", "elsewhere"),
        ]
    )
    assert index.tasks_of("/w/a.py", is_folder=False) == {"file", "folder", "pattern"}


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/w", True),
        ("/w/src", True),
        ("/w/src/deep", True),
        ("/w/docs", True),
        ("/w/docs/below", True),
        ("/w/docs/node_modules", False),
        ("/w/docs/x/.git/y", False),
        ("/w/other", False),
        ("/", False),
        ("/else", False),
        ("/else/where", True),
    ],
)
def test_the_folders_on_the_way_to_a_watched_path_and_below_it_are_wanted(folder: str, expected: bool) -> None:
    plan = WatchPlan.of({"/w/src/deep/a.py": "/w", "/w/docs": "/w", "/else/where/b.py": "/else/where"})
    assert plan.wants(folder) is expected
    assert plan.anchors == {"/w", "/else/where"}


def test_a_watch_of_the_anchor_itself_wants_nothing_above_it() -> None:
    plan = WatchPlan.of({"/w": "/w"})
    assert (plan.wants("/w"), plan.wants("/")) == (True, False)


@given(PARTS, PARTS)
def test_whatever_a_change_may_matter_to_its_folder_is_wanted(watched: list[str], changed: list[str]) -> None:
    """The plan never leaves out a folder in which a change would be told of."""
    path, file = "/w/" + "/".join(watched), "/w/" + "/".join([*changed, "file.py"])
    if told(path, file):
        assert WatchPlan.of({path: "/w"}).wants(file.rsplit("/", 1)[0])
