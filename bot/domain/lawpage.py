"""The law pack as a page that a lawyer can read and mark up: `docs/laws.md`, and what `laws` prints."""

from collections.abc import Iterable, Iterator

from bot.domain.lawpack import Clock, DayOne, Denial, Duty, Law, LawPack, PauseKind, Unit

_HEAD = """# The laws that the desk keeps time by

Made from `bot/domain/laws.toml` by `python -m bot laws`; do not edit it here. It was gathered from public
sources and is **not legal advice**: a number is worth what its citation and its confidence say. *High*: official
text or a regulator's guidance was read; *medium*: a secondary source; *low*: unsettled.

To sign a law, have a file `laws.toml` in `CUSTOM_DIR` say who read it, when, and the checksum that the law has on
this page. Corrections go into the same file. Once anything about the law changes, the checksum does, and the
signature is void until somebody signs again.

```toml
[gdpr]
reviewed_by = "A. Lawyer, 1 March 2026"
reviewed = "the sixteen digits below"
```
"""
_DUTIES = {
    Duty.ACKNOWLEDGE: "acknowledge",
    Duty.RESPOND: "respond",
    Duty.REFUSE: "tell a refusal",
}
_PAUSES = {
    PauseKind.RESTART_ON_RECEIPT: "starts only with proof of identity",
    PauseKind.EXCLUDE_INTERVAL: "days of waiting for clarification do not count, both ends included",
    PauseKind.MAY_SUSPEND: "may be suspended by a wait; moves no date here",
    PauseKind.NO_DUTY_UNTIL_AUTHENTICATED: "no duty to act before authentication; the days run from receipt",
    PauseKind.RESTART_AFTER_REFLECTION: "starts after a time of reflection where a fee is asked",
}


def law_page(pack: LawPack) -> str:
    """The whole pack in Markdown. The same pack gives the same page, byte for byte."""
    parts = [_HEAD, f"Checksum of the whole pack: `{pack.checksum}`\n"]
    parts += ["\n".join(_law(pack[code])) for code in pack.codes()]
    return "\n".join(parts).rstrip("\n") + "\n"


def _law(law: Law) -> Iterator[str]:
    yield f"## `{law.code}`: {law.title}\n"
    yield f"{law.citation}. Checksum `{law.checksum}`; {_signature(law)}.\n"
    yield "| what | how long | who says so | confidence |"
    yield "| --- | --- | --- | --- |"
    for row in _rows(law):
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""
    yield from (f"- {each}" for each in _remarks(law))
    yield "\nA refusal, a partial one included, must say:\n"
    yield from _told(law.denial)
    if law.grounds:
        yield "\nIt may rest on one of these grounds (confidence: low; how far each reaches is for a lawyer):\n"
        yield from (f"- {ground.replace('_', ' ')}: {citation}" for ground, citation in law.grounds.items())
    if law.last_routes:
        yield "\nThe decision of an appeal or a complaint says its reasons, and:\n"
        yield from _told(law.last_routes)
    if law.notice:
        yield "\nA notice of extension says the new day, the reasons, and:\n"
        yield from _told(law.notice)
    yield ""


def _told(sentences: Iterable[Denial]) -> Iterator[str]:
    return (f"- {each.text} ({each.citation})" for each in sentences)


def _signature(law: Law) -> str:
    return f"**{law.signature_fault}**" if law.signature_fault else f"signed by {law.reviewed_by}"


def _rows(law: Law) -> Iterator[tuple[str, str, str, str]]:
    for clock in law.clocks:
        what = _what(clock)
        yield what, _length(clock), clock.citation, clock.confidence
        if clock.extension:
            whole = _count((clock.length or 0) + clock.extension, clock.unit)
            said = f"{_count(clock.extension, clock.unit)} more, {whole} in all"
            sure = clock.extension_confidence or clock.confidence
            yield f"{what}: extension", said, clock.extension_citation, sure
        for pause in clock.pauses:
            days = f", of {_count(pause.days, Unit.DAYS)}" if pause.days else ""
            yield f"{what}: waiting", f"{_PAUSES[pause.kind]}{days}", pause.citation, pause.confidence
    if law.roll_over:
        days = " or ".join(sorted(law.roll_over))
        rolled = f"an end on a {days} or a holiday moves to the next other day"
        yield "roll-over", rolled, law.roll_over_citation, law.roll_over_confidence
    kept = f"{law.record_months} months" if law.record_months else "no number"
    yield "keep a record", kept, law.record_citation, law.record_confidence
    yield "fee", law.fee or "not known", law.fee_citation, law.fee_confidence


def _what(clock: Clock) -> str:
    types = ", ".join(each.replace("_", " ") for each in sorted(clock.types))
    return f"{_DUTIES[clock.duty]} ({types})" if types else _DUTIES[clock.duty]


def _length(clock: Clock) -> str:
    if clock.length is None:
        return "no number"
    first = "the day of receipt" if clock.day_one is DayOne.RECEIPT else "the day after receipt"
    counted = "the same day of a later month" if clock.unit is Unit.MONTHS else f"day one is {first}"
    return f"{_count(clock.length, clock.unit)}; {counted}"


def _count(length: int, unit: Unit) -> str:
    name = unit.replace("_", " ")
    return f"{length} {name.removesuffix('s') if length == 1 else name}"


def _remarks(law: Law) -> Iterator[str]:
    yield from dict.fromkeys(f"{_what(each)}: {each.note}" for each in law.clocks if each.note)
    yield from dict.fromkeys(
        f"Disputed, planned by the stricter reading: {each.stricter}." for each in law.clocks if each.stricter
    )
    if law.roll_over_doubt:
        yield f"Disputed: {law.roll_over_doubt}; nothing is moved here."
    if not any(each.pauses for each in law.clocks):
        yield "No wait stops a clock of this law."
    if law.target_days:
        yield f"No legal date where the law names no number: the operator's own target is {law.target_days} days."
    yield from (f"Offered where proof does not come: {each}" for each in law.unverified)
    if law.residents or law.countries:
        yield f"Law of those who live in: {', '.join(law.residents or law.countries)}."
    if law.languages:
        yield f"A letter may hint at it by its language: {', '.join(law.languages)}."
    regions = ["regions in HOLIDAYS"] if law.countries else []
    where = ", refined by ".join([law.calendar] * bool(law.calendar) + regions)
    yield f"Holidays that count: {where or 'none'}."
    yield f"To complain to: {law.authority}."
