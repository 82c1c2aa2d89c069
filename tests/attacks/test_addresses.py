"""Attacks by a change of the contact address: the address first, the data after."""

from dataclasses import replace

import pytest

from bot.domain.accounts import Account
from bot.domain.address_change import COOLING_OFF
from bot.domain.lifecycle import Refused
from bot.store import outbox, views
from handlers import actions, approvals, dispatch
from handlers.showing import card_of
from tests.attacks.directories import ACCESS, ACCOUNTS, IDA, KAI, answered, book, case_of, listed, row_of, to
from tests.handlers.conftest import ADA, BEN, EVE, NOW, bench, text_of

FIXTURES = (bench, book, listed)

PLEASE = "Please correct my data: change the email address of my account"
TO_EVE, TO_THIS = f"{PLEASE} from {IDA} to {EVE}.", f"{PLEASE} to the one that I write from."
NEW = "ida.new@post.example"
TO_NEW = f"{PLEASE} to {NEW}."


async def approve(bench, reference, *people):
    """They let the one reply go that stands for this ticket."""
    case = await bench.case(reference)
    (draft,) = [each for each in await bench.drafts() if each.ticket_id == case.id]
    for who in people:
        await approvals.approve_draft(bench.desk, draft.id, who, draft.digest)


def put_on_file(book, address):
    """Staff change the address of Ida's account in the directory."""
    book.accounts = (replace(book.accounts[0], email=address, aliases=()), *book.accounts[1:])


async def talked_into(listed, book):
    """Staff put a thief's address on file without a word of the old one; then it asks for the data."""
    first = await case_of(listed, TO_EVE, EVE)
    await actions.vouch(listed.desk, first, ADA, "She knew the colour of the logo.")
    await approve(listed, first, BEN)
    put_on_file(book, EVE)
    return await case_of(listed, ACCESS, EVE)


async def confirmed_by_ida(listed, book):
    """Ida's old address has confirmed that another one is to take its place, where she asks for the data."""
    first = await case_of(listed, TO_NEW, IDA)
    await answered(listed, IDA)
    await approve(listed, first, ADA)
    put_on_file(book, NEW)
    return await case_of(listed, ACCESS, NEW)


# ---- the change ---------------------------------------------------------------------------------------------


async def test_t04_a_change_is_confirmed_at_the_old_address_and_not_at_the_new_one(listed):
    reference = await case_of(listed, TO_EVE, EVE)
    assert [each["To"] for each in await listed.letters()] == [EVE, IDA]
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["account_elsewhere", "address_change", "cooling_off"])
    await answered(listed, IDA)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns, row.cooling_until) == (True, [], None)


@pytest.mark.parametrize("text", [TO_EVE, TO_THIS])
async def test_t04_where_nobody_knows_the_old_address_the_new_ones_code_proves_nothing_about_it(bench, text):
    reference = await case_of(bench, text, EVE)
    await answered(bench, EVE)
    row = await row_of(bench, reference)
    assert (row.verified, row.concerns) == (False, ["address_change", "address_disputed", "cooling_off"])


async def test_t04_without_a_directory_the_address_that_the_proof_rests_on_is_the_old_one(bench):
    reference = await case_of(bench, TO_NEW, IDA)
    await answered(bench, IDA)
    row = await row_of(bench, reference)
    assert (row.verified, row.concerns) == (True, [])


async def test_t04_the_new_address_gets_no_mail_before_it_is_on_file(listed):
    await case_of(listed, TO_NEW, IDA)
    await answered(listed, IDA)
    assert {each["To"] for each in await listed.letters()} == {IDA}


async def test_t04_staff_see_the_cooling_off_and_its_end_on_the_card_and_in_show(listed):
    reference = await case_of(listed, TO_EVE, EVE)
    card = card_of(listed.desk, await listed.case(reference))
    assert card.cooling_until == "9 March 2026, 09:30 UTC"
    assert "has not confirmed it" in " ".join(card.concerns)
    async with listed.desk.store.reading() as work:
        view = await views.ticket(work, reference)
    assert view["cooling_until"] == (NOW + COOLING_OFF).isoformat()


async def test_t04_a_letter_that_only_unsubscribes_starts_no_cooling_off(listed):
    reference = await case_of(listed, f"Unsubscribe me from your newsletter: my new e-mail is {NEW}.", IDA)
    assert (await row_of(listed, reference)).cooling_until is None


# ---- the data after it --------------------------------------------------------------------------------------


async def test_t04_the_new_address_gets_no_data_before_the_cooling_off_has_ended(listed, book):
    reference = await talked_into(listed, book)
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (True, ["cooling_off"])
    with pytest.raises(Refused, match=r"before 9 March 2026"):
        await approve(listed, reference, BEN)
    listed.clock.forward(days=6, hours=23)
    with pytest.raises(Refused, match="old one has not confirmed it"):
        await approve(listed, reference, BEN)
    listed.clock.forward(hours=2)
    await approve(listed, reference, ADA, BEN)
    assert "fulfilled" in (await listed.kinds())[-1]


