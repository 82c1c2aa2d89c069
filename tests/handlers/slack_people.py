"""A workspace with staff, a guest and a stranger, in which the desk's card stands, and their hands on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from bot.adapters.pace import Pace
from bot.adapters.slack import SlackGateway
from bot.adapters.socket import SOCKETS, SlackSocket
from bot.demo.slack import Ack, Message, SlackStandIn
from bot.demo.slack.modals import View
from bot.postings import SlackDelivery
from bot.store.cases import Case
from bot.store.tables import InboxItem
from handlers.channels import Channels
from handlers.slack import Reception
from handlers.staff import Staff
from tests.handlers.conftest import ADA, BEN, STAFF, Bench

GUEST, OUTSIDER, BYSTANDER = "U0GUEST", "U0OTHER", "U0BYSTANDER"


@asynccontextmanager
async def workspace() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(ack_within=5, retry_after=(0.01,)) as slack:
        for name in (ADA, BEN, BYSTANDER):
            slack.workspace.add_user(name, name[2:].lower(), f"{name[2:].lower()}@linden.example")
        slack.workspace.add_user(GUEST, "gus", "gus@guest.example", guest=True)
        slack.workspace.add_user(OUTSIDER, "olga", "olga@other.example", team="T0OTHER")
        slack.workspace.add_channel(
            STAFF, "privacy-desk", private=True, members=[ADA, BEN, GUEST, OUTSIDER, BYSTANDER]
        )
        yield slack


@dataclass
class Room:
    """The staff's channel with the desk in it."""

    bench: Bench
    slack: SlackStandIn
    gateway: SlackGateway
    reception: Reception
    delivery: SlackDelivery
    channels: Channels

    async def post_all(self) -> None:
        while await self.delivery.send_next():
            pass

    def posts(self, thread: str | None = None) -> list[Message]:
        """The channel's messages, or those of a thread, oldest first."""
        every = self.slack.workspace.messages(STAFF)
        return [each for each in every if each.thread_ts == thread]

    async def told(self, user: str, count: int = 1) -> str:
        """The latest of so many words that only this person was told."""
        await self.slack.wait_until(lambda: len(self.whispers(user)) >= count)
        return self.whispers(user)[-1]

    def whispers(self, user: str) -> list[str]:
        return [each.text for each in self.slack.workspace.ephemerals(STAFF, user)]

    def modal(self, user: str) -> View:
        view = self.slack.workspace.open_view(user)
        assert view is not None, "no modal is open"
        return view

    async def press(self, user: str, name: str, where: Message, **more: Any) -> Ack:
        """Presses a button, and waits until the desk has done with it."""
        before = len(await self.handled())
        ack = await self.slack.press(user, STAFF, where.ts, name, **more)
        assert ack.ok, ack.problem
        await self._done(before + 1)
        return ack

    async def submit(self, user: str, **values: Any) -> Ack:
        return await self.slack.submit(user, values)

    async def handled(self) -> list[InboxItem]:
        async with self.bench.desk.store.reading() as work:
            query = select(InboxItem).where(InboxItem.source == "slack", InboxItem.state == "done")
            return list((await work.session.exec(query)).all())

    async def _done(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(await self.handled()) < count:
                await asyncio.sleep(0.01)

    async def ticket(self, text: str, **how: Any) -> tuple[Case, Message]:
        """A ticket that a letter has opened, and its card."""
        case = await self.bench.case(await self.bench.write(text, **how))
        await self.post_all()
        return case, self.posts()[-1]

    async def draft(self, card: Message) -> Message:
        """The latest draft in the card's thread."""
        await self.post_all()
        return [each for each in self.posts(card.ts) if each.text.startswith("Draft reply")][-1]


@asynccontextmanager
async def room_of(bench: Bench, slack: SlackStandIn, *, listening: bool = True) -> AsyncIterator[Room]:
    gateway = SlackGateway(slack.tokens["bot"], slack.api_url)
    await gateway.identify()
    reception = Reception(bench.desk, gateway, Staff(gateway, [ADA, BEN, GUEST, OUTSIDER]))
    channels = Channels(bench.desk, gateway)
    socket = SlackSocket(gateway, reception, app_token=slack.tokens["app"], heard=channels.heard)
    pace = Pace(burst=1000, clock=lambda: bench.clock.at.timestamp())
    delivery = SlackDelivery(bench.desk, gateway, channels, alert_channel=STAFF, pace=pace)
    if listening:
        await socket.start()
        await slack.wait_until(lambda: len(slack.sockets) == SOCKETS)
    try:
        yield Room(bench, slack, gateway, reception, delivery, channels)
    finally:
        await socket.stop()
        await gateway.close()
