"""The outbox: queued once, sent as promised, and what fell between is found."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.store import outbox
from bot.store.outbox import MAIL, SLACK, Promise
from bot.store.tables import OutboxRow
from bot.store.work import Store
from tests.store.conftest import NOW, pass_time

LEASE = timedelta(minutes=1)


async def _put(store: Store, key: str, **options: Any) -> OutboxRow:
    async with store.transaction() as work:
        return await outbox.put(
            work,
            **{
                "lane": MAIL,
                "kind": "acknowledgement",
                "key": key,
                "now": NOW,
                "seal_with": await store.keys.new(),
                "payload": b"Your code is 12345678",
                **options,
            },
        )


async def _due(store: Store, after: timedelta = timedelta(0), lane: str = MAIL) -> list[str]:
    async with store.transaction() as work:
        return [each.key for each in await outbox.due(work, lane, NOW + after)]


async def _change(store: Store, row: OutboxRow, change: Any, *arguments: Any) -> OutboxRow:
    async with store.transaction() as work:
        current = await outbox.load(work, row.id)
        if asyncio.iscoroutine(changing := change(work, current, *arguments)):
            await changing
    return current


async def test_the_same_thing_is_queued_once(store: Store) -> None:
    first = await _put(store, "ack:1", payload=b"first")
    again = await _put(store, "ack:1", payload=b"second")
    assert again.id == first.id
    assert await _due(store) == ["ack:1"]
    async with store.reading() as work:
        assert await outbox.payload_of(work, again) == b"first"


async def test_a_payload_is_sealed_and_opens_again(store: Store) -> None:
    row = await _put(store, "a")
    assert row.payload is not None
    assert b"12345678" not in row.payload
    async with store.reading() as work:
        assert await outbox.payload_of(work, row) == b"Your code is 12345678"


async def test_a_row_without_a_payload_is_empty(store: Store) -> None:
    row = await _put(store, "a", seal_with=None)
    async with store.reading() as work:
        assert await outbox.payload_of(work, row) == b""


async def test_each_lane_has_its_own_rows_in_order(store: Store) -> None:
    for key, lane in (("a", MAIL), ("card", SLACK), ("b", MAIL)):
        await _put(store, key, lane=lane)
    assert (await _due(store), await _due(store, lane=SLACK)) == (["a", "b"], ["card"])
    async with store.reading() as work:
        assert await outbox.waiting(work, MAIL) == 2


async def test_what_is_sent_is_not_due_and_holds_nothing_any_more(store: Store) -> None:
    row = await _put(store, "a")
    await _change(store, row, outbox.start, NOW, LEASE)
    done = await _change(store, row, outbox.sent, NOW)
    assert (done.state, done.payload, done.sent_at, done.leased_until) == ("sent", None, NOW, None)
    assert await _due(store, timedelta(days=9)) == []
    async with store.reading() as work:
        assert await outbox.payload_of(work, done) == b""


async def test_what_is_sent_is_not_queued_again_under_its_key(store: Store) -> None:
    row = await _put(store, "a")
    await _change(store, row, outbox.sent, NOW)
    assert (await _put(store, "a")).state == "sent"
    assert await _due(store, timedelta(days=9)) == []


async def test_a_postponed_row_comes_at_its_time_with_the_same_bytes(store: Store) -> None:
    row = await _put(store, "a")
    await _change(store, row, outbox.start, NOW, LEASE)
    later = await _change(store, row, outbox.later, NOW + timedelta(hours=1), "451 try again")
    assert (later.attempts, later.reason) == (1, "451 try again")
    assert await _due(store, timedelta(minutes=59)) == []
    assert await _due(store, timedelta(hours=1)) == ["a"]
    async with store.reading() as work:
        assert await outbox.payload_of(work, later) == b"Your code is 12345678"


async def test_a_doubtful_row_waits_for_a_person(store: Store) -> None:
    row = await _put(store, "a", promise=Promise.ONCE)
    await _change(store, row, outbox.start, NOW, LEASE)
    doubtful = await _change(store, row, outbox.doubtful, "the line went dead after the final dot")
    assert (doubtful.state, doubtful.leased_until) == ("unsure", None)
    assert doubtful.payload is not None
    assert await _due(store, timedelta(days=9)) == []


async def test_a_dead_row_holds_nothing_any_more(store: Store) -> None:
    dead = await _change(store, await _put(store, "a"), outbox.dead, "550 no such user")
    assert (dead.state, dead.payload, dead.reason) == ("dead", None, "550 no such user")
    assert await _due(store, timedelta(days=9)) == []


async def test_a_row_that_was_begun_and_not_finished_is_found_when_its_lease_is_over(store: Store) -> None:
    await _change(store, await _put(store, "a"), outbox.start, NOW, LEASE)
    await _put(store, "not begun")

    async def adrift(*, alone: bool) -> list[str]:
        async with store.transaction() as work:
            return [each.key for each in await outbox.adrift(work, MAIL, NOW, alone=alone)]

    assert await _due(store) == ["not begun"]
    assert await adrift(alone=False) == []
    assert await adrift(alone=True) == ["a"]
    await pass_time(store, LEASE)
    assert await adrift(alone=False) == ["a"]


async def _renew(store: Store, row: OutboxRow) -> bool:
    async with store.transaction() as work:
        return await outbox.renew(work, row.id, row.attempts, NOW, LEASE)


async def test_a_claim_lasts_for_as_long_as_it_is_renewed(store: Store) -> None:
    claimed = await _change(store, await _put(store, "a"), outbox.start, NOW, LEASE)
    for _ in range(3):
        await pass_time(store, LEASE - timedelta(seconds=5))
        assert await _renew(store, claimed)


async def test_a_claim_that_has_lapsed_is_lost_even_where_nobody_took_it(store: Store) -> None:
    claimed = await _change(store, await _put(store, "a"), outbox.start, NOW, LEASE)
    await pass_time(store, LEASE)
    assert not await _renew(store, claimed)


async def test_who_slept_through_a_claim_does_not_hold_the_next_one_on_the_same_row(store: Store) -> None:
    slept = await _change(store, await _put(store, "a"), outbox.start, NOW, LEASE)
    await _change(store, slept, outbox.later, NOW, "taken over")
    await _change(store, slept, outbox.start, NOW, LEASE)
    assert not await _renew(store, slept)


async def test_what_has_left_after_all_is_settled_unless_somebody_sends_it_again(store: Store) -> None:
    slept = await _change(store, await _put(store, "a"), outbox.start, NOW, LEASE)
    fence = slept.attempts
    assert outbox.is_claimed(slept, fence, left=False)
    doubtful = await _change(store, slept, outbox.doubtful, "lapsed")
    assert not outbox.is_claimed(doubtful, fence, left=False)
    assert outbox.is_claimed(doubtful, fence, left=True)
    again = await _change(store, slept, outbox.start, NOW, LEASE)
    assert not outbox.is_claimed(again, fence, left=True)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # on SQLite a desk is alone
async def test_whose_clock_is_wrong_by_hours_takes_nothing_from_others(store: Store) -> None:
    claimed = await _change(store, await _put(store, "a"), outbox.start, NOW, LEASE)
    fast = NOW + timedelta(days=900)
    async with store.transaction() as work:
        assert await outbox.adrift(work, MAIL, fast, alone=False) == []
        assert await outbox.renew(work, claimed.id, claimed.attempts, fast, LEASE)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
async def test_replicas_are_not_handed_the_same_rows(store: Store) -> None:
    await _put(store, "a")
    await _put(store, "b")
    async with store.transaction() as mine, store.transaction() as yours:
        first = await outbox.due(mine, MAIL, NOW, limit=1)
        second = await outbox.due(yours, MAIL, NOW)
        assert ([each.key for each in first], [each.key for each in second]) == (["a"], ["b"])


async def test_what_has_waited_longest_is_sent_first_and_not_what_was_put_off(store: Store) -> None:
    put_off = await _put(store, "put off")
    await _put(store, "new", now=NOW + timedelta(minutes=30))
    await _change(store, put_off, outbox.later, NOW + timedelta(hours=1), outbox.HELD_BACK)
    assert await _due(store, timedelta(hours=2)) == ["new", "put off"]


async def test_answers_of_the_last_day_are_counted_for_each_address(store: Store) -> None:
    await _put(store, "one", address_index="ida")
    await _put(store, "long ago", address_index="ida", now=NOW - timedelta(hours=25))
    await _put(store, "somebody else's", address_index="jon")
    await _put(store, "approved", address_index="ida", automatic=False)
    await _put(store, "a card", address_index="ida", lane=SLACK)
    await _put(store, "of a bounded kind", address_index="ida", kind="new_code")
    async with store.reading() as work:
        found = await outbox.answers_since(work, "ida", NOW - timedelta(days=1), {"new_code"})
    assert found == 1


async def test_mail_that_was_held_back_is_found_by_its_address(store: Store) -> None:
    for key, reason in (("held", outbox.HELD_BACK), ("refused", "451 try again")):
        row = await _put(store, key, address_index="ida")
        await _change(store, row, outbox.later, NOW + timedelta(hours=1), reason)
    async with store.transaction() as work:
        assert [each.key for each in await outbox.held_back(work, "ida")] == ["held"]
        assert await outbox.held_back(work, "jon") == []


async def test_the_state_of_a_letter_is_found_by_its_draft(store: Store) -> None:
    async with store.reading() as work:
        assert await outbox.state_of_draft(work, 1) is None
