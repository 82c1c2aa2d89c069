"""A restored copy: nothing leaves twice, nothing that came in is lost, nothing redacted comes back."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.vocabulary import Status
from bot.intake import InboxWorker, Intake
from bot.settings.endpoints import ImapServer
from bot.store import anchors, leases, outbox, replicas, views
from bot.store.desk_tables import Bookmark
from handlers import mail
from handlers.alerts import tell_staff
from handlers.restoring import restored
from handlers.retention import sweep
from tests.adapters.mailboxes import letter, server
from tests.handlers.conftest import ADA, ERASE, LUNCH, ROBIN, Bench
from tests.handlers.test_retention import closed
from tests.servers.dovecot import Dovecot

Put = Callable[[], None]


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    return dovecot.new_user()


@asynccontextmanager
async def stopped(bench: Bench) -> AsyncIterator[None]:
    await bench.desk.store.close()
    yield
    await bench.desk.store.open()


async def copy(bench: Bench, folder: Path, name: str = "desk.db") -> Put:
    """Keeps a file as it is; what is answered puts it back."""
    async with stopped(bench):
        kept = (folder / name).read_bytes()
    return lambda: (folder / name).write_bytes(kept) and None


async def put_back(bench: Bench, *copies: Put) -> None:
    async with stopped(bench):
        for each in copies:
            each()


async def take_in(bench: Bench, where: ImapServer) -> None:
    intake = Intake(bench.desk, where, owner="one", max_bytes=100_000)
    await intake._mailbox.open()
    await intake._catch_up("INBOX")
    await intake._mailbox.close()
    while await InboxWorker(bench.desk, "imap", mail.handle, alone=True).work_once():
        pass


# ---- what waited to be sent --------------------------------------------------------------------------------


async def test_letters_that_waited_are_unsure_and_their_tickets_say_so(bench):
    case = await bench.case(await bench.write(ERASE))
    assert (await restored(bench.desk, ADA)).unsure == 1
    assert await bench.queued() == []
    assert [each.kind for each in await bench.queued(state="unsure")] == ["acknowledgement"]
    assert (await bench.events(case))[-1] == "unsure"
    assert "may have left since" in (await bench.alerts())[-1]


async def test_on_postgresql_too(bench_on_postgres):
    bench = bench_on_postgres
    lost, stays = [await bench.case(await bench.write(ERASE, sender=f"{each}@letters.example")) for each in "ab"]
    async with bench.desk.store.transaction() as work:
        await leases.hold(work, "mailbox:one", "one", bench.clock(), timedelta(minutes=5))
        work.session.add(
            Bookmark(mailbox="one", folder="INBOX", uidvalidity=1, last_uid=1, started_at=bench.clock())
        )
    await bench.desk.store.keys.destroy(lost.key.id)
    done = await restored(bench.desk, ADA)
    assert (done.unsure, done.redacted, done.folders) == (1, 1, 1)
    await is_redacted(bench, lost.reference)
    assert (await bench.events(stays))[-1] == "unsure"
    async with bench.desk.store.transaction() as work:
        assert await leases.hold(work, "mailbox:one", "another", bench.clock(), timedelta(minutes=5))


async def test_what_staff_see_in_slack_is_looked_up_before_it_is_posted(bench):
    await bench.write(ERASE)
    await restored(bench.desk, ADA)
    reasons = {each.kind: each.reason for each in await bench.queued(outbox.SLACK) if each.kind != "alert"}
    assert set(reasons.values()) == {outbox.LOOK_UP}
    assert "card" in reasons


async def test_a_second_time_there_is_nothing_left_to_do(quiet):
    await quiet.write(ERASE)
    await restored(quiet.desk, ADA)
    waiting = await quiet.kinds()
    again = await restored(quiet.desk, ADA)
    assert (again.unsure, again.redacted, again.folders) == (0, 0, 0)
    assert await quiet.kinds() == waiting == ["alert"]


async def test_an_alert_to_staff_still_leaves(quiet):
    async with quiet.desk.store.transaction() as work:
        await tell_staff(quiet.desk, work, "matter", "Something is wrong.")
    assert (await restored(quiet.desk, ADA)).unsure == 0
    assert await quiet.kinds() == ["alert"]


async def test_desks_of_before_are_forgotten(bench):
    async with bench.desk.store.transaction() as work:
        await replicas.seen(work, "one", bench.clock())
    await restored(bench.desk, ADA)
    async with bench.desk.store.reading() as work:
        assert await replicas.running(work, bench.clock()) == []


# ---- what came in since ------------------------------------------------------------------------------------


async def test_mail_that_was_taken_in_since_the_copy_goes_to_triage_unanswered_and_the_rest_is_new(
    bench, folder, dovecot, user
):
    where = server(dovecot, user)
    dovecot.deliver(letter(ERASE, "Known"), user)
    await take_in(bench, where)
    kept = await copy(bench, folder)
    dovecot.deliver(letter(ERASE, "Lost"), user)
    dovecot.deliver(letter(LUNCH, "Lost, and no matter of privacy"), user)
    await take_in(bench, where)
    await put_back(bench, kept)
    assert (await restored(bench.desk, ADA)).folders == 1
    dovecot.deliver(letter("Please send me all my data.", "New"), user)
    await take_in(bench, where)
    _, lost, lunch, new = await bench.cases()
    assert [each.row.status for each in (lost, lunch)] == [Status.TRIAGE, Status.TRIAGE]
    assert new.row.status == Status.VERIFYING
    assert await bench.kinds() == ["acknowledgement"]
    (opened,) = [each for each in await bench.journal(lost) if each.event == "opened"]
    assert "lost" in str(opened.detail)


async def test_what_is_read_after_that_is_ordinary_mail_again(bench, folder, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(ERASE), user)
    await take_in(bench, where)
    await restored(bench.desk, ADA)
    await take_in(bench, where)
    async with bench.desk.store.reading() as work:
        assert not (await work.session.get(Bookmark, (where.name, "INBOX"))).restored
    dovecot.deliver(letter("Please send me all my data."), user)
    with dovecot.session(user, "INBOX") as session:
        session.add_flags([2], [b"\\Seen"])
    await take_in(bench, where)
    assert [each.row.status for each in await bench.cases()] == [Status.VERIFYING, Status.VERIFYING]


async def test_in_a_mailbox_that_was_restored_as_well_nothing_is_answered_twice(bench, folder, dovecot, user):
    where = server(dovecot, user)
    dovecot.deliver(letter(ERASE, "Known"), user)
    await take_in(bench, where)
    kept = await copy(bench, folder)
    dovecot.deliver(letter("Please send me all my data.", "Lost"), user)
    await take_in(bench, where)
    await put_back(bench, kept)
    dovecot.recreate(user)
    await restored(bench.desk, ADA)
    await take_in(bench, where)
    _, lost = await bench.cases()
    assert lost.row.status == Status.TRIAGE
    assert await bench.kinds() == []


# ---- what was redacted since -------------------------------------------------------------------------------


async def test_what_was_redacted_since_the_copy_is_redacted_in_it_too(bench, folder):
    reference = await closed(bench)
    kept = await copy(bench, folder)
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    await put_back(bench, kept)
    assert (await restored(bench.desk, ADA)).redacted == 1
    await is_redacted(bench, reference)


async def test_keys_that_an_older_key_store_brings_back_are_destroyed_again(bench, folder):
    reference = await closed(bench)
    kept = await copy(bench, folder, "desk.keys.db")
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    await put_back(bench, kept)
    assert (await restored(bench.desk, ADA)).redacted == 1
    await is_redacted(bench, reference)
    assert (await restored(bench.desk, ADA)).redacted == 0


async def test_a_ticket_that_was_open_in_the_copy_and_is_redacted_now_is_closed(bench, folder):
    case = await bench.case(await bench.write(ERASE))
    await bench.desk.store.keys.destroy(case.key.id)
    assert (await restored(bench.desk, ADA)).redacted == 1
    await is_redacted(bench, case.reference)


async def is_redacted(bench: Bench, reference: str) -> None:
    async with bench.desk.store.reading() as work:
        view = await views.ticket(work, reference)
    async with bench.desk.store.reading() as work:
        fault = (await anchors.verify(work))[2]
    assert view is not None
    assert (view["status"], view["redacted_at"] is not None, fault) == (Status.CLOSED, True, None)
    assert ROBIN not in str(view)
