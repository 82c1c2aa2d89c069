"""The mailbox that the public writes to.

Reading never marks a mail as seen; `mark_seen` does, once the mail is stored. After MailboxUnavailable the
connection is gone and `open` makes a new one; when and how often is for the caller to say.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Concatenate, ParamSpec, TypeVar

from bot.adapters.imap import (
    FAILURES,
    FolderState,
    ImapSession,
    ListedMail,
    MailboxRefused,
    MailboxUnavailable,
    explain,
)
from bot.adapters.tokens import AccessToken
from bot.settings.endpoints import ImapServer
from bot.telemetry import outside

__all__ = ["FetchedMail", "FolderState", "ImapServer", "Mailbox", "MailboxRefused", "MailboxUnavailable"]

BATCH_BYTES = 8 * 1024 * 1024
POLL_SECONDS = 5.0
CLOSE_SECONDS = 2.0
READ_ATTEMPTS = 3

_UNREADABLE = "the connection ends whenever this mail is read"

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """One mail as the server holds it.

    `received_at` is the server's INTERNALDATE, `size` counts bytes. A mail that is not `complete` was larger
    than the limit, and `raw` is a message of its header and first text part; where `fault` says why it could
    not be read at all, `raw` is empty. In both cases the whole mail is still in the mailbox.
    """

    folder: str
    uidvalidity: int
    uid: int
    received_at: datetime
    size: int
    seen: bool
    raw: bytes
    complete: bool
    fault: str = ""


def _can_idle(session: ImapSession) -> bool:
    return session.can_idle


class Mailbox:
    """One connection to one mailbox, in a thread of its own because IMAPClient blocks.

    Any call may be cancelled, and the connection serves the next one. Cancel a `wait` before `close`.
    """

    def __init__(self, server: ImapServer, *, max_bytes: int, round_seconds: float = 60) -> None:
        self._server = server
        command = server.token_command
        self._tokens = AccessToken("IMAP_TOKEN_COMMAND", command) if command else None
        self._max_bytes = max_bytes
        self._round_seconds = min(round_seconds, POLL_SECONDS) if server.junk else round_seconds
        self._thread = _thread()
        self._session: ImapSession | None = None
        self._told: dict[str, FolderState] = {}
        self._failed_reads: Counter[tuple[str, int, int]] = Counter()

    async def open(self) -> None:
        """Connect, encrypt and log in; a connection that was there before is dropped."""
        with outside("imap", "open"):
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connect)

    async def state(self, folder: str) -> FolderState:
        """The folder as it is now; MailboxRefused where it cannot be opened, and the connection stays."""
        self._told.pop(folder, None)
        self._told[folder] = await self._call(ImapSession.look, folder)
        return self._told[folder]

    async def certificate_until(self) -> datetime | None:
        """When the server's certificate ends; None without encryption."""
        return await self._call(ImapSession.certificate_until)

    async def fetch(
        self, folder: str, *, after: int, unseen_only: bool = False, since: date | None = None, batch: int = 50
    ) -> AsyncIterator[list[FetchedMail]]:
        """The mails with a UID above `after`, ascending, at most `batch` mails and BATCH_BYTES at a time.

        `since` leaves out what the server received before that day, by the server's own calendar. A mail
        that vanishes meanwhile is left out. One whose reading ended the connection is read alone from then
        on and, after READ_ATTEMPTS, comes with a `fault`, so that the mails behind it are reached.
        """
        state = await self.state(folder)
        criteria: list[str | date] = ["UNSEEN"] if unseen_only else []
        if since:
            criteria += ["SINCE", since]
        uids = await self._call(ImapSession.search, folder, state, after, criteria)
        for start in range(0, len(uids), batch):
            chunk = uids[start : start + batch]
            listed = await self._call(ImapSession.list, folder, state.uidvalidity, chunk)
            for group in self._groups(folder, state.uidvalidity, listed):
                if mails := await self._read(folder, state.uidvalidity, group):
                    yield mails

    async def count_unseen(self, folder: str, *, before: date, since: date | None = None) -> int:
        """How many unseen mails the server received before that day, and from `since` on, by its own calendar."""
        criteria: list[str | date] = ["UNSEEN", "BEFORE", before, *(("SINCE", since) if since else ())]
        return len(await self._call(ImapSession.search, folder, await self.state(folder), 0, criteria))

    async def holds(self, folder: str, message_id: str) -> bool:
        """Whether a mail with this Message-ID lies there."""
        state = await self.state(folder)
        criteria: list[str | date] = ["HEADER", "Message-ID", message_id]
        return bool(await self._call(ImapSession.search, folder, state, 0, criteria))

    async def mark_seen(self, folder: str, uids: Sequence[int], *, uidvalidity: int | None = None) -> None:
        """Flag mails as seen; MailboxUnavailable where `uidvalidity` is given and no longer the folder's."""
        await self._call(ImapSession.mark_seen, folder, uids, uidvalidity)

    async def remove(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> bool:
        """Delete mails for good; False where the server cannot without deleting others."""
        return await self._call(ImapSession.remove, folder, uidvalidity, uids)

    async def wait(self) -> None:
        """Return once there may be something new since the last `state` or `fetch`, or the round is over.

        IDLE watches one folder: with a junk folder beside it, or on a server without IDLE, a round is
        POLL_SECONDS long.
        """
        if await self._call(self._has_news):
            return
        if not await self._call(_can_idle):
            await asyncio.sleep(min(self._round_seconds, POLL_SECONDS))
        elif await self._call(ImapSession.start_idling):
            await self._listen()
            await self._call(ImapSession.stop_idling)

    async def close(self) -> None:
        """Log out, or cut the connection where that takes longer than CLOSE_SECONDS. It may be opened again."""
        with suppress(TimeoutError, MailboxUnavailable):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._call(ImapSession.log_out)
        self._cut()
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._thread = _thread()

    def _groups(self, folder: str, uidvalidity: int, mails: Sequence[ListedMail]) -> Iterator[list[ListedMail]]:
        """What is read in one go: up to BATCH_BYTES together, and each mail alone that has failed before."""
        group: list[ListedMail] = []
        room = BATCH_BYTES
        for mail in mails:
            cost = min(mail.size, self._max_bytes)
            alone = (folder, uidvalidity, mail.uid) in self._failed_reads
            if group and (alone or cost > room):
                yield group
                group, room = [], BATCH_BYTES
            group.append(mail)
            room = 0 if alone else room - cost
        if group:
            yield group

    async def _read(self, folder: str, uidvalidity: int, group: Sequence[ListedMail]) -> list[FetchedMail]:
        """The mails of a group, with a note of each that was under way when the connection ended."""
        keys = [(folder, uidvalidity, mail.uid) for mail in group]
        given_up = self._failed_reads[keys[0]] >= READ_ATTEMPTS
        raw = {group[0].uid: b""} if given_up else {}
        if not given_up:
            try:
                raw = await self._call(ImapSession.read, folder, uidvalidity, group, self._max_bytes)
            except MailboxUnavailable:
                self._failed_reads.update(keys)
                raise
        for key in keys:
            del self._failed_reads[key]
        return [
            FetchedMail(
                folder=folder,
                uidvalidity=uidvalidity,
                uid=mail.uid,
                received_at=mail.received_at,
                size=mail.size,
                seen=mail.seen,
                raw=raw[mail.uid],
                complete=mail.size <= self._max_bytes and not given_up,
                fault=_UNREADABLE if given_up else "",
            )
            for mail in group
            if mail.uid in raw
        ]

    def _has_news(self, session: ImapSession) -> bool:
        """Whether a folder moved on since the caller looked: IDLE only tells what comes after it began.

        The folder that IDLE is to watch is looked at last and stays open. One that the caller never saw, or
        that could not be opened, is not looked at.
        """
        folder, junk = self._server.folder, self._server.junk
        moved = junk in self._told and session.look(junk) != self._told[junk]
        state = session.look(folder)
        return moved or state != self._told.get(folder, state)

    async def _listen(self) -> None:
        """Until the server says something or goes away, or the round is over."""
        if self._session is None:
            return
        loop, descriptor = asyncio.get_running_loop(), self._session.descriptor
        heard = asyncio.Event()
        loop.add_reader(descriptor, heard.set)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._round_seconds):
                    await heard.wait()
        finally:
            loop.remove_reader(descriptor)

    async def _call(self, work: Callable[Concatenate[ImapSession, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def run() -> T:
            if self._session is None:
                raise MailboxUnavailable(f"{self._server.host}:{self._server.port}: not connected")
            try:
                self._session.stop_idling()
                return work(self._session, *args, **kwargs)
            except FAILURES as error:
                self._cut()
                raise explain(self._server, error) from None

        with outside("imap", work.__name__.strip("_<>")):
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _connect(self) -> None:
        self._cut()
        try:
            self._session = ImapSession(self._server, self._tokens)
        except FAILURES as error:
            raise explain(self._server, error) from None

    def _cut(self) -> None:
        session, self._session = self._session, None
        if session:
            session.cut()


def _thread() -> ThreadPoolExecutor:
    """Begun when there is something to do."""
    return ThreadPoolExecutor(1, thread_name_prefix="imap")
