"""The parts of a mail, found by their boundaries in one pass over the bytes, without copying them.

The standard library's parser recurses without a bound and takes five seconds for 100,000 empty parts; this
one counts what it does and gives up with a reason.
"""

import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.mime.flags import Flag
from bot.domain.mime.headers import MAX_FIELDS, Headers, base64_bytes, parse_headers, parse_parameters

MAX_PARTS = 500
MAX_DEPTH = 20
MAX_DELIMITERS = 5_000
HEADER_BYTES = 256 * 1024

_MESSAGES = ("message/rfc822", "message/global")


class Unreadable(ValueError):
    """The mail cannot be taken apart safely; the argument says why, in words for staff."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part, its header and where its body stands in the raw mail."""

    headers: Headers
    content_type: str
    parameters: Mapping[str, str]
    disposition: str
    filename: str
    start: int
    end: int
    parts: tuple["Part", ...] = ()

    @property
    def is_message(self) -> bool:
        return self.content_type in _MESSAGES

    def walk(self) -> Iterator["Part"]:
        """This part and those below it, but not what stands inside an attached message."""
        yield self
        for each in () if self.is_message else self.parts:
            yield from each.walk()


@dataclass(slots=True)
class _Budget:
    parts: int = MAX_PARTS
    delimiters: int = MAX_DELIMITERS

    def spend_part(self) -> None:
        self.parts -= 1
        if self.parts < 0:
            raise Unreadable(f"it has more than {MAX_PARTS} parts")

    def spend_delimiter(self) -> None:
        self.delimiters -= 1
        if self.delimiters < 0:
            raise Unreadable("it has too many part boundaries")


@dataclass(frozen=True, slots=True)
class _Walker:
    raw: bytes
    budget: _Budget = field(default_factory=_Budget)

    def part(self, start: int, end: int, depth: int, default: str = "text/plain") -> Part:
        if depth > MAX_DEPTH:
            raise Unreadable(f"its parts are nested more than {MAX_DEPTH} deep")
        self.budget.spend_part()
        headers, body = self._headers(start, end)
        content_type, parameters = parse_parameters(headers.first("content-type") or default)
        if content_type.count("/") != 1:
            content_type = "text/plain" if content_type in ("", "text") else "application/octet-stream"
        disposition, more = parse_parameters(headers.first("content-disposition"))
        filename = more.get("filename") or parameters.get("name", "")
        inner = self._inner(content_type, parameters, headers, body, end, depth)
        return Part(headers, content_type, parameters, disposition, filename, body, end, inner)

    def _inner(
        self, content_type: str, parameters: Mapping[str, str], headers: Headers, body: int, end: int, depth: int
    ) -> tuple[Part, ...]:
        if content_type in _MESSAGES and not headers.first("content-transfer-encoding").lower().startswith("b"):
            return (self.part(body, end, depth + 1),)
        if content_type.startswith("multipart/") and (boundary := parameters.get("boundary", "")[:200]):
            default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
            spans = list(self._spans(boundary.encode("utf-8"), body, end))
            return tuple(self.part(first, last, depth + 1, default) for first, last in spans)
        return ()

    def _headers(self, start: int, end: int) -> tuple[Headers, int]:
        """The header of the part that begins at ``start``, and where its body begins."""
        window = self.raw[start : min(end, start + HEADER_BYTES)]
        if window[:1] == b"\n" or window[:2] == b"\r\n":
            return Headers(), start + (1 if window[:1] == b"\n" else 2)
        ends = [(at, len(mark)) for mark in (b"\n\n", b"\n\r\n") if (at := window.find(mark)) >= 0]
        if not ends and end - start > HEADER_BYTES:
            raise Unreadable("its header is too large")
        at, length = min(ends, default=(len(window), 0))
        headers = parse_headers(window[:at])
        if len(headers.fields) > MAX_FIELDS:
            raise Unreadable(f"it has more than {MAX_FIELDS} header fields")
        return headers, start + at + length

    def _spans(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where each part between two delimiter lines stands; the last may lack its end (RFC 2046, 5.1.1)."""
        begun: int | None = None
        for at, after, closes in self._delimiters(b"--" + boundary, start, end):
            if begun is not None:
                yield begun, max(begun, at)
            begun = None if closes else after
            if closes:
                return
        if begun is not None:
            yield begun, end

    def _delimiters(self, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Each delimiter line: where the text before it ends, where the next begins, whether it is the last."""
        at = self.raw.find(delimiter, start, end)
        while at >= 0:
            self.budget.spend_delimiter()
            tail = at + len(delimiter)
            line_end = self.raw.find(b"\n", tail, end)
            line_end = end if line_end < 0 else line_end
            rest = self.raw[tail : min(line_end, tail + 200)].strip()
            if rest in (b"", b"--") and (at == start or self.raw[at - 1 : at] == b"\n"):
                before = at - (2 if self.raw[at - 2 : at] == b"\r\n" else 1)
                yield before, min(line_end + 1, end), rest == b"--"
                tail = line_end
            at = self.raw.find(delimiter, tail, end)


def parse_parts(raw: bytes) -> Part:
    """The mail as a tree of parts. Raises Unreadable, and nothing else, whatever the bytes."""
    return _Walker(raw).part(0, len(raw), 0)


def content(part: Part, raw: bytes, limit: int) -> tuple[bytes, Flag | None]:
    """Up to ``limit`` bytes of a part's content without its transfer encoding, and a flag where that is broken."""
    encoding = part.headers.first("content-transfer-encoding").lower().strip()
    if encoding == "base64":
        data, clean = base64_bytes(raw[part.start : min(part.end, part.start + limit * 3 // 2)])
        return data[:limit], None if clean else Flag.BAD_ENCODING
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw[part.start : min(part.end, part.start + limit * 3)])[:limit], None
    known = encoding in ("", "7bit", "8bit", "binary")
    return raw[part.start : min(part.end, part.start + limit)], None if known else Flag.BAD_ENCODING


def size(part: Part, raw: bytes) -> int:
    """Bytes of a part's content, reckoned without decoding it."""
    length = max(0, part.end - part.start)
    if part.headers.first("content-transfer-encoding").lower().strip() != "base64":
        return length
    blanks = sum(raw.count(each, part.start, part.end) for each in (b"\n", b"\r", b"="))
    return max(0, length - blanks) * 3 // 4
