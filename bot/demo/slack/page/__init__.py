"""The stand-in's screen: what people see in it, as HTML that runs nothing and fetches nothing."""

from bot.demo.slack.page.frames import STYLE, home, message, modal, page, thread

__all__ = ["STYLE", "home", "message", "modal", "page", "thread"]
