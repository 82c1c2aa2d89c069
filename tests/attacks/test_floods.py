"""Attacks that would make the desk a weapon: floods, loops, backscatter, and words put into its mouth."""

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from bot.delivery import MAILED
from bot.domain.lifecycle import Refused
from bot.domain.limits import LIMITS, LOOP, Scope
from bot.domain.vocabulary import Outcome
from bot.store import sightings
from handlers import actions
from handlers.approvals import approve_draft
from tests.attacks.directories import ABOUT_IDA, IDA, book, listed, to
from tests.handlers.conftest import ADA, BEN, DESK, ERASE, EVE, ROBIN, UNSUBSCRIBE, Bench, bench, text_of
from tests.handlers.test_delivery import delivery, send_all, sink, states

FIXTURES = (bench, sink, delivery, book, listed)
MOST = {(each.scope, each.letter): each.most for each in LIMITS}
AGENTS = "agents.example"
ODD = "There is something odd with my personal data."


async def full(bench: Bench, name: str, most: int) -> None:
    """So many automatic mails have left within the last half an hour."""
    async with bench.desk.store.transaction() as work:
        for place in range(most):
            at = bench.clock() - timedelta(minutes=30) + timedelta(seconds=place)
            await sightings.add(work, MAILED, name, f"before-{place}", at)


def domain(bench: Bench) -> str:
    return f"{Scope.DOMAIN}:{bench.desk.store.keys.index(f'domain:{AGENTS}')}"


# ---- floods ------------------------------------------------------------------------------------------------


@pytest.mark.timeout(600)
@pytest.mark.parametrize("many", [30, pytest.param(200, marks=pytest.mark.slow)])
async def test_t08_many_requests_of_one_domain_are_as_many_tickets_and_their_answers_are_throttled(
    bench, sink, delivery, many
):
    await full(bench, domain(bench), MOST[Scope.DOMAIN, ""] - 10)
    for place in range(many):
        await bench.write(ERASE, sender=f"client-{place}@{AGENTS}")
    rows = [each.row for each in await bench.cases()]
    assert [(each.status, str(each.due_at)) for each in rows] == [("verifying", "2026-04-02")] * many
    await send_all(delivery)
    assert len(sink.messages) == 10
    for _ in range(3):
        bench.clock.forward(hours=1)
        await send_all(delivery)
    assert {each.recipients for each in sink.messages} == {(f"client-{n}@{AGENTS}",) for n in range(many)}
    assert len(sink.messages) == many


async def test_t76_a_flood_of_one_domain_keeps_nobody_else_waiting(bench, sink, delivery):
    await full(bench, domain(bench), MOST[Scope.DOMAIN, ""])
    for place in range(20):
        await bench.write(ERASE, sender=f"client-{place}@{AGENTS}")
    await bench.write(ERASE)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(ROBIN,)]


async def test_t76_in_all_no_more_leaves_than_a_mail_server_bears_and_those_who_wait_are_spread(
    bench, sink, delivery
):
    await full(bench, f"{Scope.ALL}:", MOST[Scope.ALL, ""])
    for place in range(5):
        await bench.write(ERASE, sender=f"client-{place}@town-{place}.example")
    await send_all(delivery)
    assert sink.messages == []
    assert len({each.due_at for each in await bench.queued()}) == 5
    bench.clock.forward(hours=2)
    await send_all(delivery)
    assert len(sink.messages) == 5


async def test_t14_one_ticket_writes_no_more_than_its_share(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    await full(bench, f"{Scope.TICKET}:{case.id}", MOST[Scope.TICKET, ""])
    await bench.write(ERASE, sender=EVE)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(EVE,)]
    bench.clock.forward(hours=1)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(EVE,), (ROBIN,)]


