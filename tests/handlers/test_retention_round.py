"""A round of retention reaches the mailbox and Slack, and says what it could not do."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from imapclient import DELETED
from sqlmodel import select

from bot.clock import Clock
from bot.demo.slack.workspace import BOT_USER
from bot.intake import InboxWorker, Intake
from bot.retention import Report, Retention
from bot.settings.endpoints import ImapServer
from bot.store import outbox
from bot.store.tables import InboxItem
from handlers import holding, mail
from tests.adapters.mailboxes import letter, server
from tests.handlers.conftest import ADA, STAFF, UNSUBSCRIBE, Bench
from tests.handlers.slack_customers import CARLA, DELETE, support_of
from tests.handlers.slack_people import Room, room_of, workspace
from tests.handlers.test_retention import closed
from tests.servers.dovecot import Dovecot

LONG = 800  # days


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    return dovecot.new_user()


async def taken_in(bench: Bench, where: ImapServer, folder: str = "INBOX") -> None:
    """What is in the mailbox becomes tickets, which are closed."""
    intake = Intake(bench.desk, where, owner="one", max_bytes=100_000)
    await intake._mailbox.open()
    await intake._catch_up(folder)
    await intake._mailbox.close()
    while await InboxWorker(bench.desk, "imap", mail.handle, alone=True).work_once():
        pass
    for case in await bench.cases():
        case.row.status = "closed"
        case.row.closed_at = bench.clock()
        async with bench.desk.store.transaction() as work:
            await work.session.merge(case.row)


async def removals(bench: Bench) -> list[str | None]:
    async with bench.desk.store.reading() as work:
        return list((await work.session.exec(select(InboxItem.removal).order_by(InboxItem.id))).all())


async def round_of(bench: Bench, where: ImapServer) -> Report:
    return await Retention(bench.desk, [where]).round()


async def test_the_mail_of_a_redacted_ticket_is_deleted_and_no_other(bench, dovecot, user):
    where = server(dovecot, user)
    for subject in ("One", "Two"):
        dovecot.deliver(letter(UNSUBSCRIBE, subject), user)
    await taken_in(bench, where)
    dovecot.deliver(letter(UNSUBSCRIBE, "Three"), user)
    bench.clock.forward(days=LONG)
    report = await round_of(bench, where)
    assert (report.removed.deleted, report.removed.waiting, dovecot.count(user)) == (2, 0, 1)
    assert await removals(bench) == ["gone", "gone"]


async def test_a_mail_that_somebody_has_deleted_already_is_done(bench, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(UNSUBSCRIBE), user)
    await taken_in(bench, where)
    with dovecot.session(user, "INBOX") as session:
        session.delete_messages([1])
        session.expunge()
    bench.clock.forward(days=LONG)
    assert (await round_of(bench, where)).removed.waiting == 0
    assert await removals(bench) == ["gone"]


async def test_a_dry_run_deletes_nothing(bench, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(UNSUBSCRIBE), user)
    await taken_in(bench, where)
    bench.clock.forward(days=LONG)
    await Retention(bench.desk, [where]).round(dry_run=True)
    assert dovecot.count(user) == 1


async def test_what_waits_for_an_unreachable_mailbox_is_deleted_at_the_next_round(bench, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(UNSUBSCRIBE), user)
    await taken_in(bench, where)
    bench.clock.forward(days=LONG)
    dovecot.stop()
    report = await round_of(bench, where)
    dovecot.start()
    assert (len(report.removed.faults), report.removed.waiting, await removals(bench)) == (1, 1, ["due"])
    assert (await round_of(bench, where)).removed.deleted == 1
    assert dovecot.count(user) == 0


async def test_a_refused_login_is_said_and_the_mail_waits(bench, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(UNSUBSCRIBE), user)
    await taken_in(bench, where)
    bench.clock.forward(days=LONG)
    report = await round_of(bench, replace(where, password="wrong"))
    assert (len(report.removed.faults), report.removed.waiting) == (1, 1)
    assert user not in report.removed.faults[0]


async def test_in_a_folder_that_was_replaced_nothing_is_deleted_by_number(bench, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(UNSUBSCRIBE), user)
    await taken_in(bench, where)
    dovecot.recreate(user)
    dovecot.deliver(letter("Somebody else's letter."), user)
    bench.clock.forward(days=LONG)
    report = await round_of(bench, where)
    assert (report.removed.replaced, report.removed.waiting, dovecot.count(user)) == (1, 0, 2)


async def test_a_server_that_cannot_expunge_single_mails_is_not_made_to_expunge_others(
    bench, dovecot, user, monkeypatch
):
    where = server(dovecot, user)
    dovecot.deliver(letter(UNSUBSCRIBE), user)
    await taken_in(bench, where)
    dovecot.deliver(letter("Deleted by hand, and perhaps by mistake."), user)
    with dovecot.session(user, "INBOX") as session:
        session.add_flags([2], [DELETED])
    monkeypatch.setattr(
        "imapclient.IMAPClient.has_capability", lambda _, name: name not in ("UIDPLUS", "AUTH=PLAIN")
    )
    bench.clock.forward(days=LONG)
    report = await round_of(bench, where)
    assert (report.removed.deleted, report.removed.waiting, dovecot.count(user)) == (0, 1, 2)
    assert "expunge the folder" in report.removed.faults[0]
    with dovecot.session(user, "INBOX") as session:
        session.remove_flags([2], [DELETED])
    assert (await round_of(bench, where)).removed.deleted == 1
    assert dovecot.count(user) == 1


# ---- Slack -------------------------------------------------------------------------------------------------


@pytest.fixture
async def room(bench: Bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack, listening=False) as each:
        yield each


async def test_the_card_and_what_the_desk_said_below_it_are_deleted_and_what_people_said_stays(room):
    reference = await closed(room.bench)
    stays = await closed(room.bench, sender="eve@elsewhere.example")
    await room.post_all()
    card = next(each for each in room.posts() if reference in each.text)
    said = replace(
        card, ts=room.slack.workspace.next_ts(), user=ADA, text="I looked.", blocks=[], thread_ts=card.ts
    )
    room.slack.workspace.keep(said)
    others = [each for each in room.posts() if stays in each.text]
    room.bench.clock.forward(days=LONG)
    await holding.hold(room.bench.desk, stays, ADA, "A claim.")
    await Retention(room.bench.desk, []).round()
    await room.post_all()
    assert [each.text for each in room.posts(card.ts)] == ["I looked."]
    assert [each.ts for each in room.posts()] == [each.ts for each in others]


async def test_what_slack_refuses_for_now_is_tried_again(room):
    await closed(room.bench)
    await room.post_all()
    room.bench.clock.forward(days=LONG)
    await Retention(room.bench.desk, []).round()
    room.slack.fail("chat.delete", error="internal_error")
    await room.post_all()
    assert room.posts()
    room.bench.clock.forward(minutes=10)
    await room.post_all()
    assert room.slack.workspace.messages(STAFF) == []
    assert [
        each.facts for each in await room.bench.queued(outbox.SLACK, state="sent") if each.kind == "removal"
    ] == [{}]


async def test_a_card_that_somebody_deleted_already_is_no_fault(room):
    await closed(room.bench)
    await room.post_all()
    for each in room.slack.workspace.messages(STAFF):
        room.slack.workspace.remove(each)
    room.bench.clock.forward(days=LONG)
    await Retention(room.bench.desk, []).round()
    await room.post_all()
    assert [each.state for each in await room.bench.queued(outbox.SLACK, state="sent") if each.kind == "removal"]


async def test_direct_messages_of_the_desk_are_deleted_with_the_ticket(bench):
    async with support_of(bench) as support:
        await support.tell(CARLA, DELETE)
        (case,) = await bench.cases()
        assert [each for each in support.dm(CARLA) if each.user == BOT_USER]
        async with bench.desk.store.transaction() as work:
            row = await work.session.merge(case.row)
            row.status, row.closed_at = "closed", bench.clock()
        bench.clock.forward(days=LONG)
        await Retention(bench.desk, []).round()
        await support.room.post_all()
        assert case.reference not in str([each.text for each in support.dm(CARLA) if each.user == BOT_USER])


# ---- the clock ---------------------------------------------------------------------------------------------


async def test_the_clock_does_a_round_once_a_day_whichever_replica_strikes(bench):
    rounds = []

    async def daily() -> None:
        rounds.append(bench.clock().date())

    first, second = (Clock(bench.desk, name, daily) for name in ("one", "two"))
    for clock in (first, second, first):
        await clock.strike()
    assert len(rounds) == 1
    bench.clock.forward(days=1)
    for clock in (second, first):
        await clock.strike()
    assert len(rounds) == 2
