"""Waiting for news: IDLE, the junk folder, servers that go away."""

import asyncio
from dataclasses import replace

import pytest

from bot.adapters import mailbox as mailbox_module
from bot.adapters.mailbox import (
    MailboxRefused,
    MailboxUnavailable,
)
from tests.adapters.mailboxes import all_mails, letter, opened, proxied, server
from tests.servers.dovecot import Dovecot


async def test_news_end_the_wait(dovecot: Dovecot, user: str) -> None:
    async with opened(server(dovecot, user)) as mailbox:
        await mailbox.state("INBOX")
        waiting = asyncio.create_task(mailbox.wait())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        dovecot.deliver(letter(), user)
        async with asyncio.timeout(10):
            await waiting
        assert len(await all_mails(mailbox)) == 1


async def test_what_came_while_mails_were_read_ends_the_wait(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter(), user)
    async with opened(server(dovecot, user)) as mailbox:
        await all_mails(mailbox)
        dovecot.deliver(letter(), user)
        await mailbox.mark_seen("INBOX", [1])
        async with asyncio.timeout(10):
            await mailbox.wait()


async def test_what_comes_together_with_the_servers_go_ahead_ends_the_wait(dovecot: Dovecot, user: str) -> None:
    async with proxied(dovecot, user) as (proxy, plain):

        def deliver_before_idle(data: bytes) -> bytes:
            if b"IDLE" in data:
                dovecot.deliver(letter(), user)
            return data

        proxy.from_client = deliver_before_idle
        async with opened(plain) as mailbox, asyncio.timeout(10):
            await mailbox.state("INBOX")
            await mailbox.wait()
            assert len(await all_mails(mailbox)) == 1


async def test_a_round_ends_without_news(dovecot: Dovecot, user: str) -> None:
    async with opened(server(dovecot, user), round_seconds=0.2) as mailbox:
        async with asyncio.timeout(10):
            await mailbox.wait()
        assert (await mailbox.state("INBOX")).uidnext == 1


async def test_news_in_the_junk_folder_are_seen_by_the_next_round(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_module, "POLL_SECONDS", 0.2)
    async with opened(server(dovecot, user, junk="Junk")) as mailbox, asyncio.timeout(10):
        before = await mailbox.state("Junk")
        dovecot.append(user, letter(), folder="Junk")
        await mailbox.wait()
        await mailbox.wait()
        assert await mailbox.state("Junk") == replace(before, uidnext=2)


async def test_a_junk_folder_that_cannot_be_opened_does_not_end_the_wait_for_the_other(
    dovecot: Dovecot, user: str
) -> None:
    async with opened(server(dovecot, user, junk="Elsewhere")) as mailbox, asyncio.timeout(10):
        with pytest.raises(MailboxRefused):
            await mailbox.state("Elsewhere")
        await mailbox.state("INBOX")
        dovecot.deliver(letter(), user)
        await mailbox.wait()
        assert len(await all_mails(mailbox)) == 1


async def test_a_server_without_idle_is_polled(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_module, "POLL_SECONDS", 0.2)
    said: list[bytes] = []
    async with proxied(dovecot, user) as (proxy, plain):
        proxy.from_server = lambda data: data.replace(b" IDLE", b"")
        proxy.from_client = lambda data: said.append(data) or data
        async with opened(plain) as mailbox, asyncio.timeout(10):
            await mailbox.wait()
    assert b"IDLE" not in b"".join(said)


async def test_a_session_that_is_ended_during_the_wait_is_noticed_and_reopened(
    dovecot: Dovecot, user: str
) -> None:
    async with opened(server(dovecot, user)) as mailbox:
        waiting = asyncio.create_task(mailbox.wait())
        await asyncio.sleep(0.2)
        dovecot.kick(user)
        async with asyncio.timeout(10):
            with pytest.raises(MailboxUnavailable):
                await waiting
        await mailbox.open()
        assert (await mailbox.state("INBOX")).uidnext == 1


async def test_a_wait_is_cancelled_at_once_and_the_connection_stays(dovecot: Dovecot, user: str) -> None:
    async with opened(server(dovecot, user)) as mailbox:
        waiting = asyncio.create_task(mailbox.wait())
        await asyncio.sleep(0.2)
        waiting.cancel()
        async with asyncio.timeout(1):
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert (await mailbox.state("INBOX")).uidnext == 1
