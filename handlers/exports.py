"""Exports: staff give a file for a ticket, and the answer that is approved offers it to the requester.

The file arrives in pieces, each sealed and committed by itself, and counts once it is complete, of a lawful size
and clean. It waits for a draft that gives a copy of the data: the approval is bound to its digest, and a file that
comes after the approval needs another one.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from bot.adapters.clamd import Scan, ScannerFault
from bot.domain.exports import LARGEST, Look, safe_name, unreadable, wants_copy
from bot.domain.letters import LetterName
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, Status
from bot.store import cases, drafts, exports
from bot.store.cases import Case
from bot.store.export_tables import ExportRow, HandInRow
from bot.store.outbox import Promise
from bot.store.sealing import DataKey
from bot.store.tables import DraftRow
from bot.store.work import Work
from handlers import correspondence
from handlers.casework import keep_reason, show
from handlers.desk import Desk

_NO_TICKET = "There is no such ticket."
_NO_PUBLIC_URL = (
    "PUBLIC_URL is not set, so this desk sends no export: hand it over in another way, and record how with "
    "`attach REF --handed-over HOW`."
)
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a ticket has now, in words for staff; ``warning`` where it is not what the law wants."""

    name: str = field(repr=False)
    size: int
    form: str
    warning: str = ""

    @property
    def said(self) -> str:
        what = f"{self.name}: {self.size:,} bytes, sealed until an answer that is approved from now on offers it."
        return f"{what}\n{self.warning}" if self.warning else what


async def attach(
    desk: Desk,
    reference: str,
    actor: str,
    name: str,
    chunks: AsyncIterator[bytes],
    *,
    page: HandInRow | None = None,
) -> Attached:
    """Takes a file in. Raises Refused with one line where it cannot be had.

    An export that waited before gives way to it. ``page``: the page on which it is given, once.
    """
    async with desk.store.transaction() as work:
        case = await _open_case(desk, work, reference)
        row = await exports.begin(work, case, safe_name(name), actor, desk.now())
    try:
        look, digest, pieces = await _take_in(desk, case.key, row, chunks)
    except Refused as refused:
        await _give_up(desk, reference, row, actor, str(refused))
        raise
    async with desk.store.transaction() as work:
        case = await _open_case(desk, work, reference)
        if page and not await exports.use_page(work, page):
            raise Refused("A file has been given on this page already.")
        kept = await exports.load(work, row.id or 0, for_update=True)
        if kept is None or kept.state != "arriving":
            raise Refused("It took too long to arrive. Give it once more.")
        for earlier in await exports.of_ticket(work, case.id, "waiting"):
            await exports.end(work, earlier, "withdrawn")
        kept.state, kept.size, kept.form, kept.pieces = "waiting", look.size, look.form, pieces
        kept.digest = exports.keyed(case.key, digest)
        work.session.add(kept)
        facts = {"export": kept.id, "size": kept.size, "form": kept.form, "digest": kept.digest}
        await cases.note(work, case, at=desk.now(), actor=actor, event="export_attached", **facts)
        await _bind(desk, work, case)
        await show(desk, work, case)
    types = case.ticket().open_types
    return Attached(safe_name(name), look.size, look.form, unreadable(types, look.form) or "")


async def _take_in(
    desk: Desk, key: DataKey, row: ExportRow, chunks: AsyncIterator[bytes]
) -> tuple[Look, bytes, int]:
    """Stores a file while it is looked at; what it is, its SHA-256, and how many pieces it has."""
    look, digest, count = Look(), hashlib.sha256(), 0
    try:
        async with AsyncExitStack() as stack:
            scan: Scan | None = await stack.enter_async_context(desk.scanner.scanning()) if desk.scanner else None
            async for piece in _pieces(chunks):
                look.feed(piece)
                if look.size > LARGEST:
                    raise Refused(f"The file is larger than {LARGEST // _MEGABYTE} MB.")
                digest.update(piece)
                if scan:
                    await scan.feed(piece)
                async with desk.store.transaction() as work:
                    exports.add(work, key, row.id or 0, count, piece)
                count += 1
            if not count:
                raise Refused("The file is empty.")
            if scan and (found := await scan.finding()):
                raise Refused(f"The virus scanner found {found} in it: it is not taken.")
    except ScannerFault as fault:
        raise Refused(f"It is not taken: {fault}.") from None
    return look, digest.digest(), count


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one size."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) >= exports.PIECE:
            yield bytes(held[: exports.PIECE])
            del held[: exports.PIECE]
    if held:
        yield bytes(held)


