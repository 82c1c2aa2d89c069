"""The words of what is said on the clock: a reminder, the digest of a morning, and what was missed meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from bot.domain.calendars import Calendar, spoken
from bot.domain.reminders import Kind, Matter, Reminder

_LISTED = 20  # references in a line; the rest is counted
_LINES = 25  # of what was missed
_SOON = 5  # working days

_SAYS: dict[Kind, str] = {
    Kind.HALF_TIME: "Half of the time is over. {left}",
    Kind.SEVEN_DAYS: "{left}",
    Kind.THREE_DAYS: "{left}",
    Kind.LAST_DAY: "{left}",
    Kind.TODAY: "Today is the day to act. {due}",
    Kind.OVERDUE: "{reference} is overdue. {due}",
    Kind.ACKNOWLEDGE: "Nothing has been sent to the requester yet: receipt must be acknowledged by {acknowledge}.",
    Kind.UNASSIGNED: "Nobody has taken this ticket yet. {left}",
    Kind.UNDECIDED: "{reference} still waits for a decision; see `quarantine list`. {due}",
    Kind.DRAFT_WAITS: "A draft has waited for approval for a day. {left}",
    Kind.UNPROVEN: "No proof of identity has come, although the requester was reminded. The clock runs on; the "
    "letter that closes the request without proof stands here as a draft. {left}",
    Kind.UNANSWERED: "The requester has not answered, although they were reminded. The ticket is back with you: "
    "go on with what is there. {left}",
}
SAID = frozenset(_SAYS)
"""What staff hear of; the rest concerns the requester alone."""
_SHORT: dict[Kind, str] = {
    Kind.HALF_TIME: "half of the time is over",
    Kind.SEVEN_DAYS: "few days are left",
    Kind.THREE_DAYS: "few days are left",
    Kind.LAST_DAY: "few days are left",
    Kind.TODAY: "the day to act has come",
    Kind.OVERDUE: "overdue",
    Kind.ACKNOWLEDGE: "receipt is not acknowledged yet",
    Kind.UNASSIGNED: "nobody has taken it",
    Kind.UNDECIDED: "waits for a decision",
    Kind.DRAFT_WAITS: "a draft waits for approval",
}


def said(reminder: Reminder, matter: Matter, today: date, week: Calendar) -> str:
    """What staff read of a reminder. Nothing in it names the requester."""
    acknowledge = spoken(matter.acknowledge_by) if matter.acknowledge_by else ""
    text = _SAYS[reminder.kind].format(
        reference=_named(matter),
        left=_left(matter, today, week),
        due=_due(matter),
        acknowledge=acknowledge,
    )
    # What has no thread of its own is named.
    return f"{_named(matter)}: {text}" if matter.quarantined and _named(matter) not in text else text


def missed(reminders: Sequence[tuple[Reminder, Matter]]) -> str:
    """What one person should have heard while the desk stood still, each matter once; the longest due first."""
    latest: dict[str, tuple[Reminder, Matter]] = {}
    for reminder, matter in sorted(reminders, key=lambda each: each[0].at):
        latest[matter.reference] = (reminder, matter)
    ordered = sorted(latest.values(), key=lambda each: (each[1].due_at or date.max, each[1].reference))
    lines = [f"{_named(matter)}: {_SHORT[reminder.kind]}. {_due(matter)}" for reminder, matter in ordered]
    more = [f"And {len(lines) - _LINES} more; see `tickets`."] if len(lines) > _LINES else []
    return "\n".join(["While the desk could not speak, this came due:", *lines[:_LINES], *more])


def digest(matters: Sequence[Matter], today: date, week: Calendar, unconfirmed: int = 0) -> str:
    """What a morning begins with; empty where nothing is open.

    ``unconfirmed``: how many more were overheard and are not confirmed yet; their clocks run as well.
    """
    if not (matters or unconfirmed):
        return ""
    asked = [f"Overheard, and not confirmed yet ({unconfirmed})."] if unconfirmed else []
    return "\n".join(["Good morning. This is how the desk stands:", *_lines(matters, today, week), *asked])


def _lines(matters: Sequence[Matter], today: date, week: Calendar) -> Iterator[str]:
    soon = week.working_days_after(today, _SOON)
    real = [each for each in matters if not each.ordinary]
    late = [each for each in real if _is_late(each, today)]
    due = [each for each in real if not _is_late(each, today)]
    parts: tuple[tuple[str, Callable[[Matter], bool], Sequence[Matter]], ...] = (
        ("Overdue", lambda each: True, late),
        ("To act on today", lambda each: each.act_by is not None and each.act_by <= today, due),
        (
            f"To act on by {spoken(soon)}",
            lambda each: each.act_by is not None and today < each.act_by <= soon,
            due,
        ),
        ("Nobody has taken", lambda each: each.assignee is None and not each.quarantined, real),
        ("To be sorted", lambda each: each.status == "triage", real),
        ("Drafts that wait for approval", lambda each: bool(each.drafts), real),
        ("In quarantine", lambda each: each.quarantined, real),
        ("No matter of privacy, to be forwarded or closed", lambda each: each.ordinary, matters),
    )
    yield f"Open: {len(real)}."
    for title, belongs, among in parts:
        if chosen := [each for each in among if belongs(each)]:
            yield f"{title} ({len(chosen)}): {_listed(chosen)}."


def _is_late(matter: Matter, today: date) -> bool:
    return matter.due_at is not None and matter.due_at < today


def _listed(matters: Sequence[Matter]) -> str:
    ordered = sorted(matters, key=lambda each: (each.due_at or date.max, each.reference))
    more = f" and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    return ", ".join(each.reference for each in ordered[:_LISTED]) + more


def _named(matter: Matter) -> str:
    return matter.reference[:1].upper() + matter.reference[1:]


def _left(matter: Matter, today: date, week: Calendar) -> str:
    if matter.act_by is None:
        return "The law names no date."
    left = week.working_days_until(today, matter.act_by)
    days = f"{left} working day{'s' * (left != 1)}" if left else "No working day"
    if matter.act_by == matter.due_at:
        return f"{days} left to act, until {spoken(matter.act_by)}, the law's day."
    return f"{days} left to act, until {spoken(matter.act_by)}. {_due(matter)}".rstrip()


def _due(matter: Matter) -> str:
    if matter.due_at:
        return f"The law's day is {spoken(matter.due_at)}."
    return (
        "The law names no date." if matter.act_by is None else "The law names no date; that day is our own target."
    )
