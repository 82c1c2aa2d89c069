"""The mail server of the demo, used as the desk and as people's mail programs use it."""

import asyncio
import select
import smtplib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import LoginError

from bot.adapters.post import Fate, Post
from bot.demo.mailserver import DemoMailServer
from bot.settings.endpoints import SmtpServer

DESK = "privacy@desk.test"
ADA = "ada@example.net"
T = TypeVar("T")


def letter(subject: str, *, sender: str = ADA, recipient: str = DESK) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Somebody <{sender}>", recipient, subject
    mail.set_content("Please tell me what you know about me.\n")
    return mail.as_bytes()


@pytest.fixture
async def server() -> AsyncIterator[DemoMailServer]:
    async with DemoMailServer(DESK) as running:
        yield running


@pytest.fixture
async def post(server: DemoMailServer) -> AsyncIterator[Post]:
    url = urlsplit(server.smtp_url)
    made = Post(
        SmtpServer(url.hostname or "", url.port or 0, url.username or "", url.password or "", "none", None),
        local_hostname="desk.test",
    )
    yield made
    await made.close()


def connect(server: DemoMailServer) -> IMAPClient:
    url = urlsplit(server.imap_url)
    client = IMAPClient(url.hostname, port=url.port, ssl=False, timeout=10)
    client.normalise_times = False
    client.login(url.username, url.password)
    return client


async def reading(server: DemoMailServer, use: Callable[[IMAPClient], T]) -> T:
    """Run `use` in a thread, with the INBOX selected."""

    def session() -> T:
        with connect(server) as client:
            client.select_folder(urlsplit(server.imap_url).path.strip("/"))
            return use(client)

    return await asyncio.to_thread(session)


async def test_a_letter_to_the_desk_lies_unseen_in_its_inbox(server: DemoMailServer) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    await server.send(letter("Access, please"))

    def read(client: IMAPClient) -> tuple[list[int], dict[bytes, Any]]:
        uids = client.search("UNSEEN")
        [fetched] = client.fetch(uids, ["BODY.PEEK[]", "RFC822.SIZE", "INTERNALDATE", "FLAGS"]).values()
        assert client.search("UNSEEN") == uids
        return uids, fetched

    uids, fetched = await reading(server, read)
    raw = fetched[b"BODY[]"]
    assert len(uids) == 1
    assert raw == b"Return-Path: <ada@example.net>\r\n" + letter("Access, please").replace(b"\n", b"\r\n")
    assert fetched[b"RFC822.SIZE"] == len(raw)
    assert fetched[b"FLAGS"] == ()
    assert before <= fetched[b"INTERNALDATE"] <= datetime.now(UTC)


async def test_what_is_marked_seen_stays_seen_for_the_next_session(server: DemoMailServer) -> None:
    await server.send(letter("One"))
    await server.send(letter("Two"))

    def mark_first(client: IMAPClient) -> list[int]:
        uids: list[int] = client.search("UNSEEN")
        client.add_flags(uids[:1], [SEEN])
        return uids

    first, second = await reading(server, mark_first)
    assert first < second
    assert await reading(server, lambda client: client.search("UNSEEN")) == [second]


async def test_uids_keep_their_meaning_between_sessions(server: DemoMailServer) -> None:
    def state(client: IMAPClient) -> dict[bytes, int]:
        found: dict[bytes, int] = client.folder_status("INBOX", ["UIDNEXT", "UIDVALIDITY"])
        return found

    before = await reading(server, state)
    await server.send(letter("One"))
    after = await reading(server, state)
    assert after[b"UIDVALIDITY"] == before[b"UIDVALIDITY"]
    assert await reading(server, lambda client: client.search("ALL")) == [before[b"UIDNEXT"]]
    assert after[b"UIDNEXT"] == before[b"UIDNEXT"] + 1


async def test_the_beginning_of_a_mail_can_be_fetched_alone(server: DemoMailServer) -> None:
    await server.send(letter("Long"))
    fetched = await reading(server, lambda client: client.fetch(client.search("ALL"), ["BODY.PEEK[]<0.11>"]))
    assert [parts[b"BODY[]<0>"] for parts in fetched.values()] == [b"Return-Path"]


async def test_idle_tells_of_a_new_mail(server: DemoMailServer) -> None:
    idling = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait(client: IMAPClient) -> list[Any]:
        client.idle()
        loop.call_soon_threadsafe(idling.set)
        select.select([client.socket()], [], [], 20)
        time.sleep(0.2)  # what it sends comes in pieces, and `idle_check` breaks on half a line
        noticed: list[Any] = client.idle_done()[1]
        return noticed

    waiting = asyncio.create_task(reading(server, wait))
    await idling.wait()
    await server.send(letter("News"))
    assert (1, b"EXISTS") in await waiting


