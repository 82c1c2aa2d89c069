"""What the desk does on the clock for itself."""

import pytest
from sqlmodel import select

from bot.housekeeping import Housekeeping
from bot.store import address_changes, replicas, sightings
from bot.store.desk_tables import Sighting
from bot.store.keys import KeyDestroyed
from bot.store.tables import ChallengeRow, InboxItem
from tests.handlers.conftest import ERASE
from tests.handlers.slack_customers import CARLA, CHATTER, DELETE, support_of


async def test_codes_that_have_long_expired_are_cleared_away(bench):
    await bench.write(ERASE)
    house = Housekeeping(bench.desk, "one")
    for days, left in ((2, 1), (7, 0)):
        bench.clock.forward(days=days)
        await house.tidy()
        async with bench.desk.store.reading() as work:
            assert len((await work.session.exec(select(ChallengeRow))).all()) == left


async def test_old_sightings_are_cleared_away(bench):
    async with bench.desk.store.transaction() as work:
        await sightings.add(work, "wrong_code", "who", "what", bench.clock())
    bench.clock.forward(days=31)
    await Housekeeping(bench.desk, "one").tidy()
    async with bench.desk.store.reading() as work:
        assert (await work.session.exec(select(Sighting))).all() == []


async def test_a_change_of_an_address_is_kept_longer_than_what_is_counted(bench):
    house = Housekeeping(bench.desk, "one")
    async with bench.desk.store.transaction() as work:
        await address_changes.begin(work, "PR-0000AAAA", ["digest"], bench.clock())
    for days, left in ((119, ["digest"]), (2, [])):
        bench.clock.forward(days=days)
        await house.tidy()
        async with bench.desk.store.reading() as work:
            assert await address_changes.newcomers(work, "PR-0000AAAA") == left


async def test_what_was_overheard_and_came_to_nothing_is_cleared_away_after_a_day(bench):
    async with support_of(bench) as support:
        await support.say(CARLA, CHATTER)
        await support.say(CARLA, DELETE)
        for hours, left in ((20, {None, 1}), (5, {1})):
            bench.clock.forward(hours=hours)
            await Housekeeping(bench.desk, "one").tidy()
            async with bench.desk.store.reading() as work:
                assert set((await work.session.exec(select(InboxItem.ticket_id))).all()) == left


async def test_no_backup_opens_what_was_overheard_once_it_is_cleared_away(bench):
    async with support_of(bench) as support:
        await support.say(CARLA, CHATTER)
        async with bench.desk.store.reading() as work:
            (key_id,) = (await work.session.exec(select(InboxItem.key_id))).all()
        bench.clock.forward(hours=25)
        await Housekeeping(bench.desk, "one").tidy()
        with pytest.raises(KeyDestroyed):
            await bench.desk.store.keys.get(key_id)


async def test_a_desk_says_that_it_runs(bench):
    await Housekeeping(bench.desk, "one").tidy()
    async with bench.desk.store.reading() as work:
        assert [each.name for each in await replicas.running(work, bench.clock())] == ["one"]
