"""The guided tour: a request's whole life in steps that one does by hand, or has done."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bot.demo.slack import Message
from bot.demo.slack.elements import pressable
from bot.demo.stage import ADA, REQUESTER, STAFF_CHANNEL, Stage
from bot.store import views
from bot.store.views import View

ANSWERS = ("fulfilled", "partly fulfilled")


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, by hand or by `do`; where to look for it; how to see that it is done, and what is to be seen."""

    title: str
    by_hand: str
    look: Mapping[str, str]
    do: Callable[["Tour"], Awaitable[None]]
    done: Callable[["Tour", View], bool]
    shows: Callable[["Tour"], str]


class Tour:
    """How far the tour has come. The ticket that it is about is the first that Robin has opened."""

    def __init__(self, stage: Stage, steps: Sequence[Step]) -> None:
        self.stage, self.steps = stage, steps
        self.at, self.reference = 0, ""
        self._busy = asyncio.Lock()

    @property
    def step(self) -> Step | None:
        """The one to do now; None once all is done."""
        return self.steps[self.at] if self.at < len(self.steps) else None

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

    def answer(self) -> Message | None:
        """The draft of the answer, whether it says that all is done or a part."""
        return next(filter(None, map(self.draft, ANSWERS)), None)

    def work_list(self) -> Message | None:
        return next((each for each in self.thread() if each.text.startswith("Work list")), None)

    def whispered(self, words: str) -> str:
        """What the desk has told Ada alone with these words in it; empty where it has not."""
        found = [each.text for each in self._alone() if words in str((each.text, each.blocks))]
        return found[-1] if found else ""

    async def until(self, holds: Callable[[], object]) -> None:
        await self.stage.slack.wait_until(holds, timeout=60)

    async def press(self, user: str, message: Message, action: str, value: str | None = None) -> None:
        await self.stage.slack.press(user, STAFF_CHANNEL, message.ts, action, value=value)

    async def fill(
        self,
        user: str,
        message: Message,
        action: str,
        values: Callable[[], Mapping[str, str]],
        value: str | None = None,
    ) -> None:
        """Opens a form by its button, or by an option of its menu, and submits it."""
        slack = self.stage.slack
        await self.press(user, message, action, value)
        await self.until(lambda: slack.workspace.open_view(user))
        await slack.submit(user, dict(values()))

    def _said(self) -> Sequence[Message]:
        return self.stage.slack.workspace.messages(STAFF_CHANNEL)

    def _alone(self) -> Sequence[Message]:
        return self.stage.slack.workspace.ephemerals(STAFF_CHANNEL, ADA)


def drawn(tour: Tour) -> str:
    """The steps, the one that is next with its instructions."""
    rows = "".join(_row(place, each, tour.at) for place, each in enumerate(tour.steps))
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


def _offers(message: Message, action: str) -> bool:
    return any(element["action_id"] == action for _, element in pressable(message.blocks))
