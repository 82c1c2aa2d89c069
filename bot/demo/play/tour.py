"""The guided tour: a request's whole life in steps that one does by hand, or has done."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from bot.demo.play.mailbox import LETTERS
from bot.demo.slack import Message
from bot.demo.slack.elements import pressable
from bot.demo.stage import ADA, BEN, MORNING, REQUESTER, STAFF_CHANNEL, Stage, text_of
from bot.domain.codes import code_in
from bot.store import views
from bot.store.views import View

_REASON = "Your data lie in an archive that is opened once a month."
_ADDED = "If anything is left unclear, simply reply to this mail."
_STAFF = {"user": ADA, "place": STAFF_CHANNEL}


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, by hand or by `do`; where to look for it; and how to see that it is done."""

    title: str
    by_hand: str
    look: Mapping[str, str]
    do: Callable[["Tour"], Awaitable[None]]
    done: Callable[["Tour", View], bool]


class Tour:
    """How far the tour has come. The ticket that it is about is the first that Robin has opened."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.at, self.reference = 0, ""
        self._busy = asyncio.Lock()

    @property
    def step(self) -> Step | None:
        """The one to do now; None once all is done."""
        return STEPS[self.at] if self.at < len(STEPS) else None

    async def look_on(self) -> None:
        """Goes on as far as what has happened leads."""
        ticket = await self.ticket()
        while ticket and self.step and self.step.done(self, ticket):
            self.at += 1

    async def do(self) -> Mapping[str, str]:
        """Does the step that is next; where to look for it."""
        async with self._busy:
            await self.look_on()
            if (step := self.step) is None:
                return {}
            await step.do(self)
            await self.look_on()
            card = self.card() if "place" in step.look else None
            return {**step.look, **({"thread": card.ts} if card else {})}

    async def ticket(self) -> View | None:
        async with self.stage.desk.store.reading() as work:
            found = [each for each in await views.tickets(work) if each["requester"]["address"] == REQUESTER]
        first = min(found, key=lambda each: str(each["received_at"]), default=None)
        self.reference = str(first["reference"]) if first else ""
        return first

    def card(self) -> Message | None:
        return next((each for each in self._said() if each.text.startswith(f"{self.reference}: ")), None)

    def thread(self) -> list[Message]:
        card = self.card()
        return self.stage.slack.workspace.thread(STAFF_CHANNEL, card.ts) if card else []

    def draft(self, letter: str) -> Message | None:
        """The latest draft of that letter that waits for approval."""
        found = [
            each for each in self.thread() if each.text.endswith(f": {letter}") and _offers(each, "draft_approve")
        ]
        return found[-1] if found else None

    def whispered(self, words: str) -> bool:
        return any(words in str((each.text, each.blocks)) for each in self._alone())

    async def until(self, holds: Callable[[], object]) -> None:
        await self.stage.slack.wait_until(holds, timeout=60)

    async def press(self, user: str, message: Message, action: str) -> None:
        await self.stage.slack.press(user, STAFF_CHANNEL, message.ts, action)

    async def fill(
        self, user: str, message: Message, action: str, values: Callable[[], Mapping[str, str]]
    ) -> None:
        """Opens a form by its button, and submits it."""
        slack = self.stage.slack
        await self.press(user, message, action)
        await self.until(lambda: slack.workspace.open_view(user))
        await slack.submit(user, dict(values()))

    def _said(self) -> Sequence[Message]:
        return self.stage.slack.workspace.messages(STAFF_CHANNEL)

    def _alone(self) -> Sequence[Message]:
        return self.stage.slack.workspace.ephemerals(STAFF_CHANNEL, ADA)


def drawn(tour: Tour) -> str:
    """The steps, the one that is next with its instructions."""
    rows = "".join(_row(place, each, tour.at) for place, each in enumerate(STEPS))
    if tour.step is None:
        rest = "<p>That was the whole life of a request. Go on playing, or stop the demo with Ctrl-C.</p>"
    else:
        rest = (
            f"<p>{escape(tour.step.by_hand)}</p>"
            '<button type="button" class="button primary" data-act="tour">Do it for me</button>'
        )
    return f'<ol class="steps">{rows}</ol>{rest}'


def _row(place: int, step: Step, at: int) -> str:
    if place < at:
        return f'<li class="done">{escape(step.title)} <span class="soft">(done)</span></li>'
    return f"<li{' aria-current=step' if place == at else ''}>{escape(step.title)}</li>"


# The steps


async def _request(tour: Tour) -> None:
    letter = LETTERS[0]
    await tour.stage.write(letter["text"].lstrip(), subject=letter["subject"])
    await tour.stage.answer(1)


async def _code(tour: Tour) -> None:
    acknowledgement = tour.stage.mail.inbox(REQUESTER)[0]
    code = code_in(text_of(acknowledgement)) or ""
    await tour.stage.write(code, subject=f"Re: {acknowledgement['Subject']}", answers=acknowledgement)
    await tour.until(lambda: tour.draft("fulfilled"))


async def _wait(tour: Tour) -> None:
    ticket = await tour.ticket()
    if ticket and (day := ticket["due_at"]):
        on = date.fromisoformat(day) - timedelta(days=3)
        await tour.stage.push_to(datetime.combine(on, MORNING, tour.stage.desk.timezone))
    await tour.until(lambda: _reminded(tour))


async def _extend(tour: Tour) -> None:
    if card := tour.card():
        await tour.fill(ADA, card, "ticket_extend", lambda: {"reason": _REASON})
    await tour.until(lambda: tour.draft("extension"))
    if draft := tour.draft("extension"):
        await tour.press(BEN, draft, "draft_approve")
    await tour.until(lambda: not tour.draft("extension"))


async def _edit(tour: Tour) -> None:
    if not tour.draft("fulfilled") and (card := tour.card()):
        await tour.press(ADA, card, "ticket_fulfil")
        await tour.until(lambda: tour.draft("fulfilled"))
    if draft := tour.draft("fulfilled"):
        await tour.fill(ADA, draft, "draft_edit", lambda: {"body": f"{_body(tour)}\n\n{_ADDED}\n"})
    await tour.until(lambda: _edited(tour))


async def _alone(tour: Tour) -> None:
    if draft := tour.draft("fulfilled"):
        await tour.press(ADA, draft, "draft_approve")
    await tour.until(lambda: tour.whispered("somebody else has to approve"))


async def _approve(tour: Tour) -> None:
    if draft := tour.draft("fulfilled"):
        await tour.press(BEN, draft, "draft_approve")
    await tour.until(lambda: not tour.draft("fulfilled"))


async def _report(tour: Tour) -> None:
    await tour.stage.slack.command(ADA, STAFF_CHANNEL, "report")
    await tour.until(lambda: tour.whispered("Privacy requests from"))


def _reminded(tour: Tour) -> bool:
    return any("working day" in each.text for each in tour.thread())


def _edited(tour: Tour) -> bool:
    return "pencil2" in str(getattr(tour.draft("fulfilled"), "blocks", ""))


def _body(tour: Tour) -> str:
    view = tour.stage.slack.workspace.open_view(ADA)
    element = view.blocks[0].get("element") if view else None
    return str((element or {}).get("initial_value") or "").rstrip()


def _offers(message: Message, action: str) -> bool:
    return any(element["action_id"] == action for _, element in pressable(message.blocks))


STEPS = (
    Step(
        "Robin asks for deletion",
        "Under Mail, choose the ready letter “English: delete my account” and send it. A few seconds later the "
        "desk's answer lies in Robin's mailbox, and a card stands in #privacy-desk.",
        {"address": REQUESTER},
        _request,
        lambda tour, ticket: True,
    ),
    Step(
        "Robin proves the mailbox",
        "Open the desk's mail and reply with the eight digits that stand in it.",
        {"address": REQUESTER, "mail": ""},
        _code,
        lambda tour, ticket: bool(ticket["verified"]),
    ),
    Step(
        "Time passes: a reminder",
        "Push the clock by weeks and days until three working days are left. Each morning the desk says in "
        "#privacy-desk how it stands; the reminder comes in the ticket's thread.",
        _STAFF,
        _wait,
        lambda tour, ticket: _reminded(tour),
    ),
    Step(
        "Ada needs more time",
        "As Ada, press “Draft: extend…” on the card and give a reason; the form says by when the notice must "
        "leave. Then, as Ben, approve the draft in the thread.",
        _STAFF,
        _extend,
        lambda tour, ticket: bool(ticket["extended"]),
    ),
    Step(
        "Ada edits the answer",
        "As Ada, open the thread, press “Edit” below the draft that it is done, add a sentence and save.",
        _STAFF,
        _edit,
        lambda tour, ticket: _edited(tour) or ticket["status"] == "closed",
    ),
    Step(
        "Four eyes: Ada may not send it alone",
        "Still as Ada, press “Approve and send” below the draft. The desk refuses, for you alone to see.",
        _STAFF,
        _alone,
        lambda tour, ticket: tour.whispered("somebody else has to approve") or ticket["status"] == "closed",
    ),
    Step(
        "Ben approves, and the answer leaves",
        "Act as Ben, and press “Approve and send”. The answer lies in Robin's mailbox, and the card says that the "
        "ticket is closed.",
        {"user": BEN, "place": STAFF_CHANNEL},
        _approve,
        lambda tour, ticket: ticket["status"] == "closed",
    ),
    Step(
        "The report",
        "As Ada, write “/privacy report” in #privacy-desk: figures, and no names.",
        _STAFF,
        _report,
        lambda tour, ticket: tour.whispered("Privacy requests from"),
    ),
)
