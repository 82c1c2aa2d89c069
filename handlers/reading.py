"""Reading a mail: all that can be said of it before any ticket is looked at."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.accounts import Finding
from bot.domain.authenticity import Authentication, authenticate, with_own_check
from bot.domain.claims import shows_identity_document
from bot.domain.codes import code_in, mask_codes, mask_passes, new_text, without_codes
from bot.domain.concerns import CONCERNS
from bot.domain.correlation import REFERENCE, ticket_of
from bot.domain.excerpts import Answer, find_excerpts
from bot.domain.learned.own import Own
from bot.domain.mail import Address, Mail, parse_mail
from bot.domain.particulars import Particulars, particulars
from bot.domain.policy import Statement
from bot.domain.probe import is_probe
from bot.domain.representation import CHILD, Capacity, capacity_of, concerns_later, concerns_of
from bot.domain.screening import Desk as Addresses
from bot.domain.screening import Treatment, Verdict, screen
from bot.domain.understanding import EXAMINED, Understanding, classify
from bot.domain.vocabulary import RequestType
from bot.failpoints import passing
from bot.store import inbox
from bot.store.cases import Message
from bot.store.tables import InboxItem
from bot.telemetry import span
from handlers import accounts
from handlers.desk import Desk

_LARGE = 256 * 1024  # bytes; beyond that parsing leaves the event loop
_GUESSED = 0.2  # the least confidence in what counts as a guess at all
_PASSED_ON = frozenset({"form", "forward_by_colleague"})


@dataclass(frozen=True, slots=True)
class Sense:
    """What somebody's own words mean, whatever way they came."""

    understood: Understanding = field(repr=False)
    says: Particulars = field(repr=False)
    excerpts: tuple[Statement, ...] = ()
    answerable: bool = False

    @property
    def capacity(self) -> Capacity | None:
        """As what its writer writes, where that is not for themselves."""
        return capacity_of(self.says)

    @property
    def result(self) -> str:
        """How the reading ended, as it is counted."""
        return "abstained" if self.understood.abstain else "understood"

    @property
    def is_by_agent(self) -> bool:
        """Whether it is perhaps written for somebody else."""
        return self.understood.agent or self.capacity not in (None, Capacity.THIRD_PARTY)

    def opening_concerns(self, *, attached: bool) -> tuple[str, ...]:
        """What staff must look at first where it opens a ticket; ``attached``: something came along with it."""
        return tuple(dict.fromkeys((*self._child, *concerns_of(self.says, attached=attached))))

    def later_concerns(self, capacity: Capacity | None, *, attached: bool) -> tuple[str, ...]:
        """The same where it is said in a ticket; ``capacity``: as what its writer writes there."""
        return (*self._child, *concerns_later(self.says, capacity, attached=attached))

    @property
    def _child(self) -> tuple[str, ...]:
        return (CHILD,) if self.says.child else ()

    @property
    def findings(self) -> dict[str, Any]:
        """For the journal: words of the desk, none of the writer's."""
        unnamed = ["agent:other"] if self.understood.agent and not self.says.agent else []
        return {
            "confidence": round(self.understood.confidence, 3),
            "abstained": self.understood.abstain,
            "language": self.understood.language,
            "why": [each.rule for each in self.understood.evidence][:10],
            "says": [*self.says.codes, *unnamed],
        }

    def kept(self, suggested: Address | None = None) -> str:
        """What was understood, as JSON with the sentences that show it; empty where there is nothing to show."""
        evidence = {(each.request_type, each.sentence): None for each in self.understood.evidence}
        if not (evidence or suggested or self.says.codes):
            return ""
        reading = {
            "evidence": [{"type": kind, "sentence": sentence} for kind, sentence in evidence],
            "particulars": self.says.as_json(),
            "suggested": {"address": suggested.address, "name": suggested.name} if suggested else None,
        }
        return json.dumps(reading, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as far as it is understood before any ticket is looked at."""

    item_id: int
    mail: Mail = field(repr=False)
    verdict: Verdict
    authenticated: Authentication
    sense: Sense
    received_at: datetime = field(kw_only=True)
    automatic: bool = field(kw_only=True)
    found: Finding = field(default=Finding(), kw_only=True)  # what the directory of accounts says of it
    late: Mapping[int, Finding] = field(default_factory=dict, kw_only=True)  # by ticket: what it says only now

    def message(self, *, hide_codes: bool) -> Message:
        """As it is kept; in a thread of ours its digits, or those of what it quotes, may be a code."""
        subject, text = self.mail.subject, self.mail.text
        if "sign_up" in self.verdict.hits:
            subject, text = mask_passes(subject), mask_passes(text)
        elif hide_codes:
            text = mask_codes(text, code_in(new_text(self.mail)))
        return Message(subject, text, self.mail.message_id, self.mail.references)

    @property
    def understood(self) -> Understanding:
        return self.sense.understood

    @property
    def excerpts(self) -> tuple[Statement, ...]:
        return self.sense.excerpts

    @property
    def answerable(self) -> bool:
        return self.sense.answerable

    @property
    def asks_status(self) -> bool:
        """In a thread a guess will do: the answer is harmless, and the ticket's own requester alone gets it."""
        understood = self.understood
        return understood.request_types[0] is RequestType.STATUS_INQUIRY and understood.confidence >= _GUESSED

    @property
    def concerns(self) -> tuple[str, ...]:
        """What staff must look at first, seen in the letter itself."""
        written = f"{self.mail.subject}\n{self.mail.text}"
        document = ("identity_document",) if shows_identity_document(written, self.mail.attachments) else ()
        return (*document, *(flag for flag in self.mail.flags if flag in CONCERNS))

    @property
    def capacity(self) -> Capacity | None:
        return self.sense.capacity

    @property
    def opening_concerns(self) -> tuple[str, ...]:
        """The same where the letter opens a ticket, and as what its sender writes."""
        return (*self.concerns, *self.sense.opening_concerns(attached=bool(self.mail.attachments)))

    def later_concerns(self, capacity: Capacity | None) -> tuple[str, ...]:
        """Those that it gives in a thread; ``capacity``: as what its sender writes there."""
        return (*self.concerns, *self.sense.later_concerns(capacity, attached=bool(self.mail.attachments)))

    def kept(self, *, hide_codes: bool) -> str:
        """As `Sense.kept`, with who the letter is perhaps from."""
        text = self.sense.kept(self.suggested)
        return mask_codes(text) if hide_codes else text

    @property
    def suggested(self) -> Address | None:
        """Who a letter that somebody passed on is perhaps from; never an identity."""
        inner = self.mail.forwarded
        return inner.sender if inner and not _PASSED_ON.isdisjoint(self.verdict.hits) else None

    @property
    def findings(self) -> dict[str, Any]:
        """What was found, for the journal: words of the desk, none of the sender's."""
        return self.sense.findings | {
            "hits": list(self.verdict.hits),
            "flags": sorted(self.mail.flags),
            "authentication": self.authenticated.dmarc,
            "item": self.item_id,
            "authenticity": self.authenticated.said,
        }


async def read(desk: Desk, item: InboxItem) -> Letter:
    """All that needs no ticket: parsing, screening, understanding, and whose account it is about."""
    async with desk.store.reading() as work:
        raw, _ = await inbox.raw_of(work, item)
        own = await desk.taught.current(work) if desk.taught else None
    given = desk, item, raw, own
    letter = await asyncio.to_thread(understand, *given) if len(raw) > _LARGE else understand(*given)
    mail = letter.mail
    if mail.sender is None or letter.verdict.treatment not in (Treatment.ANSWER, Treatment.LISTEN):
        return letter
    sender, written = mail.sender, f"{mail.subject}\n{mail.text}"
    return replace(
        letter,
        authenticated=await _checked(desk, letter, raw),
        found=await accounts.consult(desk, sender.address, sender.name, written, letter.sense.says),
        late=await accounts.consult_late(desk, sender.address, new_text(mail)),
    )


async def _checked(desk: Desk, letter: Letter, raw: bytes) -> Authentication:
    """With our own check of DKIM, where there is one and the trusted server said nothing of it."""
    mail, found = letter.mail, letter.authenticated
    if desk.signatures is None or found.dkim != "none" or not mail.hints.dkim_signatures:
        return found
    return with_own_check(mail, found, await desk.signatures.whole(raw))


def own_subject(mail: Mail) -> str:
    """The subject, where the sender wrote it: in a reply to a letter of ours it is our own."""
    return "" if REFERENCE.search(mail.subject) else mail.subject


def words_of(mail: Mail) -> tuple[str, str]:
    """What the sender said and how they titled it, as it is understood."""
    return without_codes((mail.said or mail.text)[:EXAMINED]), own_subject(mail)


def understand(desk: Desk, item: InboxItem, raw: bytes, own: Own | None = None) -> Letter:
    with span("mail parse"):
        mail = parse_mail(raw)
    passing("mail.parsed")
    addresses = Addresses(addresses=desk.addresses, trusted_authserv_id=desk.trusted_authserv_id)
    secret, message_id = desk.store.keys.token_secret, mail.message_id or ""
    ours, probe = bool(ticket_of(message_id, secret)), is_probe(message_id, secret)
    with span("mail screen"):
        verdict = screen(mail, addresses, ours=ours, complete=item.complete, lost=item.lost, probe=probe)
    passing("mail.screened")
    sender = mail.sender.address if mail.sender else ""
    with span("mail classify"):
        understood = classify(*words_of(mail), advise=own.advise if own else None)
        sense = sense_of(desk, understood, mail.said or mail.text, mail.subject, item.received_at, sender)
    passing("mail.classified")
    return Letter(
        item_id=item.id or 0,
        mail=mail,
        verdict=verdict,
        authenticated=authenticate(mail, desk.trusted_authserv_id, desk.addresses),
        sense=sense,
        received_at=item.received_at,
        automatic=item.automatic,
    )


def sense_of(desk: Desk, understood: Understanding, said: str, subject: str, at: datetime, sender: str) -> Sense:
    """What else is said beside what is asked for, and what the policy answers to its questions."""
    says = particulars(said, subject, desk.day(at), understood.language, {*desk.addresses, sender} - {""})
    asked = [each.sentence for each in understood.evidence if each.request_type is RequestType.POLICY_QUESTION]
    answer = find_excerpts(desk.policy, " ".join(asked)) if asked else None
    sure = bool(answer and answer.answerable and desk.auto_answer is not None)
    return Sense(
        understood,
        says,
        fitting(desk, answer) if answer else (),
        answerable=bool(sure and answer and answer.confidence >= (desk.auto_answer or 0)),
    )


def fitting(desk: Desk, answer: Answer) -> tuple[Statement, ...]:
    """The best statements of an answer, whole and word for word."""
    best = [each for each in answer.excerpts[:3] if each.score >= answer.excerpts[0].score / 2]
    found = (desk.policy.statement(each.anchor) for each in best)
    return tuple(each for each in found if each)
