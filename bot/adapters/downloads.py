"""The page on which a requester fetches an export, and the one on which staff give it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.adapters.rendering import Letters
from bot.adapters.webpages import DEAD, HEADERS, comes_from_elsewhere, page
from bot.domain.exports import LARGEST, MEDIA_TYPES, Form

_CHUNK = 64 * 1024  # bytes
_FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class Delivery(Protocol):
    """A file on its way to its requester."""

    @property
    def name(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def chunks(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Downloads:
    """``take`` answers with a file, with a page's language for a wrong code, or with None for a dead link."""

    letters: Letters
    organisation: str
    address: str
    public_url: str
    language_of: Callable[[str], Awaitable[str | None]]
    take: Callable[[str, str], Awaitable[Delivery | str | None]]

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/download/{token}", self._show), web.post("/download/{token}", self._give)]

    async def _show(self, request: web.Request) -> web.Response:
        language = await self.language_of(request.match_info["token"])
        return self._page(request, "ask" if language else "dead", language)

    async def _give(self, request: web.Request) -> web.StreamResponse:
        if comes_from_elsewhere(request, self.public_url):
            raise web.HTTPForbidden(text="A file can only be fetched on the page itself.\n", headers=HEADERS)
        try:
            typed = (await request.post()).get("code", "")
        except (ValueError, LookupError):  # no form of ours
            typed = ""
        found = await self.take(request.match_info["token"], typed if isinstance(typed, str) else "")
        if found is None or isinstance(found, str):
            return self._page(request, "wrong" if found else "dead", found)
        return await _stream(request, found)

    def _page(self, request: web.Request, state: str, language: str | None) -> web.Response:
        return page(
            self.letters,
            "download",
            language,
            request,
            status={"ask": 200, "wrong": 403, "dead": DEAD}[state],
            state=state,
            organisation=self.organisation,
            address=self.address,
        )


async def _stream(request: web.Request, found: Delivery) -> web.StreamResponse:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", found.name)
    encoded = quote(found.name, safe="")
    response = web.StreamResponse(
        headers={
            **HEADERS,
            "Content-Security-Policy": _FILE_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Type": MEDIA_TYPES[Form(found.form)],
            "Content-Length": str(found.size),
            # RFC 6266: the plain name for whoever does not read the other one
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
        }
    )
    await response.prepare(request)
    try:
        async for chunk in found.chunks:
            await response.write(chunk)
    except LookupError:  # taken back meanwhile: the reader must not take a part for the whole
        if request.transport:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


@dataclass(frozen=True, slots=True)
class HandIn:
    """``ticket_of`` answers with a ticket's reference, ``take`` with whether it is taken, and with what to say.

    Both answer None for a link that leads nowhere (any more).
    """

    letters: Letters
    organisation: str
    public_url: str
    ticket_of: Callable[[str], Awaitable[str | None]]
    take: Callable[[str, str, AsyncIterator[bytes]], Awaitable[tuple[bool, str] | None]]

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/hand-in/{token}", self._show), web.post("/hand-in/{token}", self._take)]

    async def _show(self, request: web.Request) -> web.Response:
        reference = await self.ticket_of(request.match_info["token"])
        return self._page(request, "ask" if reference else "dead", reference=reference or "")

    async def _take(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        reference = await self.ticket_of(token)
        if reference is None:
            return self._page(request, "dead")
        if comes_from_elsewhere(request, self.public_url):
            raise web.HTTPForbidden(text="A file can only be given on the page itself.\n", headers=HEADERS)
        try:
            part = await _file(request)
            taken = (
                await self.take(token, part.filename or "", _content(part)) if part else (False, "Choose a file.")
            )
        except ValueError:
            taken = False, "This is no file from this page. Try again."
        if taken is None:
            return self._page(request, "dead")
        done, said = taken
        return self._page(request, "done" if done else "refused", reference=reference, said=said)

    def _page(self, request: web.Request, state: str, *, reference: str = "", said: str = "") -> web.Response:
        return page(
            self.letters,
            "hand-in",
            None,
            request,
            status={"ask": 200, "done": 200, "refused": 422, "dead": DEAD}[state],
            state=state,
            organisation=self.organisation,
            reference=reference,
            said=said,
            megabytes=LARGEST // (1024 * 1024),
        )


async def _file(request: web.Request) -> BodyPartReader | None:
    """The part of a form that holds the file, read as it comes. Raises ValueError for what is no such form."""
    if request.content_type != "multipart/form-data":
        return None
    reader = await request.multipart()
    while part := await reader.next():
        if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
            return part
    return None


async def _content(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk
