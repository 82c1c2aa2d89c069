"""What a mail newly says: without what it quotes, forwards or appends.

Nothing is thrown away: a mail is stored whole, and only understanding works on the new words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import quoting
from bot.domain.older import is_quoted, marked_attribution, older_mail
from bot.domain.signatures import without_banner, without_signature

LIMIT = 500_000  # characters that are looked at
_LINES = 5_000
_BLOCKS = 200  # stretches of new words; who answers between more lines than these signs none of them


@dataclass(frozen=True, slots=True)
class Inner:
    """A letter that stands below a header of its own within another: its From line as written, and its text."""

    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a text. ``reply`` is what is new in it; of a forward, the note and the letter forwarded."""

    reply: str
    quoted: str = ""
    signature: str = ""
    forwarded: Inner | None = None


def what_was_said(text: str, subject: str = "") -> Said:
    """Cuts a plain text. Total, linear in the text; ``subject`` helps to tell a forward from a reply."""
    lines = without_banner(text[:LIMIT].replace("\r\n", "\n").split("\n")[:_LINES])
    cut = older_mail(lines)
    reply, signature, quoted = _new_words(lines[: cut.at] if cut else lines)
    if cut is None or (cut.guessed and not reply):
        return _all_of(lines) if cut or not (reply or quoted) else Said(reply, quoted, signature)
    older = lines[cut.body :]
    if cut.forward or (cut.sender and (not reply or quoting.FORWARD_SUBJECT.match(subject[:100]))):
        inner = Inner(cut.sender, "\n".join(map(_unquoted, older)).strip())
        reply = "\n\n".join(part for part in (reply, _inner_reply(inner.text)) if part)
        is_letter = cut.forward or "@" in cut.sender or quoting.FORWARD_SUBJECT.match(subject[:100])
        return Said(reply, quoted, signature, inner if is_letter else None)
    return Said(reply, "\n".join([*([quoted] if quoted else []), *lines[cut.at :]]).strip("\n"), signature)


def _all_of(lines: Sequence[str]) -> Said:
    """What would leave nothing was no quotation and no signature."""
    reply, signature, quoted = _new_words(lines)
    return Said(reply, quoted, signature) if reply or quoted else Said(_joined(lines))


def _inner_reply(text: str) -> str:
    """Of a letter that was forwarded, its own new words; what it forwards in turn stays as it stands."""
    lines = text.split("\n")
    cut = older_mail(lines)
    return _new_words(lines[: cut.at] if cut else lines)[0] or text


def _new_words(lines: Sequence[str]) -> tuple[str, str, str]:
    """Reply, signature and quotation of lines that hold no unmarked older mail."""
    blocks: list[list[str]] = [[]]
    quoted: list[str] = []
    skip = 0
    for at, line in enumerate(lines):
        end = at + 1 if at < skip or is_quoted(line) else marked_attribution(lines, at)
        if end is None:
            blocks[-1].append(line.removeprefix(">") if line.startswith(">From ") else line)
            continue
        quoted.append(line)
        skip = max(skip, end)
        if blocks[-1]:
            blocks.append([])
    if len(blocks) > _BLOCKS:
        return _joined([line for block in blocks for line in [*block, ""]]), "", "\n".join(quoted)
    halves = [without_signature(block) for block in blocks]
    kept = [line for new, _ in halves if any(new) for line in [*new, ""]]
    return _joined(kept), _joined([line for _, appended in halves for line in appended]), "\n".join(quoted)


def _joined(lines: Sequence[str]) -> str:
    """Lines without blank ones at either end, and never more than one blank line in a row."""
    out: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n")


def _unquoted(line: str) -> str:
    return line[1:].removeprefix(" ") if line.startswith(">") else line
