"""The commands that approve replies where Slack is absent or down; who acts is the operating system's user."""

import asyncio
import os
import pwd
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import Failure, plain, write, write_fields, write_table
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.store.cases import Case
    from bot.store.drafts import Proposal
    from bot.store.tables import DraftRow
    from bot.store.work import Work
    from handlers.desk import Desk

Which = Annotated[
    str, typer.Argument(metavar="ID", help="A draft's number, or the ticket that has one open draft.")
]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    group = typer.Typer(help="Replies that wait for approval.")
    group.command("list")(list_)
    for command in (show, approve, discard):
        group.command()(command)
    app.add_typer(group, name="drafts")


def list_() -> None:
    """List the drafts that wait for a decision."""
    headers = ("ID", "TICKET", "LETTER", "OUTCOME", "AUTHOR", "APPROVED BY")
    write_table(headers, map(_row, asyncio.run(_open())))


async def _open() -> list[dict[str, Any]]:
    from bot.opening import opened_store
    from bot.store import views

    settings = Settings.load(only=("DATABASE_URL", "SECRET_KEYS"))
    async with opened_store(settings) as store, store.reading() as work:
        return await views.open_drafts(work)


def _row(draft: dict[str, Any]) -> tuple[str, ...]:
    author, approvals = draft["author"] or "the desk", ", ".join(draft["approvals"])
    return str(draft["id"]), draft["reference"], draft["letter"], draft["outcome"], author, approvals


def show(which: Which) -> None:
    """Show a draft whole, as it would leave. The look is recorded."""
    asyncio.run(_show(which))


async def _show(which: str) -> None:
    async with opened_desk() as desk:
        await _look(desk, which)


def approve(
    which: Which,
    digest: Annotated[str, typer.Option(help="Of the text that you saw; another text is not approved.")] = "",
    reason: Annotated[str, typer.Option(help="Why what it discloses, such as a card number, has to leave.")] = "",
) -> None:
    """Approve a draft, after showing it where no digest is given."""
    asyncio.run(_approve(which, digest, reason))


async def _approve(which: str, digest: str, reason: str) -> None:
    from bot.domain.lifecycle import Refused
    from handlers.approvals import approve_draft

    async with opened_desk() as desk:
        number, shown = await _look(desk, which, silent=bool(digest))
        try:
            write(await approve_draft(desk, number, actor(), digest or shown, reason))
        except Refused as refused:
            raise Failure(str(refused)) from None


def discard(which: Which) -> None:
    """Discard a draft: nothing leaves, and the ticket stays with staff."""
    asyncio.run(_discard(which))


async def _discard(which: str) -> None:
    from bot.domain.lifecycle import Refused
    from handlers.approvals import discard_draft

    async with opened_desk() as desk:
        number, _ = await _look(desk, which, silent=True)
        try:
            await discard_draft(desk, number, actor())
        except Refused as refused:
            raise Failure(str(refused)) from None
        write(f"Draft {number} is discarded. Nothing was sent.")


def actor() -> str:
    """Who acts, as the journal names them: whose process this is, whatever the environment says."""
    number = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(number).pw_name}"
    except KeyError:  # a container's user without a name
        return f"cli:{number}"


@asynccontextmanager
async def opened_desk() -> AsyncIterator["Desk"]:
    from bot.opening import make_desk, opened_store

    settings = Settings.load(require=("ORGANISATION", "PRIVACY_ADDRESS"))
    async with opened_store(settings) as store:
        yield make_desk(settings, store)


async def _look(desk: "Desk", which: str, *, silent: bool = False) -> tuple[int, str]:
    """The draft's number and digest; it is shown, and the look recorded, unless ``silent``."""
    from bot.store import cases, drafts
    from handlers import showing, watching

    async with desk.store.transaction() as work:
        row = await _find(work, which)
        case = await cases.by_id(work, row.ticket_id, for_update=True)
        if case is None:
            raise Failure(f"the ticket of draft {row.id} is redacted: nobody can read its texts any more")
        if not silent:
            _print(case, row, await drafts.read(work, row), await showing.carried(work, case, row))
            await watching.looked(desk, work, case, actor(), draft=row.id)
    assert row.id is not None
    return row.id, row.digest


async def _find(work: "Work", which: str) -> "DraftRow":
    """A draft by its number, or the one open draft of a ticket."""
    from bot.store import cases, drafts

    if which.isascii() and which.isdigit() and len(which) < 19:
        if row := await drafts.load(work, int(which)):
            return row
        raise Failure(f"there is no draft {which}")
    case = await cases.load(work, which.strip().upper())
    if case is None:
        raise Failure(f"there is no draft and no ticket {plain(which[:40])}")
    rows = await drafts.open_ones(work, case.id)
    if len(rows) == 1:
        return rows[0]
    numbers = ", ".join(str(row.id) for row in rows)
    raise Failure(f"{case.reference} has " + (f"several open drafts: {numbers}" if rows else "no open draft"))


def _print(case: "Case", row: "DraftRow", proposal: "Proposal", carried: Sequence[str]) -> None:
    write_fields(
        {
            "draft": f"{row.id} of {case.reference}, {row.state}",
            "to": case.requester.address,
            "subject": proposal.subject,
            "author": row.author or "the desk",
            "approved by": ", ".join(row.approvals) or "nobody yet",
            "settles": f"{', '.join(row.request_types)} as {row.outcome}",
            "export": " ".join(carried) or "leaves by itself",
            "digest": row.digest,
        }
    )
    write("")
    for line in proposal.text.splitlines():
        write(plain(line))
    write("")
