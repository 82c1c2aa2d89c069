"""The commands that read a text and answer: classify, excerpt, deadline, laws, reply. They need no database."""

import base64
import binascii
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli.jsonl import Given, answer_lines, text_of
from bot.cli.output import misuse, on_terminal, plain, write, write_fields, write_json
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.lawpack import LawPack
    from bot.domain.policy import Policy

Lines = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line on standard input, one answer each.")]

_ANSWERED = ("law", "acknowledge_by", "acknowledge_act_by", "respond_by", "act_by", "extended_by", "rule")
LONGEST_INPUT = 64 * 1024 * 1024


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    for command in (classify, excerpt, deadline, laws, reply):
        app.command()(command)


def classify(jsonl: Lines = False) -> None:
    """Say what a text on standard input asks for."""
    if jsonl:
        answer_lines(_understood)
    else:
        _show(_understood({"text": _input().decode("utf-8", "replace")}))


def _understood(given: Given) -> dict[str, Any]:
    from bot.domain.particulars import particulars
    from bot.domain.understanding import classify as understand

    text, subject = text_of(given, "text"), text_of(given, "subject", "")
    found = understand(text, subject)
    answer = {
        "request_types": list(found.request_types),
        "confidence": found.confidence,
        "language": found.language,
        "laws": list(found.laws),
        "agent": found.agent,
    }
    says = particulars(text, subject, datetime.now(UTC).date(), found.language)
    answer |= {"particulars": says.as_json()} if says.codes else {}
    return answer | ({"abstain": True} if found.abstain else {})


def excerpt(
    question: Annotated[str | None, typer.Argument(help="Standard input where it is left out.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Another policy than the published one.")] = None,
    jsonl: Lines = False,
) -> None:
    """Find what the policy says on a question, best first."""
    source = _policy(policy)
    if jsonl:
        answer_lines(lambda given: _excerpts(source, text_of(given, "question")))
        return
    asked = _input().decode("utf-8", "replace") if question is None else question
    answer = _excerpts(source, asked)
    if not on_terminal():
        write_json({"id": None, **answer})
        return
    for found in answer["excerpts"]:
        write(f"{found['score']:.2f}  {plain(found['section'])}: {plain(found['text'])}")
    if not answer["answerable"]:
        write("The policy does not seem to answer this.")


def _excerpts(policy: "Policy", question: str) -> dict[str, Any]:
    from bot.domain.excerpts import find_excerpts

    return asdict(find_excerpts(policy, question, limit=10))


def _policy(path: Path | None) -> "Policy":
    """The policy of the settings, or any document that can be read as one."""
    from bot.domain.policy import PolicyError, parse_any, read_policy

    source = path or Settings.load(only=("POLICY_PATH", "CUSTOM_DIR")).policy_path
    try:
        text = source.read_bytes().decode("utf-8-sig", "replace")
        return parse_any(text) if path else read_policy(text, None)
    except OSError as fault:
        raise misuse(f"the policy {source} cannot be read: {fault.strerror}") from None
    except PolicyError as fault:
        raise misuse("; ".join(fault.lines)) from None


