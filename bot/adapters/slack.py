"""Slack's Web API, one session, with what became of each call told apart: done, not done, or in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.cards import Posting

_EVENT = "privacy_desk"  # metadata under which our posts are found again
_TRANSIENT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"}


class Fate(StrEnum):
    """What became of a post."""

    DONE = "done"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Posted:
    """``ts`` names the message where it is done; ``reason`` is Slack's error word, else what broke."""

    fate: Fate
    ts: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A Slack user, as far as trust goes."""

    id: str
    team: str
    active: bool  # a full member: no bot, guest or stranger, not deactivated


class SlackGateway:
    """The calls that the desk makes. One ``aiohttp`` session; rate limits are waited out."""

    def __init__(self, token: str, base_url: str) -> None:
        self._token, self._base_url = token, base_url
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self.team = ""
        self.bot_user = ""

    @property
    def client(self) -> AsyncWebClient:
        if self._client is None:
            self._session = aiohttp.ClientSession()
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self._base_url,
                session=self._session,
                timeout=30,
                # The SDK's own default tries a broken connection again, and so posts twice.
                retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=5)],
            )
        return self._client

    async def identify(self) -> None:
        """Learns whose app this is. Raises SlackApiError, SlackClientError or aiohttp's errors."""
        answer = await self.client.auth_test()
        self.team, self.bot_user = str(answer["team_id"]), str(answer["user_id"])

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

    async def update(self, channel: str, ts: str, posting: Posting) -> Posted:
        return await self._try("chat.update", channel=channel, ts=ts, text=posting.text, blocks=posting.blocks)

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

    async def whisper(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> Posted:
        """To one person alone."""
        arguments: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        return await self._try("chat.postEphemeral", channel=channel, user=user, text=text, **arguments)

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> Posted:
        return await self._try("views.open", trigger_id=trigger_id, view=dict(view))

    async def person(self, user: str) -> Person:
        found: dict[str, Any] = (await self.client.users_info(user=user))["user"]
        barred = ("is_bot", "deleted", "is_restricted", "is_ultra_restricted", "is_stranger", "is_app_user")
        active = not any(found.get(each) for each in barred)
        return Person(user, str(found.get("team_id") or ""), active)

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
        try:
            answer = await self.client.api_call(method, json=arguments)
        except SlackApiError as fault:
            error = str(fault.response.get("error") or fault.response.status_code)
            return Posted(Fate.TRY_LATER if error in _TRANSIENT else Fate.REFUSED, reason=error)
        except (aiohttp.ClientConnectorError, aiohttp.ClientConnectorDNSError) as fault:
            return Posted(Fate.TRY_LATER, reason=type(fault).__name__)
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as fault:
            return Posted(Fate.UNSURE, reason=type(fault).__name__)
        return Posted(Fate.DONE, ts=str(answer.get("ts") or answer.get("message_ts") or ""))


def exposures(told: Mapping[str, Any]) -> list[str]:
    """Of a channel as `conversations.info` tells of it: how strangers can read it."""
    public = [] if told.get("is_private") else ["is public; tickets belong in a private channel"]
    return public + (["is shared with another organisation"] if told.get("is_ext_shared") else [])
