"""What is worth a picture, by name: pages drawn from what the stand-in holds at that moment, and their widths."""

from collections.abc import Awaitable
from dataclasses import dataclass, field

from bot.demo.slack import Message, View, Workspace, page
from tests.handlers.conftest import STAFF
from tests.handlers.slack_customers import Support

DESKTOP, MODAL, PHONE = 800, 600, 390
"""Pixels."""


@dataclass
class Album:
    """Pages and how wide each is to be seen, by the name of its picture."""

    support: Support
    pages: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return self.support.slack.workspace

    def messages(self, name: str, *shown: Message, width: int = DESKTOP) -> None:
        self.pages[name] = "".join(page.message(each, self.workspace) for each in shown), width

    def card(self, name: str, card: Message, *, width: int = DESKTOP) -> None:
        """The card as it stands now."""
        now = self.workspace.as_it_stands(card)
        assert now is not None, "a card stays"
        self.messages(name, now, width=width)

    def thread(self, name: str, card: Message) -> None:
        self.pages[name] = page.thread(self.workspace.thread(STAFF, card.ts), self.workspace), DESKTOP

    async def opened(self, user: str, name: str, act: Awaitable[object]) -> View:
        """The modal that is in front of somebody once they have done this, in place of what was there."""
        before = self.workspace.open_view(user)
        await act
        await self.support.slack.wait_until(lambda: self.workspace.open_view(user) not in (None, before))
        return self.modal(user, name)

    def modal(self, user: str, name: str) -> View:
        view = self.support.room.modal(user)
        self.pages[name] = page.modal(view, self.workspace), MODAL
        return view

    async def home(self, user: str, name: str, *, width: int = DESKTOP) -> None:
        before = self.workspace.home(user)
        await self.support.slack.open_home(user)
        await self.support.slack.wait_until(lambda: self.workspace.home(user) not in (None, before))
        home = self.workspace.home(user)
        assert home is not None, "it was waited for"
        self.pages[name] = page.home(home, self.workspace), width
