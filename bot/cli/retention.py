"""The command that redacts what is past its time, on demand; `run` does the same once a day."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import write, write_json
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.retention import Report


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command()(retention)


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Redact what is past its time: keys, texts, mails in the mailbox, posts in Slack."""
    report = _as_json(asyncio.run(_round(dry_run=dry_run)), dry_run=dry_run)
    if json_:
        write_json(report)
    else:
        _tell(report)


async def _round(*, dry_run: bool) -> "Report":
    from bot.cli.drafts import actor
    from bot.opening import make_desk, opened_store
    from bot.retention import Retention

    settings = Settings.load(require=("ORGANISATION", "PRIVACY_ADDRESS"))
    async with opened_store(settings) as store:
        round_ = Retention(make_desk(settings, store), settings.imap).round
        return await round_(actor=actor(), dry_run=dry_run)


def _as_json(report: "Report", *, dry_run: bool) -> dict[str, Any]:
    from bot.retention import UNREACHABLE

    swept, removed = report.swept, report.removed
    return {
        "dry_run": dry_run,
        "redacted": swept.redacted,
        "other_mails": swept.items,
        "on_hold": swept.on_hold,
        "later": {reference: day.isoformat() for reference, day in swept.later.items()},
        "mailbox": {
            "deleted": removed.deleted,
            "waiting": removed.waiting,
            "replaced": removed.replaced,
            "faults": removed.faults,
        },
        "unreachable": list(UNREACHABLE),
    }


def _tell(report: dict[str, Any]) -> None:
    done = "to be redacted" if report["dry_run"] else "redacted"
    mailbox = report["mailbox"]
    write(f"Tickets {done}: {', '.join(report['redacted']) or 'none'}")
    write(f"Mails {done} of which no ticket became: {report['other_mails']}")
    if not report["dry_run"]:
        write(f"Mails deleted from the mailbox: {mailbox['deleted']}; waiting to be: {mailbox['waiting']}")
    for fault in mailbox["faults"]:
        write(f"  {fault}")
    if mailbox["replaced"]:
        write(f"Mails to be deleted by hand, since their folder was replaced: {mailbox['replaced']}")
    if report["on_hold"]:
        write(f"On legal hold: {', '.join(report['on_hold'])}")
    if report["later"]:
        first = min(report["later"].values())
        write(f"Closed tickets that are kept for now: {len(report['later'])}; the first goes on {first}")
    write("Out of the desk's reach:")
    for each in report["unreachable"]:
        write(f"  {each}")
