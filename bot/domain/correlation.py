"""Which ticket a mail belongs to, and on what evidence.

Our Message-IDs carry a token that only this desk can make: ``<pr-XXXXXXXX.NONCE.MAC@domain>``. A reply names it in
In-Reply-To or References, or is addressed to it, ``privacy+pr-XXXXXXXX.NONCE.MAC@domain``; together with the
requester's own address that is evidence. A reference in a subject is none: everybody may write one.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.mail import Address, Mail

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32
REFERENCE = re.compile(r"(?<![A-Z0-9])PR-[0-9A-HJKMNP-TV-Z]{8}(?![A-Z0-9])")
_OURS = re.compile(r"(pr-[0-9a-hjkmnp-tv-z]{8})\.([a-z2-7]{16})\.([a-z2-7]{26})@[^@\s]+")


class Evidence(StrEnum):
    """Why a mail is taken as its requester's word in a ticket."""

    THREAD = "thread"  # our token and the requester's address
    CODE = "code"  # a right code from the address that it was mailed to
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a mail might belong to."""

    reference: str
    is_requester: bool  # the mail's sender is this ticket's requester
    code_fits: bool  # the mail's code is a live one of this ticket, mailed to this sender


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket, where one is proven; and what was merely named, for staff."""

    evidence: Evidence
    reference: str | None = None
    named: tuple[str, ...] = ()


def new_reference() -> str:
    return "PR-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def new_message_id(reference: str, domain: str, secret: bytes) -> str:
    """A Message-ID, without angle brackets, that proves itself ours."""
    nonce = _base32(secrets.token_bytes(10))
    return f"{reference.lower()}.{nonce}.{_mac(reference.lower(), nonce, secret)}@{domain}"


def ticket_of(message_id: str, secret: bytes) -> str | None:
    """The reference of the ticket that this Message-ID of ours belongs to; None where it is not ours."""
    found = _OURS.fullmatch(message_id)
    if not found:
        return None
    reference, nonce, mac = found.groups()
    return reference.upper() if hmac.compare_digest(mac, _mac(reference, nonce, secret)) else None


def threads_of(mail: Mail, secret: bytes) -> tuple[str, ...]:
    """The references of ours that the mail answers to by a valid token, nearest first.

    The token proves itself, so it matters not which header a sender wrote it into. Cc counts as To does: whoever
    answers to all puts us there.
    """
    ids = [*mail.in_reply_to, *reversed(mail.references), *_tags([*mail.to, *mail.cc])]
    return tuple(dict.fromkeys(found for each in ids if (found := ticket_of(each, secret))))


def _tags(addresses: Iterable[Address]) -> Iterator[str]:
    """What follows the plus in an address (RFC 5233), in lower case, as mail programs may change that."""
    for each in addresses:
        if tag := each.address.partition("+")[2]:
            yield tag.lower()


def named_in(mail: Mail) -> tuple[str, ...]:
    """References that subject or text name; a name proves nothing."""
    return tuple(dict.fromkeys(REFERENCE.findall(f"{mail.subject}\n{mail.text[:50_000]}")))


def correlate(mail: Mail, threads: Iterable[str], candidates: Iterable[Candidate], *, contradicted: bool) -> Match:
    """The one ticket that the mail is proven to belong to.

    ``contradicted``: authentication that we trust says that the sender is forged; then nothing is proven.
    """
    by_reference = {each.reference: each for each in candidates}
    threads = tuple(threads)
    named = tuple(dict.fromkeys([*threads, *named_in(mail)]))
    if contradicted:
        return Match(Evidence.NONE, named=named)
    for reference in threads:
        if (candidate := by_reference.get(reference)) and candidate.is_requester:
            return Match(Evidence.THREAD, reference, named)
    for candidate in by_reference.values():
        if candidate.code_fits:
            return Match(Evidence.CODE, candidate.reference, named)
    return Match(Evidence.NONE, named=named)


def _mac(reference: str, nonce: str, secret: bytes) -> str:
    return _base32(hmac.digest(secret, f"{reference}.{nonce}".encode(), hashlib.sha256)[:16])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()
