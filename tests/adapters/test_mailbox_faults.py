"""Lines that are cut, servers that go silent, mailboxes that are replaced."""

import asyncio
import re
from collections.abc import Callable

import pytest

from bot.adapters import mailbox as mailbox_module
from bot.adapters.mailbox import (
    FolderState,
    Mailbox,
    MailboxUnavailable,
)
from tests.adapters.mailboxes import LIMIT, all_mails, letter, opened, proxied, server
from tests.servers.dovecot import Dovecot


def cuts(uid: int) -> Callable[[bytes], bytes | None]:
    """Ends the line whenever the whole of this mail is asked for."""

    def change(data: bytes) -> bytes | None:
        asked = re.search(rb"UID FETCH ([\d,]+) \(?BODY\.PEEK\[\]", data)
        return None if asked and str(uid).encode() in asked[1].split(b",") else data

    return change


async def test_a_mail_that_always_ends_the_connection_does_not_block_the_others(
    dovecot: Dovecot, user: str
) -> None:
    for _ in range(4):
        dovecot.deliver(letter(), user)
    read: dict[int, str] = {}
    cut = 0
    async with proxied(dovecot, user) as (proxy, plain):
        proxy.from_client = cuts(3)
        async with opened(plain) as mailbox:
            while len(read) < 4 and cut < 10:
                try:
                    async for batch in mailbox.fetch("INBOX", after=max(read, default=0)):
                        read |= {mail.uid: mail.fault for mail in batch}
                except MailboxUnavailable:
                    cut += 1
                    await mailbox.open()
    assert cut == 3
    assert {uid: bool(fault) for uid, fault in read.items()} == {1: False, 2: False, 3: True, 4: False}


async def test_failures_between_which_a_mail_was_read_make_no_fault(dovecot: Dovecot, user: str) -> None:
    for _ in range(3):
        dovecot.deliver(letter(), user)
    async with proxied(dovecot, user) as (proxy, plain), opened(plain) as mailbox:
        for _ in range(4):
            proxy.from_client = cuts(2)
            with pytest.raises(MailboxUnavailable):
                await all_mails(mailbox)
            proxy.from_client = bytes
            await mailbox.open()
            mails = await all_mails(mailbox)
            assert [(mail.uid, mail.fault) for mail in mails] == [(1, ""), (2, ""), (3, "")]


async def test_closing_does_not_wait_for_a_server_that_is_silent(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_module, "CLOSE_SECONDS", 0.1)
    async with proxied(dovecot, user) as (proxy, plain):
        mailbox = Mailbox(plain, max_bytes=LIMIT)
        await mailbox.open()
        proxy.silent = True
        asked = asyncio.create_task(mailbox.state("INBOX"))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(10):
            await mailbox.close()
            with pytest.raises(MailboxUnavailable):
                await asked


async def test_another_uidvalidity_shows_in_the_state(dovecot: Dovecot, user: str) -> None:
    for _ in range(2):
        dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        before = await mailbox.state("INBOX")
        mails = await all_mails(mailbox)
        dovecot.recreate(user)
        with pytest.raises(MailboxUnavailable):
            await mailbox.state("INBOX")
        await mailbox.open()
        after = await mailbox.state("INBOX")
        again = await all_mails(mailbox)
    assert before == FolderState(before.uidvalidity, 3)
    assert after.uidvalidity != before.uidvalidity
    assert [(mail.raw, mail.received_at) for mail in again] == [(mail.raw, mail.received_at) for mail in mails]
    assert {mail.uidvalidity for mail in again} == {after.uidvalidity}


async def test_uids_of_a_mailbox_that_was_replaced_are_not_marked(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        before = await mailbox.state("INBOX")
        dovecot.recreate(user)
        await mailbox.open()
        with pytest.raises(MailboxUnavailable):
            await mailbox.mark_seen("INBOX", [1], uidvalidity=before.uidvalidity)
    assert dovecot.flags(user) == {1: set()}
