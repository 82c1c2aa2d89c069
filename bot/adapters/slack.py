"""Slack's Web API, one session, with what became of each call told apart: done, not done, or in doubt."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.cards import Posting
from bot.telemetry import outside

log = logging.getLogger(__name__)

_RESPONDED = aiohttp.ClientTimeout(total=5)
_EVENT = "privacy_desk"  # metadata under which our posts are found again
_TRANSIENT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"}


_may_go: ContextVar[Callable[[], Awaitable[bool]] | None] = ContextVar("may_go", default=None)


@contextmanager
def asking_first(may_go: Callable[[], Awaitable[bool]]) -> Iterator[None]:
    """In the block, and in this task alone, nothing is said before ``may_go`` has been asked about it."""
    token = _may_go.set(may_go)
    try:
        yield
    finally:
        _may_go.reset(token)


class Fate(StrEnum):
    """What became of a post."""

    DONE = "done"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Posted:
    """``ts`` names the message where it is done; ``reason`` is Slack's error word, else what broke.

    ``pause``: for how many seconds Slack wants no more of it.
    """

    fate: Fate
    ts: str = ""
    reason: str = ""
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user, as far as trust goes."""

    id: str
    team: str
    active: bool  # a full member: no bot, guest or stranger, not deactivated
    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)  # of the profile: what the workspace says, and no proof
    time_zone: str = ""  # of the profile, by its IANA name


