"""The inbox: nothing twice, nothing lost, and a poison item alone."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.store import inbox
from bot.store.tables import InboxItem
from bot.store.work import Store
from tests.store.conftest import NOW, pass_time

LEASE = timedelta(minutes=2)


async def _put(store: Store, origin: str, content: str | None = None, source: str = "imap") -> InboxItem:
    async with store.transaction() as work:
        return await inbox.put(
            work,
            source=source,
            origin=origin,
            content=content,
            raw=origin.encode(),
            received_at=NOW - timedelta(minutes=5),
            now=NOW,
        )


async def _claim(store: Store, after: timedelta = timedelta(0), source: str = "imap") -> list[str]:
    await pass_time(store, after)
    async with store.transaction() as work:
        return [each.origin for each in await inbox.claim(work, source, NOW, LEASE)]


async def _item(store: Store, item: InboxItem) -> InboxItem:
    async with store.reading() as work:
        found = await inbox.load(work, item.id or 0)
        assert found is not None
        return found


async def test_what_came_in_is_sealed_and_opens_again(store: Store) -> None:
    item = await _put(store, "a")
    assert item.raw is not None
    assert item.raw != b"a"
    async with store.reading() as work:
        assert (await inbox.raw_of(work, item))[0] == b"a"


async def test_nothing_is_received_later_than_now(store: Store) -> None:
    async with store.transaction() as work:
        item = await inbox.put(
            work, source="imap", origin="a", raw=b"", received_at=NOW + timedelta(days=3), now=NOW
        )
    assert item.received_at == NOW


async def test_places_and_contents_are_known_again(store: Store) -> None:
    await _put(store, "here", "content")
    await _put(store, "there")
    async with store.reading() as work:
        assert await inbox.known(work, ["here", "elsewhere"], ["other"]) == ({"here"}, {"content"})
        assert await inbox.known(work, ["elsewhere"], ["content"]) == ({"here"}, {"content"})
        assert await inbox.known(work, ["elsewhere"], ["other"]) == (set(), set())


@pytest.mark.parametrize(("origin", "content"), [("here", "another"), ("elsewhere", "content")])
async def test_the_database_refuses_the_same_place_or_content_twice(
    store: Store, origin: str, content: str
) -> None:
    await _put(store, "here", "content")
    with pytest.raises(IntegrityError):
        await _put(store, origin, content)


async def test_items_without_a_content_digest_stand_side_by_side(store: Store) -> None:
    await _put(store, "a")
    await _put(store, "b")
    assert await _claim(store) == ["a", "b"]


async def test_a_rolled_back_item_was_never_there(store: Store) -> None:
    async def fail() -> None:
        async with store.transaction() as work:
            await inbox.put(work, source="imap", origin="a", raw=b"", received_at=NOW, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await _claim(store) == []


async def test_a_claimed_item_is_nobody_elses_until_its_lease_is_over(store: Store) -> None:
    await _put(store, "a")
    assert await _claim(store) == ["a"]
    assert await _claim(store) == []
    assert await _claim(store, LEASE) == ["a"]


async def test_each_source_has_its_own_items(store: Store) -> None:
    await _put(store, "mail")
    await _put(store, "event", source="slack")
    assert await _claim(store, source="slack") == ["event"]


async def test_what_was_tried_before_comes_alone_and_after_the_rest(store: Store) -> None:
    for origin in "abc":
        await _put(store, origin)
    assert await _claim(store) == ["a", "b", "c"]  # and then the process dies
    await _put(store, "new")
    assert await _claim(store, LEASE) == ["new"]
    assert [await _claim(store) for _ in range(4)] == [["a"], ["b"], ["c"], []]


async def test_every_claim_counts_as_a_try_even_where_nobody_lived_to_report_it(store: Store) -> None:
    item = await _put(store, "a")
    for turn in range(inbox.TRIES):
        assert await _claim(store, LEASE if turn else timedelta(0)) == ["a"]
    assert (await _item(store, item)).attempts == inbox.TRIES == 3


async def test_a_desk_that_is_alone_gives_leases_back_at_once(store: Store) -> None:
    await _put(store, "a")
    await _claim(store)
    async with store.transaction() as work:
        await inbox.release_leases(work, "imap")
    assert await _claim(store) == ["a"]


async def test_an_item_that_was_put_back_comes_at_its_time(store: Store) -> None:
    await _put(store, "a")
    async with store.transaction() as work:
        (item,) = await inbox.claim(work, "imap", NOW, LEASE)
        await inbox.put_back(work, item, NOW, timedelta(seconds=4))
    assert await _claim(store, timedelta(seconds=3)) == []
    assert await _claim(store, timedelta(seconds=1)) == ["a"]


async def test_what_is_finished_or_in_quarantine_is_not_claimed(store: Store) -> None:
    done, poison = await _put(store, "done"), await _put(store, "poison")
    async with store.transaction() as work:
        inbox.finish(work, done, hits=["list"])
        inbox.quarantine(work, poison, "It cannot be read.")
    assert await _claim(store) == []
    async with store.reading() as work:
        assert [each.origin for each in await inbox.quarantined(work)] == ["poison"]
        assert await inbox.waiting(work) == 0
    assert (await _item(store, done)).hits == ["list"]


async def test_a_replayed_item_has_its_tries_back_and_its_bytes_still(store: Store) -> None:
    item = await _put(store, "a")
    await _claim(store)
    async with store.transaction() as work:
        current = await inbox.load(work, item.id or 0, for_update=True)
        assert current is not None
        inbox.quarantine(work, current, "It failed.")
        inbox.replay(work, current)
    replayed = await _item(store, item)
    assert (replayed.attempts, replayed.reason) == (0, "")
    async with store.reading() as work:
        assert (await inbox.raw_of(work, replayed))[0] == b"a"
    assert await _claim(store) == ["a"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
async def test_replicas_do_not_claim_the_same_items(store: Store) -> None:
    for place in range(25):
        await _put(store, f"{place:02}")
    async with store.transaction() as mine, store.transaction() as yours:
        first = await inbox.claim(mine, "imap", NOW, LEASE)
        second = await inbox.claim(yours, "imap", NOW, LEASE)
    assert (len(first), len(second)) == (20, 5)
    assert not {each.id for each in first} & {each.id for each in second}


async def test_whoever_waits_for_news_is_woken_by_a_commit_only(store: Store) -> None:
    async with store.transaction() as work:
        await inbox.put(work, source="imap", origin="a", raw=b"", received_at=NOW, now=NOW)
        assert not store._news[inbox.LANE].is_set()
    await store.news(inbox.LANE, 60)
    assert not store._news[inbox.LANE].is_set()
