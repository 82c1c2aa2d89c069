"""Log lines that hold no message, address, code or token, one line for each record.

What the desk logs is written without personal data in the first place; the masks here are the last line of
defence. Libraries are kept to their warnings, because their debug lines hold whole mails and requests.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, TextIO

Format = Literal["text", "json"]

OURS = ("bot", "handlers")
# Libraries whose warnings quote the request that they speak of, and the level from which they are heard instead.
LIBRARIES = {"slack_bolt": logging.ERROR, "slack_sdk": logging.ERROR}

LONGEST = 4000
LONGEST_OF_A_LIBRARY = 200
FRAMES = 12

# In this order: a password in a URL would else look like an address.
MASKS = (
    (re.compile(r"://[^\s@]{1,512}@"), "://"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), r"\1 ***"),
    (re.compile(r"(?i)\bxox[a-z]-[\w-]+|\bxapp-[\w-]+"), "***"),
    (re.compile(r"/(verify|download)/[\w.~=-]+"), r"/\1/***"),
    (re.compile(r"(hooks\.slack\.com)/[\w/-]+"), r"\1/***"),
    (
        re.compile(r"""(?:"[^"]{1,64}"|[^\s@<>"'(),;:/\[\]]{1,64})(?:@|%40)\[?[^\s@<>"'(),;:/\[\]]{1,255}\]?"""),
        "<address>",
    ),
    (re.compile(r"(?<![\w.])(?<!PR-)\d{4}[ -]?\d{4}(?!\w)"), "********"),
)

# Exceptions whose first argument is the system's own sentence and never a value that it was given.
SPEAKING = ("sqlite3", "ssl")

_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=MappingProxyType({}))
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@contextmanager
def log_context(**values: str) -> Iterator[None]:
    """Puts fields, such as `ticket` or `request`, on every line that is logged inside, in this task."""
    token = _context.set({**_context.get(), **values})
    try:
        yield
    finally:
        _context.reset(token)


def about(ticket: str) -> None:
    """From here to its end, the innermost context is about this ticket; outside of any it is about nothing."""
    context = _context.get()
    if isinstance(context, dict):
        context["ticket"] = ticket


def current_request() -> str:
    """The id of the mail, event or web request that is worked on; empty between them."""
    return _context.get().get("request", "")


def masked(text: str) -> str:
    """The text on one line, with addresses, codes, tokens and passwords in URLs blotted out."""
    plain = "".join(char if char.isprintable() else _escaped(char) for char in text[:LONGEST])
    for pattern, mask in MASKS:
        plain = pattern.sub(mask, plain)
    return plain


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def described(error: BaseException) -> str:
    """Types and places of an exception and its causes, innermost last, without the values in their messages.

    An OSError also says what the system said ("Connection refused"); other messages may quote what was read.
    """
    return " <- ".join(_one(link) for link in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen and len(seen) < FRAMES:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _one(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = ", ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    said = f" ({_said(error)})" if _said(error) else ""
    group = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    inner = f" [{'; '.join(described(member) for member in group)}]" if group else ""
    return name + said + (f" at {places}" if places else "") + inner


def _said(error: BaseException) -> str:
    if isinstance(error, OSError):
        return masked(error.strerror or "")
    speaks = type(error).__module__ in SPEAKING and error.args
    return masked(str(error.args[0])) if speaks else ""


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """The record as names and values, fit to be read by anybody."""
    extras = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    fields = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": masked(_message(record)),
        **{name: masked(str(value)) for name, value in {**_context.get(), **extras}.items()},
    }
    error = record.exc_info[1] if record.exc_info else None
    return fields | ({"error": described(error)} if error else {})


def _library(record: logging.LogRecord) -> str:
    """The library that a record comes from, empty for our own."""
    top = record.name.partition(".")[0]
    return "" if top in OURS else top


def _heard(record: logging.LogRecord) -> bool:
    """Whether a library speaks loudly enough; bolt sets the levels of its loggers itself, so these do not do."""
    library = _library(record)
    return not library or record.levelno >= LIBRARIES.get(library, logging.WARNING)


def _message(record: logging.LogRecord) -> str:
    """What the record says, less the words of an exception that it repeats.

    Of a library's record only the first line: objects are quoted behind it.
    """
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):
        message = f"a log line that could not be written, at {record.pathname}:{record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    if error and str(error):
        message = message.replace(str(error), type(error).__name__)
    return message.partition("\n")[0][:LONGEST_OF_A_LIBRARY] if _library(record) else message


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's fields, context included."""
        return json.dumps(_fields(record), ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Time, level, logger and message, then further fields as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """One line for a person to read."""
        fields = _fields(record)
        head = f"{fields.pop('at')} {fields.pop('level'):<8} {fields.pop('logger')}: {fields.pop('message')}"
        return " ".join((head, *(f"{name}={value}" for name, value in fields.items())))


FORMATTERS: Mapping[str, type[logging.Formatter]] = {"text": TextFormatter, "json": JsonFormatter}


def configure_logging(level: str = "INFO", format: str = "text", stream: TextIO | None = None) -> None:  # noqa: A002
    """Sends every log line to `stream` (standard error), ours from `level` on, a library's from WARNING on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FORMATTERS[format]())
    handler.addFilter(_heard)
    root = logging.getLogger()
    root.handlers[:] = [
        *(other for other in root.handlers if type(other.formatter) not in FORMATTERS.values()),
        handler,
    ]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    """A thread that ends by an exception is one line too, instead of a traceback with its values."""
    if issubclass(failure.exc_type, SystemExit):
        return
    error = failure.exc_value or failure.exc_type()
    name = failure.thread.name if failure.thread else "unknown"
    logging.getLogger("bot.threads").critical("the thread %s failed", name, exc_info=error)
