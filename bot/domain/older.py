"""Where the older mail begins in a text: at a separator, a block of labels, or a line that says who wrote when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain import quoting

LONG = 400  # characters: no attribution, label or signature stands on a longer line
_BLOCK = 10  # lines that a header block or an attribution with its blank lines may take
_TALL = 4  # lines that an attribution may be wrapped into


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the older mail begins, where its own words do, and whether it was forwarded rather than quoted."""

    at: int
    body: int
    sender: str = ""  # its From line as written
    forward: bool = False
    guessed: bool = False  # from a line that a person may have written, too


def older_mail(lines: Sequence[str]) -> Cut | None:
    """The first place from which on everything is older. Quotations marked line by line are none."""
    before = ""
    for at, line in enumerate(lines):
        if not line or line.isspace():
            continue
        above, before = before, line
        if is_quoted(line):
            if not is_quoted(above) and (found := _marked_forward(lines, at, above)):
                return found
            continue
        if len(line) > LONG:
            continue
        for find in _FINDERS:
            if found := find(lines, at):
                return found
    return None


def marked_attribution(lines: Sequence[str], at: int) -> int | None:
    """The line after an attribution that begins here and announces marked lines; None where none does."""
    line = lines[at]
    if not line or line.isspace() or len(line) > LONG:
        return None
    end = _attribution_end(lines, at)
    if end is None:
        return None
    following = _next_text(lines, end)
    return end if following < len(lines) and is_quoted(lines[following]) else None


def is_quoted(line: str) -> bool:
    """``>From`` is no quotation but what mail stores make of a line that begins with ``From``."""
    return line.lstrip(" ").startswith(">") and not line.startswith(">From ")


# ---- separators and labels --------------------------------------------------------------------------------------


def _separator(lines: Sequence[str], at: int) -> Cut | None:
    """A line that says that what follows is an original message, or a forwarded one."""
    line = lines[at]
    if line.lstrip()[:1].isalpha():
        forward = quoting.APPLE_FORWARD.match(line) is not None
        return _below(lines, at, forward) if forward else None
    forward = quoting.FORWARDED.match(line) is not None
    return _below(lines, at, forward) if forward or quoting.ORIGINAL.match(line) else None


def _marked_forward(lines: Sequence[str], at: int, above: str) -> Cut | None:
    """Apple Mail marks what it forwards as it marks what it quotes; an attribution above tells them apart."""
    line = lines[at].lstrip()[1:].strip()
    if above.rstrip().endswith((":", "：")) or len(line) > LONG:
        return None
    forward = quoting.APPLE_FORWARD.match(line) or quoting.FORWARDED.match(line)
    return _below(lines, at, forward=True) if forward else None


def _below(lines: Sequence[str], at: int, forward: bool) -> Cut:
    first = _next_text(lines, at + 1)
    sender, body = _header_block(lines, first, least=1)
    end = _attribution_end(lines, first) if body == first < len(lines) else None
    if end is not None and (named := quoting.BRACKETED.search(" ".join(lines[first:end]))):
        sender, body = named[0], end
    return Cut(at, body, sender, forward)


def _announced(lines: Sequence[str], at: int) -> Cut | None:
    """A line whose words alone prove nothing, above a header that does."""
    line = lines[at]
    if not (quoting.ORIGINAL_BARE.match(line) or quoting.DASHED.match(line)):
        return _unknown_header(lines, at) if quoting.LONG_RULE.match(line) else None
    first = _next_text(lines, at + 1)
    sender, body = _header_block(lines, first)
    return Cut(at, body, sender) if body > first else None


def _unknown_header(lines: Sequence[str], at: int) -> Cut | None:
    """Below a rule, labels of a language that is not in the tables: an address and a moment are among them."""
    first = _next_text(lines, at + 1)
    block = []
    for line in lines[first : first + _BLOCK]:
        if not quoting.ANY_LABEL.match(line[:LONG]):
            break
        block.append(line[:LONG])
    if len(block) < 3 or not any(map(quoting.MOMENT.match, block)):
        return None
    sender = next((line for line in block if "@" in line), "")
    return Cut(at, first + len(block), _value(sender)) if sender else None


def _labels(lines: Sequence[str], at: int) -> Cut | None:
    if not any(colon in lines[at][:40] for colon in ":：") or _kind(lines[at]) in (None, "cc", "subject"):
        return None
    sender, body = _header_block(lines, at)
    return Cut(at, body, sender) if body > at else None


def _kind(line: str) -> str | None:
    return next((kind for kind, pattern in quoting.LABELS.items() if pattern.match(line[:LONG])), None)


