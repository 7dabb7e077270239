"""The two small pages at the daemon's door, for a browser without a token: how to come in, and that one is in."""

from __future__ import annotations

from html import escape
from typing import Final

from gorev.locale import text

HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def closed(language: str, reason: str) -> bytes:
    """Says why the door is closed; ``reason`` is told already in ``language``."""
    return _page(language, f"<p>{escape(reason)}</p>")


def entered(language: str) -> bytes:
    """Goes on to the page by itself.

    Not a redirect: after a link in another site's page the browser would follow it without the cookie, which is strict.
    """
    onwards = f'<p><a href="/">{escape(text(language, "Go on to Gorev"))}</a></p>'
    return _page(language, onwards, '<meta http-equiv="refresh" content="0; url=/">')


def _page(language: str, body: str, head: str = "") -> bytes:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Gorev</title>'
        f'<meta name="viewport" content="width=device-width">{head}</head><body><h1>Gorev</h1>{body}</body></html>'
    ).encode()
