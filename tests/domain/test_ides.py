"""The settings for editors, and versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gorev.domain.errors import InvalidValue
from gorev.domain.ides import KEYS, Ide, IdeSettings, duration, extension_id, is_newer, newest

GOOD: dict[str, tuple[Any, Any]] = {
    "auto_install": (True, True),
    "auto_update": ("TRUE", True),
    "disable_prompts": ("false", False),
    "check_interval": ("1h30m", "1h30m"),
    "supported_ides": (["cursor", "vscode", "cursor"], (Ide.CURSOR, Ide.VSCODE)),
    "extension_id": ("some.other-one", "some.other-one"),
    "last_update_check": ("2025-10-06T10:30:00Z", datetime(2025, 10, 6, 10, 30, tzinfo=UTC)),
}


def test_every_setting_has_a_default() -> None:
    settings, refused = IdeSettings.of({})
    assert refused == []
    assert settings == IdeSettings(
        auto_install=False,
        auto_update=False,
        disable_prompts=False,
        check_interval="24h",
        supported_ides=(Ide.VSCODE, Ide.CURSOR, Ide.WINDSURF),
        extension_id="mehmetsenol.gorev-vscode",
        last_update_check=None,
    )


def test_the_table_of_good_values_has_every_setting() -> None:
    assert set(GOOD) == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_setting_is_read_from_a_file_and_from_a_command_line(key: str) -> None:
    given_, meant = GOOD[key]
    settings, refused = IdeSettings.of({key: given_, "of_others": 1})
    assert (getattr(settings, key), refused) == (meant, [])
    assert IdeSettings.of(settings.stored()) == (settings, [])


def test_editors_may_be_listed_with_commas() -> None:
    assert IdeSettings().changed("supported_ides", "windsurf, vscode").supported_ides == (Ide.WINDSURF, Ide.VSCODE)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auto_install", "perhaps"),
        ("auto_install", 1),
        ("check_interval", "24"),
        ("check_interval", "h"),
        ("check_interval", "0s"),
        ("check_interval", 24),
        ("check_interval", "1h 2m"),
        ("supported_ides", ["emacs"]),
        ("supported_ides", [1]),
        ("supported_ides", 1),
        ("extension_id", "noname"),
        ("extension_id", "--install-extension"),
        ("extension_id", "a.b c"),
        ("extension_id", 1),
        ("last_update_check", "yesterday"),
        ("last_update_check", "2025-10-06T10:30:00"),
        ("colour", "red"),
    ],
)
def test_a_value_that_is_no_good_is_refused_and_in_a_file_ignored(key: str, value: object) -> None:
    with pytest.raises(InvalidValue):
        IdeSettings().changed(key, value)
    settings, refused = IdeSettings.of({key: value})
    assert settings == IdeSettings()
    assert refused == ([key] if key in KEYS else [])


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidValue) as refused:
        IdeSettings().changed("colour", "red")
    assert refused.value.details["allowed"] == list(KEYS)


def test_the_originals_way_to_say_never_is_understood() -> None:
    assert IdeSettings.of({"last_update_check": "0001-01-01T00:00:00Z"}) == (IdeSettings(), [])


@given(st.integers(1, 1000), st.integers(0, 59), st.integers(0, 59))
def test_a_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: int) -> None:
    expected = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert duration("check_interval", f"{hours}h{minutes}m{seconds}s") == expected


@pytest.mark.parametrize("given_", ["a.b", "mehmetsenol.gorev-vscode", "MS-python.python", "a1.b2.c"])
def test_an_id_of_an_extension_is_publisher_and_name(given_: str) -> None:
    assert extension_id("extension_id", given_) == given_


@pytest.mark.parametrize(
    ("higher", "lower"),
    [("1.2.0", "1.1.9"), ("1.10.0", "1.9.0"), ("2.0.0", "1.99.99"), ("1.0.1", "1.0"), ("1.0.0", "1.0.0-beta")],
)
def test_versions_are_ordered_by_their_numbers(higher: str, lower: str) -> None:
    assert is_newer(higher, lower)
    assert not is_newer(lower, higher)
    assert newest([lower, higher, lower]) == higher


def test_of_no_version_none_is_the_newest() -> None:
    assert newest([]) is None