async def test_t04_the_cooling_off_begins_anew_when_the_change_is_made(listed, book):
    first = await case_of(listed, TO_EVE, EVE)
    listed.clock.forward(days=20)
    await actions.vouch(listed.desk, first, ADA, "She knew the colour of the logo.")
    await approve(listed, first, BEN)
    put_on_file(book, EVE)
    reference = await case_of(listed, ACCESS, EVE)
    assert (await row_of(listed, reference)).cooling_until == listed.clock() + COOLING_OFF


async def test_t04_a_request_of_before_the_change_is_held_by_it_too(listed, book):
    reference = await case_of(listed, ACCESS, EVE)
    await answered(listed, EVE)
    await talked_into(listed, book)
    assert (await row_of(listed, reference)).cooling_until == NOW + COOLING_OFF


async def test_t04_a_third_address_that_has_the_new_one_confirm_gains_nothing(listed, book):
    await talked_into(listed, book)
    reference = await case_of(listed, f"{ACCESS} My account is under {EVE}.", "zoe@third.example")
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (True, ["cooling_off"])


async def test_t04_an_answer_that_was_approved_before_the_change_came_does_not_leave(listed):
    reference = await case_of(listed, ACCESS, EVE)
    await answered(listed, EVE)
    await approve(listed, reference, ADA, BEN)
    await case_of(listed, TO_EVE, EVE)
    row = next(each for each in await listed.queued() if each.kind == "fulfilled")
    async with listed.desk.store.transaction() as work:
        recipient = dispatch.recipient_of(await outbox.payload_of(work, row))
        assert "cooling-off is not over" in await approvals.unfit(listed.desk, work, row, recipient)


async def test_t04_once_the_old_address_has_confirmed_the_new_one_waits_for_nothing(listed, book):
    reference = await confirmed_by_ida(listed, book)
    await answered(listed, NEW)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns, row.cooling_until) == (True, [], None)
    await approve(listed, reference, ADA, BEN)


async def test_t04_a_hand_that_vouches_does_not_end_the_cooling_off(listed):
    reference = await case_of(listed, TO_EVE, EVE)
    await actions.set_types(listed.desk, reference, ADA, ["correction", "access"])
    await actions.vouch(listed.desk, reference, ADA, "She knew the colour of the logo.")
    with pytest.raises(Refused, match="old one has not confirmed it"):
        await approve(listed, reference, BEN)


async def test_t04_a_denial_may_leave_at_any_time(listed, book):
    reference = await talked_into(listed, book)
    await actions.close(listed.desk, reference, ADA, "We could not find out who you are.")
    await approve(listed, reference, BEN)
    assert text_of(to(await listed.letters(), EVE)[-1])


# ---- other people's addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [f"{ACCESS} It is about my wife's account, {KAI}.", f"My wife is {KAI}. {ACCESS}"]
)
async def test_t72_a_request_about_another_persons_account_is_that_persons_to_confirm(listed, text):
    reference = await case_of(listed, text, IDA)
    assert [each["To"] for each in await listed.letters()] == [IDA, KAI]
    await answered(listed, IDA)
    row = await row_of(listed, reference)
    assert not row.verified
    assert "account_elsewhere" in row.concerns


@pytest.fixture
def shared(listed, book):
    """Two people whose accounts have one address."""
    book.accounts = (*ACCOUNTS, Account("A-19", IDA, "Udo Berg"))
    return listed


async def test_t72_the_code_of_a_shared_mailbox_proves_neither_of_those_who_share_it(shared):
    reference = await case_of(shared, ACCESS, IDA)
    await answered(shared, IDA)
    row = await row_of(shared, reference)
    assert (row.verified, row.concerns, row.account_index) == (False, ["shared_address"], None)


async def test_t72_who_shares_a_mailbox_says_which_account_is_meant(shared):
    reference = await case_of(shared, f"{ACCESS} Customer number: A-19", IDA)
    await answered(shared, IDA)
    row = await row_of(shared, reference)
    assert (row.verified, row.account_index) == (True, shared.desk.store.keys.index("A-19"))


async def test_t06_an_agents_own_code_does_not_stand_for_the_consumer(listed):
    agent = "requests@agent.example"
    reference = await case_of(listed, f"On behalf of our customer Ida Berg, {IDA}: {ACCESS}", agent)
    await answered(listed, agent)
    assert not (await row_of(listed, reference)).verified
    await answered(listed, IDA)
    case = await listed.case(reference)
    assert (case.row.verified, case.requester.address) == (True, IDA)
