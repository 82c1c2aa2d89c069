"""Several desks on one PostgreSQL, one mailbox and one Slack app: one answer each, whoever dies or sleeps."""

import asyncio
import os
import signal
from collections import Counter

import asyncpg
import pytest

from tests.scenarios.outside import World, letter, reference_of, until

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]

OPT_OUT = "Please stop selling and sharing my personal data for advertising."
DELETION = "Please delete my account and all personal data you hold about me."
MANY = 12  # letters; Slack takes about a post a second, and each makes three
TAKEN_OVER = 15.0  # seconds within which another desk does the work of one that is gone


async def held_by(world: World, lease: str) -> int:
    """The process that holds a lease."""
    connection = await asyncpg.connect(world.desk.environment["DATABASE_URL"])
    try:
        owner = await connection.fetchval("SELECT owner FROM lease WHERE name LIKE $1", f"{lease}%")
    finally:
        await connection.close()
    return int(str(owner).split(":")[1]) if owner else 0


async def answered_once(world: World, writers: list[str], *, deaths: int) -> None:
    """Each letter is one ticket, one acknowledgement and one card; each death may have cost a copy of a notice."""
    await until(lambda: len(world.sink.messages) >= len(writers))
    await until(lambda: len(world.cards()) >= len(writers))
    references = [reference_of(world.mails_to(each)[0]) for each in writers]
    assert [len(world.copies(each)) for each in writers] == [1] * len(writers)
    assert len(world.sink.messages) - len(writers) <= deaths
    assert Counter(each["requester"]["address"] for each in await world.tickets()) == dict.fromkeys(writers, 1)
    assert Counter(each.text.split(":")[0] for each in world.cards()) == dict.fromkeys(references, 1)
    assert (await world.desk.command("audit", "verify")).code == 0


async def test_three_desks_share_many_letters_and_two_of_them_die(world: World) -> None:
    async with world.beside(2) as others:
        desks = [world.desk, *others]
        for each in desks:
            each.launch()
        for each in desks:
            await until(lambda each=each: each.ready())
        writers = [f"writer{each}@writer.example" for each in range(MANY)]
        await world.deliver_all(letter(DELETION, sender=each) for each in writers)
        await until(lambda: len(world.sink.messages) >= 3)
        holders = [await held_by(world, "mailbox:"), await held_by(world, "postings")]
        for each in [each for each in desks if each.pid in holders] or desks[:1]:
            await each.kill()
        await answered_once(world, writers, deaths=2)


async def test_another_desk_takes_over_from_one_that_is_killed(world: World) -> None:
    await world.desk.start()
    async with world.beside(1) as (other,):
        await other.start()
        dying, heir = (
            (world.desk, other) if await held_by(world, "mailbox:") == world.desk.pid else (other, world.desk)
        )
        await dying.kill()
        await world.write(OPT_OUT, sender="heir@writer.example")
        await until(lambda: world.mails_to("heir@writer.example"), timeout=TAKEN_OVER + 3)
        assert await held_by(world, "mailbox:") == heir.pid


@pytest.mark.parametrize("moment", ["delivery.claimed", "delivery.offered"])
async def test_a_desk_that_slept_through_its_claim_on_a_mail_does_not_send_it(world: World, moment: str) -> None:
    world.desk.launch(f"{moment}:1:STOP")
    await until(lambda: world.desk.ready())
    writer = "sleeper@writer.example"
    await world.write(OPT_OUT, sender=writer)
    await until(lambda: world.desk.asleep)
    async with world.beside(1) as (other,):
        await other.start()
        reference = reference_of(await world.mail_to(writer))
        os.kill(world.desk.pid, signal.SIGCONT)
        await world.acknowledged(OPT_OUT, sender="after@writer.example")
        await until(lambda: world.draft(reference))
        await asyncio.sleep(2)  # what it held in its hands would have left by now
        assert len(world.mails_to(writer)) == 1
        assert world.cards(reference)


async def test_a_desk_that_slept_through_its_claim_on_a_card_does_not_post_it(world: World) -> None:
    world.desk.launch("slack.claimed:1:STOP")
    await until(lambda: world.desk.ready())
    await world.write(OPT_OUT, sender="sleeper@writer.example")
    await until(lambda: world.desk.asleep)
    async with world.beside(1) as (other,):
        await other.start()
        reference = reference_of(await world.mail_to("sleeper@writer.example"))
        await until(lambda: world.draft(reference))
        os.kill(world.desk.pid, signal.SIGCONT)
        await world.acknowledged(OPT_OUT, sender="after@writer.example")
        await asyncio.sleep(2)
        assert len(world.cards(reference)) == 1


async def test_a_desk_that_falls_asleep_within_a_transaction_keeps_nobody_from_its_rows(world: World) -> None:
    world.desk.launch("mail.decided:1:STOP")
    await until(lambda: world.desk.ready())
    writer = "sleeper@writer.example"
    await world.write(OPT_OUT, sender=writer)
    await until(lambda: world.desk.asleep)
    async with world.beside(1) as (other,):
        await other.start()
        await world.mail_to(writer)
        os.kill(world.desk.pid, signal.SIGCONT)
        await world.acknowledged(OPT_OUT, sender="after@writer.example")
        assert len(world.mails_to(writer)) == 1
        assert len(await world.tickets()) == 2


async def test_a_desk_goes_on_beside_a_newer_one_whose_migration_only_adds(world: World) -> None:
    await world.desk.start()
    connection = await asyncpg.connect(world.desk.environment["DATABASE_URL"])
    await connection.execute("ALTER TABLE ticket ADD COLUMN weather VARCHAR NOT NULL DEFAULT 'fair'")
    await connection.execute("ALTER TABLE outbox ADD COLUMN stamp VARCHAR")
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    writer = "between@writer.example"
    await world.write(OPT_OUT, sender=writer)
    reference = reference_of(await world.mail_to(writer))
    await until(lambda: world.draft(reference))
    async with world.beside(1) as (old,):
        done = await old.command("run")
    assert (done.code, len(done.err.strip().splitlines())) == (2, 1)
    assert "newer than this program's" in done.err
