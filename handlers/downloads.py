"""A requester fetches an export: behind a link, with the code that came by a mail of its own.

What was approved is looked at once more whenever somebody asks for it: to whom, what, and whether they are still
proven to be who they say.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.domain.codes import code_in
from bot.store import cases, drafts, exports
from bot.store.cases import Case
from bot.store.export_tables import ExportRow
from bot.store.keys import KeyDestroyed
from bot.store.work import Work
from handlers import approvals
from handlers.desk import Desk

_LONGEST = 100  # characters in which somebody may have typed the code


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file on its way."""

    name: str = field(repr=False)
    form: str
    size: int
    chunks: AsyncIterator[bytes] = field(repr=False)


async def language_of(desk: Desk, token: str) -> str | None:
    """The language of the letter that this link came with; None where nothing is (any more) behind it."""
    async with desk.store.reading() as work:
        found = await _behind(desk, work, token)
        return found[0].row.language if found else None


async def take(desk: Desk, token: str, typed: str) -> Delivery | str | None:
    """The file for a right code, the language of the page to say so for a wrong one, None for a dead link.

    Each is counted before anything leaves: a download that breaks off is one. Nothing of who asks is kept.
    """
    code = code_in(typed[:_LONGEST]) or ""
    async with desk.store.transaction() as work:
        found = await _behind(desk, work, token, for_update=True)
        if found is None:
            return None
        case, row = found
        fits = exports.fits(work, row, code)
        if fits:
            row.downloads_left -= 1
        elif code:
            row.tries_left -= 1
        work.session.add(row)
        event, left = ("downloaded", row.downloads_left) if fits else ("download_refused", row.tries_left)
        await cases.note(work, case, at=desk.now(), actor="link", event=event, export=row.id, left=left)
        name = exports.name_of(case, row)
    if fits:
        return Delivery(name, row.form, row.size, _chunks(desk, row))
    return case.row.language if row.tries_left > 0 else None


async def _behind(
    desk: Desk, work: Work, token: str, *, for_update: bool = False
) -> tuple[Case, ExportRow] | None:
    """The ticket and what it offers behind a link, as long as it may be had."""
    row = await exports.of_token(work, token, desk.now())
    try:
        case = await cases.by_id(work, row.ticket_id, for_update=for_update) if row else None
    except KeyDestroyed:
        return None
    if for_update and row:  # the ticket is locked first, as everywhere
        row = await exports.load(work, row.id or 0, for_update=True)
    draft = await drafts.load(work, row.draft_id or 0) if row else None
    if row is None or case is None or draft is None or not exports.is_live(row, desk.now()):
        return None
    if row.digest not in draft.attachments or await approvals.unfit_draft(desk, work, case, draft):
        return None
    return case, row


async def _chunks(desk: Desk, row: ExportRow) -> AsyncIterator[bytes]:
    """One piece after the other, each read by itself, so that nobody's slow line holds a connection."""
    for seq in range(row.pieces):
        async with desk.store.reading() as work:
            plain = await exports.piece(work, row, seq)
        yield plain
