"""Where the operator's own systems answer: `/tasks/<token>`, see `docs/connectors.md`."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Result

_LARGEST = 64 * 1024  # bytes of an answer
_CHUNK = 64 * 1024
_FIELDS = {"result", "note", "statement"}


@dataclass(frozen=True, slots=True)
class TaskAnswers:
    """``settle`` and ``hand_in`` answer None where the token is nobody's, and raise Refused."""

    settle: Callable[[str, Result, str, str], Awaitable[bool | None]]
    hand_in: Callable[[str, str, AsyncIterator[bytes]], Awaitable[bool | None]]

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/tasks/{token}", self._settle), web.post("/tasks/{token}/file", self._take)]

    async def _settle(self, request: web.Request) -> web.Response:
        try:
            result, note, statement = _read(await request.content.read(_LARGEST + 1))
            stands = await self.settle(request.match_info["token"], result, note, statement)
        except ValueError as fault:
            return _no(400, str(fault))
        except Refused as refused:
            return _no(409, str(refused))
        if stands is None:
            return _no(404, "There is no such task.")
        return web.json_response({"result": result}) if stands else _no(409, "It ended in another way already.")

    async def _take(self, request: web.Request) -> web.Response:
        name = request.query.get("name", "")
        if not name:
            return _no(400, "Say the file's name: /file?name=export.json")
        chunks = request.content.iter_chunked(_CHUNK)
        try:
            taken = await self.hand_in(request.match_info["token"], name, chunks)
        except Refused as refused:
            return _no(400, str(refused))
        return web.json_response({"taken": True}) if taken else _no(404, "There is no such task.")


def _read(raw: bytes) -> tuple[Result, str, str]:
    """Raises ValueError with one line that says what is wrong."""
    if len(raw) > _LARGEST:
        raise ValueError(f"An answer has at most {_LARGEST} bytes.")
    try:
        given: Any = json.loads(raw)
    except ValueError:
        raise ValueError("This is no JSON.") from None
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise ValueError("This is no object of texts.")
    if unknown := sorted(set(given) - _FIELDS):
        raise ValueError(f"{unknown[0][:40]!r} is none of {', '.join(sorted(_FIELDS))}.")
    if given.get("result") not in set(Result):
        raise ValueError(f"`result` has to be one of {', '.join(Result)}.")
    return Result(given["result"]), given.get("note", ""), given.get("statement", "")


def _no(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
