"""Attacks that would put words into the desk's mouth, or have it answer what nobody wrote."""

import re
from contextlib import suppress

import pytest

from bot.domain.lifecycle import Refused
from handlers import actions
from handlers.approvals import approve_draft
from tests.handlers.conftest import ADA, BEN, DESK, ERASE, EVE, ROBIN, UNSUBSCRIBE, Bench, bench, text_of
from tests.handlers.test_delivery import delivery, send_all, sink, states

FIXTURES = (bench, sink, delivery)


# ---- what no machine is answered, and nobody else gets ----------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        [("Auto-Submitted", "auto-replied")],
        [("X-Autoreply", "yes")],
        [("X-Auto-Response-Suppress", "All")],
        [("Precedence", "auto_reply")],
    ],
)
async def test_t16_an_automatic_reply_gets_none(bench, headers):
    item = await bench.write(ERASE, headers=headers)
    assert await bench.kinds() == []
    assert (await bench.case(item)).row.status == "triage"


async def test_t17_a_forged_bounce_gets_no_answer_and_changes_no_delivery(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    await send_all(delivery)
    forged = (
        f"From: MAILER-DAEMON@evil.example\r\nTo: {DESK}\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n"
        f"Message-ID: <b@evil.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; evil.example\r\n\r\n"
        f"Final-Recipient: rfc822; {ROBIN}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: [{case.reference}]\r\n\r\n--b--\r\n"
    )
    item = await bench.bring(forged.encode())
    assert (item.ticket_id, await states(bench)) == (None, [("acknowledgement", "sent")])
    assert await bench.events(case) == ["opened", "sent"]


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (DESK, []),
        ("mailer-daemon@letters.example", []),
        ("noreply@letters.example", []),
        (ROBIN, [("List-Id", "<talk.lists.example>")]),
        (ROBIN, [("Precedence", "bulk")]),
    ],
)
async def test_t19_what_nobody_wrote_is_never_answered(bench, sender, headers):
    await bench.write(ERASE, sender=sender, headers=headers)
    assert await bench.kinds() == []


async def test_t20_an_absence_note_that_quotes_the_code_verifies_nothing(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    note = f"I am away until Monday.\n\n{text_of(letter)}"
    await bench.write(note, answers=letter, subject="Out of office", headers=[("Auto-Submitted", "auto-replied")])
    assert not (await bench.case(case.reference)).row.verified
    assert await bench.kinds() == ["acknowledgement"]


async def test_t60_thirty_people_in_copy_get_nothing(bench, sink, delivery):
    people = ", ".join(f"p{place}@crowd.example" for place in range(30))
    await bench.write(ERASE, headers=[("Cc", people), ("Reply-To", EVE)])
    await send_all(delivery)
    (accepted,) = sink.messages
    assert accepted.recipients == (ROBIN,)
    assert (accepted.mail["To"], accepted.mail["Cc"], accepted.mail["Bcc"]) == (ROBIN, None, None)


# ---- words put into its mouth ------------------------------------------------------------------------------


async def _raw(bench: Bench, *lines: str, text: str = ERASE):
    head = [*lines, f"To: {DESK}", "Message-ID: <1@letters.example>", "Content-Type: text/plain; charset=utf-8"]
    return await bench.bring("\r\n".join([*head, "", text, ""]).encode())


async def test_t15_nothing_that_the_sender_wrote_stands_in_the_answer(bench):
    await _raw(bench, f'From: "Your bank" <{ROBIN}>', "Subject: Pay now http://evil.example")
    (letter,) = await bench.letters()
    assert letter["To"] == ROBIN
    written = letter.as_string() + text_of(letter)
    assert not [each for each in ("Pay now", "evil.example", "Your bank") if each in written]


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?My_data=0D=0ABcc=3A_victim=40evil=2Eexample?=",
        "=?utf-8?b?TXkgZGF0YQ0KQmNjOiB2aWN0aW1AZXZpbC5leGFtcGxl?=",
    ],
)
async def test_t28_a_line_break_in_an_encoded_subject_adds_no_header_and_no_recipient(
    bench, sink, delivery, subject
):
    item = await _raw(bench, f"From: {ROBIN}", f"Subject: {subject}")
    await send_all(delivery)
    (accepted,) = sink.messages
    assert accepted.recipients == (ROBIN,)
    assert accepted.mail["Bcc"] is None
    assert (await bench.case(item)).row.status == "verifying"


BREAKS = "\r\nBcc: victim@evil.example\u2028X-Evil: 1\u2029\x85Cc: v@evil.example\x0b\x0c"


async def _asked(bench: Bench, sink, post_all, text: str):
    """The letter with which staff ask the requester back in these words."""
    case = await bench.case(await bench.write(ERASE))
    await actions.ask(bench.desk, case.reference, ADA, text)
    draft = (await bench.drafts())[-1]
    for person in (ADA, BEN):
        with suppress(Refused):
            await approve_draft(bench.desk, draft.id, person, draft.digest, "We quote what came in.")
    await post_all()
    return sink.messages[-1]


async def test_t29_line_breaks_of_any_kind_in_names_and_forms_break_no_line_of_a_header(bench, sink, delivery):
    name = "=?utf-8?q?Robin=0D=0ABcc=3A_v=40evil=2Eexample=E2=80=A8=C2=85?="
    item = await _raw(bench, f"From: {name} <{ROBIN}>", "Subject: x")
    assert (await bench.case(item)).requester.name.isprintable()
    accepted = await _asked(bench, sink, lambda: send_all(delivery), f"Who are you?{BREAKS}")
    head = accepted.raw.partition(b"\r\n\r\n")[0]
    assert b"evil" not in head.lower()
    assert b"\n" not in accepted.raw.replace(b"\r\n", b"")
    assert b"\r" not in accepted.raw.replace(b"\r\n", b"")
    assert {each.recipients for each in sink.messages} == {(ROBIN,)}


async def test_t30_dots_and_commands_on_lines_of_their_own_stay_text(bench, sink, delivery):
    text = f".\r\nMAIL FROM:<evil@evil.example>\r\nRCPT TO:<{EVE}>\r\nDATA\r\n.\n.\r\n..\r\n"
    item = await _raw(bench, f"From: {ROBIN}", "Subject: x", text=f"{UNSUBSCRIBE}\r\n{text}")
    accepted = await _asked(bench, sink, lambda: send_all(delivery), text)
    assert [each.recipients for each in sink.messages] == [(ROBIN,)] * 3, "two acknowledgements and the question"
    said = [line for line in text_of(accepted.mail).splitlines() if "evil@" in line or line.strip(" .") == ""]
    assert any("MAIL FROM:<evil@evil.example>" in line for line in said)
    assert (await bench.case(item)).row.status == "open"


PLACEHOLDERS = "{{7*7}} {% for a in b %} ${7*7} {0.__class__} %s%n #{7*7} {# x #} <%= 7*7 %>"


async def test_t63_placeholders_stay_as_they_were_written(bench, sink, delivery):
    item = await _raw(bench, f'From: "{PLACEHOLDERS}" <{ROBIN}>', f"Subject: {PLACEHOLDERS}", text=PLACEHOLDERS)
    case = await bench.case(item)
    assert case.requester.name == PLACEHOLDERS
    assert PLACEHOLDERS in (await bench.heard(case))[0]
    accepted = await _asked(bench, sink, lambda: send_all(delivery), PLACEHOLDERS)
    assert PLACEHOLDERS in " ".join(text_of(accepted.mail).split())
    assert not any(re.search(r"\b49\b", text_of(each.mail)) for each in sink.messages)
