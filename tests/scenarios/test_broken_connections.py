"""Mail server, mailbox and Slack fail; the desk waits, looks again, and asks when it is in doubt."""

import asyncio
from typing import Any

import pytest

from tests.scenarios.outside import ADA, BEN, World, code_of, reference_of, until

DELETION = "Please delete my account and all personal data you hold about me."
OPT_OUT = "Please stop selling and sharing my personal data for advertising."


async def with_delivery(world: World, reference: str, delivery: str) -> dict[str, Any] | None:
    """The ticket, once a mail of it has come so far."""
    ticket = await world.show(reference)
    return ticket if any(each["delivery"] == delivery for each in ticket["messages"]) else None


# ---- the mail server ------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_an_acknowledgement_of_unknown_fate_is_sent_again_with_the_same_name_and_bytes(town: World) -> None:
    ida = "ida@writer.example"
    town.sink.fail("dot", "drop", recipient=ida)
    await town.write(OPT_OUT, sender=ida)
    await town.mail_to(ida, 2)
    first, second = (each.raw for each in town.sink.messages if each.recipients == (ida,))
    assert first == second
    reference = reference_of(town.mails_to(ida)[0])
    await until(lambda: with_delivery(town, reference, "sent"))


async def test_a_decision_of_unknown_fate_is_not_sent_again_and_staff_are_told(town: World) -> None:
    mia = "mia@writer.example"
    acknowledgement = await town.acknowledged(DELETION, sender=mia)
    reference = reference_of(acknowledgement)
    await town.acknowledged(code_of(acknowledgement), sender=mia, answers=acknowledgement)
    await town.press(ADA, reference, "draft_approve")
    await until(lambda: ADA in str((draft := town.draft(reference)) and draft.blocks))
    town.sink.fail("dot", "drop", recipient=mia)
    await town.press(BEN, reference, "draft_approve")
    await until(lambda: town.alerts(reference))
    assert "may or may not" in town.alerts(reference)[0]
    assert await with_delivery(town, reference, "unsure")
    await town.acknowledged(OPT_OUT, sender="after.mia@writer.example")
    assert len(town.mails_to(mia)) == 3


@pytest.mark.slow
async def test_a_mail_that_is_put_off_is_sent_later_once(town: World) -> None:
    lou = "lou@writer.example"
    town.sink.fail("rcpt", code=451, recipient=lou)
    acknowledgement = await town.acknowledged(OPT_OUT, sender=lou)
    await until(lambda: with_delivery(town, reference_of(acknowledgement), "sent"))
    assert len(town.mails_to(lou)) == 1


async def test_a_mail_that_is_refused_is_given_up_and_staff_are_told(town: World) -> None:
    noa = "noa@writer.example"
    town.sink.fail("rcpt", code=550, recipient=noa)
    await town.write(OPT_OUT, sender=noa)
    (ticket,) = await until(lambda: town.of(noa))
    reference = ticket["reference"]
    await until(lambda: town.alerts(reference))
    assert "550" in town.alerts(reference)[0]
    assert await with_delivery(town, reference, "dead")


@pytest.mark.slow
async def test_mail_that_comes_while_the_mail_server_is_down_is_answered_when_it_is_back(world: World) -> None:
    await world.desk.start()
    world.sink.fail("connect", times=1000)
    writers = [f"writer{each}@writer.example" for each in range(3)]
    for writer in writers:
        await world.write(OPT_OUT, sender=writer)
    await until(lambda: _counted(world, 3))
    assert not world.sink.messages
    world.sink.faults.clear()
    for writer in writers:
        await world.mail_to(writer)
    assert len(world.sink.messages) == 3


async def _counted(world: World, count: int) -> bool:
    return len(await world.tickets()) == count


# ---- the mailbox ----------------------------------------------------------------------------------------------


async def test_a_session_that_is_kicked_out_comes_back(town: World) -> None:
    await asyncio.to_thread(town.dovecot.kick, town.mailbox)
    await town.acknowledged(OPT_OUT, sender="kicked@writer.example")


async def test_a_mailbox_server_that_starts_again_is_found_again(town: World) -> None:
    await asyncio.to_thread(town.dovecot.restart)
    await town.acknowledged(OPT_OUT, sender="restarted@writer.example")


async def test_a_mailbox_restored_under_new_numbers_is_not_answered_a_second_time(world: World) -> None:
    await world.desk.start()
    early, late = "early@writer.example", "late@writer.example"
    await world.acknowledged(OPT_OUT, sender=early)
    await asyncio.to_thread(world.dovecot.recreate, world.mailbox)
    await world.acknowledged(OPT_OUT, sender=late)
    assert len(world.mails_to(early)) == 1
    assert len(await world.tickets()) == 2


# ---- Slack ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_mail_goes_on_while_slack_is_down_and_the_card_comes_once(world: World) -> None:
    await world.desk.start()
    world.slack.fail("chat.postMessage", error="service_unavailable", times=2)
    await _a_card_comes_once(world)


async def test_mail_goes_on_while_slack_asks_for_patience_and_the_card_comes_once(world: World) -> None:
    await world.desk.start()
    world.slack.fail("chat.postMessage", retry_after=2)
    await _a_card_comes_once(world)


async def test_a_card_whose_answer_is_lost_is_looked_up_and_not_posted_again(world: World) -> None:
    await world.desk.start()
    world.slack.fail("chat.postMessage", lose_response=True)
    await _a_card_comes_once(world)


async def _a_card_comes_once(world: World) -> None:
    """The card, and after it the letter in its thread: by then a second card would be there."""
    acknowledgement = await world.acknowledged(OPT_OUT, sender="slow@writer.example")
    reference = reference_of(acknowledgement)
    await until(lambda: world.draft(reference))
    assert len(world.cards()) == 1
