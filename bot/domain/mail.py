"""A mail as the desk sees it: parsed once, at the door, into a frozen value that nothing behind it can break."""

import re
from dataclasses import dataclass, field

from bot.domain import kinds
from bot.domain.bodies import Bodies, read_bodies
from bot.domain.mime.addresses import MAX_MAILBOXES, Address, parse_mailboxes
from bot.domain.mime.charsets import one_line
from bot.domain.mime.flags import Flag
from bot.domain.mime.headers import MAX_VALUE, MAX_WORDS, Headers, decode_words, message_ids
from bot.domain.mime.parts import Part, Unreadable, parse_parts, size
from bot.domain.reports import Report, read_report, told_in
from bot.domain.said import Inner, what_was_said
from bot.domain.vocabulary import MailKind

__all__ = ["Address", "Attachment", "Flag", "Forwarded", "Hints", "Mail", "parse_mail"]

_SUBJECT = 500
_FILENAME = 120
_LONGEST = 8_192  # characters of a name that are looked at, for its ending
_HOSTILE_NAME = re.compile(r"[<>:\"|?*\\/]+")
_FORM_ADDRESS = re.compile(
    r"^[\s*>-]{0,4}(?:your |ihre |votre |su |uw )?(?:e-?mail|courriel|correo|mail|absender)[\w\s-]{0,30}[:：]\s*"
    r"<?([^\s<>@]{1,64}@[\w.-]{1,180}\w)",
    re.IGNORECASE | re.MULTILINE,
)
_MACHINE = re.compile(
    r"(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|wordpress|web-?form|forms?|website|web|www-data|apache|nobody|contact|kontakt)\b",
    re.IGNORECASE,
)
_ANY_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[\w.-]{1,180}\w")
_MAILBOX_FIELDS = ("from", "to", "cc", "bcc", "reply-to", "sender")
_LIST_FIELDS = ("list-post", "mailing-list", "x-mailing-list", "x-beenthere")
_NOTE = 600  # characters: what is longer speaks for itself, whatever is attached


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the text. The name is safe to show and never a path; the content is not looked into."""

    filename: str
    content_type: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A letter within the letter; its sender is a suggestion for staff, never an identity."""

    sender: Address | None
    text: str
    by_form: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """What headers and reports say about a mail; all of it can be forged."""

    auto_submitted: str = ""
    precedence: str = ""
    list_id: str = ""
    list_addresses: tuple[str, ...] = ()  # of List-Post, Mailing-List and the like
    is_listed: bool = False
    wants_no_response: bool = False
    authentication_results: tuple[str, ...] = ()  # topmost first
    dkim_signatures: tuple[str, ...] = ()
    arc: bool = False
    report: Report = field(default_factory=Report)


@dataclass(frozen=True, slots=True)
class Mail:
    """What came in. ``sender`` is None, with a reason, unless nobody could read the From line otherwise.

    ``text`` is the whole text as a person reads it, ``said`` only what is new in it. ``flags`` are facts for
    staff; ``unreadable`` is the reason why the mail could not be taken apart, then texts are empty. Ids stand
    without angle brackets; ``return_path`` is ``""`` for ``<>`` and None where there is none.
    """

    sender: Address | None = None
    sender_fault: str | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    return_path: str | None = None
    text: str = ""
    said: str = ""
    forwarded: Forwarded | None = None
    attachments: tuple[Attachment, ...] = ()
    kind: MailKind = MailKind.MESSAGE
    hints: Hints = field(default_factory=Hints)
    flags: frozenset[Flag] = frozenset()
    unreadable: str | None = None


def parse_mail(raw: bytes) -> Mail:
    """Any bytes as a mail: never raises, takes under a second, and little memory beside the bytes themselves."""
    try:
        top = parse_parts(raw)
        _check_counts(top.headers)
    except Unreadable as reason:
        return Mail(sender_fault="the mail was not taken apart", unreadable=str(reason))
    return _mail(top, raw, read_bodies(top, raw))


def _mail(top: Part, raw: bytes, bodies: Bodies) -> Mail:
    headers = top.headers
    subject = one_line(decode_words(headers.first("subject")), _SUBJECT)
    said = what_was_said(bodies.text, subject)
    sender, fault = _sender(headers)
    reply_to, to, cc = (_mailboxes(headers, name) for name in ("reply-to", "to", "cc"))
    forwarded = _forwarded(said.forwarded, bodies) or _form(bodies.text, sender, reply_to)
    report = read_report(top, raw, bodies.text)
    return_path = _return_path(headers)
    kind = kinds.kind_of(
        kinds.Signs(headers, *_claimed(headers, sender), return_path, subject, said.reply, report.type)
    )
    if kind is MailKind.BOUNCE:
        known = frozenset(each.address.lower() for each in (*to, *cc, *([sender] if sender else [])))
        report = told_in(report, bodies.text, known)
    return Mail(
        sender=sender,
        sender_fault=fault,
        reply_to=reply_to,
        to=to,
        cc=cc,
        subject=subject,
        message_id=next(iter(message_ids(headers.first("message-id"))), ""),
        in_reply_to=message_ids(headers.first("in-reply-to")),
        references=message_ids(headers.first("references")),
        return_path=return_path,
        text=bodies.text,
        said=said.reply or (forwarded.text if forwarded else ""),
        forwarded=forwarded,
        attachments=tuple(_attachment(part, raw) for part in bodies.files),
        kind=kind,
        hints=_hints(headers, report),
        flags=bodies.flags,
    )


