"""The commands that look at tickets and at the journal: tickets, show, audit verify. They write nothing."""

import asyncio
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer

from bot.cli.output import Failure, misuse, plain, write, write_fields, write_json, write_table
from bot.domain.concerns import sentences
from bot.domain.vocabulary import Status
from bot.settings import Settings

STORE = ("DATABASE_URL", "SECRET_KEYS", "TIMEZONE")
QUARANTINED = "quarantined"
STATUSES = (*Status, QUARANTINED)
INDENT = "    "

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command()(tickets)
    app.command()(show)
    audit = typer.Typer(help="The journal's chains.")
    audit.callback()(_frame)
    audit.command()(verify)
    app.add_typer(audit, name="audit")


def _frame() -> None:
    """Check that nothing was changed or lost behind the desk's back."""


def tickets(
    status: Annotated[str | None, typer.Option(help=f"One of {', '.join(STATUSES)}.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Past their due date, quarantined items too.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="No more tickets than this.")] = None,
    json_: Json = False,
) -> None:
    """List the tickets by due date."""
    if status and status not in STATUSES:
        raise misuse(f"{plain(status)} is no status; known are {', '.join(STATUSES)}")
    found, aside = asyncio.run(_listed(status, overdue, limit))
    if json_:
        write_json(found)
        return
    write_table(("REFERENCE", "STATUS", "DUE", "REQUEST", "LAW", "REQUESTER"), map(_row, found))
    if aside:
        typer.echo(f"{aside} more in quarantine: quarantine list", err=True)


async def _listed(status: str | None, overdue: bool, limit: int | None = None) -> tuple[list[dict[str, Any]], int]:
    """Tickets, with quarantined items where they are asked for or overdue; and how many were left out."""
    from bot.opening import opened_store
    from bot.store import views

    settings = Settings.load(only=STORE)
    today = datetime.now(settings.timezone).date() if overdue else None
    async with opened_store(settings) as store, store.reading() as work:
        aside = await views.quarantined(work, overdue_on=today)
        if status == QUARANTINED:
            return aside, 0
        found = await views.tickets(work, status=status, overdue_on=today, most=limit)
    if overdue and status is None:
        return sorted(found + aside, key=lambda each: each["due_at"] or date.max.isoformat()), 0
    return found, len(aside) if status is None else 0


def _row(ticket: dict[str, Any]) -> tuple[str, ...]:
    return (
        ticket["reference"] or f"item {ticket['quarantine']}",
        ticket["outcome"] or ticket["status"],
        ticket["due_at"] or "",
        ", ".join(ticket["request_types"]),
        ticket["law"] or "",
        _who(ticket["requester"]),
    )


def show(reference: Annotated[str, typer.Argument(help="PR- and eight characters.")], json_: Json = False) -> None:
    """Show one ticket with its messages and events."""
    view, why = asyncio.run(_found(reference.strip().upper()))
    if json_:
        write_json(view)
    else:
        _describe(view, why)


async def _found(reference: str) -> tuple[dict[str, Any], str]:
    """The ticket, and why it is due on its day."""
    from bot.opening import opened_store
    from bot.store import views

    async with opened_store(Settings.load(only=STORE)) as store, store.reading() as work:
        view = await views.ticket(work, reference)
        if view is None:
            raise Failure(f"there is no ticket {plain(reference[:40])}")
        return view, await views.why_due(work, reference)


def _describe(view: dict[str, Any], why: str) -> None:
    write_fields(
        {
            "ticket": view["reference"],
            "status": view["status"] + (f", {view['outcome']}" if view["outcome"] else ""),
            "requester": _who(view["requester"]) + (" (through an agent)" if view["agent"] else ""),
            "identity": "verified" if view["verified"] else "not verified",
            "received": f"{view['received_at']} by {view['channel']}, in {view['language']}",
            "due": f"{view['due_at'] or 'no date'} under {view['law']}" + (", extended" * view["extended"]),
            "why this day": why or "this law has no day",
            "assignee": view["assignee"] or "nobody yet",
        }
        | ({"cooling-off": f"until {view['cooling_until']}"} if view["cooling_until"] else {})
        | ({"legal hold": f"since {view['hold']['since']}: {view['hold']['reason']}"} if view["hold"] else {})
        | (
            {"redacted": f"{view['redacted_at']}; nobody can read its texts any more"}
            if view["redacted_at"]
            else {}
        )
    )
    if view["concerns"]:
        _section("Look at this first")
        for sentence in sentences(view["concerns"]):
            for line in _lines(sentence):
                write(f"{INDENT}{line}")
    if view["data_points"]:
        _section("Compared with the account")
        write(INDENT + ", ".join(f"{plain(kind)} {word}" for kind, word in view["data_points"].items()))
    _section("Requests")
    for each in view["requests"]:
        proof = ", verified" if each["verified"] else ""
        write(f"{INDENT}{each['type']}: due {each['due_at'] or 'no date'}, {each['outcome'] or 'open'}{proof}")
    _section("Messages")
    for each in view["messages"]:
        _message(each)
    _section("Events")
    for each in view["events"]:
        facts = " ".join(f"{name}={value}" for name, value in each["detail"].items() if _worth_a_line(name, value))
        write(plain(f"{INDENT}{each['at']}  {each['actor']}  {each['event']}  {facts}"))


def _worth_a_line(name: str, value: object) -> bool:
    """Not what is empty, nor the requests as they stood, which are shown above as they stand."""
    return value not in (None, []) and name != "requests"


def _message(message: dict[str, Any]) -> None:
    way = "from the requester" if message["direction"] == "in" else "to the requester"
    way += f", {message['delivery']}" if message["delivery"] else ""
    write(f"{INDENT}{message['at']}  {way}")
    if message["text"] is None:
        write(f"{INDENT}  (erased)")
        return
    write(f"{INDENT}  {plain(message['subject'])}")
    for line in _lines(message["text"]):
        write(f"{INDENT}  | {line}")
    for line in _understood(message["understood"] or {}):
        write(f"{INDENT}  = {plain(line)}")


def _understood(reading: Mapping[str, Any]) -> Iterator[str]:
    """What was understood, each with the sentence that shows it."""
    for each in reading.get("evidence", ()):
        yield f"{each['type']}: “{each['sentence']}”"
    says = reading.get("particulars") or {}
    single = [
        found
        for name in ("reference", "reminder", "deadline", "agent", "new_address")
        if (found := says.get(name))
    ]
    for each in (*single, *says.get("threats", ()), *says.get("data", ())):
        value = " ".join(part for part in (each["code"].replace("_", " "), each["value"], each.get("day")) if part)
        yield f"{value}: “{each['line']}”"
    if person := reading.get("suggested"):
        yield f"perhaps the requester: {person['name']} <{person['address']}>"


def _lines(text: str) -> Iterable[str]:
    """A text as its reader sees it, in lines that fit a screen."""
    for line in text.splitlines():
        yield from textwrap.wrap(plain(line), 100) or [""]


def _section(title: str) -> None:
    write("")
    write(title)


def _who(requester: dict[str, Any]) -> str:
    names = (requester["name"], requester["address"] and f"<{requester['address']}>", requester["slack_user"])
    return " ".join(each for each in names if each) or "not known"


def verify(json_: Json = False) -> None:
    """Check every ticket's hash chain and the signed anchors over them."""
    counted, entries, fault = asyncio.run(_verified())
    if json_:
        write_json({"holds": fault is None, "tickets": counted, "entries": entries, "fault": fault})
    else:
        write(f"{entries} entries of {counted} tickets: {fault or 'every chain holds'}")
    if fault:
        raise typer.Exit(1)


async def _verified() -> tuple[int, int, str | None]:
    from bot.opening import opened_store
    from bot.store import anchors

    async with opened_store(Settings.load(only=STORE)) as store, store.reading() as work:
        return await anchors.verify(work)
