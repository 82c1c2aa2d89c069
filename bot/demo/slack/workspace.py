"""The workspace that the stand-in serves: its people, channels and messages."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.demo.slack.modals import Modals, View
from bot.demo.slack.schema import Json

TEAM, APP = "T0DESK", "A0DESK"
BOT_USER, BOT = "U0DESK", "B0DESK"


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot; of another `team` where they come in by way of Slack Connect."""

    id: str
    name: str
    email: str
    team: str
    bot: bool = False
    guest: bool = False
    deleted: bool = False
    time_zone: str = "Etc/UTC"

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")


@dataclass(slots=True)
class Channel:
    """A public or private channel, or the direct messages between one person and the app."""

    id: str
    name: str
    private: bool = False
    shared: bool = False
    direct_with: str | None = None
    members: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The family of scopes that governs it: `channels`, `groups` or `im`."""
        return "im" if self.direct_with else "groups" if self.private else "channels"


@dataclass(slots=True)
class Message:
    """A message as it stands now; `ephemeral_to` is the one person who sees it, where only one does."""

    channel: str
    ts: str
    user: str
    text: str
    team: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: tuple[str, ...] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    bot_id: str | None = None
    edited: str | None = None
    ephemeral_to: str | None = None


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group, `@handle`."""

    id: str
    handle: str
    members: tuple[str, ...]


class Workspace:
    """State, and a bell that rings at each change of it.

    `now` gives seconds since 1970 and may be pushed forward by a demonstration; timestamps rise all the same.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.modals = Modals(self.ring)
        self._messages: dict[str, dict[str, Message]] = {}
        self._ephemerals: dict[str, Message] = {}
        self._last_ts = 0
        self._bell = asyncio.Event()
        self.add_user(BOT_USER, "Privacy Desk", "", bot=True)

    # People and places

    def add_user(
        self,
        id: str,  # noqa: A002 - Slack's own word
        name: str,
        email: str,
        *,
        bot: bool = False,
        guest: bool = False,
        deleted: bool = False,
        team: str | None = None,
        time_zone: str = "Etc/UTC",
    ) -> User:
        """Adds a person, or replaces who had the id: that is how somebody becomes a guest or leaves."""
        self.users[id] = User(id, name, email, team or TEAM, bot, guest, deleted, time_zone)
        return self.users[id]

    def add_channel(
        self,
        id: str,  # noqa: A002 - Slack's own word
        name: str,
        *,
        private: bool = False,
        shared: bool = False,
        members: Iterable[str] = (),
        invited: bool = True,
    ) -> Channel:
        """Adds a channel; the app is a member of it unless it was not `invited`."""
        joined = [*members, BOT_USER] if invited else list(members)
        self.channels[id] = Channel(id, name, private, shared, None, list(dict.fromkeys(joined)))
        return self.channels[id]

    def add_group(self, id: str, handle: str, members: Iterable[str]) -> UserGroup:  # noqa: A002
        """Adds a user group, or replaces it."""
        self.groups[id] = UserGroup(id, handle, tuple(members))
        return self.groups[id]

    def direct_channel(self, user: str) -> Channel:
        """The direct messages between a person and the app, opened at first use."""
        channel_id = f"D{user[1:]}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(channel_id, "", True, False, user, [user, BOT_USER])
        return self.channels[channel_id]

    # What is said

    def next_ts(self) -> str:
        """A message's timestamp and identity: seconds and microseconds, each later than the one before."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def keep(self, message: Message) -> None:
        """Puts a message where people see it."""
        if message.ephemeral_to:
            self._ephemerals[message.ts] = message
        else:
            self._messages.setdefault(message.channel, {})[message.ts] = message
        self.ring()

    def remove(self, message: Message) -> None:
        """Takes a message away."""
        kept = self._ephemerals if message.ephemeral_to else self._messages[message.channel]
        del kept[message.ts]
        self.ring()

    def as_it_stands(self, message: Message) -> Message | None:
        """The message as last edited; None once it is gone."""
        return self._ephemerals.get(message.ts) or self.message(message.channel, message.ts)

    def message(self, channel: str, ts: str) -> Message | None:
        """The message of that timestamp, if it is there for everybody in the channel."""
        return self._messages.get(channel, {}).get(ts)

    def messages(self, channel: str) -> list[Message]:
        """Everything said in a channel, replies included, oldest first."""
        return sorted(self._messages.get(channel, {}).values(), key=lambda message: message.ts)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A message and its replies, oldest first."""
        return [message for message in self.messages(channel) if ts in (message.ts, message.thread_ts)]

    def direct_messages(self, user: str) -> list[Message]:
        """What a person and the app have said to each other."""
        return self.messages(self.direct_channel(user).id)

    def ephemerals(self, channel: str, user: str) -> list[Message]:
        """What only this person sees in a channel."""
        return [m for m in self._ephemerals.values() if (m.channel, m.ephemeral_to) == (channel, user)]

    def open_view(self, user: str) -> View | None:
        """The modal in front of a person."""
        return self.modals.top(user)

    def home(self, user: str) -> View | None:
        """The person's App Home, once the app has published one."""
        return self.modals.homes.get(user)

    # The bell

    def ring(self) -> None:
        """Tells everybody who waits that something has changed."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def wait_until(self, predicate: Callable[[], object], timeout: float = 10) -> None:
        """Returns once the predicate holds, looked at after each change; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while not predicate():
                await self._bell.wait()
