"""Logging in by access token, on a real Dovecot and at a real SMTP server."""

import shlex
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.mailbox import Mailbox, MailboxRefused
from bot.adapters.post import Fate, Post
from bot.adapters.tokens import AccessToken, TokenFault
from bot.checks import mail
from bot.settings import ImapServer, Settings, SmtpServer
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import TOKEN, SmtpSink

EXPIRED = timedelta(minutes=-5)


class Issuer:
    """A token command that prints the first line of a file and counts how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self._file, self._log = folder / "token", folder / "asked"
        self._log.touch()
        words = ["/bin/sh", "-c", f"echo >> {self._log}; cat {self._file}"]
        self.command = shlex.join(words)

    def prints(self, text: str) -> None:
        self._file.write_text(text)

    @property
    def asked(self) -> int:
        return self._log.read_text().count("\n")


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[Issuer]:
    return Issuer(tmp_path)


def imap(dovecot: Dovecot, user: str, issuer: Issuer) -> ImapServer:
    environ = {"IMAP_URL": dovecot.token_url(user), "IMAP_TOKEN_COMMAND": issuer.command}
    return Settings.load(environ, only=tuple(environ)).imap[0]


def smtp(sink: SmtpSink, issuer: Issuer) -> SmtpServer:
    environ = {"SMTP_URL": sink.token_url, "SMTP_TOKEN_COMMAND": issuer.command}
    server = Settings.load(environ, only=tuple(environ)).smtp
    assert server
    return server


async def test_a_mailbox_opens_by_the_token_and_asks_for_no_other_while_it_is_good(
    dovecot: Dovecot, user: str, issuer: Issuer
) -> None:
    issuer.prints(f"{dovecot.token(user)}\nand further lines\n")
    box = Mailbox(imap(dovecot, user, issuer), max_bytes=0)
    for _ in range(2):
        await box.open()
        assert (await box.state("INBOX")).uidnext == 1
    await box.close()
    assert issuer.asked == 1


async def test_a_token_that_was_refused_is_replaced_at_once(dovecot: Dovecot, user: str, issuer: Issuer) -> None:
    issuer.prints(dovecot.token(user))
    box = Mailbox(imap(dovecot, user, issuer), max_bytes=0)
    await box.open()
    box._tokens.accepted(dovecot.token(user, lives=EXPIRED))  # type: ignore[union-attr]
    await box.open()
    assert (await box.state("INBOX")).uidnext == 1
    await box.close()
    assert issuer.asked == 2


@pytest.mark.parametrize("which", ["expired", "another's"])
async def test_a_token_that_the_mailbox_does_not_take_is_one_line_without_the_token(
    dovecot: Dovecot, user: str, issuer: Issuer, which: str
) -> None:
    token = dovecot.token(user, lives=EXPIRED) if which == "expired" else dovecot.token("ada@example.org")
    issuer.prints(token)
    server = imap(dovecot, user, issuer)
    box = Mailbox(server, max_bytes=0)
    with pytest.raises(MailboxRefused, match="does not accept the access token for this user") as refused:
        await box.open()
    assert token not in str(refused.value)
    [finding] = await mail.mailbox(server, None)
    assert (finding.state, "IMAP_TOKEN_COMMAND" in finding.what) == ("failed", True)
    issuer.prints(dovecot.token(user))
    await box.open()  # the next try asks for a new one
    await box.close()


async def test_letters_leave_by_the_token_and_by_a_new_one_where_it_was_replaced(issuer: Issuer) -> None:
    issuer.prints(TOKEN)
    async with SmtpSink() as sink:
        post = Post(smtp(sink, issuer))
        assert await post.probe() is None
        assert await post.probe() is None
        assert issuer.asked == 1
        sink.token = "the-next-token"
        issuer.prints(sink.token)
        assert (
            await post.send("desk@example.org", "ada@example.net", b"Subject: Hello\r\n\r\n")
        ).fate is Fate.SENT
        assert issuer.asked == 2
        await post.close()


async def test_a_token_that_the_post_does_not_take_fails_no_letter_and_is_one_line(issuer: Issuer) -> None:
    issuer.prints("stale-token")
    async with SmtpSink() as sink:
        post = Post(smtp(sink, issuer))
        sending = await post.send("desk@example.org", "ada@example.net", b"Subject: Hello\r\n\r\n")
        assert (sending.fate, sending.reason) == (
            Fate.MISCONFIGURED,
            "the mail server does not accept the access token for this user",
        )
        finding, *_ = await mail.post(smtp(sink, issuer))
        assert (finding.state, "SMTP_TOKEN_COMMAND" in finding.what) == ("failed", True)


async def test_a_server_without_xoauth2_is_named(issuer: Issuer) -> None:
    issuer.prints(TOKEN)
    async with SmtpSink(hidden=["AUTH"]) as sink:
        sending = await Post(smtp(sink, issuer)).probe()
        assert sending
        assert "offers no login by access token" in sending.reason


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("", "printed no access token"),
        ("print('two words')", "printed no access token"),
        ("print('x' * 20000)", "printed no access token"),
        ("while True: print('x' * 20000)", "printed no access token"),
        ("print('secret-token'); raise SystemExit(3)", "ended with exit code 3"),
        ("import time; time.sleep(60)", "took longer than 0.2 seconds"),
    ],
)
def test_a_command_that_gives_no_token_is_one_line_without_what_it_printed(program: str, why: str) -> None:
    command = [sys.executable, "-I", "-S", "-c", program]
    tokens = AccessToken("IMAP_TOKEN_COMMAND", command, seconds=0.2 if "sleep" in program else 8)
    with pytest.raises(TokenFault, match=f"IMAP_TOKEN_COMMAND {why}") as fault:
        next(tokens.tries())
    assert "secret-token" not in str(fault.value)


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(TokenFault, match="cannot be run: No such file or directory"):
        next(AccessToken("SMTP_TOKEN_COMMAND", ["/nowhere/token"]).tries())


def test_a_url_without_a_password_needs_the_command(tmp_path: Path) -> None:
    environ = {"IMAP_URL": "imaps://desk@mail.test", "SMTP_URL": "smtps://desk@mail.test"}
    with pytest.raises(Exception, match="IMAP_TOKEN_COMMAND") as fault:
        Settings.load(environ, tmp_path)
    assert "SMTP_TOKEN_COMMAND" in str(fault.value)
    both = {"IMAP_TOKEN_COMMAND": "token 'for imap'", "SMTP_TOKEN_COMMAND": "token"}
    settings = Settings.load(environ | both, tmp_path)
    assert settings.imap[0].token_command == ("token", "for imap")
    assert "token" not in repr(settings)
