"""What happens when time passes: reminders said, requesters reminded, digests written, dates counted anew.

What is due the domain decides (`reminders`); here it is carried out, each thing once under its key, whatever
starts, stops or runs twice.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import digests
from bot.domain.calendars import Calendar, calendar_code, spoken
from bot.domain.events import Event, Reminded, Unanswered
from bot.domain.lifecycle import IllegalTransition
from bot.domain.reminders import MORNING, Kind, Matter, Reminder, To, due
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.failpoints import passing
from bot.logs import described
from bot.store import cases, drafts, outbox, queues, reminders
from bot.store.cases import Case
from bot.store.work import Work
from handlers import correspondence, daily_cards, notices, nudging
from handlers.alerts import tell_staff
from handlers.casework import happen, show
from handlers.dating import extensible
from handlers.desk import Desk

log = logging.getLogger(__name__)

_COUNTED_DOWN = frozenset({Kind.HALF_TIME, Kind.SEVEN_DAYS, Kind.THREE_DAYS, Kind.LAST_DAY, Kind.TODAY})
_DESK = "desk"


async def tick(desk: Desk) -> int:
    """Says what is due by now; how much that was."""
    now, week = desk.now().astimezone(desk.timezone), working_week(desk)
    async with desk.store.reading() as work:
        matters = [_planned(desk, each) for each in await reminders.matters(work)]
    found = [(each, matter) for matter in matters for each in due(matter, now, week)]
    told = 0
    for reminder, matter in found:
        if not reminder.missed(now):
            told += await _safely(desk, reminder, matter, week)
    told += await _catch_up(desk, [each for each in found if each[0].missed(now)])
    return told + await _good_morning(desk, matters, now, week)


def _planned(desk: Desk, matter: Matter) -> Matter:
    """What is in quarantine is due, acknowledged and acted on as an access request would be."""
    if not matter.quarantined:
        return matter
    dates = desk.deadlines(desk.default_law, RequestType.ACCESS, matter.received)
    act_by = dates.act_by or dates.target_by
    return replace(matter, act_by=act_by, acknowledge_by=dates.acknowledge_by, acknowledged=False)


def working_week(desk: Desk) -> Calendar:
    """The days on which the controller's staff work."""
    return Calendar(tuple(dict.fromkeys(map(calendar_code, desk.holidays))))


# ---- one at a time -----------------------------------------------------------------------------------------


async def _safely(desk: Desk, reminder: Reminder, matter: Matter, week: Calendar) -> bool:
    """What fails is tried again at the next stroke, and keeps nothing else from being said."""
    try:
        return await _carry_out(desk, reminder, matter, week)
    except Exception as fault:  # noqa: BLE001 (whatever is wrong with one ticket, the others have dates as well)
        log.error("the reminder %s failed: %s", reminder.key, described(fault))
        return False


async def _carry_out(desk: Desk, reminder: Reminder, matter: Matter, week: Calendar) -> bool:
    """Whether it was said here; another desk may have been faster, or the ticket have changed meanwhile."""
    async with desk.store.transaction() as work:
        case = None if matter.quarantined else await cases.load(work, reminder.reference, for_update=True)
        if (case and case.row.status == Status.CLOSED) or not await _is_first(desk, work, reminder):
            return False
        text = digests.said(reminder, matter, desk.day(desk.now()), week) if reminder.kind in digests.SAID else ""
        if case is None:
            await tell_staff(desk, work, reminder.key, text)
        elif reminder.to is To.LIFE:
            await _let_happen(desk, work, case, reminder, text)
        else:
            await _remind(desk, work, case, reminder, text)
        passing("clock.decided")
    passing("clock.committed")
    return True


async def _remind(desk: Desk, work: Work, case: Case, reminder: Reminder, text: str) -> None:
    if reminder.kind in _COUNTED_DOWN and (found := extensible(desk, case)):
        _, dates = found
        assert dates.notice_by is not None
        text += (
            f" If the law's grounds are there, a notice of extension may leave until {spoken(dates.notice_by)}."
        )
        text += " *Draft: extend* writes it."
    await cases.note(work, case, at=desk.now(), actor="desk", event="reminded_staff", kind=reminder.kind)
    await show(desk, work, case)
    await nudging.queue(desk, work, case, reminder.key, text)
    if reminder.to is To.ALERT or desk.staff_channel is None:
        said = text if case.reference in text else f"{case.reference}: {text}"
        await tell_staff(desk, work, reminder.key, said, ticket_id=case.id)
        return
    await outbox.put(
        work,
        lane=outbox.SLACK,
        kind="reminder",
        key=reminder.key,
        now=desk.now(),
        ticket_id=case.id,
        facts={"text": text},
    )


