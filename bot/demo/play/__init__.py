"""The demo as a page to play on: a mail client, a Slack, a clock to push, and what the desk has noted."""

from bot.demo.play.server import PlayServer

__all__ = ["PlayServer"]
