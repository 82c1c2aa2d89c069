"""What a method of the Web API has at hand while it runs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.demo.slack.arguments import Arguments
from bot.demo.slack.errors import SlackError, rejected
from bot.demo.slack.schema import Json, fault
from bot.demo.slack.workspace import BOT_USER, Channel, Message, User, Workspace

MOST_PER_PAGE = 999


@dataclass(frozen=True, slots=True)
class Call:
    """One call by the app: its arguments, the scopes of its token and the workspace.

    `announce` tells the app of an event; `open_socket` gives the address of a new socket.
    """

    workspace: Workspace
    arguments: Arguments
    scopes: frozenset[str]
    announce: Callable[[Json, Channel], object]
    open_socket: Callable[[], str]

    def need(self, scope: str) -> None:
        """SlackError `missing_scope` unless the token has the scope."""
        if scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def user(self, name: str = "user", *, missing: str = "user_not_found") -> User:
        """The user that an argument names."""
        user = self.workspace.users.get(self.arguments.text(name))
        if user is None:
            raise SlackError(missing)
        return user

    def channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names; a private one that the app has not joined does not exist for it."""
        channel = self.workspace.channels.get(self.arguments.text(name))
        if channel is None or (channel.private and BOT_USER not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def message(self, channel: Channel, name: str = "ts", missing: str = "message_not_found") -> Message:
        """The message that an argument names."""
        message = self.workspace.message(channel.id, self.arguments.text(name))
        if message is None:
            raise SlackError(missing)
        return message


@dataclass(frozen=True, slots=True)
class Method:
    """A method, the scope that it needs and who may call it: the `bot`, the `app` itself or `any`body."""

    run: Callable[[Call], Json]
    scope: str = ""
    caller: str = "bot"


def page(call: Call, name: str, everything: list[Any], *, default: int) -> Json:
    """One page of a list under its name, and the cursor to the next."""
    limit = call.arguments.number("limit", default)
    if not 1 <= limit <= MOST_PER_PAGE + 1:
        raise rejected("invalid_arguments", [fault(f"must be between 1 and {MOST_PER_PAGE}", "/limit")])
    cursor = call.arguments.text("cursor", "next:0")
    if not re.fullmatch(r"next:[0-9]{1,9}", cursor):
        raise SlackError("invalid_cursor")
    start = int(cursor.removeprefix("next:"))
    end = start + limit
    more = end < len(everything)
    following = {"next_cursor": f"next:{end}" if more else ""}
    return {name: everything[start:end], "has_more": more, "response_metadata": following}
