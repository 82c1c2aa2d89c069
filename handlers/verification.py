"""A code comes back, or its link is confirmed: whose it is, and what it proves."""

from dataclasses import dataclass

from bot.domain.accounts import Finding
from bot.domain.codes import CODE_LENGTH, code_in
from bot.domain.courtesies import asks_for_code, is_little_more_than_a_code
from bot.domain.events import Mistried, Proven, Write
from bot.domain.identity import Proof
from bot.domain.vocabulary import Status
from bot.domain.watching import Kind
from bot.failpoints import passing
from bot.store import address_changes, cases, challenges, drafts, parties
from bot.store.cases import Case
from bot.store.parties import Part
from bot.store.tables import ChallengeRow
from bot.store.work import Work
from handlers import accounts, changes, correspondence, notices, watching
from handlers.casework import happen
from handlers.correspondence import Other
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

    def fits(self, case: Case) -> ChallengeRow | None:
        return self.fitting if self.fitting and self.fitting.ticket_id == case.id else None


async def attempt(desk: Desk, work: Work, text: str, address_index: str) -> Attempt:
    """Looks a code up among those mailed to this address. Nothing is used up yet."""
    code = code_in(text)
    if code is None:
        return Attempt(None)
    live = await challenges.of_address(work, address_index, desk.now())
    if len(code) != CODE_LENGTH and not live:
        return Attempt(None)  # nobody waits for a code: it is a number of another kind
    fitting = next((each for each in live if challenges.fits(work, each, code)), None)
    bare = is_little_more_than_a_code(text)
    if fitting is None and (live or bare):
        await watching.seen(desk, work, Kind.CODES_FROM_ADDRESS, address_index)
    return Attempt(code, tuple(live), fitting, bare)


async def prove(desk: Desk, work: Work, case: Case, challenge: ChallengeRow, late: Finding | None = None) -> None:
    """A right code of the requester's address: used up in the transaction that verifies.

    ``late``: what the directory of accounts says only now, see `accounts.late`.
    """
    challenges.use(work, challenge)
    await accounts.settle(desk, work, case, late)
    proof = accounts.proof_of(case)
    await happen(desk, work, case, Proven(desk.now(), proof), actor="requester")
    if proof is Proof.ON_FILE:
        await changes.confirmed(desk, work, case)


async def take_over(desk: Desk, work: Work, case: Case) -> None:
    """The address on file has confirmed: the ticket is its own, and so is what was drafted for who wrote first."""
    await parties.hand_over(work, case)
    await address_changes.cool(work, case, desk.now())
    await cases.note(work, case, at=desk.now(), actor="owner", event="taken_over")
    for row in await drafts.open_ones(work, case.id):
        await correspondence.readdress(desk, work, case, row)


async def answer_other(
    desk: Desk, work: Work, case: Case, tried: Attempt, said: str, part: Part, to: Other, *, asks_status: bool
) -> None:
    """Somebody beside the requester writes in the thread: they hear what anybody would, and nothing changes."""
    if part is Part.OWNER and not tried.code and asks_for_code(said):
        await notices.ask_owner(desk, work, case, asked_for=True)
    elif fitting := tried.fits(case):
        challenges.use(work, fitting)
        await _write(desk, work, case, Write("verified"), to)
    elif tried.code:
        await mistry(desk, work, case, tried, actor=part, to=to)
    elif part is Part.WRITER and asks_for_code(said):
        await _write(desk, work, case, Write("new_code", code=True), to)
    elif part is Part.WRITER and asks_status:
        await _write(desk, work, case, Write("status"), to)


async def _write(desk: Desk, work: Work, case: Case, effect: Write, to: Other) -> None:
    if case.row.automatic:
        await notices.write(desk, work, case, effect, to=to)


async def language_of(desk: Desk, token: str) -> str | None:
    """The language of the letter that this link came with; None where the link proves nothing (any more)."""
    async with desk.store.reading() as work:
        challenge = await challenges.of_token(work, token, desk.now())
        case = await cases.by_id(work, challenge.ticket_id) if challenge else None
        return case.row.language if case else None


async def confirm(desk: Desk, token: str) -> str | None:
    """Does what a right code does; answers as `language_of`."""
    late = await _late(desk, token)
    async with desk.store.transaction() as work:
        challenge = await challenges.of_token(work, token, desk.now(), for_update=True)
        case = await cases.by_id(work, challenge.ticket_id, for_update=True) if challenge else None
        if challenge is None or case is None:
            return None
        if parties.waits_for_owner(case) and challenge.address_index == case.row.on_file_index:
            await take_over(desk, work, case)
        if challenge.address_index == case.row.requester_index:
            await prove(desk, work, case, challenge, late)
        elif former := parties.on_file(case):
            challenges.use(work, challenge)
            await _write(desk, work, case, Write("verified"), Other(former.wrote))
        passing("proof.decided")
    passing("proof.committed")
    return case.row.language


async def _late(desk: Desk, token: str) -> Finding | None:
    async with desk.store.reading() as work:
        challenge = await challenges.of_token(work, token, desk.now())
        case = await cases.by_id(work, challenge.ticket_id) if challenge else None
    return await accounts.late(desk, case) if case else None


async def mistry(
    desk: Desk, work: Work, case: Case, tried: Attempt, *, actor: str = "requester", to: Other | None = None
) -> bool:
    """A wrong, old or used code in a ticket's thread; whether the mail was about nothing else and is answered."""
    if challenge := tried.for_ticket(case):
        challenges.fail(work, challenge)
    if not tried.bare:
        return False
    await happen(desk, work, case, Mistried(), actor=actor, to=to)
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