async def _let_happen(desk: Desk, work: Work, case: Case, reminder: Reminder, text: str) -> None:
    """The requester is reminded, or staff are given what to decide."""
    now = desk.now()
    events: dict[Kind, Event] = {
        Kind.QUESTION: Reminded(now, asked=True),
        Kind.UNANSWERED: Unanswered(now),
        Kind.CODE: Reminded(now),
    }
    if reminder.kind is Kind.CODE and await _gave_a_code(work, case):
        await notices.ask_owner(desk, work, case)
        return
    if reminder.kind is Kind.UNPROVEN:
        await _propose_closing(desk, work, case)
    else:
        try:
            await happen(desk, work, case, events[reminder.kind], actor="desk")
        except IllegalTransition:
            return  # it has been decided meanwhile
    if text:
        await _remind(desk, work, case, reminder, text)


async def _gave_a_code(work: Work, case: Case) -> bool:
    """Whether the requester did all that was asked of them: what their code was worth, no letter tells."""
    return any(each.event == "proven" for each in await cases.entries(work, case))


async def _propose_closing(desk: Desk, work: Work, case: Case) -> None:
    """The draft that closes without proof; none where staff have one about this already."""
    types = case.ticket().unproven_types
    standing = [each for each in await drafts.open_ones(work, case.id) if each.outcome == Outcome.UNVERIFIED]
    if types and not standing:
        await correspondence.draft(desk, work, case, "could_not_verify", types, Outcome.UNVERIFIED, author=None)


# ---- many at once ------------------------------------------------------------------------------------------


async def _catch_up(desk: Desk, found: Sequence[tuple[Reminder, Matter]]) -> int:
    """What was missed: one digest a person, one of what nobody has taken, and one alert of what is overdue."""
    groups: defaultdict[tuple[To, str | None], list[tuple[Reminder, Matter]]] = defaultdict(list)
    for reminder, matter in found:
        groups[reminder.to, matter.assignee if reminder.to is To.THREAD else None].append((reminder, matter))
    async with desk.store.transaction() as work:
        for (to, assignee), theirs in groups.items():
            fresh = [each for each in theirs if await _is_first(desk, work, each[0])]
            if not fresh:
                continue
            key, text = _key([each.key for each, _ in fresh]), digests.missed(fresh)
            if to is To.ALERT:
                await tell_staff(desk, work, key, text)
            else:
                await _post(desk, work, key, text, assignee)
    return len(groups)


async def _is_first(desk: Desk, work: Work, reminder: Reminder) -> bool:
    return await reminders.record(work, reminder.key, reminder.reference, desk.now())


async def _good_morning(desk: Desk, matters: Sequence[Matter], now: datetime, week: Calendar) -> int:
    """One digest each working morning."""
    today = now.date()
    if now.timetz().replace(tzinfo=None) < MORNING or week.rest(today):
        return 0
    async with desk.store.transaction() as work:
        if not await reminders.record(work, f"digest:{today}", _DESK, desk.now()):
            return 0
        if text := digests.digest(matters, today, week, (await queues.aside(work)).unconfirmed):
            await _post(desk, work, f"digest:{today}", text, None)
    await daily_cards.refresh(desk, today)
    return 1


async def _post(desk: Desk, work: Work, key: str, text: str, assignee: str | None) -> None:
    if desk.staff_channel is None:
        await tell_staff(desk, work, key, text)
        return
    facts = {"text": text, "assignee": assignee}
    await outbox.put(work, lane=outbox.SLACK, kind="digest", key=key, now=desk.now(), facts=facts)


def _key(keys: Sequence[str]) -> str:
    return f"missed:{hashlib.sha256(' '.join(sorted(keys)).encode()).hexdigest()[:32]}"
