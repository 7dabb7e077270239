"""Who is let in where a token is required (``rest-api.md`` §1): who shows it, or has logged in with a link made of it.

A browser cannot show a token of its own accord. It is given a cookie for a code that is good once (``gorev login``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Final

import attrs

from gorev.daemon.token import read_code

SESSION_SECONDS: Final = 7 * 24 * 3600
SESSION_LIMIT: Final = 100


@attrs.define(eq=False)
class Access:
    """The token in force and the sessions begun with it. ``instance`` is this daemon process; ``clock`` unix time.

    Without a token nobody is let in.
    """

    instance: str
    _clock: Callable[[], float] = time.time
    _token: str | None = attrs.field(default=None, init=False, repr=False)
    # By the digest of the cookie, so that how long a look takes tells nothing of it; oldest first.
    _sessions: dict[bytes, float] = attrs.field(factory=dict, init=False, repr=False)
    # Codes that were used and would still be good: nonce and expiry.
    _used: dict[str, float] = attrs.field(factory=dict, init=False, repr=False)

    def change(self, token: str | None) -> bool:
        """Put a token in force, or none; whether that is another one, which ends every session."""
        if token == self._token:
            return False
        self._token = token
        self._sessions.clear()
        return True

    def admits(self, authorization: bytes | None, cookie: bytes | None) -> bool:
        """Whether a request with this ``Authorization`` or this cookie of `cookie_name` may pass."""
        if self._token is None:
            return False
        if authorization is not None:
            scheme, _, shown = authorization.partition(b" ")
            return scheme.lower() == b"bearer" and hmac.compare_digest(shown.strip(), self._token.encode())
        return cookie is not None and self._sessions.get(_digest(cookie), 0.0) > self._clock()

    def enter(self, code: str) -> str | None:
        """The cookie of a new session for a login code; None if the code is wrong, used or too old."""
        found = None if self._token is None else read_code(code, self._token, self.instance)
        now = self._clock()
        if found is None or found.expiry <= now or found.nonce in self._used:
            return None
        self._used = {nonce: expiry for nonce, expiry in self._used.items() if expiry > now}
        self._used[found.nonce] = found.expiry
        self._sessions = {digest: end for digest, end in self._sessions.items() if end > now}
        while len(self._sessions) >= SESSION_LIMIT:
            del self._sessions[next(iter(self._sessions))]
        secret = secrets.token_urlsafe(32)
        self._sessions[_digest(secret.encode())] = now + SESSION_SECONDS
        return secret


def cookie_name(port: int) -> bytes:
    """The name of the session's cookie. Browsers keep cookies by host, whatever the port, so the port is in it."""
    return b"gorev-session-%d" % port


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
