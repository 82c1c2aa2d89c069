"""What the pages behind links have in common: their headers, their language, and whom they refuse.

Mail scanners open every link of a mail, so that looking changes nothing (RFC 9110 section 9.2.1) and only a button
acts. What makes a request for it unguessable is the link itself; beside that, a request that another site has sent
a browser to make is refused by its Fetch Metadata and Origin.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
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
    texts = _texts(name)
    wanted = language or request.headers.get("Accept-Language", "")[:2].lower()  # RFC 9110 section 12.5.4
    written = wanted if wanted in texts else FALLBACK
    text = letters.page(name, language=written, texts=texts[written], **values)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


@cache
def _texts(name: str) -> Mapping[str, Mapping[str, str]]:
    source = packaged_templates() / "pages" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
