"""The demo as a place to try things: you are the requester, and you may press the staff's buttons."""

import asyncio
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.demo.slack.workspace import Message
from bot.demo.stage import ADA, BEN, DESK, REQUESTER, STAFF_CHANNEL, Stage, text_of

_HELP = f"""The desk is up. You are {REQUESTER}, and you may write to {DESK}:

  write TEXT     write a new mail, for instance: write Please delete all my personal data.
  reply TEXT     reply to the last mail that you received, for instance with its code
  approve        Ada, then Ben approve the newest draft in Slack
  help           these lines
  quit           stop the desk; nothing is left behind

Any mail client may write to it, too: SMTP {{smtp}}. Its counters: http://127.0.0.1:{{port}}/metrics
"""


class Console:
    """Reads lines, acts, and shows what arrives in the requester's mailbox and in the staff's channel."""

    def __init__(self, stage: Stage, write: Callable[[str], None]) -> None:
        self._stage, self._write = stage, write
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Until ``quit`` or Ctrl-C; without a terminal's input, until it is interrupted."""
        self._help()
        asyncio.get_running_loop().add_reader(sys.stdin, self._read)
        watching = [asyncio.create_task(self._watch_mail()), asyncio.create_task(self._watch_slack())]
        try:
            while (line := await self._lines.get()) != "quit":
                await self._act(*line.partition(" ")[::2])
        finally:
            asyncio.get_running_loop().remove_reader(sys.stdin)
            for task in watching:
                task.cancel()

    def _read(self) -> None:
        line = sys.stdin.readline()
        if line:
            self._lines.put_nowait(line.strip())
        else:  # there is no more input: the desk stays up all the same
            asyncio.get_running_loop().remove_reader(sys.stdin)

    def _help(self) -> None:
        smtp = urlsplit(self._stage.mail.smtp_url)
        self._write(_HELP.format(smtp=f"{smtp.hostname}:{smtp.port}", port=self._stage.settings.port))

    async def _act(self, word: str, rest: str) -> None:
        received = self._stage.mail.inbox(REQUESTER)
        match word:
            case "write" if rest:
                await self._stage.write(rest, subject="A question about my data")
            case "reply" if rest and received:
                await self._stage.write(rest, subject=f"Re: {received[-1]['Subject']}", answers=received[-1])
            case "approve":
                await self._approve()
            case "":
                pass
            case _:
                self._help()

    async def _approve(self) -> None:
        """Both in turn: each presses what then stands there."""
        for user in (ADA, BEN):
            if draft := self._draft():
                await self._stage.slack.press(user, STAFF_CHANNEL, draft.ts, "draft_approve")
                await asyncio.sleep(1)

    def _draft(self) -> Message | None:
        workspace = self._stage.slack.workspace
        threads = [workspace.thread(STAFF_CHANNEL, card.ts) for card in workspace.messages(STAFF_CHANNEL)]
        drafts = [each for thread in threads for each in thread if "draft_approve" in str(each.blocks)]
        return drafts[-1] if drafts else None

    async def _watch_mail(self) -> None:
        seen = 0
        while True:
            received = self._stage.mail.inbox(REQUESTER)
            for mail in received[seen:]:
                self._write(f"\n--- mail to {REQUESTER}: {mail['Subject']}\n{text_of(mail)}")
            seen = len(received)
            await asyncio.sleep(0.3)

    async def _watch_slack(self) -> None:
        told: set[str] = set()
        workspace = self._stage.slack.workspace
        while True:
            for card in workspace.messages(STAFF_CHANNEL):
                if card.text not in told:
                    told.add(card.text)
                    self._write(f"\n--- Slack: {card.text}")
            await asyncio.sleep(0.3)