def _header_block(lines: Sequence[str], at: int, least: int = 2) -> tuple[str, int]:
    """The From line of the block of labels that begins at ``at`` and the line after it; ``at`` where none is."""
    kinds: dict[str, str] = {}
    end = at
    for number in range(at, min(at + _BLOCK, len(lines))):
        kind = _kind(lines[number])
        if kind:
            kinds.setdefault(kind, lines[number])
            end = number + 1
        elif number == end > at and quoting.BARE_ADDRESS.match(lines[number][:LONG]):
            end = number + 1  # of a label whose line was wrapped
        elif (not lines[number].strip() and number > end) or number > end + 1:
            break
    complete = any(block <= kinds.keys() for block in quoting.HEADER_BLOCKS)
    if complete or (least == 1 and kinds):
        return _value(kinds.get("from", "")), end
    return "", at


def _value(line: str) -> str:
    return line.replace("：", ":").partition(":")[2].strip(" *_\t")


# ---- attributions -----------------------------------------------------------------------------------------------


def _attribution(lines: Sequence[str], at: int) -> Cut | None:
    """``On ... wrote:`` over as many as four lines, with what follows it not marked as a quotation."""
    end = _attribution_end(lines, at)
    if end is None:
        return None
    following = _next_text(lines, end)
    if following < len(lines) and is_quoted(lines[following]):
        return None
    sure = _is_sure(" ".join(lines[at:end])) or following == end == len(lines)
    return Cut(at, end, guessed=True) if sure else None


def _is_sure(joined: str) -> bool:
    """Whether a line that announces unmarked words is a program's: people address whom they write to."""
    if not quoting.ATTRIBUTION_SURE.search(joined) or quoting.ADDRESSED.search(joined):
        return False
    return quoting.BRACKETED.search(joined) is not None or not quoting.FIRST_PERSON.search(joined)


def _attribution_end(lines: Sequence[str], at: int) -> int | None:
    """The line after the attribution that begins at ``at``; None where none begins there."""
    first = lines[at].lstrip("- \t*")
    if not first[:1].isalnum() and first[:1] not in '<"“«„':
        return None
    for end in range(at + 1, min(at + _TALL, len(lines)) + 1):
        last = lines[end - 1]
        if not last.strip() or len(last) > LONG or (end > at + 1 and is_quoted(last)):
            return None
        if last.rstrip().endswith((":", "：")) or (end == at + 1 and quoting.DASHED.match(last)):
            return end if _announces(lines, at, end) else None
    return None


def _announces(lines: Sequence[str], at: int, end: int) -> bool:
    """Whether these lines are one attribution, and not the last words of a letter with one below."""
    if end == at + 1:
        dashed = quoting.DASHED.match(lines[at])
        return _is_attribution(f"{dashed[1]}:" if dashed else lines[at].strip(), lines[end : end + 2])
    joined = " ".join(each.strip() for each in lines[at:end])
    if not _is_attribution(joined, ()):
        return False
    later: Iterable[int] = range(at + 1, end)
    if quoting.ATTRIBUTION_START.match(joined):
        later = (n for n in later if quoting.ATTRIBUTION_START.match(lines[n]))
    elif not quoting.NAME_START.match(joined):
        return False
    return not any(_announces(lines, n, end) for n in later)


def _is_attribution(line: str, following: Sequence[str]) -> bool:
    """Whether a program wrote this line or, where quoted lines follow, a person."""
    if len(line) > LONG:
        return False
    if quoting.ATTRIBUTION_END.search(line):
        quotes = any(map(is_quoted, following)) and len(line) < 100
        by_person = quotes and not quoting.FIRST_PERSON.search(line)
        return by_person or quoting.ATTRIBUTION_PROOF.search(line) is not None
    if quoting.BRACKETED.search(line) and quoting.MOMENT.match(line):
        return True
    return quoting.QUOTING.match(line) is not None


def _reply_above(lines: Sequence[str], at: int) -> Cut | None:
    line = lines[at]
    return Cut(at, at + 1) if len(line) < 120 and quoting.REPLY_ABOVE.match(line) else None


def _next_text(lines: Sequence[str], at: int) -> int:
    """The next line that is not blank; only a few are looked at."""
    return next((n for n in range(at, min(at + _BLOCK, len(lines))) if lines[n].strip()), at)


_FINDERS: tuple[Callable[[Sequence[str], int], Cut | None], ...] = (
    _separator,
    _announced,
    _labels,
    _attribution,
    _reply_above,
)
