"""`https://…`: the directory of accounts as a service of the operator's own.

``GET URL?email=…`` or ``GET URL?id=…`` answers 200 with a JSON list of objects with the columns. Each question is
signed: `X-Privacy-Desk-Signature` is ``v1=`` and the hexadecimal HMAC-SHA256 under ACCOUNTS_SECRET of
``TIMESTAMP.NAME.VALUE``: the header `X-Privacy-Desk-Timestamp` (seconds since 1970), then ``email`` or ``id`` and
its value as decoded from the query.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.adapters.accounts.directory import TIMEOUT, DirectoryDown, account_of, fitting
from bot.domain.accounts import Account

REMEMBERED = 60.0  # seconds
_MOST_REMEMBERED = 1_000
_LONGEST = 1_000_000  # bytes of an answer
_NOBODY = "privacy-desk-check"
_FAULTS = (aiohttp.ClientError, OSError, TimeoutError, ValueError, RecursionError)
_Question = tuple[str, str]  # the parameter and its value


class WebDirectory:
    """Answers are remembered for a minute, failures are not. It goes where the setting says and nowhere else."""

    def __init__(self, url: str, secret: bytes) -> None:
        self._url, self._secret = url, secret
        self._session: aiohttp.ClientSession | None = None
        self._known: OrderedDict[_Question, tuple[float, list[Account]]] = OrderedDict()

    async def find(self, *, address: str = "", account_id: str = "", name: str = "") -> list[Account]:
        if name:
            return []
        question = ("email", address) if address else ("id", account_id)
        until, accounts = self._known.get(question, (0.0, []))
        if time.monotonic() >= until:
            accounts = await self._ask(question)
            self._remember(question, accounts)
        return fitting(accounts, address, account_id, name)

    async def examine(self) -> str:
        await self._ask(("id", _NOBODY))
        return f"{urlsplit(self._url).hostname} answers with a list of accounts"

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def _ask(self, question: _Question) -> list[Account]:
        name, value = question
        try:
            async with (
                asyncio.timeout(TIMEOUT),
                self._opened().get(
                    self._url, params={name: value}, headers=self._signed(name, value), allow_redirects=False
                ) as answer,
            ):
                if answer.status != 200:
                    raise DirectoryDown(f"the service of accounts answered {answer.status}")
                rows = json.loads(await _body(answer))
        except _FAULTS as fault:
            raise DirectoryDown(f"the service of accounts does not answer ({type(fault).__name__})") from None
        if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
            raise DirectoryDown("the service of accounts answered something else than a list of accounts")
        return [account_of(each) for each in rows]

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _signed(self, name: str, value: str) -> dict[str, str]:
        if not self._secret:
            return {"Accept": "application/json"}
        at = str(int(time.time()))
        signed = hmac.digest(self._secret, f"{at}.{name}.{value}".encode(), hashlib.sha256).hex()
        return {
            "Accept": "application/json",
            "X-Privacy-Desk-Timestamp": at,
            "X-Privacy-Desk-Signature": f"v1={signed}",
        }

    def _remember(self, question: _Question, accounts: list[Account]) -> None:
        self._known[question] = (time.monotonic() + REMEMBERED, accounts)
        self._known.move_to_end(question)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


async def _body(answer: aiohttp.ClientResponse) -> Any:
    body = await answer.content.read(_LONGEST + 1)
    while len(body) <= _LONGEST and (more := await answer.content.read(_LONGEST + 1 - len(body))):
        body += more
    if len(body) > _LONGEST:
        raise ValueError("the answer is too long")
    return body
