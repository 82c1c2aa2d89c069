"""The page behind a letter's link: it asks whether the reader wrote to us, and its button says yes.

Mail scanners open every link of a mail, so that looking changes nothing (RFC 9110 section 9.2.1) and only the
button confirms. What makes a request for it unguessable is the link itself; beside that, a request that another
site has sent a browser to make is refused by its Fetch Metadata and Origin.
"""

import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from aiohttp import web

from bot.adapters.rendering import FALLBACK, Letters, packaged_templates

_HEADERS = {
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
_TOKEN = "token"  # noqa: S105 (the name of the path's part)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``language_of`` and ``confirm`` answer None for a link that proves nothing: wrong, used or too old alike."""

    letters: Letters
    organisation: str
    address: str
    public_url: str
    language_of: Callable[[str], Awaitable[str | None]]
    confirm: Callable[[str], Awaitable[str | None]]

    def routes(self) -> list[web.RouteDef]:
        path = f"/verify/{{{_TOKEN}}}"
        return [web.get(path, self._show), web.post(path, self._confirm)]

    async def _show(self, request: web.Request) -> web.Response:
        language = await self.language_of(request.match_info[_TOKEN])
        return self._page("ask" if language else "dead", language or _preferred(request))

    async def _confirm(self, request: web.Request) -> web.Response:
        if self._comes_from_elsewhere(request):
            raise web.HTTPForbidden(text="This can only be confirmed on the page itself.\n", headers=_HEADERS)
        language = await self.confirm(request.match_info[_TOKEN])
        return self._page("done" if language else "dead", language or _preferred(request))

    def _comes_from_elsewhere(self, request: web.Request) -> bool:
        """Whether another site made the browser send this; `null` is what our own no-referrer page sends."""
        site, origin = request.headers.get("Sec-Fetch-Site", "none"), request.headers.get("Origin", "null")
        ours = urlsplit(self.public_url)
        return site not in ("same-origin", "none") or origin not in ("null", f"{ours.scheme}://{ours.netloc}")

    def _page(self, state: str, language: str) -> web.Response:
        texts = _texts()
        written = language if language in texts else FALLBACK
        page = self.letters.page(
            "verify",
            state=state,
            language=written,
            texts=texts[written],
            organisation=self.organisation,
            address=self.address,
        )
        status = 410 if state == "dead" else 200
        return web.Response(text=page, status=status, content_type="text/html", headers=_HEADERS)


def _preferred(request: web.Request) -> str:
    """The first language that the browser asks for (RFC 9110 section 12.5.4), where the letter's is not known."""
    return request.headers.get("Accept-Language", "")[:2].lower()


@cache
def _texts() -> dict[str, dict[str, str]]:
    source = packaged_templates() / "pages" / "verify.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
