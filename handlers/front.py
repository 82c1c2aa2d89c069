"""What whoever deals with something in Slack is given: the desk, Slack, and who is staff."""

from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from bot.adapters.interactions import Press
from bot.adapters.slack import Person, SlackGateway
from bot.domain.lifecycle import Refused
from handlers import watching
from handlers.desk import Desk
from handlers.staff import Staff


class Misfilled(Refused):
    """What is wrong in a form that was submitted; ``faults`` are words, by the input that they belong to."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Front:
    """The desk where people in Slack meet it."""

    desk: Desk
    slack: SlackGateway
    staff: Staff

    async def person(self, user: str) -> Person:
        """Who this is, as far as Slack says: of somebody of another workspace it may say nothing.

        Raises what the SDK raises where Slack does not answer.
        """
        try:
            return await self.slack.person(user)
        except SlackApiError:
            return Person(user, "", active=False)

    async def is_staff(self, user: str) -> bool:
        """Whether to show somebody what staff see; not where Slack does not say who they are."""
        try:
            return await self.staff.refuses(user, "") is None
        except SlackApiError:
            return False

    async def turned_away(self, press: Press) -> str | None:
        """Why who pressed may not act as staff, which is then on record; None where they may.

        Raises what the SDK raises where Slack does not answer.
        """
        refused = await self.staff.refuses(press.user, press.team)
        if refused:
            await watching.turned_away(self.desk, press)
        return refused
