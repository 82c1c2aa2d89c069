"""Attacks on threads: who tries to get into a ticket that is not theirs, and how much they learn from it."""

import re
from email.message import EmailMessage

import pytest

from bot.domain.correlation import new_message_id
from bot.domain.events import Asked, Closed, Extended
from bot.domain.fingerprint import fingerprint
from bot.domain.vocabulary import Outcome
from bot.store import outbox
from tests.handlers.conftest import (
    DESK,
    ERASE,
    EVE,
    ROBIN,
    TRUSTED,
    UNSUBSCRIBE,
    Bench,
    bench,
    code_of,
    text_of,
    wrong,
)

assert bench

STATUS = "What is the status of my privacy request?"
FAILED = [("Authentication-Results", f"{TRUSTED}; dmarc=fail header.from=letters.example")]


async def asked(bench: Bench, sender: str = ROBIN):
    """A ticket that waits for proof, and its acknowledgement."""
    case = await bench.case(await bench.write(ERASE, sender=sender))
    return case.reference, (await bench.letters())[-1]


def alias_of(letter: EmailMessage) -> str:
    """The address with a plus that names the letter's ticket."""
    return f"privacy+{letter['Message-ID'].strip('<>')}"


def addressed(to: str, text: str, *, sender: str = ROBIN, name: str = "To", more: str = "") -> bytes:
    return f"From: {sender}\r\n{name}: {to}\r\nMessage-ID: <a1@x>\r\n{more}\r\n{text}".encode()


async def heard(bench: Bench, reference: str) -> int:
    return len(await bench.heard(await bench.case(reference)))


def anonymous(letter: EmailMessage) -> str:
    """What a letter says, whoever it goes to and whichever ticket it names."""
    return re.sub(r"PR-\w{8}|\b\d{8}\b", "…", text_of(letter))


# ---- T11, T12: addresses that name a ticket -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["To", "Cc"])
async def test_t11_a_plus_address_with_our_token_and_the_requesters_address_is_evidence(bench, name):
    reference, letter = await asked(bench)
    alias = alias_of(letter)
    await bench.bring(addressed(f"Us <{alias.upper()}>", "The one with the green logo.", name=name))
    assert await heard(bench, reference) == 2


@pytest.mark.parametrize(
    "way", ["another sender", "forged", "another ticket's token", "guessed", "without a token"]
)
async def test_t11_t12_no_other_mail_to_such_an_address_joins(bench, way):
    reference, letter = await asked(bench)
    alias, sender, more = alias_of(letter), ROBIN, ""
    if way == "another sender":
        sender = EVE
    elif way == "forged":
        more = "".join(f"{name}: {value}\r\n" for name, value in FAILED)
    elif way == "another ticket's token":
        alias = alias.replace(reference.lower(), "pr-00000000")
    elif way == "guessed":
        alias = f"privacy+{new_message_id(reference, 'linden.example', b'guess')}"
    else:
        alias = f"privacy+{reference.lower()}@linden.example"
    item = await bench.bring(addressed(alias, "Please send it to me.", sender=sender, more=more))
    assert await heard(bench, reference) == 1
    assert (await bench.case(item)).reference != reference


async def test_t11_who_is_copied_in_gets_nothing_and_takes_no_part(bench):
    reference, letter = await asked(bench)
    await bench.write("It is the green one.", answers=letter, headers=[("Cc", EVE), ("Reply-To", EVE)])
    await bench.write("Please send me a new code.", answers=letter, headers=[("Cc", EVE)])
    await bench.write(STATUS, sender=EVE, answers=letter)
    assert await heard(bench, reference) == 3
    for each in await bench.letters():
        assert (each["Cc"], each["Bcc"]) == (None, None)
        assert EVE not in each.as_string() or reference not in each.as_string()


async def test_t12_a_hundred_guessed_addresses_join_no_ticket_and_make_one_item(bench):
    reference, _ = await asked(bench)
    guesses = [f"privacy+{new_message_id(reference, 'linden.example', bytes([n]))}" for n in range(100)]
    before = len(await bench.cases())
    item = await bench.bring(addressed(", ".join(guesses), "Please send it to me.", sender=EVE))
    assert await heard(bench, reference) == 1
    assert len(await bench.cases()) == before + 1
    assert (await bench.case(item)).requester.address == EVE
    copies = {fingerprint(addressed(each, "Hello", name="Delivered-To")) for each in guesses}
    assert len(copies) == 1, "the copies of one mail, as a server delivers them, are one item"


