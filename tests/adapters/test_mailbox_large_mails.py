"""What is read of a mail above the limit."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.adapters.mailboxes import LIMIT, all_mails, letter, opened, server
from tests.servers.dovecot import Dovecot


def large_mail(*, text_first: bool = True) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Zoë <zoe@example.net>", "privacy@example.org", "Auskunft"
    mail["Message-ID"] = "<large@example.net>"
    mail.make_mixed()
    text = EmailMessage()
    text.set_content("Ich bitte um Auskunft über meine Daten.\n", charset="utf-8", cte="base64")
    text.add_alternative("<p>Ich bitte um Auskunft.</p>", subtype="html")
    picture = EmailMessage()
    picture.set_content(b"\0" * LIMIT, "image", "png", filename="scan.png", disposition="attachment")
    note = EmailMessage()
    note.set_content("An attached note, not the letter.", filename="note.txt", disposition="attachment")
    for part in (text, picture, note) if text_first else (note, picture, text):
        mail.attach(part)
    return mail.as_bytes()


@pytest.mark.parametrize("text_first", [True, False])
async def test_of_a_large_mail_come_the_headers_and_the_first_text(
    dovecot: Dovecot, user: str, text_first: bool
) -> None:
    dovecot.deliver(large_mail(text_first=text_first), user)
    async with opened(server(dovecot, user)) as mailbox:
        (mail,) = await all_mails(mailbox)
    assert not mail.complete
    assert mail.size > LIMIT > len(mail.raw)
    short = message_from_bytes(mail.raw, policy=default)
    assert short.get_content() == "Ich bitte um Auskunft über meine Daten.\n"
    assert (short["Subject"], short["Message-ID"]) == ("Auskunft", "<large@example.net>")
    assert short["From"].addresses[0].addr_spec == "zoe@example.net"
    assert not short.defects


async def test_a_large_text_is_cut_at_a_line(dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(letter("A long story, told once more.\n" * 20_000), user)
    async with opened(server(dovecot, user)) as mailbox:
        (mail,) = await all_mails(mailbox)
    lines = message_from_bytes(mail.raw, policy=default).get_content().splitlines()
    assert set(lines) == {"A long story, told once more."}
    assert 1_000 < len(lines) < 20_000


async def test_of_a_large_mail_without_text_come_the_headers(dovecot: Dovecot, user: str) -> None:
    mail = EmailMessage()
    mail["Subject"] = "A picture"
    mail.set_content(b"\0" * LIMIT, "image", "png")
    dovecot.deliver(mail.as_bytes(), user)
    async with opened(server(dovecot, user)) as mailbox:
        (fetched,) = await all_mails(mailbox)
    short = message_from_bytes(fetched.raw, policy=default)
    assert (short["Subject"], short.get_content(), fetched.complete) == ("A picture", "", False)


async def test_a_header_without_end_is_bounded(dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, b"Subject: Hello\r\n" + b"X-Filler: filler\r\n" * 40_000 + b"\r\nText\r\n")
    async with opened(server(dovecot, user)) as mailbox:
        (mail,) = await all_mails(mailbox)
    assert len(mail.raw) < 2 * 256 * 1024 + 100
    assert message_from_bytes(mail.raw, policy=default)["Subject"] == "Hello"
