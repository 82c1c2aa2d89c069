"""The time that replicas agree on."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import clock
from bot.store.clock import DatabaseClock, shared
from bot.store.work import Store
from tests.store.conftest import NOW


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_desk_that_is_alone_goes_by_its_own_clock(store: Store) -> None:
    async with store.reading() as work:
        assert await shared(work, NOW) == NOW


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_replicas_go_by_the_clock_of_their_database(store: Store) -> None:
    async with store.reading() as work:
        assert await shared(work, NOW) - NOW > timedelta(days=1)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_machine_whose_clock_is_hours_off_has_the_databases_time_and_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Fast(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(hours=7)

    monkeypatch.setattr(clock, "datetime", Fast)
    time = DatabaseClock(store)
    assert time() - datetime.now(UTC) > timedelta(hours=6)
    await time.look()
    assert abs(time() - datetime.now(UTC)) < timedelta(minutes=1)
    assert "25200 seconds off" in caplog.text
