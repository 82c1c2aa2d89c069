"""The text of a mail as a person reads it, out of its parts, and what lies beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.mime.charsets import decode, readable
from bot.domain.mime.flags import Flag
from bot.domain.mime.html import as_seen
from bot.domain.mime.parts import Part, content

TEXT_BYTES = 1_000_000  # of all text parts; of more the beginning is read
HTML_BYTES = 200_000  # of those that are HTML, which takes a thousand times as long
_NOTE = 25  # words, at most, of a plain form that only points to the other
_DIFFERENT = 3  # words that may differ between the two forms of a long text

_WORD = re.compile(r"[^\W\d_]{3,}")
_LINK = re.compile(r"<?\b(?:https?://|www\.|mailto:)\S+|\S+@\S+|\[[^\]\n]{0,200}\]")
_PGP = "-----BEGIN PGP MESSAGE-----"
_SEALED = (
    "multipart/encrypted",
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-encrypted",
)
_REPORTED = ("message/delivery-status", "message/feedback-report", "message/disposition-notification")


@dataclass(frozen=True, slots=True)
class Bodies:
    """Text, the parts that are files, a mail that is attached, and flags for staff."""

    text: str
    files: tuple[Part, ...]
    attached: Part | None
    attached_text: str
    flags: frozenset[Flag]


@dataclass(slots=True)
class _Reader:
    raw: bytes
    files: list[Part] = field(default_factory=list)
    flags: set[Flag] = field(default_factory=set)
    left: dict[str, int] = field(default_factory=lambda: {"text": TEXT_BYTES, "html": HTML_BYTES})

    def read(self, part: Part) -> str:
        """The text of a part and of those below it, in their order."""
        if part.content_type in _SEALED:
            self.flag(Flag.ENCRYPTED)
        if part.is_message:
            self.files.append(part)
            return ""
        if part.parts:
            if part.content_type == "multipart/alternative":
                return self.alternative(part)
            return "\n\n".join(text for each in part.parts if (text := self.read(each).strip("\n")))
        if part.content_type in ("text/plain", "text/enriched", "text/html") and not _is_file(part):
            return self.text(part)
        if part.content_type not in _REPORTED and part.end > part.start:
            self.files.append(part)
            self.flag(Flag.WINMAIL_DAT if part.content_type == "application/ms-tnef" else None)
        return ""

    def alternative(self, part: Part) -> str:
        """Plain text, or HTML as it is seen where that is a mere note; and whether the two say the same."""
        plain = html = ""
        for each in part.parts:
            if each.content_type == "text/plain" and not _is_file(each):
                plain = plain or self.read(each)
            else:
                html = html or self.read(each)
        if plain.strip() and html.strip() and _differ(plain, html):
            self.flag(Flag.HTML_DIFFERS)
            return html if _is_note(plain, html) else plain
        return plain if plain.strip() else html

    def text(self, part: Part) -> str:
        is_html = part.content_type == "text/html"
        data, broken = self.bounded(part, "html" if is_html else "text")
        text, guessed = decode(data, part.parameters.get("charset", ""))
        text, deceptive = readable(text)
        self.flag(broken, guessed)
        if is_html:
            seen = as_seen(text)
            self.flag(Flag.HIDDEN_TEXT if seen.hidden else None, Flag.CUT if seen.cut else None)
            text, written_out = readable(seen.text)
            deceptive = deceptive or written_out
        self.flag(Flag.INVISIBLE_CHARACTERS if deceptive else None)
        if is_html:
            return text
        self.flag(Flag.ENCRYPTED if _PGP in text else None)
        return _unstuffed(text) if part.parameters.get("format", "").lower() == "flowed" else text

    def bounded(self, part: Part, form: str) -> tuple[bytes, Flag | None]:
        """A part's bytes as far as they fit into what the whole mail may take."""
        data, broken = content(part, self.raw, self.left[form] + 1)
        self.flag(Flag.CUT if len(data) > self.left[form] else None)
        data = data[: self.left[form]]
        self.left[form] -= len(data)
        return data, broken

    def flag(self, *flags: Flag | None) -> None:
        self.flags.update(flag for flag in flags if flag)


def read_bodies(top: Part, raw: bytes) -> Bodies:
    """Reads every text of the mail once; nothing is unpacked, fetched or rendered."""
    reader = _Reader(raw)
    text = reader.read(top).strip("\n")
    attached = next((part for part in reader.files if part.is_message and part.parts), None)
    attached_text = _Reader(raw).read(attached.parts[0]).strip("\n") if attached else ""
    return Bodies(text, tuple(reader.files), attached, attached_text, frozenset(reader.flags))


def _is_file(part: Part) -> bool:
    return part.disposition == "attachment" or bool(part.filename)


def _unstuffed(text: str) -> str:
    """Space-stuffed lines of format=flowed (RFC 3676, 4.4)."""
    return re.sub(r"(?m)^ (?=[ >]|From )", "", text)


def _differ(plain: str, html: str) -> bool:
    """Whether one form holds words that the other does not: what staff read and what was read may differ."""
    ours, theirs = set(_words(plain)), set(_words(html))
    odd = len(ours ^ theirs)
    few = len(ours | theirs) < 60
    return odd > 0 if few and odd * 20 >= len(ours | theirs) else odd > _DIFFERENT and odd * 5 > len(ours | theirs)


def _is_note(plain: str, html: str) -> bool:
    """Whether the plain form only says that there is another: "your program cannot show this mail"."""
    ours = sum(1 for _ in _words(plain))
    return ours <= _NOTE and sum(1 for _ in _words(html)) > 4 * ours


def _words(text: str) -> Iterator[str]:
    return (found[0].lower() for found in _WORD.finditer(_LINK.sub(" ", text[:100_000])))
