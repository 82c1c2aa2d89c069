"""The harness sees what it counts, and breaks what it says: else a clean table would prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.failpoints import MOMENTS
from tests.faults.cases import CASES
from tests.faults.ledger import Tally, tally
from tests.faults.proxy import Fault, Proxy
from tests.faults.stories import LETTER, letter
from tests.scenarios.conftest import database, world
from tests.scenarios.outside import World
from tests.scenarios.outside import letter as mail_of

__all__ = ["database", "world"]

ELSEWHERE = ("chat.", "retention.")  # killed by the tests of Slack's customers, and of `retention`


# ---- the ledger -----------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_the_ledger_finds_what_is_lost_and_what_is_doubled(world: World) -> None:
    await world.desk.start()
    await letter(world)
    assert await tally(world, LETTER) == Tally()
    await world.desk.stop()

    world.sink.messages.append(world.sink.messages[0])
    assert await tally(world, LETTER) == Tally(copies=1)
    world.sink.messages.clear()
    assert (await tally(world, LETTER)).lost == 1
    (card,) = world.cards()
    world.slack.workspace.keep(replace(card, ts=world.slack.workspace.next_ts()))
    assert (await tally(world, LETTER)).doubled == 2, "a second card, under the name of the first"
    await world.deliver(mail_of("Never read.", sender="late@writer.example"))
    assert (await tally(world, LETTER)).lost == 2


def test_every_moment_that_can_be_killed_is_in_the_matrix() -> None:
    named = {each.fault.removeprefix("kill -9 at ").partition(":")[0] for each in CASES}
    named.add("delivery.recovering")  # while it recovers
    assert {each for each in MOMENTS if not each.startswith(ELSEWHERE)} <= named


# ---- the proxy ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def echo() -> AsyncIterator[Proxy]:
    """A proxy before a server that says each line back."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


async def said(proxy: Proxy, line: bytes) -> bytes:
    """What comes back within a moment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(line)
        return await asyncio.wait_for(reader.readline(), 2)
    finally:
        writer.close()


async def test_a_proxy_passes_on_what_it_is_not_told_to_break() -> None:
    async with echo() as proxy:
        assert await said(proxy, b"hello\n") == b"hello\n"
        assert proxy.before("smtp://u:p@127.0.0.1:25?tls=none") == f"smtp://u:p@127.0.0.1:{proxy.port}?tls=none"


async def test_a_proxy_resets() -> None:
    async with echo() as proxy:
        proxy.set(Fault.RESET)
        with pytest.raises(ConnectionError):
            await said(proxy, b"hello\n")


async def test_a_proxy_swallows_and_ends_what_it_has_swallowed() -> None:
    async with echo() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"before\n")
        assert await reader.readline() == b"before\n"
        proxy.set(Fault.SWALLOW)
        writer.write(b"lost\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 0.2)
        proxy.set(Fault.NONE)
        with pytest.raises(ConnectionError):
            await reader.readline()


async def test_a_proxy_loses_the_answer_to_the_dot_that_it_is_told_to() -> None:
    async with echo() as proxy:
        proxy.set(Fault.LOST_ANSWER, dot=2)
        assert await said(proxy, b".\r\n") == b".\r\n"
        with pytest.raises((ConnectionError, TimeoutError)):
            await said(proxy, b".\r\n")
        assert await said(proxy, b".\r\n") == b".\r\n"
