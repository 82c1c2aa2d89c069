"""The page behind a letter's link: it asks whether the reader wrote to us, and its button says yes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.adapters.rendering import Letters
from bot.adapters.webpages import DEAD, HEADERS, comes_from_elsewhere, page

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
        return self._page(request, "ask" if language else "dead", language)

    async def _confirm(self, request: web.Request) -> web.Response:
        if comes_from_elsewhere(request, self.public_url):
            raise web.HTTPForbidden(text="This can only be confirmed on the page itself.\n", headers=HEADERS)
        language = await self.confirm(request.match_info[_TOKEN])
        return self._page(request, "done" if language else "dead", language)

    def _page(self, request: web.Request, state: str, language: str | None) -> web.Response:
        return page(
            self.letters,
            "verify",
            language,
            request,
            status=DEAD if state == "dead" else 200,
            state=state,
            organisation=self.organisation,
            address=self.address,
        )
