"""How the desk listens to Slack, and what becomes of it when Slack is silent or does not let it in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.adapters.slack import SlackGateway
from bot.adapters.socket import SOCKETS, SlackSocket
from bot.demo.slack import SlackStandIn
from bot.listening import Listening
from bot.settings import Settings
from handlers.channels import Channels
from tests.handlers.conftest import ADA, STAFF, text_of
from tests.handlers.slack_people import room_of, workspace

ALERTS = "alerts@linden.example"


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with workspace() as each:
        yield each


@pytest.fixture
def alerted(bench):
    return replace(bench, desk=replace(bench.desk, alert_address=ALERTS))


@asynccontextmanager
async def listening_of(bench, slack: SlackStandIn) -> AsyncIterator[Listening]:
    settings = Settings(slack_app_token=slack.tokens["app"], slack_staff=(ADA,))
    gateway = SlackGateway(slack.tokens["bot"], slack.api_url)
    try:
        yield Listening(bench.desk, gateway, Channels(bench.desk, gateway), settings, alone=True)
    finally:
        await gateway.close()


async def told_by_mail(bench) -> list[str]:
    return [text_of(each) for each in await bench.letters() if each["To"] == ALERTS]


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_an_app_that_is_not_let_in_is_told_of_by_mail_once_a_day(alerted, slack, method, error):
    slack.fail(method, error=error, times=2)
    async with listening_of(alerted, slack) as listening:
        for _ in range(2):
            with pytest.raises(ExceptionGroup):
                await listening.run()
        assert not listening.connected
        (told,) = await told_by_mail(alerted)
        assert error in told
        life = asyncio.create_task(listening.run())
        await slack.wait_until(lambda: len(slack.sockets) == SOCKETS)
        assert listening.connected, "mended, it goes on by itself"
        life.cancel()
        await asyncio.wait({life})


async def test_without_an_address_for_alerts_nobody_is_written_to(bench, slack):
    slack.fail("auth.test", error="invalid_auth")
    async with listening_of(bench, slack) as listening:
        with pytest.raises(ExceptionGroup):
            await listening.run()
    assert await bench.letters() == []


async def test_while_one_socket_is_exchanged_another_listens(bench, slack):
    async with room_of(bench, slack) as room:
        await slack.sockets.refresh()
        for number in range(5):
            await slack.command(ADA, STAFF, f"show PR-0000000{number}")
        assert len(await room.handled()) == 5
        await slack.wait_until(lambda: len(slack.sockets) == SOCKETS)


async def test_sockets_that_stay_away_are_noticed(bench, slack):
    gateway = SlackGateway(slack.tokens["bot"], slack.api_url)
    socket = SlackSocket(gateway, None, app_token=slack.tokens["app"])
    try:
        await socket.start()
        watch = asyncio.create_task(socket.watch(patience=0.2))
        await asyncio.sleep(0.4)
        assert not watch.done(), "a socket that lives is left alone"
        slack.fail("apps.connections.open", error="internal_error", times=100)
        slack.sockets.drop()
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(watch, 5)
        assert not socket.connected
    finally:
        await socket.stop()
        await gateway.close()
