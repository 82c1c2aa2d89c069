"""One-time codes in what people write: found however they are spelled, and covered where they are kept.

What counts is eight digits standing alone, or with one space or dash between the fours; our letters show them on
a line of their own. People type them in other groups, too. Those are taken only where the line says that it is a
code, or where it is the letter's first and holds nothing else, so that no phone number or date is taken for one.
"""

import re

from bot.domain.mail import Mail

CODE_LENGTH = 8  # digits
_LONGEST = 50_000  # characters of a letter in which somebody may have written a code

_START = r"(?<![\w.,:/+-])(?<!\d )"
_STOP = r"(?![\w/]|[.,:+-]\w| \d)"
_AROUND = r"[^\w\n+/=-]{0,6}+"  # quotation marks, brackets, asterisks, blanks
_LABEL = (
    r"(?=[^\W\d])(?i:(?:here|is|the|this|my|your|der|mein|ihr|le|mon|votre|el|mi|su|il|mio|de|mijn|uw|o|meu|seu|mój|min|din|můj"
    r"|verification|confirmation|security|one-time) ){0,3}"
    r"(?i:code|kod|kode|koden|kód|koodi|codice|código|codigo|codul|κωδικός|код|認証コード|コード|验证码|驗證碼|코드)"
    r"(?i: (?:is|was|ist|lautet|est|es|è|é|jest|är|er|je|este))?[ :=#\"'(*<-]{0,4}"
)
_GROUPS = ((8,), (4, 4), (2, 2, 2, 2), (3, 3, 2), (3, 2, 3), (2, 3, 3), (1,) * 8)  # and no date: 2-2-4, 4-2-2


def _grouped(groups: tuple[int, ...], name: str) -> str:
    """Digits in these groups, with the same blank, dash, dot or slash between them."""
    first, *others = (rf"\d{{{each}}}" for each in groups)
    return first + "".join(
        (f"(?P={name})" if number else f"(?P<{name}>[ ./-])") + digits for number, digits in enumerate(others)
    )


_YEARS = r"(?:19|20)\d\d[ -](?:19|20)\d\d"
_STRICT = r"\d{8}|\d{4}[ -]\d{4}"
_LOOSE = "|".join(_grouped(each, f"sign{number}") for number, each in enumerate(_GROUPS))
_MISTYPED = r"\d{7}|\d{9}|\d{3,5}[ -]\d{4}"
_SPELLINGS = tuple(  # in the order in which they are believed
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"^{_AROUND}(?P<code>\d{{8}}){_AROUND}$",
        rf"^{_AROUND}{_LABEL}(?P<code>{_LOOSE}){_STOP}",
        rf"{_START}(?!{_YEARS})(?P<code>{_STRICT}){_STOP}",
        rf"^{_AROUND}(?P<code>{_STRICT}){_AROUND}$",
        rf"\A\s*^{_AROUND}(?P<code>{_LOOSE}){_AROUND}$",
        rf"^{_AROUND}{_LABEL}(?P<code>{_MISTYPED}){_STOP}",
        rf"\A\s*^{_AROUND}(?P<code>{_MISTYPED}){_AROUND}\s*\Z",
    )
)
_BOLD = re.compile(r"(?<!\w)(_{1,2})(?=\d[\d -]{6,10}\1(?!\w))|(?<=\d)_{1,2}(?!\w)")
_TYPOGRAPHIC = re.compile(  # digits of any script; no-break, thin and other blanks; dashes
    r"(?![\x00-\x7f])(?:(\d)|([\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])|[\u2010-\u2015\u2212\ufe58\ufe63\uff0d])"
)
_LINK = re.compile(r"(/(?:verify|download|hand-in)/)[\w-]{20,}")
_PASS = re.compile(  # codes as services send them, but no year; and links that take their place
    r"(?<=://)([\w.-]+/)\S{8,}|(?<![\w-])(?!(?:19|20)\d\d(?![\w-]))"
    r"(?:[A-Z]{3}-[A-Z]{3}|(?=[A-Z-]{0,8}\d)(?:[A-Z\d]{4,8}|[A-Z\d]{3}[ -][A-Z\d]{3}))(?![\w-])"
)
_COVER = "********"


def code_in(text: str) -> str | None:
    """The one code that a letter gives, as digits: a mail is at most one try.

    It may have a digit too few or too many where it is nothing but a mistyped code: then it fits nothing, and its
    sender learns that, in the words for any other wrong code.
    """
    plain = _plain(text[:_LONGEST])
    found = next((found for each in _SPELLINGS if (found := each.search(plain))), None)
    return re.sub(r"\D", "", found["code"]) if found else None


def new_text(mail: Mail) -> str:
    """What the sender says: nothing, where the mail only passes a letter on, whose code was not sent back."""
    passed_on = mail.forwarded is not None and mail.said == mail.forwarded.text
    return "" if passed_on else mail.said


def mask_codes(text: str, tried: str | None = None) -> str:
    """The text with whatever could be a code, or the link beside it, made unreadable, as it is kept and shown.

    ``tried`` is covered wherever it stands, however it is spelled.
    """
    plain = _plain(text)
    spellings = [*_SPELLINGS, *([re.compile(f"(?P<code>{'[ ./-]?'.join(tried)})")] if tried else [])]
    kept, at = [], 0
    for start, end in sorted(found.span("code") for each in spellings for found in each.finditer(plain)):
        if start >= at:
            kept += [text[at:start], _COVER]
        at = max(at, end)
    return _LINK.sub(rf"\1{_COVER}", "".join([*kept, text[at:]]))


def without_codes(text: str) -> str:
    """The text without whatever could be a code: what is left has a meaning, eight digits have none."""
    return mask_codes(text).replace(_COVER, "")


def holds_pass(text: str) -> bool:
    """Whether a machine's letter may hold a code or link that opens an account with somebody's service."""
    return _PASS.search(text) is not None


def mask_passes(text: str) -> str:
    """A machine's letter without them: whoever can read our mail must not be able to sign up as us (T10)."""
    return _PASS.sub(rf"\1{_COVER}", text)


def _plain(text: str) -> str:
    """The text, character by character, with plain digits, blanks and dashes, and without the marks of bold."""
    if not text.isascii():
        text = _TYPOGRAPHIC.sub(lambda found: str(int(found[1])) if found[1] else " " if found[2] else "-", text)
    return _BOLD.sub(lambda found: " " * len(found[0]), text)
