"""The Web API, method by method."""

from bot.demo.slack.methods import chat, conversations, people, views
from bot.demo.slack.methods.call import Call, Method

__all__ = ["METHODS", "Call", "Method"]

METHODS = people.METHODS | conversations.METHODS | chat.METHODS | views.METHODS
