"""Header fields: split, unfolded and decoded (RFC 5322, 2.2; RFC 2047; RFC 2231)."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from bot.domain.mime.charsets import decode, one_line

MAX_FIELDS = 1_000
MAX_WORDS = 1_000  # encoded words in one value
MAX_VALUE = 128 * 1024  # bytes of one field; more is cut
_PARAMETERS = 8 * 1024

_NAME = re.compile(rb"[^!-9;-~]+")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_WORD = re.compile(r"=\?([\w.:+\-]{1,60})(?:\*[\w-]{0,20})?\?([BbQq])\?([^?]*)\?=")
_PARAMETER = re.compile(r";?\s*([^\s=;\"]{1,80})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;]*))[^;]*", re.S)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_BARE_ID = re.compile(r"[^<>\s,;]{1,500}@[^<>\s,;]{1,400}")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one part in their order; names in lower case, values unfolded and not yet decoded."""

    fields: tuple[tuple[str, str], ...] = ()
    junk_at: int | None = None  # how many fields came before the first line that is no field
    guessed: frozenset[str] = frozenset()  # names of fields whose bytes are no UTF-8 (RFC 6532)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for each, value in self.fields if each == name)

    def first(self, name: str) -> str:
        return next((value for each, value in self.fields if each == name), "")

    def has(self, name: str) -> bool:
        return any(each == name for each, _ in self.fields)


def parse_headers(block: bytes) -> Headers:
    """Fields of a header block; a line that is none is skipped and remembered.

    A name is what is left without blanks and control characters, so that ``From :`` counts as ``From``
    here as it does for the programs that show the mail.
    """
    fields: list[tuple[str, list[bytes]]] = []
    junk_at = None
    for number, line in enumerate(block.splitlines()):
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
            continue
        raw_name, colon, value = line.partition(b":")
        name = _NAME.sub(b"", raw_name).lower().decode("ascii")
        if colon and name and b" " not in raw_name.rstrip():
            fields.append((name[:80], [value]))
        elif line and not (number == 0 and line.startswith((b"From ", b">From "))) and junk_at is None:
            junk_at = len(fields)
        if len(fields) > MAX_FIELDS:
            break
    read = [(name, *decode(b"".join(lines)[:MAX_VALUE], "utf-8")) for name, lines in fields]
    guessed = frozenset(name for name, _, flag in read if flag)
    return Headers(tuple((name, text.strip()) for name, text, _ in read), junk_at, guessed)


def decode_words(value: str) -> str:
    """A value with its encoded words decoded (RFC 2047); neighbours join before their charset is applied."""
    if "=?" not in value:
        return value
    value = _BETWEEN.sub(r"\1", value)
    pieces: list[str] = []
    pending, charset, at = b"", "", 0
    for number, word in enumerate(_WORD.finditer(value)):
        if number >= MAX_WORDS:
            break
        adjoins = word.start() == at and word[1].lower() == charset
        if not adjoins:
            pieces += [decode(pending, charset)[0], value[at : word.start()]]
            pending = b""
        pending += _word_bytes(word[2], word[3])
        charset, at = word[1].lower(), word.end()
    return "".join([*pieces, decode(pending, charset)[0], value[at:]])


def _word_bytes(encoding: str, encoded: str) -> bytes:
    data = encoded.encode("utf-8")
    if encoding in "Bb":
        return base64_bytes(data)[0]
    return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN = bytes(set(range(256)) - set(_ALPHABET))


def base64_bytes(data: bytes) -> tuple[bytes, bool]:
    """What base64 holds, and whether it was clean; characters that do not belong are passed over."""
    clean = not data.translate(None, _ALPHABET + b"= \t\r\n")
    digits = data.translate(None, _FOREIGN)
    if len(digits) % 4 == 1:
        digits, clean = digits[:-1], False
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4)), clean


def parse_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """A structured value as ``text/plain; charset=utf-8``: its head in lower case, and its parameters."""
    head, _, rest = value[:_PARAMETERS].partition(";")
    found: dict[str, str] = {}
    extended: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(rest):
        name = match[1].lower()
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip()
        base, star, tail = name.partition("*")
        if star:
            section = tail.rstrip("*")
            number = int(section) if section.isascii() and section.isdigit() and len(section) < 4 else 0
            extended.setdefault(base, []).append((number, name.endswith("*"), text))
        else:
            found.setdefault(name, text)
    for base, sections in extended.items():
        found[base] = _extended(sorted(sections))
    return head.strip().lower(), found


def _extended(sections: list[tuple[int, bool, str]]) -> str:
    """RFC 2231: ``name*0*=charset'language'text`` and so on, put together."""
    charset, data = "", b""
    for position, (_, is_encoded, text) in enumerate(sections):
        if is_encoded and position == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if is_encoded else text.encode()
    return decode(data, charset or "utf-8")[0]


def message_ids(value: str, limit: int = 100) -> tuple[str, ...]:
    """The ids in a value without their brackets, however malformed; the last ones where there are many."""
    ids = _MESSAGE_ID.findall(value) or _BARE_ID.findall(value)
    if not ids and value:
        ids = [value.strip("<> \t")[:998]]
    return tuple(dict.fromkeys(each for each in map(_plain, ids) if each))[-limit:]


def _plain(message_id: str) -> str:
    return one_line(message_id, 998).replace(" ", "")
