"""Who is asking? The ladder of proof, and the one-time codes that climb it."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from bot.domain.vocabulary import RequestType

CODE_LIFETIME = timedelta(hours=24)  # NIST SP 800-63A: an enrolment code by e-mail lives at most 24 hours
CODE_TRIES = 5
CODES_A_DAY = 3

_LINK = re.compile(r"(/verify/)[\w-]{20,}")
_CODE = re.compile(r"(?<![\w.,:/+-])(?<!\d )(\d{8}|\d{4}[ -]\d{4})(?![\w/]|[.,:+-]\w| \d)")


class Proof(IntEnum):
    """What must be shown before a request is acted on; each rung contains the ones below."""

    NONE = 0
    MAILBOX = 1  # control of the mailbox that wrote: a code, or DMARC alignment that a trusted server vouches for
    ON_FILE = 2  # a code sent to the address on file; nothing replaces it


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder and the rule that justifies it."""

    proof: Proof
    why: str


LADDER: dict[RequestType, Rung] = {
    RequestType.ACCESS: Rung(
        Proof.ON_FILE, "GDPR Art. 12(6), EDPB Guidelines 01/2022 para. 65: data go to nobody else"
    ),
    RequestType.PORTABILITY: Rung(Proof.ON_FILE, "GDPR Art. 12(6), 20: an export is a disclosure"),
    RequestType.DELETION: Rung(Proof.ON_FILE, "GDPR Art. 12(6), 17: a deletion cannot be undone"),
    RequestType.CORRECTION: Rung(Proof.ON_FILE, "GDPR Art. 12(6), 16; 11 CCR 7060(h): not by the disputed datum"),
    RequestType.OBJECTION: Rung(
        Proof.MAILBOX, "GDPR Art. 12(6), 21: it changes what happens to one person's data"
    ),
    RequestType.RESTRICTION: Rung(Proof.MAILBOX, "GDPR Art. 12(6), 18: as for an objection"),
    RequestType.STATUS_INQUIRY: Rung(Proof.MAILBOX, "that a request exists is personal data itself"),
    RequestType.CONSENT_WITHDRAWAL: Rung(Proof.NONE, "GDPR Art. 7(3): as easy to withdraw as to give"),
    RequestType.OPT_OUT: Rung(Proof.NONE, "11 CCR 7026(d): an opt-out need not be a verifiable request"),
    RequestType.COMPLAINT: Rung(Proof.NONE, "a complaint discloses nothing"),
    RequestType.POLICY_QUESTION: Rung(Proof.NONE, "the policy is published"),
    RequestType.NOT_PRIVACY: Rung(Proof.NONE, "no right is asked for"),
}


def proof_needed(request_type: RequestType) -> Proof:
    return LADDER[request_type].proof


def needs_code(types: Iterable[RequestType], *, mailbox_proven: bool = False) -> bool:
    """Whether these requests wait for a code; DMARC alignment serves for the lower rung only."""
    highest = max((proof_needed(each) for each in types), default=Proof.NONE)
    return highest > (Proof.MAILBOX if mailbox_proven else Proof.NONE)


def new_code() -> str:
    """Eight random digits (26 bits: more than NIST SP 800-63B asks of an out-of-band secret)."""
    return f"{secrets.randbelow(10**8):08d}"


def new_token() -> str:
    """What a link says instead of a code: 256 random bits, which nobody comes upon (OWASP ASVS 5.0, 11.5.1)."""
    return secrets.token_urlsafe(32)


def code_in(text: str) -> str | None:
    """The first eight digits that stand alone, or with one space or dash between the fours.

    Only the first: a mail is at most one try.
    """
    found = _CODE.search(text)
    return re.sub(r"[ -]", "", found.group(1)) if found else None


def mask_codes(text: str) -> str:
    """The text with whatever could be a code, or the link beside it, made unreadable, as it is kept and shown."""
    return _LINK.sub(r"\1********", _CODE.sub("********", text))
