"""The due dates of open tickets as a calendar (RFC 5545): references and dates, nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_OCTETS = 75  # of a line, before it is folded (RFC 5545, 3.1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A day in the calendar: what is due then, and by when it has to be acted on."""

    reference: str
    due_at: date
    act_by: date | None = None


def calendar_feed(entries: Sequence[Entry], now: datetime, *, name: str, domain: str) -> str:
    """The calendar's text, its lines folded and ended as the format wants; an event of one day for each entry."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Privacy Desk//Due dates//EN",
        f"X-WR-CALNAME:{_text(f'{name}: privacy requests')}",
        *(line for each in entries for line in _event(each, now, domain)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, now: datetime, domain: str) -> Iterator[str]:
    act = f", act by {entry.act_by.isoformat()}" if entry.act_by and entry.act_by != entry.due_at else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.reference.replace(' ', '-'))}@{domain}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.due_at:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.due_at + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{entry.reference} is due{act}')}"
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
