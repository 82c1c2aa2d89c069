"""What may be done with a mail: one table of rules, and the treatment that the first rule that fires decides.

Answering a mail that nobody wrote makes loops, and answering one that was forged makes victims; not listening
to either may miss a request. So there are treatments between answering and dropping.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.authenticity import authenticate
from bot.domain.codes import holds_pass
from bot.domain.mail import Address, Mail
from bot.domain.vocabulary import MailKind


class Treatment(StrEnum):
    """How a mail is treated."""

    ANSWER = "answer"  # it may be answered automatically
    LISTEN = "listen"  # a person may be behind it: staff decide, nothing automatic leaves
    NOTE = "note"  # a report on what we sent: an event there
    OURS = "ours"  # what we sent ourselves
    PROBE = "probe"  # what we sent ourselves to try the mailbox: decided on, and taken back
    QUARANTINE = "quarantine"  # it cannot be read safely


@dataclass(frozen=True, slots=True)
class Desk:
    """Who we are: our addresses in lower case, and whose authentication results we trust, if anybody's."""

    addresses: frozenset[str]
    trusted_authserv_id: str | None = None

    @property
    def domains(self) -> frozenset[str]:
        return frozenset(address.rpartition("@")[2] for address in self.addresses)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The treatment, every rule that fired, and in one sentence for staff why."""

    treatment: Treatment
    hits: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Case:
    mail: Mail
    desk: Desk
    ours: bool
    complete: bool
    lost: bool
    probe: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name in the journal, what it says of a mail, and what staff read."""

    name: str
    treatment: Treatment
    fires: Callable[[_Case], bool]
    reason: str


_MACHINE = re.compile(
    r"(?:.*[-_.])?(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?|daemon|autoresponder|listserv|majordomo)(?:[-_.+=].*)?"
    r"|(?:mailer-daemon|postmaster|nobody|www-data|root|apache|newsletter|notifications?)(?:\+.*)?",
    re.IGNORECASE,
)


def _is_our_list(case: _Case) -> bool:
    """A list or group that is one of our own addresses: people write to us through it (RFC 2919, RFC 2369)."""
    hints = case.mail.hints
    list_id = hints.list_id.rpartition("<")[2].rstrip("> ").lower()
    as_id = {address.replace("@", ".") for address in case.desk.addresses}
    return (
        bool(case.desk.addresses & set(hints.list_addresses))
        or list_id in as_id
        or any(list_id == domain or list_id.endswith(f".{domain}") for domain in case.desk.domains)
    )


def _is_list(case: _Case) -> bool:
    return case.mail.kind is MailKind.LIST and not _is_our_list(case)


def _answers_us(case: _Case) -> bool:
    """An automatic reply to a mail of ours: its thread leads to our domain."""
    named = (*case.mail.in_reply_to, *case.mail.references)
    return case.mail.kind is MailKind.AUTO_REPLY and any(
        each.rpartition("@")[2].lower() in case.desk.domains for each in named
    )


def _from_us(case: _Case) -> bool:
    return case.mail.sender is not None and _without_tag(case.mail.sender.address.lower()) in case.desk.addresses


def _without_tag(address: str) -> str:
    """``privacy+anything@`` reaches ``privacy@`` where the server supports it (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_colleague(sender: Address | None, desk: Desk) -> bool:
    return sender is not None and sender.domain in desk.domains


def _forwarded_by_colleague(case: _Case) -> bool:
    return case.mail.forwarded is not None and _is_colleague(case.mail.sender, case.desk)


def _by_machine(case: _Case) -> bool:
    sender = case.mail.sender
    return sender is not None and _MACHINE.fullmatch(sender.address.rpartition("@")[0]) is not None


def _sends_pass(case: _Case) -> bool:
    """A machine of somebody else's sends what may let its reader in there, in our name (the “ticket trick”)."""
    ours = case.mail.forwarded is not None or _is_colleague(case.mail.sender, case.desk)
    report = case.mail.kind in (MailKind.BOUNCE, MailKind.SPAM_REPORT)
    return _by_machine(case) and not (ours or report) and holds_pass(f"{case.mail.subject}\n{case.mail.text}")


def _forged(case: _Case) -> bool:
    return authenticate(case.mail, case.desk.trusted_authserv_id, case.desk.addresses).dmarc == "fail"


