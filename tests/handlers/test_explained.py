"""What staff are told of a letter besides its types: why it waits for them, what else it says, whose it may be."""

from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from bot.domain.events import Closed
from bot.domain.mime.flags import Flag
from bot.domain.vocabulary import Outcome, RequestType
from bot.postings import SlackDelivery
from bot.store import readings, views
from handlers import actions, reading, showing
from tests.handlers.conftest import ADA, ERASE, EVE, NOW, ROBIN, STAFF, TRUSTED, UNSUBSCRIBE, code_of, text_of
from tests.handlers.slack_people import Room, room_of, workspace

FULL = f"""Our ref: QX/77
This is a reminder of my letter of 3 January 2026.
{ERASE}
Name: Marlow Finch, Customer number: A-4711
Please answer within 14 days. Otherwise I will complain to the ICO."""
FORWARD = (
    "Please see below.\n\n---------- Forwarded message ---------\n"
    f"From: Marlow Finch <{ROBIN}>\nDate: Mon, 2 Mar 2026\nSubject: data\nTo: Sam\n\n{ERASE}\n\nMarlow Finch"
)
COLLEAGUE = "sam@linden.example"


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack, listening=False) as each:
        yield each


async def thread(room, text, **how):
    """The card, and what came in as its thread shows it."""
    _, card = await room.ticket(text, **how)
    return str(card.blocks), str(room.posts(card.ts)[0].blocks)


async def detail(bench, item, event=0):
    return (await bench.journal(await bench.case(item)))[event].detail


async def reading_of(bench, item):
    case = await bench.case(item)
    async with bench.desk.store.reading() as work:
        return (await readings.of_ticket(work, case.id)).get(item.id)


# ---- why it is in triage -----------------------------------------------------------------------------------


async def test_a_card_says_that_authentication_failed(room):
    failed = [("Authentication-Results", f"{TRUSTED}; dmarc=fail header.from=letters.example")]
    card, _ = await thread(room, ERASE, headers=failed)
    assert "the sender's domain did not send it" in card


async def test_a_card_says_that_a_reference_is_not_proven(room):
    case, _ = await room.ticket(ERASE)
    card, _ = await thread(room, f"About {case.reference}: where does it stand?", sender=EVE)
    assert f"It names {case.reference}, and is not proven" in card


async def test_a_card_says_how_unsure_the_reading_is(room, monkeypatch):
    whole = reading.classify
    unsure = {"abstain": True, "confidence": 0.431, "language": "und"}
    monkeypatch.setattr(reading, "classify", lambda *given, **more: replace(whole(*given, **more), **unsure))
    card, _ = await thread(room, ERASE)
    assert "The best guess is deletion (43 % sure)." in card
    assert "Its language was not understood." in card


async def test_a_card_says_it_after_a_restart(room):
    case, _ = await room.ticket(FORWARD, sender=COLLEAGUE, subject="Fwd: data")
    room.delivery = SlackDelivery(room.bench.desk, room.gateway, room.channels, alert_channel=STAFF)
    await actions.assign(room.bench.desk, case.reference, ADA, ADA)
    await room.post_all()
    shown = str(room.posts()[0].blocks)
    assert f"<@{ADA}>" in shown
    assert "A colleague passed it on." in shown


async def test_once_staff_said_what_it_is_the_card_no_longer_asks(room):
    case, _ = await room.ticket(FORWARD, sender=COLLEAGUE, subject="Fwd: data")
    await actions.set_types(room.bench.desk, case.reference, ADA, ["deletion"])
    await room.post_all()
    assert "Why it is here" not in str(room.posts()[0].blocks)


async def test_a_card_that_was_reopened_says_so(room):
    case = await room.bench.proven()
    (letter,) = [each for each in await room.bench.letters() if "In-Reply-To" in each][:1]
    await room.bench.happen(case.reference, Closed(NOW, Outcome.DENIED))
    await room.bench.write("That is not what I asked for at all.", answers=letter)
    await room.post_all()
    assert "the requester wrote again" in str(room.posts()[0].blocks)


async def test_the_journal_keeps_codes_and_nothing_of_the_senders(bench):
    found = await detail(bench, await bench.write(FULL))
    assert found["says"] == [
        "own_reference",
        "reminder:2026-01-03",
        "deadline:2026-03-16",
        "threat:authority",
        "gives:name",
        "gives:customer_number",
    ]
    assert not [each for each in ("Marlow", "QX/77", "4711", "ICO") if each in str(found)]


# ---- what it says besides ----------------------------------------------------------------------------------


async def test_the_thread_says_what_else_a_letter_says_in_kinds_alone(room):
    _, shown = await thread(room, FULL)
    assert "a reminder of 3 January 2026" in shown
    assert "threatens to go to the authority" in shown
    assert "asks for an answer by 16 March 2026 (its own deadline, not the legal one)" in shown
    assert "gives: name, customer number" in shown
    assert "has a reference of its own" in shown
    assert not [each for each in ("Marlow", "Finch", "4711", "QX/77") if each in shown]


