"""A code comes back, or its link is confirmed: whose it is, and what it proves."""

from dataclasses import dataclass

from bot.domain.courtesies import is_little_more_than_a_code
from bot.domain.events import Mistried, Proven
from bot.domain.identity import code_in
from bot.domain.vocabulary import Status
from bot.store import cases, challenges
from bot.store.cases import Case
from bot.store.tables import ChallengeRow
from bot.store.work import Work
from handlers.casework import happen
from handlers.desk import Desk


@dataclass(frozen=True, slots=True)
class Attempt:
    """The eight digits in what somebody wrote, and the challenge that they fit, if any."""

    code: str | None
    live: tuple[ChallengeRow, ...] = ()
    fitting: ChallengeRow | None = None
    bare: bool = False  # the text is about little else

    def for_ticket(self, case: Case) -> ChallengeRow | None:
        return next((each for each in self.live if each.ticket_id == case.id), None)


async def attempt(desk: Desk, work: Work, text: str, address_index: str) -> Attempt:
    """Looks a code up among those mailed to this address. Nothing is used up yet."""
    code = code_in(text)
    if code is None:
        return Attempt(None)
    live = await challenges.of_address(work, address_index, desk.now())
    fitting = next((each for each in live if challenges.fits(work, each, code)), None)
    return Attempt(code, tuple(live), fitting, is_little_more_than_a_code(text))


async def prove(desk: Desk, work: Work, case: Case, challenge: ChallengeRow) -> None:
    """A right code: used up in the transaction that verifies."""
    challenges.use(work, challenge)
    await happen(desk, work, case, Proven(desk.now()), actor="requester")


async def language_of(desk: Desk, token: str) -> str | None:
    """The language of the letter that this link came with; None where the link proves nothing (any more)."""
    async with desk.store.reading() as work:
        challenge = await challenges.of_token(work, token, desk.now())
        case = await cases.by_id(work, challenge.ticket_id) if challenge else None
        return case.row.language if case else None


async def confirm(desk: Desk, token: str) -> str | None:
    """Does what a right code does; answers as `language_of`."""
    async with desk.store.transaction() as work:
        challenge = await challenges.of_token(work, token, desk.now(), for_update=True)
        case = await cases.by_id(work, challenge.ticket_id, for_update=True) if challenge else None
        if challenge is None or case is None:
            return None
        await prove(desk, work, case, challenge)
        return case.row.language


async def mistry(desk: Desk, work: Work, case: Case, tried: Attempt) -> bool:
    """A wrong, old or used code in a ticket's thread; whether the mail was about nothing else and is answered."""
    if challenge := tried.for_ticket(case):
        challenges.fail(work, challenge)
    if not tried.bare:
        return False
    await happen(desk, work, case, Mistried(), actor="requester")
    return True


async def miss(work: Work, tried: Attempt) -> Case | None:
    """A code outside of any thread that fits none of the address's: it counts against the newest.

    Answers with that challenge's ticket where the mail is about nothing but the code.
    """
    if tried.fitting or not tried.live:
        return None
    challenges.fail(work, tried.live[0])
    case = await cases.by_id(work, tried.live[0].ticket_id, for_update=True) if tried.bare else None
    return case if case and case.row.status != Status.CLOSED else None