RULES = (
    Rule(
        "probe",
        Treatment.PROBE,
        lambda c: c.probe and _from_us(c),
        "The desk wrote it to try its own mailbox.",
    ),
    Rule(
        "ours",
        Treatment.OURS,
        lambda c: c.ours and _from_us(c),
        "We sent it ourselves: its Message-ID bears our mark.",
    ),
    Rule(
        "unreadable",
        Treatment.QUARANTINE,
        lambda c: c.mail.unreadable is not None,
        "It could not be taken apart safely: {unreadable}.",
    ),
    Rule(
        "complaint",
        Treatment.NOTE,
        lambda c: c.mail.kind is MailKind.SPAM_REPORT,
        "A mail provider reports that somebody marked a mail as unwanted.",
    ),
    Rule(
        "bounce", Treatment.NOTE, lambda c: c.mail.kind is MailKind.BOUNCE, "A mail server reports on a delivery."
    ),
    Rule(
        "ambiguous_sender", Treatment.QUARANTINE, lambda c: c.mail.sender is None, "Who sent it is open: {fault}."
    ),
    Rule("auto_reply_to_us", Treatment.NOTE, _answers_us, "An automatic reply to a mail of ours."),
    Rule(
        "too_large",
        Treatment.LISTEN,
        lambda c: not c.complete,
        "It is too large to be read whole; it stays in the mailbox.",
    ),
    Rule(
        "lost",
        Treatment.LISTEN,
        lambda c: c.lost,
        "It was taken in before the data were restored, and may have been answered: look at what was sent then.",
    ),
    Rule(
        "dmarc_fail", Treatment.LISTEN, _forged, "Our mail server says that the sender's domain did not send it."
    ),
    Rule(
        "borrowed_mark",
        Treatment.LISTEN,
        lambda c: c.ours and not _from_us(c),
        "It bears the Message-ID of a letter of ours, and another sender.",
    ),
    Rule(
        "own_address",
        Treatment.LISTEN,
        lambda c: _from_us(c) and not c.ours,
        "It bears our own address but not our mark.",
    ),
    Rule(
        "sign_up",
        Treatment.LISTEN,
        _sends_pass,
        "A machine sent it, with what may be a code or link for an account somewhere: that was covered.",
    ),
    Rule(
        "auto_reply",
        Treatment.LISTEN,
        lambda c: c.mail.kind is MailKind.AUTO_REPLY,
        "It was sent automatically.",
    ),
    Rule("list", Treatment.LISTEN, _is_list, "It came by a mailing list or in bulk."),
    Rule(
        "form",
        Treatment.LISTEN,
        lambda c: c.mail.forwarded is not None and c.mail.forwarded.by_form,
        "It came by a web form; who wrote it stands in its text.",
    ),
    Rule("forward_by_colleague", Treatment.LISTEN, _forwarded_by_colleague, "A colleague passed it on."),
    Rule("machine", Treatment.LISTEN, _by_machine, "Its sender is an address that nobody reads."),
    Rule("null_path", Treatment.LISTEN, lambda c: c.mail.return_path == "", "Its return path is empty."),
    Rule(
        "wants_no_response",
        Treatment.LISTEN,
        lambda c: c.mail.hints.wants_no_response,
        "It asks for no automatic response.",
    ),
    Rule(
        "encrypted",
        Treatment.LISTEN,
        lambda c: "encrypted" in c.mail.flags,
        "It is encrypted; a person has to read it.",
    ),
)


def screen(
    mail: Mail, desk: Desk, *, ours: bool = False, complete: bool = True, lost: bool = False, probe: bool = False
) -> Verdict:
    """What may be done with the mail.

    ``ours``, ``probe``: its Message-ID proved to be of our making. ``complete``: it was fetched whole. ``lost``:
    it was taken in once before, by a desk whose data were lost.
    """
    case = _Case(mail, desk, ours, complete, lost, probe)
    fired = [rule for rule in RULES if rule.fires(case)]
    if not fired:
        return Verdict(Treatment.ANSWER, (), "Nothing speaks against an answer.")
    reason = fired[0].reason.format(unreadable=mail.unreadable, fault=mail.sender_fault)
    return Verdict(fired[0].treatment, tuple(rule.name for rule in fired), reason)
