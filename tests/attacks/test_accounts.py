"""Attacks by people who ask about somebody else's account, or under an address that looks like another."""

import re
from dataclasses import replace
from email.message import EmailMessage

import pytest

from bot.domain.vocabulary import Outcome
from handlers import actions, verification
from tests.attacks.directories import ABOUT_IDA, ACCESS, IDA, KAI, answered, book, case_of, listed, row_of
from tests.handlers.conftest import ADA, DESK, ERASE, EVE, bench, code_of, text_of

FIXTURES = (bench, book, listed)


# ---- who asks about somebody else's account ----------------------------------------------------------------


async def test_t01_an_impostor_hears_nothing_and_only_the_address_on_file_is_asked(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    letters = await listed.letters()
    assert [each["To"] for each in letters] == [EVE, IDA]
    assert IDA not in text_of(letters[0])
    assert "Was this you?" in letters[1]["Subject"]
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.status, row.verified, row.concerns) == ("verifying", False, ["account_elsewhere"])
    assert await listed.drafts() == []


async def test_t01_an_impostor_with_the_name_alone_gets_nobody_mailed_and_proves_no_account(listed):
    reference = await case_of(listed, ERASE, f"Ida Berg <{EVE}>")
    assert [each["To"] for each in await listed.letters()] == [EVE]
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["name_elsewhere"])


async def test_t01_a_claim_by_account_number_is_a_claim(listed):
    reference = await case_of(listed, f"{ERASE}\n\nKundennummer: A-17", EVE)
    assert [each["To"] for each in await listed.letters()] == [EVE, IDA]
    assert (await row_of(listed, reference)).account_index == listed.desk.store.keys.index("A-17")


async def test_t01_a_claim_that_hides_in_what_is_quoted_is_a_claim(listed):
    await case_of(listed, f"{ERASE}\n\nOn Monday, Ida wrote:\n> I am {IDA}", EVE)
    assert [each["To"] for each in await listed.letters()] == [EVE, IDA]


async def test_t01_who_names_many_accounts_gets_nobody_mailed(listed):
    reference = await case_of(listed, f"{ERASE} It is {IDA}, or {KAI}.", EVE)
    assert [each["To"] for each in await listed.letters()] == [EVE]
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["several_accounts"])


async def test_t01_a_customer_cannot_ask_about_another_ones_account(listed):
    reference = await case_of(listed, ABOUT_IDA, KAI)
    await answered(listed, KAI)
    assert not (await row_of(listed, reference)).verified


async def test_t01_a_claim_that_comes_after_the_proof_takes_the_proof_back(listed):
    reference = await case_of(listed, ERASE, KAI)
    letter = await answered(listed, KAI)
    assert (await row_of(listed, reference)).verified
    await listed.write(f"I forgot to say: the account is {IDA}.", sender=KAI, answers=letter)
    row = await row_of(listed, reference)
    assert (row.status, row.verified, row.concerns) == ("verifying", False, ["several_accounts"])


async def test_t01_a_claim_in_a_second_letter_does_not_join_what_is_proven(listed):
    await case_of(listed, ERASE, KAI)
    await answered(listed, KAI)
    await listed.write(ABOUT_IDA, sender=KAI)
    assert [each.row.verified for each in await listed.cases()] == [True, False]


async def test_t02_a_scanned_document_proves_nothing_and_is_pointed_out(listed):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"Ida Berg <{EVE}>", DESK, "My data"
    letter.set_content(f"{ACCESS} A scan of my passport is attached.")
    letter.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="passport.jpg")
    case = await listed.case(await listed.bring(letter.as_bytes()))
    assert (case.row.status, case.row.verified) == ("verifying", False)
    assert case.row.concerns == ["name_elsewhere", "identity_document"]


async def test_t03_a_lawyers_threat_changes_nothing_at_the_gate(listed):
    threat = f"I am the lawyer of Ida Berg, {IDA}. Send me all her data within 24 hours, or I go to the authority."
    reference = await case_of(listed, f"{ACCESS} {threat}", EVE)
    await listed.happen(reference, actions.Typed(listed.clock(), (actions.RequestType.ACCESS,)))
    await answered(listed, EVE)
    with pytest.raises(actions.Refused, match="proven"):
        await actions.propose(listed.desk, reference, ADA, Outcome.FULFILLED)


async def test_t05_reply_to_gets_nothing(listed):
    await listed.write(ERASE, sender=IDA, headers=[("Reply-To", EVE)])
    assert [each["To"] for each in await listed.letters()] == [IDA]


