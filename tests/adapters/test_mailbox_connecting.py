"""Connecting to a mailbox: what is trusted, what is refused and what is tried again."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from bot.adapters.mailbox import (
    ImapServer,
    Mailbox,
    MailboxRefused,
    MailboxUnavailable,
)
from tests.adapters.mailboxes import LIMIT, all_mails, letter, opened, proxied, server
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import Dovecot


async def test_reads_over_tls_that_its_own_authority_vouches_for(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter("Bitte löschen Sie mein Konto."), user)
    async with opened(server(dovecot, user)) as mailbox:
        (mail,) = await all_mails(mailbox)
    assert "Bitte löschen Sie mein Konto." in message_from_bytes(mail.raw, policy=default).get_content()
    assert (mail.uid, mail.seen, mail.complete, mail.fault) == (1, False, True, "")


async def test_a_certificate_of_a_stranger_is_refused(dovecot: Dovecot, user: str, tmp_path: Path) -> None:
    stranger = make_certificates(tmp_path).ca
    with pytest.raises(MailboxRefused, match="certificate"):
        async with opened(server(dovecot, user, ca=stranger)):
            pass


async def test_an_authority_file_that_is_not_there_is_refused(dovecot: Dovecot, user: str) -> None:
    with pytest.raises(MailboxRefused, match="nowhere"):
        async with opened(server(dovecot, user, ca=Path("nowhere.pem"))):
            pass


async def test_starttls_encrypts_before_the_password_is_sent(dovecot: Dovecot, user: str) -> None:
    said: list[bytes] = []
    async with proxied(dovecot, user) as (proxy, plain):
        proxy.from_client = lambda data: said.append(data) or data
        async with opened(replace(plain, tls="starttls", ca=dovecot.certificates.ca)) as mailbox:
            assert (await mailbox.state("INBOX")).uidnext == 1
    assert b"STARTTLS" in b"".join(said)
    assert b"AUTHENTICATE" not in b"".join(said)


async def test_a_server_that_offers_no_starttls_is_refused(dovecot: Dovecot, user: str) -> None:
    async with proxied(dovecot, user) as (proxy, plain):
        proxy.from_server = lambda data: data.replace(b"STARTTLS", b"XNOTHING")
        with pytest.raises(MailboxRefused, match="STARTTLS"):
            async with opened(replace(plain, tls="starttls")):
                pass


async def test_a_wrong_password_is_refused_and_not_repeated(dovecot: Dovecot, user: str) -> None:
    with pytest.raises(MailboxRefused, match="password") as refusal:
        async with opened(server(dovecot, user, password="grün wie Gras")):
            pass
    assert "grün" not in str(refusal.value)
    assert user not in str(refusal.value)


async def test_a_server_that_is_down_is_unavailable(dovecot: Dovecot, user: str) -> None:
    where = server(dovecot, user)
    dovecot.stop()
    try:
        with pytest.raises(MailboxUnavailable):
            async with opened(where):
                pass
    finally:
        dovecot.start()


async def test_a_line_that_ends_during_the_login_is_no_wrong_password(dovecot: Dovecot, user: str) -> None:
    async with proxied(dovecot, user) as (proxy, plain):
        proxy.from_client = lambda data: None if b"AUTHENTICATE" in data else data
        with pytest.raises(MailboxUnavailable):
            async with opened(plain):
                pass


async def test_a_folder_that_is_not_there_is_refused_and_the_connection_stays(dovecot: Dovecot, user: str) -> None:
    async with opened(server(dovecot, user)) as mailbox:
        with pytest.raises(MailboxRefused, match="Elsewhere"):
            await mailbox.state("Elsewhere")
        assert (await mailbox.state("INBOX")).uidnext == 1


async def test_without_a_connection_everything_is_unavailable(dovecot: Dovecot, user: str) -> None:
    mailbox = Mailbox(server(dovecot, user), max_bytes=LIMIT)
    with pytest.raises(MailboxUnavailable, match="not connected"):
        await mailbox.state("INBOX")
    await mailbox.close()


async def test_a_mailbox_that_was_closed_can_be_opened_again(dovecot: Dovecot, user: str) -> None:
    mailbox = Mailbox(server(dovecot, user), max_bytes=LIMIT)
    for _ in range(2):
        await mailbox.open()
        assert (await mailbox.state("INBOX")).uidnext == 1
        await mailbox.close()


def test_a_mailbox_is_named_without_its_password() -> None:
    where = ImapServer("mail.example.org", 993, "privacy@example.org", "hunter2")
    assert where.name == "privacy@example.org@mail.example.org:993"
    assert "hunter2" not in repr(where)
