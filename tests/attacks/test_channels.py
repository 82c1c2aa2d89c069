"""Attacks on the staff's channel: somebody opens it to strangers while the desk runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.handlers.conftest import ERASE, EVE, STAFF, UNSUBSCRIBE, bench
from tests.handlers.slack_people import Room, room_of, workspace

assert bench


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    """The staff's channel, with the desk watching it."""
    async with workspace() as slack, room_of(bench, slack) as each:
        watch = asyncio.create_task(each.channels.run())
        yield each
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def alerted(room: Room, count: int = 1) -> list[str]:
    async with asyncio.timeout(5):
        while len(found := await room.bench.alerts()) < count:
            await asyncio.sleep(0.01)
    return found


async def test_t54_in_a_channel_that_becomes_shared_nothing_more_is_posted_and_staff_are_told_once(room):
    _, card = await room.ticket(ERASE)
    await room.slack.share(STAFF)
    (told,) = await alerted(room)
    assert "shared with another organisation" in told
    before = (len(room.posts()), len(room.posts(card.ts)))
    await room.bench.write(UNSUBSCRIBE, sender=EVE)
    await room.post_all()
    await room.channels.watch()
    assert (len(room.posts()) - 1, len(room.posts(card.ts))) == before, "the alert, and nothing else"
    assert "open-to-others" in room.posts()[-1].text


async def test_t54_what_waited_is_posted_once_the_channel_is_the_staffs_own_again(room):
    await room.slack.share(STAFF)
    await alerted(room)
    await room.bench.write(UNSUBSCRIBE)
    await room.post_all()
    await room.slack.share(STAFF, shared=False)
    room.bench.clock.forward(minutes=10)
    async with asyncio.timeout(5):
        while await room.channels.exposed(STAFF):
            await asyncio.sleep(0.01)
    await room.post_all()
    _, card = room.posts()
    assert len(room.posts(card.ts)) == 2


async def test_t54_a_channel_that_was_made_public_is_found_out_on_the_clock(bench, monkeypatch):
    async with workspace() as slack, room_of(bench, slack) as room:
        await room.channels.watch()
        slack.publish(STAFF)
        await room.channels.watch()
        assert await bench.alerts() == []
        monkeypatch.setattr("handlers.channels.time.monotonic", lambda: 1e12)
        await room.channels.watch()
        await bench.write(ERASE)
        await room.post_all()
        assert [each.text for each in room.posts() if "public" not in each.text] == []


async def test_t54_where_slack_does_not_say_who_reads_a_channel_nothing_is_posted(bench):
    async with workspace() as slack, room_of(bench, slack) as room:
        slack.fail("conversations.info", error="channel_not_found")
        await bench.write(ERASE)
        await room.post_all()
        assert room.posts() == []
        assert [each.reason for each in await bench.queued("slack") if each.kind == "card"] == [
            "channel_not_found"
        ]
