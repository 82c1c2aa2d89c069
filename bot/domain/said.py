"""What a mail newly says: without what it quotes, forwards or appends.

Nothing is thrown away: a mail is stored whole, and only understanding works on the new words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain import quoting

LIMIT = 1_000_000  # characters that are looked at
_LINES = 20_000
_LONG = 400  # no attribution, label or signature stands on a longer line
_FOOTER_LINES = 25
_BLOCK = 10  # lines that a header block or an attribution with its blank lines may take


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


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where the older mail begins, where its own words do, and whether it was forwarded rather than quoted."""

    at: int
    body: int
    sender: str = ""
    forward: bool = False


def what_was_said(text: str, subject: str = "") -> Said:
    """Cuts a plain text. Total, linear in the text; ``subject`` helps to tell a forward from a reply."""
    lines = text[:LIMIT].replace("\r\n", "\n").split("\n")[:_LINES]
    cut = _older_mail(lines)
    if cut is None:
        reply, signature, quoted = _new_words(lines)
        return Said(reply, quoted, signature)
    reply, signature, quoted = _new_words(lines[: cut.at])
    older = lines[cut.body :]
    is_forward = cut.forward or (
        bool(cut.sender) and (not reply or quoting.FORWARD_SUBJECT.match(subject[:100]) is not None)
    )
    if is_forward:
        inner = Inner(cut.sender, "\n".join(map(_unquoted, older)).strip())
        reply = "\n\n".join(part for part in (reply, _inner_reply(inner.text)) if part)
        return Said(reply, quoted, signature, inner)
    return Said(reply, "\n".join([*([quoted] if quoted else []), *lines[cut.at :]]).strip("\n"), signature)


def _inner_reply(text: str) -> str:
    """Of a letter that was forwarded, its own new words; what it forwards in turn stays as it stands."""
    lines = text.split("\n")
    cut = _older_mail(lines)
    return _new_words(lines[: cut.at] if cut else lines)[0] or text


# ---- where the older mail begins ------------------------------------------------------------------------------


def _older_mail(lines: Sequence[str]) -> _Cut | None:
    """The first place from which on everything is older. Quotations marked line by line are none."""
    for at, line in enumerate(lines):
        if not line or line.isspace() or _is_quoted(line) or len(line) > _LONG:
            continue
        for find in _FINDERS:
            if found := find(lines, at):
                return found
    return None


def _separator(lines: Sequence[str], at: int) -> _Cut | None:
    line = lines[at]
    if line.lstrip()[:1].isalpha():
        if not quoting.APPLE_FORWARD.match(line):
            return None
        forward = True
    else:
        forward = quoting.FORWARDED.match(line) is not None
        if not forward and not quoting.ORIGINAL.match(line):
            return None
    sender, body = _header_block(lines, _next_text(lines, at + 1), least=1)
    return _Cut(at, body, sender, forward)


def _labels(lines: Sequence[str], at: int) -> _Cut | None:
    if not any(colon in lines[at][:40] for colon in ":：") or _kind(lines[at]) in (None, "cc", "subject"):
        return None
    sender, body = _header_block(lines, at)
    return _Cut(at, body, sender) if body > at else None


def _attribution(lines: Sequence[str], at: int) -> _Cut | None:
    """``On ... wrote:`` over as many as four lines, with what follows it not marked as a quotation."""
    end = _attribution_end(lines, at)
    if end is None:
        return None
    following = _next_text(lines, end)
    if following < len(lines) and _is_quoted(lines[following]):
        return None
    joined = " ".join(lines[at:end])
    sure = quoting.ATTRIBUTION_SURE.search(joined) and not quoting.FIRST_PERSON.search(joined)
    return _Cut(at, end) if sure or following == end == len(lines) else None


def _reply_above(lines: Sequence[str], at: int) -> _Cut | None:
    line = lines[at]
    return _Cut(at, at + 1) if len(line) < 120 and quoting.REPLY_ABOVE.match(line) else None


_FINDERS: tuple[Callable[[Sequence[str], int], _Cut | None], ...] = (
    _separator,
    _labels,
    _attribution,
    _reply_above,
)


def _kind(line: str) -> str | None:
    return next((kind for kind, pattern in quoting.LABELS.items() if pattern.match(line[:_LONG])), None)


def _header_block(lines: Sequence[str], at: int, least: int = 2) -> tuple[str, int]:
    """The From line of the block of labels that begins at ``at`` and the line after it; ``at`` where none is."""
    kinds: dict[str, str] = {}
    end = at
    for number in range(at, min(at + _BLOCK, len(lines))):
        kind = _kind(lines[number])
        if kind:
            kinds.setdefault(kind, lines[number])
            end = number + 1
        elif (not lines[number].strip() and number > end) or number > end + 1:
            break
    complete = any(block <= kinds.keys() for block in quoting.HEADER_BLOCKS)
    if complete or (least == 1 and kinds):
        return _value(kinds.get("from", "")), end
    return "", at


def _value(line: str) -> str:
    return line.replace("：", ":").partition(":")[2].strip(" *_\t")


