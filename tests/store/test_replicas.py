"""Which desks run, and what they hold."""

from datetime import timedelta

from bot.store import replicas
from bot.store.work import Store
from tests.store.conftest import NOW


async def _running(store: Store, after: timedelta = timedelta(0)) -> list[tuple[str, list[str]]]:
    async with store.reading() as work:
        return [(each.name, each.keys) for each in await replicas.running(work, NOW + after)]


async def _seen(store: Store, name: str, after: timedelta = timedelta(0)) -> None:
    async with store.transaction() as work:
        await replicas.seen(work, name, NOW + after)


async def test_a_desk_that_was_seen_lately_runs_and_its_keys_are_known(store: Store) -> None:
    await _seen(store, "one")
    await _seen(store, "one", timedelta(seconds=30))
    assert await _running(store, timedelta(seconds=60)) == [("one", store.keys.fingerprints)]


async def test_a_desk_that_has_said_nothing_for_long_does_not_count(store: Store) -> None:
    await _seen(store, "one")
    assert await _running(store, timedelta(minutes=3)) == []


async def test_a_desk_that_has_stopped_does_not_count(store: Store) -> None:
    await _seen(store, "one")
    await _seen(store, "two")
    async with store.transaction() as work:
        await replicas.gone(work, "one")
    assert [name for name, _ in await _running(store)] == ["two"]