# ---- T13, T57, T59: what a stranger learns ---------------------------------------------------------------------


async def test_t13_a_stranger_in_the_thread_learns_nothing_and_changes_nothing(bench):
    reference, letter = await asked(bench)
    for text in (STATUS, "Please close it.", "Please send me a new code.", code_of(letter), "Not me."):
        await bench.write(text, sender=EVE, answers=letter, subject=f"Re: [{reference}] [PRIV-123]")
    assert await heard(bench, reference) == 1
    to_eve = [each for each in await bench.letters() if each["To"] == EVE]
    assert not [each for each in to_eve if reference in each.as_string()]
    case = await bench.case(reference)
    assert (case.row.status, case.row.verified) == ("verifying", False)
    await bench.write(code_of(letter), answers=letter)
    assert (await bench.case(reference)).row.verified, "the code is still good"


async def test_t13_right_and_wrong_references_are_answered_in_the_same_words(bench):
    reference, letter = await asked(bench)
    made_up = EmailMessage()
    made_up["Message-ID"] = f"<{new_message_id('PR-00000000', 'linden.example', b'guess')}>"
    for number, (answers, named) in enumerate([(letter, reference), (made_up, "PR-00000000")]):
        await bench.write(STATUS, sender=f"eve{number}@elsewhere.example", answers=answers, subject=f"[{named}]")
    first, second = (await bench.letters())[-2:]
    assert anonymous(first) == anonymous(second)
    assert len(await bench.kinds()) == 3


async def test_t13_a_reference_in_the_subject_alone_is_no_evidence_even_for_its_requester(bench):
    reference, _ = await asked(bench)
    item = await bench.write("The account is the green one.", subject=f"Re: [{reference}]")
    assert (await bench.case(item)).reference != reference


@pytest.mark.parametrize("spoiled", ["wrong", "used", "old", "too short", "another ticket's"])
async def test_t57_whatever_is_wrong_with_a_code_the_answer_is_the_same(bench, spoiled):
    _, letter = await asked(bench)
    await bench.write(wrong(code_of(letter)), answers=letter)
    usual = (await bench.letters())[-1]
    code = code_of(letter)
    if spoiled == "wrong":
        code = wrong(wrong(code))
    elif spoiled == "used":
        await bench.write(code, answers=letter)
    elif spoiled == "old":
        bench.clock.forward(hours=25)
    elif spoiled == "too short":
        code = code[1:]
    else:
        await bench.write(UNSUBSCRIBE, sender="kim@letters.example")
        code = code_of((await asked(bench, "kim@letters.example"))[1])
    await bench.write(code, answers=letter)
    answer = (await bench.letters())[-1]
    assert (await bench.kinds())[-1] == "wrong_code"
    assert anonymous(answer) == anonymous(usual)


@pytest.mark.parametrize(
    "spelled", ["{0}\u00a0{1}", "**{0} {1}**", "Code: {0}.{1}", "{0}/{1}", "my code is:{0}{1}"]
)
async def test_a_right_code_proves_however_it_is_spelled(bench, spelled):
    reference, letter = await asked(bench)
    code = code_of(letter)
    await bench.write(spelled.format(code[:4], code[4:]), answers=letter)
    case = await bench.case(reference)
    assert case.row.verified
    assert not [each for each in await bench.heard(case) if code[4:] in each], "what staff read does not hold it"


