"""Any task, project, link or actor that may exist, with any text in it, for property tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from gorev.domain.project import Project, ProjectView
from gorev.domain.task import Link, Task, TaskView
from gorev.domain.values import Actor, ActorKind, LinkKind, Priority, Status, Tag

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
tasks = st.builds(
    Task,
    id=text,
    title=text,
    description=text,
    status=st.sampled_from(Status),
    priority=st.sampled_from(Priority),
    project_id=st.none() | text,
    parent_id=st.none() | text,
    due_date=st.none() | st.dates(date(1, 1, 1)),
    tags=st.lists(st.builds(Tag, id=text, name=text), max_size=3).map(tuple),
    created_at=instants,
    updated_at=instants,
    rev=st.integers(1, 2**53),
)
links = st.builds(
    Link,
    id=text,
    source_id=text,
    target_id=text,
    kind=st.sampled_from(LinkKind),
    source_title=text,
    source_status=st.sampled_from(Status),
    target_title=text,
    target_status=st.sampled_from(Status),
)
counts = st.integers(0, 2**31)
task_views = st.builds(
    TaskView,
    task=tasks,
    project_name=st.none() | text,
    level=counts,
    dependency_count=counts,
    uncompleted_dependency_count=counts,
    dependent_count=counts,
    subtask_count=counts,
    links=st.none() | st.lists(links, max_size=2).map(tuple),
)
projects = st.builds(
    Project, id=text, name=text, definition=text, created_at=instants, updated_at=instants, rev=st.integers(1, 2**53)
)
project_views = st.builds(ProjectView, project=projects, is_active=st.booleans(), task_count=counts)
actors = st.builds(Actor, client=text, kind=st.sampled_from(ActorKind), session=st.none() | text)
