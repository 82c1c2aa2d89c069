"""What becomes of mail that is never answered by itself: machines, old mail, reports, our own, the unreadable."""

from pathlib import Path

import pytest

from handlers import mail
from tests.handlers.conftest import DESK, ERASE, EVE, LUNCH, ROBIN, code_of

# ---- never answered, always listened to --------------------------------------------------------------------

MACHINES = {
    "list": {"headers": [("List-Id", "<talk.lists.example>"), ("Precedence", "list")]},
    "auto_reply": {"headers": [("Auto-Submitted", "auto-replied")]},
    "machine": {"sender": "no-reply@letters.example"},
    "null_path": {"headers": [("Return-Path", "<>")]},
}


@pytest.mark.parametrize("kind", ["list", "auto_reply", "machine", "null_path"])
async def test_what_nobody_wrote_is_never_answered_and_goes_to_staff_where_it_may_be_a_request(bench, kind):
    item = await bench.write(ERASE, **MACHINES[kind])
    row = (await bench.case(item)).row
    assert (row.status, row.automatic) == ("triage", False)
    assert kind in item.hits
    assert await bench.kinds() == []


@pytest.mark.parametrize("kind", ["list", "auto_reply", "machine", "null_path"])
async def test_what_nobody_wrote_and_is_no_request_is_kept(bench, kind):
    item = await bench.write(LUNCH, **MACHINES[kind])
    assert (item.state, item.ticket_id) == ("done", None)
    assert item.reason


async def test_mail_by_a_group_of_our_own_is_answered(bench):
    await bench.write(ERASE, headers=[("List-Id", "<privacy.linden.example>"), ("Precedence", "list")])
    assert await bench.kinds() == ["acknowledgement"]


async def test_a_colleagues_forward_is_for_staff(bench):
    forwarded = (
        "Please see below.\n\n---------- Forwarded message ---------\n"
        f"From: Robin Reed <{ROBIN}>\nDate: Mon, 2 Mar 2026\nSubject: data\nTo: Sam\n\n{ERASE}"
    )
    item = await bench.write(forwarded, sender="sam@linden.example", subject="Fwd: data")
    assert "forward_by_colleague" in item.hits
    assert (await bench.case(item)).row.automatic is False
    assert await bench.kinds() == []


async def test_a_web_form_is_for_staff(bench):
    item = await bench.bring((Path(__file__).parents[1] / "mails/web-form.eml").read_bytes())
    assert "form" in item.hits
    assert (await bench.case(item)).row.automatic is False
    assert await bench.kinds() == []


async def test_an_automatic_reply_that_quotes_a_code_proves_nothing(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    item = await bench.write(
        f"I am away. You wrote: {code_of(letter)}", answers=letter, headers=[("Auto-Submitted", "auto-replied")]
    )
    assert not (await bench.case(case.reference)).row.verified
    assert item.ticket_id == case.id
    assert await bench.events(case) == ["opened", "auto_reply"]


# ---- old mail ----------------------------------------------------------------------------------------------


async def test_old_mail_becomes_a_ticket_with_its_real_date_and_no_letter(bench):
    old = bench.clock().replace(month=1)
    item = await bench.write(ERASE, received_at=old, automatic=False)
    row = (await bench.case(item)).row
    assert (row.received_at, row.automatic, row.held) == (old, False, True)
    assert await bench.kinds() == []


async def test_old_mail_of_a_list_is_not_merely_held_back(bench):
    item = await bench.write(ERASE, automatic=False, **MACHINES["list"])
    row = (await bench.case(item)).row
    assert (row.automatic, row.held) == (False, False)


# ---- reports, our own, and what cannot be read -------------------------------------------------------------

BOUNCE = """From: MAILER-DAEMON@mx.letters.example
To: {desk}
Subject: Undelivered Mail
Return-Path: <>
Message-ID: <b1@mx.letters.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.letters.example

Final-Recipient: rfc822; robin@letters.example
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: {id}
Subject: We have received your request

Hello.
--b--
"""


async def test_a_bounce_is_an_event_at_the_ticket_that_it_concerns_and_staff_are_told(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    item = await bench.bring(BOUNCE.format(desk=DESK, id=letter["Message-ID"]).encode())
    assert item.ticket_id == case.id
    assert (await bench.journal(case))[-1].detail == {"code": "5.1.1"}
    assert await bench.alerts() == [f"A letter of {case.reference} could not be delivered."]
    assert await bench.kinds() == ["acknowledgement"]


async def test_a_bounce_of_something_unknown_is_told_and_kept(bench):
    item = await bench.bring(BOUNCE.format(desk=DESK, id="<x@elsewhere.example>").encode())
    assert (item.state, item.ticket_id) == ("done", None)
    assert await bench.alerts() == ["A mail that this desk does not know could not be delivered."]


async def test_our_own_mail_is_known_by_its_message_id(bench):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    item = await bench.bring(letter.as_bytes())
    assert (item.state, item.ticket_id, item.hits[0]) == ("done", None, "ours")


async def test_mail_with_our_address_and_without_our_mark_is_listened_to(bench):
    item = await bench.write(ERASE, sender=DESK)
    assert (await bench.case(item)).row.automatic is False
    assert await bench.kinds() == []


async def test_what_has_two_senders_is_quarantined_with_its_bytes_a_reason_and_a_clock(bench):
    item = await bench.write(ERASE, sender=f"{ROBIN}, {EVE}")
    assert (item.state, item.ticket_id, str(item.due_at)) == ("quarantined", None, "2026-04-02")
    assert "Who sent it is open" in item.reason
    assert item.raw
    assert [item.reason in each for each in await bench.alerts()] == [True]


async def test_what_is_too_large_is_for_a_person_who_says_so(bench):
    item = await bench.write(ERASE, complete=False)
    assert (await bench.case(item)).row.status == "triage"
    assert await bench.kinds() == ["acknowledgement_neutral"]


async def test_one_mail_makes_one_ticket_however_often_it_is_handled(bench):
    item = await bench.write(ERASE)
    item.state = "new"
    await mail.handle(bench.desk, item)
    assert len(await bench.cases()) == 1
