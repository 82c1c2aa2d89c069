"""Exports at rest: a file in sealed pieces, so that no large file has to fit into memory, and its link and code.

Every piece is sealed under the key of the ticket, with its export and place as the label, so that none can be
moved, and all of them are lost with the key.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, delete, select, update

from bot.domain.exports import DOWNLOADS, HAND_IN_LIFETIME, LIFETIME, TRIES, hands_over
from bot.domain.identity import new_code, new_token
from bot.domain.vocabulary import RequestType
from bot.store.cases import Case
from bot.store.challenges import Issued
from bot.store.export_tables import ExportPiece, ExportRow, HandInRow
from bot.store.sealing import DataKey
from bot.store.work import Work

PIECE = 512 * 1024  # bytes
_NAME = "export.name"


async def begin(work: Work, case: Case, name: str, actor: str, now: datetime) -> ExportRow:
    """A file that begins to arrive; nobody sees it before it is complete."""
    sealed = case.key.seal(name.encode(), _NAME)
    row = ExportRow(ticket_id=case.id, actor=actor, created_at=now, key_id=case.key.id, name=sealed)
    work.session.add(row)
    await work.session.flush()
    return row


def add(work: Work, key: DataKey, export_id: int, seq: int, plain: bytes) -> None:
    sealed = key.seal(plain, _label(export_id, seq))
    work.session.add(ExportPiece(export_id=export_id, seq=seq, content=sealed))


async def load(work: Work, export_id: int, *, for_update: bool = False) -> ExportRow | None:
    query = select(ExportRow).where(ExportRow.id == export_id)
    return (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()


async def piece(work: Work, row: ExportRow, seq: int) -> bytes:
    """Raises LookupError where it, or the key of its ticket, is gone."""
    found = await work.session.get(ExportPiece, (row.id, seq))
    if found is None:
        raise LookupError("a piece of an export is gone")
    return (await work.keys.get(row.key_id)).open(found.content, _label(row.id or 0, seq))


def name_of(case: Case, row: ExportRow) -> str:
    return case.key.open(row.name or b"", _NAME).decode()


def keyed(key: DataKey, sha256: bytes) -> str:
    """The digest of a file, which nobody can make again once the key is gone."""
    return hmac.digest(key.secret, b"export" + sha256, hashlib.sha256).hex()


async def of_ticket(work: Work, ticket_id: int, *states: str) -> list[ExportRow]:
    query = select(ExportRow).where(ExportRow.ticket_id == ticket_id, col(ExportRow.state).in_(states))
    return list((await work.session.exec(query.order_by(col(ExportRow.id)))).all())


async def carried(work: Work, ticket_id: int, types: Iterable[RequestType], outcome: str | None) -> list[str]:
    """The digests of what waits to be offered by such an answer."""
    if not hands_over(types, outcome):
        return []
    return [each.digest for each in await of_ticket(work, ticket_id, "waiting")]


async def end(work: Work, row: ExportRow, state: str) -> None:
    """It is offered no more, and nothing of the file is left."""
    row.state, row.token_digest = state, None
    work.session.add(row)
    await work.session.exec(delete(ExportPiece).where(col(ExportPiece.export_id) == row.id))


def issue(work: Work, row: ExportRow, draft_id: int | None, now: datetime) -> Issued:
    """The link and the code, in plain, for the two letters that take them along."""
    issued = Issued(new_code(), new_token())
    row.state, row.draft_id = "offered", draft_id
    row.token_digest, row.code_digest = _link(work, issued.token), _code(work, row, issued.code)
    row.expires_at, row.tries_left, row.downloads_left = now + LIFETIME, TRIES, DOWNLOADS
    work.session.add(row)
    return issued


async def of_token(work: Work, token: str, now: datetime) -> ExportRow | None:
    """What is offered behind a link, while it is."""
    query = select(ExportRow).where(ExportRow.token_digest == _link(work, token), ExportRow.state == "offered")
    row = (await work.session.exec(query)).one_or_none()
    return row if row and is_live(row, now) else None


def is_live(row: ExportRow, now: datetime) -> bool:
    in_time = row.expires_at is not None and now < row.expires_at
    return row.state == "offered" and in_time and row.tries_left > 0 and row.downloads_left > 0


def fits(work: Work, row: ExportRow, code: str) -> bool:
    return hmac.compare_digest(_code(work, row, code), row.code_digest)


async def forget(work: Work, now: datetime) -> None:
    """Clears away files whose time is over, that nobody finished to give, and pages that nobody used."""
    over = select(ExportRow).where(
        (col(ExportRow.expires_at) < now)
        | ((col(ExportRow.state) == "arriving") & (col(ExportRow.created_at) < now - 2 * HAND_IN_LIFETIME)),
        col(ExportRow.state).in_(("arriving", "offered")),
    )
    for row in (await work.session.exec(over.with_for_update(skip_locked=True))).all():
        await end(work, row, "gone")
    await work.session.exec(delete(HandInRow).where(col(HandInRow.expires_at) < now))


async def open_page(work: Work, case: Case, actor: str, now: datetime) -> str:
    """The token of a page on which this member of staff may give a file."""
    token = new_token()
    row = HandInRow(
        token_digest=_page(work, token), ticket_id=case.id, actor=actor, expires_at=now + HAND_IN_LIFETIME
    )
    work.session.add(row)
    return token


async def page_of(work: Work, token: str, now: datetime) -> HandInRow | None:
    """The page behind a link, while nobody has given a file there."""
    row = await work.session.get(HandInRow, _page(work, token))
    return row if row and not row.used and now < row.expires_at else None


async def use_page(work: Work, page: HandInRow) -> bool:
    """Whether nobody was quicker."""
    taken = update(HandInRow).where(
        col(HandInRow.token_digest) == page.token_digest, col(HandInRow.used).is_(False)
    )
    return (await work.session.exec(taken.values(used=True))).rowcount == 1


def _label(export_id: int, seq: int) -> str:
    return f"export_piece.content:{export_id}:{seq}"


def _link(work: Work, token: str) -> str:
    return _keyed(work, f"download:{token}")


def _page(work: Work, token: str) -> str:
    return _keyed(work, f"hand in:{token}")


def _code(work: Work, row: ExportRow, code: str) -> str:
    return _keyed(work, f"export:{row.id}:{code}")


def _keyed(work: Work, material: str) -> str:
    return hmac.digest(work.keys.token_secret, material.encode(), hashlib.sha256).hex()
