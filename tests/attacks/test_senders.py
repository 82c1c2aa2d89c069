"""Attacks with a sender that is not who it seems to be, or is no person at all."""

from dataclasses import replace

import pytest

from bot.domain.authenticity import UNNAMED
from bot.store import cases
from tests.handlers.conftest import DESK, ERASE, EVE, ROBIN, TRUSTED, UNSUBSCRIBE, Bench, bench, code_of

assert bench

OBJECT = "I object to the processing of my personal data."
VICTIM = "alice@victim.example"


def raw(*headers: str, text: str = ERASE) -> bytes:
    return "\r\n".join([*headers, f"To: {DESK}", "Subject: Hello", "", text]).encode()


async def quiet(bench: Bench) -> bool:
    """Nothing has been written to anybody."""
    return not await bench.kinds()


# ---- T10, T19: machines -------------------------------------------------------------------------------------

SIGN_UP = "Please confirm, or delete this mail: X7K-9QD is your code.\nhttps://slack.com/z-app-confirm/T0123456789"


async def test_t10_a_sign_up_mail_is_never_answered_and_is_kept_without_its_code(bench):
    facts = {"sender": "Slack <no-reply@slack.com>", "subject": "Slack confirmation code: X7K-9QD"}
    await bench.write(SIGN_UP, **facts)
    item = await bench.write(f"{ERASE}\n\n{SIGN_UP}", **facts)
    assert await quiet(bench)
    case = await bench.case(item)
    assert (case.row.status, case.row.automatic) == ("triage", False)
    (kept,) = await bench.heard(case)
    assert "X7K" not in kept
    assert "T0123456789" not in kept
    assert "https://slack.com/********" in kept


async def test_t10_the_subject_of_a_sign_up_mail_is_kept_without_its_code(bench):
    case = await bench.case(await bench.write(ERASE, sender="no-reply@slack.com", subject="Your code: 482913"))
    async with bench.desk.store.reading() as work:
        heard = [each.subject for row, each in await cases.messages(work, case) if row.direction == "in"]
    assert heard == ["Your code: ********"]


async def test_t10_a_number_in_a_mail_of_our_own_machines_stays_readable(bench):
    case = await bench.case(await bench.write(f"{ERASE} Customer 12345678", sender="no-reply@linden.example"))
    assert "12345678" in (await bench.heard(case))[0]


@pytest.mark.parametrize("sender", [DESK, DESK.title(), "privacy+abc@linden.example"])
async def test_t19_a_letter_that_bears_our_own_address_is_never_answered(bench, sender):
    await bench.write(ERASE, sender=sender)
    assert await quiet(bench)
    assert len(await bench.cases()) == 1, "staff see it all the same"


async def test_t20_an_automatic_reply_that_quotes_the_code_proves_nothing(bench):
    case = await bench.case(await bench.write(ERASE))
    letter = (await bench.letters())[-1]
    text = f"I am away until Monday.\n\n{code_of(letter)}"
    await bench.write(text, answers=letter, headers=[("Auto-Submitted", "auto-replied")])
    assert not (await bench.case(case.reference)).row.verified


async def test_t20_our_letter_passed_on_without_a_word_proves_nothing(bench):
    case = await bench.case(await bench.write(ERASE))
    letter = (await bench.letters())[-1]
    text = (
        f"---------- Forwarded message ---------\nFrom: {DESK}\nSubject: Hello\n\nYour code:\n\n{code_of(letter)}"
    )
    await bench.write(text, answers=letter, subject="Fwd: Hello")
    assert not (await bench.case(case.reference)).row.verified


# ---- T21 to T27: who wrote it ---------------------------------------------------------------------------------

