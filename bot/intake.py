"""From the mailbox to the inbox: whatever is there is committed first, then marked seen."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select

from bot.adapters.mailbox import FetchedMail, ImapServer, Mailbox, MailboxRefused, MailboxUnavailable
from bot.claims import SPAN, on_items
from bot.domain.fingerprint import fingerprint
from bot.domain.vocabulary import RequestType
from bot.failpoints import passing
from bot.logs import log_context
from bot.store import inbox, leases
from bot.store.desk_tables import Bookmark
from bot.store.tables import InboxItem
from bot.store.work import Work
from bot.supervision import unbroken
from bot.telemetry import span
from handlers.desk import Desk
from handlers.quarantine import set_aside

log = logging.getLogger(__name__)

RECENT = timedelta(days=2)  # at the first start, what is older is not answered automatically
_ROUND = SPAN.total_seconds() / 3  # seconds after which a lease is renewed, or asked for
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 120.0
_REFUSED_PAUSE = 60.0
_HELD = "%s mails from before the first start get no automatic mail until you run: ticket release"


class Intake:
    """Follows one mailbox for as long as this replica holds the lease on it."""

    def __init__(
        self, desk: Desk, server: ImapServer, *, owner: str, max_bytes: int, since: date | None = None
    ) -> None:
        self._desk, self._server, self._owner, self._since = desk, server, owner, since
        self._mailbox = Mailbox(server, max_bytes=max_bytes, round_seconds=_ROUND)
        self._name = server.name
        self.connected = False
        self.owned = self.ever_asked = False
        self.fault = ""

    async def run(self) -> None:
        """Reads until it is cancelled; reconnects with growing pauses, so that nobody need restart it."""
        pause = _SHORTEST_PAUSE
        try:
            while True:
                try:
                    if await self._hold():
                        await self._follow()
                    pause = _ROUND
                except MailboxUnavailable as fault:
                    log.warning("mailbox unavailable: %s", fault)
                    self.fault, pause = str(fault), self._next_pause(pause)
                except MailboxRefused as fault:
                    log.error("mailbox refused: %s", fault)
                    self.fault, pause = str(fault), _REFUSED_PAUSE
                self.connected = False
                await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 (jitter)
        finally:
            await self._mailbox.close()
            await self._give_back()

    def _next_pause(self, pause: float) -> float:
        """Growing while nothing works; short again after a connection that worked."""
        return _SHORTEST_PAUSE if self.connected else min(pause * 2, _LONGEST_PAUSE)

    async def _follow(self) -> None:
        await self._mailbox.open()
        self.connected, self.fault = True, ""
        while await self._hold():
            for folder in self._server.folders:
                await self._catch_up(folder)
            await self._mailbox.wait()

    async def _hold(self) -> bool:
        async with self._desk.store.transaction() as work:
            self.owned = await leases.hold(work, f"mailbox:{self._name}", self._owner, self._desk.now(), SPAN)
        self.ever_asked = True
        return self.owned

    async def _give_back(self) -> None:
        async with self._desk.store.transaction() as work:
            await leases.give_back(work, f"mailbox:{self._name}", self._owner, self._desk.now())

    async def _catch_up(self, folder: str) -> None:
        """Everything above the bookmark; at a first start, or where UIDs have become others, what is unseen."""
        state = await self._mailbox.state(folder)
        async with self._desk.store.reading() as work:
            bookmark = await work.session.get(Bookmark, (self._name, folder))
        restored = bookmark is not None and bookmark.restored
        if bookmark and bookmark.uidvalidity == state.uidvalidity:
            if state.uidnext > bookmark.last_uid + 1:
                after = bookmark.last_uid
                await self._read(folder, after=after, since=self._since, follow=True, restored=restored)
        else:
            await self._read(folder, after=0, unseen_only=True, since=self._since, new_since=bookmark)
            if bookmark:  # what came in between and was opened elsewhere; what is known already is passed over
                since = bookmark.started_at.date()
                await self._read(folder, after=0, since=since, new_since=bookmark, restored=restored)
            await self._set_bookmark(folder, state.uidvalidity, state.uidnext - 1)
        if restored:
            await self._caught_up(folder)

    async def _read(
        self,
        folder: str,
        *,
        after: int,
        unseen_only: bool = False,
        since: date | None = None,
        new_since: Bookmark | None = None,
        follow: bool = False,
        restored: bool = False,
    ) -> None:
        async for batch in self._mailbox.fetch(folder, after=after, unseen_only=unseen_only, since=since):
            passing("mail.fetched")
            wanted = [
                mail
                for mail in batch
                if not new_since or not mail.seen or mail.received_at >= new_since.started_at
            ]
            await self._take(wanted, first=not follow, restored=restored)
            passing("mail.stored")
            await self._mailbox.mark_seen(folder, [mail.uid for mail in wanted if not mail.seen])
            passing("mail.flagged")
            if follow:
                await self._set_bookmark(folder, batch[-1].uidvalidity, batch[-1].uid)
            await self._hold()

    async def _take(self, batch: Sequence[FetchedMail], *, first: bool, restored: bool) -> None:
        """Commits a batch. What is in the inbox already, in this place or another, is not taken twice.

        ``restored``: what is marked seen and not known was taken in by a desk whose data were lost.
        """
        now, keys = self._desk.now(), self._desk.store.keys
        contents = [keys.index(fingerprint(mail.raw)) if mail.complete else None for mail in batch]
        origins = [f"{self._name}/{mail.folder}/{mail.uidvalidity}/{mail.uid}" for mail in batch]
        quiet = 0
        async with self._desk.store.transaction() as work:
            places, known = await inbox.known(work, origins, [each for each in contents if each])
            for mail, origin, content in zip(batch, origins, contents, strict=True):
                if origin in places or content in known:
                    continue
                known.update({content} if content else ())
                automatic = not first or now - mail.received_at < RECENT
                quiet += not automatic
                lost = restored and mail.seen
                await self._put(work, mail, origin, content, now, automatic=automatic, lost=lost)
            passing("mail.taken")
        if quiet:
            log.warning(_HELD, quiet)

    async def _put(
        self, work: Work, mail: FetchedMail, origin: str, content: str | None, now: datetime, **facts: Any
    ) -> None:
        desk = self._desk
        received_at = min(mail.received_at, now)
        item = await inbox.put(
            work,
            source="imap",
            origin=origin,
            content=content,
            raw=mail.raw,
            received_at=received_at,
            now=now,
            due_at=desk.deadlines(desk.default_law, RequestType.ACCESS, received_at).respond_by,
            complete=mail.complete,
            size=mail.size,
            **facts,
        )
        if mail.fault:
            await work.session.flush()
            await set_aside(desk, work, item, mail.fault)

    async def _set_bookmark(self, folder: str, uidvalidity: int, last_uid: int) -> None:
        async with self._desk.store.transaction() as work:
            query = select(Bookmark).where(Bookmark.mailbox == self._name, Bookmark.folder == folder)
            bookmark = (await work.session.exec(query)).one_or_none() or Bookmark(
                mailbox=self._name, folder=folder, uidvalidity=0, last_uid=0, started_at=self._desk.now()
            )
            bookmark.uidvalidity, bookmark.last_uid = uidvalidity, last_uid
            work.session.add(bookmark)

    async def _caught_up(self, folder: str) -> None:
        """Whatever a desk before this one had taken in is known again."""
        async with self._desk.store.transaction() as work:
            if bookmark := await work.session.get(Bookmark, (self._name, folder)):
                bookmark.restored = False


Handle = Callable[[Desk, InboxItem], Awaitable[None]]


class InboxWorker:
    """Works on what is in the inbox; what fails three times goes into quarantine, and the rest goes on.

    After a crash another replica takes over; what both work on all the same is done once.
    """

    def __init__(self, desk: Desk, source: str, handle: Handle, *, alone: bool) -> None:
        self._desk, self._source, self._handle, self._alone = desk, source, handle, alone

    async def run(self) -> None:
        if self._alone:
            async with self._desk.store.transaction() as work:
                await inbox.release_leases(work, self._source)
        while True:
            if not await unbroken(self.work_once()):
                await self._desk.store.news(inbox.LANE, 1.0)

    async def work_once(self) -> int:
        """How many items were worked on."""
        async with self._desk.store.transaction() as work:
            items = await inbox.claim(work, self._source, self._desk.now(), SPAN)
        async with on_items(self._desk, items, alone=self._alone).kept():
            for item in items:
                await self._one(item)
        return len(items)

    async def _one(self, item: InboxItem) -> None:
        if item.attempts > inbox.TRIES:
            await self._failed(item, "the desk died of it")
            return
        name = f"{self._source}-{item.id}"
        with log_context(request=name), span("inbox item", request=name):
            try:
                await self._handle(self._desk, item)
                log.info("inbox item %s is handled", item.id)
            except Exception as fault:
                why = type(fault).__name__
                log.warning("inbox item %s failed at try %s: %s", item.id, item.attempts, why, exc_info=True)
                await self._failed(item, why)

    async def _failed(self, item: InboxItem, fault: str) -> None:
        async with self._desk.store.transaction() as work:
            current = await inbox.load(work, item.id or 0, for_update=True)
            if current is None or current.state != "new":
                return
            if current.attempts >= inbox.TRIES:
                reason = f"It failed {current.attempts} times ({fault})."
                await set_aside(self._desk, work, current, reason)
            else:
                pause = timedelta(seconds=2**current.attempts)
                await inbox.put_back(work, current, self._desk.now(), pause)
