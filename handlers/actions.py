"""What staff do with a ticket: say what it is, take it, vouch for its requester, propose an answer, close it.

Nothing here sends anything: an answer is a draft, of which the one who asked for it is the author. A ``reference``
may be given as somebody saw it (`handlers/overtaking.py`): what another has decided since then refuses the act.
"""

from collections.abc import Collection, Sequence

from bot.domain.events import Closed, Event, Released, Typed, Vouched
from bot.domain.laws import Deadlines
from bot.domain.lifecycle import IllegalTransition, Refused
from bot.domain.vocabulary import Ground, Outcome, RequestType, Status
from bot.store import cases, drafts, parties
from bot.store.cases import Case
from bot.store.work import Work
from handlers import correspondence, fulfilling, overtaking, tasks
from handlers.casework import happen, keep_reason, show, standing
from handlers.dating import dates_of, extensible, leading, set_dates
from handlers.desk import Desk

_CLOSING = "A letter that closes it stands in the thread as a draft."


async def set_types(desk: Desk, reference: str, actor: str, types: Sequence[str]) -> None:
    """Raises Refused, like everything here, with words for the actor."""
    known = tuple(RequestType(each) for each in types if each in set(RequestType))
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        await event_happens(desk, work, case, Typed(desk.now(), known), actor)


async def assign(desk: Desk, reference: str, actor: str, assignee: str) -> None:
    async with desk.store.transaction() as work:
        await _give(desk, work, await load(work, reference, actor, overtaking.TAKEN), actor, assignee)


async def take(desk: Desk, reference: str, actor: str) -> None:
    """Gives a ticket that nobody has to the actor. Raises Overtaken where somebody was quicker."""
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        if case.row.assignee not in (None, actor):
            raise overtaking.Overtaken(case.row.assignee or "", case.row.status)
        await _give(desk, work, case, actor, actor)


async def vouch(desk: Desk, reference: str, actor: str, reason: str) -> None:
    """Verified by other means than a code: who it is, or that they may act for whom they write for.

    Who vouches does not approve the answer to a request for four eyes.
    """
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        case.row.verified_by = actor
        await keep_reason(desk, work, case, reason)
        proven = await parties.is_mailbox_proven(work, case)
        acting = case.ticket().acting
        recorded = {"authority": acting.value} if acting else {}
        await event_happens(desk, work, case, Vouched(desk.now(), mailbox_proven=proven), actor, **recorded)


async def propose(
    desk: Desk,
    reference: str,
    actor: str,
    outcome: Outcome,
    reason: str = "",
    ground: Ground | None = None,
) -> None:
    """A draft of the final reply to all that it can answer; it takes the place of open drafts about the same.

    ``ground``: on what a refusal rests, for the reports.
    """
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        types = open_types(case)
        follows = outcome is Outcome.FULFILLED
        if follows:
            types = case.ticket().ready_types
        if not types:
            raise Refused("There is nothing to answer: the requester has not proven who they are yet.")
        if follows:
            outcome = await tasks.settle_together(desk, work, case, types, actor)
        for standing in await drafts.open_ones(work, case.id):
            if set(drafts.as_draft(standing).types) <= set(types):
                standing.state = "discarded"
                work.session.add(standing)
                await correspondence.show_draft(desk, work, standing)
        types = tuple(each for each in types if each is not RequestType.COMPLAINT) or types
        letter = _letter(case, types, outcome)
        if ground and (citation := desk.laws[case.row.law].grounds.get(ground)):
            reason = f"{reason}\n\nOur ground in law is {citation}."
        await correspondence.draft(
            desk,
            work,
            case,
            letter,
            types,
            outcome,
            author=actor,
            reason=reason,
            ground=ground,
            follows_tasks=follows,
        )


async def set_law(desk: Desk, reference: str, actor: str, law: str, reason: str) -> None:
    """Another law, for a reason; the dates follow."""
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        open_types(case, untriaged=True)
        if law not in desk.laws:
            raise Refused(f"There is no law {law[:20]!r} in the pack: give one of {', '.join(desk.laws.codes())}.")
        if not reason.strip():
            raise Refused("Say why another law applies.")
        before, case.row.law, case.row.laws = case.row.law, law, []
        await keep_reason(desk, work, case, reason)
        set_dates(desk, case)
        await cases.note(
            work, case, at=desk.now(), actor=actor, event="law_changed", before=before, **standing(case)
        )
        await show(desk, work, case, decided="law_changed")


