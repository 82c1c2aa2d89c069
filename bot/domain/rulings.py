"""What staff rule about a ticket, as steps of its life: what it is, whose it is, that it is another one's twin."""

from dataclasses import replace

from bot.domain.events import Effect, Joined, Linked, Reopened, Transferred, Typed, Vouched, Write
from bot.domain.identity import Proof
from bot.domain.replies import acknowledge, settle
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType

_NO_MATTER = (RequestType.NOT_PRIVACY,)


def vouched(ticket: Ticket, event: Vouched) -> tuple[Ticket, tuple[Effect, ...]]:
    proven = replace(ticket, acting=None).with_proof(event.at)
    return proven, settle(ticket, proven)


def typed(ticket: Ticket, event: Typed) -> tuple[Ticket, tuple[Effect, ...]]:
    """What staff say replaces what was guessed; what is closed stays as it was, and so does what was proven.

    A person has looked, so old mail is quiet no longer; what came by a list or under a false name still is.
    """
    kept = tuple(each for each in ticket.requests if not each.is_open or each.type in event.types)
    received = min((each.received_at for each in ticket.requests if each.is_open), default=ticket.reopened_at)
    known = replace(
        ticket,
        requests=kept,
        untriaged=False,
        unconfirmed_since=None,
        reopened_at=None,
        automatic=ticket.automatic or ticket.held,
        held=False,
    ).with_requests(event.types, received or event.at)
    if event.types == _NO_MATTER:
        return known.with_outcome(event.types, Outcome.NOT_PRIVACY, event.at), ()
    fresh = known.unproven_types and (ticket.untriaged or set(known.unproven_types) - set(ticket.unproven_types))
    letter: tuple[Effect, ...] = (Write("acknowledgement", code=True),) if fresh else ()
    return known, (*letter, *settle(Ticket() if ticket.untriaged else ticket, known))


def reopened(ticket: Ticket, event: Reopened) -> tuple[Ticket, tuple[Effect, ...]]:
    """The closing is taken back, and with it nothing else: the day of receipt, the proof and the clock stay.

    What was closed as no matter of privacy has to be sorted first.
    """
    rights = tuple(each for each in event.types if each not in _NO_MATTER)
    ended = {each.type: each.outcome for each in ticket.requests}
    answered = any(ended[each] is not Outcome.NOT_PRIVACY for each in rights)
    return replace(ticket.with_closing_undone(rights or event.types), untriaged=not answered), ()


def joined(ticket: Ticket, event: Joined) -> tuple[Ticket, tuple[Effect, ...]]:
    """The requester learns in which ticket it goes on; with a new code, as those of the other one are dead."""
    whole = ticket.with_joined(event.requests)
    if whole.unproven_types and not whole.untriaged:
        return whole, (Write("acknowledgement", code=True), *settle(ticket, whole))
    return whole, (Write("acknowledgement_joined"), *(settle(ticket, whole) if not whole.untriaged else ()))


def transferred(ticket: Ticket, event: Transferred) -> tuple[Ticket, tuple[Effect, ...]]:
    """Whoever it was before has proven nothing for this one. Staff have said to whom the desk may write."""
    theirs = replace(ticket.without_proof(Proof.NONE), automatic=True, held=False)
    return theirs, () if theirs.untriaged else acknowledge(theirs)


def linked(ticket: Ticket, event: Linked) -> tuple[Ticket, tuple[Effect, ...]]:
    return ticket, ()
