"""A support channel with customers in it, one of another workspace, the desk beside them, and a clock to push."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.demo.slack import Ack, Message, SlackStandIn
from bot.demo.slack.workspace import BOT_USER
from bot.intake import InboxWorker
from bot.store.cases import Case
from tests.handlers.conftest import Bench, code_of
from tests.handlers.slack_people import Room, room_of, workspace

HELP = "C0HELP"
CARLA, DAN, STRANGER = "U0CARLA", "U0DAN", "U0SAM"
CARLAS = "carla@acme.example"
DELETE = "Please delete my account and all personal data that you hold about me."
QUESTION = "How long do you keep my support messages?"
CHATTER = "The export button is grey for me since this morning, is that known?"


@dataclass
class Support:
    """The hands of customers, and what they see."""

    room: Room
    worker: InboxWorker

    @property
    def slack(self) -> SlackStandIn:
        return self.room.slack

    @property
    def bench(self) -> Bench:
        return self.room.bench

    async def say(self, user: str, *texts: str, where: str = HELP, **how: Any) -> str:
        """Says so many things in a row, which the desk reads once nothing more comes, and posts its answers."""
        ts = ""
        for text in texts:
            ts = await self.slack.say(user, where, text, **how)
        await self.settle()
        return ts

    async def tell(self, user: str, *texts: str, **how: Any) -> list[str]:
        """Says it to the desk alone; what the desk answers."""
        before = len(self.dm(user))
        await self.say(user, *texts, where=BOT_USER, **how)
        return [words_of(each) for each in self.dm(user)[before:] if each.user == BOT_USER]

    async def settle(self) -> None:
        self.bench.clock.forward(seconds=3)
        while await self.worker.work_once():
            pass
        await self.room.post_all()

    async def press(self, user: str, name: str, where: Message, **more: Any) -> Ack:
        ack = await self._acted(self.slack.press(user, where.channel, where.ts, name, **more))
        await self.room.post_all()
        return ack

    async def submit(self, user: str, **values: Any) -> Ack:
        ack = await self.slack.submit(user, values)
        await self.room.post_all()
        return ack

    async def home(self, user: str) -> str:
        await self._acted(self.slack.open_home(user))
        await self.slack.wait_until(lambda: self.slack.workspace.home(user))
        return str(self.slack.workspace.home(user).blocks)

    async def _acted(self, act: Any) -> Any:
        before = len(await self.room.handled())
        answer = await act
        await self.room._done(before + 1)
        return answer

    def dm(self, user: str) -> list[Message]:
        return self.slack.workspace.direct_messages(user)

    def notes(self, user: str, channel: str = HELP) -> list[Message]:
        return self.slack.workspace.ephemerals(channel, user)

    async def only_case(self) -> Case:
        (case,) = await self.bench.cases()
        return case

    async def code(self) -> str:
        """The latest that was mailed."""
        return code_of((await self.bench.letters())[-1])

    async def code_to(self, address: str) -> str:
        return code_of([each for each in await self.bench.letters() if each["To"] == address][-1])

    async def press_by_staff(self, user: str, name: str, where: Message) -> None:
        await self.room.press(user, name, where)
        await self.room.post_all()

    async def confirmed(self, text: str = DELETE) -> Case:
        await self.say(CARLA, text)
        await self.press(CARLA, "request_confirm", self.notes(CARLA)[0])
        return await self.only_case()


def words_of(message: Message) -> str:
    """All that a message's blocks say, in order."""
    return "\n".join(_words(message.blocks)) or message.text


def _words(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [word for key, each in value.items() if key != "text" or not own for word in _words(each)]
    return [word for each in value for word in _words(each)] if isinstance(value, list) else []


def actions_of(message: Message) -> list[str]:
    return [
        each["action_id"] for block in message.blocks for each in block.get("elements", ()) if "action_id" in each
    ]


@asynccontextmanager
async def support_of(bench: Bench) -> AsyncIterator[Support]:
    hearing = replace(bench, desk=replace(bench.desk, support_channels=frozenset({HELP})))
    async with workspace() as slack:
        slack.workspace.add_user(CARLA, "Carla Cruz", CARLAS)
        slack.workspace.add_user(DAN, "Dan Dorn", "dan@acme.example")
        slack.workspace.add_user(STRANGER, "Sam Stone", "sam@other.example", team="T0OTHER")
        slack.workspace.add_channel(HELP, "help", shared=True, members=[CARLA, DAN, STRANGER])
        async with room_of(hearing, slack) as room:
            yield Support(room, InboxWorker(hearing.desk, "slack", room.reception.replay, alone=True))