def deadline(
    law: Annotated[str | None, typer.Option(help="The law's code, such as gdpr.")] = None,
    received: Annotated[str | None, typer.Option(help="When the request came, ISO 8601.")] = None,
    verified: Annotated[str | None, typer.Option(help="When identity was proven, ISO 8601.")] = None,
    paused: Annotated[int, typer.Option(help="Days of waiting for the requester, both ends counted.")] = 0,
    fee: Annotated[str | None, typer.Option(help="When a fee was told (Switzerland) or paid, ISO 8601.")] = None,
    extended: Annotated[bool, typer.Option("--extended", help="An extension was announced in time.")] = False,
    type_: Annotated[str, typer.Option("--type", help="A request type, or appeal.")] = "access",
    holidays: Annotated[list[str] | None, typer.Option(help="CC or CC-REGION; may be repeated.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    jsonl: Lines = False,
) -> None:
    """Compute the days by which a law wants a request acknowledged and answered, and say why."""
    desk = _Desk.load()
    if jsonl:
        answer_lines(desk.answer)
        return
    given = {"law": law, "received": received, "verified": verified, "paused": paused, "fee": fee}
    answer = desk.answer({**given, "extended": extended, "type": type_, "holidays": holidays})
    if json_:
        write_json(answer)
    else:
        write_fields({name.replace("_", " "): str(value or "none") for name, value in answer.items()})


def laws() -> None:
    """Print the law pack as a page for a lawyer to read and sign, with your own laws over the built-in ones."""
    from bot.domain.lawpage import law_page

    write(law_page(_Desk.load().laws).rstrip("\n"))


class _Desk:
    """What the settings say about days: laws, time zone, and the regions where the controller sits."""

    def __init__(self, laws: "LawPack", zone: ZoneInfo, holidays: Sequence[str]) -> None:
        self.laws = laws
        self.zone = zone
        self.holidays = holidays

    @classmethod
    def load(cls) -> "_Desk":
        from bot.domain.lawpack import LawPack

        settings = Settings.load(only=("TIMEZONE", "HOLIDAYS", "CUSTOM_DIR"))
        try:
            return cls(LawPack.load(settings.laws_path), settings.timezone, settings.holidays)
        except ValueError as fault:
            raise misuse(str(fault)) from None

    def answer(self, given: Given) -> dict[str, Any]:
        """The dates as ISO 8601 or None, and the rule. Raises Failure for what is no law, date or number."""
        from bot.domain.laws import ClockFacts, UnknownCalendar, UnknownLaw, deadlines

        try:
            found = deadlines(
                self.laws[text_of(given, "law")],
                ClockFacts(
                    received=_day(text_of(given, "received"), self.zone),
                    verified=self._day_of(given, "verified"),
                    fee=self._day_of(given, "fee"),
                    paused_days=_count(given, "paused"),
                    extended=_flag(given, "extended"),
                ),
                request_type=text_of(given, "type", "access"),
                holidays=_regions(given.get("holidays")) or self.holidays,
            )
        except (UnknownLaw, UnknownCalendar, ValueError) as fault:
            raise misuse(str(fault)) from None
        answer = {name: getattr(found, name) for name in _ANSWERED}
        return {name: str(value) if isinstance(value, date) else value for name, value in answer.items()}

    def _day_of(self, given: Given, name: str) -> date | None:
        return _day(text_of(given, name), self.zone) if given.get(name) else None


def _day(text: str, zone: ZoneInfo) -> date:
    """The controller's day of a date or moment; a moment without an offset is in the controller's zone."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment.astimezone(zone) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        raise misuse(f"{text[:40]!r} is not a date or time of ISO 8601, such as 2026-03-31") from None


def _count(given: Given, name: str) -> int:
    value = given.get(name) or 0
    if not isinstance(value, int) or isinstance(value, bool):
        raise misuse(f"{name} is not a whole number of days")
    return value


def _flag(given: Given, name: str) -> bool:
    value = given.get(name) or False
    if not isinstance(value, bool):
        raise misuse(f"{name} is neither true nor false")
    return value


def _regions(value: object) -> tuple[str, ...]:
    """Calendar codes, as one comma separated text or as several."""
    texts = [value] if isinstance(value, str) else value or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise misuse("holidays is not a list of calendars")
    return tuple(code.strip() for text in texts for code in text.split(",") if code.strip())


def reply(jsonl: Lines = False) -> None:
    """Strip a raw mail on standard input of its quoted history and signature."""
    if jsonl:
        answer_lines(lambda given: _said(_mail(text_of(given, "eml_base64"))))
    else:
        _show(_said(_input()))


def _said(raw: bytes) -> dict[str, Any]:
    from bot.domain.mail import parse_mail

    mail = parse_mail(raw)
    return {
        "subject": mail.subject,
        "from": mail.sender.address if mail.sender else None,
        "text": mail.text,
        "reply": mail.said,
        "kind": mail.kind,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size}
            for one in mail.attachments
        ],
    }


def _mail(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise misuse("eml_base64 is not base64") from None


def _input() -> bytes:
    raw = sys.stdin.buffer.read(LONGEST_INPUT + 1)
    if len(raw) > LONGEST_INPUT:
        raise misuse(f"standard input holds more than {LONGEST_INPUT} bytes")
    return raw


def _show(answer: Mapping[str, Any]) -> None:
    """One answer: fields on a terminal, else JSON with the `id` that lines have."""
    if on_terminal():
        write_fields({name: _spoken(value) for name, value in answer.items()})
    else:
        write_json({"id": None, **answer})


def _spoken(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list() if value:
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(name for name, found in value.items() if found) or "none"
        case None | []:
            return "none"
        case _:
            return str(value)
