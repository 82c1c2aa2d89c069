"""What is due to be said on the clock: from the facts of a matter and the time of day, and from nothing else.

`due` answers with everything whose moment has come and that was not said yet; each bears a key that is the same
whoever asks, however often, so that it is said once. Of the days that are counted down only the latest counts that
has come: what was missed while the desk stood still does not come as a row of stale warnings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendars import Calendar

MORNING = time(8)
"""When the desk speaks of a day, in the controller's time zone."""
STALE = timedelta(days=1)
"""What should have been said longer ago than this was missed, and goes into a digest."""

_DAY = timedelta(days=1)
_CODE_AFTER = timedelta(days=3)  # without proof: time to find the first letter, and most of a month left to act
_LEAST, _MOST = timedelta(days=3), timedelta(days=11)  # from that reminder to the draft that closes
_QUESTION_AFTER = timedelta(days=5)
_ANSWER_LEAST, _ANSWER_MOST = timedelta(days=2), timedelta(days=5)  # from that reminder to going on without


class Kind(StrEnum):
    """What is said, or done; the first six count down to the day by which staff must act."""

    HALF_TIME = "half_time"
    SEVEN_DAYS = "seven_days"
    THREE_DAYS = "three_days"
    LAST_DAY = "last_day"
    TODAY = "today"
    OVERDUE = "overdue"
    ACKNOWLEDGE = "acknowledge"
    UNASSIGNED = "unassigned"
    UNDECIDED = "undecided"
    DRAFT_WAITS = "draft_waits"
    CODE = "code"
    UNPROVEN = "unproven"
    QUESTION = "question"
    UNANSWERED = "unanswered"


class To(StrEnum):
    """Whom it concerns: the ticket's thread and its assignee, the alert channel, or the ticket's own life."""

    THREAD = "thread"
    ALERT = "alert"
    LIFE = "life"


_TO_LIFE = frozenset({Kind.CODE, Kind.UNPROVEN, Kind.QUESTION, Kind.UNANSWERED})
_BEFORE = ((Kind.SEVEN_DAYS, 7), (Kind.THREE_DAYS, 3), (Kind.LAST_DAY, 1), (Kind.TODAY, 0))  # in working days


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An open ticket or an item in quarantine, as far as time goes. Moments are aware.

    `since` is when the desk learned of it, or of its latest turn; `unproven_since` when it began to wait for
    proof, `asked_at` for an answer; `drafts` are the numbers of open drafts and when they were made; `said` tells
    when what has these keys was said. `ordinary`: surely no matter of privacy, so it stands in the digest alone.
    """

    reference: str
    received: datetime
    since: datetime
    status: str = "open"
    due_at: date | None = None
    act_by: date | None = None
    acknowledge_by: date | None = None
    acknowledged: bool = True
    assignee: str | None = None
    automatic: bool = True
    quarantined: bool = False
    ordinary: bool = False
    unproven_since: datetime | None = None
    asked_at: datetime | None = None
    drafts: tuple[tuple[int, datetime], ...] = ()
    said: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be said, or done, once: `key` names it, `at` is when its time came."""

    kind: Kind
    at: datetime
    key: str
    reference: str
    to: To

    def missed(self, now: datetime) -> bool:
        """Whether it belongs into a digest, as late as it is; what concerns the requester is done all the same."""
        return self.to is not To.LIFE and now - self.at > STALE


def due(matter: Matter, now: datetime, week: Calendar) -> tuple[Reminder, ...]:
    """What is to be said of a matter by now, the longest due first; `now` is in the controller's time zone."""
    if matter.ordinary:
        return ()
    every = (*_countdown(matter, now, week), *_neglected(matter, now, week), *_silent(matter, now, week))
    come = (each for each in every if each.at <= now and each.key not in matter.said)
    return tuple(sorted(come, key=lambda each: (each.at, each.kind)))


