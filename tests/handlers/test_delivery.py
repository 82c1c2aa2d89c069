"""Mail leaves: what becomes of each fate, how much is enough, and what a crash leaves behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.post import Post
from bot.claims import SPAN
from bot.delivery import MailDelivery
from bot.domain.limits import LIMITS
from bot.domain.vocabulary import Outcome
from bot.settings.endpoints import SmtpServer
from bot.store import cases, drafts, outbox
from bot.store.tables import OutboxRow
from handlers import actions
from handlers.approvals import approve_draft
from tests.handlers.conftest import ADA, ERASE, EVE, ROBIN, UNSUBSCRIBE, Bench, code_of, text_of, wrong
from tests.servers.smtp import PASSWORD, USER, SmtpSink

PER_HOUR = LIMITS[0].most


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink(tls="none") as server:
        yield server


def post_to(sink: SmtpSink, **other) -> Post:
    server = {"host": "127.0.0.1", "port": sink.port, "user": USER, "password": PASSWORD, "tls": "none", **other}
    return Post(SmtpServer(**server), local_hostname="desk.test", timeout=5, answer_timeout=5)


@pytest.fixture
async def delivery(bench, sink) -> AsyncIterator[MailDelivery]:
    post = post_to(sink)
    yield MailDelivery(bench.desk, post, alone=True)
    await post.close()


async def send_all(delivery: MailDelivery) -> None:
    while await delivery.send_next():
        pass


async def rows(bench: Bench) -> list[OutboxRow]:
    states = ("ready", "sending", "sent", "unsure", "dead")
    every = [row for state in states for row in await bench.queued(state=state)]
    return sorted(every, key=lambda row: row.id or 0)


async def states(bench: Bench) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in await rows(bench)]


async def decided(bench: Bench):
    """A ticket whose decision waits to be sent behind its acknowledgement."""
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    (draft,) = await bench.drafts()
    await approve_draft(bench.desk, draft.id, ADA, draft.digest)
    return case


# ---- each fate ---------------------------------------------------------------------------------------------


async def test_what_is_accepted_is_sent_and_what_it_held_is_erased(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    await send_all(delivery)
    (accepted,) = sink.messages
    assert (accepted.sender, accepted.recipients) == ("privacy@linden.example", (ROBIN,))
    (row,) = await rows(bench)
    assert (row.state, row.payload, row.sent_at) == ("sent", None, bench.clock())
    assert await bench.events(case) == ["opened", "sent"]


async def test_what_is_refused_for_now_is_tried_again_with_growing_pauses(bench, sink, delivery):
    await bench.write(ERASE)
    (before,) = await bench.letters()
    sink.fail("rcpt", code=451, times=3)
    pauses = []
    for _ in range(3):
        await delivery.send_next()
        (row,) = await rows(bench)
        pauses.append(row.due_at - bench.clock())
        assert not await delivery.send_next(), "it is not due yet"
        bench.clock.at = row.due_at
    assert pauses == sorted(set(pauses))
    await send_all(delivery)
    (accepted,) = sink.messages
    assert accepted.mail["Message-ID"] == before["Message-ID"]


async def test_after_five_days_staff_are_told(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    sink.fail("rcpt", code=451, times=2)
    await delivery.send_next()
    bench.clock.forward(days=5)
    await send_all(delivery)
    assert await states(bench) == [("acknowledgement", "dead")]
    assert await bench.alerts() == [
        f"The letter “acknowledgement” of {case.reference} could not be sent: the mail server answered 451."
    ]


async def test_what_is_refused_for_good_is_told_to_staff_at_once_and_the_rest_goes_on(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    await bench.write(ERASE, sender=EVE)
    sink.fail("rcpt", code=550, recipient=ROBIN)
    await send_all(delivery)
    assert await states(bench) == [("acknowledgement", "dead"), ("acknowledgement", "sent")]
    assert len(await bench.alerts()) == 1
    assert (await bench.journal(case))[-1].detail == {"letter": "acknowledgement", "code": 550}


async def test_a_wrong_password_fails_no_letter(bench, sink):
    await bench.write(ERASE)
    post = post_to(sink, password="wrong")
    delivery = MailDelivery(bench.desk, post, alone=True)
    await delivery.send_next()
    assert (delivery.connected, await states(bench)) == (False, [("acknowledgement", "ready")])
    assert await bench.alerts() == []
    await post.close()


async def test_a_notice_of_doubtful_fate_is_sent_again_with_the_same_message_id(bench, sink, delivery):
    await bench.write(ERASE)
    sink.fail("dot", "drop")
    await delivery.send_next()
    bench.clock.forward(hours=1)
    await send_all(delivery)
    first, second = sink.messages
    assert first.raw == second.raw
    assert await states(bench) == [("acknowledgement", "sent")]


async def test_a_decision_of_doubtful_fate_is_not_sent_again_and_staff_are_asked(bench, sink, delivery):
    case = await decided(bench)
    await delivery.send_next()
    sink.fail("dot", "drop")
    bench.clock.forward(hours=1)
    await send_all(delivery)
    bench.clock.forward(days=1)
    await send_all(delivery)
    assert len(sink.messages) == 2
    assert await states(bench) == [("acknowledgement", "sent"), ("fulfilled", "unsure")]
    (alert,) = await bench.alerts()
    assert f"“fulfilled” of {case.reference} may or may not have been sent" in alert
    assert "unsure" in await bench.events(case)


async def test_a_code_that_was_asked_for_and_is_of_doubtful_fate_is_not_sent_again(bench, sink, delivery):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    await delivery.send_next()
    await bench.write("Please send me a new code.", answers=letter)
    sink.fail("dot", "drop")
    await send_all(delivery)
    assert await states(bench) == [("acknowledgement", "sent"), ("new_code", "unsure")]


async def test_without_slack_staff_are_told_of_a_refusal_by_mail(quiet, sink):
    await quiet.write(ERASE)
    post = post_to(sink)
    sink.fail("rcpt", code=550, recipient=ROBIN)
    await send_all(MailDelivery(quiet.desk, post, alone=True))
    (told,) = sink.messages
    assert told.recipients == ("alerts@linden.example",)
    assert "550" in text_of(told.mail)
    assert ROBIN not in text_of(told.mail)
    await post.close()


async def test_what_cannot_be_opened_does_not_keep_the_rest_waiting(bench, sink, delivery):
    await bench.write(ERASE)
    (row,) = await bench.queued()
    async with bench.desk.store.transaction() as work:
        broken = await outbox.load(work, row.id)
        broken.payload = b"no longer what was sealed"
        work.session.add(broken)
    await bench.write(ERASE, sender=EVE)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(EVE,)]
    assert await states(bench) == [("acknowledgement", "ready"), ("acknowledgement", "sent")]


# ---- enough is enough --------------------------------------------------------------------------------------


async def test_no_address_gets_more_than_five_automatic_mails_in_an_hour_and_the_rest_is_merged(
    bench, sink, delivery
):
    texts = (ERASE, UNSUBSCRIBE, "I object to the use of my personal data for profiling.")
    for text in (*texts, *("What do you hold on me?", "Please correct my address in my personal data.")):
        await bench.write(text)
    for place in range(3):
        await bench.write("There is something odd with my personal data.", subject=f"My data, part {place}")
    await send_all(delivery)
    assert len(sink.messages) == PER_HOUR
    bench.clock.forward(hours=1)
    await send_all(delivery)
    assert len(sink.messages) == PER_HOUR + 1
    assert sink.messages[-1].mail["Subject"].count("[PR-") == 3


async def test_others_get_their_mail_while_one_address_has_to_wait(bench, sink, delivery):
    for place in range(PER_HOUR + 1):
        await bench.write("There is something odd with my personal data.", subject=f"My data, part {place}")
    await bench.write(ERASE, sender=EVE)
    await send_all(delivery)
    assert sink.messages[-1].recipients == (EVE,)


async def test_beyond_that_answers_to_wrong_codes_are_dropped_and_decisions_leave(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    for _ in range(PER_HOUR + 1):
        await bench.write(wrong(code_of(letter)), answers=letter)
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED, "You never were a customer.")
    (draft,) = await bench.drafts()
    await approve_draft(bench.desk, draft.id, "U0BEN", draft.digest)
    await send_all(delivery)
    kinds = [kind for kind, state in await states(bench) if state == "sent"]
    assert kinds == ["acknowledgement", *["wrong_code"] * (PER_HOUR - 1), "denied"]
    assert [kind for kind, state in await states(bench) if state == "dead"] == ["wrong_code"] * 2


# ---- after a crash -----------------------------------------------------------------------------------------


async def begin(bench: Bench) -> None:
    """Somebody begins to send everything that is due, and dies."""
    async with bench.desk.store.transaction() as work:
        for row in await outbox.due(work, outbox.MAIL, bench.clock()):
            await outbox.start(work, row, bench.clock(), SPAN)


async def test_after_a_crash_notices_go_out_again_and_decisions_are_in_doubt(bench, sink, delivery):
    await decided(bench)
    await begin(bench)
    await delivery.recover(alone=True)
    await send_all(delivery)
    assert await states(bench) == [("acknowledgement", "sent"), ("fulfilled", "unsure")]
    assert len(await bench.alerts()) == 1


async def test_beside_other_replicas_only_what_nobody_works_on_any_more_is_taken_over(bench, sink, delivery):
    await bench.write(ERASE)
    await begin(bench)
    await delivery.recover(alone=False)
    assert await states(bench) == [("acknowledgement", "sending")]
    bench.clock.forward(seconds=SPAN.total_seconds())
    await delivery.recover(alone=False)
    assert await states(bench) == [("acknowledgement", "ready")]


async def test_two_replicas_send_each_letter_once(bench_on_postgres, sink):
    bench = bench_on_postgres
    for place in range(8):
        await bench.write(ERASE, sender=f"person-{place}@letters.example")
    posts = [post_to(sink) for _ in range(2)]
    first, second = (MailDelivery(bench.desk, each, alone=False) for each in posts)
    await asyncio.gather(send_all(first), send_all(second))
    for each in posts:
        await each.close()
    recipients = sorted(each.recipients for each in sink.messages)
    assert recipients == [(f"person-{place}@letters.example",) for place in range(8)]


async def test_the_draft_of_a_letter_shows_how_far_it_has_come(bench, sink, delivery):
    await decided(bench)
    await send_all(delivery)
    shown = [each.key for each in await bench.queued(outbox.SLACK) if each.kind == "draft"]
    assert shown[-1].endswith(":sent")


# ---- looked at once more ------------------------------------------------------------------------------------


async def test_a_letter_whose_draft_was_changed_after_approval_does_not_leave(bench, sink, delivery):
    case = await decided(bench)
    async with bench.desk.store.transaction() as work:
        draft = await drafts.load(work, 1)
        proposal = await drafts.read(work, draft)
        drafts.rewrite(work, case, draft, replace(proposal, text="Everything.\n"), author=ADA, digest=draft.digest)
    await send_all(delivery)
    assert ("fulfilled", "dead") in await states(bench)
    assert [each.recipients for each in sink.messages] == [(ROBIN,)]  # the acknowledgement
    assert any("it is not what was approved" in each for each in await bench.alerts())


async def test_a_letter_of_substance_does_not_leave_without_proof(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    await actions.vouch(bench.desk, case.reference, ADA, "Known by voice.")
    (draft,) = await bench.drafts()
    for person in ("U0BEN", "U0CARL"):
        await approve_draft(bench.desk, draft.id, person, draft.digest)
    async with bench.desk.store.transaction() as work:
        row = (await cases.load(work, case.reference)).requests[0]
        row.verified_at = None
        work.session.add(row)
    await send_all(delivery)
    assert ("fulfilled", "dead") in await states(bench)