AMBIGUOUS = {
    "t21 victim first": (f"From: {VICTIM}", f"From: {EVE}"),
    "t21 victim second": (f"From: {EVE}", f"From: {VICTIM}"),
    "t21 the same twice": (f"From: {EVE}", f"From: {EVE}"),
    "t21 a blank before the colon": (f"From: {EVE}", f"From : {VICTIM}"),
    "t21 in other letters": (f"From: {EVE}", f"fRoM: {VICTIM}"),
    "t21 a control character in the name": (f"From: {EVE}", f"From\x00: {VICTIM}"),
    "t21 after a bare carriage return": (f"X-Note: a\rFrom: {VICTIM}", f"From: {EVE}"),
    "t21 folded into one": (f"From: {EVE}\r\n ,{VICTIM}",),
    "t21 none at all": ("Sender: alice@victim.example",),
    "t22 one shown, one used": (f"From: {VICTIM} <{EVE}>",),
    "t22 a stray bracket": (f"From: {VICTIM})bob@evil.example",),
    "t22 a comment in between": (f"From: {VICTIM} (x) <{EVE}>",),
    "t22 two pairs of brackets": (f"From: <{VICTIM}><{EVE}>",),
    "t22 something follows": (f"From: <{EVE}> {VICTIM}",),
    "t22 a quoted local part with another": (f'From: "{VICTIM}"@evil.example, {EVE}',),
    "t22 a route": (f"From: <@evil.example:{VICTIM}>",),
    "t22 two at signs": (f"From: {VICTIM}@evil.example",),
    "t22 a line that is none before it": ("this is no header", f"From: {EVE}"),
    "t24 an encoded word in the local part": ("From: =?utf-8?q?alice=40victim.example=3E?=@evil.example",),
    "t24 an encoded word for an address": ("From: <=?utf-8?q?alice=40victim.example?=>",),
    "t26 a group": (f"From: team:{VICTIM},{EVE};",),
    "t26 an empty group": ("From: undisclosed-recipients:;",),
    "t26 two mailboxes": (f"From: {VICTIM}, {EVE}",),
    "t26 empty": ("From:",),
    "t26 brackets alone": ("From: <>",),
    "t26 a name alone": ("From: Alice",),
    "t27 a NUL in the address": ("From: alice\x00@victim.example",),
    "t38 a thousand brackets": (f"From: {'(' * 1000}{VICTIM}",),
}


