"""The web server of the page: loopback alone, a token in the address, and no other site may speak to it.

What the page shows is drawn here and escaped; its script only puts the pieces in place. It hears by server-sent
events that something has changed, and asks for what it then looks at.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Self

from aiohttp import web
from sqlalchemy import func
from sqlmodel import select

from bot.demo.play import chat, mailbox, record, tour
from bot.demo.play.acts import ACTS
from bot.demo.play.looking import HOME, Looking
from bot.demo.play.steps import STEPS
from bot.demo.slack import CannotDo
from bot.demo.slack.page import STYLE
from bot.demo.slack.schema import Json
from bot.demo.stage import Stage
from bot.store.tables import JournalRow

_HERE = Path(__file__).parent
_LARGEST = 2 * 2**20  # bytes of an act, with a file
_EVERY = 0.3  # seconds between two looks at whether anything has changed
_QUIET = 15.0  # seconds after which the page is told that the server is still there

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _hash(source: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() + "'"


_CSS = STYLE + (_HERE / "style.css").read_text("utf-8")
_SCRIPT = (_HERE / "script.js").read_text("utf-8")
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_CSS)}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class PlayServer:
    """`async with` starts it on a free port of 127.0.0.1; `url` opens the page."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._tour = stage, tour.Tour(stage, STEPS)
        self._token = secrets.token_urlsafe(24)
        self._version, self._seen = 0, ""
        self._changed = asyncio.Condition()
        self._acts = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST, middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/{token}/", self._page),
                web.get("/{token}/state", self._state),
                web.get("/{token}/events", self._events),
                web.post("/{token}/act", self._act),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/{self._token}/"
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watching.cancel()
        with suppress(asyncio.CancelledError):
            await self._watching
        await self._runner.cleanup()

    # Who may speak to it

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The name must be loopback's own, the token right, and an act must come from the page itself."""
        hosts = {f"{name}:{self._port}" for name in ("127.0.0.1", "localhost")}
        if request.headers.get("Host", "") not in hosts:
            raise web.HTTPForbidden(text="This is not the name of this server.\n")
        token = request.match_info.get("token", "").encode()
        if not hmac.compare_digest(token, self._token.encode()):
            raise web.HTTPNotFound(text="Nothing is here. The demo prints its whole address when it starts.\n")
        if request.method != "GET" and (
            request.headers.get("Origin") != f"http://{request.headers['Host']}"
            or request.content_type != "application/json"
        ):
            raise web.HTTPForbidden(text="Only the page itself may do this.\n")
        return await handler(request)

    # What is asked for

    async def _page(self, request: web.Request) -> web.Response:
        page = Template((_HERE / "page.html").read_text("utf-8"))
        letters = json.dumps(mailbox.LETTERS, ensure_ascii=True).replace("<", "\\u003c")
        whole = page.substitute(style=_CSS, script=_SCRIPT, composer=mailbox.composer(), letters=letters)
        return web.Response(text=whole, content_type="text/html", headers=_HEADERS)

    async def _state(self, request: web.Request) -> web.Response:
        look = Looking.read(request.query, self._stage)
        return web.json_response({"look": _told(look), "panes": await self._panes(look)}, headers=_HEADERS)

    async def _panes(self, look: Looking) -> dict[str, str]:
        stage = self._stage
        label = "Message"
        return {
            "tour": tour.drawn(self._tour),
            "mail": mailbox.drawn(stage, look),
            "people": chat.people(look),
            "places": chat.places(stage, look),
            "feed": chat.feed(stage, look),
            "say": "" if look.place == HOME else chat.composer(look, label),
            "thread": chat.thread(stage, look),
            "modal": chat.modal(stage, look),
            "clock": record.clock(stage),
            "journal": await record.journal(stage, look),
        }

    async def _act(self, request: web.Request) -> web.Response:
        try:
            said: Json = await request.json()
            look = Looking.read(said["look"], self._stage)
            then = await self._done(str(said["act"]), look, said)
        except (ValueError, KeyError, TypeError, AttributeError):
            return web.json_response({"problem": "The page has sent something odd."}, status=400, headers=_HEADERS)
        except CannotDo as fault:
            return web.json_response({"problem": str(fault)}, headers=_HEADERS)
        except TimeoutError:
            return web.json_response({"problem": "The desk takes longer than usual."}, headers=_HEADERS)
        finally:
            self._acts += 1
        return web.json_response({"look": then}, headers=_HEADERS)

    async def _done(self, act: str, look: Looking, said: Json) -> dict[str, str]:
        if act == "tour":
            return dict(await self._tour.do())
        if act not in ACTS:
            raise CannotDo("Nobody can do this.")
        return dict(await ACTS[act](self._stage, look, said))

    # What changes

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError):
            async for line in self._lines():
                await response.write(line.encode())
        return response

    async def _lines(self) -> AsyncIterator[str]:
        yield f"data: {self._version}\n\n"
        while True:
            try:
                async with asyncio.timeout(_QUIET), self._changed:
                    await self._changed.wait()
                yield f"data: {self._version}\n\n"
            except TimeoutError:
                yield ": still here\n\n"

    async def _watch(self) -> None:
        """Looks again and again whether anything has changed, wherever on the stage."""
        while True:
            stands = await self._stands()
            if stands != self._seen:
                self._seen = stands
                await self._tour.look_on()
                async with self._changed:
                    self._version += 1
                    self._changed.notify_all()
            await asyncio.sleep(_EVERY)

    async def _stands(self) -> str:
        stage = self._stage
        async with stage.desk.store.reading() as work:
            entries = (await work.session.exec(select(func.max(JournalRow.id)))).one()
        mails = len(stage.mail.passed)
        slack = len(stage.slack.calls), len(stage.slack.courier.deliveries)
        minute = int(stage.clock().timestamp() // 60)
        return f"{entries} {mails} {slack} {minute} {self._acts}"


def _told(look: Looking) -> dict[str, str]:
    return {name: getattr(look, name) for name in Looking.__slots__}
