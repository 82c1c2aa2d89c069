"""What the tests of sending share: a desk, somebody to write to, and a post for a server of theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.adapters.post import Post
from bot.settings.endpoints import SmtpServer
from tests.servers.smtp import PASSWORD, USER, SmtpSink

DESK = "privacy@desk.test"
ADA = "ada@example.net"
LETTER = b"From: privacy@desk.test\r\nTo: ada@example.net\r\nSubject: We have your letter\r\n\r\nThank you.\r\n"
LARGE = LETTER + b"Nothing much happens on this line of the attachment.\r\n" * 320_000


def server_of(sink: SmtpSink, **other: Any) -> SmtpServer:
    return SmtpServer(**{
        "host": "127.0.0.1", "port": sink.port, "user": USER, "password": PASSWORD, "tls": sink.tls,
        "ca": sink.ca, **other,
    })  # fmt: skip


@asynccontextmanager
async def posting(
    sink: SmtpSink, *, idle: float = 50.0, timeout: float = 5.0, **other: Any
) -> AsyncIterator[Post]:
    post = Post(
        server_of(sink, **other), local_hostname="desk.test", timeout=timeout, answer_timeout=timeout, idle=idle
    )
    try:
        yield post
    finally:
        await post.close()
