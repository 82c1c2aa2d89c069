"""Parsers for single values: text in, value out, `Malformed` where it is none.

Values of settings that may be secret are never quoted in a message; the parsers here that quote are used
for settings that hold none.
"""

import base64
import binascii
import re
import shlex
from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.calendars import UnknownCalendar, calendar_code
from bot.settings.faults import Malformed

T = TypeVar("T")
Parser = Callable[[str], T]

KEY_BYTES = 32
PACKAGE = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"[^\s@<>\"'(),:;\[\]\\]{1,64}@[^\s@<>\"'(),:;\[\]\\]{1,255}")


def quoted(text: str) -> str:
    """A value as a message shows it: short, on one line."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def each(parse: Parser[T]) -> Parser[tuple[T, ...]]:
    """A comma separated list of what `parse` reads; repetitions are kept once."""

    def items(text: str) -> tuple[T, ...]:
        parts = (part.strip() for part in text.split(","))
        return tuple(dict.fromkeys(parse(part) for part in parts if part))

    return items


def matching(pattern: str, what: str) -> Parser[str]:
    """A text of one form; the value is not quoted, so it may be a secret."""
    form = re.compile(pattern)

    def matched(text: str) -> str:
        if not form.fullmatch(text):
            raise Malformed(f"is not {what}")
        return text

    return matched


def one_of(names: Iterable[str], what: str, *, fold: Parser[str] = str) -> Parser[str]:
    """One of some names, with the nearest proposed for another; `fold` forgives upper and lower case."""
    known = tuple(names)

    def named(text: str) -> str:
        if fold(text) in known:
            return fold(text)
        near = get_close_matches(text, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
        raise Malformed(f"{quoted(text)} is not {what}{hint}")

    return named


def whole(low: int, high: int) -> Parser[int]:
    """A whole number within bounds, both included."""

    def number(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) and low <= int(text) <= high:
            return int(text)
        raise Malformed(f"{quoted(text)} is not a whole number from {low} to {high}")

    return number


def megabytes(text: str) -> float:
    """A size above nothing and up to 1024 MB; a fraction is fine."""
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text) and 0 < float(text) <= 1024:
        return float(text)
    raise Malformed(f"{quoted(text)} is not a number of megabytes above 0 and up to 1024")


def share_or_off(text: str) -> float | None:
    """A share from 0 to 1, or None for `off`."""
    if text.lower() == "off":
        return None
    if re.fullmatch(r"0?\.[0-9]{1,9}|[01](\.[0-9]{1,9})?", text) and 0 <= float(text) <= 1:
        return float(text)
    raise Malformed(f"{quoted(text)} is neither a number from 0 to 1 nor off")


def on_or_off(text: str) -> bool:
    """A switch."""
    return one_of(("on", "off"), "on or off", fold=str.lower)(text) == "on"


def text_line(text: str) -> str:
    """A name or sentence of up to 300 characters."""
    if len(text) > 300:
        raise Malformed("is longer than 300 characters")
    return text


def address(text: str) -> str:
    """One bare mail address."""
    if not ADDRESS.fullmatch(text):
        raise Malformed(f"{quoted(text)} is not a mail address")
    return text


def day(text: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{quoted(text)} is not a date as YYYY-MM-DD") from None


def zone(text: str) -> ZoneInfo:
    """A time zone of the IANA database."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise Malformed(f"{quoted(text)} is not a time zone of the IANA database") from None


def calendar(text: str) -> str:
    """A country code, or a country and a region: `DE`, `GB-SCT`."""
    try:
        return calendar_code(text)
    except UnknownCalendar as fault:
        raise Malformed(str(fault)) from None


def secret_key(text: str) -> bytes:
    """Thirty-two bytes in URL-safe base64, with or without its padding."""
    bare = text.rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("a key is not URL-safe base64") from None
    if len(key) != KEY_BYTES:
        raise Malformed(f"a key has {len(key)} bytes where {KEY_BYTES} are needed")
    return key


def existing_directory(text: str, directory: Path) -> Path:
    """A directory that is there."""
    path = directory / text
    if not path.is_dir():
        raise Malformed(f"there is no directory {quoted(text)}")
    return path


def socket_path(text: str, directory: Path) -> Path:
    """A local socket, which need not be there yet; the system takes no longer path than this."""
    path = directory / text
    if len(bytes(path)) > 107:
        raise Malformed("is longer than the path of a socket may be (107 bytes)")
    return path


def template(name: str, directory: Path) -> Path:
    """The template of the working directory, else the packaged one.

    A wheel carries its templates inside the package, a checkout beside it.
    """
    places = (directory / "templates", PACKAGE / "templates", PACKAGE.parent / "templates")
    return next((place / name for place in places if (place / name).is_file()), places[0] / name)


def template_file(text: str, directory: Path) -> Path:
    """A file of the operator's, or the packaged one where it is named below `templates/`."""
    path = directory / text
    if not path.is_file() and Path(text).parts[:1] == ("templates",):
        path = template(str(Path(text).relative_to("templates")), directory)
    if not path.is_file():
        raise Malformed(f"there is no file {quoted(text)}")
    return path


def command_line(text: str) -> tuple[str, ...]:
    """The words of a command, quoted as a shell has them; no shell runs it."""
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        raise Malformed("has a quotation mark that does not close") from None
    if not words:
        raise Malformed("names no command")
    return words
