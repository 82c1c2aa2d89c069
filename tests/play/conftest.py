"""The demo's stage with its page, once for all tests of this folder: each writes from an address of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.play import PlayServer
from bot.demo.stage import Stage, staged


@dataclass
class Visit:
    """A visitor of the page, without a browser: what its script would send, and what it would show."""

    stage: Stage
    server: PlayServer
    session: aiohttp.ClientSession

    async def look(self, **look: str) -> dict[str, str]:
        """The panes."""
        async with self.session.get(f"{self.server.url}state", params=look) as answer:
            return dict((await answer.json())["panes"])

    async def act(self, what: str, look: dict[str, str] | None = None, /, **said: Any) -> dict[str, Any]:
        origin = self.server.url.rsplit("/", 2)[0]
        told = {"act": what, "look": look or {}, **said}
        headers = {"Origin": origin}
        async with self.session.post(f"{self.server.url}act", json=told, headers=headers) as answer:
            return dict(await answer.json())


@asynccontextmanager
async def visited(folder: Path) -> AsyncIterator[Visit]:
    async with staged(folder) as stage, PlayServer(stage) as server, aiohttp.ClientSession() as session:
        yield Visit(stage, server, session)


@pytest.fixture(scope="session")
async def visit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    async with visited(tmp_path_factory.mktemp("demo")) as each:
        yield each
