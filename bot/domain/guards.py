"""Guards of the life of a ticket: why something may not happen, in words that staff read; None where it may."""

from collections.abc import Iterable
from typing import Any

from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType

_TELLS_NOTHING = {
    Outcome.DENIED,
    Outcome.UNVERIFIED,
    Outcome.WITHDRAWN,
    Outcome.DUPLICATE,
    Outcome.NOT_PRIVACY,
}


def unproven(ticket: Ticket, types: Iterable[RequestType], outcome: Outcome) -> bool:
    """Whether an answer with this outcome says something of substance to somebody who has not climbed the ladder.

    It looks at requests that are settled, too: an answer is looked at again when it leaves.
    """
    latest = {each.type: each for each in ticket.requests}
    return outcome not in _TELLS_NOTHING and any(not latest[each].is_proven for each in types if each in latest)


def proof_first(ticket: Ticket, event: Any) -> str | None:
    if unproven(ticket, event.types, event.outcome):
        return "The requester has not proven who they are yet, so nothing of substance may be sent."
    return None


def something_open(ticket: Ticket, event: Any) -> str | None:
    if not set(event.types) & set(ticket.open_types):
        return "These requests are closed already."
    return None


def tells_nothing(ticket: Ticket, event: Any) -> str | None:
    if event.outcome not in _TELLS_NOTHING | {Outcome.ANSWERED}:
        return "A request is fulfilled or partly fulfilled by an approved reply, not by closing its ticket."
    return None


def something_new(ticket: Ticket, event: Any) -> str | None:
    return None if set(event.types) - set(ticket.open_types) else "All of this is asked for already."


def once_only(ticket: Ticket, event: Any) -> str | None:
    return "The time to answer was extended before; the law allows it once." if ticket.extended_at else None


def held_back(ticket: Ticket, event: Any) -> str | None:
    return None if ticket.held else "This ticket is not held back."


def in_question(ticket: Ticket, event: Any) -> str | None:
    return None if ticket.unconfirmed_since else "This is settled already."


def some_type(ticket: Ticket, event: Any) -> str | None:
    return None if event.types else "Say at least one request type."
