"""Who is let in where a token is required."""

from __future__ import annotations

import attrs
import pytest

from gorev.access import SESSION_LIMIT, SESSION_SECONDS, Access
from gorev.daemon.token import CODE_SECONDS, new_code

TOKEN = "0123456789abcdef" * 4
INSTANCE = "instance"


@attrs.define
class House:
    """An access whose clock is moved by hand."""

    now: float = 1_000_000.0
    access: Access = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.access = Access(INSTANCE, lambda: self.now)
        self.access.change(TOKEN)

    def code(self, token: str = TOKEN, instance: str = INSTANCE) -> str:
        """A login code that is made now."""
        return new_code(token, instance, self.now)

    def log_in(self) -> bytes:
        """The cookie of a new session."""
        cookie = self.access.enter(self.code())
        assert cookie is not None
        return cookie.encode()


@pytest.fixture
def house() -> House:
    """A house with a token in force."""
    return House()


@pytest.mark.parametrize("shown", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
def test_the_token_is_let_in(house: House, shown: str) -> None:
    assert house.access.admits(shown.encode(), None)


WRONG = [
    b"",
    b"Bearer",
    b"Bearer ",
    TOKEN.encode(),
    f"Basic {TOKEN}".encode(),
    f"Bearer {TOKEN[:-1]}".encode(),
    f"Bearer {TOKEN}0".encode(),
    f"Bearer {TOKEN.upper()}".encode(),
    f"Bearer {TOKEN}, Bearer {TOKEN}".encode(),
    b"Bearer \xff\xfe",
    b"Bearer None",
]


@pytest.mark.parametrize("shown", [None, *WRONG])
def test_nothing_else_is(house: House, shown: bytes | None) -> None:
    assert not house.access.admits(shown, None)


@pytest.mark.parametrize("shown", [f"Bearer {TOKEN}".encode(), b"Bearer ", b"Bearer None", None])
def test_without_a_token_in_force_nobody_is_let_in(shown: bytes | None) -> None:
    assert not Access(INSTANCE).admits(shown, b"")
    house = House()
    cookie = house.log_in()
    house.access.change(None)
    assert not house.access.admits(shown, cookie)


def test_a_code_opens_a_session_once(house: House) -> None:
    code = house.code()
    cookie = house.access.enter(code)
    assert cookie is not None
    assert house.access.admits(None, cookie.encode())
    assert house.access.enter(code) is None
    assert not house.access.admits(None, b"")
    assert not house.access.admits(None, cookie.encode()[:-1])


def test_a_wrong_token_is_not_made_good_by_a_cookie(house: House) -> None:
    assert not house.access.admits(b"Bearer wrong", house.log_in())


def test_a_code_is_good_for_two_minutes(house: House) -> None:
    code, other = house.code(), house.code()
    house.now += CODE_SECONDS - 1
    assert house.access.enter(code) is not None
    house.now += 1
    assert house.access.enter(other) is None


def test_a_used_code_stays_used_however_many_come_after_it(house: House) -> None:
    code = house.code()
    house.access.enter(code)
    for _ in range(CODE_SECONDS - 1):
        house.now += 1
        house.log_in()
        assert house.access.enter(code) is None


def test_a_code_of_another_token_or_daemon_opens_nothing(house: House) -> None:
    assert house.access.enter(house.code(token="f" * 64)) is None
    assert house.access.enter(house.code(instance="other")) is None


def test_a_session_ends_after_a_week(house: House) -> None:
    cookie = house.log_in()
    house.now += SESSION_SECONDS - 1
    assert house.access.admits(None, cookie)
    house.now += 1
    assert not house.access.admits(None, cookie)


def test_another_token_ends_every_session(house: House) -> None:
    cookie = house.log_in()
    assert house.access.change(TOKEN) is False
    assert house.access.admits(None, cookie)
    assert house.access.change("f" * 64) is True
    assert not house.access.admits(None, cookie)
    assert not house.access.admits(f"Bearer {TOKEN}".encode(), None)


def test_of_too_many_sessions_the_oldest_ends(house: House) -> None:
    cookies = [house.log_in() for _ in range(SESSION_LIMIT + 1)]
    assert [house.access.admits(None, cookie) for cookie in cookies] == [False, *[True] * SESSION_LIMIT]


def test_no_secret_is_in_its_representation(house: House) -> None:
    cookie = house.log_in()
    assert TOKEN not in repr(house.access)
    assert cookie.decode() not in repr(house.access)
