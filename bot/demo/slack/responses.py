"""What an app says back by way of a `response_url` or in the acknowledgement of a command.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import secrets
from dataclasses import dataclass, replace

from bot.demo.slack.arguments import Arguments
from bot.demo.slack.errors import SlackError
from bot.demo.slack.methods.chat import by_app, edit
from bot.demo.slack.schema import Json
from bot.demo.slack.workspace import Channel, Message, Workspace

MOST_USES = 5


@dataclass(slots=True)
class Response:
    """To whom an answer goes, and which message it may replace."""

    user: str
    channel: Channel
    original: Message | None
    uses: int = 0


class Responses:
    """The response_urls that have been handed out, each good for five answers."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._given: dict[str, Response] = {}

    def give(self, user: str, channel: Channel, original: Message | None = None) -> str:
        """A new one; returns the last part of its address."""
        name = secrets.token_urlsafe(12)
        self._given[name] = Response(user, channel, original)
        return name

    def take(self, name: str, sent: Json) -> None:
        """An answer to one of them; SlackError where Slack would refuse it."""
        response = self._given.get(name)
        if response is None:
            raise SlackError("expired_url")
        if response.uses >= MOST_USES:
            raise SlackError("used_url")
        response.uses += 1
        self.answer(response, Arguments(sent))

    def answer(self, response: Response, arguments: Arguments) -> None:
        """Deletes or replaces the original, or says something to the person or the channel."""
        workspace = self._workspace
        original = response.original and workspace.as_it_stands(response.original)
        replaced = arguments.flag("delete_original") or arguments.flag("replace_original")
        if replaced and original is None:
            raise SlackError("message_not_found")
        if original is not None and arguments.flag("delete_original"):
            workspace.remove(original)
        elif original is not None and replaced:
            workspace.keep(edit(original, arguments, workspace.next_ts()))
        else:
            alone = arguments.text("response_type", "ephemeral") == "ephemeral"
            message = by_app(workspace, response.channel, arguments)
            workspace.keep(replace(message, ephemeral_to=response.user if alone else None))
