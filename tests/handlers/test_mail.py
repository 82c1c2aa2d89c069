"""What becomes of mail, row by row."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from bot.domain.correlation import new_message_id
from bot.domain.events import Asked, Closed
from bot.domain.vocabulary import Outcome
from tests.handlers.conftest import ERASE, EVE, LUNCH, TRUSTED, UNSUBSCRIBE, code_of, text_of

SOLD = "Do you sell my personal data to third parties?"
PETS = "What is your policy on data of pets?"
OBJECTION = "I object to the use of my personal data for profiling."


def authenticated(verdict: str, by: str = TRUSTED) -> list[tuple[str, str]]:
    results = f"{by}; dmarc={verdict} header.from=letters.example"
    return [("Authentication-Results", results)]


async def facts(bench, item):
    row = (await bench.case(item)).row
    return row.status, row.outcome, [each.type for each in (await bench.case(item)).requests]


# ---- first letters -----------------------------------------------------------------------------------------


async def test_a_recognised_request_is_a_ticket_and_one_acknowledgement_with_all_that_it_says(bench):
    item = await bench.write(ERASE)
    assert await facts(bench, item) == ("verifying", None, ["deletion"])
    (letter,) = await bench.letters()
    text = text_of(letter)
    for said in ((await bench.case(item)).reference, "deletion of your personal data", "2 April 2026", "> "):
        assert said in text
    assert code_of(letter)


async def test_what_needs_no_proof_gets_no_code_and_goes_to_staff_at_once(bench):
    item = await bench.write(UNSUBSCRIBE)
    assert await facts(bench, item) == ("open", None, ["opt_out"])
    (letter,) = await bench.letters()
    assert "code" not in text_of(letter)
    assert [each.author for each in await bench.drafts()] == [None]


async def test_below_the_bar_a_person_will_look_and_no_code_leaves(bench):
    item = await bench.write("There is something odd with my personal data.", subject="My data")
    assert (await bench.case(item)).row.status == "triage"
    (letter,) = await bench.letters()
    assert letter["Subject"].startswith("We have received your message")
    assert "code" not in text_of(letter)


async def test_what_is_surely_not_about_privacy_is_a_quiet_ticket(bench):
    item = await bench.write(LUNCH)
    assert await facts(bench, item) == ("triage", None, ["not_privacy"])
    assert (await bench.case(item)).row.due_at
    assert await bench.kinds() == []


async def test_a_policy_question_with_a_good_match_is_answered_at_once(bench):
    item = await bench.write(SOLD)
    assert await facts(bench, item) == ("closed", "answered", ["policy_question"])
    (letter,) = await bench.letters()
    assert "> " in text_of(letter)


async def test_a_further_word_reopens_an_answered_question(bench):
    item = await bench.write(SOLD)
    (answer,) = await bench.letters()
    await bench.write("Thank you very much!", answers=answer)
    assert (await bench.case(item)).row.status == "closed"
    await bench.write("That was not what I wanted to know.", answers=answer)
    assert (await bench.case(item)).row.status == "triage"


@pytest.mark.parametrize(("text", "bar"), [(PETS, 0.8), (SOLD, None), (SOLD, 0.99)])
async def test_a_policy_question_without_a_good_match_is_a_draft(bench, text, bar):
    bench = replace(bench, desk=replace(bench.desk, auto_answer=bar))
    item = await bench.write(text)
    assert await facts(bench, item) == ("open", None, ["policy_question"])
    assert await bench.kinds() == ["acknowledgement"]
    assert [each.letter for each in await bench.drafts()] == ["policy_answer"]


@pytest.mark.parametrize("text", ["What do you hold on me?", "Whom did you give my data to?"])
async def test_a_question_about_ones_own_data_is_access_and_waits_for_proof(bench, text):
    item = await bench.write(text)
    assert await facts(bench, item) == ("verifying", None, ["access"])
    assert await bench.kinds() == ["acknowledgement"]


async def test_a_trusted_dmarc_pass_serves_where_the_mailbox_is_proof_enough(bench):
    objection = await bench.write(OBJECTION, headers=authenticated("pass"))
    erasure = await bench.write(ERASE, headers=authenticated("pass"))
    untrusted = await bench.write(OBJECTION, headers=authenticated("pass", "elsewhere.example"), sender=EVE)
    statuses = [(await bench.case(each)).row.status for each in (objection, erasure, untrusted)]
    assert statuses == ["open", "verifying", "verifying"]


async def test_received_at_is_the_mail_servers_word_and_never_the_date_header(bench):
    before = bench.clock().replace(day=1)
    item = await bench.write(ERASE, received_at=before, headers=[("Date", "Mon, 05 Jan 2099 10:00:00 +0000")])
    assert (await bench.case(item)).row.received_at == before


# ---- in a thread -------------------------------------------------------------------------------------------


async def test_a_reply_by_its_requester_is_a_message_of_the_ticket(bench):
    first = await bench.write(ERASE)
    (letter,) = await bench.letters()
    item = await bench.write("My account is the one with the green logo.", answers=letter)
    assert item.ticket_id == first.ticket_id
    assert len(await bench.heard(await bench.case(first))) == 2


async def test_a_further_right_in_the_thread_has_a_clock_of_its_own(bench):
    first = await bench.write(ERASE)
    (letter,) = await bench.letters()
    bench.clock.forward(days=10)
    await bench.write(UNSUBSCRIBE, answers=letter)
    case = await bench.case(first)
    assert [(each.type, each.received_at) for each in case.requests] == [
        ("deletion", case.row.received_at),
        ("opt_out", bench.clock()),
    ]
    assert case.row.due_at == case.requests[0].due_at


async def test_a_question_after_the_status_is_answered_and_ends_no_wait(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    await bench.happen(case.reference, Asked(bench.clock()))
    await bench.write("What is the status of my privacy request?", answers=letter)
    assert (await bench.kinds())[-1] == "status"
    assert (await bench.case(case.reference)).row.status == "waiting"


async def test_an_answer_to_staff_ends_the_wait(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    (letter,) = await bench.letters()
    await bench.happen(case.reference, Asked(bench.clock()))
    await bench.write("It is the account with the green logo.", answers=letter)
    assert (await bench.case(case.reference)).row.status == "open"


async def test_thanks_need_no_answer(bench):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    await bench.write("Thank you very much!", answers=letter)
    assert await bench.kinds() == ["acknowledgement"]


async def test_what_comes_after_closure_and_is_no_thanks_reopens(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    await bench.happen(case.reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    await bench.write("I have changed my mind.", answers=letter)
    assert (await bench.case(case.reference)).row.status == "triage"


async def test_a_second_request_of_the_same_kind_joins_the_first_and_the_clock_stays(bench):
    first = await bench.case(await bench.write(ERASE))
    bench.clock.forward(days=3)
    item = await bench.write("Please delete my account and all personal data. I am still waiting.")
    second = await bench.case(item)
    assert second.reference == first.reference
    assert second.row.due_at == first.row.due_at
    assert await bench.kinds() == ["acknowledgement", "acknowledgement_joined"]


async def test_a_second_request_of_another_person_does_not_join(bench):
    first, second = await bench.write(ERASE), await bench.write(ERASE, sender=EVE)
    assert first.ticket_id != second.ticket_id


# ---- not proven --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["thread", "subject"])
async def test_what_names_a_ticket_and_is_not_proven_its_requesters_changes_nothing_there(bench, by):
    first = await bench.case(await bench.write(UNSUBSCRIBE))
    (letter,) = await bench.letters()
    how = {"answers": letter} if by == "thread" else {"subject": f"Re: [{first.reference}]"}
    item = await bench.write("Please stop it, I withdraw all of that.", sender=EVE, **how)
    stranger = await bench.case(item)
    assert (stranger.row.status, stranger.requester.address) == ("triage", EVE)
    assert len(await bench.heard(await bench.case(first.reference))) == 1
    assert first.reference in (await bench.journal(stranger))[0].detail["names"]
    assert first.reference not in text_of((await bench.letters())[-1])


async def test_a_threads_token_that_somebody_made_up_is_none(bench):
    case = await bench.case(await bench.write(ERASE))
    forged = EmailMessage()
    forged["Message-ID"] = f"<{new_message_id(case.reference, 'linden.example', b'guess')}>"
    item = await bench.write(UNSUBSCRIBE, answers=forged)
    assert item.ticket_id != case.id


async def test_what_fails_dmarc_is_for_staff_without_any_automatic_mail(bench):
    item = await bench.write(ERASE, headers=authenticated("fail"))
    row = (await bench.case(item)).row
    assert (row.status, row.automatic, row.held) == ("triage", False, False)
    assert await bench.kinds() == []


async def test_what_fails_dmarc_is_no_word_of_the_requester(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    item = await bench.write(code_of(letter), answers=letter, headers=authenticated("fail"))
    assert item.ticket_id != case.id
    assert not (await bench.case(case.reference)).row.verified
