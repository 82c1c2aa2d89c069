"""The outbox worker for the operator's own systems: told at least once, each event under one number."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.adapters.webhook import Answered, Fate, Webhooks
from bot.claims import SPAN, on_row
from bot.failpoints import passing
from bot.logs import described
from bot.store import outbox
from bot.store.outbox import WEBHOOK
from bot.store.tables import OutboxRow
from bot.store.work import Work
from bot.supervision import unbroken
from bot.telemetry import span
from handlers import announcing, connectors
from handlers.alerts import tell_staff
from handlers.desk import Desk

log = logging.getLogger(__name__)

GIVE_UP = timedelta(days=5)
_LONGEST_PAUSE = timedelta(hours=1)


class Connecting:
    """One event at a time; nothing else waits for it."""

    def __init__(self, desk: Desk, urls: Sequence[str], *, alone: bool) -> None:
        self._desk, self._urls, self._alone = desk, urls, alone
        self._webhooks: Webhooks | None = None
        self._places: dict[str, str] = {}

    async def run(self) -> None:
        try:
            await self.recover(alone=self._alone)
            while True:
                if not await unbroken(self.send_next()):
                    await self._desk.store.news(WEBHOOK, 1.0)
                    if not self._alone:
                        await self.recover(alone=False)
        finally:
            await self.close()

    async def recover(self, *, alone: bool) -> None:
        """What was begun before a crash is told again: its number says that it is the same."""
        async with self._desk.store.transaction() as work:
            for row in await outbox.adrift(work, WEBHOOK, self._desk.now(), alone=alone):
                outbox.later(work, row, self._desk.now(), "The desk stopped while it was being told.")

    async def send_next(self) -> bool:
        """Whether there was something to do."""
        async with self._desk.store.transaction() as work:
            rows = await outbox.due(work, WEBHOOK, self._desk.now(), limit=1)
            for row in rows:
                await outbox.start(work, row, self._desk.now(), SPAN)
        if not rows:
            return False
        passing("webhook.claimed")
        fence = rows[0].attempts
        with outbox.at_work(rows[0]), span("connector", kind=rows[0].kind):
            async with on_row(self._desk, rows[0], alone=self._alone).kept():
                answered = await self._post(rows[0])
            passing("webhook.posted")
            async with self._desk.store.transaction() as work:
                row = await outbox.load(work, rows[0].id)
                if outbox.is_claimed(row, fence, left=answered.fate in (Fate.HEARD, Fate.TAKEN)):
                    await self._record(work, row, answered)
        return True

    async def _post(self, row: OutboxRow) -> Answered:
        try:
            async with self._desk.store.reading() as work:
                content = await outbox.payload_of(work, row)
                if self._webhooks is None:
                    self._webhooks = Webhooks(announcing.secret(work))
                    self._places = {announcing.place(work, url): url for url in self._urls}
        except Exception as fault:  # noqa: BLE001 (nothing has left yet, whatever it is)
            log.error("outbox row %s cannot be told: %s", row.id, described(fault))
            return Answered(Fate.TRY_LATER, type(fault).__name__)
        url = self._places.get(str(row.facts["to"]))
        if url is None:
            return Answered(Fate.REFUSED, "its address stands in WEBHOOK_URLS no more")
        return await self._webhooks.post(url, content)

    async def _record(self, work: Work, row: OutboxRow, answered: Answered) -> None:
        now = self._desk.now()
        match answered.fate:
            case Fate.HEARD | Fate.TAKEN:
                outbox.sent(work, row, now)
                if answered.fate is Fate.TAKEN and row.facts.get("task"):
                    await connectors.taken(self._desk, work, int(row.facts["task"]))
            case Fate.TRY_LATER if now - row.created_at < GIVE_UP:
                pause = min(timedelta(seconds=5 * 2 ** min(row.attempts, 12)), _LONGEST_PAUSE)
                outbox.later(work, row, now + pause, answered.reason)
            case _:
                outbox.dead(work, row, answered.reason)
                what = f"One of your own systems could not be told of {row.kind}: {answered.reason}."
                await tell_staff(self._desk, work, f"webhook:{row.id}", what, ticket_id=row.ticket_id)

    async def close(self) -> None:
        if self._webhooks:
            await self._webhooks.close()
            self._webhooks = None
