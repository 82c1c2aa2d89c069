"""Reading a mailbox of a real Dovecot."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.adapters import mailbox as mailbox_module
from tests.adapters.mailboxes import all_mails, letter, opened, proxied, server
from tests.servers.dovecot import PASSWORD, Dovecot


async def test_mails_come_ascending_in_batches_above_a_uid(dovecot: Dovecot, user: str) -> None:
    for number in range(7):
        dovecot.deliver(letter(subject=f"Number {number}"), user)
    async with opened(server(dovecot, user)) as mailbox:
        batches = [[mail.uid for mail in batch] async for batch in mailbox.fetch("INBOX", after=2, batch=2)]
    assert batches == [[3, 4], [5, 6], [7]]


async def test_after_the_last_uid_there_is_nothing(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        assert await all_mails(mailbox, after=1) == []


async def test_a_batch_is_bounded_by_bytes(dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_module, "BATCH_BYTES", 50_000)
    for _ in range(3):
        dovecot.deliver(letter("More words than usual. " * 1_000), user)
    async with opened(server(dovecot, user)) as mailbox:
        batches = [[mail.uid for mail in batch] async for batch in mailbox.fetch("INBOX", after=0)]
    assert batches == [[1, 2], [3]]


async def test_mail_that_came_since_is_found_without_a_new_connection(dovecot: Dovecot, user: str) -> None:
    async with opened(server(dovecot, user)) as mailbox:
        assert await all_mails(mailbox) == []
        dovecot.deliver(letter(), user)
        assert [mail.uid for mail in await all_mails(mailbox)] == [1]


async def test_many_searches_find_what_one_line_could_not_hold(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.imap._UIDS_A_SEARCH", 2)
    for _ in range(5):
        dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        assert [mail.uid for mail in await all_mails(mailbox)] == [1, 2, 3, 4, 5]


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
async def test_the_time_of_receipt_is_the_servers_and_in_utc(dovecot: Dovecot, user: str) -> None:
    received = [datetime(2026, month, 1, 23, 30, tzinfo=timezone(timedelta(hours=-8))) for month in (1, 7)]
    for moment in received:
        raw = b"Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n" + letter()
        dovecot.append(user, raw, internaldate=moment)
    async with opened(server(dovecot, user)) as mailbox:
        mails = await all_mails(mailbox)
    assert [mail.received_at for mail in mails] == received
    assert {mail.received_at.tzinfo for mail in mails} == {UTC}


async def test_nothing_before_the_first_day_is_read(dovecot: Dovecot, user: str) -> None:
    for day in (9, 10, 11):
        dovecot.append(user, letter(), internaldate=datetime(2026, 5, day, 12, tzinfo=UTC))
    async with opened(server(dovecot, user)) as mailbox:
        assert [mail.uid for mail in await all_mails(mailbox, since=date(2026, 5, 10))] == [2, 3]


async def test_reading_does_not_mark_as_seen(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        await all_mails(mailbox)
    assert dovecot.flags(user) == {1: set()}


async def test_only_what_is_asked_for_is_marked_as_seen(dovecot: Dovecot, user: str) -> None:
    for _ in range(3):
        dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        await mailbox.mark_seen("INBOX", [1, 3])
        assert [(mail.uid, mail.seen) for mail in await all_mails(mailbox)] == [
            (1, True),
            (2, False),
            (3, True),
        ]
        assert [mail.uid for mail in await all_mails(mailbox, unseen_only=True)] == [2]


def remove(dovecot: Dovecot, user: str, uid: int) -> None:
    with dovecot.session(user, "INBOX") as client:
        client.delete_messages([uid])
        client.expunge()


async def test_a_mail_that_vanished_cannot_be_marked_and_harms_nothing(dovecot: Dovecot, user: str) -> None:
    for _ in range(2):
        dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        await all_mails(mailbox)
        remove(dovecot, user, 1)
        await mailbox.mark_seen("INBOX", [1, 2])
    assert dovecot.flags(user) == {2: {"\\Seen"}}


async def test_a_mail_that_vanishes_between_listing_and_reading_is_left_out(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_module, "BATCH_BYTES", 1)
    for _ in range(3):
        dovecot.deliver(letter(), user)
    uids: list[int] = []
    async with opened(server(dovecot, user)) as mailbox:
        async for batch in mailbox.fetch("INBOX", after=0):
            uids += [mail.uid for mail in batch]
            if uids == [1]:
                remove(dovecot, user, 2)
    assert uids == [1, 3]


async def test_a_server_that_refuses_to_read_what_was_removed_is_asked_again(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter(), user)
    refused = 0

    def refuse_once(data: bytes) -> bytes:
        nonlocal refused
        changed = data.replace(b"OK Fetch completed", b"NO [EXPUNGEISSUED] Some are gone") if not refused else data
        refused += changed != data
        return changed

    async with proxied(dovecot, user) as (proxy, plain), opened(plain) as mailbox:
        proxy.from_server = refuse_once
        assert [mail.uid for mail in await all_mails(mailbox)] == [1]
    assert refused == 1


async def test_the_junk_folder_and_folders_with_umlauts_are_read(dovecot: Dovecot, user: str) -> None:
    with dovecot.session(user) as client:
        client.create_folder("Müll & Co")
    dovecot.append(user, letter(), folder="Müll & Co")
    dovecot.append(user, letter(), folder="Junk")
    async with opened(server(dovecot, user)) as mailbox:
        found = [mail.folder for folder in ("Junk", "Müll & Co") for mail in await all_mails(mailbox, folder)]
    assert found == ["Junk", "Müll & Co"]


async def test_the_conversation_is_in_no_log(
    dovecot: Dovecot, user: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dovecot.deliver(letter("The word is xylograph."), user)
    async with opened(server(dovecot, user)) as mailbox:
        assert b"xylograph" in (await all_mails(mailbox))[0].raw
    assert not [word for word in ("xylograph", user, PASSWORD) if word in caplog.text]
