"""The stand-in for Slack: Web API, Socket Mode and signed requests on one loopback port."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, web

from bot.demo.slack.acting import People
from bot.demo.slack.arguments import Arguments, read, token
from bot.demo.slack.courier import Ack, Courier
from bot.demo.slack.errors import SlackError
from bot.demo.slack.faults import EVENTS, Fault, Faults
from bot.demo.slack.methods import METHODS, Call
from bot.demo.slack.requests import SignedRequests
from bot.demo.slack.schema import Json
from bot.demo.slack.sockets import Sockets
from bot.demo.slack.workspace import Workspace

ALL_SCOPES = frozenset(
    {method.scope for method in METHODS.values() if method.scope}
    | {f"{kind}:{right}" for kind in ("channels", "groups", "im") for right in ("history", "read")}
    | {"commands"}
)
LARGEST_CALL = 4 * 2**20
"""Bytes of one call that are read."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of the Web API by the app, without its token; `error` is the code that it got."""

    method: str
    arguments: Json
    at: datetime
    ok: bool
    error: str = ""


class SlackStandIn(People):
    """A small Slack for demonstrations and tests: what people do is in `People`, what there is in `Workspace`.

    The app hears by Socket Mode, or after `post_to` by signed requests. `now` gives seconds since 1970;
    `ack_within` and `retry_after` are told in `Courier`.
    """

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-stand-in",  # noqa: S107 - opens nothing but the stand-in
        app_token: str = "xapp-stand-in",  # noqa: S107
        signing_secret: str = "stand-in-signing-secret",  # noqa: S107
        scopes: Iterable[str] | None = None,
        port: int = 0,
        ack_within: float = 3.0,
        retry_after: Sequence[float] = (0.1, 0.5, 2.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.faults = Faults()
        courier = Courier(self.faults, ack_within=ack_within, retry_after=retry_after)
        super().__init__(Workspace(now), courier, ALL_SCOPES if scopes is None else frozenset(scopes))
        self.calls: list[ApiCall] = []
        self.sockets = Sockets(self.workspace)
        self.tokens = {"bot": bot_token, "app": app_token}
        self.signing_secret = signing_secret
        self._port = port
        self._runner: web.AppRunner | None = None
        self._session: ClientSession | None = None

    @property
    def api_url(self) -> str:
        """The base of the Web API, as `SLACK_API_URL` takes it."""
        return f"{self.base_url}/api/"

    async def start(self) -> None:
        """Listens on 127.0.0.1; from here on `api_url` is known."""
        app = web.Application(client_max_size=LARGEST_CALL)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/socket", self.sockets.serve)
        app.router.add_post("/respond/{name}", self._respond)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = ClientSession()
        self.courier.link = self.sockets

    def post_to(self, url: str) -> None:
        """From here on the app hears by signed requests to that address; to be called after `start`."""
        if self._session is None:
            raise RuntimeError("the stand-in is not started")
        self.courier.link = SignedRequests(self._session, url, self.signing_secret)

    async def stop(self) -> None:
        """Gives up what is under way, closes every socket and frees the port."""
        await self.courier.stop()
        await self.sockets.close()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        error: str | None = None,
        retry_after: int | None = None,
        lose_response: bool = False,
        delay: float = 0.0,
    ) -> None:
        """Makes the next calls of a method go wrong, see `Fault`."""
        fault = Fault(times, error, retry_after, lose_response, delay)
        self.faults.plan(method, fault)

    def disturb(self, *, times: int = 1, delay: float = 0.0, repeat: bool = False, lose_ack: bool = False) -> None:
        """Makes the next events come late, twice, or again although they were acknowledged, see `Fault`."""
        self.faults.plan(EVENTS, Fault(times, delay=delay, repeat=repeat, lose_ack=lose_ack))

    async def send(self, kind: str, payload: Json) -> Ack:
        """Sends the app a payload as it is, forged or not; `kind` as in `Envelope`."""
        return await self.courier.interact(kind, payload)

    async def wait_until(self, predicate: Callable[[], object], timeout: float = 10) -> None:
        """Returns once the predicate holds, looked at after each change; TimeoutError after `timeout` seconds."""
        await self.workspace.wait_until(predicate, timeout)

    # The Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self.faults.next(name)
        await asyncio.sleep(fault.delay)
        try:
            sent = await read(request)
            given = token(request, sent)
            answer = _planned(fault) or self._answer(name, given, sent)
        except SlackError as error:
            sent, answer = {}, _refusal(error)
        error_code = str(answer.get("error", ""))
        self.calls.append(ApiCall(name, sent, datetime.now(UTC), bool(answer["ok"]), error_code))
        self.workspace.ring()
        if fault.lose_response and request.transport:
            request.transport.close()
        if fault.retry_after is not None:
            return web.json_response(answer, status=429, headers={"Retry-After": str(fault.retry_after)})
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})

    def _answer(self, name: str, given: str, sent: Json) -> Json:
        method = METHODS.get(name)
        if method is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        try:
            self._admit(method.caller, given)
            call = Call(self.workspace, Arguments(sent), self.scopes, self.announce, self._open_socket)
            if method.scope:
                call.need(method.scope)
            return {"ok": True} | method.run(call)
        except SlackError as error:
            return _refusal(error)

    def _admit(self, caller: str, given: str) -> None:
        if caller == "any":
            return
        if not given:
            raise SlackError("not_authed")
        if given not in self.tokens.values():
            raise SlackError("invalid_auth")
        if given != self.tokens[caller]:
            raise SlackError("not_allowed_token_type")

    def _open_socket(self) -> str:
        address = self.base_url.replace("http://", "ws://")
        return f"{address}/socket?ticket={self.sockets.ticket()}"

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            self.responses.take(request.match_info["name"], await read(request))
        except SlackError as error:
            return web.json_response(_refusal(error), status=404)
        return web.Response(text="ok")


def _planned(fault: Fault) -> Json | None:
    if fault.retry_after is not None:
        return {"ok": False, "error": "ratelimited"}
    return {"ok": False, "error": fault.error} if fault.error else None


def _refusal(error: SlackError) -> Json:
    return {"ok": False, "error": error.code, **error.details}
