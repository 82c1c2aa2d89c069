"""A letter's whole way, from the mailbox to the approved reply."""

import re
from email.message import EmailMessage

from bot.domain.policy import read_policy
from tests.scenarios.outside import (
    ADA,
    BEN,
    DESK,
    STAFF_CHANNEL,
    World,
    code_of,
    on_both_databases,
    reference_of,
    text_of,
    until,
)
from tests.scenarios.process import ROOT

DELETION = "Good morning,\n\nplease delete my account and all personal data you hold about me.\n\nRobin Doe"
QUESTION = "Hello,\n\ndo you sell personal data for advertising?"
OPT_OUT = "Please stop selling and sharing my personal data for advertising."


def quoted(mail: EmailMessage) -> list[str]:
    return [line.removeprefix("> ") for line in text_of(mail).splitlines() if line.startswith("> ")]


@on_both_databases
async def test_a_deletion_travels_from_the_mailbox_to_an_approved_reply(world: World) -> None:
    robin = "robin@writer.example"
    await world.desk.start()

    acknowledgement = await world.acknowledged(DELETION, sender=f"Robin Doe <{robin}>", subject="Delete me")
    reference, code = reference_of(acknowledgement), code_of(acknowledgement)
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert "Robin" not in text_of(acknowledgement)

    wrong = f"{(int(code) + 1) % 10**8:08d}"
    refusal = await world.acknowledged(wrong, sender=robin, answers=acknowledgement)
    assert not (await world.show(reference))["verified"]
    assert code not in text_of(refusal)

    await world.acknowledged(code, sender=robin, answers=acknowledgement)
    ticket = await world.show(reference)
    assert (ticket["status"], ticket["verified"]) == ("open", True)
    assert code not in str(ticket)

    await _edited(world, reference, "\nWe are sorry to see you go.\n")
    before = len(world.whispers(ADA))
    await world.press(ADA, reference, "draft_approve")
    await until(lambda: len(world.whispers(ADA)) > before)
    assert "somebody else" in world.whispers(ADA)[-1]
    assert len(world.mails_to(robin)) == 3

    await world.press(BEN, reference, "draft_approve")
    reply = await world.mail_to(robin, 4)
    assert "We are sorry to see you go." in text_of(reply)
    assert reply["Auto-Submitted"] is None
    ticket = await until(lambda: _closed(world, reference))
    assert ticket["outcome"] == "fulfilled"
    assert [each["delivery"] for each in ticket["messages"] if each["direction"] == "out"] == ["sent"] * 4
    assert [each["reference"] for each in await world.tickets()] == [reference]
    assert (await world.desk.command("audit", "verify")).code == 0


async def _edited(world: World, reference: str, addition: str) -> None:
    draft = await world.drafted(reference)
    await world.press(ADA, reference, "draft_edit")
    view = await until(lambda: world.slack.workspace.open_view(ADA))
    text = view.blocks[0]["element"]["initial_value"]
    saved = await world.slack.submit(ADA, {"body": text + addition})
    assert saved.ok
    shown = str(draft.blocks)
    await until(lambda: (now := world.draft(reference)) and str(now.blocks) != shown)


async def _closed(world: World, reference: str) -> dict[str, object] | None:
    ticket = await world.show(reference)
    sent = all(each["delivery"] in (None, "sent") for each in ticket["messages"])
    return ticket if ticket["status"] == "closed" and sent else None


async def test_a_question_about_the_policy_is_answered_at_once_and_byte_for_byte(town: World) -> None:
    answer = await town.acknowledged(QUESTION, sender="kim@writer.example", subject="A question")
    templates = ROOT / "templates"
    policy = read_policy((templates / "policy.md").read_text(), (templates / "policy.toml").read_text())
    said = {statement.text for statement in policy.statements}
    assert quoted(answer)
    assert set(quoted(answer)) <= said
    (ticket,) = await town.of("kim@writer.example")
    assert (ticket["status"], ticket["outcome"]) == ("closed", "answered")


async def test_an_opt_out_needs_no_code(town: World) -> None:
    acknowledgement = await town.acknowledged(OPT_OUT, sender="noa@writer.example")
    assert not re.search(r"^\d{8}$", text_of(acknowledgement), re.MULTILINE)
    (ticket,) = await town.of("noa@writer.example")
    assert (ticket["status"], ticket["request_types"]) == ("open", ["opt_out"])


