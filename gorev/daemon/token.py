"""The bearer token of a user's daemon (``rest-api.md`` §1), and the codes of login links, which are made with it.

A code is ``<expiry>.<nonce>.<signature>``: whoever can read the token can make one without asking the daemon, and it
holds for one process of the daemon only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import time
from pathlib import Path
from typing import Final

import attrs

from gorev.daemon.errors import StartError, TokenExposed, TokenForeign, TokenMalformed, TokenMissing, TokenUnreadable

TOKEN_BYTES: Final = 32
CODE_SECONDS: Final = 120
_TOKEN: Final = re.compile(rf"[0-9a-f]{{{2 * TOKEN_BYTES}}}")
_CODE: Final = re.compile(r"([0-9a-f]{1,16})\.([0-9a-f]{32})\.([0-9a-f]{64})")
# More than a token and the line's end: what is longer is none.
_READ_BYTES: Final = 256


@attrs.frozen
class TokenFile:
    """The file at ``path``, mode 0600, whose only line is the token: 256 random bits in hexadecimal. All blocks."""

    path: Path

    def read(self) -> str | None:
        """The token, None if there is no file.

        Raises `TokenUnreadable`, `TokenForeign`, `TokenExposed`, `TokenMalformed`: a token that others may know or
        have chosen is none.
        """
        try:
            content = self._content()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TokenUnreadable(path=self.path, reason=error.strerror or str(error)) from error
        token = content.decode("ascii", "replace").strip()
        if _TOKEN.fullmatch(token) is None:
            raise TokenMalformed(path=self.path)
        return token

    def required(self) -> str:
        """As `read`, but raises `TokenMissing` if there is no file."""
        token = self.read()
        if token is None:
            raise TokenMissing(path=self.path)
        return token

    def known(self) -> str | None:
        """As `read`, but None as well if it cannot be trusted: for those who can do without."""
        try:
            return self.read()
        except StartError:
            return None

    def create(self) -> str:
        """Make a token where there is none. Raises `FileExistsError` if anything is there, `TokenUnreadable`."""
        token = secrets.token_hex(TOKEN_BYTES)
        if os.path.lexists(self.path):
            raise FileExistsError(self.path)
        self._write(token)
        return token

    def rotate(self) -> str:
        """Put a new token in the place of whatever is there. Raises `TokenUnreadable`."""
        token = secrets.token_hex(TOKEN_BYTES)
        self._write(token)
        return token

    def remove(self) -> bool:
        """Remove it; whether there was one. Raises `TokenUnreadable`."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise TokenUnreadable(path=self.path, reason=error.strerror or str(error)) from error
        return True

    def _content(self) -> bytes:
        # Opened so that a pipe of that name holds nobody up.
        descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise TokenMalformed(path=self.path)
            if hasattr(os, "geteuid"):
                if found.st_uid != os.geteuid():
                    raise TokenForeign(path=self.path)
                if stat.S_IMODE(found.st_mode) & 0o077:
                    raise TokenExposed(path=self.path)
            return os.read(descriptor, _READ_BYTES)
        finally:
            os.close(descriptor)

    def _write(self, token: str) -> None:
        draft = self.path.with_name(f".token-{secrets.token_hex(4)}.new")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w") as file:
                    file.write(f"{token}\n")
                draft.replace(self.path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise TokenUnreadable(path=self.path, reason=error.strerror or str(error)) from error


def new_code(token: str, instance: str, now: float | None = None) -> str:
    """A login code for the daemon process ``instance``, good for `CODE_SECONDS` from ``now`` (unix seconds)."""
    expiry = f"{int(time.time() if now is None else now) + CODE_SECONDS:x}"
    nonce = secrets.token_hex(16)
    return f"{expiry}.{nonce}.{_signature(token, instance, expiry, nonce)}"


@attrs.frozen
class Code:
    """A code whose signature is right: until when it is good (unix seconds), and what makes it the only one."""

    expiry: int
    nonce: str


def read_code(code: str, token: str, instance: str) -> Code | None:
    """The code if it was made with ``token`` for ``instance``, whether it is still good or not."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    expiry, nonce, signature = found.groups()
    if not hmac.compare_digest(signature, _signature(token, instance, expiry, nonce)):
        return None
    return Code(int(expiry, 16), nonce)


def _signature(token: str, instance: str, expiry: str, nonce: str) -> str:
    signed = f"gorev login {instance} {expiry} {nonce}"
    return hmac.new(token.encode(), signed.encode(), hashlib.sha256).hexdigest()
