"""The web side: is the process alive, is it ready, what do its counters say, and what does the policy say."""

import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from bot.adapters.webpages import asked_for
from bot.logs import log_context
from bot.settings import SettingsFault
from bot.settings.faults import line

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Linked(Protocol):
    """A page behind a link that only its reader has."""

    def routes(self) -> list[web.RouteDef]: ...


@dataclass(frozen=True, slots=True)
class Pages:
    """What the web side asks the rest of the desk for."""

    readiness: Callable[[], Awaitable[dict[str, bool]]]
    refresh: Callable[[], Awaitable[None]]  # brings the gauges up to date before they are read
    registry: CollectorRegistry
    policy: Callable[
        [str, str], Awaitable[str | None]
    ]  # a version, or the published one, in a language; None: unknown
    slack: Callable[[web.Request], Awaitable[web.StreamResponse]]  # Slack's requests in HTTP mode
    metrics_token: str = ""
    calendar: Callable[[str], Awaitable[str | None]] | None = None  # of due dates; None for another token
    linked: Sequence[Linked] = ()  # the pages behind links, where there is a PUBLIC_URL


def application(pages: Pages) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        parts = await pages.readiness()
        return web.json_response(parts, status=200 if all(parts.values()) else 503)

    async def metrics(request: web.Request) -> web.Response:
        if not _may_read(request, pages.metrics_token):
            raise web.HTTPForbidden(text="metrics are for loopback, or for a bearer METRICS_TOKEN\n")
        await pages.refresh()
        return web.Response(body=generate_latest(pages.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def policy(request: web.Request) -> web.Response:
        wanted = request.match_info.get("version", "") or request.query.get("version", "")
        page = await pages.policy(wanted, asked_for(request))
        if page is None:
            raise web.HTTPNotFound(text="There is no such version of the policy; /policy lists them all.\n")
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    async def calendar(request: web.Request) -> web.Response:
        dates = await pages.calendar(request.match_info["token"]) if pages.calendar else None
        if dates is None:
            raise web.HTTPNotFound
        return web.Response(text=dates, content_type="text/calendar", charset="utf-8", headers=_HEADERS)

    app = web.Application(middlewares=[_named])
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
            web.get("/policy", policy),
            web.get(r"/policy/{version:[\w.-]{1,100}}", policy),
            web.get(r"/calendar/{token:\w{1,64}}.ics", calendar),
            web.post("/slack/events", pages.slack),
        ]
    )
    for each in pages.linked:
        app.add_routes(each.routes())
    return app


@web.middleware
async def _named(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is logged of a request bears an id of our own, never one that came along with it."""
    with log_context(request=f"web-{secrets.token_hex(6)}"):
        return await handler(request)


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listens. Raises SettingsFault where the port is taken or the address is not this machine's."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as fault:
        await runner.cleanup()
        why = f"cannot listen on {host}:{port} ({fault.strerror})"
        raise SettingsFault([line("PORT", why, "8081")]) from None
    return runner


def _may_read(request: web.Request, token: str) -> bool:
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), token.encode()):
            return True
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and request.remote is not None and ipaddress.ip_address(request.remote).is_loopback
