"""What is read of a mail that is too large to read whole: its headers and its first text part."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

HEADER_BYTES = 256 * 1024
TEXT_BYTES = 256 * 1024
LINE_BYTES = 1000  # what a line of a mail may be long (RFC 5322, 2.1.1)

_FIELD = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class TextPart:
    """Where a text stands in a mail, as IMAP counts its sections (RFC 3501, 6.4.5)."""

    body: str
    header: str


@dataclass(frozen=True, slots=True)
class _Leaf:
    section: str
    subtype: bytes


def first_text(structure: Any) -> TextPart | None:
    """The part that a reader sees first, plain text before any other, of a parsed BODYSTRUCTURE.

    Attachments do not count, nor does what stands inside an attached mail. None where there is no text.
    """
    leaves = list(_texts(structure, ()))
    found = next((leaf for leaf in leaves if leaf.subtype == b"plain"), leaves[0] if leaves else None)
    if found is None:
        return None
    if not found.section:
        return TextPart(body="TEXT", header="HEADER")
    return TextPart(body=found.section, header=f"{found.section}.MIME")


def _texts(structure: Any, path: tuple[int, ...]) -> Iterator[_Leaf]:
    if isinstance(structure[0], list):
        for number, part in enumerate(structure[0], start=1):
            yield from _texts(part, (*path, number))
    elif _lower(structure[0]) == b"text" and not _is_attachment(structure):
        yield _Leaf(".".join(map(str, path)), _lower(structure[1]))


def _is_attachment(leaf: Any) -> bool:
    """A text's disposition follows its eight basic fields and its MD5 (RFC 3501, 7.4.2)."""
    disposition = leaf[9] if len(leaf) > 9 else None
    return isinstance(disposition, tuple) and _lower(disposition[0]) == b"attachment"


def _lower(word: Any) -> bytes:
    return word.lower() if isinstance(word, bytes) else b""


def shortened_mail(header: bytes, text_header: bytes, text: bytes) -> bytes:
    """A whole RFC 5322 message of one text part: the mail's own header with the part's content fields."""
    kept = [field for field in _fields(header) if not _describes_content(field)]
    described = [field for field in _fields(text_header) if _describes_content(field)]
    return b"".join([*kept, *described, b"\r\n", _whole_lines(text, TEXT_BYTES)])


def _fields(header: bytes) -> Iterator[bytes]:
    for match in _FIELD.finditer(_whole_lines(header, HEADER_BYTES)):
        if match[0].strip():
            yield match[0]


def _describes_content(field: bytes) -> bool:
    return field[:8].lower() == b"content-"


def _whole_lines(data: bytes, limit: int) -> bytes:
    """Data that was cut at `limit` bytes without the line that the cut went through, if lines are short."""
    end = data.rfind(b"\n", len(data) - LINE_BYTES) + 1
    return data[:end] if end and len(data) >= limit else data
