"""Killed in the middle of a matter, and started again: nothing is lost, nothing leaves twice that must not."""

from typing import Any

import pytest

from tests.scenarios.outside import (
    ADA,
    BEN,
    STAFF_CHANNEL,
    World,
    code_of,
    reference_of,
    until,
)

ROBIN = "robin@writer.example"
DELETION = "Please delete my account and all personal data you hold about me."
LETTERS = ["acknowledgement", "verified", "fulfilled"]

# One moment of each half of the way; all the others are in the fault matrix (tests/faults).
MOMENTS = ("mail.committed", "delivery.handed_over")


async def whole_flow(world: World) -> str:
    """From the letter to the decision, whatever happens to the desk meanwhile; the ticket's reference."""
    await world.write(DELETION, sender=ROBIN)
    acknowledgement = await world.mail_to(ROBIN)
    reference = reference_of(acknowledgement)
    await world.write(code_of(acknowledgement), sender=ROBIN, answers=acknowledgement)
    await until(lambda: world.draft(reference))
    await approve(world, reference, ADA)
    await until(lambda: ADA in str((draft := world.draft(reference)) and draft.blocks))
    await approve(world, reference, BEN)
    await until(lambda: _settled(world, reference))
    return reference


async def approve(world: World, reference: str, user: str) -> None:
    """Pressed once: what the desk has taken in it finishes; what it has not taken, a person sees fail."""
    await until(lambda: len(world.slack.sockets))
    await world.press(user, reference, "draft_approve")


async def _settled(world: World, reference: str) -> dict[str, Any] | None:
    """The ticket, once it is closed and nothing waits to leave."""
    ticket = await world.show(reference)
    waiting = [each for each in ticket["messages"] if each["delivery"] in ("ready", "sending")]
    return ticket if ticket["status"] == "closed" and not waiting else None


async def assert_nothing_lost_or_doubled(world: World, reference: str, *, copies: int = 0) -> None:
    """`copies`: how many mails may have left a second time, with the Message-ID of the first."""
    assert [each["reference"] for each in await world.tickets()] == [reference]
    ticket = await world.show(reference)
    assert ticket["outcome"] == "fulfilled"
    assert [each["delivery"] for each in ticket["messages"] if each["direction"] == "out"] == ["sent"] * 3
    left = world.copies(ROBIN)
    assert len(left) == len(LETTERS)
    assert sum(left.values()) - len(left) <= copies
    assert len(world.cards(reference)) == 1
    names = [str(each.metadata) for each in world.slack.workspace.messages(STAFF_CHANNEL)]
    assert len(names) == len(set(names))
    assert (await world.desk.command("audit", "verify")).code == 0


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_kill_loses_and_doubles_nothing(world: World, moment: str) -> None:
    await world.desk.start(failpoint=moment)
    async with world.revived():
        reference = await whole_flow(world)
    assert world.deaths == [-9]
    await assert_nothing_lost_or_doubled(world, reference, copies=moment.startswith("delivery.handed_over"))


@pytest.mark.parametrize("moment", ["delivery.claimed:3", "delivery.handed_over:3"])
async def test_a_kill_around_the_sending_of_a_decision_leaves_it_unsure_and_staff_are_asked(
    world: World, moment: str
) -> None:
    await world.desk.start(failpoint=moment)
    async with world.revived():
        reference = await whole_flow(world)
        await until(lambda: world.alerts(reference))
    assert world.deaths == [-9]
    ticket = await world.show(reference)
    out = [each["delivery"] for each in ticket["messages"] if each["direction"] == "out"]
    assert out == ["sent", "sent", "unsure"]
    assert len(world.mails_to(ROBIN)) == (3 if "handed_over" in moment else 2)
    assert "may or may not" in world.alerts(reference)[0]
