"""Everything on record about one ticket as an archive that a regulator can check without the desk.

Taking it is a look like any other: it is in the ticket's journal, in the archive too, and anchored in the same
transaction, so that the anchors cover the journal to its end.
"""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel import col, select

from bot.adapters.rendering import packaged_templates
from bot.domain import evidence
from bot.domain.evidence import written
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import RequestType
from bot.store import anchors, cases, policies, views
from bot.store.cases import Case
from bot.store.keys import KeyDestroyed
from bot.store.sealing import DataKey
from bot.store.tables import DraftRow, MessageRow, RequestRow, TicketRow
from bot.store.work import Work
from handlers import overtaking, watching
from handlers.dating import dates_of
from handlers.desk import Desk

_SAID = {"in": "from the requester", "out": "to the requester", "note": "a reason that staff noted"}
_FROM_RECORD = ("messages", "events", "requests")  # in files of their own


@dataclass(frozen=True, slots=True)
class Evidence:
    """The archive, and for which public key its signatures are."""

    reference: str
    archive: bytes
    public_key: str


async def take(desk: Desk, reference: str, actor: str) -> Evidence:
    """Raises Refused where there is no such ticket."""
    async with desk.store.transaction() as work:
        case = await _case(work, overtaking.plain(reference))
        await watching.looked(desk, work, case, actor)
        await cases.note(work, case, at=desk.now(), actor=actor, event="evidence_taken")
        await anchors.drop(work, desk.now())
        await work.session.flush()
        files = await _files(desk, work, case)
        made_at = (await cases.entries(work, case))[-1].at
        signer = work.keys.signer
    whole = evidence.archive(files, case.reference, made_at, lambda digest: signer.sign(digest.encode()).hex())
    return Evidence(case.reference, whole, _public_key(work).hex())


async def _case(work: Work, reference: str) -> Case:
    """The ticket, a redacted one too: of its key the name alone is left."""
    if case := await cases.load(work, reference, for_update=True):
        return case
    query = select(TicketRow).where(TicketRow.reference == reference).with_for_update()
    row = (await work.session.exec(query)).one_or_none()
    if row is None:
        raise Refused("There is no such ticket.")
    requests = select(RequestRow).where(RequestRow.ticket_id == row.id).order_by(col(RequestRow.id))
    return Case(row, list((await work.session.exec(requests)).all()), DataKey(row.key_id, b""))


async def _files(desk: Desk, work: Work, case: Case) -> dict[str, bytes]:
    entries = await cases.entries(work, case)
    view = await views.ticket(work, case.reference) or {}
    shipped = packaged_templates() / "evidence"
    return {
        "README.txt": (shipped / "README.txt").read_bytes(),
        "verify.py": (shipped / "verify.py").read_bytes(),
        "ticket.json": written({name: value for name, value in view.items() if name not in _FROM_RECORD}),
        "dates.json": written(_dates(desk, case)),
        "journal.json": evidence.journal_file(entries),
        "people.json": evidence.people_file(entries),
        "anchors.json": evidence.anchors_file(await anchors.over(work, case.reference), _public_key(work)),
        "laws.json": written(_laws(desk, case)),
        **await _letters(work, case),
        **await _policy(desk, work, case),
    }


def _public_key(work: Work) -> bytes:
    return work.keys.signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _dates(desk: Desk, case: Case) -> dict[str, Any]:
    """As they stand on record, and how they are counted under the laws as they are now."""
    row = case.row
    days = ("received_at", "acknowledge_by", "due_at", "act_by", "extended_at", "reopened_at", "closed_at")
    known = case.row.law in desk.laws
    return {
        "law": row.law,
        "why": row.due_rule,
        **{name: _iso(getattr(row, name)) for name in days},
        "waits": row.waits,
        "requests": [
            {
                "type": RequestType(each.type),
                "outcome": each.outcome,
                **{name: _iso(getattr(each, name)) for name in (*_OF_REQUESTS,)},
                "why": dates_of(desk, case, each).rule if known else "",
            }
            for each in case.requests
        ],
    }


_OF_REQUESTS = ("received_at", "verified_at", "acknowledge_by", "due_at", "act_by", "closed_at")


def _laws(desk: Desk, case: Case) -> dict[str, Any]:
    codes = dict.fromkeys([case.row.law, *case.row.laws])
    used = {code: desk.laws[code] for code in codes if code in desk.laws}
    rows = {code: law.row() | {"checksum": law.checksum} for code, law in used.items()}
    return {"pack": desk.laws.checksum, "laws": rows, "no_longer_in_the_pack": sorted(set(codes) - set(used))}


async def _letters(work: Work, case: Case) -> dict[str, bytes]:
    """Each as a text of its own, numbered in the order in which they came and went."""
    query = select(MessageRow).where(MessageRow.ticket_id == case.id, col(MessageRow.direction).in_(_SAID))
    rows = (await work.session.exec(query.order_by(col(MessageRow.at), col(MessageRow.id)))).all()
    return {
        f"letters/{place:03d}-{row.at:%Y-%m-%d}-{row.direction}.txt": await _letter(work, row)
        for place, row in enumerate(rows, start=1)
    }


async def _letter(work: Work, row: MessageRow) -> bytes:
    about = f"{_SAID[row.direction]}, {evidence.instant(row.at)}, by {row.channel}"
    try:
        said = await cases.open_message(work, row) if row.content else None
    except KeyDestroyed:
        said = None
    text = f"Subject: {said.subject}\n\n{said.text}" if said else "(erased by the rules of retention)"
    return f"{about}\n\n{text}\n".encode("utf-8", "replace")


async def _policy(desk: Desk, work: Work, case: Case) -> dict[str, bytes]:
    """Which versions were cited, and their texts: every version that was ever loaded is kept."""
    query = select(DraftRow.policy_version).where(DraftRow.ticket_id == case.id, DraftRow.state == "approved")
    cited = {case.row.policy_version, *(await work.session.exec(query)).all()} - {""}
    held = {each.version: each.text for each in await policies.known(work)} | {
        desk.policy.version: desk.policy.text
    }
    files = {f"policy/{version}.md": held[version].encode() for version in sorted(cited) if version in held}
    told = [{"version": version, "text": version in held} for version in sorted(cited)]
    return files | {"policy.json": written(told)}


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
