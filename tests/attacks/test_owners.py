"""The address on file: it alone proves an account, and nobody else gets its code."""

import re
from dataclasses import replace

import pytest

from bot.store import outbox
from handlers import actions, dispatch, verification
from tests.attacks.directories import ABOUT_IDA, ACCESS, IDA, KAI, answered, book, case_of, listed, row_of, to
from tests.handlers.conftest import ADA, ERASE, EVE, bench, code_of, text_of, wrong

FIXTURES = (bench, book, listed)


# ---- the address on file -----------------------------------------------------------------------------------


async def test_the_address_on_file_confirms_and_takes_the_ticket_over(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    await answered(listed, IDA)
    case = await listed.case(reference)
    assert (case.row.status, case.row.verified, case.row.concerns) == ("open", True, [])
    assert case.requester.address == IDA
    assert to(await listed.letters(), IDA)[-1]["Subject"].startswith("Thank you")
    assert len(to(await listed.letters(), EVE)) == 1
    assert "taken_over" in await listed.events(case)
    assert "ida" not in str([each.detail for each in await listed.journal(case)]).lower()


async def test_the_address_on_file_confirms_by_its_link(listed):
    linked = replace(listed, desk=replace(listed.desk, public_url="https://desk.linden.example"))
    reference = await case_of(linked, ABOUT_IDA, EVE)
    found = re.search(r"/verify/([\w-]+)", text_of(to(await linked.letters(), IDA)[0]))
    assert await verification.confirm(linked.desk, found[1]) == "en"
    case = await linked.case(reference)
    assert (case.row.verified, case.requester.address) == (True, IDA)
    confirmation = to(await linked.letters(), IDA)[-1]
    assert (confirmation["In-Reply-To"], confirmation["References"]) == (None, None)


async def test_what_was_drafted_for_who_wrote_goes_to_the_address_on_file(listed):
    await case_of(listed, f"{ABOUT_IDA} And please unsubscribe me from your newsletter.", EVE)
    (before,) = await listed.drafts()
    await answered(listed, IDA)
    after = (await listed.drafts())[0]
    assert (after.id, after.digest == before.digest) == (before.id, False)


async def test_who_wrote_first_goes_on_to_hear_what_anybody_would(listed):
    await case_of(listed, ABOUT_IDA, EVE)
    letter = to(await listed.letters(), EVE)[0]
    await answered(listed, IDA)
    await listed.write(wrong(code_of(letter)), sender=EVE, answers=letter)
    await listed.write(code_of(letter), sender=EVE, answers=letter)
    await listed.write("Please send me a new code.", sender=EVE, answers=letter)
    await listed.write("What is the status of my request?", sender=EVE, answers=letter)
    await listed.write("One more word about it.", sender=EVE, answers=letter)
    subjects = [each["Subject"].rpartition(" [")[0] for each in to(await listed.letters(), EVE)[1:]]
    assert subjects == [
        "That code did not work",
        "Thank you, your code was right",
        "Your new code",
        "Where your request stands",
    ]
    (case,) = await listed.cases()
    assert case.requester.address == IDA


async def test_what_the_address_on_file_says_before_it_confirms_leaves_no_trace_in_letters_to_the_writer(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    owner = to(await listed.letters(), IDA)[0]
    await listed.write("Who are you, and what is this about?", sender=IDA, answers=owner)
    letter = to(await listed.letters(), EVE)[0]
    await listed.write(wrong(code_of(letter)), sender=EVE, answers=letter)
    last = to(await listed.letters(), EVE)[-1]
    assert last["In-Reply-To"] not in str(owner["Message-ID"])
    assert len(last["References"].split()) == 2
    assert len(await listed.heard(await listed.case(reference))) == 3


async def test_a_letter_to_the_writer_never_answers_what_the_address_on_file_wrote(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    first, owner = await listed.letters()
    await listed.write("Who are you, and what is this about?", sender=IDA, answers=owner)
    await actions.set_types(listed.desk, reference, ADA, ["deletion", "access"])
    last = to(await listed.letters(), EVE)[-1]
    assert (last["In-Reply-To"], last["References"]) == (first["In-Reply-To"], first["References"])


async def test_letters_that_had_to_wait_are_merged_for_the_address_that_they_are_for(listed):
    for n in range(2):
        await case_of(listed, ABOUT_IDA, f"p{n}@many.example")
    async with listed.desk.store.transaction() as work:
        rows = [
            each for each in await outbox.due(work, outbox.MAIL, listed.clock()) if each.kind != "acknowledgement"
        ]
        for each in rows:
            outbox.later(work, each, listed.clock(), outbox.HELD_BACK)
        await work.session.flush()
        one = await dispatch.merged(listed.desk, work, rows[0])
        assert dispatch.recipient_of(await outbox.payload_of(work, one)) == IDA
    assert len(to(await listed.letters(), IDA)) == 1


async def test_the_address_on_file_may_ask_for_a_new_code_three_times_a_day(listed):
    await case_of(listed, ABOUT_IDA, EVE)
    for _ in range(5):
        letter = to(await listed.letters(), IDA)[-1]
        await listed.write("Please send me a new code.", sender=IDA, answers=letter)
    assert (await listed.kinds()).count("confirm_on_file") == 4
    assert len(to(await listed.letters(), EVE)) == 1


async def test_a_new_code_for_one_address_leaves_the_others_alive(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    letter = to(await listed.letters(), EVE)[0]
    await listed.write("Please send me a new code.", sender=EVE, answers=letter)
    await answered(listed, IDA)
    assert (await row_of(listed, reference)).verified


@pytest.mark.parametrize("denier", [EVE, IDA])
async def test_not_me_kills_every_code_and_says_nothing(listed, denier):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    letters = await listed.letters()
    mine = to(letters, denier)[0]
    await listed.write("Das war ich nicht.", sender=denier, answers=mine)
    assert len(await listed.letters()) == len(letters)
    await answered(listed, EVE)
    await answered(listed, IDA)
    case = await listed.case(reference)
    assert (case.row.verified, "denied_by_owner" in case.row.concerns) == (False, True)
    assert case.requester.address == EVE
    assert (await listed.kinds())[len(letters) :] == ["wrong_code", "wrong_code"]
    assert len([each for each in await listed.alerts() if reference in each]) == 1


async def test_not_me_takes_back_what_was_proven(listed):
    reference = await case_of(listed, ERASE, IDA)
    letter = await answered(listed, IDA)
    await listed.write("I did not ask for this, it was not me.", sender=IDA, answers=letter)
    row = await row_of(listed, reference)
    assert (row.status, row.verified) == ("verifying", False)


async def test_who_wrote_first_cannot_take_back_what_the_address_on_file_has_proven(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    letter = to(await listed.letters(), EVE)[0]
    await answered(listed, IDA)
    await listed.write("This was not me.", sender=EVE, answers=letter)
    assert (await row_of(listed, reference)).verified


async def test_staff_read_words_and_no_value_on_file(listed):
    reference = await case_of(listed, ABOUT_IDA, f"Eva Berg <{EVE}>")
    row = await row_of(listed, reference)
    assert row.data_points == {"name": "differs", "birth_date": "not given"}


# ---- codes -------------------------------------------------------------------------------------------------


async def test_t09_a_right_code_from_a_third_address_proves_nothing(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    for address in (IDA, EVE):
        letter = to(await listed.letters(), address)[0]
        await listed.write(code_of(letter), sender=KAI, answers=letter)
    assert not (await row_of(listed, reference)).verified


async def test_t09_the_code_of_the_address_on_file_is_worth_nothing_from_who_wrote(listed):
    reference = await case_of(listed, ABOUT_IDA, EVE)
    owner = to(await listed.letters(), IDA)[0]
    await listed.write(code_of(owner), sender=EVE, answers=to(await listed.letters(), EVE)[0])
    row = await row_of(listed, reference)
    assert (row.verified, row.concerns) == (False, ["account_elsewhere"])


async def test_t57_old_used_and_other_tickets_codes_get_the_same_words(listed):
    await case_of(listed, ABOUT_IDA, EVE)
    await case_of(listed, ACCESS, EVE)
    one, other = to(await listed.letters(), EVE)
    await listed.write(code_of(one), sender=EVE, answers=one)
    before = len(await listed.letters())
    for code in (code_of(one), wrong(code_of(one)), code_of(other)):
        await listed.write(code, sender=EVE, answers=one)
    listed.clock.forward(hours=25)
    await listed.write(code_of(other), sender=EVE, answers=other)
    said = [text_of(each).replace(str(each["Subject"])[-12:-1], "") for each in (await listed.letters())[before:]]
    assert len(said) == 4
    assert len({re.sub(r"PR-\w{8}", "", each) for each in said}) == 1


@pytest.mark.parametrize("cc", ["kai@berg.example, " + ", ".join(f"p{n}@many.example" for n in range(29))])
async def test_t60_a_code_goes_to_one_address_however_many_were_copied_in(listed, cc):
    await listed.write(ABOUT_IDA, sender=EVE, headers=[("Cc", cc)])
    letters = await listed.letters()
    assert [each["To"] for each in letters] == [EVE, IDA]
    assert [each["Cc"] for each in letters] == [None, None]


async def test_t61_a_code_goes_to_no_address_that_a_letter_names(listed):
    await listed.write(f"{ERASE} Send the code to new@evil.example instead.", sender=IDA)
    letter = to(await listed.letters(), IDA)[0]
    await listed.write("Send my new code to new@evil.example, please.", sender=IDA, answers=letter)
    assert {each["To"] for each in await listed.letters()} == {IDA}
