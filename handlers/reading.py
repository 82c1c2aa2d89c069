"""Reading a mail: all that can be said of it before any ticket is looked at."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.correlation import ticket_of
from bot.domain.excerpts import find_excerpts
from bot.domain.identity import mask_codes
from bot.domain.mail import Address, Mail, parse_mail
from bot.domain.particulars import Particulars, particulars
from bot.domain.policy import Statement
from bot.domain.screening import Authentication, Verdict, authentication, screen
from bot.domain.screening import Desk as Addresses
from bot.domain.understanding import Understanding, classify
from bot.domain.vocabulary import RequestType
from bot.failpoints import passing
from bot.store import inbox
from bot.store.cases import Message
from bot.store.tables import InboxItem
from handlers.desk import Desk

_LARGE = 256 * 1024  # bytes; beyond that parsing leaves the event loop
_PASSED_ON = frozenset({"form", "forward_by_colleague"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as far as it is understood before any ticket is looked at."""

    item_id: int
    mail: Mail = field(repr=False)
    verdict: Verdict
    authenticated: Authentication
    understood: Understanding = field(repr=False)
    says: Particulars = field(repr=False)
    excerpts: tuple[Statement, ...] = ()
    answerable: bool = False
    received_at: datetime = field(kw_only=True)
    automatic: bool = field(kw_only=True)

    def message(self, *, hide_codes: bool) -> Message:
        """As it is kept; in a thread of ours its digits, or those of what it quotes, may be a code."""
        text = mask_codes(self.mail.text) if hide_codes else self.mail.text
        return Message(self.mail.subject, text, self.mail.message_id, self.mail.references)

    def kept(self, *, hide_codes: bool) -> str:
        """What was understood, as JSON with the sentences that show it; empty where there is nothing to show."""
        suggested = self.suggested
        evidence = {(each.request_type, each.sentence): None for each in self.understood.evidence}
        if not (evidence or suggested or self.says.codes):
            return ""
        reading = {
            "evidence": [{"type": kind, "sentence": sentence} for kind, sentence in evidence],
            "particulars": self.says.as_json(),
            "suggested": {"address": suggested.address, "name": suggested.name} if suggested else None,
        }
        text = json.dumps(reading, ensure_ascii=False)
        return mask_codes(text) if hide_codes else text

    @property
    def suggested(self) -> Address | None:
        """Who a letter that somebody passed on is perhaps from; never an identity."""
        inner = self.mail.forwarded
        return inner.sender if inner and not _PASSED_ON.isdisjoint(self.verdict.hits) else None

    @property
    def findings(self) -> dict[str, Any]:
        """What was found, for the journal: words of the desk, none of the sender's."""
        unnamed = ["agent:other"] if self.understood.agent and not self.says.agent else []
        return {
            "confidence": round(self.understood.confidence, 3),
            "abstained": self.understood.abstain,
            "language": self.understood.language,
            "why": [each.rule for each in self.understood.evidence][:10],
            "hits": list(self.verdict.hits),
            "flags": sorted(self.mail.flags),
            "says": [*self.says.codes, *unnamed],
            "authentication": self.authenticated.dmarc,
            "item": self.item_id,
        }


async def read(desk: Desk, item: InboxItem) -> Letter:
    """All that needs no ticket: parsing, screening, understanding."""
    async with desk.store.reading() as work:
        raw, _ = await inbox.raw_of(work, item)
    if len(raw) > _LARGE:
        return await asyncio.to_thread(understand, desk, item, raw)
    return understand(desk, item, raw)


def understand(desk: Desk, item: InboxItem, raw: bytes) -> Letter:
    mail = parse_mail(raw)
    passing("mail.parsed")
    addresses = Addresses(addresses=desk.addresses, trusted_authserv_id=desk.trusted_authserv_id)
    ours = bool(mail.message_id and ticket_of(mail.message_id, desk.store.keys.token_secret))
    verdict = screen(mail, addresses, ours=ours, complete=item.complete)
    passing("mail.screened")
    said = mail.said or mail.text
    understood = classify(said, mail.subject)
    known = {*desk.addresses, *([mail.sender.address] if mail.sender else [])}
    says = particulars(said, mail.subject, desk.day(item.received_at), understood.language, known)
    passing("mail.classified")
    asked = [each.sentence for each in understood.evidence if each.request_type is RequestType.POLICY_QUESTION]
    answer = find_excerpts(desk.policy, " ".join(asked)) if asked else None
    fitting = answer.excerpts[:3] if answer else ()
    found = [desk.policy.statement(each.anchor) for each in fitting if each.score >= fitting[0].score / 2]
    return Letter(
        item_id=item.id or 0,
        mail=mail,
        verdict=verdict,
        authenticated=authentication(mail, desk.trusted_authserv_id),
        understood=understood,
        says=says,
        excerpts=tuple(each for each in found if each),
        answerable=bool(
            answer and answer.answerable and desk.auto_answer is not None and answer.confidence >= desk.auto_answer
        ),
        received_at=item.received_at,
        automatic=item.automatic,
    )
