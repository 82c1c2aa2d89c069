"""Leases: one holder at a time, until it stops saying that it still is."""

import asyncio
from datetime import timedelta

from bot.store import leases
from bot.store.work import Store
from tests.store.conftest import NOW, pass_time

SPAN = timedelta(seconds=15)


async def _hold(store: Store, owner: str, after: float = 0, name: str = "mailbox") -> bool:
    """After so many seconds more."""
    await pass_time(store, timedelta(seconds=after))
    async with store.transaction() as work:
        return await leases.hold(work, name, owner, NOW, SPAN)


async def _give_back(store: Store, owner: str) -> None:
    async with store.transaction() as work:
        await leases.give_back(work, "mailbox", owner, NOW)


async def test_the_first_takes_it_and_the_second_waits(store: Store) -> None:
    assert await _hold(store, "a")
    assert not await _hold(store, "b", 14)


async def test_renewing_keeps_it(store: Store) -> None:
    await _hold(store, "a")
    assert await _hold(store, "a", 14)
    assert not await _hold(store, "b", 14)


async def test_who_falls_silent_loses_it(store: Store) -> None:
    await _hold(store, "a")
    assert await _hold(store, "b", 15)
    assert not await _hold(store, "a", 1)


async def test_what_is_given_back_is_free_at_once(store: Store) -> None:
    await _hold(store, "a")
    await _give_back(store, "a")
    assert await _hold(store, "b", 1)


async def test_nobody_gives_back_what_is_anothers(store: Store) -> None:
    await _hold(store, "a")
    await _give_back(store, "b")
    assert not await _hold(store, "b", 1)


async def test_giving_back_what_was_never_taken_is_nothing(store: Store) -> None:
    await _give_back(store, "a")
    assert await _hold(store, "b")


async def test_each_name_is_a_lease_of_its_own(store: Store) -> None:
    assert await _hold(store, "a", name="one")
    assert await _hold(store, "b", name="two")


async def test_of_many_that_come_at_once_one_takes_a_lease_that_is_free(store: Store) -> None:
    await _hold(store, "nobody any more")
    await pass_time(store, SPAN)
    taken = await asyncio.gather(*(_hold(store, owner) for owner in "abcdef"))
    assert taken.count(True) == 1


async def test_of_many_that_come_at_once_one_takes_a_lease_that_never_was(store: Store) -> None:
    taken = await asyncio.gather(*(_hold(store, owner) for owner in "abcdef"))
    assert taken.count(True) == 1
