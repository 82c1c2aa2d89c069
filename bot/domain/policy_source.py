"""The source of a policy, Markdown or plain text, as headings, paragraphs and bullets.

The text of a block is a slice of the source: nothing within it is folded, trimmed or turned.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"\s*(?:=+|-+|\*+|_+)\s*$")
_LONGEST_PLAIN_HEADING = 80


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the source; `kind` is `h1` to `h6`, `paragraph` or `bullet`."""

    kind: str
    text: str


def one_line_ending(text: str) -> str:
    """The text with `\\n` at the end of every line and no byte order mark."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a policy; it is Markdown if it has a heading that is marked with `#`."""
    lines = text.split("\n")
    return tuple(_marked(lines) if any(_heading(line) for line in lines) else _plain(lines))


def _marked(lines: list[str]) -> Iterator[Block]:
    """Markdown: `#` headings, bullets, and paragraphs that end at an empty line."""
    kind = "paragraph"
    held: list[str] = []
    for line in (*lines, ""):
        heading, bullet = _heading(line), _BULLET.match(line)
        ends = heading or bullet or _RULE.match(line) or not line.strip()
        if held and ends:
            yield Block(kind, "\n".join(held).strip())
            held = []
        if heading:
            yield heading
        elif bullet:
            kind, held = "bullet", [line[bullet.end() :]]
        elif not ends:
            kind = kind if held else "paragraph"
            held.append(line)


def _heading(line: str) -> Block | None:
    level = len(line) - len(line.lstrip("#"))
    text = line[level:].strip().rstrip("#").rstrip()
    return Block(f"h{level}", text) if 1 <= level <= 6 and line[level : level + 1].isspace() and text else None


def _plain(lines: list[str]) -> Iterator[Block]:
    """Plain text, a block a line: a short line that ends no sentence and stands before text is a heading."""
    told = [line.strip() for line in lines if line.strip() and not _RULE.match(line)]
    for number, line in enumerate(told):
        bullet = _BULLET.match(line)
        titled = number + 1 < len(told) and _is_title(line)
        if titled and (bullet is None or line[0].isdigit()):
            yield Block("h1" if number == 0 else "h2", line)
        elif bullet:
            yield Block("bullet", line[bullet.end() :])
        else:
            yield Block("paragraph", line)


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_PLAIN_HEADING and line[-1] not in ".,;:!?…"
