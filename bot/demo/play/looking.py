"""Where somebody looks on the page: as whom, at which channel, thread, mail and ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from bot.demo.slack.schema import Json
from bot.demo.stage import ADA, REQUESTER, STAFF_CHANNEL, Stage

HOME, DIRECT = "home", "direct"
_LONGEST = 200  # characters


@dataclass(frozen=True, slots=True)
class Looking:
    """All of it comes from the page, and is shown or looked up and nothing else."""

    user: str = ADA
    place: str = STAFF_CHANNEL
    thread: str = ""
    address: str = REQUESTER
    mail: str = ""
    ticket: str = ""

    @classmethod
    def read(cls, said: Mapping[str, object], stage: Stage) -> "Looking":
        """What is not there any more, or never was, is as if it had not been said."""
        given = {each.name: str(said.get(each.name) or each.default)[:_LONGEST] for each in fields(cls)}
        workspace = stage.slack.workspace
        if given["user"] not in workspace.users:
            given["user"] = ADA
        if given["place"] not in (HOME, DIRECT, *(each for each, _ in channels_of(given["user"], stage))):
            given["place"], given["thread"] = DIRECT, ""
        return cls(**given)

    def channel(self, stage: Stage) -> str:
        """The id of the channel in front of them."""
        beside = self.place in (HOME, DIRECT)
        return stage.slack.workspace.direct_channel(self.user).id if beside else self.place


def channels_of(user: str, stage: Stage) -> list[tuple[str, str]]:
    """Ids and names of the channels that somebody is in, direct messages apart."""
    every = stage.slack.workspace.channels.values()
    return [(each.id, each.name) for each in every if user in each.members and not each.direct_with]


def text(said: Json, name: str) -> str:
    """A word of what the page has sent; empty where it is none."""
    value = said.get(name)
    return value if isinstance(value, str) else ""
