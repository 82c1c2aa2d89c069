"""From a letter's source to text, HTML and the bytes of a mail.

Sources are templates of Jinja's sandbox; what is put into them is a value and never a template, and a name
that the context does not hold fails.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import quote
from functools import cache
from hashlib import sha256
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain.letters import ChatText, Letter, LetterContext, LetterName, blocks

if TYPE_CHECKING:
    from bot.adapters.phrasing import Phrasing

FALLBACK = "en"
_LANGUAGE = re.compile(r"[a-z]{2}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_ATOM = r"""[^\s"(),:;<>@\[\\\]]+"""
_ADDRESS = re.compile(rf"""(?:{_ATOM}|"[^"\\]+")@(?:{_ATOM}|\[[\w.:]+\])""")
_FOLD_AT = 70
_PLAIN_WORDS = re.compile(r"(?!.*=\?)[ -~]*")


class _Verbatim(BaseHeader):
    """A header that is sent as it is, folded at spaces alone.

    The standard library's own headers decode what looks like an encoded word, line ends in it included, and
    turn a word of more than 77 characters into one: a subject could add headers, and the long Message-IDs of
    Exchange would reach nobody (RFC 5322 section 3.6.4).
    """

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["decoded"], kwds["parse_tree"] = value, None

    def fold(self, *, policy: Policy) -> str:
        lines = wrap(self, _FOLD_AT, break_long_words=False, break_on_hyphens=False)
        return f"{self.name}: {f'{policy.linesep} '.join(lines)}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("from", "to", "subject", "message-id", "in-reply-to", "references"):
    _HEADERS.map_to_type(_name, _Verbatim)
_SEVEN_BIT = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a mail goes to and what thread it belongs to; message ids with their angle brackets.

    `in_reply_to` and `references` were written by others: what is no plain message id there is left out.
    `auto_submitted` is `auto-replied`, `auto-generated`, or None for what a person approved (RFC 3834).
    """

    sender: str
    sender_name: str
    recipient: str
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    date: datetime
    auto_submitted: str | None


class Letters:
    """The letters, out of the first folder that has each: the operator's own, then the packaged ones."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._languages = frozenset(languages(folders))
        self._phrasings = cache(self._phrasing)
        self._text = cache(self._text_environment)
        self._html = _environment(self._folders, autoescape=True)

    def write(self, name: str, language: str, context: LetterContext) -> Letter:
        """The letter in that language, or in English where it has none, as its `language` then says.

        Raises ValueError for a name that is no letter, and Jinja's errors for a source that is wrong.
        """
        written, source = self._source(f"{LetterName(name)}.txt", "letters", language)
        return _letter(name, written, source, context, foreign=_is_foreign(language, written))

    def say(self, name: str, language: str, context: LetterContext) -> Letter:
        """As `write`, for Slack: in the words for there, where there are any. Raises ValueError, too."""
        if name not in set(ChatText):
            LetterName(name)
        try:
            written, source = self._source(f"{name}.txt", "slack", language)
        except TemplateNotFound:
            written, source = self._source(f"{name}.txt", "letters", language)
        foreign = _is_foreign(language, written)
        return _letter(name, written, source, replace(context, chat=True), foreign=foreign)

    def _source(self, file: str, kind: str, language: str) -> tuple[str, Template]:
        """A source in that language, or else in English, and which of both it is in."""
        written = language if language in self._languages else FALLBACK
        try:
            return written, self._text(written).get_template(f"{kind}/{written}/{file}")
        except TemplateNotFound:
            return FALLBACK, self._text(FALLBACK).get_template(f"{kind}/{FALLBACK}/{file}")

    def phrasing(self, language: str) -> "Phrasing":
        """How that language says dates and phrases, or English where the desk has no letters in it."""
        return self._phrasings(language if language in self._languages else FALLBACK)

    def html(self, text: str, language: str = FALLBACK) -> str:
        """A letter's text in the one layout, as a whole HTML page without anything from elsewhere."""
        page = self._html.get_template("letters/layout.html")
        return page.render(blocks=blocks(_clean(text)), language=language)

    def page(self, name: str, **values: Any) -> str:
        """A page of the web side, by its name in `pages/`; `policy` wants what `handlers/policies.py` gives it."""
        return self._html.get_template(f"pages/{name}.html").render(values)

    def _text_environment(self, language: str) -> ImmutableSandboxedEnvironment:
        """Sources by their path; what letters of one language share, by its name."""
        shared = [folder / "letters" / language for folder in self._folders]
        environment = _environment([*self._folders, *shared], autoescape=False)
        phrasing = self.phrasing(language)
        environment.filters |= {"day": phrasing.day, "here": phrasing.here}
        return environment

    def _phrasing(self, language: str) -> "Phrasing":
        from bot.adapters.phrasing import Phrasing  # babel takes a tenth of a second, and a start writes no letter

        return Phrasing(language, self._folders)


def _is_foreign(asked: str, written: str) -> bool:
    """Whether a letter is in another language than that of a requester whose language is known."""
    return asked != written and _LANGUAGE.fullmatch(asked) is not None


def _letter(name: str, language: str, source: Template, context: LetterContext, *, foreign: bool) -> Letter:
    values = _values(context) | {"foreign": foreign}
    subject, _, text = source.render(values).strip().partition("\n")
    return Letter(name, language, one_line(subject), _tidy(text))


def compose(subject: str, text: str, html: str, envelope: Envelope) -> bytes:
    """The mail as it goes over the wire, text and HTML, the same bytes for the same input.

    All of it is ASCII unless an address is not (then the headers are UTF-8, RFC 6532). Raises ValueError for
    a sender or recipient that is not exactly one address, and for a message id of ours that is none.
    """
    if not _MESSAGE_ID.fullmatch(envelope.message_id):
        raise ValueError("the mail's own message id is none")
    ascii_only = envelope.recipient.isascii() and envelope.sender.isascii()
    mail = EmailMessage(policy=_SEVEN_BIT if ascii_only else _SEVEN_BIT.clone(utf8=True))
    for name, value in _headers(subject, envelope).items():
        mail[name] = value
    mail.set_content(_clean(text).strip("\n") + "\n", cte="quoted-printable")
    mail.add_alternative(_clean(html).strip("\n") + "\n", subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{sha256(envelope.message_id.encode()).hexdigest()[:32]}")
    return mail.as_bytes()


def languages(folders: Iterable[Path]) -> list[str]:
    """The languages that any of these folders has letters in."""
    found = {each.name for folder in folders for each in (folder / "letters").glob("??") if each.is_dir()}
    return sorted(filter(_LANGUAGE.fullmatch, found))


def packaged_templates() -> Path:
    """The folder of the templates that come with the desk, in a wheel or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def one_line(text: str) -> str:
    """The text on one line, without control characters; every line end of Unicode counts as a space."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _headers(subject: str, envelope: Envelope) -> dict[str, Any]:
    references = [one for one in envelope.references if _MESSAGE_ID.fullmatch(one)]
    answered = envelope.in_reply_to or ""
    headers = {
        "From": f"{_phrase(one_line(envelope.sender_name))} <{_address(envelope.sender)}>",
        "To": _address(envelope.recipient),
        "Subject": _encoded(one_line(subject)),
        "Date": envelope.date,
        "Message-ID": envelope.message_id,
        "In-Reply-To": answered if _MESSAGE_ID.fullmatch(answered) else None,
        "References": " ".join(references),
        "Auto-Submitted": envelope.auto_submitted,
    }
    return {name: value for name, value in headers.items() if value}


def _address(text: str) -> str:
    """The text, if it is exactly one address and nothing else."""
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise ValueError("the sender or recipient is not exactly one address")
    return text


def _phrase(name: str) -> str:
    """The name as it stands before an address: quoted, or in encoded words."""
    return f'"{quote(name)}"' if _PLAIN_WORDS.fullmatch(name) else _encoded(name)


def _encoded(text: str) -> str:
    """Plain ASCII as it is, all else in encoded words (RFC 2047), what looks like such a word included."""
    plain = _PLAIN_WORDS.fullmatch(text) and all(len(word) <= _FOLD_AT for word in text.split())
    return text if plain else " ".join(Header(text, "utf-8").encode(linesep="\n").split())


def _environment(folders: Sequence[Path], *, autoescape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _values(context: LetterContext) -> dict[str, Any]:
    """The context by name; a value of one line stays one line, so that none can add a block to the letter."""
    given = {one.name: getattr(context, one.name) for one in fields(context)}
    derived = {name: getattr(context, name) for name in ("free_types", "quotations")}
    plain = {name: one_line(value) for name, value in given.items() if type(value) is str and name != "reason"}
    routes = tuple(one_line(route) for route in context.denial)
    return given | derived | plain | {"reason": _clean(context.reason).strip(), "denial": routes}


def _tidy(text: str) -> str:
    """The body with one empty line between its blocks, however many the conditions of its source left."""
    return re.sub(r"\n{3,}", "\n\n", _clean(text)).strip("\n") + "\n"


def _clean(text: str) -> str:
    """The text with plain line ends and without control characters and halves of characters."""
    return _UNSEEN.sub("", re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text))