async def why(desk: Desk, reference: str) -> str:
    """The arithmetic behind the dates of a ticket: of the whole, and of each request where there are several."""
    async with desk.store.reading() as work:
        case = await cases.load(work, reference)
        if case is None:
            raise await overtaking.absent(work, reference)
        whole = case.row.due_rule or "This law has no day."
        if len(case.requests) < 2:
            return whole
        lines = [f"{each.type}: {dates_of(desk, case, each).rule}" for each in case.requests]
        return "\n".join([f"The earliest: {whole}", *lines])


async def release(desk: Desk, reference: str, actor: str) -> None:
    """Lets the acknowledgement leave for a ticket from old mail."""
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        await event_happens(desk, work, case, Released(), actor)


async def close(desk: Desk, reference: str, actor: str, reason: str) -> str:
    """Closes what nobody was told of; what was acknowledged is closed by a letter's draft."""
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        await keep_reason(desk, work, case, reason)
        if case.row.status == Status.TRIAGE and await is_acknowledged(work, case):
            types, outcome = case.ticket().open_types or case.ticket().types, Outcome.NOT_PRIVACY
            await correspondence.draft(desk, work, case, "reply", types, outcome, author=actor, reason=reason)
            return _CLOSING
        if case.row.status == Status.TRIAGE:
            await event_happens(desk, work, case, Closed(desk.now(), Outcome.NOT_PRIVACY), actor)
            return "Closed."
    unproven = case.row.status == Status.VERIFYING
    await propose(desk, reference, actor, Outcome.UNVERIFIED if unproven else Outcome.DENIED, reason)
    return _CLOSING


async def is_acknowledged(work: Work, case: Case) -> bool:
    """Whether its requester was told that somebody will answer."""
    return any(row.direction == "out" for row, _ in await cases.messages(work, case))


async def ask(desk: Desk, reference: str, actor: str, question: str) -> None:
    """A draft of a question to the requester; the ticket waits for them once it has left."""
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        types = open_types(case)
        await correspondence.draft(desk, work, case, "question", types, None, author=actor, reason=question)


async def extend(desk: Desk, reference: str, actor: str, reason: str) -> None:
    """A draft of the notice that the answer takes longer; refused where the law knows none, or it is too late."""
    async with desk.store.transaction() as work:
        case = await load(work, reference, actor)
        types = open_types(case)
        _, until = extension(desk, case)
        await correspondence.draft(
            desk, work, case, "extension", types, None, author=actor, reason=reason, until=until
        )


def extension(desk: Desk, case: Case) -> tuple[Deadlines, Deadlines]:
    """The dates as they are, with the last day for the notice, and as they would be. Raises Refused."""
    if found := extensible(desk, case):
        return found[1], dates_of(desk, case, found[0], extended=True)
    dates = dates_of(desk, case, leading(case))
    if dates.notice_by is None:
        raise Refused("This law knows no extension.")
    if case.row.extended_at:
        raise Refused("The time to answer was extended before; the law allows it only once.")
    raise Refused(f"It is too late to extend: the notice had to be sent by {dates.notice_by:%-d %B %Y}.")


def _letter(case: Case, types: Sequence[RequestType], outcome: Outcome) -> str:
    """The letter that settles these: a complaint has a decision of its own."""
    if tuple(types) != (RequestType.COMPLAINT,):
        return fulfilling.LETTERS[outcome]
    return "appeal_decided" if case.ticket().appealed else "complaint_decided"


async def load(work: Work, reference: str, actor: str, overtaken_by: Collection[str] = overtaking.DECIDED) -> Case:
    """The ticket, for a change. Raises Refused where there is none, and Overtaken where another was quicker."""
    case = await cases.load(work, overtaking.plain(reference), for_update=True)
    if case is None:
        raise await overtaking.absent(work, overtaking.plain(reference))
    await overtaking.check(work, case, reference, actor, overtaken_by)
    return case


async def _give(desk: Desk, work: Work, case: Case, actor: str, assignee: str) -> None:
    case.row.assignee = assignee
    await cases.note(work, case, at=desk.now(), actor=actor, event="assigned", assignee=assignee)
    await show(desk, work, case, decided="assigned")


def open_types(case: Case, *, untriaged: bool = False) -> tuple[RequestType, ...]:
    types = case.ticket().open_types
    if not types or (case.row.untriaged and not untriaged):
        raise Refused(f"That cannot be done with a ticket that is {case.row.status}.")
    return types


async def event_happens(desk: Desk, work: Work, case: Case, event: Event, actor: str, **detail: str) -> None:
    try:
        await happen(desk, work, case, event, actor=actor, detail=detail)
    except IllegalTransition:
        raise Refused(f"That cannot be done with a ticket that is {case.row.status}.") from None
