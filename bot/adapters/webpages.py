"""What the pages behind links have in common: their headers, their language, and whom they refuse.

Mail scanners open every link of a mail, so that looking changes nothing (RFC 9110 section 9.2.1) and only a button
acts. What makes a request for it unguessable is the link itself; beside that, a request that another site has sent
a browser to make is refused by its Fetch Metadata and Origin.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.adapters.rendering import FALLBACK, Letters, packaged_templates

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
DEAD = 410  # HTTP Gone, whatever there was or was not


def comes_from_elsewhere(request: web.Request, public_url: str) -> bool:
    """Whether another site made the browser send this; `null` is what our own no-referrer page sends."""
    site, origin = request.headers.get("Sec-Fetch-Site", "none"), request.headers.get("Origin", "null")
    ours = urlsplit(public_url)
    return site not in ("same-origin", "none") or origin not in ("null", f"{ours.scheme}://{ours.netloc}")


def page(
    letters: Letters, name: str, language: str | None, request: web.Request, *, status: int = 200, **values: object
) -> web.Response:
    """A page of this name; where no letter says in what language, in the first that the browser asks for."""
    text = drawn(letters, name, language or asked_for(request), **values)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def asked_for(request: web.Request) -> str:
    """The first language that the browser asks for (RFC 9110 section 12.5.4), by two letters; empty for none."""
    return request.headers.get("Accept-Language", "")[:2].lower()


def drawn(letters: Letters, name: str, language: str, **values: object) -> str:
    """A page of this name in that language, or in English; with `day`, which says a date in it."""
    texts = _texts(name)
    written = language if language in texts else FALLBACK
    day = letters.phrasing(written).day
    return letters.page(name, language=written, texts=texts[written], day=day, **values)


@cache
def _texts(name: str) -> Mapping[str, Mapping[str, Any]]:
    source = packaged_templates() / "pages" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
