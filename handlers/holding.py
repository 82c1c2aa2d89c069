"""Staff put a ticket on legal hold, and lift it: who and when is in its journal, why is sealed beside it."""

from bot.domain.lifecycle import Refused
from bot.store import cases, holds
from handlers.actions import load
from handlers.casework import keep_reason, show
from handlers.desk import Desk


async def hold(desk: Desk, reference: str, actor: str, reason: str) -> None:
    """Raises Refused, with words for the actor, as `lift` does. A second hold has a new reason and the old day."""
    if not reason.strip():
        raise Refused("Say why it has to be kept, such as the claim that it is needed for.")
    async with desk.store.transaction() as work:
        case = await load(work, reference.upper(), actor)
        holds.begin(work, case, reason.strip(), desk.now())
        await cases.note(work, case, at=desk.now(), actor=actor, event="hold_begun")
        await show(desk, work, case)


async def lift(desk: Desk, reference: str, actor: str, reason: str = "") -> None:
    async with desk.store.transaction() as work:
        case = await load(work, reference.upper(), actor)
        if case.row.hold_since is None:
            raise Refused("This ticket is not on legal hold.")
        holds.end(work, case)
        await keep_reason(desk, work, case, reason)
        await cases.note(work, case, at=desk.now(), actor=actor, event="hold_lifted")
        await show(desk, work, case)