async def test_a_wrong_password_does_not_open_the_inbox(server: DemoMailServer) -> None:
    def intrude() -> None:
        url = urlsplit(server.imap_url)
        with IMAPClient(url.hostname, port=url.port, ssl=False, timeout=10) as client, pytest.raises(LoginError):
            client.login(url.username, "guess")

    await asyncio.to_thread(intrude)


async def test_what_the_desk_sends_lies_in_the_recipients_mailbox_alone(
    server: DemoMailServer, post: Post
) -> None:
    raw = letter("Your request", sender=DESK, recipient=ADA)
    assert (await post.send(DESK, ADA, raw)).fate is Fate.SENT
    mail = await server.wait_for_mail(ADA)
    assert (mail["Subject"], mail["Return-Path"]) == ("Your request", f"<{DESK}>")
    assert [received["Subject"] for received in server.inbox("ADA@Example.NET")] == ["Your request"]
    assert server.inbox("bob@example.net") == []
    assert await reading(server, lambda client: client.search("ALL")) == []


async def test_a_round_trip_from_a_person_to_the_desk_and_back(server: DemoMailServer, post: Post) -> None:
    await server.send(letter("First"))
    answered = asyncio.create_task(server.wait_for_mail(ADA, count=2))
    for subject in ("We have it", "It is done"):
        await post.send(DESK, ADA, letter(subject, sender=DESK, recipient=ADA))
    assert (await answered)["Subject"] == "It is done"


async def test_waiting_for_mail_that_does_not_come_ends(server: DemoMailServer) -> None:
    with pytest.raises(TimeoutError):
        await server.wait_for_mail(ADA, timeout=0.05)


@pytest.mark.parametrize("address", [DESK, "Privacy@DESK.test", "privacy+t0ken@desk.test"])
async def test_any_mail_program_can_write_to_the_desk_without_a_login(
    server: DemoMailServer, address: str
) -> None:
    def write() -> None:
        url = urlsplit(server.smtp_url)
        with smtplib.SMTP(url.hostname or "", url.port or 0, timeout=10) as client:
            client.sendmail(ADA, [address], letter("By hand"))

    await asyncio.to_thread(write)
    [found] = (
        await reading(server, lambda client: client.fetch(client.search("UNSEEN"), ["BODY.PEEK[]"]))
    ).values()
    assert found[b"BODY[]"].startswith(b"Return-Path: <ada@example.net>\r\n")
    assert b"Subject: By hand\r\n" in found[b"BODY[]"]


async def test_a_bounce_keeps_its_empty_return_path(server: DemoMailServer) -> None:
    def bounce() -> None:
        url = urlsplit(server.smtp_url)
        with smtplib.SMTP(url.hostname or "", url.port or 0, timeout=10) as client:
            client.sendmail("", [DESK], letter("Undelivered"))

    await asyncio.to_thread(bounce)
    [found] = (await reading(server, lambda client: client.fetch(client.search("ALL"), ["BODY.PEEK[]"]))).values()
    assert found[b"BODY[]"].startswith(b"Return-Path: <>\r\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n",
        b"no header at all",
        b"Subject: \xff\xfe\n\n\x00\xff",
        b"Message-ID: <[>\r\nTo: " + b"(" * 1000 + b"\r\n\r\n.",
    ],
)
async def test_a_malformed_mail_is_kept_as_it_came(server: DemoMailServer, raw: bytes) -> None:
    await server.send(raw)
    [found] = (await reading(server, lambda client: client.fetch(client.search("ALL"), ["BODY.PEEK[]"]))).values()
    assert found[b"BODY[]"] == b"Return-Path: <>\r\n" + raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def test_parts_within_parts_without_end_are_refused_and_the_server_goes_on(
    server: DemoMailServer, post: Post
) -> None:
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 1500
    assert (await post.send(ADA, DESK, nested)).fate is Fate.REFUSED
    assert (await post.send(ADA, DESK, letter("Plain"))).fate is Fate.SENT


async def test_it_stops_while_clients_are_connected_and_idling() -> None:
    server = DemoMailServer(DESK)
    await server.start()
    client = await asyncio.to_thread(connect, server)
    await asyncio.to_thread(client.select_folder, "INBOX")
    await asyncio.to_thread(client.idle)
    await asyncio.wait_for(server.stop(), 20)
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", urlsplit(server.imap_url).port)
    client.shutdown()
