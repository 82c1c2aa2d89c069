"""Attacks by people who say that they act for somebody else, or who ask about somebody else's data."""

import re
from email.message import EmailMessage

import pytest

from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome
from handlers import actions, approvals
from tests.attacks.directories import ACCESS, IDA, KAI, WORK, answered, book, case_of, listed, row_of, to
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, TRUSTED, bench, code_of, text_of

FIXTURES = (bench, book, listed)

FOR_IDA = (
    "I write on behalf of my client, Ms Ida Berg. Please send me a copy of all the personal data that you hold "
    f"about my client. Her account is under {IDA}."
)
FOR_NOBODY = FOR_IDA.replace(IDA, "nobody@berg.example")
ABOUT_MY_WIFE = f"Please send me all the data of my wife's account. It is under {IDA}."
FOR_A_CHILD = "Please delete the account of my daughter Mia Berg. She is nine years old."
FOR_THE_DEAD = "My mother has passed away, and I am her heir. Please delete her account and all her data."
FOR_A_WARD = (
    "I am the legal guardian of Mia Berg. Please send me a copy of all the personal data you hold of hers."
)


async def with_attachment(desk, text, letter):
    """A reply to a letter of ours with a scan."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = EVE, "privacy@linden.example", "Re: permission"
    mail["Message-ID"] = "<scan.1@elsewhere.example>"
    mail["In-Reply-To"] = mail["References"] = letter["Message-ID"]
    mail.set_content(text)
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="permission.pdf")
    await desk.bring(mail.as_bytes())


# ---- agents ------------------------------------------------------------------------------------------------


async def test_t06_an_agent_is_asked_for_signed_permission_and_never_for_a_power_of_attorney(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    letter = text_of(to(await listed.letters(), EVE)[0])
    assert "Permission in writing, signed by the person whom it is about" in letter
    assert "power of attorney, it serves as well; we do not ask for one" in letter
    assert (await row_of(listed, reference)).agent


async def test_t06_an_agent_in_california_is_told_what_its_law_says(bench):
    await case_of(bench, f"{FOR_NOBODY} This is a request under the CCPA.", EVE)
    assert "no power of attorney may be demanded (11 CCR 7063)" in text_of((await bench.letters())[0])


async def test_t06_the_person_on_file_is_told_that_somebody_asks_for_them_and_gets_a_code_of_their_own(listed):
    await case_of(listed, FOR_IDA, EVE)
    (letter,) = to(await listed.letters(), IDA)
    assert "on behalf of the person whose account we know" in text_of(letter)
    assert EVE not in text_of(letter)
    assert code_of(letter) != code_of(to(await listed.letters(), EVE)[0])


async def test_t06_a_right_code_of_the_agents_own_mailbox_proves_nothing_about_the_person(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.status, row.verified) == ("verifying", False)
    assert "no_authority" in row.concerns
    assert await listed.drafts() == []


@pytest.mark.parametrize("text", [FOR_A_CHILD, FOR_THE_DEAD, FOR_A_WARD, "I have a power of attorney. " + ACCESS])
async def test_t06_nobody_who_acts_for_another_is_proven_by_a_code_with_no_account_in_sight(bench, text):
    reference = await case_of(bench, text, EVE)
    await answered(bench, EVE)
    assert not (await row_of(bench, reference)).verified


async def test_t06_an_agent_with_an_account_of_their_own_does_not_prove_the_one_of_their_client(listed):
    reference = await case_of(listed, "I write on behalf of Mia Reed. " + ERASE, KAI)
    await answered(listed, KAI)
    assert not (await row_of(listed, reference)).verified


async def test_t06_a_trusted_pass_for_the_agents_domain_is_no_word_of_the_person(listed):
    text = "I write on behalf of my client Ida Berg. We object to the profiling of my client."
    passed = ("Authentication-Results", f"{TRUSTED}; dmarc=pass header.from=elsewhere.example")
    reference = await case_of(listed, text, EVE, headers=[passed])
    row = await row_of(listed, reference)
    assert (row.status, row.verified) == ("verifying", False)


async def test_t06_once_the_person_confirms_the_matter_is_theirs_and_the_answer_goes_to_them(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await answered(listed, IDA)
    case = await listed.case(reference)
    assert (case.row.status, case.row.verified, case.requester.address) == ("open", True, IDA)
    assert "no_authority" not in case.row.concerns
    assert "act for somebody else" not in text_of(to(await listed.letters(), IDA)[-1])
    assert [each.letter for each in await listed.drafts()] == ["fulfilled"]


async def test_t06_an_objection_for_somebody_else_is_confirmed_by_them_too(listed):
    text = f"I write on behalf of my client Ida Berg, {IDA}. We object to the profiling of my client."
    reference = await case_of(listed, text, EVE)
    await answered(listed, IDA)
    assert (await row_of(listed, reference)).verified


async def test_t06_permission_that_comes_with_the_first_letter_is_pointed_out(bench):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = EVE, "privacy@linden.example", "For my client"
    mail["Message-ID"] = "<scan.2@elsewhere.example>"
    mail.set_content(FOR_NOBODY)
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="permission.pdf")
    row = (await bench.case(await bench.bring(mail.as_bytes()))).row
    assert (row.verified, "authority_sent" in row.concerns) == (False, True)


async def test_t06_permission_that_comes_is_pointed_out_and_proves_nothing_by_itself(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await with_attachment(listed, "Here is her signed permission.", await answered(listed, EVE))
    row = await row_of(listed, reference)
    assert (row.verified, "authority_sent" in row.concerns) == (False, True)


async def test_t06_staff_record_authority_with_a_reason_once_the_agents_mailbox_is_proven(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    with pytest.raises(Refused, match="own mailbox"):
        await actions.vouch(listed.desk, reference, ADA, "I have seen the power of attorney.")
    await answered(listed, EVE)
    await actions.vouch(listed.desk, reference, ADA, "I have seen the power of attorney.")
    case = await listed.case(reference)
    assert (case.row.verified, "no_authority" in case.row.concerns) == (True, False)
    assert await listed.heard(case, "note") == ["I have seen the power of attorney."]
    assert [each.letter for each in await listed.drafts()] == ["fulfilled"]


async def test_t06_who_recorded_authority_does_not_approve_the_answer(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await answered(listed, EVE)
    await actions.vouch(listed.desk, reference, ADA, "I have seen it.")
    (draft,) = await listed.drafts()
    with pytest.raises(Refused, match="verified this requester"):
        await approvals.approve_draft(listed.desk, draft.id, ADA, draft.digest)


async def test_t06_a_mailbox_that_says_not_me_is_no_proven_mailbox_of_an_agent(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await listed.write("It was not me.", sender=EVE, answers=await answered(listed, EVE))
    with pytest.raises(Refused, match="own mailbox"):
        await actions.vouch(listed.desk, reference, ADA, "I have seen it.")


async def test_t06_staff_cannot_approve_an_answer_of_substance_before_there_is_authority(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await answered(listed, EVE)
    await actions.propose(listed.desk, reference, ADA, Outcome.PARTLY_FULFILLED, "Some of it is here.")
    (draft,) = await listed.drafts()
    with pytest.raises(Refused, match="not proven"):
        await approvals.approve_draft(listed.desk, draft.id, BEN, draft.digest)


async def test_t06_what_an_agent_asks_for_two_clients_are_two_matters(listed):
    first = await case_of(listed, FOR_IDA, EVE)
    second = await case_of(listed, FOR_IDA.replace(IDA, KAI).replace("Ida", "Kai"), EVE)
    own = await case_of(listed, ACCESS, EVE)
    assert len({first, second, own}) == 3
    await answered(listed, EVE)
    assert [(await row_of(listed, each)).verified for each in (first, second)] == [False, False]


async def test_t06_a_proven_requester_who_then_asks_for_somebody_else_opens_another_matter(listed):
    reference = await case_of(listed, ERASE, KAI)
    letter = await answered(listed, KAI)
    await listed.write(FOR_IDA, sender=KAI, answers=letter)
    own, other = await listed.cases()
    assert (own.reference, own.row.verified, own.ticket().types) == (reference, True, ("deletion",))
    assert (other.row.verified, "no_authority" in other.row.concerns) == (False, True)


async def test_t06_a_later_word_about_somebody_else_is_pointed_out_and_changes_nothing(bench):
    reference = await case_of(bench, ERASE, KAI)
    await bench.write("We represent Ms Ida Berg.", sender=KAI, answers=await answered(bench, KAI))
    row = await row_of(bench, reference)
    assert (row.verified, row.concerns) == (True, ["another_person"])


async def test_t06_the_journal_says_what_staff_recorded_and_nobodys_name(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await answered(listed, EVE)
    await actions.vouch(listed.desk, reference, ADA, "Ida Berg has signed it.")
    (entry,) = [each for each in await listed.journal(await listed.case(reference)) if each.event == "vouched"]
    assert (entry.actor, entry.detail["authority"]) == (ADA, "agent")
    assert "Ida" not in str(entry.detail)


async def test_t06_where_the_person_says_that_they_did_not_ask_nobody_can_record_authority_unasked(listed):
    reference = await case_of(listed, FOR_IDA, EVE)
    await answered(listed, EVE)
    await listed.write("That was not me.", sender=IDA, answers=to(await listed.letters(), IDA)[0])
    with pytest.raises(Refused, match="own mailbox"):
        await actions.vouch(listed.desk, reference, ADA, "I have seen it.")


_VARIES = re.compile(r"PR-[0-9A-Z]{8}|^\d{8}$", re.MULTILINE)


async def test_t06_t59_an_agent_of_a_customer_hears_what_an_agent_of_a_stranger_hears(listed):
    """On the whole way, past the moment at which the customer has confirmed."""
    heard = []
    for text, sender in ((FOR_IDA, "a@firm.example"), (FOR_NOBODY, "b@firm.example")):
        await case_of(listed, text, sender)
        letter = to(await listed.letters(), sender)[0]
        if text is FOR_IDA:
            await answered(listed, IDA)
        for said in (code_of(letter), "What is the status of my request?", "Please send me a new code."):
            await listed.write(said, sender=sender, answers=letter)
        letters = to(await listed.letters(), sender)
        heard.append([_VARIES.sub("*", f"{each['Subject']}\n{text_of(each)}") for each in letters])
    assert heard[0] == heard[1]
    assert len(heard[0]) == 4


async def test_t06_nothing_that_an_agent_wrote_stands_in_what_leaves(listed):
    await case_of(listed, FOR_IDA, "Nonce Zebra <eve@elsewhere.example>", subject="Zebra")
    for letter in await listed.letters():
        assert "Zebra" not in str(letter)
        assert "Ida Berg" not in text_of(letter)


# ---- children and the dead ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "concerns", "asked"),
    [
        (FOR_A_CHILD, {"parent", "child", "no_authority"}, "you hold parental responsibility"),
        (FOR_THE_DEAD, {"heir", "no_authority"}, "certificate of inheritance"),
        (FOR_A_WARD, {"guardian", "no_authority"}, "decision that makes you the guardian"),
    ],
    ids=["parent", "heir", "guardian"],
)
async def test_t06_each_capacity_is_asked_for_what_shows_it(bench, text, concerns, asked):
    reference = await case_of(bench, text, EVE)
    assert set((await row_of(bench, reference)).concerns) == concerns
    assert asked in text_of((await bench.letters())[0])


async def test_t06_who_reads_the_mailbox_of_somebody_dead_is_not_the_person(listed):
    reference = await case_of(listed, f"{FOR_THE_DEAD} It is under {IDA}.", EVE)
    await answered(listed, IDA)
    case = await listed.case(reference)
    assert (case.row.verified, "no_authority" in case.row.concerns) == (False, True)
    await actions.vouch(listed.desk, reference, ADA, "I have seen the certificate of inheritance.")
    assert (await row_of(listed, reference)).verified


async def test_a_child_that_writes_itself_is_flagged_and_no_worse_off(bench):
    reference = await case_of(bench, f"I am 13 years old. {ERASE}", EVE)
    await answered(bench, EVE)
    row = await row_of(bench, reference)
    assert (row.verified, row.concerns) == (True, ["child"])


# ---- somebody else's data ----------------------------------------------------------------------------------


async def test_t72_another_persons_data_are_explained_about_and_never_proposed(listed):
    reference = await case_of(listed, ABOUT_MY_WIFE, EVE)
    await answered(listed, EVE)
    row = await row_of(listed, reference)
    assert (row.status, row.verified) == ("verifying", False)
    assert {"third_party", "no_authority"} <= set(row.concerns)
    (draft,) = await listed.drafts()
    assert (draft.letter, draft.outcome) == ("third_party", "denied")
    said = await listed.draft_text(draft)
    assert "nothing in this letter says that we do" in said
    assert IDA not in said


async def test_t72_two_people_approve_the_explanation_and_it_closes_the_matter(listed):
    reference = await case_of(listed, ABOUT_MY_WIFE, EVE)
    (draft,) = await listed.drafts()
    for person in (ADA, BEN):
        await approvals.approve_draft(listed.desk, draft.id, person, draft.digest)
    row = await row_of(listed, reference)
    assert (row.status, row.outcome) == ("closed", "denied")
    assert to(await listed.letters(), EVE)[-1]["Subject"].startswith("You asked about somebody else")


async def test_t72_the_acknowledgement_sends_the_other_person_to_us_and_says_nothing_of_them(listed):
    said = set()
    for text in (ABOUT_MY_WIFE, ABOUT_MY_WIFE.replace(IDA, "nobody@berg.example")):
        await case_of(listed, text, EVE)
        said.add(_VARIES.sub("*", text_of(to(await listed.letters(), EVE)[-1])))
    (letter,) = said
    assert "Another person's data go to that person alone." in letter


async def test_t72_even_an_opt_out_for_somebody_else_is_explained_about(listed):
    await case_of(listed, "Please do not sell the data of my neighbour.", EVE)
    assert [each.letter for each in await listed.drafts()] == ["third_party"]


async def test_t72_the_person_meant_may_confirm_and_then_it_is_their_own_request(listed):
    reference = await case_of(listed, ABOUT_MY_WIFE, EVE)
    await answered(listed, IDA)
    case = await listed.case(reference)
    assert (case.row.verified, case.requester.address) == (True, IDA)
    assert [each.letter for each in await listed.drafts()] == ["fulfilled"]


async def test_t72_who_meant_their_own_data_is_verified_by_hand(bench):
    reference = await case_of(bench, "Delete the account of my wife, which is mine in truth.", EVE)
    await answered(bench, EVE)
    await actions.vouch(bench.desk, reference, ADA, "The account is theirs; they misspoke.")
    assert [each.letter for each in await bench.drafts()] == ["fulfilled"]


async def test_t72_an_address_that_two_people_share_proves_the_account_and_not_which_of_them_writes(listed):
    """Ida and her husband read one mailbox: he asks about her, from the address on file."""
    reference = await case_of(listed, "Please send me all the data of my wife's account.", WORK)
    await answered(listed, WORK)
    assert not (await row_of(listed, reference)).verified