def _attribution_end(lines: Sequence[str], at: int) -> int | None:
    """The line after the attribution that begins at ``at``; None where none begins there."""
    first = lines[at].lstrip("- \t")
    if not first[:1].isalnum() and first[:1] not in '<"“«„':
        return None
    for end in range(at + 1, min(at + 4, len(lines)) + 1):
        last = lines[end - 1]
        if not last.strip() or len(last) > _LONG:
            return None
        if last.rstrip().endswith((":", "：")):
            return end if _is_attribution(" ".join(each.strip() for each in lines[at:end]), end - at) else None
    return None


def _is_attribution(joined: str, height: int) -> bool:
    return bool(
        len(joined) <= _LONG
        and quoting.ATTRIBUTION_END.search(joined)
        and quoting.ATTRIBUTION_PROOF.search(joined)
        and (height == 1 or quoting.ATTRIBUTION_START.match(joined))
    )


def _next_text(lines: Sequence[str], at: int) -> int:
    """The next line that is not blank; only a few are looked at."""
    return next((n for n in range(at, min(at + _BLOCK, len(lines))) if lines[n].strip()), at)


# ---- what is new above it ---------------------------------------------------------------------------------------


def _new_words(lines: Sequence[str]) -> tuple[str, str, str]:
    """Reply, signature and quotation of lines that hold no unmarked older mail."""
    kept: list[str] = []
    quoted: list[str] = []
    signature: list[str] = []
    block: list[str] = []
    skip = 0

    def end_of_block() -> None:
        new, appended = _without_signature(block)
        kept.extend([*new, ""] if any(new) else [])
        signature.extend(appended)
        block.clear()

    for at, line in enumerate(lines):
        if at < skip:
            quoted.append(line)
        elif _is_quoted(line):
            if block:
                end_of_block()
            quoted.append(line)
        elif (end := _marked_attribution(lines, at)) is not None:
            end_of_block()
            quoted.append(line)
            skip = end
        else:
            block.append(line.removeprefix(">") if line.startswith(">From ") else line)
    end_of_block()
    return _joined(kept), _joined(signature), "\n".join(quoted)


def _marked_attribution(lines: Sequence[str], at: int) -> int | None:
    line = lines[at]
    if not line or line.isspace() or len(line) > _LONG:
        return None
    end = _attribution_end(lines, at)
    if end is None:
        return None
    following = _next_text(lines, end)
    return end if following < len(lines) and _is_quoted(lines[following]) else None


def _joined(lines: Sequence[str]) -> str:
    """Lines without blank ones at either end, and never more than one blank line in a row."""
    out: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n")


def _without_signature(block: Sequence[str]) -> tuple[list[str], list[str]]:
    """New words, and what a program or a firm appends to every mail."""
    lines = [line.rstrip() for line in block]
    end = next((n for n, line in enumerate(lines) if quoting.SIGNATURE_RULE.match(line[:8])), len(lines))
    end = _footer(lines, end)
    while (cut := _last_lines(lines, end)) < end:
        end = cut
    return lines[:end], lines[end:]


def _footer(lines: Sequence[str], end: int) -> int:
    """Where the disclaimer or list footer begins that runs to the end: the first late paragraph that is one."""
    for at in range(max(0, end - _FOOTER_LINES), end):
        starts = at == 0 or not lines[at - 1].strip() or quoting.RULE.match(lines[at - 1][:200])
        if at and starts and lines[at] and quoting.FOOTER.match(" ".join(lines[at : at + 3])[:600]):
            return at
    return _card(lines, end)


def _card(lines: Sequence[str], end: int) -> int:
    """Where a firm's card begins below a closing and a name."""
    for at in range(max(0, end - 20), end):
        if len(lines[at]) < 60 and quoting.CLOSING.match(lines[at]):
            below = [n for n in range(at + 1, end) if lines[n].strip()]
            marks = [n for n in below if quoting.CARD.match(lines[n][:200])]
            of_a_firm = any(quoting.CARD_OF_A_FIRM.match(lines[n][:200]) for n in marks)
            if len(marks) >= 2 and of_a_firm:
                return below[1] if below[0] not in marks else below[0]
    return end


def _last_lines(lines: Sequence[str], end: int) -> int:
    """Without the last line where it is blank, a rule, a mobile signature or a dashed name."""
    if end == 0:
        return 0
    last = lines[end - 1]
    if not last.strip() or quoting.RULE.match(last[:200]):
        return end - 1
    alone = end > 1 and not lines[end - 2].strip() and not any(line.startswith("-") for line in lines[: end - 1])
    if len(last) < 120 and (quoting.MOBILE.match(last) or (alone and quoting.DASHED_NAME.match(last))):
        return end - 1
    return end


def _is_quoted(line: str) -> bool:
    """``>From`` is no quotation but what mail stores make of a line that begins with ``From``."""
    return line.lstrip(" ").startswith(">") and not line.startswith(">From ")


def _unquoted(line: str) -> str:
    return line[1:].removeprefix(" ") if line.startswith(">") else line
