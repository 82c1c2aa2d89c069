"""A small Slack on this machine, for the demonstration and the tests."""

from bot.demo.slack.courier import Ack, Delivery, Envelope
from bot.demo.slack.errors import CannotDo, SlackError
from bot.demo.slack.modals import View
from bot.demo.slack.server import ALL_SCOPES, ApiCall, SlackStandIn
from bot.demo.slack.workspace import BOT_USER, Channel, Message, User, Workspace

__all__ = [
    "ALL_SCOPES",
    "BOT_USER",
    "Ack",
    "ApiCall",
    "CannotDo",
    "Channel",
    "Delivery",
    "Envelope",
    "Message",
    "SlackError",
    "SlackStandIn",
    "User",
    "View",
    "Workspace",
]
