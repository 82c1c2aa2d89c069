"""Bytes to text, for any charset that a mail may name, and text that is safe to show."""

import codecs
import re
from functools import lru_cache

from bot.domain.mime.flags import Flag

# Python also "decodes" zip, punycode or unicode_escape; only these families are charsets of mails.
_CHARSETS = re.compile(r"ascii|utf|iso|cp\d|koi8|kz|mac|gb|big5|hz|shift|euc|tis|johab|ptcp")
# What senders write, and what they mean: the superset that their programs really use (WHATWG Encoding).
_MEANT = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_ALIASES = {"ks_c_5601-1987": "cp949", "x-sjis": "cp932", "x-gbk": "gb18030", "unicode-1-1-utf-7": "utf-7"}

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # and halves of characters, out of UTF-7
# Zero-width spaces, soft hyphens, direction marks and overrides; joiners stay: scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Letters of the tags block spell whole sentences that nobody sees; after a black flag they make a flag.
_DECEPTIVE = re.compile(
    "[\u202d\u202e]|\\w[\u200b\u2060\ufeff]\\w|[^\U0001f3f4\U000e0000-\U000e007f][\U000e0000-\U000e007f]{2}"
)
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=256)
def codec_of(charset: str) -> str | None:
    """Python's codec for a charset's name; None where there is none."""
    name = charset.strip().strip("'\"").lower()
    name = _ALIASES.get(name, name.removesuffix("-i").removesuffix("-e"))
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return _MEANT.get(codec, codec) if _CHARSETS.match(codec) else None


def decode(data: bytes, charset: str = "") -> tuple[str, Flag | None]:
    """The text, and a flag where something had to be guessed."""
    codec = codec_of(charset) if charset else "ascii"
    if codec is None:
        return _guess(data), Flag.UNKNOWN_CHARSET
    if codec == "cp1252" and not data.isascii() and (meant := _as_utf8(data)) is not None:
        return meant, Flag.BAD_ENCODING
    try:
        return data.decode(codec), None
    except UnicodeError:
        if codec in ("ascii", "utf-8"):
            return _guess(data), Flag.BAD_ENCODING if charset else None
        return data.decode(codec, "replace"), Flag.BAD_ENCODING


def _as_utf8(data: bytes) -> str | None:
    """The text of bytes that are UTF-8 throughout: no Western text is that by chance."""
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return None


def _guess(data: bytes) -> str:
    """UTF-8 where most of it is, else Windows' Western code page."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken and broken * 2 > sum(map(len, re.findall(r"[^\x00-\x7f]+", text))):
        return data.decode("cp1252", "replace")
    return text


def readable(text: str) -> tuple[str, bool]:
    """Text with ``\\n`` as its only line end and nothing invisible; and whether invisible characters deceived."""
    if text.isascii():
        return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)), False
    deceptive = _DECEPTIVE.search(text) is not None
    return _CONTROLS.sub("", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))), deceptive


def one_line(text: str, limit: int) -> str:
    """A value for one line of a form, a header or a card: no line end, control or direction character."""
    return _SPACES.sub(" ", readable(text[: limit * 8])[0]).strip()[:limit]