def _check_counts(headers: Headers) -> None:
    for name, value in headers.fields:
        if value.count("@") > MAX_MAILBOXES and name in _MAILBOX_FIELDS:
            raise Unreadable(f"it names more than {MAX_MAILBOXES} addresses")
        if value.count("=?") > MAX_WORDS:
            raise Unreadable(f"a header has more than {MAX_WORDS} encoded words")
        if len(value) >= MAX_VALUE:
            raise Unreadable("a header field is too long")


def _sender(headers: Headers) -> tuple[Address | None, str | None]:
    """The one sender that every program would read, or why there is none (T21 to T27)."""
    values = headers.all("from")
    if len(values) != 1:
        return None, f"it has {len(values)} From headers instead of one"
    before = [name for name, _ in headers.fields[: headers.junk_at]]
    if "from" not in before:
        return None, "its header is damaged before the From line"
    mailboxes, fault = parse_mailboxes(values[0])
    if fault or len(mailboxes) != 1:
        return None, f"its From line is ambiguous: {fault or 'it names several addresses'}"
    if "from" in headers.guessed and not mailboxes[0].address.isascii():
        return None, "its address is written in a charset that is not known"
    return mailboxes[0], None


def _claimed(headers: Headers, sender: Address | None) -> tuple[str, str]:
    """Address and name that a mail goes by, ambiguous or not: enough to tell its kind, never an identity."""
    if sender:
        return sender.address, sender.name
    raw_name, _, raw_address = headers.first("from").rpartition("<")
    found = _ANY_ADDRESS.search(raw_address)
    return found[0] if found else "", one_line(decode_words(raw_name), _FILENAME).strip('" ')


def _mailboxes(headers: Headers, name: str) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(each for value in headers.all(name) for each in parse_mailboxes(value)[0]))


def _return_path(headers: Headers) -> str | None:
    value = headers.first("return-path")
    return one_line(value.strip().strip("<>"), 320) if value else None


def _forwarded(inner: Inner | None, bodies: Bodies) -> Forwarded | None:
    """A letter below a header in the text, or one attached to a mail that says nothing itself."""
    if inner:
        return Forwarded(_suggested(inner.sender), inner.text)
    if bodies.attached and bodies.attached_text and len(bodies.text) < _NOTE:
        headers = bodies.attached.parts[0].headers
        return Forwarded(_suggested(headers.first("from")), bodies.attached_text)
    return None


def _form(text: str, sender: Address | None, reply_to: tuple[Address, ...]) -> Forwarded | None:
    """A web form's mail: sent by a machine, or with replies going to the address that its text gives."""
    found = _FORM_ADDRESS.search(text[:20_000])
    if not found or (sender and found[1].lower() == sender.address.lower()):
        return None
    answers_go_there = any(each.address.lower() == found[1].lower() for each in reply_to)
    if answers_go_there or (sender and _MACHINE.match(sender.address)):
        return Forwarded(_suggested(found[1]), text, by_form=True)
    return None


def _suggested(line: str) -> Address | None:
    """The sender that an inner From line names; Outlook writes ``Ann [mailto:ann@example.org]``."""
    mailboxes, fault = parse_mailboxes(line[:1_000])
    if mailboxes and not fault:
        return mailboxes[0]
    found = _ANY_ADDRESS.search(line[:1_000])
    return next(iter(parse_mailboxes(found[0])[0]), None) if found else None


def _attachment(part: Part, raw: bytes) -> Attachment:
    name = _HOSTILE_NAME.sub("/", one_line(decode_words(part.filename), _LONGEST)).rpartition("/")[2]
    name = name.strip(". ")
    if len(name) > _FILENAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if dot and len(ending) <= 10 else ""
        name = (stem or name)[: _FILENAME - len(ending)] + ending
    content_type = one_line(part.content_type, 100)
    return Attachment(name or "unnamed", content_type, size(part, raw))


def _hints(headers: Headers, report: Report) -> Hints:
    return Hints(
        auto_submitted=kinds.auto_submitted(headers),
        precedence=kinds.precedence(headers),
        list_id=one_line(headers.first("list-id"), 300),
        list_addresses=tuple(
            found[0].lower()
            for name in _LIST_FIELDS
            for found in _ANY_ADDRESS.finditer(headers.first(name)[:2_000])
        ),
        is_listed=kinds.is_listed(headers),
        wants_no_response=kinds.asks_for_no_response(headers),
        authentication_results=headers.all("authentication-results")[:20],
        dkim_signatures=headers.all("dkim-signature"),
        arc=headers.has("arc-authentication-results"),
        report=report,
    )
