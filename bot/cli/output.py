"""What commands write: rich tables on a terminal, plain text or JSON otherwise, and one line for an error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

GAP = "  "


class Failure(Exception):
    """An end of a command that is not its success; the message is one line for standard error.

    Exit code 1 is a negative answer, such as a reference that is not there; 2 is bad usage or settings.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        self.exit_code = exit_code
        super().__init__(message)


def misuse(message: str) -> Failure:
    """A Failure that says the command was called wrongly."""
    return Failure(message, exit_code=2)


def on_terminal() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()


def write_json(value: Any) -> None:
    """One line of JSON, written at once so that a program that waits for it can go on."""
    line = json.dumps(value, ensure_ascii=False)
    if not _has_utf8(line):
        line = json.dumps(value)
    write(line)
    sys.stdout.flush()


def write(line: str) -> None:
    """One line of text; a half of a surrogate pair, which has no UTF-8, becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding))


def write_fields(fields: Mapping[str, str]) -> None:
    """Names and values, a pair a line, the values in one column."""
    width = max(map(len, fields), default=0)
    for name, value in fields.items():
        write(f"{name:<{width}}{GAP}{plain(value)}")


def write_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table: drawn by rich on a terminal, tab separated otherwise so that other tools can cut it."""
    if not on_terminal():
        for row in (headers, *rows):
            write("\t".join(plain(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headers)
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    Console().print(table)


def plain(text: str) -> str:
    """Text of a stranger's on one line, without what steers a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
