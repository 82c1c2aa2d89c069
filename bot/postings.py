"""The outbox worker for Slack: cards, messages, drafts and alerts, rendered from what is true when they leave."""

import logging
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError

from bot.adapters import cards, draft_cards
from bot.adapters.cards import Posting
from bot.adapters.pace import Pace
from bot.adapters.slack import Fate, Posted, SlackGateway
from bot.failpoints import passing
from bot.logs import described
from bot.store import cases, drafts, leases, outbox
from bot.store.cases import Case
from bot.store.outbox import SLACK
from bot.store.tables import OutboxRow
from bot.store.work import Work
from bot.supervision import unbroken
from handlers import alerts, conversation, nudging, removing, showing, telling
from handlers.channels import Channels
from handlers.desk import Desk

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
_TURN = timedelta(seconds=10)  # after which another replica posts, where this one is silent
_LONGEST_PAUSE = timedelta(minutes=10)
_TO_PEOPLE = (*conversation.KINDS, "nudge")  # in their direct messages
_RENDERED = ("card", "draft", "tasks")  # each stands in one place, and is brought up to date there


class SlackDelivery:
    """One posting at a time; mail never waits for it, nor does a requester while the staff's channel is full."""

    def __init__(
        self,
        desk: Desk,
        slack: SlackGateway,
        channels: Channels,
        *,
        alert_channel: str,
        owner: str = "",
        pace: Pace | None = None,
    ) -> None:
        """``owner``: who this is among several replicas; empty where it is the only one.

        ``pace``: of what is posted for staff; people hear in direct messages, each in their own.
        """
        self._desk, self._slack, self._channels = desk, slack, channels
        self._alert_channel, self._owner = alert_channel, owner
        self._pace = pace or Pace(lambda: desk.now().timestamp())
        self.fault = ""

    async def run(self) -> None:
        await self.recover(alone=not self._owner)
        while True:
            if not await unbroken(self.send_next()):
                await self._desk.store.news(SLACK, 1.0)
                if self._owner:
                    await self.recover(alone=False)

    async def recover(self, *, alone: bool) -> None:
        """What was begun before a crash is looked up before it is posted again."""
        async with self._desk.store.transaction() as work:
            for row in await outbox.adrift(work, SLACK, self._desk.now(), alone=alone):
                outbox.later(work, row, self._desk.now(), outbox.LOOK_UP)

    async def send_next(self) -> bool:
        """Whether there was something to do."""
        async with self._desk.store.transaction() as work:
            row = await self._next(work)
            doubtful = row is not None and row.reason == outbox.LOOK_UP
            if row:
                doubtful = await self._stands_for_others(work, row) or doubtful
                outbox.start(work, row, self._desk.now(), LEASE)
        if row is None:
            return False
        passing("slack.claimed")
        posted = await self._attempt(row, doubtful=doubtful)
        passing("slack.posted")
        self._keep_pace(row, posted)
        async with self._desk.store.transaction() as work:
            await self._record(work, await outbox.load(work, row.id), posted)
        passing("slack.recorded")
        return True

    async def _next(self, work: Work) -> OutboxRow | None:
        """One replica at a time posts, so that nothing stands twice in a channel, and one pace is kept."""
        now = self._desk.now()
        if self._owner and not await leases.hold(work, "postings", self._owner, now, _TURN):
            return None
        kinds = None if self._pace.is_free else _TO_PEOPLE
        return next(iter(await outbox.due(work, SLACK, now, limit=1, kinds=kinds)), None)

    async def _stands_for_others(self, work: Work, row: OutboxRow) -> bool:
        """What is rendered as it leaves says what others of its kind wait to say; whether one is in doubt."""
        others = await outbox.alike(work, row) if row.kind in _RENDERED else []
        doubtful = any(each.state == "sending" or each.reason == outbox.LOOK_UP for each in others)
        for each in others:
            outbox.sent(work, each, self._desk.now())
        return doubtful

    def _keep_pace(self, row: OutboxRow, posted: Posted) -> None:
        if row.kind in _TO_PEOPLE:
            return
        self._pace.spend()
        if posted.pause:
            self._pace.hold(posted.pause)

    async def _attempt(self, row: OutboxRow, *, doubtful: bool) -> Posted:
        """What cannot even be rendered must not keep the rest waiting."""
        try:
            if row.kind == removing.KIND:
                return await removing.post(self._slack, row)
            return await self._send(row, doubtful=doubtful)
        except Exception as fault:  # noqa: BLE001 (calls to Slack answer with a fate; this is before any)
            log.error("outbox row %s cannot be posted: %s", row.id, described(fault))
            return Posted(Fate.TRY_LATER, reason=type(fault).__name__)

    async def _send(self, row: OutboxRow, *, doubtful: bool) -> Posted:
        async with self._desk.store.reading() as work:
            case = await cases.by_id(work, row.ticket_id) if row.ticket_id else None
            if row.kind in ("alert", "digest"):
                return await self._announce(row, doubtful=doubtful)
            if row.kind in conversation.KINDS:
                return await telling.post(self._desk, self._slack, work, row, case, doubtful=doubtful)
            if case is None:
                return Posted(Fate.REFUSED, reason="ticket_gone")
            if row.kind == "nudge":
                return await nudging.post(self._slack, row, case, doubtful=doubtful)
            if row.kind != "card" and not case.row.card_ts:
                return Posted(Fate.TRY_LATER, reason="the ticket's card is not there yet")
            if exposed := await self._exposed(case):
                return exposed
            match row.kind:
                case "card":
                    return await self._card(work, row, case, doubtful=doubtful)
                case "tasks":
                    return await self._tasks(work, row, case, doubtful=doubtful)
                case "draft":
                    return await self._draft(work, row, case, doubtful=doubtful)
                case _:
                    return await self._say(work, row, case, doubtful=doubtful)

    async def _announce(self, row: OutboxRow, *, doubtful: bool) -> Posted:
        """What one person has missed is theirs alone; of a ticket nothing is said where strangers can read it."""
        text, assignee = str(row.facts["text"]), row.facts.get("assignee")
        channel, posting = self._desk.staff_channel or "", cards.reminder(text, assignee)
        if row.kind == "alert":
            channel, posting = self._alert_channel, cards.alert(text)
        if told := await nudging.tell(self._slack, row, assignee, posting, doubtful=doubtful):
            return told
        of_tickets = row.kind == "digest" or row.ticket_id or row.key.startswith("missed:")
        exposed = await self._exposed_in(channel) if of_tickets and channel == self._desk.staff_channel else None
        return exposed or await self._once(channel, row, posting, doubtful=doubtful)

    async def _exposed(self, case: Case) -> Posted | None:
        return await self._exposed_in(self._channel(case))

    async def _exposed_in(self, channel: str) -> Posted | None:
        """Nothing is posted where strangers may read it, or where Slack does not say whether they may."""
        try:
            why = await self._channels.exposed(channel)
        except SlackApiError as fault:
            return Posted(Fate.REFUSED, reason=str(fault.response.get("error") or fault.response.status_code))
        return Posted(Fate.TRY_LATER, reason=f"the channel {why}") if why else None

    async def _card(self, work: Work, row: OutboxRow, case: Case, *, doubtful: bool) -> Posted:
        posting = cards.ticket_card(await showing.explained(work, case, showing.card_of(self._desk, case)))
        if case.row.card_ts and case.row.card_channel:
            return await self._slack.update(case.row.card_channel, case.row.card_ts, posting)
        return await self._once(
            self._channel(case), row, posting, doubtful=doubtful, name=f"card:{case.reference}"
        )

    async def _say(self, work: Work, row: OutboxRow, case: Case, *, doubtful: bool) -> Posted:
        """In the ticket's thread."""
        posting = await showing.in_thread(work, row, case)
        if posting is None:
            return Posted(Fate.DONE)
        return await self._once(self._channel(case), row, posting, doubtful=doubtful, thread=case.row.card_ts)

    async def _draft(self, work: Work, row: OutboxRow, case: Case, *, doubtful: bool) -> Posted:
        draft = await drafts.load(work, row.draft_id or 0)
        if draft is None:
            return Posted(Fate.REFUSED, reason="draft_gone")
        posting = draft_cards.draft_message(await showing.draft_card(self._desk, work, case, draft))
        if draft.slack_ts:
            return await self._slack.update(self._channel(case), draft.slack_ts, posting)
        return await self._once(
            self._channel(case), row, posting, doubtful=doubtful, thread=case.row.card_ts, name=f"draft:{draft.id}"
        )

    async def _tasks(self, work: Work, row: OutboxRow, case: Case, *, doubtful: bool) -> Posted:
        posting = await showing.work_list(self._desk, work, case)
        if posting is None:
            return Posted(Fate.DONE)
        if case.row.tasks_ts:
            return await self._slack.update(self._channel(case), case.row.tasks_ts, posting)
        return await self._once(
            self._channel(case),
            row,
            posting,
            doubtful=doubtful,
            thread=case.row.card_ts,
            name=f"tasks:{case.reference}",
        )

    async def _once(
        self,
        channel: str,
        row: OutboxRow,
        posting: Posting,
        *,
        doubtful: bool,
        thread: str | None = None,
        name: str | None = None,
    ) -> Posted:
        """A new post, unless a try of which we never learned the fate has made it already."""
        return await self._slack.once(channel, posting, key=name or row.key, doubtful=doubtful, thread_ts=thread)

    async def _record(self, work: Work, row: OutboxRow, posted: Posted) -> None:
        now = self._desk.now()
        self.fault = "" if posted.fate is Fate.DONE else posted.reason
        match posted.fate:
            case Fate.DONE:
                outbox.sent(work, row, now)
                await self._remember(work, row, posted)
            case Fate.TRY_LATER:
                pause = timedelta(seconds=posted.pause) or _pause(row)
                outbox.later(work, row, now + pause, posted.reason)
            case Fate.UNSURE:
                outbox.later(work, row, now + timedelta(seconds=1), outbox.LOOK_UP)
            case Fate.REFUSED:
                await self._refused(work, row, posted, now)

    async def _remember(self, work: Work, row: OutboxRow, posted: Posted) -> None:
        """Where a card or a draft stands, so that it can be brought up to date."""
        if row.kind in conversation.KINDS:
            await telling.record(self._desk, work, row, posted)
        elif row.kind == removing.KIND:
            row.facts = {}
        elif row.kind == "card" and row.ticket_id:
            case = await cases.by_id(work, row.ticket_id, for_update=True)
            if case and not case.row.card_ts:
                case.row.card_channel, case.row.card_ts = self._channel(case), posted.ts
                work.session.add(case.row)
        elif row.kind == "tasks" and row.ticket_id:
            case = await cases.by_id(work, row.ticket_id, for_update=True)
            if case and not case.row.tasks_ts:
                case.row.tasks_ts = posted.ts
                work.session.add(case.row)
        elif row.kind == "draft" and row.draft_id:
            draft = await drafts.load(work, row.draft_id, for_update=True)
            if draft and not draft.slack_ts:
                draft.slack_ts = posted.ts
                work.session.add(draft)

    async def _refused(self, work: Work, row: OutboxRow, posted: Posted, now: datetime) -> None:
        """An operator must mend something, then it goes on. Staff learn of it by mail if they can."""
        if row.kind in conversation.KINDS and await telling.give_up(self._desk, work, row, posted.reason):
            return
        log.error("Slack refuses %s: %s", row.kind, posted.reason)
        outbox.later(work, row, now + _pause(row), posted.reason)
        await alerts.refused_by_slack(self._desk, work, posted.reason)

    def _channel(self, case: Case) -> str:
        return case.row.card_channel or self._desk.staff_channel or self._alert_channel


def _pause(row: OutboxRow) -> timedelta:
    return min(timedelta(seconds=2 ** min(row.attempts, 10)), _LONGEST_PAUSE)
