"""Claims on what is being worked on: kept while it takes, and asked for before what cannot be taken back.

A process that was paused may wake when its claim has lapsed and another has taken the row over. What it still
holds in its hands by then must not leave: so the claim is looked at right before the final dot of a mail, and
before each call to Slack. A pause at that very spot, longer than the claim, is the window that remains
(docs/scaling.md).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.logs import described
from bot.store import inbox, leases, outbox
from bot.store.tables import InboxItem, OutboxRow
from bot.store.work import Work
from handlers.desk import Desk

log = logging.getLogger(__name__)

SPAN = timedelta(seconds=9)
"""After so long without a word of who holds it, somebody else takes over."""

_BEAT = SPAN.total_seconds() / 3  # seconds


class Claim:
    """Something that is this desk's for as long as it says so. Who is alone has no ``renew``: it just is."""

    def __init__(self, desk: Desk, renew: Callable[[Work], Awaitable[bool]] | None) -> None:
        self._desk, self._renew = desk, renew

    async def holds(self) -> bool:
        """Whether it is still this desk's; then it is for another span. No, where nobody can tell."""
        if self._renew is None:
            return True
        try:
            async with asyncio.timeout(SPAN.total_seconds()), self._desk.store.transaction() as work:
                return await self._renew(work)
        except (OSError, SQLAlchemyError) as fault:
            log.warning("a claim cannot be looked at: %s", described(fault))
            return False

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renewed until the end of the block. It may be lost all the same: what counts is ``holds``."""
        beat = asyncio.create_task(self._beat()) if self._renew else None
        try:
            yield
        finally:
            if beat:
                beat.cancel()
                await asyncio.wait({beat})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            await self.holds()


def on_row(desk: Desk, row: OutboxRow, *, alone: bool, turn: str = "", owner: str = "") -> Claim:
    """On a row of the outbox as it was claimed; ``turn``: the lease of ``owner`` that has to be held with it."""
    row_id, fence = row.id, row.attempts

    async def renew(work: Work) -> bool:
        now = desk.now()
        if turn and not await leases.hold(work, turn, owner, now, SPAN):
            return False
        return await outbox.renew(work, row_id, fence, now, SPAN)

    return Claim(desk, None if alone else renew)


def on_items(desk: Desk, items: Sequence[InboxItem], *, alone: bool) -> Claim:
    """On items of the inbox that are worked on one after the other."""
    ids = [each.id for each in items]

    async def renew(work: Work) -> bool:
        return await inbox.renew(work, ids, desk.now(), SPAN)

    return Claim(desk, None if alone else renew)
