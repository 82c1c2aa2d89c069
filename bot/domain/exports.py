"""Exports: the file with a requester's data that an approved answer offers, what it is called and what it is."""

import codecs
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from bot.domain.vocabulary import Outcome, RequestType

LARGEST = 200 * 1024 * 1024  # bytes
LIFETIME = timedelta(days=7)  # of a link, from the approval on
DOWNLOADS = 3
TRIES = 5  # of the code, over the life of a link
HAND_IN_LIFETIME = timedelta(hours=1)  # of the page on which staff give a file

_WITH_A_COPY = frozenset({RequestType.ACCESS, RequestType.PORTABILITY})
_GRANTED = frozenset({Outcome.FULFILLED, Outcome.PARTLY_FULFILLED})

_LONGEST_NAME = 100  # characters
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")  # names that Windows keeps for itself
_TAIL = 1024 * 1024  # bytes at the end of a file, where a ZIP archive lists what it holds


class Form(StrEnum):
    """What a file is, as far as reading it by machine goes."""

    JSON = "json"
    CSV = "csv"
    ZIP = "zip"  # of JSON and CSV files alone
    OTHER = "other"


MEDIA_TYPES = {
    Form.JSON: "application/json",
    Form.CSV: "text/csv",
    Form.ZIP: "application/zip",
    Form.OTHER: "application/octet-stream",
}


def hands_over(types: Iterable[RequestType], outcome: str | None) -> bool:
    """Whether an answer to these requests gives a copy of the data."""
    return outcome in _GRANTED and not _WITH_A_COPY.isdisjoint(types)


def wants_copy(types: Iterable[RequestType]) -> bool:
    return not _WITH_A_COPY.isdisjoint(types)


def unreadable(types: Iterable[RequestType], form: str) -> str | None:
    """What to tell staff of a file that another service cannot read (GDPR Art. 20(1)); None where it can."""
    if RequestType.PORTABILITY not in set(types) or form != Form.OTHER:
        return None
    return (
        "The requester asked for data that another service can read, and this is not JSON, not CSV and not a ZIP "
        "archive of them. Replace it, unless no such form exists."
    )


def safe_name(given: str) -> str:
    """A file name for whoever downloads it: no path, nothing that steers a header, a terminal or a file system."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given.strip()))[-1]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C" or each == "\u200d")
    name = _UNSAFE.sub("_", seen).strip(" .")
    name = _DEVICES.sub(r"_\1", name) if _DEVICES.match(name) else name
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        name = f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return name[:_LONGEST_NAME] or "export"


class Look:
    """Reads a file as it comes in, in constant memory, and says what it is."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_text = True
        self._first_line = ""
        self._ends: tuple[str, str] = "", ""  # the first and the last character that is no blank
        self._tail = b""
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._tail = (self._tail + chunk)[-_TAIL:]
        if self._is_text:
            self._read(chunk)

    def _read(self, chunk: bytes) -> None:
        try:
            text = self._decoder.decode(chunk)
        except UnicodeDecodeError:
            self._is_text = False
            return
        self._is_text = "\x00" not in text
        said = text.strip().lstrip("\ufeff")
        if said:
            self._ends = (self._ends[0] or said[0], said[-1])
        if len(self._first_line) < 10_000 and "\n" not in self._first_line:
            self._first_line += text[:10_000]

    @property
    def form(self) -> Form:
        """By content; whether it is without faults is for its reader to find out."""
        if self._is_text and not self._decoder.getstate()[0]:
            if self._ends in (("{", "}"), ("[", "]")):
                return Form.JSON
            return Form.CSV if re.search(r"[,;\t]", self._first_line.partition("\n")[0]) else Form.OTHER
        names = self._archived()
        readable = bool(names) and all(each.lower().endswith((".json", ".csv")) for each in names)
        return Form.ZIP if readable else Form.OTHER

    def _archived(self) -> list[str]:
        """The files in an archive, as the list at its end has them; nothing is unpacked."""
        try:
            with zipfile.ZipFile(io.BytesIO(self._tail)) as archive:
                return [each for each in archive.namelist() if not each.endswith("/")]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
            return []
