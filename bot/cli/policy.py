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
    for command in (show, diff):
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
