"""The due dates of open tickets as a calendar (RFC 5545): references and dates, nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_OCTETS = 75  # of a line, before it is folded (RFC 5545, 3.1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A day in the calendar: what is due then, and by when it has to be acted on.

    Without a ``due_at`` the law names no day, and ``act_by`` is the operator's own target.
    """

    reference: str
    due_at: date | None
    act_by: date | None = None

    @property
    def day(self) -> date | None:
        return self.due_at or self.act_by

    @property
    def summary(self) -> str:
        if self.due_at is None:
            return f"{self.reference}: our own target, the law names no day"
        act = f", act by {self.act_by.isoformat()}" if self.act_by and self.act_by != self.due_at else ""
        return f"{self.reference} is due{act}"


def calendar_feed(entries: Sequence[Entry], now: datetime, *, name: str, domain: str) -> str:
    """The calendar's text, its lines folded and ended as the format wants; an event of one day for each entry."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Privacy Desk//Due dates//EN",
        f"X-WR-CALNAME:{_text(f'{name}: privacy requests')}",
        *(line for each in entries if each.day for line in _event(each, each.day, now, domain)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, day: date, now: datetime, domain: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.reference.replace(' ', '-'))}@{domain}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(entry.summary)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A value as the format has it (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> Iterator[str]:
    """A line in parts of no more octets than the format allows, no character cut in two."""
    part = ""
    for char in line:
        if len((part + char).encode()) > _OCTETS:
            yield part
            part = " "
        part += char
    yield part
