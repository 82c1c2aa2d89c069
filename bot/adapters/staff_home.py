"""What staff see first in Slack, as Block Kit: what is due, whose it is, and how the week has gone.

Nothing in it names a requester. Every bar of the chart stands beside its number, for who hears it read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.adapters.cards import HEADER, SECTION, Blocks, Posting, cut, escaped, plain, section, words

PAGE = 10  # tickets that are shown at once
TITLES = {
    "overdue": "Overdue",
    "week": "Due this week",
    "mine": "Waiting for me",
    "unassigned": "Unassigned",
    "verifying": "Verifying",
    "all": "All open",
}
_NOTHING = {
    "overdue": "Nothing is overdue.",
    "week": "Nothing is due within a week.",
    "mine": "Nothing waits for you.",
    "unassigned": "Somebody has taken every ticket.",
    "verifying": "Nobody is asked to prove who they are.",
    "all": "Nothing is open.",
}
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in a list; `link` leads to its card, where there is one."""

    reference: str
    types: Sequence[str]
    status: str
    outcome: str | None
    law: str
    due_at: date | None
    assignee: str | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of one queue; `length` is as many or more where it equals `most`."""

    queue: str
    page: int  # from 1 on
    length: int
    most: int
    lines: Sequence[Line]

    @property
    def is_last(self) -> bool:
        return self.page * PAGE >= self.length

    @property
    def title(self) -> str:
        return f"{TITLES[self.queue]}: {counted(self.length, self.most)}"


@dataclass(frozen=True, slots=True)
class Week:
    """What came in and was closed on each of these days, the last of them today."""

    days: Sequence[date]
    received: Sequence[int]
    closed: Sequence[int]
    late: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the home of a member of staff shows."""

    today: date
    lengths: Mapping[str, int]
    shown: Shown
    notes: Sequence[str]
    week: Week
    warning: str = ""


def overview(found: Overview) -> Blocks:
    """The blocks of the home; every list is a button, with its length on it."""
    shown = found.shown
    new = _button("ticket_new", "New ticket", "home") | {"style": "primary"}
    blocks: Blocks = [{"type": "header", "text": plain("The privacy desk", HEADER)}]
    if found.warning:
        blocks.append(section(f":warning: {escaped(found.warning)}"))
    blocks.append({"type": "actions", "elements": [new]})
    blocks.append({"type": "actions", "elements": [_choice(each, found) for each in TITLES]})
    blocks.append(section(f"*{shown.title}*" if shown.lines else _NOTHING[shown.queue]))
    blocks += [_ticket(each, found.today) for each in shown.lines]
    if paging := list(_paging(shown)):
        blocks.append({"type": "actions", "elements": paging})
    if found.notes:
        said = "\n".join(escaped(each) for each in found.notes)
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": said}]})
    blocks += [{"type": "divider"}, {"type": "header", "text": plain("The last seven days", HEADER)}]
    return [*blocks, section(chart(found.week))]


def chart(week: Week) -> str:
    """A small bar for each day, and the same in words."""
    late = f"{week.late} of them after their date" if week.late else "none of them late"
    lines = (
        _series("Came in", week.days, week.received),
        _series("Closed", week.days, week.closed) + (f"; {late}" if any(week.closed) else ""),
    )
    return "\n".join(lines)


def listed(shown: Shown, today: date, notes: Sequence[str]) -> Posting:
    """A queue as a command answers with it."""
    blocks: Blocks = [section(f"*{shown.title}*" if shown.lines else _NOTHING[shown.queue])]
    if shown.lines:
        said = "\n".join(f"• {_said(each, today)}{_linked(each)}" for each in shown.lines)
        blocks.append(section(cut(said, SECTION)))
    more = [] if shown.is_last else [f"More: /privacy {_COMMANDS[shown.queue]} {shown.page + 1}"]
    if besides := [*more, *notes]:
        text = "\n".join(escaped(each) for each in besides)
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": text}]})
    return Posting(shown.title, blocks)


def ticket(line: Line, today: date, facts: Sequence[str]) -> Posting:
    """One ticket as a command answers with it: no more of its requester than its card shows."""
    said = [f"*{_said(line, today)}*{_linked(line)}", *(escaped(each) for each in facts)]
    return Posting(f"{line.reference}: {line.status}", [section(cut("\n".join(said), SECTION))])


def counted(length: int, most: int) -> str:
    return f"{length} or more" if length >= most else str(length)


def left(due_at: date | None, today: date) -> str:
    """The date and how far it is."""
    if due_at is None:
        return "no date in its law"
    days = (due_at - today).days
    if days < 0:
        return f"due {due_at}, {-days} day{'s' * (days != -1)} overdue"
    return f"due {due_at}, {f'{days} day' + 's' * (days != 1) + ' left' if days else 'today'}"


_COMMANDS = {"all": "queue", "overdue": "overdue"}


def _choice(queue: str, found: Overview) -> dict[str, object]:
    length = counted(found.lengths[queue], found.shown.most)
    chosen = queue == found.shown.queue
    button = _button(f"home_{queue}", f"{TITLES[queue]} ({length})", f"{queue}:1")
    button["accessibility_label"] = f"{TITLES[queue]}: {length} tickets{', shown below' if chosen else ''}"
    return button | ({"style": "primary"} if chosen else {})


def _paging(shown: Shown) -> Iterator[dict[str, object]]:
    if shown.page > 1:
        yield _button("home_back", "Earlier", f"{shown.queue}:{shown.page - 1}")
    if not shown.is_last:
        yield _button("home_on", "Further", f"{shown.queue}:{shown.page + 1}")


def _ticket(each: Line, today: date) -> dict[str, object]:
    block: dict[str, object] = section(cut(f"*{each.reference}* {_asked(each)}\n{_state(each, today)}", SECTION))
    if not each.link:
        return block
    button = _button("home_card", "Open", each.reference) | {"url": each.link}
    return block | {"accessory": button | {"accessibility_label": f"Open the card of {each.reference}"}}


def _said(each: Line, today: date) -> str:
    return f"{each.reference}: {_state(each, today)}; {_asked(each)}"


def _linked(each: Line) -> str:
    return f" (<{each.link}|card>)" if each.link else ""


def _asked(each: Line) -> str:
    return ", ".join(words(kind) for kind in each.types)


def _state(each: Line, today: date) -> str:
    ended = f" ({words(each.outcome)})" if each.outcome else ""
    due = f"{left(each.due_at, today)}, " if each.status != "closed" else ""
    return f"{each.status}{ended}, {due}{each.law}, {_whose(each.assignee)}"


def _whose(assignee: str | None) -> str:
    if assignee is None:
        return "nobody has it yet"
    return f"<@{assignee}>" if assignee[:1] in "UW" else escaped(assignee)


def _series(name: str, days: Sequence[date], counts: Sequence[int]) -> str:
    most = max(counts, default=0)
    bars = "".join(_BARS[round(each / most * (len(_BARS) - 1))] if most else _BARS[0] for each in counts)
    said = ", ".join(f"{day:%a} {count}" for day, count in zip(days, counts, strict=True))
    return f"*{name}* {sum(counts)}: `{bars}` {said}"


def _button(action_id: str, label: str, value: str) -> dict[str, object]:
    return {"type": "button", "action_id": action_id, "text": plain(label, 75), "value": value}
