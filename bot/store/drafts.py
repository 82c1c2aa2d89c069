"""Drafts at rest: the text sealed, the approvals beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from bot.domain.beside import Wording
from bot.domain.drafts import Draft
from bot.domain.vocabulary import Outcome, RequestType
from bot.store.cases import Case
from bot.store.tables import DraftRow
from bot.store.work import Work

_CONTENT = "draft.content"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a draft says, and what the desk had written."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    wording: Wording = field(default=Wording(), repr=False)

    @property
    def is_edited(self) -> bool:
        return bool(self.wording.made) and self.text != self.wording.made


async def create(
    work: Work,
    case: Case,
    *,
    letter: str,
    language: str,
    proposal: Proposal,
    outcome: Outcome | None,
    types: Sequence[RequestType],
    author: str | None,
    digest: str,
    attachments: Sequence[str],
    policy_version: str,
    now: datetime,
    follows_tasks: bool = False,
) -> DraftRow:
    row = DraftRow(
        ticket_id=case.id,
        letter=letter,
        language=language,
        outcome=outcome or "",
        request_types=list(types),
        author=author,
        digest=digest,
        attachments=list(attachments),
        follows_tasks=follows_tasks,
        policy_version=policy_version,
        created_at=now,
        key_id=case.key.id,
        content=_seal(case, proposal),
    )
    work.session.add(row)
    await work.session.flush()
    return row


async def load(work: Work, draft_id: int, *, for_update: bool = False) -> DraftRow | None:
    query = select(DraftRow).where(DraftRow.id == draft_id)
    return (await work.session.exec(query.with_for_update() if for_update else query)).one_or_none()


async def open_ones(work: Work, ticket_id: int | None = None) -> list[DraftRow]:
    query = select(DraftRow).where(DraftRow.state == "open").order_by(col(DraftRow.id))
    if ticket_id is not None:
        query = query.where(DraftRow.ticket_id == ticket_id)
    return list((await work.session.exec(query)).all())


async def read(work: Work, row: DraftRow) -> Proposal:
    content = json.loads((await work.keys.get(row.key_id)).open(row.content or b"", _CONTENT))
    wording = Wording(content.get("made", ""), content.get("staff", ""))
    return Proposal(content["subject"], content["text"], wording)


def rewrite(work: Work, case: Case, row: DraftRow, proposal: Proposal, *, author: str, digest: str) -> None:
    """A new text has a new author, and the approvals of the old one are void."""
    row.content, row.author, row.digest, row.approvals = _seal(case, proposal), author, digest, []
    work.session.add(row)


def as_draft(row: DraftRow) -> Draft:
    types = tuple(RequestType(each) for each in row.request_types)
    return Draft(types, row.author, tuple(row.approvals), row.digest, row.state)


def _seal(case: Case, proposal: Proposal) -> bytes:
    content = {"subject": proposal.subject, "text": proposal.text}
    content |= {"made": proposal.wording.made, "staff": proposal.wording.staff}
    return case.key.seal(json.dumps(content).encode(), _CONTENT)
