"""Mails of a shape that breaks parsers: made here, because nobody should have to store them."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

HEAD = b"From: Robin <robin@letters.example>\r\nTo: privacy@linden.example\r\nSubject: My data\r\n"
ASKS = b"Please delete my account and all personal data that you hold about me.\r\n"
MIXED = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
MIB = 2**20


def _headers(*lines: bytes, body: bytes = ASKS) -> bytes:
    return b"\r\n".join((b"To: privacy@linden.example", *lines)) + b"\r\n\r\n" + body


def _attached(content_type: bytes, name: bytes, data: bytes) -> bytes:
    """A request with a file, in base64."""
    file = (
        b"Content-Type: " + content_type + b'; name="' + name + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return HEAD + MIXED + b"--b\r\n\r\n" + ASKS + b"--b\r\n" + file + _base64(data) + b"\r\n--b--\r\n"


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _html(body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body


@cache
def zip_bomb() -> bytes:
    """Sixteen archives in one, each of 64 MB of nothing: a kilobyte of it is a megabyte unpacked."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nothing.bin", bytes(64 * MIB))
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_STORED) as archive:
        for number in range(16):
            archive.writestr(f"lib {number:x}.zip", inner.getvalue())
    return outer.getvalue()


@cache
def large_picture() -> bytes:
    """A PNG of 25,000 by 25,000 black dots."""
    side = 25_000
    rows = zlib.compress(bytes(side * (1 + side // 8)), 9)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    written = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + b"MIME-Version: 1.0\r\n" + b"".join(levels) + b"\r\n" + ASKS


def _letters_in_letters(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\n" + ASKS


SHAPES: dict[str, Callable[[], bytes]] = {
    # what the list of attacks names (T38, T39, T40)
    "1,000 brackets in From": lambda: _headers(b"From: " + b"(" * 1_000 + b" robin@letters.example"),
    "nested 3,000 deep": lambda: _nested(3_000),
    "nested 300 deep": lambda: _nested(300),
    "letters in letters, 3,000 deep": lambda: _letters_in_letters(3_000),
    "100,000 parts": lambda: HEAD + MIXED + b"--b\r\n\r\n" * 100_000 + b"--b--\r\n",
    "8,000 recipients": lambda: (
        HEAD + b"Cc: " + b",\r\n ".join(b"p%d@many.example" % n for n in range(8_000)) + b"\r\n\r\n" + ASKS
    ),
    "8,000 encoded words": lambda: _headers(
        b"From: robin@letters.example", b"Subject: " + b"\r\n ".join([b"=?utf-8?q?a?="] * 8_000)
    ),
    "an archive of archives": lambda: _attached(b"application/zip", b"42.zip", zip_bomb()),
    "a picture of 25,000 by 25,000": lambda: _attached(b"image/png", b"me.png", large_picture()),
    "NUL bytes": lambda: _headers(b"From: robin@letters.example", b"Subject: a\0b", body=b"\0" * 100_000 + ASKS),
    # their relatives
    "nothing at all": lambda: b"",
    "only line ends": lambda: b"\r\n" * 100_000,
    "every byte there is": lambda: bytes(range(256)) * 4_000,
    "100,000 header fields": lambda: HEAD + b"X-A: b\r\n" * 100_000 + b"\r\n" + ASKS,
    "a header field of 5 MB": lambda: _headers(b"From: robin@letters.example", b"Subject: " + b"a" * 5 * MIB),
    "8,000 senders": lambda: _headers(b"From: " + b", ".join([b"a@x.example"] * 8_000)),
    "8,000 references": lambda: _headers(
        b"From: robin@letters.example", b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(8_000))
    ),
    "quotation marks in From": lambda: _headers(b"From: " + b'"\\' * 50_000 + b"<robin@letters.example>"),
    "a boundary on every line": lambda: HEAD + MIXED + b"--bb\r\n" * 500_000,
    "a file name in 10,000 pieces": lambda: _headers(
        b"From: robin@letters.example",
        b"Content-Type: image/png;" + b"".join(b"\r\n name*%d*=%%41;" % n for n in range(10_000)),
    ),
    "200,000 nested elements": lambda: _html(b"<div>" * 200_000 + ASKS),
    "200,000 unclosed tags": lambda: _html(b"<a href='" * 200_000 + ASKS),
    "200,000 entities": lambda: _html(b"&amp;#" * 200_000 + ASKS),
    "500,000 quotation levels": lambda: HEAD + b"\r\n" + b"> " * 500_000 + ASKS,
    "300,000 quoted lines": lambda: HEAD + b"\r\n" + b"> a\r\n>> b\r\n" * 150_000 + ASKS,
    "5 MB of digits": lambda: HEAD + b"\r\n" + b"1234 5678 " * (MIB // 2),
    "5 MB of at signs": lambda: HEAD + b"\r\n" + b"a@" * (5 * MIB // 2),
    "5 MB without a space": lambda: HEAD + b"\r\n" + b"a" * 5 * MIB,
    "as large as is read whole": lambda: _attached(b"application/pdf", b"all.pdf", b"\xfb" * (18 * MIB)),
    "25 MB of text": lambda: HEAD + b"\r\n" + ASKS * (25 * MIB // len(ASKS)),
    "25 MB of HTML": lambda: _html((b"<p>" + ASKS + b"</p>") * (25 * MIB // (len(ASKS) + 7))),
}
"""By name, what makes the bytes of each."""
