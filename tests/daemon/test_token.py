"""The token's file, and the codes that are made of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gorev.daemon.errors import TokenExposed, TokenForeign, TokenMalformed, TokenUnreadable
from gorev.daemon.token import CODE_SECONDS, TokenFile, new_code, read_code

TOKEN = "0123456789abcdef" * 4


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    """A token's file that is not there yet."""
    return TokenFile(tmp_path / "token")


def test_without_a_file_there_is_no_token(file: TokenFile) -> None:
    assert file.read() is None
    assert file.known() is None
    assert file.remove() is False


def test_a_token_has_256_bits_and_its_file_is_the_user_s_alone(file: TokenFile) -> None:
    previous = os.umask(0)
    try:
        made = file.create()
    finally:
        os.umask(previous)
    assert len(bytes.fromhex(made)) == 32
    assert file.read() == made
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [each.name for each in file.path.parent.iterdir()] == ["token"]


def test_a_token_that_is_there_is_not_made_anew(file: TokenFile) -> None:
    made = file.create()
    with pytest.raises(FileExistsError):
        file.create()
    assert file.read() == made


def test_a_rotated_token_is_another_one(file: TokenFile) -> None:
    made = file.create()
    assert file.rotate() == file.read() != made


def test_a_removed_token_is_gone(file: TokenFile) -> None:
    file.create()
    assert file.remove() is True
    assert file.read() is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_a_token_that_others_may_reach_is_none_until_it_is_rotated(file: TokenFile, mode: int) -> None:
    file.create()
    file.path.chmod(mode)
    with pytest.raises(TokenExposed, match=str(file.path)):
        file.read()
    assert file.known() is None
    assert file.rotate() == file.read()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_token_of_another_user_is_none(file: TokenFile) -> None:
    file.create()
    os.chown(file.path, 65534, 65534)
    with pytest.raises(TokenForeign):
        file.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"secret",
        TOKEN[:-1].encode(),
        f"{TOKEN}0".encode(),
        TOKEN.upper().encode(),
        b"\xff" * 64,
        b"x" * 9999,
    ],
)
def test_what_is_no_token_is_told(file: TokenFile, content: bytes) -> None:
    file.path.write_bytes(content)
    file.path.chmod(0o600)
    with pytest.raises(TokenMalformed):
        file.read()
    assert TOKEN not in str(TokenMalformed(path=file.path))


def test_neither_a_folder_nor_a_pipe_is_a_token_or_waited_for(file: TokenFile) -> None:
    os.mkfifo(file.path, 0o600)
    with pytest.raises(TokenMalformed):
        file.read()
    assert file.rotate() == file.read()
    file.path.unlink()
    file.path.mkdir()
    with pytest.raises(TokenMalformed):
        file.read()
    with pytest.raises(TokenUnreadable):
        file.rotate()
    with pytest.raises(TokenUnreadable):
        file.remove()
    assert [each.name for each in file.path.parent.iterdir()] == ["token"]


def test_a_link_is_followed_and_judged_by_what_it_leads_to(file: TokenFile, tmp_path: Path) -> None:
    elsewhere = TokenFile(tmp_path / "elsewhere")
    made = elsewhere.create()
    file.path.symlink_to(elsewhere.path)
    assert file.read() == made
    elsewhere.path.chmod(0o644)
    with pytest.raises(TokenExposed):
        file.read()


def test_a_code_is_good_for_its_token_and_daemon_alone() -> None:
    code = new_code(TOKEN, "daemon", now=1000.0)
    found = read_code(code, TOKEN, "daemon")
    assert found is not None
    assert found.expiry == 1000 + CODE_SECONDS == 1120
    assert read_code(code, TOKEN, "other") is None
    assert read_code(code, "f" * 64, "daemon") is None
    assert new_code(TOKEN, "daemon", now=1000.0) != code


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_code_of_which_a_part_was_changed_is_none(at: int) -> None:
    parts = new_code(TOKEN, "daemon").split(".")
    parts[at] = ("0" if parts[at][0] != "0" else "1") + parts[at][1:]
    assert read_code(".".join(parts), TOKEN, "daemon") is None


@pytest.mark.parametrize("code", ["", ".", "..", "a.b.c", "0.0.0", "9" * 10_000, "\x00", "ş.ş.ş"])
def test_anything_else_is_no_code(code: str) -> None:
    assert read_code(code, TOKEN, "daemon") is None
