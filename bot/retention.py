"""A round of retention: what is past its time is redacted, and its mail deleted from the mailboxes.

The mails are named by where they were found. What cannot be deleted now stays on record and is tried at each
further round; Slack's part goes through the outbox.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.adapters.mailbox import Mailbox, MailboxRefused, MailboxUnavailable
from bot.failpoints import passing
from bot.settings.endpoints import ImapServer
from bot.store import redaction
from handlers.desk import Desk
from handlers.retention import Swept, sweep

log = logging.getLogger(__name__)

_MARKED = "mails are marked as deleted, and cannot be expunged alone: expunge the folder"
UNREACHABLE = (
    "what requesters keep of the letters that they got",
    "what people other than the desk posted in Slack, such as notes in a ticket's thread",
    "alerts and reminders in Slack, which hold references alone",
    "copies that the mail server, its provider or Slack makes: backups, archives, journaling, a Trash that keeps",
)


@dataclass(slots=True)
class Removed:
    """What became of the redacted mails in the mailboxes."""

    deleted: int = 0
    replaced: int = 0  # the folder is another one by now: they cannot be found by their numbers
    waiting: int = 0
    faults: list[str] = field(default_factory=list)  # why they wait, without addresses


@dataclass(frozen=True, slots=True)
class Report:
    """What a round did, or would do."""

    swept: Swept
    removed: Removed


class Retention:
    """One round after another; any replica may do one, and what two do at once is done once."""

    def __init__(self, desk: Desk, servers: Sequence[ImapServer]) -> None:
        self._desk, self._servers = desk, servers

    async def round(self, *, actor: str = "desk", dry_run: bool = False) -> Report:
        swept = await sweep(self._desk, actor=actor, dry_run=dry_run)
        report = Report(swept, await self._remove(dry_run=dry_run))
        if not dry_run and (swept.redacted or swept.items or report.removed.deleted):
            log.info(
                "retention: %s tickets and %s other mails are redacted; %s mails deleted from the mailbox",
                len(swept.redacted),
                swept.items,
                report.removed.deleted,
            )
        return report

    async def clear(self) -> Removed:
        """Deletes from the mailboxes what waits to be deleted there."""
        return await self._remove(dry_run=False)

    async def _remove(self, *, dry_run: bool) -> Removed:
        removed = Removed()
        async with self._desk.store.reading() as work:
            origins = await redaction.to_remove(work)
        if not dry_run:
            for server in self._servers:
                if own := [each for each in origins if each.startswith(f"{server.name}/")]:
                    await self._from_mailbox(server, own, removed)
        removed.waiting = len(origins) - removed.deleted - removed.replaced
        return removed

    async def _from_mailbox(self, server: ImapServer, origins: Sequence[str], removed: Removed) -> None:
        mailbox = Mailbox(server, max_bytes=0)
        try:
            await mailbox.open()
            for (folder, uidvalidity), uids in _by_folder(server, origins).items():
                count = len(uids)
                if (await mailbox.state(folder)).uidvalidity != uidvalidity:
                    removed.replaced += count
                    await self._record(server, folder, uidvalidity, uids, "replaced")
                elif await mailbox.remove(folder, uidvalidity, uids):
                    passing("retention.removed")
                    removed.deleted += count
                    await self._record(server, folder, uidvalidity, uids, "gone")
                else:
                    removed.faults.append(f"{server.host}:{server.port}: {_MARKED}")
        except (MailboxUnavailable, MailboxRefused) as fault:
            log.warning("retention: mails wait to be deleted: %s", fault)
            removed.faults.append(str(fault))
        finally:
            await mailbox.close()

    async def _record(
        self, server: ImapServer, folder: str, uidvalidity: int, uids: Sequence[int], how: str
    ) -> None:
        async with self._desk.store.transaction() as work:
            origins = [f"{server.name}/{folder}/{uidvalidity}/{uid}" for uid in uids]
            await redaction.removed(work, origins, how)


def _by_folder(server: ImapServer, origins: Sequence[str]) -> dict[tuple[str, int], list[int]]:
    """UIDs by folder and UIDVALIDITY; a folder's name may hold slashes."""
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for each in origins:
        folder, uidvalidity, uid = each.removeprefix(f"{server.name}/").rsplit("/", 2)
        found[folder, int(uidvalidity)].append(int(uid))
    return found
