"""What staff ask /privacy for: queues, a ticket, the figures of a period; nothing that names a requester."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

from bot.adapters import staff_home, staff_report
from bot.adapters.cards import Posting, section
from bot.adapters.interactions import Press
from bot.domain.laws import in_short
from bot.domain.lifecycle import Refused
from bot.domain.reporting.histories import Period
from bot.store import queues, told
from bot.store.queues import Queue
from handlers import exports
from handlers.front import Front
from handlers.reporting import period_report
from handlers.staff_home import line, listed

_MONTH = timedelta(days=30)
_MOST_COUNTED = 2_000  # tickets; what takes longer would come after Slack has stopped waiting
_NO_TICKET = "There is no such ticket."
_NO_PERIOD = "Give the first and the last day of a report like 2026-03-01 2026-03-31, or none."


async def _queue(front: Front, press: Press, rest: str) -> Posting:
    """All that is open, by due date; ``rest`` is the page."""
    shown, notes = await listed(front, press.user, Queue.ALL, rest)
    return staff_home.listed(shown, front.desk.day(front.desk.now()), notes)


async def _overdue(front: Front, press: Press, rest: str) -> Posting:
    shown, notes = await listed(front, press.user, Queue.OVERDUE, rest)
    return staff_home.listed(shown, front.desk.day(front.desk.now()), notes)


async def _show(front: Front, press: Press, rest: str) -> Posting:
    """One ticket, open or closed, with its rule and as little of its requester as in the lists."""
    desk = front.desk
    async with desk.store.reading() as work:
        found = await queues.one(work, rest.upper())
    if found is None:
        return _word(_NO_TICKET)
    row = found.row
    facts = [
        f"Identity: {'proven' if row.verified else 'not proven'}.",
        f"Why this day: {in_short(row.due_rule)}" if row.due_rule else "Its law names no day.",
    ]
    return staff_home.ticket(line(front, found), desk.day(desk.now()), facts)


async def _report(front: Front, press: Press, rest: str) -> Posting:
    """The figures of the last thirty days, or of the days that are given."""
    desk = front.desk
    today = desk.day(desk.now())
    days = _days(rest) if rest else (today - _MONTH, today)
    if days is None:
        return _word(_NO_PERIOD)
    since = datetime.combine(days[0], time(), desk.timezone)
    async with desk.store.reading() as work:
        many = await told.told_of(work, since)
    if many > _MOST_COUNTED:
        return staff_report.too_many(f"{days[0]}", f"{days[1]}")
    return staff_report.figures(await period_report(desk.store, Period(*days, desk.timezone), since=since))


async def _attach(front: Front, press: Press, rest: str) -> Posting:
    """The address of a page on which who asks may give an export: no file passes through Slack."""
    try:
        address = await exports.page_for(front.desk, rest.upper(), press.user)
    except Refused as refused:
        return _word(str(refused))
    return _word(f"Give the file on this page, within an hour: {address}")


def _days(rest: str) -> tuple[date, date] | None:
    """The first and the last day; None where they are none, or in the wrong order."""
    try:
        first, last = map(date.fromisoformat, rest.split())
    except ValueError:
        return None
    return (first, last) if first <= last else None


def _word(text: str) -> Posting:
    return Posting(text, [section(text)])


COMMANDS: dict[str, Callable[[Front, Press, str], Awaitable[Posting]]] = {
    "queue": _queue,
    "overdue": _overdue,
    "show": _show,
    "report": _report,
    "attach": _attach,
}
