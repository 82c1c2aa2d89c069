"""The least that the same work takes in plain Python: fetch, parse, commit and send, each alone."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from bot.adapters.post import Post
from bot.domain.mail import parse_mail
from bot.settings.endpoints import SmtpServer
from tests.bench.letters import letter
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import PASSWORD, USER, SmtpSink

BY = 50


async def floor(dovecot: Dovecot, folder: Path, mails: int) -> dict[str, float]:
    """Mails a second, by the kind of work; and how long Dovecot takes to tell of a mail, in seconds."""
    raws = [letter(number) for number in range(mails)]
    box = dovecot.new_user()
    for raw in raws:
        await asyncio.to_thread(dovecot.deliver, raw, box)
    return {
        "fetch": mails / await asyncio.to_thread(_fetch, dovecot, box),
        "parse_email_package": mails / _timed(lambda: [message_from_bytes(raw, policy=default) for raw in raws]),
        "parse_desk": mails / _timed(lambda: [parse_mail(raw) for raw in raws]),
        "commit": mails / _timed(lambda: _commit(folder / "floor.db", raws)),
        "send": mails / await _send(raws),
        "notice_seconds": await asyncio.to_thread(_notice, dovecot, raws[0]),
    }


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _fetch(dovecot: Dovecot, box: str) -> float:
    with dovecot.session(box, "INBOX") as client:
        uids = client.search()
        begun = time.perf_counter()
        for start in range(0, len(uids), BY):
            client.fetch(uids[start : start + BY], ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])
        return time.perf_counter() - begun


def _notice(dovecot: Dovecot, raw: bytes) -> float:
    """From a delivery to the moment at which IDLE tells of it."""
    box = dovecot.new_user()
    with dovecot.session(box, "INBOX") as client:
        client.idle()
        dovecot.deliver(raw, box)
        begun = time.perf_counter()
        client.idle_check(timeout=10)
        took = time.perf_counter() - begun
        client.idle_done()
    return took


def _commit(path: Path, raws: Sequence[bytes]) -> None:
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE mail (id INTEGER PRIMARY KEY, size INTEGER)")
        for raw in raws:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO mail (size) VALUES (?)", (len(raw),))
            database.execute("COMMIT")
    database.close()


async def _send(raws: Sequence[bytes]) -> float:
    async with SmtpSink(tls="none") as sink:
        post = Post(SmtpServer(host="127.0.0.1", port=sink.port, user=USER, password=PASSWORD, tls="none"))
        begun = time.perf_counter()
        for raw in raws:
            await post.send("privacy@harbour.example", "writer@bench.example", raw)
        took = time.perf_counter() - begun
        await post.close()
    return took