async def test_t76_what_a_person_has_approved_is_never_held_back(bench, sink, delivery):
    await full(bench, f"{Scope.ALL}:", MOST[Scope.ALL, ""])
    case = await bench.case(await bench.write(ERASE))
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED, "You never were a customer.")
    (draft,) = await bench.drafts()
    await approve_draft(bench.desk, draft.id, BEN, draft.digest)
    await send_all(delivery)
    assert await states(bench) == [("acknowledgement", "ready"), ("denied", "sent")]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("many", [40, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_t14_one_victims_name_forged_many_times_gets_the_first_answers_alone(bench, sink, delivery, many):
    for _ in range(many):
        await bench.write(ERASE)
    for _ in range(30):
        await send_all(delivery)
        bench.clock.forward(hours=1)
    assert [each.recipients for each in sink.messages] == [(ROBIN,)] * 2
    (case,) = await bench.cases()
    assert len(await bench.heard(case)) == many
    assert [each for each in await bench.alerts() if "a machine" in each] != []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("many", [40, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_t14_letters_that_are_no_repetition_are_recorded_quietly_after_the_first(
    bench, sink, delivery, many
):
    for place in range(many):
        await bench.write(ODD, subject=f"My data, part {place}")
    for _ in range(30):
        await send_all(delivery)
        bench.clock.forward(hours=1)
    assert len(sink.messages) == MOST[Scope.ADDRESS, ""] + 1
    rows = [each.row for each in await bench.cases()]
    assert len(rows) == many
    assert {each.status for each in rows} == {"triage"}
    assert [each.automatic for each in rows] == [True] * LOOP.most + [False] * (many - LOOP.most)
    assert len([each for each in await bench.alerts() if "a machine" in each]) == 1


async def test_t14_an_account_that_many_strangers_name_does_not_have_its_owner_flooded(listed, sink):
    for place in range(LOOP.most + 5):
        await listed.write(ABOUT_IDA, sender=f"eve-{place}@elsewhere.example")
    letters = await listed.letters()
    assert len(to(letters, IDA)) == LOOP.most
    assert len(letters) - len(to(letters, IDA)) == LOOP.most + 5, "who wrote hears the same as ever"


# ---- loops -------------------------------------------------------------------------------------------------


async def _talk(bench: Bench, sink, delivery, hours: int, *, in_thread: bool) -> int:
    """A machine answers every mail of ours at once and marks none; how many letters it got in so many hours."""
    numbers, answered = count(), 0
    for _ in range(hours):
        await send_all(delivery)
        for accepted in sink.messages[answered:]:
            how = {"answers": accepted.mail} if in_thread else {"subject": f"My data, case {next(numbers)}"}
            await bench.write("What is the status of my request?" if in_thread else ODD, **how)
        answered = len(sink.messages)
        bench.clock.forward(hours=1)
    return answered


@pytest.mark.parametrize("in_thread", [False, True])
async def test_t18_two_machines_that_answer_each_other_are_stopped_and_staff_are_told_once(
    bench, sink, delivery, in_thread
):
    await bench.write(ERASE)
    got = await _talk(bench, sink, delivery, 48, in_thread=in_thread)
    assert got <= LOOP.most
    quiet = [each for each in await bench.cases() if not each.row.automatic]
    assert quiet
    assert all("loop" in each.row.concerns for each in quiet)
    assert len([each for each in await bench.alerts() if "a machine" in each]) == 1
    assert sum([len(await bench.heard(each)) for each in await bench.cases()]) == 1 + got, "nothing is lost"


async def test_t18_a_person_who_has_looked_opens_the_ticket_again(bench):
    for place in range(LOOP.most + 1):
        await bench.write(ODD, subject=f"My data, part {place}")
    reference = (await bench.cases())[-1].reference
    before = len(await bench.letters())
    await actions.set_types(bench.desk, reference, ADA, ["deletion"])
    row = (await bench.case(reference)).row
    assert (row.automatic, row.held, row.concerns) == (True, False, [])
    assert (await bench.kinds())[before:] == ["acknowledgement"]


async def test_t18_a_question_that_the_policy_answers_is_not_closed_without_an_answer(bench):
    for place in range(LOOP.most):
        await bench.write(ODD, subject=f"My data, part {place}")
    case = await bench.case(await bench.write("How long do you keep security logs?"))
    assert (case.row.status, case.row.automatic) == ("open", False)


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
    assert all("49" not in text_of(each.mail) for each in sink.messages)
