"""The commands that show the policy over time: its versions, one of them, and what changed."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import Failure, plain, write, write_table
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.policy import Policy, Statement

READ = ("DATABASE_URL", "SECRET_KEYS", "POLICY_PATH", "CUSTOM_DIR")
Version = Annotated[
    str, typer.Argument(metavar="[VERSION]", help="As letters cite it, or its hash; the published one without it.")
]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    group = typer.Typer(help="The policy, and every version of it that was ever loaded.")
    group.command("list")(list_)
    for command in (show, diff, verify):
        group.command()(command)
    app.add_typer(group, name="policy")


def list_() -> None:
    """List the versions, the published one first."""
    from bot.domain.policy_changes import fingerprint

    found = asyncio.run(_editions())
    rows = [
        (each.version, str(each.date or ""), fingerprint(each)[:16], str(len(each.statements))) for each in found
    ]
    write_table(("VERSION", "DATE", "HASH", "STATEMENTS"), rows)


def show(version: Version = "") -> None:
    """Print a version word for word."""
    for line in asyncio.run(_named(version)).text.splitlines():
        write(plain(line))


def diff(
    old: Annotated[str, typer.Argument(metavar="[OLD]", help="The version before, without it.")] = "",
    new: Annotated[str, typer.Argument(metavar="[NEW]", help="The published one, without it.")] = "",
) -> None:
    """Say statement by statement what was added, removed, changed and moved."""
    from bot.domain.policy_changes import changes, counted
    from handlers.policies import dated

    after = asyncio.run(_named(new))
    before = asyncio.run(_named(old)) if old else asyncio.run(_before(after))
    found = changes(before, after)
    write(f"From {dated(before)} to {dated(after)}: {counted(found)}.")
    for each in found:
        write("")
        write(f"{each.kind}: {each.anchor}")
        _print("-", each.before)
        _print("+", each.after)


def verify(reference: Annotated[str, typer.Argument(metavar="REF", help="A ticket's reference.")]) -> None:
    """Hold what a ticket's letters quote against the version that they cite; exit 1 where it is not in it."""
    quoting, wrong = asyncio.run(_misquoted(reference.strip().upper()))
    for line in wrong:
        write(plain(line))
    if wrong:
        raise Failure(f"{len(wrong)} quotations are not in the version that their letter cites")
    write(f"{quoting} letters quote the policy, each word for word in the version that it cites.")


async def _misquoted(reference: str) -> tuple[int, list[str]]:
    from bot.opening import opened_store, read_published
    from bot.store import cases
    from handlers import policies

    settings = Settings.load(only=READ)
    async with opened_store(settings) as store, store.reading() as work:
        case = await cases.load(work, reference)
        if case is None:
            raise Failure(f"there is no ticket {plain(reference[:40])}")
        return await policies.misquoted(work, case, read_published(settings.policy_path))


def _print(sign: str, statement: "Statement | None") -> None:
    for line in f"{statement.lead}\n{statement.text}".strip().split("\n") if statement else ():
        write(f"{sign} {plain(line)}")


async def _editions() -> "list[Policy]":
    from bot.opening import opened_store, read_published
    from handlers import policies

    settings = Settings.load(only=READ)
    async with opened_store(settings) as store, store.reading() as work:
        return await policies.editions(work, read_published(settings.policy_path))


async def _named(name: str) -> "Policy":
    from bot.opening import opened_store, read_published
    from handlers import policies

    settings = Settings.load(only=READ)
    async with opened_store(settings) as store, store.reading() as work:
        found = await policies.edition_named(work, read_published(settings.policy_path), name)
    if found is None:
        raise Failure(f"there is no version {plain(name[:40])} of the policy; see policy list")
    return found


async def _before(after: "Policy") -> "Policy":
    from bot.domain.policy_changes import fingerprint

    found = await _editions()
    places = [fingerprint(each) for each in found].index(fingerprint(after))
    if places + 1 == len(found):
        raise Failure("there is no earlier version of the policy")
    return found[places + 1]