async def test_a_further_right_in_the_thread_becomes_a_request_of_the_same_ticket(town: World) -> None:
    sam = "sam@writer.example"
    acknowledgement = await town.acknowledged(OPT_OUT, sender=sam)
    further = await town.acknowledged(
        "I also want a copy of all personal data you hold about me.", sender=sam, answers=acknowledgement
    )
    assert reference_of(further) == reference_of(acknowledgement)
    assert code_of(further)
    (ticket,) = await town.of(sam)
    assert {each["type"] for each in ticket["requests"]} == {"opt_out", "access"}


async def test_thanks_are_heard_and_not_answered(town: World) -> None:
    lou = "lou@writer.example"
    acknowledgement = await town.acknowledged(OPT_OUT, sender=lou)
    await town.write("Thank you very much!", sender=lou, answers=acknowledgement)
    reference = reference_of(acknowledgement)
    ticket = await until(lambda: _heard(town, reference, 2))
    assert len(town.mails_to(lou)) == 1
    assert ticket["status"] == "open"


async def _heard(world: World, reference: str, count: int) -> dict[str, object] | None:
    ticket = await world.show(reference)
    return ticket if sum(each["direction"] == "in" for each in ticket["messages"]) >= count else None


async def test_a_question_after_the_status_is_answered_in_the_thread(town: World) -> None:
    eli = "eli@writer.example"
    acknowledgement = await town.acknowledged(OPT_OUT, sender=eli)
    status = await town.acknowledged(
        "What is the status of my privacy request?", sender=eli, answers=acknowledgement
    )
    assert reference_of(status) == reference_of(acknowledgement)
    assert len(await town.of(eli)) == 1


async def test_a_stranger_who_quotes_our_thread_learns_nothing_of_the_ticket(town: World) -> None:
    mia, stranger = "mia@writer.example", "mallory@stranger.example"
    acknowledgement = await town.acknowledged(DELETION, sender=mia)
    reference = reference_of(acknowledgement)
    before = await town.show(reference)
    code = code_of(acknowledgement)
    await town.write(f"{code}\n\nWhat is the status of my request?", sender=stranger, answers=acknowledgement)
    await until(lambda: town.of(stranger))
    assert all(reference not in f"{each['Subject']}{text_of(each)}" for each in town.mails_to(stranger))
    after = await town.show(reference)
    assert (after["verified"], len(after["messages"])) == (False, len(before["messages"]))


async def test_an_automatic_reply_that_quotes_the_code_proves_nothing(town: World) -> None:
    ida = "ida@writer.example"
    acknowledgement = await town.acknowledged(DELETION, sender=ida)
    reference, code = reference_of(acknowledgement), code_of(acknowledgement)
    await town.write(
        f"I am away until Friday.\n\n{code}",
        sender=ida,
        subject="Out of office",
        answers=acknowledgement,
        headers={"Auto-Submitted": "auto-replied"},
    )
    ticket = await until(lambda: _with_event(town, reference, "auto_reply"))
    assert not ticket["verified"]
    assert len(town.mails_to(ida)) == 1


async def _with_event(world: World, reference: str, event: str) -> dict[str, object] | None:
    ticket = await world.show(reference)
    return ticket if any(each["event"] == event for each in ticket["events"]) else None


async def test_the_desks_own_mail_makes_no_ticket(town: World) -> None:
    ben = "ben@writer.example"
    acknowledgement = await town.acknowledged(OPT_OUT, sender=ben)
    before = len(town.sink.messages)
    await town.deliver(acknowledgement.as_bytes())
    await town.acknowledged(OPT_OUT, sender="after@writer.example")
    assert len(town.sink.messages) == before + 1
    assert not await town.of(DESK)


async def test_the_card_names_nobody(town: World) -> None:
    address = "vera.verdi@writer.example"
    acknowledgement = await town.acknowledged(OPT_OUT, sender=f"Vera Verdi <{address}>")
    reference = reference_of(acknowledgement)
    (card,) = await until(lambda: town.cards(reference))
    await until(lambda: len(town.slack.workspace.thread(STAFF_CHANNEL, card.ts)) > 1)
    shown = str(town.slack.workspace.thread(STAFF_CHANNEL, card.ts))
    assert "Verdi" not in shown
    assert "vera.verdi" not in shown