def _countdown(matter: Matter, now: datetime, week: Calendar) -> Iterator[Reminder]:
    """The latest of the days before the day to act by that has come; it may have been said."""
    if matter.act_by is None:
        return
    act = week.on_or_before(matter.act_by)
    received = matter.received.astimezone(now.tzinfo).date()
    days = [(week.working_days_before(act, count), kind) for kind, count in _BEFORE]
    days.append((week.on_or_before(received + (act - received) // 2), Kind.HALF_TIME))
    come = [(day, kind) for day, kind in days if received < day and _morning(day, now) <= now]
    late = (matter.due_at or act) + _DAY
    if _morning(late, now) <= now:
        come = [(late, Kind.OVERDUE)]
    if come:
        day, kind = max(come, key=lambda each: (each[0], _RANK[each[1]]))
        yield _reminder(matter, kind, _morning(day, now), f"{act}" if kind is not Kind.OVERDUE else f"{late}")


_RANK = {kind: place for place, kind in enumerate(Kind)}


def _neglected(matter: Matter, now: datetime, week: Calendar) -> Iterator[Reminder]:
    """What nobody has looked at for a day, and what the law wants acknowledged."""
    since = _stamp(matter.since)
    if matter.quarantined:
        yield _reminder(matter, Kind.UNDECIDED, _at_work(matter.since + _DAY, now, week), since)
    elif matter.assignee is None:
        yield _reminder(matter, Kind.UNASSIGNED, _at_work(matter.since + _DAY, now, week), since)
    if matter.acknowledge_by and not matter.acknowledged:
        day = week.working_days_before(matter.acknowledge_by, 3)
        yield _reminder(matter, Kind.ACKNOWLEDGE, _morning(day, now), f"{matter.acknowledge_by}")
    for number, made in matter.drafts:
        yield _reminder(matter, Kind.DRAFT_WAITS, _at_work(made + _DAY, now, week), f"{number}")


def _silent(matter: Matter, now: datetime, week: Calendar) -> Iterator[Reminder]:
    """A requester who lets time pass: a reminder, and after that a decision for staff, the clock running on."""
    if since := matter.unproven_since:
        reminder = _reminder(matter, Kind.CODE, since + _CODE_AFTER, _stamp(since))
        yield from _first(matter, reminder)
        if told := _told(matter, reminder):
            last = _before(matter, 7, now, week, told + _MOST)
            yield _reminder(matter, Kind.UNPROVEN, max(told + _LEAST, last), _stamp(since))
    if since := matter.asked_at:
        reminder = _reminder(matter, Kind.QUESTION, since + _QUESTION_AFTER, _stamp(since))
        yield from _first(matter, reminder)
        if told := _told(matter, reminder):
            last = _before(matter, 3, now, week, told + _ANSWER_MOST)
            yield _reminder(matter, Kind.UNANSWERED, max(told + _ANSWER_LEAST, last), _stamp(since))


def _first(matter: Matter, reminder: Reminder) -> Iterator[Reminder]:
    if matter.automatic:
        yield reminder


def _told(matter: Matter, reminder: Reminder) -> datetime | None:
    """When the requester was reminded; where nothing leaves by itself, when they would have been."""
    return matter.said.get(reminder.key) if matter.automatic else reminder.at


def _before(matter: Matter, count: int, now: datetime, week: Calendar, at: datetime) -> datetime:
    """This moment, or so many working days before the day to act by, where that is earlier."""
    if matter.act_by is None:
        return at
    return min(at, _morning(week.working_days_before(matter.act_by, count), now))


def _reminder(matter: Matter, kind: Kind, at: datetime, about: str) -> Reminder:
    to = To.LIFE if kind in _TO_LIFE else To.ALERT if kind is Kind.OVERDUE or matter.quarantined else To.THREAD
    return Reminder(kind, at, f"{matter.reference}:{kind}:{about}", matter.reference, to)


def _morning(day: date, now: datetime) -> datetime:
    # In UTC, as moments of one zone are compared by the face of its clock, which is turned back once a year.
    return datetime.combine(day, MORNING, now.tzinfo).astimezone(UTC)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def _at_work(at: datetime, now: datetime, week: Calendar) -> datetime:
    """This moment, or the morning of the next working day where nobody works then."""
    day = at.astimezone(now.tzinfo).date()
    return at if week.rest(day) is None else _morning(week.on_or_after(day), now)