@pytest.mark.parametrize("headers", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_t21_t22_t24_t26_an_ambiguous_sender_is_quarantined_and_nobody_is_answered(bench, headers):
    item = await bench.bring(raw(*headers))
    assert item.state == "quarantined"
    assert item.due_at is not None
    assert await quiet(bench)
    assert await bench.cases() == []


AS_EVE = {
    "t23 a name that is an address": f'From: "{VICTIM}" <{EVE}>',
    "t24 an encoded name that is an address": f"From: =?utf-8?q?alice=40victim.example=3E?= <{EVE}>",
    "t24 with a line end in it": f"From: =?utf-8?q?Alice=0D=0ABcc=3A_alice=40victim.example?= <{EVE}>",
    "t23 a comment that is an address": f"From: {EVE} ({VICTIM})",
    "t21 another Sender": f"Sender: {VICTIM}\r\nFrom: {EVE}\r\nResent-From: {VICTIM}",
    "t21 a line that continues nothing": f" From: {VICTIM}\r\nFrom: {EVE}",
}


@pytest.mark.parametrize("header", AS_EVE.values(), ids=AS_EVE)
async def test_t23_t24_a_name_is_no_address_wherever_it_goes(bench, header):
    case = await bench.case(await bench.bring(raw(header)))
    assert case.requester.address == EVE
    (letter,) = await bench.letters()
    assert letter["To"].addresses[0].addr_spec == EVE
    assert VICTIM not in letter.as_string()
    assert set(letter.keys()) & {"Cc", "Bcc", "Reply-To"} == set()


async def assert_found_nobody_else(bench: Bench, written: str, address: str) -> None:
    first = await bench.case(await bench.write(ERASE, sender="victim@victim.example"))
    case = await bench.case(await bench.bring(raw(f"From: {written}")))
    assert (case.requester.address, case.reference == first.reference) == (address, False)
    assert [each["To"].addresses[0].addr_spec for each in await bench.letters()] == [
        "victim@victim.example",
        address,
    ]


async def test_t25_a_comment_within_an_address_is_no_address(bench):
    written = "attacker(&email=victim@victim.example&)@attacker.example"
    await assert_found_nobody_else(bench, written, "attacker@attacker.example")


async def test_t25_an_address_that_reads_like_a_query_finds_nobody(bench):
    await assert_found_nobody_else(bench, '"\' OR 1=1 --"@evil.example', '"\' OR 1=1 --"@evil.example')


LOOKALIKES = (
    "r\u043ebin@letters.example",  # a Cyrillic o
    "robin@letters.ex\u0430mple",
    "rob\u0131n@letters.example",  # a dotless i
    "\uff52obin@letters.example",  # a full-width r
    "robin+x@letters.example",
    "r.obin@letters.example",
    "robin@mail.letters.example",
)


@pytest.mark.parametrize("sender", LOOKALIKES)
async def test_t27_no_address_is_folded_into_anothers(bench, sender):
    case = await bench.case(await bench.write(ERASE))
    letter = (await bench.letters())[-1]
    headers = (f"From: {sender}", "Message-ID: <1@x>", f"In-Reply-To: {letter['Message-ID']}")
    await bench.bring(raw(*headers, text=code_of(letter)))
    found = await bench.case(case.reference)
    assert not found.row.verified
    assert len(await bench.heard(found)) == 1
    assert [each["To"] for each in await bench.letters()] == [ROBIN, sender], (
        "each is answered where it wrote from"
    )


async def test_t27_letters_of_another_size_are_the_same_mailbox_and_are_answered_where_the_ticket_says(bench):
    case = await bench.case(await bench.write(ERASE))
    letter = (await bench.letters())[-1]
    await bench.write(code_of(letter), sender="Robin@Letters.Example", answers=letter)
    assert (await bench.case(case.reference)).row.verified
    assert {each["To"] for each in await bench.letters()} == {ROBIN}


# ---- T31, T32: whose word counts ------------------------------------------------------------------------------


async def proven(bench: Bench, *headers: str, sender: str = ROBIN) -> bool:
    """Whether an objection needs no code, since a server vouches for the sender."""
    case = await bench.case(await bench.bring(raw(*headers, f"From: {sender}", text=OBJECT)))
    return case.row.verified


AUTH = f"Authentication-Results: {TRUSTED};"
GOOD = f"{AUTH} spf=pass smtp.mailfrom=letters.example; dmarc=pass header.from=letters.example"


async def test_our_servers_word_spares_a_code(bench):
    assert await proven(bench, GOOD)
    assert not await proven(bench, f"{AUTH} none", sender="kim@letters.example")


FORGED = {
    "another server's": (GOOD.replace(TRUSTED, "mx.evil.example"),),
    "below our own": (f"{AUTH} dmarc=none header.from=letters.example", GOOD),
    "without an id": (GOOD.replace(f"{TRUSTED};", ""),),
    "in a comment": (f"{AUTH} spf=none (dmarc=pass header.from=letters.example)",),
    "ARC": (GOOD.replace("Authentication-Results: ", "ARC-Authentication-Results: i=1; "),),
    "t32 DKIM of another domain": (f"{AUTH} dkim=pass header.d=evil.example",),
    "t32 SPF of another domain": (f"{AUTH} spf=pass smtp.mailfrom=b@evil.example",),
    "t32 DMARC of another domain": (f"{AUTH} dmarc=pass header.from=evil.example",),
    "t32 l=": (
        f"{AUTH} dkim=pass header.d=letters.example; dmarc=pass header.from=letters.example",
        "DKIM-Signature: v=1; d=letters.example; h=from:to; l=20; bh=x; b=y",
    ),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
async def test_t31_t32_what_a_sender_can_write_or_replay_spares_no_code(bench, headers):
    assert not await proven(bench, *headers)
    assert await bench.kinds() == ["acknowledgement"]


async def test_t31_by_default_no_header_is_trusted(bench):
    trusting = replace(bench, desk=replace(bench.desk, trusted_authserv_id=None))
    assert not await proven(trusting, GOOD)


async def test_t31_without_an_id_only_the_topmost_header_counts(bench):
    desk = replace(bench, desk=replace(bench.desk, trusted_authserv_id=UNNAMED))
    unnamed = GOOD.replace(f"{TRUSTED};", "")
    assert await proven(desk, unnamed)
    assert not await proven(desk, GOOD, unnamed, sender="kim@letters.example")


async def test_t32_an_old_signed_letter_to_somebody_else_spares_no_code(bench):
    signed = f"{AUTH} dkim=pass header.d=letters.example; dmarc=pass header.from=letters.example"
    whole = "DKIM-Signature: v=1; d=letters.example; h=from:to; bh=x; b=y"
    old = raw(signed, whole, f"From: {ROBIN}", text=OBJECT).replace(DESK.encode(), b"sales@other.example")
    assert not (await bench.case(await bench.bring(old))).row.verified


async def test_t31_what_was_found_stands_in_the_journal_in_words(bench):
    case = await bench.case(await bench.bring(raw(GOOD, f"From: {ROBIN}", text=OBJECT)))
    opened = (await bench.journal(case))[0].detail
    assert opened["authentication"] == "pass"
    assert opened["authenticity"] == "DMARC passed for the sender's domain. SPF passed for the sender's domain."


@pytest.mark.parametrize(
    ("server", "signers", "told"),
    [
        (f"{AUTH} none", ("letters.example",), "By our own check, DKIM passed for the sender's domain."),
        (
            f"{AUTH} none",
            ("evil.example",),
            "By our own check, DKIM passed, but for another domain than the sender's.",
        ),
        (f"{AUTH} none", (), "By our own check, DKIM failed."),
        (f"{AUTH} dkim=fail header.d=letters.example", ("letters.example",), "DKIM failed."),
    ],
)
async def test_t32_a_signature_that_we_check_ourselves_is_told_to_staff_and_spares_no_code(
    bench, server, signers, told
):
    class Found:
        async def whole(self, raw):
            return signers

    checking = replace(bench, desk=replace(bench.desk, signatures=Found()))
    signed = "DKIM-Signature: v=1; d=letters.example; h=from:to; bh=x; b=y"
    case = await bench.case(await checking.bring(raw(server, signed, f"From: {ROBIN}", text=OBJECT)))
    assert (await bench.journal(case))[0].detail["authenticity"].endswith(told)
    assert not case.row.verified


@pytest.mark.parametrize("text", [ERASE, UNSUBSCRIBE])
async def test_t21_a_sender_whom_our_server_calls_forged_gets_nothing(bench, text):
    forged = f"{AUTH} dmarc=fail header.from=letters.example"
    case = await bench.case(await bench.bring(raw(forged, f"From: {ROBIN}", text=text)))
    assert (case.row.status, case.row.automatic) == ("triage", False)
    assert await quiet(bench)


# ---- T61, T05: where codes go ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [f"Please send my code to {EVE}.", f"{ERASE} Send the code to {EVE}, my new address."]
)
async def test_t61_a_code_goes_to_no_address_that_a_letter_names(bench, text):
    await bench.write(ERASE)
    letter = (await bench.letters())[-1]
    await bench.write(text, answers=letter, headers=[("Reply-To", EVE), ("Cc", EVE)])
    await bench.write("Please send me a new code.", answers=letter, headers=[("Reply-To", EVE)])
    letters = await bench.letters()
    assert {each["To"] for each in letters} == {ROBIN}
    assert not [each for each in letters if EVE in each.as_string()]
