"""The watchman probes once a turn, and says what does not come back."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.probe import is_probe, new_probe_id
from bot.probing import Watchman
from bot.settings.endpoints import SmtpServer
from bot.store import leases, probes
from tests.handlers.conftest import DESK, ERASE, ROBIN, Bench
from tests.scenarios.outside import letter
from tests.servers.smtp import PASSWORD, USER, SmtpSink


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink(tls="none") as server:
        yield server


def watchman(bench: Bench, sink: SmtpSink, **more) -> Watchman:
    smtp = SmtpServer(host="127.0.0.1", port=sink.port, user=USER, password=PASSWORD, tls="none")
    return Watchman(bench.desk, smtp, (), every=timedelta(hours=6), timeout=0.3, **more)


async def test_a_probe_that_does_not_come_back_is_an_alert_once_a_turn(bench, sink):
    watching = watchman(bench, sink)
    assert await watching.round()
    assert await watching.round() is None
    (alert,) = await bench.alerts()
    assert "did not reach the mailbox" in alert
    assert [each.recipients for each in sink.messages] == [(DESK,)]


async def test_a_silent_socket_is_told_beside_it(bench, sink):
    await watchman(bench, sink, listening=lambda: False).round()
    (alert,) = await bench.alerts()
    assert "No connection to Slack is open" in alert


async def test_a_clock_that_does_not_strike_is_noticed(bench):
    async def strikes() -> bool:
        async with bench.desk.store.reading() as work:
            return await probes.clock_strikes(work, bench.clock())

    assert not await strikes()
    async with bench.desk.store.transaction() as work:
        await leases.hold(work, "clock", "me", bench.clock(), timedelta(minutes=5))
    assert await strikes()
    bench.clock.forward(minutes=6)
    assert not await strikes()


async def test_a_probe_is_decided_on_and_leaves_no_ticket_letter_or_card(bench):
    secret = bench.desk.store.keys.token_secret
    headers = {"Message-ID": f"<{new_probe_id(bench.desk.domain, secret)}>"}
    item = await bench.bring(letter(ERASE, sender=DESK, headers=headers))
    assert (item.state, item.removal) == ("probe", "due")
    assert await bench.cases() == []
    assert await bench.queued() == []
    assert await bench.queued("slack") == []


async def test_the_name_of_a_probe_from_somebody_else_is_worth_nothing(bench):
    """Who has learned of one, from a bounce perhaps, cannot hide a letter behind it."""
    secret = bench.desk.store.keys.token_secret
    known = new_probe_id(bench.desk.domain, secret)
    assert is_probe(known, secret)
    assert not is_probe(known, b"another key")
    item = await bench.bring(letter(ERASE, sender=ROBIN, headers={"Message-ID": f"<{known}>"}))
    assert item.state == "done"
