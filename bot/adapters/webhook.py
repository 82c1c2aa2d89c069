"""One event to one of the operator's own systems: signed, posted once, and what became of it."""

import time
from dataclasses import dataclass
from enum import StrEnum

import aiohttp

from bot.domain.connectors import SIGNATURE, signature
from bot.telemetry import outside

_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
_LATER = frozenset({408, 425, 429})
_ACCEPTED = 202


class Fate(StrEnum):
    """What became of an event."""

    HEARD = "heard"
    TAKEN = "taken"  # it is theirs to do from now on
    TRY_LATER = "try_later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answered:
    fate: Fate
    reason: str = ""


class Webhooks:
    """Posts events. A redirect is not followed: what is signed for one place is not for another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, content: bytes) -> Answered:
        with outside("webhook", "post") as call:
            answered = await self._post(url, content)
            call.fault = "" if answered.fate in (Fate.HEARD, Fate.TAKEN) else answered.fate
        return answered

    async def _post(self, url: str, content: bytes) -> Answered:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        headers = {
            SIGNATURE: signature(self._secret, int(time.time()), content),
            "Content-Type": "application/json",
        }
        try:
            async with self._session.post(url, data=content, headers=headers, allow_redirects=False) as answer:
                return _answered(answer.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            return Answered(Fate.TRY_LATER, type(fault).__name__)

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _answered(status: int) -> Answered:
    if status == _ACCEPTED:
        return Answered(Fate.TAKEN)
    if 200 <= status < 300:
        return Answered(Fate.HEARD)
    later = status in _LATER or status >= 500
    return Answered(Fate.TRY_LATER if later else Fate.REFUSED, f"it answered {status}")
