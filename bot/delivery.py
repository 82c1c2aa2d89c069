"""The outbox worker for mail: sends what is due, and records what became of it."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from bot.adapters.post import Fate, Post, Sending
from bot.claims import SPAN, Claim, on_row
from bot.domain.limits import Limit, Scope, limits_of
from bot.failpoints import passing
from bot.logs import described
from bot.store import cases, drafts, outbox, sightings
from bot.store.outbox import MAIL, Promise
from bot.store.tables import OutboxRow
from bot.store.work import Work
from bot.supervision import unbroken
from bot.telemetry import outside, span
from handlers import approvals, correspondence, dispatch
from handlers.alerts import tell_staff
from handlers.casework import show
from handlers.desk import Desk

log = logging.getLogger(__name__)

GIVE_UP = timedelta(days=5)  # as long as mail servers try (RFC 5321 section 4.5.4.1)
MAILED = "mailed"  # the kind of sighting that counts what has left
_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=4)
_MISCONFIGURED_PAUSE = timedelta(minutes=1)


class MailDelivery:
    """One letter at a time over one kept connection."""

    def __init__(self, desk: Desk, post: Post, *, alone: bool) -> None:
        self._desk, self._post, self._alone = desk, post, alone
        self.connected = True
        self.fault = ""

    async def run(self) -> None:
        await self.recover(alone=self._alone)
        while True:
            if not await unbroken(self.send_next()):
                await self._desk.store.news(MAIL, 1.0)
                if not self._alone:
                    await self.recover(alone=False)

    async def recover(self, *, alone: bool) -> None:
        """What somebody began to send before they died: notices go out again, the rest is in doubt."""
        async with self._desk.store.transaction() as work:
            for row in await outbox.adrift(work, MAIL, self._desk.now(), alone=alone):
                await self._in_doubt(work, row, "The desk stopped while it was being sent.", pause=timedelta(0))
                passing("delivery.recovering")

    async def send_next(self) -> bool:
        """Whether there was something to do."""
        async with self._desk.store.transaction() as work:
            row, busy = await self._claim(work)
        if row is None:
            return busy
        passing("delivery.claimed")
        claim, fence = on_row(self._desk, row, alone=self._alone), row.attempts
        with outbox.at_work(row), span("mail delivery", letter=row.kind):
            async with claim.kept():
                sending = await self._hand_over(row, claim)
            passing("delivery.handed_over")
            async with self._desk.store.transaction() as work:
                row = await outbox.load(work, row.id)
                if outbox.is_claimed(row, fence, left=sending.fate is Fate.SENT):
                    await self._record(work, row, sending)
            passing("delivery.recorded")
            log.info("outbox row %s: %s", row.id, sending.fate)
        return True

    async def _hand_over(self, row: OutboxRow, claim: Claim) -> Sending:
        """What cannot even be opened must not keep the rest waiting."""
        try:
            async with self._desk.store.reading() as work:
                raw = await outbox.payload_of(work, row)
                recipient = dispatch.recipient_of(raw)
                unfit = await approvals.unfit(self._desk, work, row, recipient) if row.draft_id else None
        except Exception as fault:  # noqa: BLE001 (nothing has left yet, whatever it is)
            log.error("outbox row %s cannot be sent: %s", row.id, described(fault))
            return Sending(Fate.TRY_LATER, None, type(fault).__name__)
        if unfit:
            return Sending(Fate.REFUSED, None, unfit)
        with outside("smtp", "send") as call:
            sending = await self._post.send(self._desk.address, recipient, raw, partial(_may_go, claim))
            call.fault = "" if sending.fate is Fate.SENT else sending.fate
        return sending

    async def _claim(self, work: Work) -> tuple[OutboxRow | None, bool]:
        """A row to send now, marked so; or whether anything else was done with those that were due."""
        now, busy = self._desk.now(), False
        for row in await outbox.due(work, MAIL, now, limit=1):
            if held := await self._held_back(work, row, now):
                busy = True
                if row.promise == Promise.SPARE:
                    outbox.dead(work, row, "There was enough automatic mail already.")
                else:
                    outbox.later(work, row, held, outbox.HELD_BACK)
                continue
            row = await dispatch.merged(self._desk, work, row)
            await outbox.start(work, row, now, SPAN)
            return row, True
        return None, busy

    async def _held_back(self, work: Work, row: OutboxRow, now: datetime) -> datetime | None:
        """Until when an automatic mail has to wait, so that no more than the limits allow leaves."""
        counted = tuple(_counted(row))
        filled = await sightings.latest(work, MAILED, [(subject, limit.most) for limit, subject in counted])
        waits = (limit.free_at(at, now, row.id or 0) for (limit, _), at in zip(counted, filled, strict=True))
        return max((each for each in waits if each), default=None)

    async def _record(self, work: Work, row: OutboxRow, sending: Sending) -> None:
        now = self._desk.now()
        self.connected, self.fault = sending.fate is not Fate.MISCONFIGURED, sending.reason
        match sending.fate:
            case Fate.SENT:
                outbox.sent(work, row, now)
                subjects = [subject for _, subject in _counted(row)]
                await sightings.add_all(work, MAILED, subjects, str(row.id), now)
                await self._note(work, row, "sent")
            case Fate.TRY_LATER if now - row.created_at < GIVE_UP:
                outbox.later(work, row, now + _pause(row), sending.reason)
            case Fate.TRY_LATER | Fate.REFUSED:
                await self._given_up(work, row, sending)
            case Fate.MISCONFIGURED:
                outbox.later(work, row, now + _MISCONFIGURED_PAUSE, sending.reason)
                log.error("no mail can be sent: %s", sending.reason)
            case Fate.UNSURE:
                await self._in_doubt(work, row, sending.reason, pause=_pause(row))

    async def _in_doubt(self, work: Work, row: OutboxRow, reason: str, *, pause: timedelta) -> None:
        if row.promise != Promise.ONCE:
            outbox.later(work, row, self._desk.now() + pause, reason)
            return
        outbox.doubtful(work, row, reason)
        await self._note(work, row, "unsure")
        await self._tell(
            work, row, "may or may not have been sent: the connection broke. Ask before sending it again."
        )

    async def _given_up(self, work: Work, row: OutboxRow, sending: Sending) -> None:
        outbox.dead(work, row, sending.reason)
        await self._note(work, row, "undeliverable", code=sending.code)
        why = f"the mail server answered {sending.code}" if sending.code else sending.reason or "nobody answered"
        await self._tell(work, row, f"could not be sent: {why}.")

    async def _note(self, work: Work, row: OutboxRow, event: str, **detail: object) -> None:
        if row.ticket_id is None:
            return
        case = await cases.by_id(work, row.ticket_id, for_update=True)
        if case is None:
            return
        await cases.note(work, case, at=self._desk.now(), actor="desk", event=event, letter=row.kind, **detail)
        if row.draft_id and (draft := await drafts.load(work, row.draft_id)):
            await correspondence.show_draft(self._desk, work, draft, about=row.state)
        if not row.automatic:
            await show(self._desk, work, case)

    async def _tell(self, work: Work, row: OutboxRow, what: str) -> None:
        case = await cases.by_id(work, row.ticket_id) if row.ticket_id else None
        about = f"The letter “{row.kind}” of {case.reference}" if case else f"A mail ({row.kind})"
        await tell_staff(self._desk, work, f"{row.state}:{row.id}", f"{about} {what}", ticket_id=row.ticket_id)


async def _may_go(claim: Claim) -> bool:
    """Asked when all but the final dot has gone."""
    passing("delivery.offered")
    return await claim.holds()


def _counted(row: OutboxRow) -> Iterator[tuple[Limit, str]]:
    """The limits that a row falls under, each with what it counts as there."""
    if not row.automatic or row.address_index is None:
        return
    parts = {
        Scope.ADDRESS: row.address_index,
        Scope.TICKET: str(row.ticket_id),
        Scope.DOMAIN: str(row.facts.get("domain")),
        Scope.ALL: "",
    }
    yield from ((limit, limit.name(parts[limit.scope])) for limit in limits_of(row.kind))


def _pause(row: OutboxRow) -> timedelta:
    doubled: int = 2 ** min(max(row.attempts - 1, 0), 20)
    return min(_SHORTEST_PAUSE * doubled, _LONGEST_PAUSE)