async def test_a_number_with_a_digit_more_is_no_try_where_no_code_is_awaited(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    (letter,) = await bench.letters()
    await bench.happen(case.reference, Asked(bench.clock()))
    await bench.write("123456789", answers=letter)
    assert (await bench.case(case.reference)).row.status == "open", "it answers what staff asked for"


async def test_t56_a_mail_is_at_most_one_try(bench):
    reference, letter = await asked(bench)
    guesses = "\n".join([wrong(code_of(letter)), code_of(letter)])
    await bench.write(guesses, answers=letter)
    assert not (await bench.case(reference)).row.verified


# ---- T36, T37, T43: letters within letters, broken and stolen ids ---------------------------------------------


async def test_t36_an_attached_letter_never_sets_the_requester(bench):
    inner, outer = EmailMessage(), EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = ROBIN, DESK, "My data"
    inner.set_content(ERASE)
    outer["From"], outer["To"], outer["Subject"] = EVE, DESK, "Fwd: My data"
    outer.set_content("Please see the attached letter.")
    outer.add_attachment(inner)
    case = await bench.case(await bench.bring(outer.as_bytes()))
    assert case.requester.address == EVE
    assert ROBIN not in [each["To"] for each in await bench.letters()]


async def test_t36_an_attached_letter_of_ours_brings_nobody_into_its_thread(bench):
    reference, letter = await asked(bench)
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = ROBIN, DESK, "Fwd"
    outer.set_content("")
    outer.add_attachment(letter)
    await bench.bring(outer.as_bytes())
    assert not (await bench.case(reference)).row.verified


BROKEN = [
    "<[>",
    "<>",
    "no brackets",
    "<a b@c>",
    f"<{'x' * 5_000}@y>",
    "<a@b> <c@d>",
    "=?utf-8?q?=0A?=",
    "<\x01@x>",
]


@pytest.mark.parametrize("broken", BROKEN)
async def test_t37_a_broken_message_id_hinders_nothing(bench, broken):
    sent = f"From: {ROBIN}\r\nTo: {DESK}\r\nMessage-ID: {broken}\r\nReferences: {broken}\r\n\r\n{ERASE}"
    case = await bench.case(await bench.bring(sent.encode()))
    assert case.row.status == "verifying"
    (letter,) = await bench.letters()
    assert len(letter.get_all("Message-ID")) == 1
    assert letter["To"] == ROBIN


async def test_t37_a_letter_without_a_message_id_or_with_two_is_answered(bench):
    for headers in ("", "Message-ID: <1@x>\r\nMessage-ID: <2@x>\r\n"):
        await bench.bring(f"From: {ROBIN}\r\nTo: {DESK}\r\n{headers}\r\n{ERASE}".encode())
    assert await bench.kinds() == ["acknowledgement", "acknowledgement_joined"]


async def test_t43_another_letter_under_a_known_message_id_is_a_letter_of_its_own(bench):
    mine, theirs = (addressed(DESK, ERASE, sender=each) for each in (EVE, ROBIN))
    assert fingerprint(mine) != fingerprint(theirs)
    assert fingerprint(mine) != fingerprint(mine.replace(b"delete", b"send me"))
    cases = [await bench.case(await bench.bring(each)) for each in (mine, theirs)]
    assert [each.requester.address for each in cases] == [EVE, ROBIN]
    assert await bench.kinds() == ["acknowledgement", "acknowledgement"]


async def test_t43_a_message_id_taken_from_a_letter_of_ours_makes_no_mail_our_own(bench):
    _, letter = await asked(bench)
    sent = addressed(DESK, ERASE, sender=EVE).replace(b"<a1@x>", letter["Message-ID"].encode())
    case = await bench.case(await bench.bring(sent))
    assert (case.requester.address, case.row.status) == (EVE, "triage")
    assert await bench.kinds() == ["acknowledgement"]


# ---- T73: what comes after a decision ---------------------------------------------------------------------------


async def test_t73_an_answer_to_an_extension_is_for_staff_to_read(bench):
    case = await bench.proven()
    letter = (await bench.letters())[-1]
    await bench.happen(case.reference, Extended(bench.clock()))
    before = len([each for each in await bench.queued(outbox.SLACK) if each.kind == "message"])
    await bench.write("I do not accept that it takes longer.", answers=letter)
    assert (await bench.heard(await bench.case(case.reference)))[-1] == "I do not accept that it takes longer."
    assert len([each for each in await bench.queued(outbox.SLACK) if each.kind == "message"]) == before + 1


async def test_t73_new_facts_after_closure_reopen_the_matter_with_a_clock(bench):
    case = await bench.proven()
    letter = (await bench.letters())[-1]
    await bench.happen(case.reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    bench.clock.forward(days=3)
    await bench.write("There is one more account of mine, which you have missed.", answers=letter)
    row = (await bench.case(case.reference)).row
    assert (row.status, row.reopened_at) == ("triage", bench.clock())
    assert row.due_at is not None
