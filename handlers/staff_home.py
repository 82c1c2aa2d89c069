"""What staff see first: their queues, the week in figures, and what an operator should know."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.adapters.staff_home import PAGE, Line, Overview, Shown, Week
from bot.domain.calendars import spoken
from bot.store import queues
from bot.store.queues import MOST, Aside, Asked, Entry, Queue
from bot.store.work import Work
from handlers.desk import Desk
from handlers.front import Front

_WEEK = 7
_FARTHEST = MOST // PAGE
_FIRST = (Queue.OVERDUE, Queue.WEEK, Queue.MINE, Queue.UNASSIGNED, Queue.VERIFYING, Queue.ALL)


async def overview(front: Front, user: str, wanted: str = "") -> Overview:
    """``wanted`` is a queue and a page, such as ``week:2``; without it the first queue that holds anything."""
    desk = front.desk
    asked = asked_by(desk, user)
    async with desk.store.reading() as work:
        lengths = {each: await queues.length(work, each, asked) for each in Queue}
        name, _, number = wanted.partition(":")
        first = next((each for each in _FIRST if lengths[each]), Queue.ALL)
        queue = Queue(name) if name in set(Queue) else first
        shown = await show(front, work, queue, asked, page_of(number), lengths[queue])
        notes, week = _notes(await queues.aside(work)), await _week(desk, work)
    return Overview(
        asked.today, {each.value: n for each, n in lengths.items()}, shown, notes, week, unsigned(desk)
    )


async def listed(front: Front, user: str, queue: Queue, number: str) -> tuple[Shown, Sequence[str]]:
    """One page of one queue, and what counts besides."""
    asked = asked_by(front.desk, user)
    async with front.desk.store.reading() as work:
        length = await queues.length(work, queue, asked)
        return await show(front, work, queue, asked, page_of(number), length), _notes(await queues.aside(work))


async def show(front: Front, work: Work, queue: Queue, asked: Asked, page: int, length: int) -> Shown:
    page = min(page, max(1, -(-length // PAGE)))  # what was there a moment ago may be closed by now
    entries = await queues.page(work, queue, asked, start=(page - 1) * PAGE, most=PAGE)
    return Shown(queue, page, length, MOST, [line(front, each) for each in entries])


def line(front: Front, entry: Entry) -> Line:
    """A ticket as staff may see it anywhere: without a word of who asked."""
    row = entry.row
    return Line(
        row.reference,
        entry.types,
        row.status,
        row.outcome,
        row.law,
        row.due_at,
        row.assignee,
        front.slack.link(row.card_channel or "", row.card_ts or ""),
    )


def asked_by(desk: Desk, user: str) -> Asked:
    today = desk.day(desk.now())
    return Asked(user, today, today + timedelta(days=_WEEK - 1))


def page_of(number: str) -> int:
    return min(max(int(number), 1), _FARTHEST) if number.isascii() and number.isdecimal() else 1


def unsigned(desk: Desk) -> str:
    """A warning while no lawyer vouches for the laws that the desk counts by; empty where one does."""
    codes = desk.laws.codes()
    without = [each for each in codes if desk.laws[each].signature_fault]
    if desk.default_law not in without:
        return ""
    whole = "Nobody has signed the law pack" if len(without) == len(codes) else "Nobody has signed the default law"
    return f"{whole}: have a lawyer read docs/laws.md and sign it. Until then the dates here are no legal advice."


def _notes(aside: Aside) -> list[str]:
    """What has a due date as well and is in no list, so that nobody forgets it."""
    found = []
    if aside.quarantined:
        due = f", the first due on {spoken(aside.quarantine_due)}" if aside.quarantine_due else ""
        found.append(f"In quarantine: {aside.quarantined}{due}; see `quarantine list`.")
    if aside.unconfirmed:
        found.append(f"Overheard, and not confirmed by who said it: {aside.unconfirmed}. Within a day it is here.")
    return found


async def _week(desk: Desk, work: Work) -> Week:
    today = desk.day(desk.now())
    days = [today - timedelta(days=_WEEK - 1 - each) for each in range(_WEEK)]
    flow = await queues.flow(work, [_begins(desk, each) for each in (*days, today + timedelta(days=1))])
    return Week(days, flow.received, flow.closed, flow.late)


def _begins(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.timezone)
