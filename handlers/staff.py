"""Who may act on tickets: active members of SLACK_STAFF, of the app's own team."""

import time
from collections.abc import Sequence

from slack_sdk.errors import SlackApiError

from bot.adapters.slack import Person, SlackGateway

_REMEMBERED = 60.0  # seconds: a person who leaves is out within a minute
_STRANGERS = ("user_not_found", "user_not_visible")  # what Slack says of somebody whom it does not let us see


class Staff:
    """Answers from Slack, remembered for a minute."""

    def __init__(self, slack: SlackGateway, members: Sequence[str]) -> None:
        self._slack, self._members = slack, members
        self._known: dict[str, tuple[float, str | None]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def refuses(self, user: str, team: str) -> str | None:
        """Why this user may not act; None where they may. Raises what the SDK raises."""
        if self._slack.team and team and team != self._slack.team:
            return "Only members of this workspace can act on tickets."
        until, answer = self._known.get(user, (0.0, None))
        if time.monotonic() < until:
            return answer
        answer = await self._ask(user)
        self._known[user] = (time.monotonic() + _REMEMBERED, answer)
        return answer

    async def _ask(self, user: str) -> str | None:
        if not await self._is_named(user):
            return "Only the privacy desk's staff can do this."
        try:
            person = await self._slack.person(user)
        except SlackApiError as fault:
            if fault.response.get("error") not in _STRANGERS:
                raise
            person = Person(user, "", active=False)
        if not person.active or (self._slack.team and person.team != self._slack.team):
            return "Only active, full members of this workspace can act on tickets."
        return None

    async def _is_named(self, user: str) -> bool:
        if user in self._members:
            return True
        groups = [each for each in self._members if each.startswith("S")]
        return any([user in await self._group(each) for each in groups])

    async def _group(self, group: str) -> frozenset[str]:
        """Asked for once a minute, however many people there are: Slack allows few such questions."""
        until, members = self._groups.get(group, (0.0, frozenset()))
        if time.monotonic() >= until:
            members = await self._slack.group(group)
            self._groups[group] = (time.monotonic() + _REMEMBERED, members)
        return members
