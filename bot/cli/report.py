"""The command that reports on a period: for the law, for the supervisory authority, and for the team."""

import asyncio
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import misuse, on_terminal, plain, write, write_json, write_table
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.reporting import Report

READ = ("DATABASE_URL", "SECRET_KEYS", "TIMEZONE", "CUSTOM_DIR", "ORGANISATION")


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(report)


def report(
    first: Annotated[str, typer.Option("--from", metavar="D", help="The first day, such as 2026-01-01.")],
    last: Annotated[str, typer.Option("--to", metavar="D", help="The last day, itself included.")],
    law: Annotated[str | None, typer.Option(help="Only tickets under this law, such as ccpa.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TEXT,
) -> None:
    """Report on a period, from the journal alone: what the law asks for, and what a team steers by."""
    days = _day("--from", first), _day("--to", last)
    if days[0] > days[1]:
        raise misuse(f"--from {days[0]} is after --to {days[1]}")
    settings = Settings.load(only=READ)
    _known(settings, law)
    found = asyncio.run(_made(settings, *days, law))
    _WRITERS[format_](found, settings)


def _day(option: str, given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise misuse(f"{option}: {plain(given[:20])!r} is no day; give one such as 2026-03-31") from None


def _known(settings: Settings, law: str | None) -> None:
    from bot.domain.laws import LawPack

    codes = LawPack.load(settings.laws_path).codes() if law is not None else ()
    if law is not None and law not in codes:
        raise misuse(f"there is no law {plain(law[:20])!r} in the pack: one of {', '.join(codes)}")


async def _made(settings: Settings, first: date, last: date, law: str | None) -> "Report":
    from bot.domain.reporting.histories import Period
    from bot.opening import opened_store
    from handlers.reporting import period_report

    async with opened_store(settings) as store:
        return await period_report(store, Period(first, last, settings.timezone), law)


# ---- each format -------------------------------------------------------------------------------------------


def _text(found: "Report", _settings: Settings) -> None:
    from bot.domain.reporting.formats import about, number

    said = about(found)
    write(
        f"Privacy requests from {said['from']} to {said['to']} ({said['timezone']}), {said['law'] or 'all laws'}"
    )
    for table in found.tables:
        write("")
        write(f"{table.title}. {table.about}" if on_terminal() else table.title)
        rows = ((name, *(number(each) or "-" for each in row)) for name, row in table.rows.items())
        write_table((table.by, *table.columns), rows)


def _json(found: "Report", _settings: Settings) -> None:
    from bot.domain.reporting.formats import as_json

    write_json(as_json(found))


def _csv(found: "Report", _settings: Settings) -> None:
    from bot.domain.reporting.formats import as_csv

    write(as_csv(found).removesuffix("\n"))


def _html(found: "Report", settings: Settings) -> None:
    from bot.domain.reporting.page import page

    write(page(found, settings.organisation).removesuffix("\n"))


_WRITERS = {Format.TEXT: _text, Format.JSON: _json, Format.CSV: _csv, Format.HTML: _html}