class SlackGateway:
    """The calls that the desk makes. One ``aiohttp`` session.

    Whoever asks something waits while Slack wants no more calls; who says something is told for how long.
    """

    def __init__(self, token: str, base_url: str) -> None:
        self._token, self._base_url = token, base_url
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._direct: dict[str, str] = {}
        self.team = ""
        self.bot_user = ""
        self.workspace_url = ""

    @property
    def client(self) -> AsyncWebClient:
        if self._client is None:
            self._session = aiohttp.ClientSession()
            self._client = self._over(self._session, AsyncRateLimitErrorRetryHandler(max_retry_count=5))
        return self._client

    @property
    def _teller(self) -> AsyncWebClient:
        """Tries nothing again by itself: that is for the outbox, and might say it twice."""
        return self._over(self.client.session)

    def _over(self, session: aiohttp.ClientSession | None, *handlers: AsyncRetryHandler) -> AsyncWebClient:
        return AsyncWebClient(
            token=self._token, base_url=self._base_url, session=session, timeout=30, retry_handlers=list(handlers)
        )

    async def identify(self) -> None:
        """Learns whose app this is. Raises SlackApiError, SlackClientError or aiohttp's errors."""
        answer = await self.client.auth_test()
        self.team, self.bot_user = str(answer["team_id"]), str(answer["user_id"])
        self.workspace_url = str(answer.get("url") or "")

    def link(self, channel: str, ts: str) -> str:
        """Where a message is, as `chat.getPermalink` says, without asking; empty where it is not known."""
        if not (self.workspace_url and channel and ts):
            return ""
        return f"{self.workspace_url}archives/{channel}/p{ts.replace('.', '')}"

    async def post(self, channel: str, posting: Posting, *, key: str, thread_ts: str | None = None) -> Posted:
        """``key`` is put into the message's metadata, to look it up where its fate is in doubt."""
        arguments: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        return await self._try(
            "chat.postMessage",
            channel=channel,
            text=posting.text,
            blocks=posting.blocks,
            metadata={"event_type": _EVENT, "event_payload": {"outbox": key}},
            unfurl_links=False,
            unfurl_media=False,
            **arguments,
        )

    async def once(
        self, channel: str, posting: Posting, *, key: str, doubtful: bool, thread_ts: str | None = None
    ) -> Posted:
        """Posts it; where it is ``doubtful`` whether an earlier try did, only if no such post is found."""
        if doubtful:
            try:
                standing = await self.find(channel, key, thread_ts=thread_ts)
            except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as fault:
                return Posted(Fate.UNSURE, reason=type(fault).__name__)
            if standing:
                return Posted(Fate.DONE, ts=standing)
        return await self.post(channel, posting, key=key, thread_ts=thread_ts)

    async def update(self, channel: str, ts: str, posting: Posting) -> Posted:
        return await self._try("chat.update", channel=channel, ts=ts, text=posting.text, blocks=posting.blocks)

    async def delete(self, channel: str, ts: str) -> Posted:
        """Of our own messages alone; Slack refuses it for anybody else's."""
        return await self._try("chat.delete", channel=channel, ts=ts)

    async def own_replies(self, channel: str, thread_ts: str) -> list[str]:
        """The ts of what we posted in a thread, its head apart, newest first. Raises what the SDK raises."""
        own: list[str] = []
        async for page in await self.client.conversations_replies(channel=channel, ts=thread_ts, limit=200):
            ours = [each for each in page.get("messages") or [] if each.get("user") == self.bot_user]
            own += [str(each["ts"]) for each in ours if each["ts"] != thread_ts]
        return own[::-1]

    async def find(self, channel: str, key: str, *, thread_ts: str | None = None) -> str | None:
        """The ts of the post that bears this key in its metadata. Raises what the SDK raises."""
        arguments: dict[str, Any] = {"channel": channel, "limit": 200, "include_all_metadata": True}
        if thread_ts:
            answer = await self.client.conversations_replies(ts=thread_ts, **arguments)
        else:
            answer = await self.client.conversations_history(**arguments)
        for message in answer.get("messages") or []:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("outbox") == key:
                return str(message["ts"])
        return None

    async def said_since(self, channel: str, oldest: float) -> list[dict[str, Any]]:
        """What was said in a channel after ``oldest`` (seconds since 1970), threads included, in that order.

        Raises what the SDK raises, as `direct_channels` does.
        """
        said: list[dict[str, Any]] = []
        async for page in await self.client.conversations_history(
            channel=channel, oldest=f"{oldest:.6f}", limit=200
        ):
            said += page.get("messages") or []
        for head in [each for each in said if float(each.get("latest_reply") or 0) > oldest]:
            async for page in await self.client.conversations_replies(
                channel=channel, ts=head["ts"], oldest=f"{oldest:.6f}", limit=200
            ):
                said += [each for each in page.get("messages") or [] if each["ts"] != head["ts"]]
        return sorted(said, key=lambda each: float(each.get("ts") or 0))

    async def direct_channels(self) -> list[str]:
        """The direct messages with the app."""
        found: list[str] = []
        async for page in await self.client.conversations_list(types="im", limit=200):
            found += [str(each["id"]) for each in page.get("channels") or []]
        return found

    async def whisper(self, channel: str, user: str, posting: Posting, *, thread_ts: str | None = None) -> Posted:
        """To one person alone."""
        arguments: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        if posting.blocks:
            arguments["blocks"] = posting.blocks
        return await self._try("chat.postEphemeral", channel=channel, user=user, text=posting.text, **arguments)

    async def direct(self, user: str) -> Posted:
        """Opens the direct messages with a user; their channel's id stands in the place of ``ts``."""
        if user not in self._direct:
            opened = await self._try("conversations.open", users=user)
            if opened.fate is not Fate.DONE:
                # Nothing is said by opening: doubt about it is no doubt about what was to be said.
                return Posted(Fate.TRY_LATER, reason=opened.reason) if opened.fate is Fate.UNSURE else opened
            self._direct[user] = opened.ts
        return Posted(Fate.DONE, ts=self._direct[user])

    async def publish(self, user: str, view: Mapping[str, Any]) -> Posted:
        """Shows a user their App Home."""
        return await self._try("views.publish", user_id=user, view=dict(view))

    async def respond(self, response_url: str, posting: Posting, *, replace: bool = True) -> None:
        """Puts something in the place of the message that was pressed, an ephemeral one included, if it can.

        Without ``replace`` it is said to who pressed alone, wherever that was.
        """
        how = {"replace_original": True} if replace else {"response_type": "ephemeral"}
        body = {**how, "text": posting.text, "blocks": posting.blocks}
        if not self.client or not self._session or not self._is_slacks(response_url):
            return
        try:
            async with self._session.post(response_url, json=body, timeout=_RESPONDED) as answer:
                log.debug("a response was answered with %s", answer.status)
        except (TimeoutError, aiohttp.ClientError) as fault:
            log.info("a response could not be given: %s", type(fault).__name__)

    def _is_slacks(self, url: str) -> bool:
        own = urlsplit(self._base_url).netloc
        return url.startswith("https://hooks.slack.com/") or urlsplit(url).netloc == own

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> Posted:
        return await self._try("views.open", trigger_id=trigger_id, view=dict(view))

    async def person(self, user: str) -> Person:
        found: dict[str, Any] = (await self.client.users_info(user=user))["user"]
        barred = ("is_bot", "deleted", "is_restricted", "is_ultra_restricted", "is_stranger", "is_app_user")
        active = not any(found.get(each) for each in barred)
        profile: dict[str, Any] = found.get("profile") or {}
        name, address = profile.get("real_name") or found.get("real_name"), profile.get("email")
        team, zone = str(found.get("team_id") or ""), str(found.get("tz") or "")
        return Person(user, team, active, str(name or ""), str(address or ""), zone)

    async def exposed(self, channel: str) -> str:
        """How strangers can read this channel; empty where they cannot."""
        told: dict[str, Any] = (await self.client.conversations_info(channel=channel))["channel"]
        return ", and ".join(exposures(told))

    async def group(self, group_id: str) -> frozenset[str]:
        answer = await self.client.usergroups_users_list(usergroup=group_id)
        return frozenset(answer.get("users") or ())

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = self._client = None

    async def _try(self, method: str, **arguments: Any) -> Posted:
        """One call; its fate instead of an exception."""
        if (may_go := _may_go.get()) and not await may_go():
            return Posted(Fate.TRY_LATER, reason="taken over by another desk")
        with outside("slack", method) as call:
            posted = await self._fate(method, arguments)
            call.fault = "" if posted.fate is Fate.DONE else posted.fate
        return posted

    async def _fate(self, method: str, arguments: dict[str, Any]) -> Posted:
        try:
            answer = await self._teller.api_call(method, json=arguments)
        except SlackApiError as fault:
            error = str(fault.response.get("error") or fault.response.status_code)
            pause = float(fault.response.headers.get("Retry-After") or 0)
            return Posted(Fate.TRY_LATER if error in _TRANSIENT else Fate.REFUSED, reason=error, pause=pause)
        except (aiohttp.ClientConnectorError, aiohttp.ClientConnectorDNSError) as fault:
            return Posted(Fate.TRY_LATER, reason=type(fault).__name__)
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as fault:
            return Posted(Fate.UNSURE, reason=type(fault).__name__)
        opened = answer.get("channel")
        place = opened.get("id") if isinstance(opened, dict) else None
        return Posted(Fate.DONE, ts=str(answer.get("ts") or answer.get("message_ts") or place or ""))


def exposures(told: Mapping[str, Any]) -> list[str]:
    """Of a channel as `conversations.info` tells of it: how strangers can read it."""
    public = [] if told.get("is_private") else ["is public; tickets belong in a private channel"]
    return public + (["is shared with another organisation"] if told.get("is_ext_shared") else [])
