"""Tables that count tickets: what is open and how old it is, how fast it goes, and where it waits."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.reporting.histories import History, Period
from bot.domain.reporting.table import TOTAL, Cell, Table, mean, middle, share
from bot.domain.vocabulary import Outcome, Status

_AGES = ((7, "0-7 days"), (14, "8-14 days"), (30, "15-30 days"), (60, "31-60 days"))
_OLDER = "61 days and more"
_HOUR = timedelta(hours=1)


def backlog(tickets: Sequence[History], period: Period) -> Table:
    rows: dict[str, tuple[Cell, ...]] = {}
    for status in (*(each for each in Status if each is not Status.CLOSED), TOTAL):
        there = [each for each in _open(tickets) if status in (each.status, TOTAL)]
        rows[status] = (len(there), sum(_is_overdue(each, period) for each in there))
    return Table(
        "backlog",
        "Open tickets at the end",
        "Tickets that were not closed at the end of the period's last day, those that nobody has sorted yet among "
        "them (triage), and those past the day that the law set. What waits in quarantine is no ticket yet.",
        "status",
        ("tickets", "overdue"),
        rows,
        ("tickets",),
    )


def _open(tickets: Iterable[History]) -> list[History]:
    return [each for each in tickets if each.status != Status.CLOSED]


def _is_overdue(ticket: History, period: Period) -> bool:
    return any(
        each.outcome is None and each.due_at is not None and each.due_at < period.last for each in ticket.rights
    )


def ages(tickets: Sequence[History], period: Period) -> Table:
    rows = {**{name: 0 for _, name in _AGES}, _OLDER: 0}
    for each in _open(tickets):
        opened = min((right.received_at for right in each.rights if right.outcome is None), default=each.opened_at)
        days = (period.last - period.day(opened)).days if opened else 0
        rows[next((name for most, name in _AGES if days <= most), _OLDER)] += 1
    return Table(
        "ages",
        "Age of open tickets",
        "Days from the receipt of the oldest open request to the end of the period.",
        "age",
        ("tickets",),
        {name: (count,) for name, count in rows.items()},
        ("tickets",),
    )


_STEPS: dict[str, tuple[str, ...]] = {
    "first_letter": ("sent",),
    "first_reply": ("answered", "asked", "extended"),
}


def speed(tickets: Sequence[History], period: Period) -> Table:
    rows: dict[str, tuple[Cell, ...]] = {}
    for name, events in _STEPS.items():
        found = [(each.opened_at, each.first(*events)) for each in tickets]
        hours = [(at - opened) / _HOUR for opened, at in found if opened and at and period.holds(at)]
        rows[name] = (len(hours), middle(hours), mean(hours))
    return Table(
        "speed",
        "Hours to the first answer",
        "From receipt to the first letter that left (an acknowledgement, most often), and to the first reply that "
        "a person approved, of the tickets that had it in the period.",
        "step",
        ("tickets", "median_hours", "mean_hours"),
        rows,
        ("median_hours", "mean_hours"),
    )


def intake(tickets: Sequence[History], period: Period) -> Table:
    opened = [each for each in tickets if period.holds(each.opened_at)]
    abstained = sum(each.abstained for each in opened)
    again = sum(
        before == Status.CLOSED and period.holds(at)
        for each in tickets
        for (before, _), (_, at) in zip(each.statuses, each.statuses[1:], strict=False)
    )
    return Table(
        "intake",
        "Tickets that came",
        "Tickets opened in the period, those of them where the desk abstained and a person had to say what they "
        "are, and how often a closed ticket was opened again.",
        "what",
        ("opened", "abstained", "abstained_share", "reopened"),
        {"tickets": (len(opened), abstained, share(abstained, len(opened)), again)},
    )


def verification(tickets: Sequence[History], period: Period) -> Table:
    asked = [
        each
        for each in tickets
        if period.holds(each.opened_at) and any(status == Status.VERIFYING for status, _ in each.statuses)
    ]
    ends = [_verified_by(each) for each in asked]
    rows = {name: ends.count(name) for name in ("by_code", "by_hand", "unverified", "waiting", "otherwise_closed")}
    wrong = sum(period.holds(at) for each in tickets for at in each.events.get("mistried", ()))
    verified = rows["by_code"] + rows["by_hand"]
    return Table(
        "verification",
        "Proof of identity",
        "Tickets opened in the period that asked for proof, and what had become of that by its end; wrong codes "
        "are those that came in the period.",
        "what",
        ("asked", *rows, "verified_share", "wrong_codes"),
        {"tickets": (len(asked), *rows.values(), share(verified, len(asked)), wrong)},
    )


def _verified_by(ticket: History) -> str:
    if "vouched" in ticket.events:
        return "by_hand"
    if "proven" in ticket.events and ticket.status != Status.VERIFYING:
        return "by_code"
    if any(each.outcome == Outcome.UNVERIFIED for each in ticket.rights):
        return "unverified"
    return "otherwise_closed" if ticket.status == Status.CLOSED else "waiting"


def stays(tickets: Sequence[History], period: Period) -> Table:
    hours: dict[str, list[float]] = {each: [] for each in Status if each is not Status.CLOSED}
    for each in tickets:
        for (status, since), (_, until) in zip(each.statuses, each.statuses[1:], strict=False):
            if status in hours and period.holds(until):
                hours[status].append((until - since) / _HOUR)
    return Table(
        "statuses",
        "Hours in each status",
        "Of each stay in a status that ended in the period.",
        "status",
        ("stays", "median_hours", "mean_hours"),
        {name: (len(found), middle(found), mean(found)) for name, found in hours.items()},
        ("median_hours",),
    )