async def _give_up(desk: Desk, reference: str, row: ExportRow, actor: str, why: str) -> None:
    async with desk.store.transaction() as work:
        case = await cases.load(work, reference, for_update=True)
        kept = await exports.load(work, row.id or 0, for_update=True)
        if case is None or kept is None:
            return
        await exports.end(work, kept, "withdrawn")
        await cases.note(work, case, at=desk.now(), actor=actor, event="export_refused", export=row.id, reason=why)


async def withdraw(desk: Desk, reference: str, actor: str) -> int:
    """Takes back what waits or is offered, and destroys it; how many that were."""
    async with desk.store.transaction() as work:
        case = await _load(work, reference)
        found = await exports.of_ticket(work, case.id, "waiting", "offered")
        for row in found:
            await exports.end(work, row, "withdrawn")
            await cases.note(work, case, at=desk.now(), actor=actor, event="export_withdrawn", export=row.id)
        await _bind(desk, work, case)
        return len(found)


async def handed_over(desk: Desk, reference: str, actor: str, how: str) -> None:
    """Records that the requester has got their data by another way than the desk's."""
    if not how.strip():
        raise Refused("Say how it was handed over.")
    async with desk.store.transaction() as work:
        case = await _load(work, reference)
        if not wants_copy(case.ticket().types):
            raise Refused(f"Nobody asks for a copy of their data in {reference}.")
        if not case.row.verified:
            raise Refused("The requester has not proven who they are yet, so nothing may be handed over.")
        await keep_reason(desk, work, case, how)
        await cases.note(work, case, at=desk.now(), actor=actor, event="export_handed_over")
        await show(desk, work, case)


async def page_for(desk: Desk, reference: str, actor: str) -> str:
    """The address of a page on which this member of staff may give a file, once and within an hour."""
    async with desk.store.transaction() as work:
        case = await _open_case(desk, work, reference)
        token = await exports.open_page(work, case, actor, desk.now())
        await cases.note(work, case, at=desk.now(), actor=actor, event="export_page_opened")
    return f"{desk.public_url}/hand-in/{token}"


async def page_behind(desk: Desk, token: str) -> tuple[HandInRow, str] | None:
    """Who may give a file on this page, and the ticket that it is for."""
    async with desk.store.reading() as work:
        page = await exports.page_of(work, token, desk.now())
        case = await cases.by_id(work, page.ticket_id) if page else None
        return (page, case.reference) if page and case else None


async def offer(desk: Desk, work: Work, case: Case, draft: DraftRow) -> None:
    """Has a link leave to what an approved answer carries, and the code by a mail of its own. Raises Refused."""
    for row in await exports.of_ticket(work, case.id, "waiting"):
        if row.digest not in draft.attachments:
            continue
        if not desk.public_url:
            raise Refused(_NO_PUBLIC_URL)
        issued = exports.issue(work, row, draft.id, desk.now())
        about = correspondence.context(desk, case, types=drafts.as_draft(draft).types)
        about = replace(about, outcome=Outcome(draft.outcome), export_until=desk.day(row.expires_at or desk.now()))
        write = desk.letters.say if case.row.slack_user else desk.letters.write
        link = replace(about, download_url=f"{desk.public_url}/download/{issued.token}")
        ready = write(LetterName.EXPORT_READY, draft.language, link)
        code = desk.letters.write(LetterName.EXPORT_CODE, draft.language, replace(about, code=issued.code))
        await correspondence.send(desk, work, case, ready, promise=Promise.ONCE, automatic=False)
        await correspondence.send(desk, work, case, code, promise=Promise.ONCE, automatic=False, by_mail=True)
        await cases.note(
            work, case, at=desk.now(), actor="desk", event="export_offered", export=row.id, draft=draft.id
        )


async def _bind(desk: Desk, work: Work, case: Case) -> None:
    """Open drafts carry what waits by now; where that has changed, approvals of them are void."""
    for draft in await drafts.open_ones(work, case.id):
        carried = await exports.carried(work, case.id, drafts.as_draft(draft).types, draft.outcome)
        if carried != draft.attachments:
            draft.attachments = carried
            await correspondence.readdress(desk, work, case, draft)


async def _open_case(desk: Desk, work: Work, reference: str) -> Case:
    """A ticket that an export can be given for."""
    if not desk.public_url:
        raise Refused(_NO_PUBLIC_URL)
    case = await _load(work, reference)
    if case.row.status == Status.CLOSED:
        raise Refused(f"{reference} is closed: open it anew first, an export leaves with an answer.")
    if not wants_copy(case.ticket().open_types):
        raise Refused(f"Nobody asks for a copy of their data in {reference}.")
    return case


async def _load(work: Work, reference: str) -> Case:
    case = await cases.load(work, reference, for_update=True)
    if case is None:
        raise Refused(_NO_TICKET)
    return case
