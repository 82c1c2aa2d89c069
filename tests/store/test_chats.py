"""What is said in Slack, at rest."""

import asyncio
from datetime import timedelta

from bot.store import chats
from bot.store.work import Store
from tests.store.conftest import NOW

PLACE = "slack/C0HELP/1.1"


async def test_what_two_people_point_at_in_one_moment_is_kept_once(store: Store) -> None:
    async def keep(text: bytes) -> int | None:
        async with store.transaction() as work:
            return (await chats.keep(work, PLACE, text, NOW - timedelta(days=1), NOW)).id

    found = await asyncio.gather(*(keep(each) for each in (b"one", b"two", b"three")))
    assert len(set(found)) == 1


async def test_what_is_kept_waits_for_no_reader(store: Store) -> None:
    async with store.transaction() as work:
        item = await chats.keep(work, PLACE, b"words", NOW, NOW)
        assert (item.state, item.ticket_id, item.received_at) == ("done", None, NOW)