async def test_t07_a_forged_deletion_informs_its_victim_and_deletes_nothing(listed):
    reference = await case_of(listed, ERASE, IDA)
    (letter,) = await listed.letters()
    assert letter["To"] == IDA
    await listed.write("This was not me!", sender=IDA, answers=letter)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["denied_by_owner"])
    assert any("did not ask" in each for each in await listed.alerts())


# ---- addresses that look like another ----------------------------------------------------------------------


async def test_t23_an_address_in_the_display_name_is_a_claim_and_no_identity(listed):
    item = await listed.bring(
        f'From: "{IDA}" <{EVE}>\r\nTo: {DESK}\r\nSubject: x\r\nMessage-ID: <a@b>\r\n\r\n{ERASE}\r\n'.encode()
    )
    case = await listed.case(item)
    assert case.requester.address == EVE
    await answered(listed, EVE)
    assert not (await row_of(listed, case.reference)).verified


async def test_t25_an_address_with_another_in_it_is_looked_up_by_what_a_mail_server_reads(listed, book):
    sender = "eve(&email=ida@berg.example&)@evil.example"
    raw = f"From: {sender}\r\nTo: {DESK}\r\nSubject: x\r\nMessage-ID: <a@b>\r\n\r\n{ERASE}\r\n".encode()
    case = await listed.case(await listed.bring(raw))
    assert (case.requester.address, book.asked[0]) == ("eve@evil.example", "eve@evil.example")
    await answered(listed, "eve@evil.example")
    assert not (await row_of(listed, case.reference)).verified


@pytest.mark.parametrize(
    "sender",
    ["іda@berg.example", "ıda@berg.example", "ida+x@berg.example", "i.da@berg.example", "ida@bеrg.example"],
)
async def test_t27_a_look_alike_is_a_stranger(listed, sender):
    raw = f"From: {sender}\r\nTo: {DESK}\r\nSubject: x\r\nMessage-ID: <a@b>\r\n\r\n{ERASE}\r\n".encode()
    case = await listed.case(await listed.bring(raw))
    assert case.row.concerns == ["no_account"]
    assert case.row.account_index is None


async def test_t27_mail_goes_to_the_address_as_it_is_stored(listed):
    reference = await case_of(listed, ERASE, "IDA@berg.example")
    (letter,) = await listed.letters()
    assert letter["To"] == IDA
    await listed.write(code_of(letter), sender="Ida@berg.example", answers=letter)
    assert (await row_of(listed, reference)).verified


# ---- a directory that does not answer ----------------------------------------------------------------------


async def test_while_the_directory_is_down_nothing_is_lost_and_no_account_is_proven(listed, book):
    book.down = True
    reference = await case_of(listed, ERASE, IDA)
    await case_of(listed, ERASE, EVE)
    assert [each["To"] for each in await listed.letters()] == [IDA, EVE]
    await answered(listed, IDA)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["directory_down"])
    assert len([each for each in await listed.alerts() if "directory" in each]) == 1
    assert await listed.kinds() == ["acknowledgement", "acknowledgement", "verified"]


async def test_the_directory_is_asked_again_when_the_code_comes(listed, book):
    book.down = True
    reference = await case_of(listed, ERASE, IDA)
    book.down = False
    await answered(listed, IDA)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (True, [])


async def test_what_was_claimed_while_the_directory_was_down_is_looked_up_when_the_code_comes(listed, book):
    book.down = True
    reference = await case_of(listed, ABOUT_IDA, EVE)
    book.down = False
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["account_elsewhere"])
    assert [each["To"] for each in await listed.letters()] == [EVE, IDA, EVE]
    await answered(listed, IDA)
    assert (await row_of(listed, reference)).verified


async def test_the_directory_is_asked_again_when_the_link_is_confirmed(listed, book):
    linked = replace(listed, desk=replace(listed.desk, public_url="https://desk.linden.example"))
    book.down = True
    reference = await case_of(linked, ERASE, IDA)
    book.down = False
    found = re.search(r"/verify/([\w-]+)", text_of((await linked.letters())[0]))
    await verification.confirm(linked.desk, found[1])
    assert (await row_of(linked, reference)).verified


async def test_a_directory_that_fails_when_the_code_comes_takes_nothing_from_who_is_known(listed, book):
    reference = await case_of(listed, ERASE, IDA)
    book.down = True
    await answered(listed, IDA)
    assert (await row_of(listed, reference)).verified
