"""A worker that waits for news ends when it is told to, whatever comes at the same moment."""

import asyncio

import pytest

from bot.store.work import Store


async def test_a_stop_that_comes_together_with_news_is_not_forgotten(fresh_store: Store) -> None:
    waiting = asyncio.create_task(fresh_store.news("mail", 5.0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    async with fresh_store.transaction() as work:
        work.lanes.add("mail")
    fresh_store._news["mail"].set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
