"""How well mails are read: their kinds, and what was newly said, measured on labelled collections.

``python -m tests.evaluation.mails FILE...`` takes JSON Lines of either sort: ``{"id", "file", "category"}`` with
the path of a raw mail from the folder of the list, or ``{"id", "text", "expected_reply"}``, null if nobody said.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from bot.domain.mail import Mail, parse_mail
from bot.domain.said import what_was_said
from bot.domain.vocabulary import MailKind

MACHINES = {"bounce/DSN", "auto-reply"}  # categories of what no person wrote in answer
MACHINE_KINDS = {MailKind.BOUNCE, MailKind.AUTO_REPLY, MailKind.SPAM_REPORT}
_COMPARED = 20_000  # characters of two replies whose likeness is measured

Row = Mapping[str, Any]


def main() -> None:
    """Prints the figures of each file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        print(f"\n{path.name}: {len(rows)}")
        for line in kinds(rows, path.parent) if rows and "file" in rows[0] else replies(rows):
            print(f"  {line}")


def kinds(rows: list[Row], folder: Path) -> Iterator[str]:
    """Figures on the kind of raw mails, the failed recipient and reason of bounces, and the time taken."""
    taken: list[float] = []
    read: list[tuple[Row, Mail]] = []
    for row in rows:
        raw = (folder / row["file"]).read_bytes()
        begun = time.perf_counter()
        read.append((row, parse_mail(raw)))
        taken.append(time.perf_counter() - begun)
    machines = [(row, mail) for row, mail in read if row["category"] in MACHINES]
    people = [(row, mail) for row, mail in read if row["category"] not in MACHINES]
    missed = [row["id"] for row, mail in machines if mail.kind not in MACHINE_KINDS]
    mistaken = [row["id"] for row, mail in people if mail.kind in MACHINE_KINDS]
    bounces = [mail for _, mail in machines if mail.kind is MailKind.BOUNCE]
    yield f"bounces and automatic replies found: {share(len(machines) - len(missed), len(machines))} {missed}"
    yield f"other mail taken for them: {share(len(mistaken), len(people))} {mistaken}"
    named = sum(bool(mail.hints.report.failed_recipients) for mail in bounces)
    yield f"bounces with a failed recipient: {share(named, len(bounces))}"
    reasoned = sum(bool(mail.hints.report.reason) for mail in bounces)
    yield f"bounces with a reason: {share(reasoned, len(bounces))}"
    flags = Counter(flag for _, mail in people for flag in mail.flags)
    yield f"flags on the others: {dict(flags.most_common())}"
    yield f"unreadable: {[row['id'] for row, mail in read if mail.unreadable]}"
    if taken:
        yield f"time: median {statistics.median(taken) * 1000:.1f} ms, longest {max(taken) * 1000:.0f} ms"


def replies(rows: list[Row]) -> Iterator[str]:
    """How many replies are cut as expected but for white space, and how alike the others are."""
    told = [row for row in rows if row.get("expected_reply") is not None]
    unlike = []
    for row in told:
        ours, theirs = (
            " ".join(text.split()) for text in (what_was_said(row["text"]).reply, row["expected_reply"])
        )
        if ours != theirs:
            likeness = SequenceMatcher(None, ours[:_COMPARED], theirs[:_COMPARED], autojunk=False).ratio()
            unlike.append(f"{row['id']} ({likeness:.2f})")
    yield f"cut as expected: {share(len(told) - len(unlike), len(told))}; not so, with their likeness: {unlike}"
    whole = sum(
        " ".join(what_was_said(row["text"]).reply.split()) == " ".join(row["text"].split()) for row in rows
    )
    yield f"nothing cut off: {share(whole, len(rows))}"


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.1%})" if whole else "0/0"


if __name__ == "__main__":
    main()