async def test_a_letter_for_somebody_else_says_so_whatever_saw_it(room, monkeypatch):
    whole = reading.classify
    monkeypatch.setattr(reading, "classify", lambda *given, **more: replace(whole(*given, **more), agent=True))
    _, shown = await thread(room, ERASE)
    assert "perhaps written for somebody else" in shown


async def test_a_later_letter_in_the_thread_is_told_of_by_itself(room):
    _, card = await room.ticket(ERASE)
    (letter,) = await room.bench.letters()
    await room.bench.write("I am still waiting. Otherwise I will sue.", answers=letter)
    await room.post_all()
    first, later = (str(each.blocks) for each in room.posts(card.ts)[:2])
    assert "It also says" not in first
    assert "a reminder; threatens to go to court" in later


async def test_flags_of_a_mail_stand_on_card_and_message(room, monkeypatch):
    whole = reading.parse_mail
    flagged = frozenset({Flag.HIDDEN_TEXT, Flag.HTML_DIFFERS})
    monkeypatch.setattr(reading, "parse_mail", lambda raw: replace(whole(raw), flags=flagged))
    for shown in await thread(room, ERASE):
        assert "holds hidden text, which was left out and not believed" in shown
        assert "look at the original" in shown


async def test_automatic_mail_quotes_none_of_it(bench):
    await bench.write(FULL, subject="Our ref: QX/77")
    (letter,) = await bench.letters()
    said = text_of(letter) + str(letter["Subject"])
    assert not [each for each in ("QX/77", "Marlow", "4711", "ICO", "16 March") if each in said]


# ---- who it may be from ------------------------------------------------------------------------------------


async def test_the_sender_of_a_forwarded_letter_is_hinted_at_and_masked(room):
    card, shown = await thread(room, FORWARD, sender=COLLEAGUE, subject="Fwd: data")
    assert "M••• F••• &lt;r•••@l•••&gt;" in card
    assert not [each for each in ("Marlow", "Finch", ROBIN) if each in card + shown]


async def test_the_sender_of_a_form_is_hinted_at(room):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "wordpress@linden.example", "privacy@linden.example", "Form"
    letter["Message-ID"] = "<form.1@linden.example>"
    letter.set_content(f"Name: Marlow Finch\nEmail: {ROBIN}\nMessage: {ERASE}")
    await room.bench.bring(letter.as_bytes())
    await room.post_all()
    card = room.posts()[0]
    assert "&lt;r•••@l•••&gt;" in str(card.blocks)
    assert "It came by a web form" in str(card.blocks)
    assert "Marlow" not in str(room.posts(card.ts)[0].blocks)


async def test_a_requester_who_forwards_something_suggests_nobody(bench):
    item = await bench.write(FORWARD, subject="Fwd: data")
    assert (await reading_of(bench, item) or {}).get("suggested") is None


# ---- what opens the rest -----------------------------------------------------------------------------------


async def test_the_sentence_that_shows_a_type_is_kept_for_staff(bench):
    item = await bench.write(FULL)
    case = await bench.case(item)
    async with bench.desk.store.reading() as work:
        view = await views.ticket(work, case.reference)
    understood = view["messages"][0]["understood"]
    assert {"type": "deletion", "sentence": ERASE} in understood["evidence"]
    assert understood["particulars"]["reference"]["value"] == "QX/77"
    assert view["messages"][1]["understood"] is None


async def test_a_code_in_a_thread_stays_out_of_what_is_kept(bench):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    code = code_of(letter)
    item = await bench.write(f"{UNSUBSCRIBE}\nOur ref: {code}\n{code}", answers=letter)
    kept = await reading_of(bench, item)
    assert kept["evidence"]
    assert code not in str(kept)


async def test_a_letter_in_which_nothing_was_found_keeps_no_reading(bench):
    assert await reading_of(bench, await bench.write("The weekly lunch menu: soup, pasta, salad.")) is None


# ---- how many approvals a draft needs ----------------------------------------------------------------------


async def test_a_draft_says_how_many_approvals_it_needs(room):
    desk = room.bench.desk
    assert RequestType.DELETION in desk.four_eyes
    case = await room.bench.proven(ERASE)
    (own,) = await room.bench.drafts()
    await actions.ask(desk, case.reference, ADA, "Which account?")
    question = (await room.bench.drafts())[-1]
    await actions.propose(desk, case.reference, ADA, Outcome.FULFILLED)
    answer = (await room.bench.drafts())[-1]
    async with desk.store.reading() as work:
        shown = [await showing.draft_card(desk, work, case, each) for each in (own, question, answer)]
    assert [each.needed for each in shown] == [2, 1, 1]
