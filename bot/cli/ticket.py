"""The commands that work on one ticket where Slack is absent: what its card's buttons do, and `release`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import tasks
from bot.cli.drafts import actor, opened_desk
from bot.cli.output import Failure, plain, write
from bot.domain.vocabulary import Ground, Outcome

if TYPE_CHECKING:
    from handlers.desk import Desk

Reference = Annotated[str, typer.Argument(metavar="REF", help="A ticket's reference.")]
Words = Annotated[str, typer.Option("--reason", help="In words; a letter may quote them.")]
OUTCOMES = (Outcome.FULFILLED, Outcome.PARTLY_FULFILLED, Outcome.DENIED, Outcome.UNVERIFIED)


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    group = typer.Typer(help="Work on one ticket.")
    group.command("type")(type_)
    for command in (law, assign, verify, answer, ask, extend, close, release, hold, unhold):
        group.command()(command)
    tasks.register(group)
    app.add_typer(group, name="ticket")


def type_(
    reference: Reference, types: Annotated[list[str], typer.Argument(help="Request types, main first.")]
) -> None:
    """Say what a ticket is about."""
    _do(lambda actions, desk, who: actions.set_types(desk, reference.upper(), who, types))


def law(
    reference: Reference,
    code: Annotated[str, typer.Argument(metavar="LAW", help="Such as gdpr.")],
    reason: Words,
) -> None:
    """Say under which law a ticket is; its dates follow."""
    _do(lambda actions, desk, who: actions.set_law(desk, reference.upper(), who, code, reason))


def assign(
    reference: Reference, assignee: Annotated[str, typer.Argument(help="Whose it is from now on.")]
) -> None:
    """Give a ticket to somebody."""
    _do(lambda actions, desk, who: actions.assign(desk, reference.upper(), who, assignee))


def verify(reference: Reference, reason: Words) -> None:
    """Vouch for the requester by other means than a code, or for their authority to act for somebody else."""
    _do(lambda actions, desk, who: actions.vouch(desk, reference.upper(), who, reason))


def answer(
    reference: Reference,
    outcome: Annotated[str, typer.Argument(help=f"One of {', '.join(OUTCOMES)}.")],
    reason: Words = "",
    ground: Annotated[str, typer.Option(help=f"On what a refusal rests, for reports: {', '.join(Ground)}.")] = "",
) -> None:
    """Draft the final reply, to be approved with `drafts approve`."""
    if outcome not in OUTCOMES:
        raise Failure(f"{outcome} is no outcome of a letter; known are {', '.join(OUTCOMES)}", exit_code=2)
    if ground and ground not in set(Ground):
        raise Failure(f"{plain(ground)} is no ground of a refusal; known are {', '.join(Ground)}", exit_code=2)
    why = Ground(ground) if ground else None
    _do(lambda actions, desk, who: actions.propose(desk, reference.upper(), who, Outcome(outcome), reason, why))


def ask(reference: Reference, question: Annotated[str, typer.Argument(help="What to ask the requester.")]) -> None:
    """Draft a question to the requester."""
    _do(lambda actions, desk, who: actions.ask(desk, reference.upper(), who, question))


def extend(reference: Reference, reason: Words) -> None:
    """Draft the notice that the answer takes longer, where the law allows it."""
    _do(lambda actions, desk, who: actions.extend(desk, reference.upper(), who, reason))


def close(reference: Reference, reason: Words) -> None:
    """Close a ticket; where it was acknowledged, draft the letter that closes it."""
    _do(lambda actions, desk, who: actions.close(desk, reference.upper(), who, reason))


def hold(reference: Reference, reason: Words) -> None:
    """Put a ticket on legal hold: nothing of it is redacted until `ticket unhold`."""
    from handlers import holding

    _do(lambda _, desk, who: holding.hold(desk, reference, who, reason))


def unhold(reference: Reference, reason: Words = "") -> None:
    """Lift a legal hold: retention goes on from the day on which the ticket was closed."""
    from handlers import holding

    _do(lambda _, desk, who: holding.lift(desk, reference, who, reason))


def release(
    reference: Annotated[str | None, typer.Argument(metavar="[REF]", help="All of them without it.")] = None,
) -> None:
    """Let acknowledgements leave for tickets from mail older than the first start."""
    write(f"{asyncio.run(_release(reference))} released")


async def _release(reference: str | None) -> int:
    from bot.domain.lifecycle import Refused
    from bot.store import cases
    from handlers import actions

    async with opened_desk() as desk:
        async with desk.store.reading() as work:
            held = [row.reference for row in await cases.held(work)]
        chosen = [reference.upper()] if reference else held
        try:
            for each in chosen:
                await actions.release(desk, each, actor())
        except Refused as refusal:
            raise Failure(str(refusal)) from None
        return len(chosen)


def _do(action: Callable[[Any, "Desk", str], Awaitable[Any]]) -> None:
    asyncio.run(_done(action))
    write("Done.")


async def _done(action: Callable[[Any, "Desk", str], Awaitable[Any]]) -> None:
    from bot.domain.lifecycle import Refused
    from handlers import actions

    async with opened_desk() as desk:
        try:
            await action(actions, desk, actor())
        except Refused as refusal:
            raise Failure(str(refusal)) from None
