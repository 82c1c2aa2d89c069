"""Much mail at once: each letter is a ticket and is acknowledged once, and nobody is flooded in return."""

import sqlite3
from collections import Counter

import pytest

from tests.scenarios.outside import World, letter, on_both_databases, reference_of, text_of, until

MANY = 200
PER_HOUR = 5
MATTERS = (
    "Please send me a copy of all personal data you hold about me.",
    "Please delete my account and all personal data you hold about me.",
    "Please correct my name in your records, it is misspelt.",
    "Please stop selling and sharing my personal data for advertising.",
    "I withdraw my consent to the processing of my personal data.",
    "I object to the processing of my personal data for profiling.",
    "Please restrict the processing of my personal data.",
    "Please transfer my personal data to another provider in a machine-readable format.",
)


@pytest.mark.slow
@on_both_databases
async def test_many_letters_at_once_are_as_many_tickets_and_acknowledgements(world: World) -> None:
    await world.desk.start()
    writers = [f"writer{each}@flood.example" for each in range(MANY)]
    await world.deliver_all(letter(MATTERS[1], sender=each) for each in writers)
    await until(lambda: len(world.sink.messages) >= MANY, timeout=100)
    await until(lambda: _all_done(world), timeout=100)
    assert Counter(each.recipients[0] for each in world.sink.messages) == dict.fromkeys(writers, 1)
    tickets = await world.tickets()
    assert Counter(each["requester"]["address"] for each in tickets) == dict.fromkeys(writers, 1)
    assert {each["status"] for each in tickets} == {"verifying"}
    assert (await world.desk.command("audit", "verify")).code == 0


async def _all_done(world: World) -> bool:
    """Whether every mail has been marked as seen, which is the last that becomes of it in the mailbox."""
    return all("\\Seen" in flags for flags in world.dovecot.flags(world.mailbox).values())


async def test_one_writer_gets_a_few_mails_an_hour_and_the_rest_in_one(world: World) -> None:
    await world.desk.start()
    busy = "busy@writer.example"
    for matter in MATTERS:
        await world.write(matter, sender=busy)
    await until(lambda: _counted(world, len(MATTERS)))
    await world.mail_to(busy, PER_HOUR)
    await world.acknowledged(MATTERS[3], sender="somebody.else@writer.example")
    assert len(world.mails_to(busy)) == PER_HOUR

    answered = {reference_of(each) for each in world.mails_to(busy)}
    waiting = {each["reference"] for each in await world.of(busy)} - answered
    an_hour_later(world)
    merged = await world.mail_to(busy, PER_HOUR + 1)
    assert all(each in text_of(merged) for each in waiting)
    assert len(waiting) == len(MATTERS) - PER_HOUR


async def _counted(world: World, count: int) -> bool:
    return len(await world.tickets()) == count


def an_hour_later(world: World) -> None:
    """All that has left did so long ago, and all that waits is due."""
    with sqlite3.connect(world.desk.directory / "desk.db") as connection:
        connection.execute("UPDATE outbox SET sent_at = '2020-01-01 00:00:00.000000' WHERE state = 'sent'")
        connection.execute("UPDATE sighting SET at = '2020-01-01 00:00:00.000000' WHERE kind = 'mailed'")
        connection.execute("UPDATE outbox SET due_at = '2020-01-01 00:00:00.000000' WHERE state = 'ready'")
    connection.close()
